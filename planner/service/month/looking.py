"""A month's result with what it leaves to later months: told, and part of whether it is called optimal."""

from __future__ import annotations

from dataclasses import replace

from planner.domain.ahead.look_ahead import Overflow, overflow_of
from planner.domain.plan import LATER
from planner.domain.result import LEFT_OUT_LEVELS, MonthResult, Status
from planner.intake.month.outcome import Prepared


def looked_ahead(result: MonthResult, prepared: Prepared) -> MonthResult:
    """Return the result with its look-ahead.

    A plan that makes more unavoidable later than any plan would have to is FEASIBLE, however good its month is.
    """
    overflow = overflow_in(result, prepared)
    found = replace(result, look_ahead=prepared.look_ahead, overflow=overflow)
    if result.status is Status.OPTIMAL and overflow is not None and not overflow.proven:
        return replace(found, status=Status.FEASIBLE)
    return found


def overflow_in(result: MonthResult, prepared: Prepared) -> Overflow | None:
    """Return what the plan makes unavoidable later; None where there is no plan or no look-ahead."""
    if result.plan is None or result.objective is None or prepared.look_ahead is None:
        return None
    waits = [t.id for t, d in zip(result.case.tasks, result.plan.day.tolist(), strict=True) if d == LATER]
    proven = {level.name: max(level.bound_certified or 0, level.bound_solver or 0) for level in result.levels}
    mandatory, accepted, optional = (proven.get(name, 0) for name in LEFT_OUT_LEVELS)
    waiting = [*waits, *(task.id for task in prepared.deferred)]
    return overflow_of(prepared.look_ahead, waiting, result.objective.left_out, (mandatory, accepted, optional))
