"""The specification of start times and teams: (case, roster, visits, duty) → violations. Knows no solver.

The first half-day is quarters 0 to 11, the second 12 to 23. A stay touches a half if some of it lies there; one that
runs across the break touches both. A visit without a start is reported once, by `visit.hours`; the other rules, which
speak of its time, pass it over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from planner.checks.violation import Violation
from planner.domain.case import DAY_QUARTERS, Case
from planner.domain.duty import NO_START, Duty, Stay, stays_of
from planner.domain.plan import Visit
from planner.domain.roster import HALF_QUARTERS, Roster
from planner.rulebook.registry import Role, implements

if TYPE_CHECKING:
    from planner.rulebook.book import RulebookVersion

DutyCheck = Callable[[Case, Roster, Sequence[Visit], Duty], Iterator[Violation]]
DUTY_CHECKS: dict[str, DutyCheck] = {}
"""Rule id → its check of starts and teams."""


def duty_check(rule: str) -> Callable[[DutyCheck], DutyCheck]:
    """Register a function as the check of `rule` on starts and teams."""

    def register(function: DutyCheck) -> DutyCheck:
        DUTY_CHECKS[rule] = implements(rule, Role.CHECK)(function)
        return DUTY_CHECKS[rule]

    return register


def check_duty(
    case: Case,
    roster: Roster,
    visits: Sequence[Visit],
    duty: Duty,
    rulebook: RulebookVersion | None = None,
    without: str = "",
) -> tuple[Violation, ...]:
    """Return every violation of every rule of starts and teams, each with its clauses where a rulebook is given.

    `visits` are the plan's (`visits_of`). `without` leaves one rule out (for proving that each check matters). Of a
    duty of the wrong shape, or with people whom the roster has not, only that is reported.
    """
    problem = _unreadable(case, roster, visits, duty)
    if problem:
        found = [Violation("visit.hours", (), problem)]
    else:
        found = [
            v for rule, run in sorted(DUTY_CHECKS.items()) if rule != without for v in run(case, roster, visits, duty)
        ]
    if rulebook is not None:
        found = [replace(v, clauses=rulebook.clauses_for(v.rule, v.domain)) for v in found]
    return tuple(found)


def _unreadable(case: Case, roster: Roster, visits: Sequence[Visit], duty: Duty) -> str:
    """Return why the other checks could not read `duty`, "" where they can."""
    n_stays, people = sum(len(v.units) for v in visits), len(roster.inspectors)
    if duty.start.shape != (len(visits),):
        return f"the duty has {duty.start.size} starts for {len(visits)} visits"
    if duty.crew.shape != (n_stays,) or len(duty.team) != n_stays:
        return f"the duty has {duty.crew.size} crews and {len(duty.team)} teams for {n_stays} stays"
    for team in duty.team:
        if list(team) != sorted(set(team)) or not all(0 <= i < people for i in team):
            return "a team names someone twice, out of order or unknown to the roster"
    return ""


def touched_halves(start: int, quarters: int) -> tuple[int, ...]:
    """Return the half-days, 0 and 1, that a stay of `quarters` from `start` on touches."""
    first, second = start < HALF_QUARTERS, start >= HALF_QUARTERS or start + quarters > HALF_QUARTERS
    return (0,) * first + (1,) * second


def _name(case: Case, visit: Visit) -> tuple[str, str]:
    return case.sites[visit.site].id, case.days[visit.day].isoformat()


def _stay_name(case: Case, stay: Stay) -> tuple[str, str, str]:
    return case.units[stay.unit].id, case.sites[stay.site].id, case.days[stay.day].isoformat()


@duty_check("visit.hours")
def visits_within_the_working_day(
    case: Case, roster: Roster, visits: Sequence[Visit], duty: Duty
) -> Iterator[Violation]:
    """Each visit has one start on the grid and ends by the day's end; only one longer than a half runs over the break.

    A joint visit's units start together by construction: a start belongs to the visit.
    """
    for visit, start in zip(visits, duty.start.tolist(), strict=True):
        end = start + visit.quarters
        numbers = (start, end, DAY_QUARTERS)
        if not 0 <= start < DAY_QUARTERS:
            yield Violation("visit.hours", _name(case, visit), "the visit has no start within the working day")
        elif start % HALF_QUARTERS % roster.start_step:
            yield Violation("visit.hours", _name(case, visit), "the visit starts off the grid", numbers=numbers)
        elif end > DAY_QUARTERS:
            yield Violation("visit.hours", _name(case, visit), "the visit outlasts the working day", numbers=numbers)
        elif visit.quarters <= HALF_QUARTERS and start < HALF_QUARTERS < end:
            yield Violation("visit.hours", _name(case, visit), "the break cuts a short visit", numbers=numbers)


@duty_check("hours.business")
def outside_business_hours(case: Case, roster: Roster, visits: Sequence[Visit], duty: Duty) -> Iterator[Violation]:
    """Where a task asks for it, the whole visit lies outside the site's business hours (A03-3.4.3b)."""
    for visit, start in zip(visits, duty.start.tolist(), strict=True):
        asking = [t for t in visit.tasks if roster.outside_hours[t]]
        if start == NO_START or not asking:
            continue
        barred = int(roster.business[visit.site, max(start, 0) : start + visit.quarters].sum())
        if barred:
            message = f"{barred} quarter-hours of the visit lie in business hours"
            domain = case.tasks[asking[0]].domain
            yield Violation("hours.business", _name(case, visit), message, domain, (barred, 0))


