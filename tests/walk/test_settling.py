"""What attempts do to a plan that is walked: nothing gets worse, and fire goes along with others where it can."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from planner.checks import check_plan
from planner.checks.objective import objective_of
from planner.domain.case import Case, IntArray
from planner.domain.plan import LEFT_OUT, Plan, visits_of
from planner.domain.roster import Roster
from planner.solve.day.month_times import opened
from planner.solve.day.timetable import DayWork, timetable
from planner.solve.site.arrays import site_arrays
from planner.solve.walk.blocks import entries_on
from planner.solve.walk.day_test import Answer, Judge
from planner.solve.walk.settling import AttemptWork, MonthWalk, SiteCosts
from tests.walk.test_replan import least, month


def walk_of(case: Case, roster: Roster, day: IntArray) -> MonthWalk:
    """A walk of the plan `day`, which can be walked."""
    arrays, plan = site_arrays(case), Plan(day)
    board = opened(case, roster, plan, timetable(case, roster, visits_of(case, plan), DayWork().first, 0))
    walk = MonthWalk(arrays, board, Judge(case, roster, arrays.allowed), day.copy())
    assert not walk.give_back()
    return walk


def test_fire_goes_along_where_nothing_else_changes() -> None:
    """At s0 fire comes alone on the second day, while a and b come on the first: it can join them."""
    case, roster = month([("s0", "a", 13), ("s0", "b", 13), ("s0", "f", 4), ("s1", "a", 13)])
    late = {("s0", "f"), ("s1", "a")}
    day = np.array([(one.site, one.unit) in late for one in case.tasks], dtype=np.int64)
    before = objective_of(case, Plan(day))
    assert before.fire_alone == 1
    walk = walk_of(case, roster, day)
    walk.attempts(AttemptWork(alone=0, around=0))
    after = objective_of(case, walk.plan)
    assert (after.left_out, after.entries, after.fire_alone) == (before.left_out, before.entries - 1, 0)


def test_fire_gets_company_where_crews_are_full() -> None:
    """Fire and b are at two sites on different days, each crew full: the sites have to change places at once."""
    case, roster = month([("s0", "b", 13), ("s0", "f", 13), ("s1", "f", 13), ("s1", "b", 13)])
    at = {("s0", "b"): 0, ("s0", "f"): 1, ("s1", "b"): 1, ("s1", "f"): 0}
    day = np.array([at[one.site, one.unit] for one in case.tasks], dtype=np.int64)
    assert objective_of(case, Plan(day)).fire_alone == 2
    walk = walk_of(case, roster, day)
    walk.attempts(AttemptWork(alone=0, around=0))
    assert objective_of(case, walk.plan).fire_alone == 0


@pytest.mark.parametrize("seed", range(8))
def test_attempts_reach_the_best_of_all(seed: int) -> None:
    """From some plan that can be walked, four sites of two days: compared with every plan that can be."""
    rng = np.random.default_rng(seed)
    stays = [(f"s{rng.integers(3)}", "abf"[rng.integers(3)], int(rng.choice([4, 5, 8, 13]))) for _ in range(5)]
    case, roster = month(stays, towns="ABA", strength=rng.integers(0, 3, 5).tolist())
    judge = Judge(case, roster, site_arrays(case).allowed)
    for days in product(range(case.n_days), repeat=case.n_tasks):
        day = np.array([d if rng.random() < 0.9 else LEFT_OUT for d in days], dtype=np.int64)
        yes = all(judge.ask(d, entries_on(case, day, d)).answer is Answer.YES for d in range(case.n_days))
        if yes and not check_plan(case, Plan(day)):
            break
    walk, costs = walk_of(case, roster, day), SiteCosts(site_arrays(case))
    sites = np.arange(len(case.sites), dtype=np.int64)
    before = costs.of(day, sites)
    walk.attempts(AttemptWork())
    assert costs.of(walk.day, sites) <= before
    assert objective_of(case, walk.plan).key()[:5] == least(case, walk.judge)
