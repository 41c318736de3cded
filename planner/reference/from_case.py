"""From a case with its roster, and a plan of it, to the reference's own words: for neighbourhoods of real plans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from planner.domain.case import Case
from planner.domain.duty import NO_START, Duty, Stay, stays_of
from planner.domain.plan import LATER, Plan, Visit, visits_of
from planner.domain.roster import Roster
from planner.reference.world import Answer, Limit, Person, Site, Stop, Task, Unit, World

MANY = 99
"""A quota of this many dates is none."""


@dataclass(frozen=True, eq=False)
class Month:
    """A month as planned: what all its neighbourhoods are cut from."""

    case: Case
    roster: Roster
    plan: Plan
    visits: tuple[Visit, ...]
    stays: tuple[Stay, ...]
    duty: Duty

    @classmethod
    def of(cls, case: Case, roster: Roster, plan: Plan, duty: Duty) -> Month:
        """Return the month of a plan and its duty."""
        visits = tuple(visits_of(case, plan))
        return cls(case, roster, plan, visits, stays_of(case, visits), duty)


def world_of(case: Case, roster: Roster, tasks: Iterable[int] | None = None) -> World:
    """Return the world of `tasks` (indexes of the case; all unless given) and of their sites and units.

    What a case knows of later months are windows: any date in them is taken for an open one, as the case does.
    """
    chosen = sorted(range(case.n_tasks) if tasks is None else tasks)
    sites = sorted({int(case.site_of[t]) for t in chosen})
    units = sorted({int(case.unit_of[t]) for t in chosen})
    names = {case.sites[s].id for s in sites}
    groups = {int(case.group_of[t]) for t in chosen if case.group_of[t] >= 0}
    return World(
        days=case.days,
        units=tuple(
            Unit(case.units[u].id, case.units[u].parent, int(roster.per_crew[u]), int(case.setup[u])) for u in units
        ),
        people=_people(case, roster, units),
        sites=tuple(
            Site(
                case.sites[s].id,
                case.sites[s].town,
                bool(case.listed[s]),
                frozenset(np.flatnonzero(roster.business[s]).tolist()),
                case.entries_before[s],
            )
            for s in sites
        ),
        tasks=tuple(_task(case, roster, t) for t in chosen),
        limits=tuple(_limit(case, g) for g in sorted(groups) if case.groups[g].site in names),
        travel=roster.travel_quarters,
        step=roster.start_step,
        max_bodies=case.levers.max_agencies_per_visit,
        entry_cap=case.levers.entry_cap,
        entry_gap=case.levers.entry_gap_days,
    )


def _people(case: Case, roster: Roster, units: Iterable[int]) -> tuple[Person, ...]:
    barred: dict[int, set[tuple[str, date]]] = defaultdict(set)
    for who, site, day in roster.recused:
        barred[who].add((case.sites[site].id, case.days[day]))
    return tuple(
        Person(
            roster.inspectors[i].id,
            case.units[u].id,
            frozenset(roster.inspectors[i].skills),
            frozenset((case.days[d], half) for d, half in np.argwhere(~roster.present[i]).tolist()),
            frozenset(barred[i]),
        )
        for u in units
        for i in roster.of_unit(u)
    )


def _task(case: Case, roster: Roster, t: int) -> Task:
    info, site = case.tasks[t], int(case.site_of[t])
    low, high = int(case.window_lo[t]), int(case.window_hi[t])
    later = range(int(case.later_from[t]), int(case.later_to[t]) + 1) if case.later_to[t] else ()
    return Task(
        info.id,
        info.site,
        info.unit,
        info.domain,
        int(case.quarters[t]),
        tuple(case.days[d] for d in range(low, high + 1) if not case.blackout[site, d]),
        tuple(date.fromordinal(d) for d in later),
        info.pinned,
        int(info.strength),
        info.priority,
        info.skill,
        info.joint_group,
        info.unannounced,
        info.opted_in,
        info.fire,
        info.follows_fire,
        bool(roster.outside_hours[t]),
        info.capped,
    )


def _limit(case: Case, g: int) -> Limit:
    """Return a group's limit; its quota is that of the month's calendar year."""
    group = case.groups[g]
    if group.body:
        raise ValueError("the second model counts all bodies of a domain together")
    quota = {case.period[0].year: group.quota} if group.quota < MANY else {}
    return Limit(group.site, group.domain, group.gap_months, quota, group.history)


def answer_of(month: Month, tasks: Iterable[int] | None = None) -> Answer:
    """Return the plan of `tasks` (all unless given) with its starts and teams."""
    case, day = month.case, month.plan.day.tolist()
    chosen = set(range(case.n_tasks) if tasks is None else tasks)
    start: dict[Stop, int] = {}
    team: dict[tuple[str, date, str], frozenset[str]] = {}
    for stay, people in zip(month.stays, month.duty.team, strict=True):
        if chosen.isdisjoint(stay.tasks):
            continue
        stop = case.sites[stay.site].id, case.days[stay.day]
        if month.duty.start[stay.visit] != NO_START:
            start[stop] = int(month.duty.start[stay.visit])
        team[(*stop, case.units[stay.unit].id)] = frozenset(month.roster.inspectors[i].id for i in people)
    return Answer(
        {case.tasks[t].id: case.days[day[t]] for t in sorted(chosen) if day[t] >= 0},
        frozenset(case.tasks[t].id for t in chosen if day[t] == LATER),
        start,
        team,
    )
