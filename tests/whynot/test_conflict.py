"""Smallest sets of causes: sufficient and smallest by solves of changed cases."""

from __future__ import annotations

import numpy as np
import pytest

from planner.checks import check_plan, is_lawful
from planner.domain.case import Case
from planner.domain.errors import MismatchError
from planner.domain.plan import LEFT_OUT, Plan
from planner.explain.whynot.conflict import Conflict, Verdict, conflict_of, prove
from planner.law.words import together
from planner.rulebook.book import load_rulebook
from tests.tiny import random_case
from tests.whynot.relaxed import BY_SITE_AND_DAY, LIFTABLE, has_a_day, lifted


def lawful_plan(case: Case, seed: int) -> Plan | None:
    """Return a lawful plan made by putting tasks on days in random order; None where what is pinned forbids it."""
    rng, day = np.random.default_rng(seed), np.full(case.n_tasks, LEFT_OUT, dtype=np.int64)
    pinned = case.columns.pinned
    for t in np.flatnonzero(pinned > 0).tolist():
        day[t] = int(np.searchsorted(case.ordinals, pinned[t]))
    if check_plan(case, Plan(day)):
        return None
    for t in rng.permutation(case.n_tasks).tolist():
        if day[t] != LEFT_OUT or rng.random() < 0.2:
            continue
        for d in rng.permutation(case.n_days).tolist():
            then = day.copy()
            then[sorted(together(case, t))] = d
            if is_lawful(case, Plan(then)):
                day = then
                break
    return Plan(day)


def conflicts(seeds: range) -> list[tuple[Case, Plan, Conflict]]:
    """Return the conflicts of all left-out tasks of small lawful plans."""
    found = []
    for seed in seeds:
        case = random_case(seed, n_tasks=5)
        plan = lawful_plan(case, seed)
        if plan is not None:
            out = np.flatnonzero(plan.day == LEFT_OUT).tolist()
            found += [(case, plan, conflict_of(case, plan, t)) for t in out]
    return found


@pytest.fixture(scope="module")
def found() -> list[tuple[Case, Plan, Conflict]]:
    return conflicts(range(120))


def test_whether_there_is_a_day_agrees_with_cp_sat(found: list[tuple[Case, Plan, Conflict]]) -> None:
    for case, plan, conflict in found:
        assert has_a_day(case, plan, conflict.moving) == (conflict.verdict is Verdict.FREE), case.name
    verdicts = [conflict.verdict for _, _, conflict in found]
    assert verdicts.count(Verdict.BLOCKED) >= 100
    assert verdicts.count(Verdict.FREE) >= 5


def test_every_set_is_proven_by_checks_of_the_whole_case(found: list[tuple[Case, Plan, Conflict]]) -> None:
    for case, plan, conflict in found:
        if conflict.verdict is Verdict.BLOCKED:
            prove(case, plan, conflict, lambda tasks, d: True)


def test_sets_are_sufficient_and_smallest_by_solves_of_changed_cases(
    found: list[tuple[Case, Plan, Conflict]],
) -> None:
    """All other facts lifted the task still has no day; any one of the set lifted too, it has one."""
    asked = 0
    for case, plan, conflict in found:
        every = {m.key for members in conflict.blocked for m in members}
        kept = {m.key for m in conflict.members}
        rest = every - kept
        marks = {key[0] for key in kept} & BY_SITE_AND_DAY
        liftable = {key[0] for key in every} <= LIFTABLE and all(len(k[2]) == 1 or k[0] != "gap.domain" for k in every)
        if conflict.verdict is not Verdict.BLOCKED or not liftable or {key[0] for key in rest} & marks:
            continue
        if any(sum(k[0] == rule for k in kept) > 1 for rule in marks):
            continue  # one mark of the case stands for several facts
        asked += 1
        assert not has_a_day(lifted(case, rest, conflict.moving), plan, conflict.moving), case.name
        for key in kept:
            assert has_a_day(lifted(case, rest | {key}, conflict.moving), plan, conflict.moving), (case.name, key)
    assert asked >= 60


def test_a_set_with_one_fact_less_or_more_is_refused(found: list[tuple[Case, Plan, Conflict]]) -> None:
    tried = 0
    for case, plan, conflict in found:
        extra = {m for members in conflict.blocked for m in members} - set(conflict.members)
        if conflict.verdict is not Verdict.BLOCKED:
            continue
        for members in (conflict.members[1:], *((*conflict.members, m) for m in extra)):
            wrong = Conflict(*(vars(conflict) | {"members": members}).values())
            with pytest.raises(MismatchError):
                prove(case, plan, wrong, lambda tasks, d: True)
            tried += 1
    assert tried >= 100


def test_what_cannot_be_settled_is_unknown_and_has_no_set() -> None:
    for case, plan, conflict in conflicts(range(60)):
        if conflict.verdict is Verdict.FREE:
            again = conflict_of(case, plan, conflict.task, lambda tasks, d: None)
            assert (again.verdict, again.members, again.free) == (Verdict.UNKNOWN, (), ())
            walled = conflict_of(case, plan, conflict.task, lambda tasks, d: False)
            assert walled.verdict is Verdict.BLOCKED
            assert {m.rule for m in walled.members} & {"crew.free"}
            prove(case, plan, walled, lambda tasks, d: False)
            with pytest.raises(MismatchError):
                prove(case, plan, walled, lambda tasks, d: None)
            return
    raise AssertionError("no free day to ask about")


def test_every_rule_that_can_be_a_member_is_in_the_rulebook() -> None:
    law = load_rulebook().versions[-1]
    for _, _, conflict in conflicts(range(40)):
        for member in conflict.members:
            assert law.rule(member.rule).title_zh
