"""A level at its bound is done: a month that must leave something out stops as early as one that serves everything."""

from __future__ import annotations

import numpy as np

from benchmarks.families import make_case
from planner.checks import check_plan
from planner.domain.plan import LEFT_OUT
from planner.solve.match import solve_match
from planner.solve.prices import bound
from planner.solve.prices.proven import Proven
from planner.solve.run import Run, Work
from planner.solve.search.least_gives_way import gave_way, opening_prices
from planner.solve.site.arrays import site_arrays
from tests.walk.test_replan import month


def never() -> bool:
    return False


def test_a_month_that_leaves_out_what_it_must_is_met_and_one_that_leaves_out_more_is_not() -> None:
    """Twelve stays of eight quarters, two days of 24: six fit, exactly."""
    case, _ = month([(f"s{n}", "a", 8) for n in range(12)])
    match = solve_match(case, 0, work=Work(proof_work=0))
    assert match.plan is not None
    assert match.objective is not None
    assert sum(match.plan.day == LEFT_OUT) == 6
    assert [level.gap for level in match.levels[:4]] == [0, 0, 0, 0]
    run = Run(case)
    run.proven, run.bound = Proven(site_arrays(case), 25, never), match.objective.all_entries
    less = match.plan.day.copy()
    less[np.flatnonzero(less >= 0)[0]] = LEFT_OUT
    run.offer(less, "one more left out")
    assert not run.met()
    run.offer(match.plan.day, "as few as can be")
    assert run.met()
    assert {found.level for found in run.proven.lists} >= {"left_out.mandatory"}


def test_tasks_without_a_lawful_day_make_nobody_scarce() -> None:
    """No unit of it is short of hours for what has a day; what has none must not open prices or be searched for."""
    case, _ = month([(f"s{n:02}", "a", 8) for n in range(12)])
    assert opening_prices(site_arrays(case)).any()
    case.staffed[1:] = False
    arrays = site_arrays(case)
    assert not opening_prices(arrays).any()
    assert not gave_way(arrays, np.full(case.n_tasks, LEFT_OUT))[1:].any()


def test_disturbance_is_bounded_by_steps_that_no_clock_counts(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """The bound of the last level may be wider for it; the plan is the same."""
    case = make_case("tight", "month", 160, 0, units=5)
    work = Work(exchange_rounds=0, proof_work=0)
    plain = solve_match(case, 0, work=work)
    monkeypatch.setattr(bound, "DISTURBANCE_WORK", 1)
    short = solve_match(case, 0, work=work)
    assert plain.plan is not None
    assert short.plan is not None
    assert plain.plan.hash(case) == short.plan.hash(case)
    assert 0 <= (short.levels[4].bound_certified or 0) <= (plain.levels[4].bound_certified or 0)


def test_a_run_stopped_at_once_keeps_a_lawful_plan() -> None:
    case = make_case("overfull", "month", 160, 0, units=5)
    match = solve_match(case, 0, cancel=lambda: True)
    assert match.plan is not None
    assert not check_plan(case, match.plan)
    assert not match.repeatable
