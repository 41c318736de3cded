"""The working day and people, as far as a day alone tells: length of stays, business hours, lawful crews."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from ortools.sat.python import cp_model

from planner.domain.case import DAY_QUARTERS
from planner.model.variables import MatchModel, constraint


def _by_unit(m: MatchModel, tasks: Iterable[int]) -> dict[int, list[int]]:
    units: dict[int, list[int]] = defaultdict(list)
    for t in tasks:
        units[int(m.case.unit_of[t])].append(t)
    return units


@constraint("visit.hours")
def stays_fit_a_day(m: MatchModel) -> None:
    """A unit's stay at a visit, set-up and items, is no longer than the working day."""
    for (_, d), present in m.tasks_on.items():
        for unit, tasks in _by_unit(m, present).items():
            room = DAY_QUARTERS - int(m.case.setup[unit])
            quarters = [int(m.case.quarters[t]) for t in tasks]
            on = [m.on[t, d] for t in tasks]
            if room < 0:
                m.cp.add(sum(on) == 0)
            elif sum(quarters) > room:
                m.cp.add(cp_model.LinearExpr.weighted_sum(on, quarters) <= room)


@constraint("hours.business")
def room_outside_business_hours(m: MatchModel) -> None:
    """With a check that keeps off business hours no unit stays longer than lies between them."""
    for (s, d), present in m.tasks_on.items():
        barred = [t for t in present if m.case.tasks[t].outside_hours]
        for unit, tasks in _by_unit(m, present).items() if barred else ():
            room = int(m.case.longest_visit[s]) - int(m.case.setup[unit])
            quarters = [int(m.case.quarters[t]) for t in tasks]
            on = [m.on[t, d] for t in tasks]
            for t in barred:
                if room < 0:
                    m.cp.add(sum(on) == 0).only_enforce_if(m.on[t, d])
                elif sum(quarters) > room:
                    m.cp.add(cp_model.LinearExpr.weighted_sum(on, quarters) <= room).only_enforce_if(m.on[t, d])


@constraint("crew.enough")
def a_lawful_crew_exists(m: MatchModel) -> None:
    """Not on a day on which the unit has no crew that may do the task."""
    for (t, d), literal in m.on.items():
        if not m.case.staffed[t, d]:
            m.cp.add(literal == 0)
