"""Runs every check."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from planner.domain.case import Case
from planner.domain.plan import LATER, Plan
from planner.law.register import RULES
from planner.law.rules.dates import each_task_has_one_answer
from planner.law.violation import Violation

if TYPE_CHECKING:
    from planner.rulebook.book import RulebookVersion


def check_plan(
    case: Case, plan: Plan, rulebook: RulebookVersion | None = None, without: str = ""
) -> tuple[Violation, ...]:
    """Return every violation of every rule, each with its clauses where a rulebook is given.

    `without` leaves one rule out (for proving that each check matters). Of a plan of the wrong shape, or with a day
    that the case has not, only that is reported: the other checks could not read it.
    """
    if _readable(case, plan):
        asked = sorted((rule.id, rule.check) for rule in RULES.values() if rule.check and rule.id != without)
        found = [violation for _, run in asked for violation in run(case, plan)]
    else:
        found = list(each_task_has_one_answer(case, plan))
    if rulebook is not None:
        found = [replace(v, clauses=rulebook.clauses_for(v.rule, v.domain)) for v in found]
    return tuple(found)


def is_lawful(case: Case, plan: Plan, without: str = "") -> bool:
    """Return whether `check_plan` finds nothing, asking no further after the first violation: most plans break many."""
    if not _readable(case, plan):
        return False
    checks = (rule.check for rule in RULES.values() if rule.check and rule.id != without)
    return all(next(iter(check(case, plan)), None) is None for check in checks)


def _readable(case: Case, plan: Plan) -> bool:
    return plan.day.shape == (case.n_tasks,) and bool(((plan.day >= LATER) & (plan.day < case.n_days)).all())
