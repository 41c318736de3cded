"""The examples by which the meaning of effects was settled, each with its numbers: X, Y sites; A to D agencies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

import numpy as np

from planner.checks import check_plan
from planner.checks.effects import Interval, best_of, mean_of, sorted_effects
from planner.checks.objective import objective_of
from planner.domain.case import Case, Strength, TaskInfo
from planner.domain.plan import LEFT_OUT, Plan
from planner.explain.effects.compare import Comparison, Side, compare
from planner.solve.levels import levels_with_proof
from planner.solve.match import solve_match
from planner.solve.prices.bound import level_values
from planner.solve.prices.ranges import entry_ranges
from planner.solve.repair.bounds import prove_level
from planner.solve.repair.search import repair
from planner.solve.run import Work
from planner.solve.site.arrays import site_arrays
from tests.checks.tried import june, small_case
from tests.tiny import agency, task

ONE, TWO = june(1), june(2)
BOTH = (ONE, TWO)
WORK = Work(20, 5, 20, 10, exchange_rounds=6, exchange_work=0.05, proof_work=0.5)


def check(name: str, site: str, unit: str, days: tuple[date, date], quarters: int = 1, **more: object) -> TaskInfo:
    """Return a check of a domain of its own, so that no gap or cap concerns it."""
    return task(name, site, unit, domain=f"A0{1 + 'ABCD'.index(unit)}", window=days, minutes=15 * quarters, **more)


def case_of(tasks: list[TaskInfo], crews: Mapping[str, tuple[int, int]] | None = None) -> Case:
    """Return the case of two days without set-up; crews are plenty where not given."""
    units = {t.unit: agency(t.unit, domain=t.domain) for t in tasks}
    case = small_case(tasks, days=BOTH, units=units.values(), setup_minutes=dict.fromkeys(units, 0))
    capacity = case.capacity.copy()
    for n, row in enumerate(case.rows):
        capacity[n] = (crews or {}).get(row.unit, (24, 24))
    return replace(case, capacity=capacity, plan_capacity=capacity)


def planned(case: Case, **days: int) -> Side:
    """Return the plan that puts each task on its day index (-1: left out), with three rounds of proof a level."""
    plan = Plan(np.array([days[t.id] for t in case.tasks], dtype=np.int64))
    assert not check_plan(case, plan)
    levels, lists = levels_with_proof(site_arrays(case), objective_of(case, plan), plan, 3, {})
    return Side(case, plan.day, levels, lists)


def matched(case: Case) -> Side:
    match = solve_match(case, work=WORK)
    assert match.plan is not None
    return Side(case, match.plan.day, match.levels, match.certificates)


def values(side: Side) -> tuple[int, ...]:
    return level_values(side.objective)[:4]


def effect(found: Comparison) -> Interval:
    assert found.same is not None
    return found.same.effect


def test_1_a_plan_that_drops_a_check_proves_no_effect_of_nothing() -> None:
    case = case_of([check("a", "X", "A", (ONE, ONE)), check("b", "X", "B", (TWO, TWO))])
    found = compare(planned(case, a=0, b=LEFT_OUT), matched(case))
    assert values(found.before)[3] == 1
    assert values(found.after)[3] == 2
    assert found.levels[3] is None  # the naive interval would be [1, 1]
    assert effect(found) == Interval(0, 0)
    assert found.added is not None
    assert found.added.low <= 1 <= found.added.high
    assert found.verdict.word == "undecided"


def test_2_what_is_left_out_and_not_proven_gives_entries_no_interval() -> None:
    p = check("p", "X", "A", (ONE, ONE), 5, strength=Strength.ACCEPTED, priority=2)
    optional = [check(f"o{n}", f"Y{n}", "A", (ONE, ONE), strength=Strength.OPTIONAL, priority=9) for n in range(5)]
    case = case_of([p, *optional], {"A": (5, 0)})
    poor = planned(case, p=LEFT_OUT, **{f"o{n}": 0 for n in range(5)})
    best = matched(case)
    assert values(poor) == (0, 2, 0, 5)
    assert values(best) == (0, 0, 45, 1)
    found = compare(poor, best)
    assert found.levels[3] is None  # the naive interval would be [-4, -4]; the truth is 0
    assert found.same is None
    assert found.reason == "empty"


def room_for_one(quarters: int) -> Case:
    return case_of([check("a", "X", "A", (ONE, ONE)), check("b", "Y", "A", (ONE, ONE))], {"A": (quarters, 0)})


def test_3_an_extra_crew_serves_what_was_left_out_so_entries_rise_and_it_is_better() -> None:
    found = compare(matched(room_for_one(1)), matched(room_for_one(2)))
    assert found.after.objective.all_entries - found.before.objective.all_entries == 1
    assert effect(found) == Interval(0, 0)
    assert found.verdict.word == "better"
    assert found.verdict.level == "left_out.accepted"


def test_4_less_work_is_no_coordination() -> None:
    kept = [check("a", "X", "A", (ONE, ONE)), check("b", "X", "B", BOTH)]
    found = compare(matched(case_of([*kept, check("c", "X", "C", (TWO, TWO))])), matched(case_of(kept)))
    assert (values(found.before)[3], values(found.after)[3]) == (2, 1)
    assert effect(found) == Interval(0, 0)
    assert found.gone == Interval(-1, -1)
    assert found.added == Interval(0, 0)


def test_5_a_requirement_is_followed_through_another_id() -> None:
    a, b = check("a", "X", "A", (ONE, ONE)), check("b", "X", "B", (TWO, TWO))
    other = replace(b, id="b2", window=BOTH, skill="other")
    found = compare(matched(case_of([a, b])), matched(case_of([a, other])))
    assert len(found.service.requirements) == 2
    assert effect(found) == Interval(-1, -1)


def test_6_a_day_that_opens_is_priced_anew() -> None:
    tasks = [check("a", "X", "A", BOTH), check("b", "X", "B", (TWO, TWO))]
    found = compare(matched(case_of(tasks, {"A": (24, 0)})), matched(case_of(tasks, {"A": (24, 1)})))
    assert effect(found) == Interval(-1, -1)
    assert found.same is not None
    assert found.same.cut == "relaxed"


def test_8_joint_share_is_measured_only() -> None:
    tasks = [check(n, "X", n.upper(), BOTH) for n in "ab"]
    case = case_of([*tasks, check("c", "X", "C", (ONE, ONE)), check("d", "X", "D", (TWO, TWO))])
    half, full = planned(case, a=0, b=0, c=0, d=1), planned(case, a=0, b=1, c=0, d=1)
    found = compare(half, full)
    assert values(found.before)[3] == values(found.after)[3] == 2
    assert effect(found) == Interval(0, 0)
    assert found.same is not None
    assert found.same.cut == ""


def contested(first: int, second: int) -> Case:
    tasks = [check(f"a{s}", s, "A", BOTH, 2) for s in "XY"] + [check(f"b{s}", s, "B", (TWO, TWO)) for s in "XY"]
    return case_of(tasks, {"A": (first, second)})


def test_9_half_prices_round_once_and_no_site_surely_loses() -> None:
    base = matched(contested(4, 3))
    assert values(base)[3] == 3
    assert effect(compare(base, matched(contested(4, 4)))) == Interval(-1, -1)
    assert effect(compare(base, matched(contested(4, 2)))) == Interval(0, 0)
    assert effect(compare(base, matched(contested(4, 1)))) == Interval(1, 1)
    for room, value, ranges in ((3, 3, ([1, 1], [2, 2])), (4, 2, ([1, 1], [1, 1]))):
        arrays = site_arrays(contested(4, room))
        day = matched(contested(4, room)).day
        one = prove_level(arrays, 3, (0, 0, 0, value, 0), day, (), rounds=5)
        assert one.bound == value
        found = entry_ranges(arrays, one, value)
        assert (found.low.tolist(), found.high.tolist()) == ranges


def test_10_a_what_if_puts_entries_before_changes() -> None:
    case = case_of([check("a", "X", "A", BOTH), check("b", "X", "B", BOTH)], {"A": (0, 24)})
    found = repair(case, np.array([0, 0], dtype=np.int64))
    assert found.plan is not None
    assert found.objective is not None
    assert found.objective.all_entries == 1
    assert len(found.moved) == 2


def test_the_best_of_many_and_the_mean_of_draws() -> None:
    best = best_of([Interval(1, 3), Interval(2, 2), Interval(0, 1)])
    assert best.value == Interval(2, 3)
    assert best.possible == (0, 1)
    assert best.proven is None
    assert best_of([Interval(3, 3), Interval(1, 2)]).proven == 0
    draws = [Interval(0, 1), Interval(1, 1), Interval(2, 4), Interval(0, 0)]
    assert mean_of(draws) == (Fraction(3, 4), Fraction(3, 2))
    assert sorted_effects(draws) == (Interval(0, 0), Interval(0, 1), Interval(1, 1), Interval(2, 4))
