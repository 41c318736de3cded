"""Repair of a plan whose case has changed: lawful, proven only as far as enumeration agrees, and near what stood."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest

from planner.checks import check_plan
from planner.checks.certificate import verify_certificate
from planner.checks.objective import objective_of
from planner.checks.same_service import link_tasks
from planner.domain.case import Case, IntArray
from planner.domain.errors import CertificateError
from planner.domain.plan import LEFT_OUT, Plan
from planner.domain.result import DECISIVE_LEVELS, LEVELS, Status
from planner.solve.match import solve_match
from planner.solve.matched import Match
from planner.solve.prices.bound import level_values
from planner.solve.repair.bounds import prove_level, require_whole_numbers
from planner.solve.repair.carry import carried_days, carried_lists
from planner.solve.repair.search import Repaired, repair
from planner.solve.run import Work
from planner.solve.site.arrays import site_arrays
from tests.checks.tried import june, small_case
from tests.tiny import agency, lawful_plans, random_case, task

WORK = Work(20, 5, 20, 10, exchange_rounds=6, exchange_work=0.05, proof_work=0.5)
SEEDS = range(24)


@cache
def solved(seed: int) -> tuple[Case, Match]:
    case = random_case(seed)
    return case, solve_match(case, seed, work=WORK)


def changed(seed: int) -> Case:
    """Return the case of `seed` with other crews, and one site closed on a day."""
    case, r = random_case(seed), random.Random(f"changed {seed}")
    capacity = case.capacity.copy()
    for _ in range(3):
        row, day = r.randrange(len(capacity)), r.randrange(case.n_days)
        capacity[row, day] = max(0, int(capacity[row, day]) + r.choice([-9, -5, 5, 24]))
    blackout = case.blackout.copy()
    blackout[r.randrange(len(blackout)), r.randrange(case.n_days)] = True
    return replace(case, capacity=capacity, plan_capacity=capacity, blackout=blackout)


def all_values(case: Case) -> list[tuple[int, ...]]:
    return [level_values(objective_of(case, plan)) for plan in lawful_plans(case)]


def repaired(before: Case, match: Match, after: Case, seed: int = 0) -> tuple[Repaired, IntArray]:
    assert match.plan is not None
    day, new = carried_days(before, match.plan.day, after, link_tasks(before, after))
    return repair(after, day, carried_lists(match.certificates, before, after), new, seed), day


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_repaired_is_lawful_and_proven_no_further_than_every_plan_allows(seed: int) -> None:
    before, match = solved(seed)
    if match.plan is None:
        pytest.skip("pins contradict")
    after = changed(seed)
    found, _ = repaired(before, match, after, seed)
    values = all_values(after)
    if found.plan is None or found.objective is None:
        assert not values or any(t.pinned for t in after.tasks)  # only pins can stop a repair
        return
    assert not check_plan(after, found.plan)
    own = level_values(found.objective)
    assert found.objective == objective_of(after, found.plan)
    for n, one in enumerate(found.certificates):
        verify_certificate(after, one, own)
        least = min(v[n] for v in values if all(a <= b for a, b in zip(v[:n], own[:n], strict=True)))
        assert one.bound <= least
    if found.status is Status.OPTIMAL:
        assert own[:4] == min(values)[:4]


def test_most_small_repairs_are_proven() -> None:
    outcomes = [repaired(*solved(seed), changed(seed), seed)[0].status for seed in SEEDS if solved(seed)[1].plan]
    assert outcomes.count(Status.OPTIMAL) >= 0.8 * len(outcomes)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_moves_where_nothing_changed(seed: int) -> None:
    case, match = solved(seed)
    if match.plan is None or match.status is not Status.OPTIMAL:
        pytest.skip("no proven plan to start from")
    found, day = repaired(case, match, case, seed)
    assert found.plan is not None
    assert np.array_equal(found.plan.day, day)
    assert found.status is Status.OPTIMAL
    assert not len(found.touched)
    assert not found.widened


def two_sites(room: int) -> Case:
    """Two sites, one agency, two days; with `room` quarter-hours of crews on the first day and plenty on the second."""
    tasks = [task("t0", "s0", "a", minutes=60), task("t1", "s1", "a", minutes=60)]
    case = small_case(tasks, days=(june(1), june(2)))
    capacity = np.array([[room, 24]], dtype=np.int64)
    return replace(case, capacity=capacity, plan_capacity=capacity)


def test_a_neighbour_makes_room_and_no_other_moves() -> None:
    before, after = two_sites(24), two_sites(5)
    found = repair(after, np.array([0, 0], dtype=np.int64))
    assert found.plan is not None
    assert len(found.moved) == 1
    assert sorted(found.plan.day.tolist())[0] == 0
    assert before.n_tasks == after.n_tasks


def test_prices_are_carried_by_name_and_date_never_by_position() -> None:
    first, second = agency("a"), agency("b")
    before = small_case([task("t0", "s0", "a"), task("t1", "s0", "b")], units=[first, second])
    after = small_case([task("t1", "s0", "b")], units=[second])
    one = prove_level(site_arrays(before), 3, (0, 0, 0, 1, 1), np.zeros(2, dtype=np.int64), ())
    prices = np.arange(one.prices.size, dtype=np.int64).reshape(one.prices.shape)
    found = carried_lists([replace(one, prices=prices)], before, after)[0]
    assert np.array_equal(found.prices[0], prices[1])
    assert found.bound == 0


def test_a_vanished_day_is_dropped_and_a_new_one_costs_nothing() -> None:
    before = small_case([task("t0", "s0", "a")])
    days = (before.days[0], before.days[2], june(25))
    after = replace(before, days=days)
    one = prove_level(site_arrays(before), 3, (0, 0, 0, 1, 1), np.zeros(1, dtype=np.int64), ())
    prices = np.array([[7, 8, 9]], dtype=np.int64)
    found = carried_lists([replace(one, prices=prices)], before, after)[0]
    assert found.prices.tolist() == [[7, 9, 0]]


def test_prices_that_may_overflow_are_refused_and_lose_nothing() -> None:
    case = two_sites(24)
    huge = np.full(case.capacity.shape, 1 << 58, dtype=np.int64)
    with pytest.raises(CertificateError):
        require_whole_numbers(case, 0, huge, np.zeros(0, dtype=np.int64), ())
    day = np.array([0, 0], dtype=np.int64)
    values = level_values(objective_of(case, Plan(day)))
    plain = prove_level(site_arrays(case), 3, values, day, ())
    beside = prove_level(site_arrays(case), 3, values, day, (replace(plain, prices=huge, bound=0),))
    assert beside.bound == plain.bound == values[3]


def test_a_new_task_finds_a_day_beside_what_stands() -> None:
    before = small_case([task("t0", "s0", "a", minutes=60)])
    after = small_case([task("t0", "s0", "a", minutes=60), task("t1", "s0", "a", minutes=60)])
    match = solve_match(before, work=WORK)
    found, day = repaired(before, match, after)
    assert LEFT_OUT in day
    assert found.plan is not None
    assert found.plan.day[0] == found.plan.day[1] == day[0]
    assert found.touched.tolist() == [0]
    assert all(lv.gap == 0 for lv in found.levels if lv.name in DECISIVE_LEVELS)
    assert [lv.name for lv in found.levels[: len(LEVELS)]] == list(LEVELS)
    assert before.period[0] == date(2026, 6, 1)


def test_a_gap_that_stood_before_is_no_reason_to_move() -> None:
    tasks = [task("t0", "s0", "a", minutes=60), task("t1", "s0", "b", minutes=60)]
    case = small_case(tasks, units=[agency("a"), agency("b")])
    apart = np.array([0, 1], dtype=np.int64)
    kept = repair(case, apart, slack=(0, 0, 0, 1))
    assert kept.plan is not None
    assert np.array_equal(kept.plan.day, apart)
    assert kept.status is Status.FEASIBLE
    better = repair(case, apart)
    assert better.plan is not None
    assert len(set(better.plan.day.tolist())) == 1
    assert better.status is Status.OPTIMAL
