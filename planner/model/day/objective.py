"""What a day costs, as expressions of its model."""

from __future__ import annotations

from ortools.sat.python import cp_model

from planner.domain.case import DAY_QUARTERS
from planner.model.day.variables import DayModel
from planner.rulebook.registry import Role, implements


@implements("objective.quiet-hours", Role.OBJECTIVE)
def quiet_hours(m: DayModel) -> cp_model.LinearExpr:
    """Return what the day's visits cost in quiet hours where an annex asks to keep clear (A01-3.4.4b, A04-3.4.4)."""
    literals, costs = [], []
    for v, visit in enumerate(m.visits):
        if any(m.roster.minds_quiet[t] for t in visit.tasks):
            for q in range(DAY_QUARTERS):
                literals.append(m.at[v, q])
                costs.append(int(m.roster.quiet[visit.site, q : q + visit.quarters].sum()))
    return cp_model.LinearExpr.weighted_sum(literals, costs)
