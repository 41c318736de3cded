"""All rules of the plan, gathered from `planner.law.rules`, and what they say together."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from planner.domain.case import BoolArray, Case
from planner.law import rules
from planner.law.rule import Facts, Rule
from planner.rulebook.registry import Role, implements


def _rules_of_files() -> Iterator[Rule]:
    for module in pkgutil.iter_modules(rules.__path__, rules.__name__ + "."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Rule):
                yield value


RULES: dict[str, Rule] = {}
"""Rule id → the rule, in the order in which a day is put down to them."""


def enter(rule: Rule) -> None:
    """Add a rule to the register.

    Raises ValueError where its id or its place in the order is taken, or it says nothing, or not the same to all.
    """
    if rule.id in RULES or any(rule.order == other.order for other in RULES.values()):
        raise ValueError(f"rule {rule.id}: the id, or the place {rule.order} in the order, is taken")
    if (rule.check is None) != (rule.constraint is None) or (rule.duty_check is None) != (rule.day_constraint is None):
        raise ValueError(f"rule {rule.id}: a check without a constraint, or a constraint without a check")
    if rule.check is None and rule.duty_check is None:
        raise ValueError(f"rule {rule.id}: nothing checks it")
    if rule.check is not None and rule.example is None:
        raise ValueError(f"rule {rule.id}: no example shows what it lets pass and what it stops")
    if rule.check is not None and not (rule.barred or rule.may_be_visit or rule.inside):
        raise ValueError(f"rule {rule.id}: the kernel does not learn of it: no barred days, no test of a visit")
    if rule.closes is not None and rule.barred is None:
        raise ValueError(f"rule {rule.id}: it closes sites, yet bars no days (`planner.law.derived.days_closed`)")
    for said, role in (
        (rule.check, Role.CHECK),
        (rule.duty_check, Role.CHECK),
        (rule.constraint, Role.CONSTRAINT),
        (rule.day_constraint, Role.CONSTRAINT),
    ):
        if said is not None:
            implements(rule.id, role)(said)
    RULES[rule.id] = rule


for _rule in sorted({rule.id: rule for rule in _rules_of_files()}.values(), key=lambda rule: rule.order):
    enter(_rule)


def barred_days(case: Case, without: str = "") -> BoolArray:
    """Return [T, D] the days that some rule but `without` bars for each task, by what a day alone tells."""
    barred = np.zeros((case.n_tasks, case.n_days), dtype=np.bool_)
    for rule in RULES.values():
        if rule.barred is not None and rule.id != without:
            barred |= rule.barred(case)
    return barred


def closed_by(site: Facts, day: date) -> str:
    """Return the first rule that closes a site on a date, "" where none does."""
    return next((rule.id for rule in RULES.values() if rule.closes is not None and rule.closes(site, day)), "")


def may_be_visit(case: Case, tasks: Sequence[int], complete: bool, without: str = "") -> bool:
    """Return whether every rule but `without` lets `tasks` of one site be one visit, by what a visit alone tells.

    With `complete` they are chosen from all the tasks of their site, so whoever else has to come is among them.
    """
    return all(
        rule.may_be_visit(case, tasks)
        for rule in RULES.values()
        if rule.may_be_visit is not None and (complete or not rule.wants_company) and rule.id != without
    )
