"""All single changes of a small month by enumeration: cases are built anew, and the checker alone decides.

Nothing of what is tested is used but the names of the kinds. People are not asked: tiny cases are planned by days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations, product
from typing import Any

import numpy as np

from planner.checks import is_lawful
from planner.checks.objective import disturbances, entry_counts
from planner.domain.case import Case
from planner.domain.case_builder import CaseParts, build_case
from planner.domain.plan import Plan
from planner.explain.whynot.changes import Kind

HALF_DAY = 12


def rebuilt(case: Case, **changes: Any) -> Case:
    """Return the case built anew of its objects, some of them changed."""
    days = case.days
    whole: dict[str, Any] = {
        "name": case.name,
        "period": case.period,
        "days": days,
        "tasks": case.tasks,
        "sites": case.sites,
        "units": case.units,
        "capacity": {row: case.capacity[r].tolist() for r, row in enumerate(case.rows)},
        "setup_minutes": {u.id: 15 * int(case.setup[n]) for n, u in enumerate(case.units)},
        "groups": case.groups,
        "blackout": {s.id: [days[d] for d in np.flatnonzero(case.blackout[n])] for n, s in enumerate(case.sites)},
        "listed": [s.id for n, s in enumerate(case.sites) if case.listed[n]],
        "sensitivity": {
            s.id: dict(zip(days, row, strict=True))
            for s, row in zip(case.sites, case.sensitivity.tolist(), strict=True)
        },
        "entries_before": {s.id: case.entries_before[n] for n, s in enumerate(case.sites)},
        "unstaffed": {t.id: [days[d] for d in np.flatnonzero(~case.staffed[n])] for n, t in enumerate(case.tasks)},
        "longest_visit": {s.id: int(case.longest_visit[n]) for n, s in enumerate(case.sites)},
        "levers": case.levers,
    }
    return build_case(CaseParts(**(whole | changes)))


def with_tasks(case: Case, tasks: list[int] | tuple[int, ...], **fields: Any) -> Case:
    """Return the case in which some fields of these tasks are others."""
    return rebuilt(case, tasks=[replace(t, **fields) if n in tasks else t for n, t in enumerate(case.tasks)])


def every_change(case: Case, plan: Plan, moving: list[int], kind: Kind) -> Iterator[tuple[int, Case, Plan]]:
    """Yield, of each change of a kind with each day of the task, how much is changed, the case and the plan."""
    for size, changed, before in _changes(case, plan, moving, kind):
        for d in range(case.n_days):
            day = before.copy()
            day[moving] = d
            yield size, changed, Plan(day)


def least_cost(case: Case, plan: Plan, moving: list[int], kind: Kind) -> tuple[int, ...] | None:
    """Return the least cost of all changes of a kind that work: size, entries, disturbance, day; None: none works."""
    was = _worth(case, plan)
    costs = []
    for size, changed, then in every_change(case, plan, moving, kind):
        if is_lawful(changed, then):
            is_now = _worth(changed, then)
            costs.append((size, is_now[0] - was[0], is_now[1] - was[1], int(then.day[moving[0]])))
    return min(costs, default=None)


def _worth(case: Case, plan: Plan) -> tuple[int, int]:
    return sum(entry_counts(case, plan)), disturbances(case, plan)[0]


def _changes(case: Case, plan: Plan, moving: list[int], kind: Kind) -> Iterator[tuple[int, Case, Any]]:
    day, site = plan.day, int(case.site_of[moving[0]])
    here = case.tasks_at(site)
    if kind is Kind.DAY:
        yield 0, case, day
    elif kind is Kind.VISIT:
        visits = sorted({(int(case.site_of[t]), int(day[t])) for t in np.flatnonzero(day >= 0)})
        for (s, source), target in product(visits, range(case.n_days)):
            if target != source:
                then = day.copy()
                then[[t for t in case.tasks_at(s) if day[t] == source]] = target
                yield 0, case, then
    elif kind is Kind.WINDOW:
        for until in case.days:
            wider = {n: _reach(case.tasks[n].window, until) for n in moving}
            tasks = [replace(t, window=wider[n]) if n in wider else t for n, t in enumerate(case.tasks)]
            size = max(_outside(case.tasks[n].window, until) for n in moving)
            if size:
                yield size, rebuilt(case, tasks=tasks), day
    elif kind is Kind.BOTH:
        for size, wider, _ in _changes(case, plan, moving, Kind.WINDOW):
            for _, _, then in _changes(case, plan, moving, Kind.VISIT):
                yield size, wider, then
    elif kind is Kind.CONSENT and case.listed[site]:
        parents = sorted({int(case.parent_of[t]) for t in here})
        for n in range(1, len(parents) + 1):
            for some in combinations(parents, n):
                yield n, with_tasks(case, [t for t in here if case.parent_of[t] in some], opted_in=True), day
    elif kind is Kind.CREW:
        yield from ((0, more, day) for more in _crews(case, moving))
    elif kind is Kind.WAIVER:
        yield from ((0, waived, day) for waived in _waivers(case, moving))


def _crews(case: Case, moving: list[int]) -> Iterator[Case]:
    for unit, d in product(sorted({int(case.unit_of[t]) for t in moving}), range(case.n_days)):
        own = [t for t in moving if case.unit_of[t] == unit]
        skills = {"", *(case.tasks[t].skill for t in own)}
        capacity = {row: case.capacity[r].tolist() for r, row in enumerate(case.rows)}
        for row, given in capacity.items():
            given[d] += HALF_DAY if row.unit == case.units[unit].id and row.skill in skills else 0
        away = {t.id: [case.days[x] for x in np.flatnonzero(~case.staffed[n])] for n, t in enumerate(case.tasks)}
        for t in own:
            if case.quarters[t] + case.setup[unit] <= HALF_DAY:
                away[case.tasks[t].id] = [x for x in away[case.tasks[t].id] if x != case.days[d]]
        yield rebuilt(case, capacity=capacity, unstaffed=away)


def _waivers(case: Case, moving: list[int]) -> Iterator[Case]:
    site, groups = case.sites[int(case.site_of[moving[0]])].id, {int(case.group_of[t]) for t in moving}
    closed = {s.id: [case.days[d] for d in np.flatnonzero(case.blackout[n])] for n, s in enumerate(case.sites)}
    yield rebuilt(case, blackout=closed | {site: []})
    yield rebuilt(case, groups=[replace(g, gap_months=0) if n in groups else g for n, g in enumerate(case.groups)])
    full = [g >= 0 and 0 in (case.groups[g].quota, case.groups[g].next_quota) for g in case.group_of.tolist()]
    yield with_tasks(case, [t for t in moving if full[t]], needed=True)
    yield with_tasks(case, moving, opted_in=True)
    yield with_tasks(case, moving, outside_hours=False)


def _reach(window: tuple[date, date], until: date) -> tuple[date, date]:
    return min(window[0], until), max(window[1], until)


def _outside(window: tuple[date, date], day: date) -> int:
    return max((window[0] - day).days, (day - window[1]).days, 0)
