"""Builds the model of one day of a plan."""

from __future__ import annotations

from collections.abc import Sequence

from planner.domain.case import Case
from planner.domain.plan import Visit
from planner.domain.roster import Roster
from planner.law.register import RULES
from planner.model.day.variables import DayModel


def build_day_model(case: Case, roster: Roster, visits: Sequence[Visit], day: int, without: str = "") -> DayModel:
    """Return the model of day `day` of the plan's `visits` with every rule's constraint.

    `without` leaves one rule out, for proving that each matters.
    """
    model = DayModel(case, roster, visits, day)
    for rule in sorted(RULES):
        add = RULES[rule].day_constraint
        if add is not None and rule != without:
            add(model)
    return model
