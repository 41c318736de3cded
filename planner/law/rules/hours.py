"""The working day and the site's business hours, as far as a day alone tells, and of starts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from planner.domain.case import DAY_QUARTERS, Case
from planner.domain.duty import NO_START, Duty
from planner.domain.plan import Plan, Visit
from planner.domain.roster import HALF_QUARTERS, Roster
from planner.law.entries import entries_of, entry_name, visit_name
from planner.law.example import asked, month
from planner.law.models import DayModel, Model
from planner.law.rule import Example, Rule
from planner.law.violation import Violation
from planner.law.words import Blocked, Both


def _longest_stay(case: Case, tasks: Iterable[int]) -> int:
    """Return the longest stay of a unit if `tasks` are one visit, in quarter-hours: its set-up, then its items."""
    stays: dict[int, int] = {}
    for t in tasks:
        unit = int(case.unit_of[t])
        stays[unit] = stays.get(unit, int(case.setup[unit])) + int(case.quarters[t])
    return max(stays.values(), default=0)


def _by_unit(m: Model, tasks: Iterable[int]) -> dict[int, list[int]]:
    units: dict[int, list[int]] = defaultdict(list)
    for t in tasks:
        units[int(m.case.unit_of[t])].append(t)
    return units


def stays_fit_a_day(case: Case, plan: Plan) -> Iterator[Violation]:
    """A unit's stay at a visit is no longer than the working day: such a visit has no start at all."""
    entries = entries_of(case, plan)
    entry, unit, quarters = entries.stays(case)
    for n in np.flatnonzero(quarters > DAY_QUARTERS).tolist():
        site, day, length = int(entries.site[entry[n]]), int(entries.day[entry[n]]), int(quarters[n])
        name = (case.units[int(unit[n])].id, *entry_name(case, site, day))
        yield Violation(WORKING_DAY.id, name, f"{length} quarter-hours at one visit", numbers=(length, DAY_QUARTERS))


def fits_a_day(case: Case, tasks: Sequence[int]) -> bool:
    """Return whether no unit's stay is longer than the working day."""
    return _longest_stay(case, tasks) <= DAY_QUARTERS


def stays_limited(m: Model) -> None:
    """A unit's stay at a visit, set-up and items, is no longer than the working day."""
    for (_, d), present in m.tasks_on.items():
        for unit, tasks in _by_unit(m, present).items():
            room = DAY_QUARTERS - int(m.case.setup[unit])
            quarters = [int(m.case.quarters[t]) for t in tasks]
            on = [m.on[t, d] for t in tasks]
            if room < 0:
                m.cp.add(sum(on) == 0)
            elif sum(quarters) > room:
                m.cp.add(m.weighted(on, quarters) <= room)


def visits_within_the_working_day(
    case: Case, roster: Roster, visits: Sequence[Visit], duty: Duty
) -> Iterator[Violation]:
    """Each visit has one start on the grid and ends by the day's end; only one longer than a half runs over the break.

    A joint visit's units start together by construction: a start belongs to the visit.
    """
    for visit, start in zip(visits, duty.start.tolist(), strict=True):
        end, name = start + visit.quarters, visit_name(case, visit)
        numbers = (start, end, DAY_QUARTERS)
        if not 0 <= start < DAY_QUARTERS:
            yield Violation(WORKING_DAY.id, name, "the visit has no start within the working day")
        elif start % HALF_QUARTERS % roster.start_step:
            yield Violation(WORKING_DAY.id, name, "the visit starts off the grid", numbers=numbers)
        elif end > DAY_QUARTERS:
            yield Violation(WORKING_DAY.id, name, "the visit outlasts the working day", numbers=numbers)
        elif visit.quarters <= HALF_QUARTERS and start < HALF_QUARTERS < end:
            yield Violation(WORKING_DAY.id, name, "the break cuts a short visit", numbers=numbers)


