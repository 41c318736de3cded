"""What a crew is worth, beside small cases of which every plan is enumerated: never more is saved, never less lost."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from planner.checks.objective import objective_of
from planner.checks.same_service import done_or_waiting
from planner.domain.calendar import month_bounds
from planner.domain.case import DAY_QUARTERS, Case
from planner.domain.plan import LEFT_OUT
from planner.explain.effects.compare import Side
from planner.explain.effects.worth import CrewWorth, Worths, crew_worths, weeks_of
from tests.checks.tried import june
from tests.effects.test_examples import BOTH, ONE, TWO, case_of, check, matched, planned
from tests.effects.test_pairs import fewest
from tests.tiny import lawful_plans

SEEDS = range(30)


@cache
def known(seed: int) -> tuple[Case, Side, Worths] | None:
    """Return a case of four checks at two sites in which crews are scarce, its plan, and what crews are worth."""
    r = random.Random(f"worth {seed}")
    days = [(ONE, ONE), (TWO, TWO), BOTH, BOTH]
    tasks = [check(f"t{n}", r.choice("XY"), r.choice("AB"), r.choice(days), r.choice((1, 2))) for n in range(4)]
    crews = {unit: (r.choice((0, 1, 2, 4)), r.choice((0, 1, 2, 4))) for unit in "AB"}
    case = case_of(tasks, crews)
    side = matched(case)
    found = crew_worths(side)
    return None if found is None else (case, side, found)


def changed(case: Case, row: CrewWorth, quarters: int) -> Case:
    """Return the case with a crew more or fewer in the week."""
    capacity = case.capacity.copy()
    first, last = case.days.index(row.first), case.days.index(row.last) + 1
    rows = [n for n, one in enumerate(case.rows) if one.unit == row.unit]
    capacity[rows, first:last] = np.maximum(0, capacity[rows, first:last] + quarters)
    return replace(case, capacity=capacity, plan_capacity=capacity)


@pytest.mark.parametrize("seed", SEEDS)
def test_at_most_is_never_too_little_and_at_least_never_too_much(seed: int) -> None:
    found = known(seed)
    if found is None:
        pytest.skip("no plan that serves anything")
    case, side, worths = found
    chosen, plans = done_or_waiting(case, side.day), lawful_plans(case)
    now, least = fewest(case, plans, chosen), min(objective_of(case, plan).left_out for plan in plans)
    for row in worths.rows:
        more = lawful_plans(changed(case, row, DAY_QUARTERS))
        assert now - fewest(case, more, chosen) <= row.saves, row
        fewer = lawful_plans(changed(case, row, -DAY_QUARTERS))
        if any((plan.day[chosen] != LEFT_OUT).all() for plan in fewer):
            assert fewest(case, fewer, chosen) - now >= row.costs, row
        if row.serves is not None:
            level = ("left_out.mandatory", "left_out.accepted", "left_out.optional").index(worths.level)
            then = min(objective_of(case, plan).left_out for plan in more)
            assert least[:level] == (0,) * level
            assert least[level] - then[level] <= row.serves, row


def test_something_is_said_of_some_of_them() -> None:
    rows = [row for seed in SEEDS if (found := known(seed)) is not None for row in found[2].rows]
    assert any(row.saves for row in rows)
    assert any(not row.saves for row in rows)
    assert any(row.opens for row in rows)
    assert any(row.serves for row in rows)


def test_a_day_that_a_crew_opens_is_priced_anew() -> None:
    """Nobody of A is there on the second day, when B has to come: prices of nothing would say that nothing is saved."""
    case = case_of([check("a", "X", "A", BOTH), check("b", "X", "B", (TWO, TWO))], {"A": (24, 0)})
    found = crew_worths(planned(case, a=0, b=1))
    assert found is not None
    (row,) = [row for row in found.rows if row.unit == "A"]
    assert (row.saves, row.opens, row.serves) == (1, True, None)


def test_what_is_left_out_for_want_of_a_crew_is_served_by_one_more() -> None:
    case = case_of([check("a", "X", "A", (ONE, ONE)), check("b", "Y", "A", (ONE, ONE))], {"A": (1, 1)})
    found = crew_worths(planned(case, a=0, b=LEFT_OUT))
    assert found is not None
    assert found.level == "left_out.accepted"
    assert [(row.saves, row.serves) for row in found.rows] == [(0, 5)]


def test_weeks_are_calendar_weeks_of_open_days() -> None:
    first, last = month_bounds("2026-06")
    assert first.weekday() == 0
    assert weeks_of([june(n) for n in (1, 2, 5, 8, 9, last.day)]) == [(0, 2), (3, 4), (5, 5)]