@duty_check("crew.enough")
def enough_lawful_inspectors(case: Case, roster: Roster, visits: Sequence[Visit], duty: Duty) -> Iterator[Violation]:
    """Each stay has enough inspectors of its unit, all of them present and not recused, and enough for each skill.

    Two at least (A07-8.2a); whoever is away, not certified or recused is not to be there at all, however many others
    are. A skill needs a whole crew of people who have it.
    """
    starts = duty.start.tolist()
    for stay, crew, team in zip(stays_of(case, visits), duty.crew.tolist(), duty.team, strict=True):
        name, least = _stay_name(case, stay), int(roster.per_crew[stay.unit])
        if crew < 0:
            yield Violation("crew.enough", name, "no crew is named for the stay")
        if len(team) < least:
            yield Violation("crew.enough", name, f"{len(team)} inspectors of {least}", numbers=(len(team), least))
        for skill in stay.skills:
            able = sum(skill in roster.inspectors[i].skills for i in team)
            if able < least:
                message = f"{able} inspectors of {least} have the skill {skill}"
                yield Violation("crew.enough", (*name, skill), message, numbers=(able, least))
        start = starts[stay.visit]
        halves = () if start == NO_START else touched_halves(start, stay.quarters)
        for i in team:
            who = (roster.inspectors[i].id, *name)
            if roster.unit_of[i] != stay.unit:
                yield Violation("crew.enough", who, "an inspector of another unit")
            if not all(roster.present[i, stay.day, half] for half in halves):
                yield Violation("crew.enough", who, "the inspector is away or not certified then")
            if (i, stay.site, stay.day) in roster.recused:
                yield Violation("crew.enough", who, "the inspector must not go to this site")


@duty_check("crew.free")
def nobody_in_two_places(case: Case, roster: Roster, visits: Sequence[Visit], duty: Duty) -> Iterator[Violation]:
    """An inspector is at one stay at a time, with time to travel between towns within a half-day.

    Looking at consecutive stays is enough: what lies between two stays of one half lies in that half too, so one of
    its own distances is between towns wherever the outer two differ.
    """
    starts = duty.start.tolist()
    stays_by_person: dict[tuple[int, int], list[tuple[int, int, Stay]]] = defaultdict(list)
    for stay, team in zip(stays_of(case, visits), duty.team, strict=True):
        start = starts[stay.visit]
        if start != NO_START:
            for i in team:
                stays_by_person[i, stay.day].append((start, start + stay.quarters, stay))
    for (i, day), stays in sorted(stays_by_person.items()):
        who = (roster.inspectors[i].id, case.days[day].isoformat())
        for (start, end, stay), (next_start, next_end, following) in pairwise(sorted(stays, key=lambda s: s[:2])):
            places = (case.sites[stay.site].id, case.sites[following.site].id)
            if next_start < end:
                numbers = (start, end, next_start)
                yield Violation("crew.free", (*who, *places), "an inspector is at two stays at once", numbers=numbers)
                continue
            same_half = set(touched_halves(start, end - start)) & set(touched_halves(next_start, next_end - next_start))
            needed = roster.travel_quarters if case.sites[stay.site].town != case.sites[following.site].town else 0
            if same_half and next_start - end < needed:
                message = f"{next_start - end} quarter-hours to travel of {needed}"
                yield Violation("crew.free", (*who, *places), message, numbers=(next_start - end, needed))
