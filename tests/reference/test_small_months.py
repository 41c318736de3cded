"""Forty small months, from files to plan, against the exact model; `make soak` compares a thousand."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from planner.domain.plan import LEFT_OUT, Plan
from planner.domain.result import Status
from planner.intake.write.writer import write_folder
from planner.reference.exact import solve
from planner.service.month.planning import plan_month
from tests.reference.compare import AGREE, UNKNOWN, WRONG, Compared, compare, judge
from tests.reference.months import small_month
from tests.reference.soak import failed, kept, summary
from tests.reference.tables import filed, is_needed, read_folder


@pytest.mark.parametrize("first", range(0, 40, 4))
def test_no_better_lawful_plan_exists_than_one_called_optimal(first: int) -> None:
    rows = [compare(seed) for seed in range(first, first + 4)]
    assert [row for row in rows if failed(row)] == []
    assert UNKNOWN not in {row.verdict for row in rows}


@pytest.mark.parametrize("seed", [603, 657])
def test_a_waiting_check_that_the_month_pushes_past_another_counts_by_itself(seed: int) -> None:
    row = compare(seed)
    assert (row.verdict, row.faults, row.status) == (AGREE, [], "optimal")


def test_a_task_left_out_needlessly_is_noticed(tmp_path: Path) -> None:
    month = small_month(3)
    write_folder(month.raw, tmp_path)
    planned = plan_month(tmp_path, month.month)
    given = filed(read_folder(tmp_path), month.month)
    exact = solve(given.world)
    row = Compared(3, month.month, len(given.world.tasks), "")
    judge(row, given, planned, exact)
    assert (row.verdict, row.faults) == (AGREE, [])
    plan = planned.result.plan
    assert plan is not None
    day = plan.day.copy()
    day[next(t for t in range(len(day)) if day[t] >= 0 and not planned.result.case.tasks[t].joint_group)] = LEFT_OUT
    worse = replace(planned, result=replace(planned.result, plan=Plan(day), status=Status.OPTIMAL))
    row = Compared(3, month.month, len(given.world.tasks), "")
    judge(row, given, worse, exact)
    assert row.verdict == WRONG
    assert any(fault.startswith("optimal:") for fault in row.faults)


@pytest.mark.parametrize(
    ("needed", "necessity", "lifted"),
    [("是", "例由", True), ("是", "", False), ("", "例由", False), (None, "例确需", True), (None, "例由", False)],
)
def test_a_need_lifts_the_cap_where_its_column_says_so(needed: str | None, necessity: str, lifted: bool) -> None:
    row = {"necessity": necessity} if needed is None else {"necessity": necessity, "needed": needed}
    assert is_needed(row) is lifted


def test_slices_of_a_long_run_are_one_row_of_results(tmp_path: Path) -> None:
    months = [Compared(7, "2026-03", 4, AGREE), Compared(3, "2026-07", 5, WRONG, faults=["optimal: …"])]
    kept_in = tmp_path / "rows"
    lines = [json.dumps(asdict(row), ensure_ascii=False) for row in (*months, months[0])]
    kept_in.write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = summary(kept(kept_in))
    assert (told["months"], told["verdicts"], told["faulty"]) == (2, {AGREE: 1, WRONG: 1}, [3])
