"""Crews: two certified inspectors a crew, one crew per unit and visit, no crew in two places."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.checks.violation import Violation, check
from planner.domain.case import Case
from planner.domain.plan import Plan, loads_of


def _overloads(case: Case, plan: Plan, rule: str, first: int, last: int) -> Iterator[Violation]:
    load = loads_of(case, plan)
    over = load > case.plan_capacity
    for row, day in np.argwhere(over).tolist():
        if first <= row < last:
            used, most = int(load[row, day]), int(case.plan_capacity[row, day])
            name = (case.rows[row].unit, case.rows[row].skill, case.days[day].isoformat())
            yield Violation(rule, name, f"{used} crew quarter-hours of {most}", numbers=(used, most))


@check("capacity.crew")
def crews_of_units(case: Case, plan: Plan) -> Iterator[Violation]:
    """A unit's visits on a day fit its crews (A07-8.2a: two inspectors; A01-3.1.3b: no auxiliaries)."""
    yield from _overloads(case, plan, "capacity.crew", 0, len(case.units))


@check("capacity.skill")
def crews_with_skill(case: Case, plan: Plan) -> Iterator[Violation]:
    """Items that need a skill fit the crews that have it."""
    yield from _overloads(case, plan, "capacity.skill", len(case.units), len(case.rows))
