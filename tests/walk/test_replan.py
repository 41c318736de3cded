"""Plans whose days can be walked: hand counts, and the best of all plans by enumeration."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from planner.checks import is_lawful
from planner.checks.objective import objective_of
from planner.domain.case import Case
from planner.domain.plan import LEFT_OUT, Plan
from planner.domain.roster import Roster
from planner.solve.site.arrays import site_arrays
from planner.solve.walk.blocks import entries_on
from planner.solve.walk.day_test import Answer, Judge, JudgeWork
from planner.solve.walk.replan import Lessons, Replanned, ReplanWork, replan
from tests.duty.build import DAYS, person, place, small_day
from tests.tiny import task

WORK = ReplanWork(choice=1.0, rounds=60)


def month(
    stays: list[tuple[str, str, int]], people: int = 2, towns: str = "", *, strength: list[int] | None = None
) -> tuple[Case, Roster]:
    """Two days, stays as (site, unit, quarters), `people` in each unit; capacity as the people are. "f" is fire."""
    tasks = [
        task(f"t{n}", s, u, minutes=15 * q, strength=(strength or [0] * len(stays))[n], fire=u == "f")
        for n, (s, u, q) in enumerate(stays)
    ]
    units = sorted({u for _, u, _ in stays})
    names = sorted({s for s, _, _ in stays})
    sites = [place(s, towns[n] if towns else "A") for n, s in enumerate(names)]
    everybody = [person(f"{u}{n}", u) for u in units for n in range(people)]
    case, roster, _ = small_day(tasks, everybody, sites=sites)
    case.capacity[:] = 24 * (people // 2)
    case.plan_capacity[:] = case.capacity
    return case, roster


def best(case: Case, roster: Roster, work: JudgeWork | None = None) -> tuple[Replanned, Judge]:
    arrays = site_arrays(case)
    judge = Judge(case, roster, arrays.allowed, work or JudgeWork())
    nothing = np.full(case.n_tasks, LEFT_OUT, dtype=np.int64)
    everyone = np.arange(len(case.sites), dtype=np.int64)
    return replan(arrays, judge, Lessons(), everyone, nothing, WORK), judge


def least(case: Case, judge: Judge) -> tuple[int, ...]:
    """The least (left-out by strength, entries, fire alone) of all plans that the checks and the judge let pass."""
    keys = []
    for days in product((LEFT_OUT, *range(case.n_days)), repeat=case.n_tasks):
        plan = Plan(np.array(days, dtype=np.int64))
        if is_lawful(case, plan) and all(
            judge.ask(d, entries_on(case, plan.day, d)).answer is Answer.YES for d in range(case.n_days)
        ):
            keys.append(objective_of(case, plan).key()[:5])
    return min(keys)


def test_two_a_day_where_hours_would_hold_three() -> None:
    """Five stays of seven: two days with a morning and an afternoon each hold four; hours alone would hold six."""
    case, roster = month([(f"s{n}", "a", 7) for n in range(5)])
    found, _ = best(case, roster)
    assert found.day is not None
    assert found.proven
    assert (found.day == LEFT_OUT).sum() == 1
    assert found.bound[0] == objective_of(case, Plan(found.day)).left_out[0]


def test_what_matters_least_gives_way() -> None:
    """The same with one task that need only be done if there is room: it is the one left out, wherever it stands."""
    for weakest in range(5):
        strength = [2 if n == weakest else 0 for n in range(5)]
        case, roster = month([(f"s{n}", "a", 7) for n in range(5)], strength=strength)
        found, _ = best(case, roster)
        assert found.day is not None
        assert np.flatnonzero(found.day == LEFT_OUT).tolist() == [weakest]


@pytest.mark.parametrize("seed", range(12))
def test_a_proven_plan_is_the_best_of_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    stays = [(f"s{rng.integers(4)}", "abf"[rng.integers(3)], int(rng.choice([4, 5, 7, 8, 13]))) for _ in range(5)]
    case, roster = month(stays, towns="ABAB", strength=rng.integers(0, 3, 5).tolist())
    found, judge = best(case, roster)
    assert found.day is not None
    assert found.proven
    assert objective_of(case, Plan(found.day)).key()[:5] == least(case, judge)
    assert found.bound[3] <= objective_of(case, Plan(found.day)).entries


def test_a_plan_that_was_not_settled_is_not_proven() -> None:
    case, roster = month([(f"s{n}", "a", 7) for n in range(5)])
    found, judge = best(case, roster, JudgeWork(unit=0.0, day=0.0))
    assert judge.asked["unknown"]
    assert not found.proven
    assert found.day is not None, "what cannot be settled gives way to what can"


def test_the_same_question_gives_the_same_plan() -> None:
    case, roster = month([(f"s{n}", "ab"[n % 2], 5 + n % 3) for n in range(6)], towns="ABABAB")
    plans = [best(case, roster)[0].day for _ in range(2)]
    assert plans[0] is not None
    assert plans[0].tolist() == (plans[1].tolist() if plans[1] is not None else None)
    assert len(DAYS) == case.n_days


def test_no_day_is_asked_about_once_the_work_is_used_up() -> None:
    """The choice of days uses it up: the plan that came of it is not judged, and so not handed on."""
    case, roster = month([(f"s{n}", "a", 7) for n in range(5)])
    arrays = site_arrays(case)
    judge = Judge(case, roster, arrays.allowed)
    nothing, everyone = np.full(case.n_tasks, LEFT_OUT, dtype=np.int64), np.arange(len(case.sites), dtype=np.int64)
    found = replan(arrays, judge, Lessons(), everyone, nothing, replace(WORK, until=0.0))
    assert found.day is None
    assert not found.proven
    assert judge.spent > 0
    assert sum(judge.asked.values()) == 0
