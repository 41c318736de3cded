"""A plan restated as one of another case of its month: what its next version starts from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.checks.objective import objective_of
from planner.domain.case import Case, IntArray
from planner.domain.duty import NO_START, Duty, stays_of
from planner.domain.plan import LEFT_OUT, Plan, visits_of
from planner.domain.result import MonthResult
from planner.intake.make.given import DrawnTeam
from planner.intake.month.outcome import Prepared
from planner.service.month.planning import Planned
from planner.solve.revise import without_lost_crews


def carried(planned: Planned, prepared: Prepared) -> MonthResult:
    """Return the plan of `planned` as one of the prepared case: its days, its starts, and its crews where they still
    are. Nothing new is in it, and proofs and comparisons, which speak of the case before, are not.
    """
    case, before = prepared.case, planned.result
    assert case is not None
    assert prepared.roster is not None
    assert before.plan is not None
    assert before.duty is not None
    assert before.roster is not None
    plan = Plan(days_in(case, before.case, before.plan.day))
    visits = tuple(visits_of(case, plan))
    start_of = {visit.id: int(start) for visit, start in zip(before.visits, before.duty.start.tolist(), strict=True)}
    stays = stays_of(before.case, before.visits)
    crew_of = {
        (before.visits[stay.visit].id, before.case.units[stay.unit].id): crew
        for stay, crew in zip(stays, before.duty.crew.tolist(), strict=True)
    }
    own = stays_of(case, visits)
    duty = Duty(
        np.array([start_of.get(visit.id, NO_START) for visit in visits], dtype=np.int64),
        np.array([crew_of.get((visits[s.visit].id, case.units[s.unit].id), NO_START) for s in own], dtype=np.int64),
        ((),) * len(own),
    )
    rows = {row: n for n, row in enumerate(case.rows)}
    kept = [(cut, rows.get(before.case.rows[cut.row])) for cut in before.cuts]
    result = replace(
        before,
        case=case,
        plan=plan,
        objective=objective_of(case, plan),
        levels=(),
        certificates=(),
        visits=visits,
        counterfactuals=(),
        common_limit=None,
        matched=None,
        day_tests=None,
        findings=prepared.findings,
        roster=prepared.roster,
        duty=duty,
        named=False,
        cuts=tuple(replace(cut, row=row) for cut, row in kept if row is not None),
        look_ahead=prepared.look_ahead,
        overflow=None,
    )
    return replace(result, duty=without_lost_crews(result, before.roster))


def days_in(case: Case, other: Case, day: IntArray) -> IntArray:
    """Return the days [T] of `case` for the same tasks of `other` on `day`; LEFT_OUT for those that it has not."""
    was = {task.id: int(d) for task, d in zip(other.tasks, day.tolist(), strict=True)}
    index = {on: n for n, on in enumerate(case.days)}
    found = [was.get(task.id, LEFT_OUT) for task in case.tasks]
    return np.array([index.get(other.days[d], LEFT_OUT) if d >= 0 else d for d in found], dtype=np.int64)


def drawn_teams(result: MonthResult) -> tuple[DrawnTeam, ...]:
    """Return whom a plan has drawn, for its next version to keep; a draft has drawn nobody."""
    if not result.named:
        return ()
    assert result.duty is not None
    assert result.roster is not None
    people = result.roster.inspectors
    return tuple(
        sorted(
            DrawnTeam(result.case.units[stay.unit].id, result.visits[stay.visit].id, tuple(people[i].id for i in team))
            for stay, team in zip(stays_of(result.case, result.visits), result.duty.team, strict=True)
        )
    )
