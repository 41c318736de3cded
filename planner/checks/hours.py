"""The working day and people, as far as a day alone tells: starts and names come later (`planner.checks.duty`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from planner.checks.entries import entries_of, entry_name
from planner.checks.violation import Violation, check
from planner.domain.case import DAY_QUARTERS, Case
from planner.domain.plan import Plan


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
    entries = entries_of(case, plan)
    entry, unit, quarters = entries.stays(case)
    for n in np.flatnonzero(quarters > DAY_QUARTERS).tolist():
        site, day, length = int(entries.site[entry[n]]), int(entries.day[entry[n]]), int(quarters[n])
        name = (case.units[int(unit[n])].id, *entry_name(case, site, day))
        yield Violation("visit.hours", name, f"{length} quarter-hours at one visit", numbers=(length, DAY_QUARTERS))


@check("hours.business")
def room_outside_business_hours(case: Case, plan: Plan) -> Iterator[Violation]:
    """A visit with a check that keeps off business hours (A03-3.4.3b) fits between them."""
    entries = entries_of(case, plan)
    lengths = entries.lengths(case)
    too_long = entries.any(case.columns.outside_hours) & (lengths > case.longest_visit[entries.site])
    for n in np.flatnonzero(too_long).tolist():
        site, length = int(entries.site[n]), int(lengths[n])
        most = int(case.longest_visit[site])
        barred = [t for t in entries.task[entries.entry == n].tolist() if case.tasks[t].outside_hours]
        yield Violation(
            "hours.business",
            entry_name(case, site, int(entries.day[n])),
            f"{length} quarter-hours where {most} lie together outside business hours",
            case.tasks[barred[0]].domain,
            (length, most),
        )


@check("crew.enough")
def a_lawful_crew_exists(case: Case, plan: Plan) -> Iterator[Violation]:
    """On its day a task's unit has a crew that may do it alone: certified, able, on duty, not recused (A07-8.2a)."""
    placed = np.flatnonzero(plan.day >= 0)
    for n in placed[~case.staffed[placed, plan.day[placed]]].tolist():
        task, day = case.tasks[n], case.days[int(plan.day[n])]
        yield Violation("crew.enough", (task.id, task.unit), f"no lawful crew of {task.unit} on {day}", task.domain)
