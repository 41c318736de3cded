"""Whether a day can carry its visits: the same answer as the model of the rules, and blocks that hold."""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import combinations

import numpy as np
import pytest
from ortools.sat.python import cp_model

from planner.checks.duty import check_duty
from planner.domain.case import BoolArray, Case
from planner.domain.duty import stays_of
from planner.domain.plan import Plan, Visit, visits_of
from planner.domain.roster import Roster
from planner.model.day import build_day_model
from planner.solve.day.crew_names import CrewSeeds, man_month
from planner.solve.walk.blocks import Ceiling, Entry
from planner.solve.walk.day_test import Answer, Judge, JudgeWork
from tests.duty.build import person, place, small_day
from tests.tiny import task
from tests.tiny_day import random_day

SEEDS = range(60)


def entries_of(visits: tuple[Visit, ...]) -> list[Entry]:
    return [(v.site, v.tasks) for v in visits]


def judge_of(case: Case, roster: Roster, work: JudgeWork | None = None) -> Judge:
    everywhere: BoolArray = np.ones((case.n_tasks, case.n_days), dtype=np.bool_)
    return Judge(case, roster, everywhere, work or JudgeWork())


def possible(case: Case, roster: Roster, visits: tuple[Visit, ...]) -> bool:
    """Whether the rules of a day, one by one as constraints, leave any starts and teams."""
    model = build_day_model(case, roster, visits, 0)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    return bool(solver.solve(model.cp) == cp_model.OPTIMAL)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_answer_is_that_of_the_rules(seed: int) -> None:
    case, roster, visits = random_day(seed, n_visits=4, n_stays=6, n_people=4, step=1)
    found = judge_of(case, roster).ask(0, entries_of(visits))
    assert found.answer is (Answer.YES if possible(case, roster, visits) else Answer.NO)
    if found.answer is not Answer.YES:
        return
    assert found.times is not None
    stays = stays_of(case, visits)
    manned = man_month(
        case, roster, visits, stays, found.times.start, found.times.crew, CrewSeeds(seed), "a day by hand"
    )
    assert not manned.cuts, "starts and crews of a yes can be manned by the draw"
    assert not check_duty(case, roster, visits, manned.duty)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_block_stands_whatever_else_comes_that_day(seed: int) -> None:
    """Every day that contains a block's tasks is impossible; with `as_they_are`, as long as its sites get no more."""
    case, roster, visits = random_day(seed, n_visits=3, n_stays=6, n_people=3, step=3)
    block = judge_of(case, roster).ask(0, entries_of(visits)).block
    if block is None:
        return
    inside = {t for _, tasks in block.entries for t in tasks}
    sites = {site for site, _ in block.entries}
    others = [t for t in range(case.n_tasks) if t not in inside]
    if block.as_they_are:
        others = [t for t in others if int(case.site_of[t]) not in sites]
    for size in range(len(others) + 1):
        for more in combinations(others, size):
            day = np.full(case.n_tasks, -1, dtype=np.int64)
            day[[*inside, *more]] = 0
            assert not possible(case, roster, tuple(visits_of(case, Plan(day))))


def beyond(case: Case, judge: Judge, ceiling: Ceiling, chosen: tuple[int, ...]) -> bool:
    """Whether more of the `chosen` tasks' stays count under a ceiling than it lets pass."""
    reached = judge.reached(ceiling, 0)
    counted = {
        case.sites[site].town if ceiling.towns else site
        for site, tasks in reached.items()
        if set(tasks.own) & set(chosen) and (not tasks.confining or set(tasks.confining) & set(chosen))
    }
    return len(counted) > ceiling.most


def early_day(seed: int) -> tuple[Case, Roster, tuple[Visit, ...]]:
    """Five short stays in up to four towns, many of them in company that keeps off business hours later in the day."""
    r = random.Random(f"early {seed}")
    tasks = [task(f"t{n}", f"s{n}", "a", minutes=15 * r.choice([3, 4, 5])) for n in range(5)]
    tasks += [task(f"u{n}", f"s{n}", "b", minutes=60, outside_hours=r.random() < 0.8) for n in range(5)]
    sites = [place(f"s{n}", r.choice("ABCD")) for n in range(5)]
    people = [person(f"p{n}") for n in range(r.choice([1, 2, 2]))] + [person(f"q{n}", "b") for n in range(6)]
    case, roster, visits = small_day(tasks, people, sites=sites, per_crew=1, travel_quarters=r.choice([2, 3]))
    roster.business[:, r.choice([5, 7]) :] = True
    return case, roster, visits


