"""Scenarios that were played, and comparisons of two plans, as frames: made of their documents, and of nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from planner.report.frames.schema import frame

Document = Mapping[str, Any]


def frames_of_documents(documents: Sequence[Document]) -> dict[str, pd.DataFrame]:
    """Return scenarios and their effects; a scenario without a plan or a common service has no effect of that kind."""
    return {
        "scenarios": frame("scenarios", [_scenario(one) for one in documents]),
        "effects": frame("effects", (row for one in documents for row in _effects(one))),
    }


def _scenario(one: Document) -> dict[str, Any]:
    scenario = one["scenario"]
    point = scenario.get("point")
    return {
        "scenario": scenario["name"],
        "title": scenario["title"],
        "depth": one["depth"],
        "status": one["status"],
        "base_plan_hash": one["base"]["plan_hash"],
        "plan_hash": one["plan_hash"],
        "point": json.dumps(point, ensure_ascii=False, sort_keys=True) if point else "",
        "draw": scenario.get("draw"),
        "requirements": one["requirements"]["common"] if one.get("requirements") else None,
        "comparable": bool(one.get("comparable")),
        "verdict": one["verdict"]["zh"] if one.get("verdict") else one["reason_zh"],
    }


def _effects(one: Document) -> Iterator[dict[str, Any]]:
    """Yield intervals where one is valid, then levels, then what was merely counted."""

    def row(kind: str, figure: str, values: Mapping[str, Any], interval: Mapping[str, Any] | None) -> dict[str, Any]:
        told = interval or {}
        return {
            "scenario": one["scenario"]["name"],
            "kind": kind,
            "figure": figure,
            **{key: values.get(key) for key in ("before", "after", "difference")},
            **{key: told.get(key) for key in ("low", "high")},
            "word": told.get("word", ""),
        }

    if not one.get("verdict"):
        return
    same = one["same_service"]
    if same is not None:
        ends = {side: same[side][1] for side in ("before", "after")}
        yield row("same_service", "entries", ends, same["effect"])
    for part in ("gone", "added"):
        if one["work"][part] is not None:
            yield row("work", part, {}, one["work"][part])
    for level in one["levels"]:
        values = {side: level[side]["value"] for side in ("before", "after")}
        yield row("level", level["level"], values, level["effect"])
    for figure in one["figures"]:
        yield row("measured", figure["figure"], figure, None)
