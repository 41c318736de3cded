"""People: a lawful crew for each task and stay, and nobody in two places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

import numpy as np

from planner.domain.case import DAY_QUARTERS, BoolArray, Case
from planner.domain.duty import NO_START, Duty, Stay, stays_of
from planner.domain.plan import Plan, Visit
from planner.domain.roster import Roster, touched_halves
from planner.law.derived import no_barred_day
from planner.law.example import DAYS, asked, month
from planner.law.models import STARTS, DayModel
from planner.law.rule import Example, Rule
from planner.law.violation import Violation
from planner.law.words import Blocked, Both


def _stay_name(case: Case, stay: Stay) -> tuple[str, str, str]:
    return case.units[stay.unit].id, case.sites[stay.site].id, case.days[stay.day].isoformat()


def a_lawful_crew_exists(case: Case, plan: Plan) -> Iterator[Violation]:
    """On its day a task's unit has a crew that may do it alone: certified, able, on duty, not recused (A07-8.2a)."""
    placed = np.flatnonzero(plan.day >= 0)
    for n in placed[~case.staffed[placed, plan.day[placed]]].tolist():
        task, day = case.tasks[n], case.days[int(plan.day[n])]
        yield Violation(CREW.id, (task.id, task.unit), f"no lawful crew of {task.unit} on {day}", task.domain)


def unstaffed(case: Case) -> BoolArray:
    """Return [T, D] the days on which the unit has no crew that may do the task."""
    return ~case.staffed


def enough_lawful_inspectors(case: Case, roster: Roster, visits: Sequence[Visit], duty: Duty) -> Iterator[Violation]:
    """Each stay has enough inspectors of its unit, all of them present and not recused, and enough for each skill.

    Two at least (A07-8.2a); whoever is away, not certified or recused is not to be there at all, however many others
    are. A skill needs a whole crew of people who have it.
    """
    starts = duty.start.tolist()
    for stay, crew, team in zip(stays_of(case, visits), duty.crew.tolist(), duty.team, strict=True):
        name, least = _stay_name(case, stay), int(roster.per_crew[stay.unit])
        if crew < 0:
            yield Violation(CREW.id, name, "no crew is named for the stay")
        if len(team) < least:
            yield Violation(CREW.id, name, f"{len(team)} inspectors of {least}", numbers=(len(team), least))
        for skill in stay.skills:
            able = sum(skill in roster.inspectors[i].skills for i in team)
            if able < least:
                message = f"{able} inspectors of {least} have the skill {skill}"
                yield Violation(CREW.id, (*name, skill), message, numbers=(able, least))
        start = starts[stay.visit]
        halves = () if start == NO_START else touched_halves(start, stay.quarters)
        for i in team:
            who = (roster.inspectors[i].id, *name)
            if roster.unit_of[i] != stay.unit:
                yield Violation(CREW.id, who, "an inspector of another unit")
            if not all(roster.present[i, stay.day, half] for half in halves):
                yield Violation(CREW.id, who, "the inspector is away or not certified then")
            if (i, stay.site, stay.day) in roster.recused:
                yield Violation(CREW.id, who, "the inspector must not go to this site")


def enough_lawful_people(m: DayModel) -> None:
    """Each stay has a crew's number of its unit's people, present and not recused, and as many with each skill."""
    roster = m.roster
    people = range(len(roster.inspectors))
    for y, stay in enumerate(m.stays):
        least = int(roster.per_crew[stay.unit])
        m.cp.add(m.total([m.x[i, y] for i in people]) >= least)
        for skill in stay.skills:
            able = [m.x[i, y] for i in people if skill in roster.inspectors[i].skills]
            m.cp.add(m.total(able) >= least)
        for i in people:
            if roster.unit_of[i] != stay.unit or (i, stay.site, stay.day) in roster.recused:
                m.cp.add(m.x[i, y] == 0)
            for q in range(DAY_QUARTERS):
                if not all(roster.present[i, stay.day, half] for half in touched_halves(q, stay.quarters)):
                    m.cp.add_implication(m.at[stay.visit, q], ~m.x[i, y])


def _crew_words(b: Blocked) -> tuple[str, str]:
    unit = b.unit_named(1)
    return (
        f"{unit}当日没有可以承担的检查组（持证、在岗、具备技能、无需回避的人员不足）",
        f"{unit} has no crew that may go: too few certified inspectors on duty, able and not recused",
    )


CREW = Rule(
    id="crew.enough",
    order=150,
    words=_crew_words,
    remedy=Both("安排两名以上合格在岗执法人员", "two or more inspectors on duty who may go"),
    check=a_lawful_crew_exists,
    constraint=no_barred_day(unstaffed),
    barred=unstaffed,
    duty_check=enough_lawful_inspectors,
    day_constraint=enough_lawful_people,
    example=Example(month(asked("t"), unstaffed={"t": [DAYS[1]]}), {"t": 0}, {"t": 1}),
)


def one_stay_at_a_time(case: Case, roster: Roster, visits: Sequence[Visit], duty: Duty) -> Iterator[Violation]:
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
                yield Violation(ONE_PLACE.id, (*who, *places), "an inspector is at two stays at once", numbers=numbers)
                continue
            same_half = set(touched_halves(start, end - start)) & set(touched_halves(next_start, next_end - next_start))
            needed = roster.travel_quarters if case.sites[stay.site].town != case.sites[following.site].town else 0
            if same_half and next_start - end < needed:
                message = f"{next_start - end} quarter-hours to travel of {needed}"
                yield Violation(ONE_PLACE.id, (*who, *places), message, numbers=(next_start - end, needed))


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


def _one_place_words(b: Blocked) -> tuple[str, str]:
    unit = b.unit_named(0)
    return (
        f"{unit}工时虽有余，当日排不出时刻（半日、午休、路途和同时到场所限）",
        f"{unit} has hours left but no start that day: half-days, the break, travel and joint starts stand in the way",
    )


ONE_PLACE = Rule(
    id="crew.free",
    order=180,
    words=_one_place_words,
    remedy=Both("改在排得出时刻的日期，或增派检查组", "a date that can be timed, or more crews"),
    inside=("planner.solve.walk",),
    duty_check=one_stay_at_a_time,
    day_constraint=nobody_in_two_places,
)