def test_no_day_beyond_a_ceiling_can_be_walked() -> None:
    """Asked of the model of the rules: sets of tasks that count for more than the ceiling, ten a day."""
    kinds: dict[tuple[bool, bool], int] = defaultdict(int)
    for seed in range(16):
        case, roster, visits = early_day(seed)
        judge = judge_of(case, roster)
        ceiling = judge.ask(0, entries_of(visits)).ceiling
        if ceiling is None:
            continue
        subsets = [c for n in range(1, case.n_tasks + 1) for c in combinations(range(case.n_tasks), n)]
        over = [c for c in subsets if beyond(case, judge, ceiling, c)]
        for chosen in over[:7] + over[7:][-3:]:
            day = np.full(case.n_tasks, -1, dtype=np.int64)
            day[list(chosen)] = 0
            assert not possible(case, roster, tuple(visits_of(case, Plan(day)))), (seed, chosen)
        confined = any(tasks.confining for tasks in judge.reached(ceiling, 0).values())
        kinds[ceiling.towns, confined] += bool(over)
    assert kinds[False, True] > 0, "stays in one town are too many"
    assert kinds[True, True] > 0, "towns are too many"


def crew_of_two(minutes: list[int], towns: str = "") -> tuple[Case, Roster, tuple[Visit, ...]]:
    tasks = [task(f"t{n}", f"s{n}", "a", minutes=m) for n, m in enumerate(minutes)]
    sites = [place(f"s{n}", towns[n] if towns else "A") for n in range(len(minutes))]
    return small_day(tasks, [person("p1"), person("p2")], sites=sites)


@pytest.mark.parametrize(
    ("quarters", "towns", "answer"),
    [
        ([12, 12], "", Answer.YES),
        ([7, 7], "", Answer.YES),
        ([7, 7, 5], "", Answer.YES),
        ([7, 7, 7], "", Answer.NO),  # each half-day holds one of them
        ([7, 5, 7, 5], "AAAA", Answer.YES),
        ([7, 5, 7, 5], "ABAA", Answer.NO),  # the way takes two of the twelve
        ([14], "", Answer.YES),  # longer than a half-day: across the break
        ([14, 12], "", Answer.NO),
        ([14, 5, 5], "", Answer.YES),
        ([14, 6, 5], "", Answer.NO),
    ],
)
def test_hand_counts_of_one_crew(quarters: list[int], towns: str, answer: Answer) -> None:
    case, roster, visits = crew_of_two([15 * q for q in quarters], towns)
    assert judge_of(case, roster).ask(0, entries_of(visits)).answer is answer


def test_what_failed_by_length_alone_is_a_ceiling_for_all_such_days() -> None:
    """Three stays of seven and one of six: of six quarters and more there are two a half-day only if both are six."""
    case, roster, visits = crew_of_two([105, 105, 105])
    ceiling = judge_of(case, roster).ask(0, entries_of(visits)).ceiling
    assert ceiling is not None
    assert (ceiling.unit, ceiling.least, ceiling.most, ceiling.days, ceiling.towns) == (0, 7, 2, (0, 1), False)


def test_a_ceiling_does_not_speak_of_days_with_more_people() -> None:
    tasks = [task(f"t{n}", f"s{n}", "a", minutes=105) for n in range(3)]
    people = [person(f"p{n}") for n in range(4)]
    case, roster, visits = small_day(tasks, people)
    roster.present[2:, 0] = False
    ceiling = judge_of(case, roster).ask(0, entries_of(visits)).ceiling
    assert ceiling is not None
    assert ceiling.days == (0,)


def test_a_short_stay_beside_a_long_partner_may_cross_the_break() -> None:
    """b stays fourteen quarters, so the visit may run over the break, and a's ten with it. Alone, a's crew has a stay
    of twelve in each half and no room for ten more; a's day with one of twelve and these ten is possible only so.
    """
    tasks = [task("x", "s0", "a", minutes=150), task("y", "s0", "b", minutes=210), task("z", "s1", "a", minutes=180)]
    people = [person("p1"), person("p2"), person("q1", "b"), person("q2", "b")]
    case, roster, visits = small_day(tasks, people)
    found = judge_of(case, roster).ask(0, entries_of(visits))
    assert found.answer is (Answer.YES if possible(case, roster, visits) else Answer.NO)


def test_no_work_is_no_answer() -> None:
    """Without work for the exact model the quick search's failure is UNKNOWN, never a no."""
    case, roster, visits = crew_of_two([105, 105, 105])
    found = judge_of(case, roster, JudgeWork(unit=0.0, day=0.0)).ask(0, entries_of(visits))
    assert found.answer is Answer.UNKNOWN
    assert found.block is not None
    assert not found.block.proven


def test_a_set_that_there_is_no_work_to_make_smaller_is_as_true() -> None:
    """Of three stays of seven quarters and one of two, the three cannot be together, and so all four cannot."""
    case, roster, visits = crew_of_two([105, 105, 105, 30])
    for work, named in ((JudgeWork(), 3), (JudgeWork(fewer=0.0), 4)):
        found = judge_of(case, roster, work).ask(0, entries_of(visits))
        assert found.answer is Answer.NO
        assert found.block is not None
        assert found.block.proven
        assert len(found.block.entries) == named
