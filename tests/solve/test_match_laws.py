"""Stage 1 on cases grown around a lawful plan, and laws that hold between a case and a changed one."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings

from planner.checks import check_plan
from planner.checks.objective import objective_of
from planner.domain.case import Case
from planner.domain.plan import Plan
from planner.domain.result import LEVELS, Status
from planner.solve.match import solve_match
from planner.solve.matched import Match
from planner.solve.prices.bound import level_values
from tests.solve.planted import planted_cases
from tests.solve.rebuilt import rebuilt
from tests.solve.test_match import SIX_DAYS, WORK
from tests.tiny import random_case


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(planted_cases())
def test_a_case_with_a_planted_plan_is_never_infeasible(planted: tuple[Case, Plan]) -> None:
    case, plan = planted
    assert not check_plan(case, plan), "the generator planted an unlawful plan"
    match = solve_match(case, 0, work=WORK)
    assert match.status in (Status.OPTIMAL, Status.FEASIBLE)
    assert match.plan is not None
    assert not check_plan(case, match.plan)
    assert match.objective == objective_of(case, match.plan)
    ours, theirs = level_values(match.objective), level_values(objective_of(case, plan))
    if match.status is Status.OPTIMAL:
        assert ours[:4] <= theirs[:4]
    for n, level in enumerate(match.levels[: len(LEVELS)]):
        if all(t <= o for t, o in zip(theirs[:n], ours[:n], strict=True)):
            assert max(level.bound_certified or 0, level.bound_solver or 0) <= theirs[n]


def proven(case: Case) -> tuple[int, ...] | None:
    """Return (left out by strength, entries) where the run proves them, None elsewhere."""
    match = solve_match(case, 0, work=WORK)
    return level_values(match.objective)[:4] if match.status is Status.OPTIMAL and match.objective else None


SEEDS = range(150)


def base(seed: int) -> Case:
    return rebuilt(random_case(seed))


def test_more_capacity_never_worsens() -> None:
    compared = better = 0
    for seed in SEEDS:
        case = base(seed)
        before, after = proven(case), proven(rebuilt(case, extra=4))
        if before is not None and after is not None:
            compared += 1
            better += after < before
            assert after <= before, f"seed {seed}"
    assert compared >= 60
    assert better >= 10


def test_a_task_less_never_adds_entries_where_nothing_is_left_out() -> None:
    """A fire task with followers stays: without it they may not come, so a required joint theme may break up."""
    compared = fewer = 0
    for seed in SEEDS:
        case = base(seed)
        before = proven(case)
        if before is None or any(before[:3]):
            continue
        followed = {t.site for t in case.tasks if t.follows_fire}
        for gone in case.tasks:
            if gone.fire and gone.site in followed:
                continue
            after = proven(rebuilt(case, [t for t in case.tasks if t is not gone]))
            if after is not None:
                compared += 1
                fewer += after < before
                assert after <= before, f"seed {seed} without {gone.id}"
    assert compared >= 60
    assert fewer >= 20


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_input_changes_nothing(seed: int) -> None:
    first = rebuilt(random_case(seed, days=SIX_DAYS, n_sites=6, n_tasks=16))
    second = rebuilt(first, shuffle=random.Random(seed))
    assert second.content_hash() == first.content_hash()
    one, other = solve_match(first, 5, work=WORK), solve_match(second, 5, work=WORK)
    assert outcome(second, other) == outcome(first, one)


@pytest.mark.parametrize("seed", range(6))
def test_two_runs_give_the_same_plan_bounds_and_certificates(seed: int) -> None:
    case = random_case(seed, days=SIX_DAYS, n_sites=6, n_tasks=16)
    one, other = solve_match(case, seed, work=WORK), solve_match(case, seed, work=WORK)
    assert outcome(case, one) == outcome(case, other)
    assert one.repeatable


def outcome(case: Case, match: Match) -> tuple[object, ...]:
    """Return all that a run says but its times."""
    return (
        match.status,
        match.plan and match.plan.hash(case),
        match.objective,
        match.levels,
        [(c.level, c.prices.tolist(), c.multipliers, c.achieved, c.bound) for c in match.certificates],
        match.violations,
    )


@pytest.mark.parametrize("seed", [0, 1, 4])
def test_a_cancelled_run_keeps_a_lawful_plan_and_says_that_it_cannot_be_repeated(seed: int) -> None:
    case = base(seed)
    match = solve_match(case, 0, work=WORK, cancel=lambda: True)
    assert match.plan is not None
    assert not check_plan(case, match.plan)
    assert match.status in (Status.FEASIBLE, Status.OPTIMAL)
    assert not match.repeatable
