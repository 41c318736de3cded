"""Builds the model of a case, or of a sub-case: some sites, and the capacity that the rest leaves."""

from __future__ import annotations

from collections.abc import Iterable

from planner.domain.case import BoolArray, Case, IntArray
from planner.law.register import RULES
from planner.model.variables import MatchModel


def build_model(
    case: Case,
    sites: Iterable[int] | None = None,
    limit: IntArray | None = None,
    days: BoolArray | None = None,
    without: str = "",
) -> MatchModel:
    """Return the model with every rule's constraint.

    `sites` are site indexes (default: all), `limit` [R, D] their capacity (default: what plans keep to), `days` [T, D]
    the days for which a literal is made (default: all). `without` leaves one rule out, for proving that each matters.
    """
    model = MatchModel(
        case, range(len(case.sites)) if sites is None else sites, case.plan_capacity if limit is None else limit, days
    )
    for rule in sorted(RULES):
        add = RULES[rule].constraint
        if add is not None and rule != without:
            add(model)
    return model
