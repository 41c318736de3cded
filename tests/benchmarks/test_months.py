"""The benchmark's row on a month worked out by hand: its figures, what it refuses, and how rows are kept and shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import months
from benchmarks.history import BEGIN, END, append, load, newest, rewrite, table
from benchmarks.month_cases import CASES, Month, MonthCase, tiny_month
from benchmarks.month_row import gate, measure, verify
from benchmarks.rosters import roster_of
from planner.checks.objective import objective_of
from planner.domain.case import CapacityRow
from planner.domain.case_builder import CaseParts, build_case
from planner.domain.errors import CertificateError, InputError, MismatchError
from planner.domain.plan import LEFT_OUT, Plan
from planner.domain.result import LEVELS
from planner.solve.match import solve_match

TINY = MonthCase("tiny", "by hand", tiny_month, 0.0)


def with_more_crew(quarters: int) -> Month:
    case = tiny_month().case
    wider = build_case(
        CaseParts(
            name="wider",
            period=case.period,
            days=case.days,
            tasks=case.tasks,
            sites=case.sites,
            units=case.units,
            capacity={CapacityRow(u.id): (case.capacity[n] + quarters).tolist() for n, u in enumerate(case.units)},
            setup_minutes={u.id: 15 for u in case.units},
        )
    )
    return Month(wider, roster_of(wider), None)


@pytest.fixture(scope="module")
def row() -> dict[str, Any]:
    return measure("tiny", TINY, Path())


def test_the_row_of_a_month_worked_out_by_hand(row: dict[str, Any]) -> None:
    """Two joint sites, two entries at the third, one later: 5. Alone: six and one later: 7. Crews are full."""
    assert (row["due"], row["waiting"], row["sites"]) == (6, 1, 3)
    assert row["entries"] == {"month": 4, "later": 1, "all": 5}
    assert (row["limit"], row["bound_solver"], row["gap"]) == (5, 5, 0.0)
    assert (row["left_out"], row["left_out_tasks"], row["violations"]) == ((0, 0, 0), 0, 0)
    assert row["joint_share"] == 0.5
    assert row["visits"] == row["timed"] == row["crewed"] == 4
    assert (row["cuts"], row["unit_days"], row["unit_days_failed"]) == (0, 4, {"timetable": 0, "crew": 0})
    assert [each["name"] for each in row["day_levels"]] == ["quiet_hours", "town_changes", "workload"]
    assert (row["alone"]["entries"], row["alone"]["bound"]) == (7, 7)
    assert (row["alone"]["entries_common"], row["alone"]["ours_common"]) == (6, 4)
    assert row["known"] == {"left_out": (0, 0, 0), "entries": 5}
    assert row["use"]["due"] == row["use"]["planned"] == 1.0
    assert row["use"]["scarce"] == {"a": 1.0, "b": 1.0}
    assert row["gate"]["short"] == ""
    assert row["certificates_verified"] == len(LEVELS)
    assert set(row["versions"]) == {"python", "ortools", "numba", "numpy", "highspy"}
    assert json.loads(json.dumps(row))["peak_mib"] > 10


@pytest.mark.parametrize(("extra", "entries"), [(0, 5), (5, 3)])
def test_more_crew_never_makes_more_entries(extra: int, entries: int) -> None:
    """Five more quarters a day let every site be joint, and c come along: three entries, none later."""
    found = measure("wider", replace(TINY, build=lambda _: with_more_crew(extra)), Path())
    assert found["entries"]["all"] == entries
    assert found["gate"]["short"] == ""


def test_a_plan_below_its_gate_is_told() -> None:
    case = tiny_month().case
    _, objective, level = verify(case, solve_match(case))
    assert gate(TINY, objective, level) == ""
    assert "gap 0.2" in gate(TINY, objective, replace(level, gap=0.2))
    assert "left out (0, 5, 0)" in gate(TINY, replace(objective, left_out=(0, 5, 0)), level)


def test_a_wrong_plan_objective_or_proof_makes_no_row() -> None:
    case = tiny_month().case
    match = solve_match(case)
    assert match.plan is not None
    assert match.objective is not None
    crowded = Plan(np.where(match.plan.day >= 0, 0, match.plan.day))
    with pytest.raises(MismatchError, match="violations"):
        verify(case, replace(match, plan=crowded, objective=objective_of(case, crowded)))
    with pytest.raises(MismatchError, match="comes to"):
        verify(case, replace(match, objective=replace(match.objective, entries=3)))
    boasting = tuple(replace(c, bound=c.bound + 1) for c in match.certificates)
    with pytest.raises(CertificateError, match="claims"):
        verify(case, replace(match, certificates=boasting))
    with pytest.raises(MismatchError, match="no plan"):
        verify(case, replace(match, plan=None))


def test_leaving_a_task_out_is_seen_by_the_gate() -> None:
    case = tiny_month().case
    assert TINY.most_left_out < objective_of(case, Plan(np.full(case.n_tasks, LEFT_OUT))).left_out


def test_every_case_has_an_order_and_a_name() -> None:
    assert set(months.ORDER) == {*CASES, "reading"}
    assert months.chosen_cases("yunlin") == ["yunlin", "yunlin-tight"]
    assert months.chosen_cases("all") == list(months.ORDER)


def test_absent_records_are_a_row_that_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "results" / "months.json"
    assert months.main(["--case", "restaurants", "--data", str(tmp_path), "--out", str(out)]) == 0
    captured = capsys.readouterr()
    assert "there are no real records in" in captured.err
    assert "not run: data absent" in captured.out
    assert [r["case"] for r in load(out)[0]["rows"]] == ["restaurants", "restaurants-tight"]


@pytest.fixture
def stored(tmp_path: Path, row: dict[str, Any]) -> Callable[..., None]:
    def add(when: str, **changed: object) -> None:
        append(tmp_path / "months.json", when, [{**row, **changed}])

    return add


def test_the_readme_shows_the_newest_rows_and_keeps_its_text(tmp_path: Path, stored: Callable[..., None]) -> None:
    stored("2026-06-01T00:00:00+00:00", case="demo", sites=11)
    stored("2026-06-02T00:00:00+00:00", case="demo", sites=2606)
    stored("2026-06-03T00:00:00+00:00", case="demo", not_run="not run: data absent")
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    command = ["--readme", str(readme), "--out", str(tmp_path / "months.json")]
    assert months.main(command) == 0
    text = readme.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{BEGIN}\n| ")
    assert text.endswith(f"\n{END}\nafter\n")
    assert "| 2,606 | 7 | " in text
    assert "**5** (4 + 1) | 5 | 0.00% | 0 | 50% |" in text
    assert "old" not in text
    assert "| 11 |" not in text
    assert "2026-06-02 at commit" in text
    months.main(command)
    assert readme.read_text(encoding="utf-8") == text


def test_a_row_below_its_gate_shows(row: dict[str, Any]) -> None:
    shown = table([{**row, "when": "2026-06-01", "gate": {"short": "gap 0.2 on entries"}}])
    assert "Gate not met: tiny: gap 0.2 on entries." in shown
    assert newest([], months.ORDER) == []


def test_a_readme_without_markers_is_left_alone(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"{END} {BEGIN}", encoding="utf-8")
    with pytest.raises(InputError, match="lacks the markers"):
        rewrite(readme, "table")
    assert readme.read_text(encoding="utf-8") == f"{END} {BEGIN}"
