"""Runs every check."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from planner.checks import capacity, company, timing  # noqa: F401 - they register their checks
from planner.checks.violation import CHECKS, Violation
from planner.domain.case import Case
from planner.domain.plan import Plan

if TYPE_CHECKING:
    from planner.rulebook.book import RulebookVersion


def check_plan(
    case: Case, plan: Plan, rulebook: RulebookVersion | None = None, without: str = ""
) -> tuple[Violation, ...]:
    """Return every violation of every rule, each with its clauses where a rulebook is given.

    `without` leaves one rule out (for proving that each check matters). A plan of the wrong shape is reported as that
    alone.
    """
    shape = tuple(CHECKS["task.once"](case, plan))
    if shape and plan.day.shape != (case.n_tasks,):
        return shape
    found = [v for rule, run in sorted(CHECKS.items()) if rule != without for v in run(case, plan)]
    if rulebook is not None:
        found = [replace(v, clauses=rulebook.clauses_for(v.rule, v.domain)) for v in found]
    return tuple(found)
