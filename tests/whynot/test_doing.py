"""Do it: a way that changes days alone makes a draft in which the task has its day and every check passes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from planner.checks import check_plan
from planner.checks.duty import check_duty
from planner.domain.errors import InputError
from planner.domain.plan import LEFT_OUT, Plan
from planner.service import Planned, do_way, restore_plan, why_not
from planner.service.changes.revising import Change, apply_changes, revise
from tests.cli.district import MONTH, content, district, run, workbook


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """应急 has a check at S7 whose window is 3 June alone."""
    folder, raw = tmp_path_factory.mktemp("doing"), district()
    site = {"site_id": "S7", "name": "食品七厂", "industry": "食品", "address": "路7号"}
    raw["sites"].append({**raw["sites"][0], **site})
    short = {"window_from": date(2026, 6, 3), "window_to": date(2026, 6, 3)}
    raw["filings"].append({**raw["filings"][1], "filing_id": "F-B", "sites": "S7", **short})
    done = run("plan", workbook(folder / "来源.xlsx", raw), "--month", MONTH, "--out", folder / "out")
    assert (folder / "out" / "plan.json").exists(), done.output
    return folder / "out" / "plan.json"


@pytest.fixture(scope="module")
def crowded(made: Path) -> tuple[Planned, str]:
    """The plan in which S7's task is taken out, and the task."""
    planned = restore_plan(made)
    case = planned.result.case
    task = next(info.id for info in case.tasks if "F-B" in info.filings)
    out = apply_changes(planned, [Change("exclude", task=task)])
    left = revise(planned, out, "试")
    return left, task


def test_a_free_day_is_made_the_draft(crowded: tuple[Planned, str]) -> None:
    planned, task = crowded
    found = why_not(planned, task)
    assert [way["kind"] for way in found["ways"]] == ["day"]
    assert found["ways"][0]["moves"] == [{"visit": "", "task": task, "day": "2026-06-03"}]
    _holds(do_way(planned, found), planned, task)


def test_another_visit_is_moved_and_the_task_comes(crowded: tuple[Planned, str]) -> None:
    """The unit has just hours enough that day for another visit: that one has to go."""
    planned, task = crowded
    full = _filled(planned, task)
    found = why_not(full, task)
    assert found["verdict"] == "blocked"
    way = next(way for way in found["ways"] if way["kind"] == "visit")
    assert [one["visit"] != "" for one in way["moves"]] == [True, False]
    _holds(do_way(full, found), full, task)


def test_what_has_to_be_on_record_first_makes_no_draft(crowded: tuple[Planned, str]) -> None:
    planned, task = crowded
    found = why_not(planned, task)
    windows = {**found, "ways": [{**found["ways"][0], "kind": "window", "moves": []}]}
    with pytest.raises(InputError, match="变更备案"):
        do_way(planned, windows)


def test_the_command_writes_the_draft_and_verify_accepts_it(made: Path, tmp_path: Path) -> None:
    document = content(made)
    assert document["left_out"] == []
    task = next(one for visit in document["visits"] for one in visit["tasks"] if visit["site"]["id"] == "S7")
    refused = run("why", made, "--task", task, "--draft", tmp_path / "out")
    assert (refused.exit_code, (tmp_path / "out").exists()) == (2, False)
    assert run("why", made, "--visit", document["visits"][0]["id"], "--draft", tmp_path / "out").exit_code == 2


def _holds(draft: Planned, before: Planned, task: str) -> None:
    """The task has a day, nobody else lost one, and the checks of days, starts and people accept the draft."""
    case, plan, duty, roster = draft.result.case, draft.result.plan, draft.result.duty, draft.result.roster
    assert plan is not None
    assert before.result.plan is not None
    assert duty is not None
    assert roster is not None
    out = {info.id for info, d in zip(case.tasks, plan.day, strict=True) if d == LEFT_OUT}
    was = {info.id for info, d in zip(case.tasks, before.result.plan.day, strict=True) if d == LEFT_OUT}
    assert out == was - {task}
    assert not check_plan(case, plan)
    assert not check_duty(case, roster, draft.result.visits, duty)
    assert draft.result.plan_hash != before.result.plan_hash
    assert json.dumps(draft.result.notes, ensure_ascii=False).count("已实际代入核验") == 1


def _filled(planned: Planned, task: str) -> Planned:
    """Return the plan with another visit of the unit on the task's only day, and hours enough for that alone."""
    case, plan = planned.result.case, planned.result.plan
    assert plan is not None
    n = next(n for n, info in enumerate(case.tasks) if info.id == task)
    unit, d = int(case.unit_of[n]), case.days.index(date(2026, 6, 3))
    other = next(t for t in range(case.n_tasks) if case.unit_of[t] == unit and t != n and plan.day[t] >= 0)
    day = plan.day.copy()
    day[other] = d
    limit = case.plan_capacity.copy()
    limit[unit, d] = case.setup[unit] + case.quarters[other]
    full = replace(case, plan_capacity=limit)
    assert not check_plan(full, Plan(day))
    assert np.array_equal(full.capacity, case.capacity)
    moved = apply_changes(planned, [Change("move", task=case.tasks[other].id, day=case.days[d])])
    made = revise(planned, moved, "试")
    return replace(made, result=replace(made.result, case=full))
