"""Why not on this day, and why these two not together: on small months the answers are those of fresh solves."""

from __future__ import annotations

from itertools import combinations

import pytest

from planner.checks import check_plan
from planner.domain.case import Case
from planner.domain.plan import Plan
from planner.explain.whynot.conflict import Verdict, key_of
from planner.explain.whynot.telling import told_members
from planner.explain.whynot.telling_there import told_on_day, told_pair
from planner.explain.whynot.walking import Possibility, could_come
from planner.law.words import together
from planner.rulebook.book import load_rulebook
from tests.tiny import random_case
from tests.whynot.relaxed import BY_SITE_AND_DAY, LIFTABLE, has_one_day, lifted
from tests.whynot.test_conflict import lawful_plan
from tests.whynot.test_ways import crowded_case
from tests.whynot.test_why_visit import worth

LAW = load_rulebook().versions[-1]
Found = list[tuple[Case, Plan, tuple[int, ...], Possibility]]


def cases() -> list[tuple[Case, Plan]]:
    made = [random_case(seed, n_tasks=5) for seed in range(40)] + [crowded_case(seed) for seed in range(30)]
    plans = [(case, lawful_plan(case, seed)) for seed, case in enumerate(made)]
    return [(case, plan) for case, plan in plans if plan is not None]


@pytest.fixture(scope="module")
def on_days() -> Found:
    """Each task of small months asked about on each day that it is not planned for."""
    return [
        (case, plan, (t,), could_come(case, None, plan, [t], [d]))
        for case, plan in cases()
        for t in range(case.n_tasks)
        for d in range(case.n_days)
        if plan.day[t] != d
    ]


@pytest.fixture(scope="module")
def pairs() -> Found:
    """All pairs of tasks of two agencies at one site that are not together."""
    return [
        (case, plan, (a, b), could_come(case, None, plan, [a, b], range(case.n_days)))
        for case, plan in cases()
        for a, b in combinations(range(case.n_tasks), 2)
        if case.site_of[a] == case.site_of[b] and case.parent_of[a] != case.parent_of[b]
        if plan.day[a] != plan.day[b] or plan.day[a] < 0
    ]


def test_what_is_said_of_a_day_is_what_cp_sat_says(on_days: Found) -> None:
    for case, plan, _, found in on_days:
        (d,) = found.conflict.days
        assert has_one_day(case, plan, found.conflict.moving, [d]) == (found.conflict.verdict is Verdict.FREE)
    verdicts = [found.conflict.verdict for *_, found in on_days]
    assert min(verdicts.count(Verdict.BLOCKED), verdicts.count(Verdict.FREE)) >= 30


def test_each_fact_that_is_told_of_a_day_bars_it_by_itself(on_days: Found) -> None:
    """All others lifted from the data, the day is still barred; all lifted, it is not."""
    asked = 0
    for case, plan, _, found in on_days:
        (d,), moving = found.conflict.days, found.conflict.moving
        keys = {m.key for m in found.conflict.blocked[d]}
        if not keys or not {key[0] for key in keys} <= LIFTABLE or len({key[0] for key in keys}) < len(keys):
            continue
        asked += 1
        assert has_one_day(lifted(case, keys, moving), plan, moving, [d]), (case.name, keys)
        for key in keys:
            assert not has_one_day(lifted(case, keys - {key}, moving), plan, moving, [d]), (case.name, key)
    assert asked >= 60


def test_whether_two_could_come_together_is_what_cp_sat_says(pairs: Found) -> None:
    for case, plan, _, found in pairs:
        free = found.conflict.verdict is Verdict.FREE
        assert has_one_day(case, plan, found.conflict.moving, range(case.n_days)) == free, case.name
    verdicts = [found.conflict.verdict for *_, found in pairs]
    assert min(verdicts.count(Verdict.BLOCKED), verdicts.count(Verdict.FREE)) >= 20


def test_the_set_against_a_pair_is_sufficient_and_smallest_by_fresh_solves(pairs: Found) -> None:
    asked = 0
    for case, plan, _, found in pairs:
        conflict = found.conflict
        every = {m.key for members in conflict.blocked for m in members}
        if conflict.verdict is not Verdict.BLOCKED or not {key[0] for key in every} <= LIFTABLE - {"gap.domain"}:
            continue
        kept = {m.key for m in conflict.members}
        if any(sum(key[0] == rule for key in every) > 1 for rule in BY_SITE_AND_DAY):
            continue  # one mark of the case stands for several facts
        asked += 1
        every_day = range(case.n_days)
        rest = every - kept
        assert not has_one_day(lifted(case, rest, conflict.moving), plan, conflict.moving, every_day), case.name
        for key in kept:
            assert has_one_day(lifted(case, rest | {key}, conflict.moving), plan, conflict.moving, every_day)
    assert asked >= 20


def test_the_day_that_is_told_of_a_pair_costs_least(pairs: Found) -> None:
    told = 0
    for case, plan, _, found in pairs:
        costs = []
        for d in range(case.n_days):
            day = plan.day.copy()
            day[list(found.conflict.moving)] = d
            if not check_plan(case, Plan(day)):
                more = zip(worth(case, Plan(day)), worth(case, plan), strict=True)
                costs.append((tuple(then - now for then, now in more), d))
        assert (found.more.key, found.day) == min(costs) if found.more else not costs
        told += bool(costs)
    assert told >= 20


def test_what_must_come_along_moves_with_it_and_all_facts_are_those_of_the_whole_case(on_days: Found) -> None:
    for case, plan, tasks, found in on_days:
        assert set(found.conflict.moving) == set(together(case, tasks[0]))
        (d,), day = found.conflict.days, plan.day.copy()
        day[list(found.conflict.moving)] = d
        assert {m.key for m in found.conflict.blocked[d]} == {key_of(v) for v in check_plan(case, Plan(day))}


def test_answers_are_sentences_in_both_languages_and_facts_of_the_other_name_it(on_days: Found, pairs: Found) -> None:
    for case, plan, _, found in on_days:
        (d,) = found.conflict.days
        zh, en = told_on_day(case, plan, found, d, 1)
        assert zh.endswith("。")
        assert en.endswith(".")
        assert ("已证明" in zh) == ("proven" in en) == (found.conflict.verdict is Verdict.BLOCKED)
    others = 0
    for case, plan, (a, b), found in pairs:
        zh, en = told_pair(case, plan, found)
        assert all(case.units[int(case.unit_of[t])].name in zh for t in (a, b))
        assert en.endswith(".")
        for told in told_members(case, plan, found.conflict, LAW):
            if case.tasks[b].id in told.subjects and b not in together(case, a):
                others += 1
                assert case.units[int(case.unit_of[b])].name in told.zh
    assert others >= 5


def test_a_day_that_is_not_settled_is_neither_possible_nor_barred(pairs: Found) -> None:
    case, plan, _, found = next(one for one in pairs if one[3].conflict.verdict is Verdict.FREE)
    unsure = Possibility(found.conflict, -1, None)
    assert "没有定论" in told_pair(case, plan, unsure).zh
    (d,) = found.conflict.free
    assert "没有判明" in told_on_day(case, plan, unsure, d, 0).zh
