"""The working day and people, as far as a day alone tells: starts and names come later (`planner.checks.duty`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planner.checks.entries import entry_name
from planner.checks.violation import Violation, check
from planner.domain.case import DAY_QUARTERS, Case
from planner.domain.duty import stays_of
from planner.domain.plan import Plan, visits_of


def fits_the_hours(case: Case, tasks: Iterable[int]) -> bool:
    """Return whether one visit can hold `tasks` of one site: each unit's stay a day, all of it outside business hours.

    More tasks only make a visit longer, so what does not fit here fits in no larger visit either.
    """
    stays: dict[int, int] = {}
    most = DAY_QUARTERS
    for t in tasks:
        unit = int(case.unit_of[t])
        stays[unit] = stays.get(unit, int(case.setup[unit])) + int(case.quarters[t])
        if case.tasks[t].outside_hours:
            most = min(most, int(case.longest_visit[case.site_of[t]]))
    return max(stays.values(), default=0) <= most


@check("visit.hours")
def stays_fit_a_day(case: Case, plan: Plan) -> Iterator[Violation]:
    """A unit's stay at a visit is no longer than the working day: such a visit has no start at all."""
    visits = visits_of(case, plan)
    for stay in stays_of(case, visits):
        if stay.quarters > DAY_QUARTERS:
            name = (case.units[stay.unit].id, *entry_name(case, stay.site, stay.day))
            yield Violation(
                "visit.hours",
                name,
                f"{stay.quarters} quarter-hours at one visit",
                numbers=(stay.quarters, DAY_QUARTERS),
            )


@check("hours.business")
def room_outside_business_hours(case: Case, plan: Plan) -> Iterator[Violation]:
    """A visit with a check that keeps off business hours (A03-3.4.3b) fits between them."""
    for visit in visits_of(case, plan):
        most = int(case.longest_visit[visit.site])
        barred = [case.tasks[t] for t in visit.tasks if case.tasks[t].outside_hours]
        if barred and visit.quarters > most:
            yield Violation(
                "hours.business",
                entry_name(case, visit.site, visit.day),
                f"{visit.quarters} quarter-hours where {most} lie together outside business hours",
                barred[0].domain,
                (visit.quarters, most),
            )


@check("crew.enough")
def a_lawful_crew_exists(case: Case, plan: Plan) -> Iterator[Violation]:
    """On its day a task's unit has a crew that may do it alone: certified, able, on duty, not recused (A07-8.2a)."""
    for n, (task, day) in enumerate(zip(case.tasks, plan.day.tolist(), strict=True)):
        if day >= 0 and not case.staffed[n, day]:
            yield Violation(
                "crew.enough", (task.id, task.unit), f"no lawful crew of {task.unit} on {case.days[day]}", task.domain
            )
