"""Later visits of what waits: on right ends of windows; at an entangled site on dates that gaps and caps allow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import Protocol

from ortools.sat.python import cp_model

from planner.domain.calendar import months_after
from planner.law.later import entangled, last_before, later_companies
from planner.law.models import Literal, Model


class LaterModel(Model, Protocol):
    """A month's model that knows later visits (see `planner.model.MatchModel`)."""

    later_points: list[tuple[dict[int, Literal], list[int]]]
    later_on: dict[tuple[int, int, int], Literal]
    later_points_made: bool


def later_visits(m: LaterModel) -> list[Literal]:
    """Return the literals of later visits; waiting tasks stand at right ends of windows, which is exact."""
    m.tie_later_dates()
    if not m.later_points_made:
        m.later_points_made = True
        at: dict[int, list[Literal]] = defaultdict(list)
        for site, tasks in _by_site(m):
            for company in later_companies(m.case, tasks) if site not in entangled(m.case) else ():
                ends = sorted({int(m.case.later_to[t]) for t in company})
                point = {end: m.cp.new_bool_var("later_visit") for end in ends}
                m.later_points.append((point, company))
                for t in company:
                    at[t] += [v for end, v in point.items() if m.case.later_from[t] <= end <= m.case.later_to[t]]
        for t, literals in at.items():
            m.cp.add_bool_or([*literals, ~m.later[t]])
    return [literal for point, _ in m.later_points for literal in point.values()]


def tie_later_dates(m: LaterModel) -> None:
    """Give what waits at entangled sites lawful dates, by gap, cap and who is filed together."""
    for site, tasks in _by_site(m):
        if site in entangled(m.case):
            _tie(m, tasks)


def _by_site(m: LaterModel) -> Iterator[tuple[int, list[int]]]:
    for site in m.sites:
        tasks = [t for t in m.case.tasks_at(site) if m.case.later_to[t]]
        if tasks:
            yield site, tasks


def _tie(m: LaterModel, tasks: Sequence[int]) -> None:
    case = m.case
    dates = _dates(m, tasks)
    comes: dict[tuple[int, int], list[Literal]] = defaultdict(list)
    """(task, date) → that it comes then, by company."""
    points: dict[int, list[Literal]] = defaultdict(list)
    for company in later_companies(case, tasks):
        point = {day: m.cp.new_bool_var("later_visit") for day in dates}
        m.later_points.append((point, company))
        number = len(m.later_points) - 1
        for day, visit in point.items():
            points[day].append(visit)
            here = {t: m.cp.new_bool_var("") for t in company if case.later_from[t] <= day <= case.later_to[t]}
            for t, literal in here.items():
                m.later_on[t, number, day] = literal
                m.cp.add_implication(literal, visit)
                comes[t, day].append(literal)
            m.cp.add_bool_or([*here.values(), ~visit])
            if case.levers.max_agencies_per_visit:
                parents: dict[int, list[Literal]] = defaultdict(list)
                for t, literal in here.items():
                    parents[int(case.parent_of[t])].append(literal)
                m.cp.add(sum(map(m.any_of, parents.values())) <= case.levers.max_agencies_per_visit)
            for one, other in combinations(tasks, 2):
                if 0 <= case.joint_of[one] == case.joint_of[other]:
                    m.cp.add(here.get(one, 0) == here.get(other, 0))
    for visits in points.values():
        m.cp.add_at_most_one(visits)
    for t in tasks:
        m.cp.add_exactly_one([*(here for day in dates for here in comes[t, day]), ~m.later[t]])
    for group in sorted({int(case.group_of[t]) for t in tasks} - {-1}):
        own = [t for t in tasks if case.group_of[t] == group]
        on = {day: [here for t in own for here in comes[t, day]] for day in dates}
        counts = {day: [here for t in own if not case.tasks[t].needed for here in comes[t, day]] for day in dates}
        _tie_group(m, group, *({day: found for day, found in part.items() if found} for part in (on, counts)))


def _tie_group(m: LaterModel, group: int, on: dict[int, list[Literal]], counts: dict[int, list[Literal]]) -> None:
    case, rule = m.case, m.case.groups[group]
    checks = {day: m.any_of(literals) for day, literals in on.items()}
    for (day, one), (other, two) in combinations(sorted(checks.items()), 2):
        if months_after(date.fromordinal(day), rule.gap_months).toordinal() > other:
            m.cp.add_at_most_one([one, two])
    known = [months_after(day, rule.gap_months).toordinal() for day in rule.history if day <= case.period[1]]
    m.cp.add_bool_and([~check for day, check in checks.items() if day < max(known, default=0)])
    for d, done in m.group_dates.get(group, {}).items():
        free = months_after(case.days[d], rule.gap_months).toordinal()
        for day, check in checks.items():
            if day < free:
                m.cp.add_at_most_one([done, check])
    years: dict[int, list[Literal]] = defaultdict(list)
    for day, literals in counts.items():
        years[date.fromordinal(day).year].append(m.any_of(literals))
    this = case.period[0].year
    if years[this]:
        m.cp.add(cp_model.LinearExpr.sum([*m.counted_dates.get(group, {}).values(), *years[this]]) <= rule.quota)
    if years[this + 1]:
        m.cp.add(cp_model.LinearExpr.sum(years[this + 1]) <= rule.next_quota)


def _dates(m: LaterModel, tasks: Sequence[int]) -> list[int]:
    """Return dates that are enough: any lawful visits stay lawful moved to the last that windows, year and next allow.

    So a visit stands on the end of a window or of a year, or a gap, or a day, before another such date.
    """
    case, this = m.case, m.case.period[0].year
    first, last = min(int(case.later_from[t]) for t in tasks), max(int(case.later_to[t]) for t in tasks)
    fresh = {int(case.later_to[t]) for t in tasks} | {date(this + n, 12, 31).toordinal() for n in (0, 1)}
    gaps = {case.groups[int(case.group_of[t])].gap_months for t in tasks if case.group_of[t] >= 0}
    found: set[int] = set()
    for _ in tasks:
        fresh = {day for day in fresh if first <= day <= last} - found
        found |= fresh
        fresh = {last_before(day, gap) for day in fresh for gap in gaps} | {day - 1 for day in fresh}
    return sorted(found)
