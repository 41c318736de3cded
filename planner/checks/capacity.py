"""Crews: two certified inspectors a crew, one crew per unit and visit, no crew in two places."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.checks.violation import Violation, check
from planner.domain.case import Case
from planner.domain.plan import Plan, loads_of


def _overloads(case: Case, plan: Plan, rule: str, rows: range) -> Iterator[Violation]:
    load = loads_of(case, plan)
    for row, day in np.argwhere(load > case.plan_capacity).tolist():
        if row not in rows:
            continue
        used, most = int(load[row, day]), int(case.plan_capacity[row, day])
        half = row - len(case.rows)
        unit, skill = (case.rows[row].unit, case.rows[row].skill) if half < 0 else (case.half_rows[half].unit, "")
        unfit = "crew quarter-hours" if half < 0 else f"weights of stays in half-days of {case.half_rows[half].share}"
        yield Violation(
            rule, (unit, skill, case.days[day].isoformat()), f"{used} {unfit} of {most}", numbers=(used, most)
        )


@check("capacity.crew")
def crews_of_units(case: Case, plan: Plan) -> Iterator[Violation]:
    """A unit's visits on a day fit its crews (A07-8.2a: two inspectors; A01-3.1.3b: no auxiliaries), half by half."""
    yield from _overloads(case, plan, "capacity.crew", range(len(case.units)))
    yield from _overloads(case, plan, "capacity.crew", range(len(case.rows), len(case.capacity)))


@check("capacity.skill")
def crews_with_skill(case: Case, plan: Plan) -> Iterator[Violation]:
    """Items that need a skill fit the crews that have it."""
    yield from _overloads(case, plan, "capacity.skill", range(len(case.units), len(case.rows)))
