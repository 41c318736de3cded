"""What it would take: on small months the ways that are told are the cheapest that enumeration finds."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest

from planner.checks import check_plan
from planner.domain.case import CapacityRow, Case, GroupInfo, Levers
from planner.domain.case_builder import CaseParts, build_case
from planner.domain.plan import LEFT_OUT, Plan
from planner.explain.whynot.changes import Asked, Kind, waivable_of
from planner.explain.whynot.conflict import Conflict, conflict_of
from planner.explain.whynot.telling_ways import told_way, told_ways
from planner.explain.whynot.ways import MOVES, Ways, ways_of
from planner.law.register import RULES
from planner.rulebook.book import load_rulebook
from planner.rulebook.nouns import Force
from tests.tiny import DAYS, PERIOD, agency, site, task
from tests.whynot.every_change import least_cost
from tests.whynot.test_conflict import conflicts, lawful_plan

LAW = load_rulebook().versions[-1]
WAIVABLE = waivable_of([rule.id for rule in LAW.rules if rule.waivable])
Found = list[tuple[Asked, Ways]]


def asked_of(case: Case, plan: Plan, conflict: Conflict) -> Asked:
    return Asked(case, None, plan, conflict, WAIVABLE)


def ways_in(seeds: range) -> Found:
    """Return all left-out tasks of small lawful plans with what it would take."""
    asked = [asked_of(*found) for found in conflicts(seeds)]
    return [(one, ways_of(one, lambda case, roster: lambda day, d: True)) for one in asked]


def crowded_case(seed: int) -> Case:
    """Return a month of two agencies with few crews, in which a narrow window may be full and a wide one elsewhere."""
    r = random.Random(f"crowded {seed}")
    units = [agency("a"), agency("b", domain="A02")]
    sites = [site(f"s{n}") for n in range(3)]
    tasks = []
    for n in range(6):
        first = r.choice(DAYS)
        window = PERIOD if r.random() < 0.5 else (first, r.choice([d for d in DAYS if d >= first]))
        unit = r.choice(units)
        more = {"domain": unit.domain, "window": window, "minutes": r.choice([60, 90, 120])}
        tasks.append(task(f"t{n}", r.choice(sites).id, unit.id, **more))
    groups = [GroupInfo(s.id, "A01", 1, 1) for s in sites if r.random() < 0.3]
    capacity = {CapacityRow(u.id): [r.choice([5, 9]) for _ in DAYS] for u in units}
    setup = {u.id: 15 for u in units}
    levers = Levers(entry_cap=r.choice([0, 1, 2]))
    parts = (f"crowded {seed}", PERIOD, DAYS, tasks, sites, units, capacity, setup, groups)
    names = ("name", "period", "days", "tasks", "sites", "units", "capacity", "setup_minutes", "groups")
    return build_case(CaseParts(**dict(zip(names, parts, strict=True)), levers=levers))  # type: ignore[arg-type]


def crowded(seeds: range) -> Found:
    """Return the left-out tasks of crowded months whose days are all barred, with the visits that could be moved."""
    found = []
    for seed in seeds:
        case = crowded_case(seed)
        plan = lawful_plan(case, seed)
        for left in np.flatnonzero(plan.day == LEFT_OUT).tolist() if plan else ():
            asked = asked_of(case, plan, conflict_of(case, plan, left))
            if not asked.conflict.free:
                found.append((asked, ways_of(asked, lambda case, roster: lambda day, d: True)))
    return found


@pytest.fixture(scope="module")
def found() -> Found:
    return ways_in(range(40))


def compare(found: Found) -> Counter[Kind | None]:
    """Hold the ways against enumeration; return how often each kind came first, and how often none exists."""
    first: Counter[Kind | None] = Counter()
    for asked, ways in found:
        told = {way.change.kind: way.cost for way in ways.found}
        for kind in Kind:
            if kind is Kind.BOTH and set(told) - {Kind.BOTH}:
                continue  # one change does
            least = least_cost(asked.case, asked.plan, asked.moving, kind)
            if kind is not Kind.DAY and Kind.DAY in told:
                # Where a day is free there is nothing that has to be changed: only that is held against enumeration.
                continue
            assert told.get(kind) == least, (asked.case.name, asked.conflict.task, kind)
        assert not ways.unsettled
        assert ways.none_exists == (not told)
        first[ways.cheapest.change.kind if ways.cheapest else None] += 1
    return first


def test_the_cheapest_of_each_kind_is_that_of_enumeration(found: Found) -> None:
    first = compare(found)
    assert sum(first.values()) >= 60
    assert min(first[Kind.WINDOW], first[Kind.CREW], first[Kind.WAIVER], first[None]) >= 10, first


def test_the_cheapest_of_each_kind_is_that_of_enumeration_where_crews_are_few() -> None:
    found = crowded(range(40))
    first = compare(found)
    assert first[Kind.VISIT] >= 5, first
    moves = [(asked, way.change) for asked, ways in found for way in ways.found if way.change.kind is Kind.VISIT]
    elsewhere = [int(asked.case.site_of[change.tasks[0]]) != asked.site for asked, change in moves]
    assert 0 < sum(elsewhere) < len(elsewhere)


def test_where_no_single_change_works_a_visit_is_moved_and_a_window_amended() -> None:
    """One agency a visit: b stays on the first day and can leave the second; a has crews on these two alone."""
    b = {"domain": "A02", "minutes": 60}
    tasks = [
        task("t0", "s", "a", domain="A01", minutes=60, window=(DAYS[0], DAYS[0])),
        task("u0", "s", "b", window=(DAYS[0], DAYS[0]), **b),
        task("u1", "s", "b", window=(DAYS[1], DAYS[2]), **b),
    ]
    capacity = {CapacityRow("a"): [12, 12, 0], CapacityRow("b"): [12, 12, 12]}
    units = [agency("a"), agency("b", domain="A02")]
    parts = ("both", PERIOD, DAYS, tasks, [site("s")], units, capacity, {"a": 15, "b": 15})
    names = ("name", "period", "days", "tasks", "sites", "units", "capacity", "setup_minutes")
    levers = Levers(max_agencies_per_visit=1)
    case = build_case(CaseParts(**dict(zip(names, parts, strict=True)), levers=levers))  # type: ignore[arg-type]
    plan = Plan(np.array([LEFT_OUT, 0, 1], dtype=np.int64))
    asked = asked_of(case, plan, conflict_of(case, plan, 0))
    ways = ways_of(asked, lambda case, roster: lambda day, d: True)
    (way,) = ways.found
    assert way.change.kind is Kind.BOTH
    assert (way.change.tasks, way.change.late, way.change.size, way.plan.day.tolist()) == ((2,), (0,), 1, [1, 0, 2])
    compare([(asked, ways)])
    assert {v.rule for v in check_plan(case, way.plan)} == {"window"}
    assert "，并由" in told_way(asked, way, LAW).zh
    assert "只改一处的办法已逐一试尽" in told_ways(ways).zh
    alone = ways_of(asked, lambda case, roster: lambda day, d: True, [kind for kind in Kind if kind is not Kind.BOTH])
    assert (alone.found, alone.none_exists) == ((), False)


@pytest.mark.soak
def test_the_cheapest_of_each_kind_is_that_of_enumeration_on_200_cases() -> None:
    assert sum(compare(ways_in(range(40, 260))).values()) >= 200


def test_each_way_works_when_applied_and_nothing_else_falls_out(found: Found) -> None:
    for asked, ways in found:
        for way in ways.found:
            assert not check_plan(way.change.case, way.plan)
            assert (way.plan.day[asked.moving] == way.day).all()
            still = (way.plan.day == asked.plan.day) | np.isin(np.arange(asked.case.n_tasks), asked.moving)
            moved = set(np.flatnonzero(~still).tolist())
            assert moved == (set(way.change.tasks) if way.change.kind in MOVES else set())
            assert (way.plan.day[sorted(moved)] >= 0).all()


def test_no_mandatory_rule_is_ever_lifted(found: Found) -> None:
    """Whatever lets the task in, the rule that is lifted is a waivable policy rule.

    Without the waiver alone the same plan breaks that rule and no other.
    """
    waived = 0
    for asked, ways in found:
        for way in ways.found:
            if way.change.kind is Kind.WAIVER:
                waived += 1
                rule = LAW.rule(way.change.rule)
                assert rule.waivable
                assert rule.strength is Force.POLICY
                assert {v.rule for v in check_plan(asked.case, way.plan)} == {way.change.rule}
            elif way.change.kind in (Kind.DAY, Kind.VISIT):
                assert way.change.case is asked.case
    assert waived >= 3


def test_only_waivable_rules_say_what_a_waiver_lifts() -> None:
    assert {rule for rule, one in RULES.items() if one.waived} == {r.id for r in LAW.rules if r.waivable} & set(RULES)


def test_a_day_that_is_not_walked_is_no_way_and_one_not_settled_leaves_it_open() -> None:
    asked = next(one for one, ways in ways_in(range(20)) if ways.found and not one.conflict.free)
    never = ways_of(asked, lambda case, roster: lambda day, d: False)
    assert never.none_exists
    unsure = ways_of(asked, lambda case, roster: lambda day, d: None)
    assert (unsure.found, unsure.none_exists, bool(unsure.unsettled)) == ((), False, True)
    assert "没有定论" in told_ways(unsure).zh
    assert "依法无解" in told_ways(never).zh


def test_every_way_is_told_in_both_languages(found: Found) -> None:
    for asked, ways in found:
        for way in ways.found:
            zh, en = told_way(asked, way, LAW)
            assert "已实际代入核验" in zh
            assert "checked by doing it" in en
        zh, en = told_ways(ways)
        assert ("依法无解" in zh) == ways.none_exists == ("None within the law" in en)
