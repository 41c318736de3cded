"""The worth of a crew: what one more would save at most, by unit and week, and what was found for the best of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from planner.checks.same_service import done_or_waiting
from planner.domain.errors import InputError
from planner.explain.effects.worth import CrewWorth, crew_worths
from planner.service.whatif.base import Base
from planner.service.whatif.playing import Played, play
from planner.service.whatif.scenario import Capacity, Change, Scenario, ScenarioFile
from planner.service.whatif.words import LEVEL_NAMES

FORMAT = "joint-inspection-crew-worth/1"
TRIED = 10
"""Crews, the best by what they save at most, that are played at once."""


def worth_json(base: Base, tried: int = TRIED, told: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Return what a crew of each unit in each week is worth, the most first, as a document.

    The first `tried` of those that may be worth anything are played: what was found is the plan's own saving, and 0 is
    no proof that there is none. Raises InputError where the plan does nothing.
    """
    found = crew_worths(base.side)
    if found is None:
        raise InputError("计划里没有可比的检查 / the plan serves nothing")
    order = sorted(found.rows, key=lambda row: (-(row.serves or 0), -row.saves, row.first, row.unit))
    names = {unit.id: unit.name for unit in base.planned.result.case.units}
    rows = []
    for n, row in enumerate(order):
        there = None
        if n < tried and (row.saves or row.serves):
            told(names[row.unit])
            there = _found(play(base, _one_more(row)), found.level)
        rows.append(_row(row, names[row.unit], there))
    return {
        "format": FORMAT,
        "base": {"month": base.planned.month, "plan_hash": base.planned.result.plan_hash},
        "level": found.level,
        "level_zh": LEVEL_NAMES.get(found.level, ("", ""))[0],
        "entries": found.entries,
        "crews": rows,
    }


def _one_more(row: CrewWorth) -> Scenario:
    more = Capacity.model_validate({"unit": row.unit, "crews": 1, "from": row.first, "to": row.last})
    return Scenario(ScenarioFile(name="worth", title="增加一个班组", changes=(Change(capacity=more),)))


def _found(played: Played, level: str) -> tuple[int, int] | None:
    """Return entries saved for the same service, and weight of left-out tasks taken away, by the plan that was found.

    None where it does not do all that the base's plan does: its service is another one.
    """
    found = played.comparison
    if found is None or found.same is None:
        return None
    if (found.service.before != done_or_waiting(found.before.case, found.before.day)).any():
        return None
    same = found.same
    entries = max(0, same.before.held.high - same.after.held.high)
    held = {one.name: one.value for one in found.before.levels}
    then = {one.name: one.value for one in found.after.levels}
    return entries, max(0, held[level] - then[level]) if level else 0


def _row(row: CrewWorth, name: str, found: tuple[int, int] | None) -> dict[str, Any]:
    return {
        "unit": row.unit,
        "name": name,
        "from": row.first.isoformat(),
        "to": row.last.isoformat(),
        "saves_at_most": row.saves,
        "serves_at_most": row.serves,
        "one_fewer_costs_at_least": row.costs,
        "opens_days": row.opens,
        "found": None if found is None else {"saves": found[0], "serves": found[1]},
        "zh": _zh(row, name, found),
        "en": _en(row, found),
    }


def _zh(row: CrewWorth, name: str, found: tuple[int, int] | None) -> str:
    parts = [f"同口径至多少入企 {row.saves} 次" + ("" if found is None else f"，已找到 {found[0]} 次")]
    if row.serves is not None:
        parts.append(f"未安排的分值至多减少 {row.serves}" + ("" if found is None else f"，已找到 {found[1]}"))
    if row.costs:
        parts.append(f"减少一个班组至少多入企 {row.costs} 次")
    return f"{row.first:%m-%d} 至 {row.last:%m-%d} {name}增加一个班组：" + "；".join(parts)


def _en(row: CrewWorth, found: tuple[int, int] | None) -> str:
    parts = [
        f"at most {row.saves} entries fewer for the same service" + ("" if found is None else f", {found[0]} found")
    ]
    if row.serves is not None:
        parts.append(f"at most {row.serves} less left out" + ("" if found is None else f", {found[1]} found"))
    if row.costs:
        parts.append(f"one crew fewer costs at least {row.costs} entries")
    return f"{row.first} to {row.last}, one crew more of {row.unit}: " + "; ".join(parts)
