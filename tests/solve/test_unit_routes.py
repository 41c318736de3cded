"""Stays dealt anew as routes: towns by hand, and random units against every way to place their stays."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import permutations, product

import numpy as np

from planner.checks import check_plan
from planner.domain.case import Case, Strength
from planner.domain.plan import LEFT_OUT, Plan
from planner.domain.roster import HALF_QUARTERS, Roster
from planner.solve.day.routes_kernel import NONE, Routes, search_routes
from planner.solve.day.unit_routes import dealt
from planner.solve.site.arrays import site_arrays
from planner.solve.walk.blocks import entries_on
from planner.solve.walk.day_test import Answer, Judge
from tests.duty.build import DAYS, person, place, small_day
from tests.tiny import task

TOWNS = ("朱泾镇", "枫泾镇", "亭林镇", "漕泾镇")
RANDOM = range(60)


def four_towns() -> tuple[Case, Roster]:
    """Return one crew, two days, and three checks of an hour in each of four towns: a town fills a half-day."""
    sites = [place(f"s{town}{n}", TOWNS[town]) for town in range(4) for n in range(3)]
    tasks = [task(f"t{s.id}", s.id, "a", minutes=60, strength=Strength.MANDATORY) for s in sites]
    case, roster, _ = small_day(tasks, [person("p")], sites=sites, per_crew=1)
    return case, roster


def walkable(case: Case, roster: Roster, day: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[Answer]:
    """Return the exact answer for each day."""
    judge = Judge(case, roster, site_arrays(case).allowed)
    return [judge.ask(d, entries_on(case, day, d)).answer for d in range(case.n_days)]


def test_a_unit_whose_days_mix_towns_gets_a_town_a_half_day() -> None:
    """Six checks a day fill the hours of a crew, but with a way of half an hour in a half-day only two towns do."""
    case, roster = four_towns()
    mixed = np.array([n % 2 for n in range(case.n_tasks)], dtype=np.int64)
    assert walkable(case, roster, mixed) == [Answer.NO, Answer.NO]
    found = dealt(site_arrays(case), roster, [0], mixed, seed=0)
    assert (found >= 0).all()
    assert walkable(case, roster, found) == [Answer.YES, Answer.YES]
    assert not check_plan(case, Plan(found))


def test_what_is_pinned_keeps_its_day() -> None:
    case, roster = four_towns()
    sites = [place(s.id, s.town) for s in case.sites]
    fixed = [
        task(t.id, t.site, "a", minutes=60, pinned=DAYS[n % 2] if n < 3 else None) for n, t in enumerate(case.tasks)
    ]
    case, roster, _ = small_day(fixed, [person("p")], sites=sites, per_crew=1)
    mixed = np.array([n % 2 for n in range(case.n_tasks)], dtype=np.int64)
    found = dealt(site_arrays(case), roster, [0], mixed, seed=0)
    pinned = [n for n, t in enumerate(case.tasks) if t.pinned]
    assert found[pinned].tolist() == mixed[pinned].tolist()
    assert np.count_nonzero(found != mixed)


def test_the_same_arguments_give_the_same_days() -> None:
    case, roster = four_towns()
    mixed = np.array([n % 2 for n in range(case.n_tasks)], dtype=np.int64)
    arrays = site_arrays(case)
    assert np.array_equal(dealt(arrays, roster, [0], mixed, 3), dealt(arrays, roster, [0], mixed, 3))


def random_routes(seed: int) -> Routes:
    """Return five stays, two days of one or two crews, some of half a day, and starts that business hours leave."""
    r, way = random.Random(seed), 2
    crews = [r.choice([[(0, 26)], [(0, 26), (0, 12)], [(14, 26)]]) for _ in range(2)]
    spans = [span for of_day in crews for span in of_day]
    starts = [
        [sum(1 << q for q in range(24) if q % 12 + 4 <= 12 and r.random() < r.choice([0.3, 1.0])) for _ in range(2)]
        for _ in range(5)
    ]
    return Routes(
        np.array([r.randrange(2) for _ in range(5)]),
        np.array([r.choice([3, 4]) for _ in range(5)]),
        np.array([r.choice([100, 400, 900]) for _ in range(5)]),
        np.array([[r.choice([0, 0, 1, 20, NONE]) for _ in range(2)] for _ in range(5)]),
        np.array(starts),
        np.cumsum([0, *(len(of_day) for of_day in crews)]),
        np.array([opens for opens, _ in spans]),
        np.array([closes for _, closes in spans]),
        HALF_QUARTERS,
        way,
    )


def can_be_walked(made: Routes, stays: Sequence[int], r: int, d: int) -> bool:
    """Return whether some order of `stays` fits route `r`, each at its first possible start: written anew."""
    for order in permutations(stays):
        free, last = int(made.opens[r]), -1
        for n in order:
            free += made.travel if last >= 0 and made.town[last] != made.town[n] else 0
            at = [q + (made.travel if q >= made.noon else 0) for q in range(24) if int(made.starts[n, d]) >> q & 1]
            begin = min((c for c in at if c >= free), default=None)
            if begin is None:
                break
            quarter = begin - (made.travel if begin >= made.noon + made.travel else 0) + int(made.length[n])
            free, last = quarter + (made.travel if quarter > made.noon else 0), n
            if free > made.closes[r]:
                break
        else:
            return True
    return False


def cost_of(made: Routes, place_of: Sequence[int], day: Sequence[int]) -> int:
    """Return what a placing on routes costs (−1: out)."""
    costs = [made.out[n] if r < 0 else made.cost[n, day[r]] for n, r in enumerate(place_of)]
    return int(sum(costs))


def cheapest(made: Routes) -> int:
    """Return the least cost of all placings on routes that can be walked."""
    day = [d for d in range(2) for _ in range(made.route_of_day[d], made.route_of_day[d + 1])]
    fits = {
        (r, stays): can_be_walked(made, stays, r, day[r])
        for r in range(len(day))
        for stays in {tuple(n for n in range(5) if kept >> n & 1) for kept in range(32)}
    }
    return min(
        cost_of(made, chosen, day)
        for chosen in product(range(-1, len(day)), repeat=5)
        if all(r < 0 or made.cost[n, day[r]] >= 0 for n, r in enumerate(chosen))
        and all(fits[r, tuple(n for n in range(5) if chosen[n] == r)] for r in range(len(day)))
    )


def test_routes_are_lawful_and_mostly_as_cheap_as_the_cheapest_of_all_placings() -> None:
    """Chains move one stay at a time, so that they miss what only two at once would gain: 58 of 60 are cheapest."""
    as_cheap = 0
    for seed in RANDOM:
        made = random_routes(seed)
        found = search_routes(np.full(5, NONE), 400, 30, 20, seed, made)
        assert all(d == LEFT_OUT or made.cost[n, d] >= 0 for n, d in enumerate(found.tolist()))
        paid = sum(int(made.out[n] if d < 0 else made.cost[n, d]) for n, d in enumerate(found.tolist()))
        least = cheapest(made)
        assert paid >= least
        as_cheap += paid == least
    assert as_cheap >= 58
