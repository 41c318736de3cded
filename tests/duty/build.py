"""Small days by hand: a case in which every task has its day, its visits, and the people who may go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from planner.domain.case import Case, SiteInfo, TaskInfo
from planner.domain.case_builder import CaseParts, build_case
from planner.domain.duty import Duty, stays_of
from planner.domain.plan import Plan, Visit, visits_of
from planner.domain.roster import Inspector, Roster
from tests.tiny import PERIOD, agency, site

DAYS = (date(2026, 6, 1), date(2026, 6, 2))


def person(name: str, unit: str = "a", *skills: str) -> Inspector:
    return Inspector(name, name, unit, skills)


def place(name: str, town: str = "朱泾镇") -> SiteInfo:
    return replace(site(name), town=town)


def small_day(
    tasks: Iterable[TaskInfo],
    people: Iterable[Inspector],
    *,
    days: Sequence[date] = DAYS,
    on: Mapping[str, date] | None = None,
    sites: Iterable[SiteInfo] = (),
    away: Iterable[tuple[str, date, int]] = (),
    recused: Iterable[tuple[str, str, date]] = (),
    per_crew: int = 2,
    drawn: Iterable[str] = (),
    **more: object,
) -> tuple[Case, Roster, tuple[Visit, ...]]:
    """Return case, roster and visits; each task is done on the first of `days` unless `on` says otherwise.

    Set-up takes no time, so a task's minutes are its stay. `away` are (inspector, date, half) absences. Tasks of the
    filings `drawn` are a random draw's, so workload must not steer who goes to them. People of units without a task are
    left off the roster, as intake does.
    """
    task_list = list(tasks)
    given = {s.id: s for s in sites}
    units = {t.unit for t in task_list}
    case = build_case(
        CaseParts(
            name="a day by hand",
            period=PERIOD,
            days=days,
            tasks=task_list,
            sites=[given.get(s, place(s)) for s in {t.site for t in task_list}],
            units=[agency(u) for u in units],
            capacity={},
            setup_minutes=dict.fromkeys(units, 0),
        )
    )
    case.capacity[:] = 99  # hours enough: these days are about starts and people
    plan = Plan(np.array([days.index((on or {}).get(t.id, days[0])) for t in case.tasks], dtype=np.int64))
    unit_index = {u.id: n for n, u in enumerate(case.units)}
    inspectors = tuple(sorted((i for i in people if i.unit in unit_index), key=lambda i: (i.unit, i.id)))
    index = {i.id: n for n, i in enumerate(inspectors)}
    site_index = {s.id: n for n, s in enumerate(case.sites)}
    present = np.ones((len(inspectors), len(days), 2), dtype=np.bool_)
    for who, day, half in away:
        present[index[who], days.index(day), half] = False
    filings = set(drawn)
    roster = Roster(
        inspectors=inspectors,
        unit_of=np.array([unit_index[i.unit] for i in inspectors], dtype=np.int64),
        present=present,
        recused=frozenset((index[who], site_index[where], days.index(day)) for who, where, day in recused),
        per_crew=np.full(len(case.units), per_crew, dtype=np.int64),
        quiet=np.zeros((len(case.sites), 24), dtype=np.int64),
        minds_quiet=np.zeros(case.n_tasks, dtype=np.bool_),
        business=np.zeros((len(case.sites), 24), dtype=np.bool_),
        outside_hours=np.array([t.outside_hours for t in case.tasks], dtype=np.bool_),
        balanced=np.array([not filings & set(t.filings) for t in case.tasks], dtype=np.bool_),
    )
    return case, replace(roster, **more), tuple(visits_of(case, plan))  # type: ignore[arg-type]


def duty_of(
    case: Case,
    roster: Roster,
    visits: Sequence[Visit],
    start: Mapping[str, int],
    teams: Mapping[tuple[str, str], str],
    crews: Mapping[tuple[str, str], int] | None = None,
) -> Duty:
    """Return a duty: starts by site id, teams by (unit, site) as names parted by blanks, crews 0 unless given.

    A site that has no start gets none, a stay without a team nobody. For sites that are visited on one day only.
    """
    index = {i.id: n for n, i in enumerate(roster.inspectors)}
    stays = [(case.units[s.unit].id, case.sites[s.site].id) for s in stays_of(case, visits)]
    return Duty(
        np.array([start.get(case.sites[v.site].id, -1) for v in visits], dtype=np.int64),
        np.array([(crews or {}).get(key, 0) for key in stays], dtype=np.int64),
        tuple(tuple(sorted(index[name] for name in teams.get(key, "").split())) for key in stays),
    )
