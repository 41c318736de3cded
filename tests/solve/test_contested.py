"""Only the sites that meet a short unit are searched; the others stay as they are."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.families import make_case
from planner.checks import check_plan
from planner.domain.plan import LEFT_OUT, Plan, loads_of
from planner.solve import scarce
from planner.solve.arrays import site_arrays
from planner.solve.contested import Contested, contested_sites
from planner.solve.match import solve_match
from planner.solve.run import Run, Work
from planner.solve.subcase import some_sites
from planner.solve.sweeps import Sweeper, free_sites, plan_weights
from tests.walk.test_replan import month


def _two_units() -> tuple[Run, Sweeper]:
    """Unit a has eight stays of eight quarters and room for six, unit b three; the last of a's are left out."""
    case, _ = month([(f"s{n:02}", "a", 8) for n in range(8)] + [(f"s{n:02}", "b", 8) for n in range(8, 11)])
    day = np.array([0, 0, 0, 1, 1, LEFT_OUT, LEFT_OUT, LEFT_OUT, 0, 0, 1])
    run = Run(case)
    run.offer(day, "begin")
    return run, Sweeper(site_arrays(case), plan_weights(case))


def test_sites_that_nobody_short_touches_are_not_contested() -> None:
    run, sweeper = _two_units()
    assert run.best is not None
    nothing = np.zeros_like(run.case.capacity)
    found = contested_sites(sweeper, free_sites(sweeper.arrays), run.best.day, nothing)
    assert [run.case.sites[s].id for s in found.tolist()] == [f"s{n:02}" for n in range(8)]


def test_what_is_found_for_contested_sites_is_the_whole_months() -> None:
    run, sweeper = _two_units()
    assert run.best is not None
    before = run.best.day.copy()
    part = Contested(run, sweeper, np.arange(8))
    assert part.begin.tolist() == before[:8].tolist()
    better = part.begin.copy()
    better[5] = 1
    assert part.run.offer(better, "room")
    assert run.best.day.tolist() == [*better.tolist(), *before[8:].tolist()]
    assert not check_plan(run.case, run.best)


def test_a_part_of_a_case_loads_what_its_sites_do() -> None:
    run, _ = _two_units()
    assert run.best is not None
    part, tasks = some_sites(run.case, np.array([1, 4, 9]), run.case.plan_capacity)
    assert [site.id for site in part.sites] == ["s01", "s04", "s09"]
    alone = run.best.day.copy()
    alone[np.setdiff1d(np.arange(run.case.n_tasks), tasks)] = LEFT_OUT
    assert loads_of(part, Plan(alone[tasks])).tolist() == loads_of(run.case, Plan(alone)).tolist()


def test_a_month_searched_at_its_contested_sites_is_lawful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scarce, "MOST", 1.0)
    case = make_case("overfull", "month", 160, 0, units=5)
    work = Work(exchange_rounds=4, exchange_work=0.1, proof_work=0, hard_work=0, many=5, refine_rounds=6)
    match = solve_match(case, 0, work=work)
    assert match.plan is not None
    assert "contested sites" in {step.note for step in match.progress}
    assert not check_plan(case, match.plan)
