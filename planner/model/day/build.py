"""Builds the model of one day of a plan."""

from __future__ import annotations

from collections.abc import Sequence

from planner.domain.case import Case
from planner.domain.plan import Visit
from planner.domain.roster import Roster
from planner.model.day import constraints  # noqa: F401 - they register themselves
from planner.model.day.variables import DAY_CONSTRAINTS, DayModel


def build_day_model(case: Case, roster: Roster, visits: Sequence[Visit], day: int, without: str = "") -> DayModel:
    """Return the model of day `day` of the plan's `visits` with every rule's constraint.

    `without` leaves one rule out, for proving that each matters.
    """
    model = DayModel(case, roster, visits, day)
    for rule, add in sorted(DAY_CONSTRAINTS.items()):
        if rule != without:
            add(model)
    return model
