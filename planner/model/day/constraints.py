"""Rules of a day as constraints: the working day, business hours, enough people, nobody in two places."""

from __future__ import annotations

from itertools import combinations

from ortools.sat.python import cp_model

from planner.checks.duty import touched_halves
from planner.domain.case import DAY_QUARTERS
from planner.domain.duty import NO_START, Stay
from planner.domain.roster import HALF_QUARTERS
from planner.model.day.variables import STARTS, DayModel, day_constraint


@day_constraint("visit.hours")
def one_start_within_the_working_day(m: DayModel) -> None:
    """Each visit begins on the grid and ends by the day's end; only one longer than a half runs over the break."""
    for v, visit in enumerate(m.visits):
        m.cp.add(m.at[v, NO_START] == 0)
        for q in range(DAY_QUARTERS):
            end = q + visit.quarters
            cut = visit.quarters <= HALF_QUARTERS and q < HALF_QUARTERS < end
            if cut or end > DAY_QUARTERS or q % HALF_QUARTERS % m.roster.start_step:
                m.cp.add(m.at[v, q] == 0)


@day_constraint("hours.business")
def none_in_business_hours(m: DayModel) -> None:
    """Where a task asks for it, the visit touches no quarter of the site's business hours (A03-3.4.3b)."""
    for v, visit in enumerate(m.visits):
        if any(m.roster.outside_hours[t] for t in visit.tasks):
            for q in range(DAY_QUARTERS):
                if m.roster.business[visit.site, q : q + visit.quarters].any():
                    m.cp.add(m.at[v, q] == 0)


@day_constraint("crew.enough")
def enough_lawful_people(m: DayModel) -> None:
    """Each stay has a crew's number of its unit's people, present and not recused, and as many with each skill."""
    roster = m.roster
    people = range(len(roster.inspectors))
    for y, stay in enumerate(m.stays):
        least = int(roster.per_crew[stay.unit])
        m.cp.add(cp_model.LinearExpr.sum([m.x[i, y] for i in people]) >= least)
        for skill in stay.skills:
            able = [m.x[i, y] for i in people if skill in roster.inspectors[i].skills]
            m.cp.add(cp_model.LinearExpr.sum(able) >= least)
        for i in people:
            if roster.unit_of[i] != stay.unit or (i, stay.site, stay.day) in roster.recused:
                m.cp.add(m.x[i, y] == 0)
            for q in range(DAY_QUARTERS):
                if not all(roster.present[i, stay.day, half] for half in touched_halves(q, stay.quarters)):
                    m.cp.add_implication(m.at[stay.visit, q], ~m.x[i, y])


@day_constraint("crew.free")
def nobody_in_two_places(m: DayModel) -> None:
    """Who is at two stays has them one after the other, with time to travel between towns within a half-day."""
    for (y, one), (z, other) in combinations(enumerate(m.stays), 2):
        both = m.cp.new_bool_var(f"both_{y}_{z}")
        for i in range(len(m.roster.inspectors)):
            m.cp.add_bool_or([~m.x[i, y], ~m.x[i, z], both])
        for q in range(DAY_QUARTERS):
            if one.visit == other.visit:
                m.cp.add_implication(m.at[one.visit, q], ~both)
                continue
            fits = [m.at[other.visit, r] for r in STARTS if r == NO_START or _apart(m, one, q, other, r)]
            m.cp.add_bool_or([~both, ~m.at[one.visit, q], *fits])


def _apart(m: DayModel, one: Stay, start: int, other: Stay, other_start: int) -> bool:
    """Return whether the same people can be at both stays."""
    if other_start < start:
        one, start, other, other_start = other, other_start, one, start
    wait = other_start - (start + one.quarters)
    sites = m.case.sites
    if sites[one.site].town == sites[other.site].town:
        return wait >= 0
    same_half = set(touched_halves(start, one.quarters)) & set(touched_halves(other_start, other.quarters))
    return wait >= (m.roster.travel_quarters if same_half else 0)
