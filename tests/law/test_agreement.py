"""One test for all rules: checks, constraint, kernel, certificate and gate say the same of every plan of tiny cases.

Every rule brings the case of its own example, so a new rule is asked about without a line here; random cases, in which
all rules may bind at once, stand beside. With a rule taken out, they disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from planner.checks import check_plan
from planner.domain.case import Case
from planner.domain.plan import Plan
from planner.law.register import RULES, barred_days, may_be_visit
from planner.law.rule import Rule
from tests.law.agree import (
    Answers,
    accepted_by_checks,
    accepted_by_gate,
    accepted_by_kernel,
    accepted_by_model,
    bounds_at_random_prices,
    every_answer,
    without_last_visit,
)
from tests.tiny import random_case

SHOWN = [rule for rule in RULES.values() if rule.example is not None]
BY_NAME = {"argvalues": SHOWN, "ids": [rule.id for rule in SHOWN]}


def case_of(rule: Rule) -> Case:
    """Return the case of a rule's example."""
    assert rule.example is not None
    return rule.example.case()


def unlawful(rule: Rule, case: Case) -> Answers:
    """Return the plan of the rule's example that breaks it."""
    assert rule.example is not None
    return tuple(rule.example.unlawful[task.id] for task in case.tasks)


def rule_removed(monkeypatch: pytest.MonkeyPatch, rule: Rule) -> None:
    """Take a rule out of the register."""
    monkeypatch.delitem(RULES, rule.id)


def assert_all_agree(case: Case) -> None:
    """Assert that everybody says the same of every plan of the case."""
    lawful = accepted_by_checks(case)
    assert accepted_by_model(case) == lawful
    asked = {a for a in every_answer(case) if without_last_visit(case, a) in lawful}
    assert accepted_by_gate(case) == lawful & asked
    if len(case.sites) == 1:
        assert accepted_by_kernel(case) == lawful
    for kernel, certificate in bounds_at_random_prices(case, seed=len(lawful)):
        assert kernel == certificate


@pytest.mark.parametrize("rule", **BY_NAME)
def test_all_agree_where_a_rule_is_shown(rule: Rule) -> None:
    assert_all_agree(case_of(rule))


@pytest.mark.parametrize("seed", range(20))
def test_all_agree_where_every_rule_may_bind(seed: int) -> None:
    assert_all_agree(random_case(seed, n_sites=1 + seed % 2, n_tasks=3))


@pytest.mark.parametrize("rule", **BY_NAME)
def test_a_rule_taken_out_of_checks_or_model_lets_its_breach_pass(rule: Rule) -> None:
    case = case_of(rule)
    breach = unlawful(rule, case)
    assert breach in accepted_by_checks(case, without=rule.id)
    assert breach in accepted_by_model(case, without=rule.id)
    assert breach not in accepted_by_checks(case)
    assert breach not in accepted_by_model(case)


@pytest.mark.parametrize("rule", [r for r in SHOWN if r.barred], ids=lambda rule: rule.id)
def test_barred_days_are_days_on_which_the_rule_is_broken(rule: Rule) -> None:
    """Of every day that it bars the check says so too, when the task alone is put there."""
    assert rule.barred is not None
    for case in (case_of(rule), *(random_case(seed, n_tasks=3) for seed in range(30))):
        for t, d in np.argwhere(rule.barred(case)).tolist():
            day = np.full(case.n_tasks, -1, dtype=np.int64)
            day[t] = d
            assert rule.id in {v.rule for v in check_plan(case, Plan(day))}


@pytest.mark.parametrize("rule", [r for r in SHOWN if r.may_be_visit], ids=lambda rule: rule.id)
def test_what_may_be_no_visit_breaks_the_rule(rule: Rule) -> None:
    """Of every set of a site's tasks that it refuses the check says so too, when they are put on one day."""
    assert rule.may_be_visit is not None
    for case in (case_of(rule), *(random_case(seed, n_tasks=3) for seed in range(30))):
        for tasks in subsets(case):
            day = np.full(case.n_tasks, -1, dtype=np.int64)
            day[tasks] = 0
            broken = {v.rule for v in check_plan(case, Plan(day))}
            assert rule.may_be_visit(case, tasks) == (rule.id not in broken)


def subsets(case: Case) -> Iterator[list[int]]:
    """Yield every set of tasks of one site."""
    for s in range(len(case.sites)):
        tasks = list(case.tasks_at(s))
        for mask in range(1, 1 << len(tasks)):
            yield [t for i, t in enumerate(tasks) if mask >> i & 1]


@pytest.mark.parametrize("rule", [r for r in SHOWN if r.barred], ids=lambda rule: rule.id)
def test_a_rule_taken_out_gives_days_back(rule: Rule) -> None:
    cases = (case_of(rule), *(random_case(seed) for seed in range(60)))
    assert any((barred_days(case) & ~barred_days(case, without=rule.id)).any() for case in cases)


@pytest.mark.parametrize("rule", [r for r in SHOWN if r.may_be_visit], ids=lambda rule: rule.id)
def test_a_rule_taken_out_gives_visits_back(rule: Rule) -> None:
    case = case_of(rule)
    breach = unlawful(rule, case)
    visits = [[t for t, answer in enumerate(breach) if answer == d] for d in set(breach) if d >= 0]
    assert not all(may_be_visit(case, tasks, complete=True) for tasks in visits)
    assert all(may_be_visit(case, tasks, complete=True, without=rule.id) for tasks in visits)


@pytest.mark.parametrize(
    "rule", [r for r in SHOWN if not r.inside and len(case_of(r).sites) == 1], ids=lambda rule: rule.id
)
def test_the_kernel_learns_of_a_rule_from_the_register_alone(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(rule)
    assert unlawful(rule, case) not in accepted_by_kernel(case)
    rule_removed(monkeypatch, rule)
    assert unlawful(rule, case) in accepted_by_kernel(case)


def pair_apart(case: Case, tasks: list[int] | range) -> bool:
    """Say that no two tasks may be one visit: a rule that nobody knows."""
    return len(tasks) < 2


def test_a_test_of_a_visit_that_is_not_compiled_is_asked_of_every_subset(monkeypatch: pytest.MonkeyPatch) -> None:
    case = random_case(5, n_sites=1, n_tasks=3)
    before = accepted_by_kernel(case)
    strict = replace(RULES["visit.hours"], id="alone", may_be_visit=pair_apart, inside=())
    monkeypatch.setitem(RULES, "alone", strict)
    kept = {a for a in before if all(a.count(d) < 2 for d in set(a) if d >= 0)}
    assert accepted_by_kernel(case) == kept
    assert kept < before