def one_start_within_the_working_day(m: DayModel) -> None:
    """Each visit begins on the grid and ends by the day's end; only one longer than a half runs over the break."""
    for v, visit in enumerate(m.visits):
        m.cp.add(m.at[v, NO_START] == 0)
        for q in range(DAY_QUARTERS):
            end = q + visit.quarters
            cut = visit.quarters <= HALF_QUARTERS and q < HALF_QUARTERS < end
            if cut or end > DAY_QUARTERS or q % HALF_QUARTERS % m.roster.start_step:
                m.cp.add(m.at[v, q] == 0)


def _day_words(b: Blocked) -> tuple[str, str]:
    unit, (stay, most) = b.unit_named(0), b.violation.numbers
    return (
        f"{unit}一次要停留{stay}个刻钟，超过一个工作日的{most}个刻钟",
        f"{unit} would stay {stay} quarter-hours where a working day has {most}",
    )


WORKING_DAY = Rule(
    id="visit.hours",
    order=130,
    words=_day_words,
    remedy=Both("减少事项或分次进行", "fewer items, or several visits"),
    check=stays_fit_a_day,
    constraint=stays_limited,
    may_be_visit=fits_a_day,
    inside=("planner.solve.site.subsets.fill_subsets",),
    duty_check=visits_within_the_working_day,
    day_constraint=one_start_within_the_working_day,
    example=Example(month(asked("t", minutes=180), asked("u", minutes=180)), {"t": 0, "u": 1}, {"t": 0, "u": 0}),
)


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
            BUSINESS_HOURS.id,
            entry_name(case, site, int(entries.day[n])),
            f"{length} quarter-hours where {most} lie together outside business hours",
            case.tasks[barred[0]].domain,
            (length, most),
        )


def fits_outside_business_hours(case: Case, tasks: Sequence[int]) -> bool:
    """Return whether no stay is longer than what lies together outside business hours, where some task asks for it.

    More tasks only make a visit longer, so what does not fit here fits in no larger visit either.
    """
    asking = any(case.tasks[t].outside_hours for t in tasks)
    return not asking or _longest_stay(case, tasks) <= case.longest_visit[case.site_of[tasks[0]]]


def limited_outside_business_hours(m: Model) -> None:
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
                    m.cp.add(m.weighted(on, quarters) <= room).only_enforce_if(m.on[t, d])


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
            yield Violation(BUSINESS_HOURS.id, visit_name(case, visit), message, domain, (barred, 0))


def none_in_business_hours(m: DayModel) -> None:
    """Where a task asks for it, the visit touches no quarter of the site's business hours (A03-3.4.3b)."""
    for v, visit in enumerate(m.visits):
        if any(m.roster.outside_hours[t] for t in visit.tasks):
            for q in range(DAY_QUARTERS):
                if m.roster.business[visit.site, q : q + visit.quarters].any():
                    m.cp.add(m.at[v, q] == 0)


def at_any_hour(case: Case, tasks: Sequence[int]) -> Case:
    """Return the case in which `tasks` may be done during business hours."""
    infos = list(case.tasks)
    for t in tasks:
        infos[t] = replace(infos[t], outside_hours=False)
    return replace(case, tasks=tuple(infos))


BUSINESS_HOURS = Rule(
    id="hours.business",
    order=140,
    words=lambda b: (
        f"需避开营业时间，一次要{b.violation.numbers[0]}个刻钟，营业时间以外连续只有{b.violation.numbers[1]}个刻钟",
        "{} quarter-hours are needed outside business hours, where {} lie together".format(*b.violation.numbers),
    ),
    remedy=Both("缩短时长以避开营业时间", "a shorter visit, outside business hours"),
    check=room_outside_business_hours,
    constraint=limited_outside_business_hours,
    may_be_visit=fits_outside_business_hours,
    waived=at_any_hour,
    inside=("planner.solve.site.subsets.fill_subsets",),
    duty_check=outside_business_hours,
    day_constraint=none_in_business_hours,
    example=Example(
        month(asked("t", outside_hours=True), asked("u"), longest_visit={"s": 5}), {"t": 0, "u": 1}, {"t": 0, "u": 0}
    ),
)
