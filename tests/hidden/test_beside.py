"""Unannounced checks stand beside the plan: it is the same to the byte without them, and they keep its law."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from planner.checks import check_plan
from planner.intake.read.reader import read_tables
from planner.intake.tables.records import Tables
from planner.service import Planned, plan_tables, verify_plan, write_outputs
from planner.service.files.plan_file import as_text, plan_document, restore_tables
from planner.service.month.hidden import hide
from planner.service.month.planning import crew_seeds
from tests.cli.district import MONTH, Raw, district, workbook
from tests.intake_law import build

SECRET = "突击事项"


def filed(hidden: bool = True) -> Raw:
    """Return the small district; SCJG and YJJ file unannounced checks at S5, S6 and, where none has a day, at S1."""
    raw = district()
    raw["items"] += [{**raw["items"][0], "item_id": "SCJG-9", "name": SECRET}]
    raw["items"] += [{**raw["items"][2], "item_id": "YJJ-9", "name": SECRET}]
    if hidden:
        more = {"unannounced": "是"}
        raw["filings"] += [
            {**raw["filings"][0], "filing_id": "A-X", "items": "SCJG-9", "sites": "S1;S5;S6", **more},
            {**raw["filings"][1], "filing_id": "Z-X", "items": "YJJ-9", "sites": "S6", **more},
        ]
    return raw


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Tables]:
    folder = tmp_path_factory.mktemp("filed")
    return {hidden: read_tables(workbook(folder / f"{hidden}.xlsx", filed(hidden))) for hidden in (True, False)}


@pytest.fixture(scope="module")
def month(tables: dict[bool, Tables]) -> Planned:
    return plan_tables(tables[True], MONTH)


def untimed(value: Any) -> Any:
    """Return a value without what says how long something took."""
    if isinstance(value, dict):
        return {key: untimed(part) for key, part in value.items() if key != "seconds"}
    return [untimed(part) for part in value] if isinstance(value, list) else value


def told(planned: Planned) -> Any:
    """Return the plan's document without its part of unannounced checks, its seal, and how long it took."""
    return untimed({key: part for key, part in plan_document(planned).items() if key not in ("hidden", "sha256")})


def test_the_plan_is_that_of_the_month_without_them(month: Planned, tables: dict[bool, Tables]) -> None:
    without = plan_tables(replace(tables[False], source=tables[True].source), MONTH)
    assert month.hidden is not None
    assert without.hidden is None
    assert json.dumps(told(month), sort_keys=True) == json.dumps(told(without), sort_keys=True)


def test_they_keep_the_law_and_enter_alone(month: Planned) -> None:
    assert month.hidden is not None
    assert month.result.plan is not None
    placed = {task: day for task, day in month.hidden.days.items() if day}
    assert len(placed) == 3
    taken = {(v.site, v.day) for v in month.result.visits}
    entries = {(month.result.case.sites[s].id, month.result.case.days[d]) for s, d in taken}
    for agency, result in month.hidden.months.items():
        assert result.plan is not None
        assert check_plan(result.case, result.plan, month.rulebook) == ()
        own = [(t, d) for t, d in zip(result.case.tasks, result.plan.day.tolist(), strict=True) if t.unannounced]
        for task, d in own:
            assert task.unit == agency
            if d >= 0:
                assert (task.site, result.case.days[d]) not in entries
                entries.add((task.site, result.case.days[d]))


def test_what_has_no_day_is_told_with_its_clauses(month: Planned) -> None:
    part = plan_document(month)["hidden"]
    (lost,) = part["left_out"]
    assert (lost["site"]["id"], lost["reason"]["rule"]) == ("S1", "gap.domain")
    assert lost["reason"]["clauses"]
    assert len(part["visits"]) == 3
    assert all(row["unannounced"] and row["slot"] for row in part["visits"])


def test_the_days_are_drawn_among_all_that_can_be_had(month: Planned, tables: dict[bool, Tables]) -> None:
    """No day is preferred: over many lots each comes up, about equally often."""
    seeds = crew_seeds(month.result.seed, month.given)
    count: dict[Any, int] = {}
    for seed in range(60):
        found = hide(month.result, tables[True], MONTH, month.rulebook, seeds, lot=Random(seed))
        assert found is not None
        for task, day in found.days.items():
            if day:
                count[task, day] = count.get((task, day), 0) + 1
    for task in {task for task, _ in count}:
        days = [n for (name, _), n in count.items() if name == task]
        assert len(days) > 12
        assert max(days) < 15


def test_a_stored_month_is_read_back_and_verified(month: Planned, tables: dict[bool, Tables], tmp_path: Path) -> None:
    document = plan_document(month)
    again = restore_tables(document, tables[True])
    assert again.hidden is not None
    assert plan_document(again)["hidden"] == document["hidden"]
    names = {path.name for path in write_outputs(month, tmp_path)}
    assert f"突击检查-{MONTH}（仅限统筹）.xlsx" in names
    source = Path(month.tables.source) if Path(month.tables.source).exists() else tmp_path
    assert [p for p in verify_plan(tmp_path / "plan.json", source, tables=tables[True]) if p.code == "differs"] == []
    spoilt = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    task = next(task for task, day in spoilt["hidden"]["days"].items() if day != "out")
    now = spoilt["hidden"]["days"][task]
    spoilt["hidden"]["days"][task] = "2026-06-01" if now != "2026-06-01" else "2026-06-02"
    (tmp_path / "plan.json").write_text(as_text(spoilt), encoding="utf-8")
    codes = {p.code for p in verify_plan(tmp_path / "plan.json", source, tables=tables[True])}
    assert {"seal", "differs"} <= codes


def test_they_keep_their_day_where_the_plan_does_not_need_it(month: Planned, tables: dict[bool, Tables]) -> None:
    assert month.hidden is not None
    seeds = crew_seeds(month.result.seed, month.given)
    again = hide(month.result, tables[True], MONTH, month.rulebook, seeds, before=month.hidden.days)
    assert again is not None
    assert again.days == month.hidden.days


def test_what_is_wrong_with_their_filings_is_told_where_nothing_else_is_due() -> None:
    """A surprise that the annex does not allow is refused; a month of that alone says so, and has no plan."""
    rows = build.tables(
        agencies=[build.agency("XF", "A03")],
        inspectors=[build.inspector(f"XF-{n}", "XF") for n in range(2)],
        sites=[build.site("S1")],
        items=[build.item("I-FIRE", "XF")],
        filings=[build.filing("F1", "XF", items=("I-FIRE",), sites=("S1",), unannounced=True)],
    )
    planned = plan_tables(rows, MONTH)
    assert planned.result.plan is None
    assert planned.hidden is not None
    assert planned.hidden.days == {}
    assert "law.unannounced-told" in {finding.code for finding in planned.hidden.findings}
    assert "law.unannounced-told" not in {finding.code for finding in planned.result.findings}
