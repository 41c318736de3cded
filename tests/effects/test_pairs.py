"""Random tiny pairs, every plan enumerated: the true effect lies in every interval that is told."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from planner.checks.effects import Interval
from planner.checks.objective import objective_of
from planner.checks.same_service import done_or_waiting
from planner.domain.case import BoolArray, Case, TaskInfo
from planner.domain.case_builder import CaseParts, build_case
from planner.domain.plan import LATER, LEFT_OUT, Plan
from planner.domain.result import DECISIVE_LEVELS
from planner.explain.effects.compare import Comparison, Side, compare
from planner.solve.levels import levels_with_proof
from planner.solve.match import solve_match
from planner.solve.prices.bound import level_values
from planner.solve.run import Work
from planner.solve.site.arrays import site_arrays
from tests.tiny import lawful_plans, random_case

WORK = Work(20, 5, 20, 10, exchange_rounds=6, exchange_work=0.05, proof_work=0.5)
SEEDS = range(40)


def rebuilt(case: Case, tasks: list[TaskInfo], capacity: dict[str, int], *, free: bool = False) -> Case:
    """Return the case with other tasks, and crews changed by unit on every day; `free` of gaps, caps and marks."""
    room = {
        row: [max(0, int(c) + capacity.get(row.unit, 0)) for c in case.capacity[n]] for n, row in enumerate(case.rows)
    }
    return build_case(
        CaseParts(
            name=case.name,
            period=case.period,
            days=case.days,
            tasks=tasks,
            sites=case.sites,
            units=case.units,
            capacity=room,
            setup_minutes={u.id: 15 for u in case.units},
            groups=() if free else case.groups,
            listed=[s.id for s, on in zip(case.sites, case.listed.tolist(), strict=True) if on and not free],
            levers=None if free else case.levers,
            prep_minutes=30,
        )
    )


def pair(seed: int) -> tuple[Case, Case]:
    """Return a case and a changed one: crews, windows, a task gone, another id for one, another priority."""
    r, case = random.Random(f"pair {seed}"), random_case(seed, n_sites=1 + seed % 2, n_tasks=3 + seed % 4 // 3)
    before = rebuilt(case, list(case.tasks), {})
    tasks = list(before.tasks)
    if seed % 4 == 1:  # all may meet on one day
        wide = [replace(t, window=before.period) for t in tasks]
        return before, rebuilt(before, wide, {unit.id: 40 for unit in before.units}, free=True)
    if r.random() < 0.4 and len(tasks) > 1:
        tasks.pop(r.randrange(len(tasks)))
    for n, one in enumerate(tasks):
        if r.random() < 0.6 and not one.waits_until:
            days = sorted(r.choice(before.days) for _ in range(2)) if r.random() < 0.5 else before.period
            tasks[n] = replace(one, window=(days[0], days[1]))
        if r.random() < 0.2:
            tasks[n] = replace(tasks[n], id=f"new-{one.id}")
        if r.random() < 0.1:
            tasks[n] = replace(tasks[n], priority=1 + one.priority % 3)
    crews = {unit.id: r.choice([-4, 0, 0, 5, 20]) for unit in before.units}
    return before, rebuilt(before, tasks, crews)


def side_of(case: Case, seed: int, poor: bool, plans: list[Plan]) -> Side | None:
    """Return a plan of the case with its proofs: the match's, or a poor one of all lawful ones."""
    match = solve_match(case, seed, work=WORK)
    if match.plan is None:
        return None
    if not poor:
        return Side(case, match.plan.day, match.levels, match.certificates)
    plan = random.Random(seed).choice(plans)
    levels, lists = levels_with_proof(site_arrays(case), objective_of(case, plan), plan, 3, {})
    return Side(case, plan.day, levels, lists)


@cache
def compared(seed: int) -> tuple[Comparison, list[Plan], list[Plan]] | None:
    before, after = pair(seed)
    plans = lawful_plans(before), lawful_plans(after)
    sides = side_of(before, seed, seed % 3 == 0, plans[0]), side_of(after, seed, seed % 5 == 0, plans[1])
    if sides[0] is None or sides[1] is None:
        return None
    return compare(sides[0], sides[1]), *plans


def fewest(case: Case, plans: list[Plan], chosen: BoolArray) -> int:
    """Return the fewest entries of a lawful plan of the whole case that serves all `chosen`."""
    return min(objective_of(case, p).all_entries for p in plans if (p.day[chosen] != LEFT_OUT).all())


def holds(interval: Interval | None, truth: int) -> bool:
    return interval is None or interval.low <= truth <= interval.high


def optimum(case: Case, plans: list[Plan]) -> tuple[int, ...]:
    return min(level_values(objective_of(case, plan)) for plan in plans)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_true_effect_lies_in_every_interval(seed: int) -> None:
    found = compared(seed)
    if found is None:
        pytest.skip("pins contradict")
    one, old, new = found
    before, after = one.before.case, one.after.case
    best = optimum(before, old), optimum(after, new)
    for n in range(len(DECISIVE_LEVELS)):
        assert holds(one.levels[n], best[1][n] - best[0][n]), DECISIVE_LEVELS[n]
    word = {-1: "better", 0: "equal", 1: "worse"}[int(best[1][:4] > best[0][:4]) - int(best[1][:4] < best[0][:4])]
    assert one.verdict.word in (word, "undecided", "other_weights")
    if one.same is None:
        assert one.reason
        return
    in_common = fewest(before, old, one.service.before), fewest(after, new, one.service.after)
    assert holds(one.same.effect, in_common[1] - in_common[0])
    for served, truth in zip((one.same.before, one.same.after), in_common, strict=True):
        assert served.held.low <= truth <= served.held.high
    own = done_or_waiting(before, one.before.day), done_or_waiting(after, one.after.day)
    assert holds(one.gone, in_common[0] - fewest(before, old, own[0]))
    assert holds(one.added, fewest(after, new, own[1]) - in_common[1])


@pytest.mark.parametrize("seed", SEEDS)
def test_every_plan_that_good_enters_each_site_within_its_range(seed: int) -> None:
    found = compared(seed)
    if found is None or found[0].same is None:
        pytest.skip("nothing to compare")
    for served, ranges in zip((found[0].same.before, found[0].same.after), found[0].same.ranges, strict=True):
        for plan in lawful_plans(served.case):
            objective = objective_of(served.case, plan)
            if (plan.day == LEFT_OUT).any() or objective.all_entries > served.held.high:
                continue
            entries = list(entries_by_site(served.case, plan))
            assert (ranges.low <= entries).all()
            assert (ranges.high >= entries).all()
            everyone = np.arange(len(entries), dtype=np.int64)
            low, high = ranges.of_group(everyone)
            assert low <= sum(entries) <= high


def entries_by_site(case: Case, plan: Plan) -> Iterator[int]:
    """Yield the entries of each site, month and later: those of the plan in which all others wait for nobody."""
    for s in range(len(case.sites)):
        day = np.where(case.site_of == s, plan.day, LEFT_OUT)
        yield objective_of(case, Plan(day)).all_entries


def test_the_pairs_show_every_kind_of_answer() -> None:
    found = [one for seed in SEEDS if (one := compared(seed)) is not None]
    same = [one[0].same for one in found if one[0].same is not None]
    assert len(same) >= len(SEEDS) // 2
    assert any(s.effect.low > 0 or s.effect.high < 0 for s in same)
    assert any(s.cut for s in same)
    assert any(LATER in one[0].before.day for one in found)
    assert any(level is None for one in found for level in one[0].levels)
