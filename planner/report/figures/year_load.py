"""The load of each unit week by week, over a year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from planner.domain.case import Case, IntArray
from planner.domain.plan import Plan, loads_of


@dataclass(frozen=True, slots=True)
class UnitWeek:
    """A unit's week from `first` to `until`, a Sunday or the period's end, in crew quarter-hours.

    `used` of `room` is what the plan loads, set-up included. `due` is the time at sites of the tasks whose windows end
    by `until` and that cannot wait beyond the period, and `done` that of all tasks that the plan has done by then, both
    from the period's begin on: no lawful plan that leaves nothing out has done less than `due`.
    """

    unit: str
    first: date
    until: date
    used: int
    room: int
    due: int
    done: int


def year_weeks(case: Case, plan: Plan) -> tuple[UnitWeek, ...]:
    """Return the weeks of each unit that has crews or tasks, unit by unit."""
    used, n_units = loads_of(case, plan), len(case.units)
    weeks = list(_weeks(case))
    at = np.array([n for n, (_, _, days) in enumerate(weeks) for _ in days], dtype=np.int64)  # [D] week of a day
    by_week = [_sums(rows[:n_units], at, len(weeks)) for rows in (used, case.plan_capacity)]
    open_days = (case.window_lo <= case.window_hi) & (case.later_to == 0)
    due, done = (np.zeros((n_units, len(weeks)), dtype=np.int64) for _ in range(2))
    ends = at[case.window_hi[open_days]]
    np.add.at(due, (case.unit_of[open_days], ends), case.quarters[open_days])
    placed = plan.day >= 0
    np.add.at(done, (case.unit_of[placed], at[plan.day[placed]]), case.quarters[placed])
    due, done = due.cumsum(axis=1), done.cumsum(axis=1)
    return tuple(
        UnitWeek(unit.id, first, until, *(int(rows[u, n]) for rows in (*by_week, due, done)))
        for u, unit in enumerate(case.units)
        if by_week[1][u].any() or due[u].any() or done[u].any()
        for n, (first, until, _) in enumerate(weeks)
    )


def _weeks(case: Case) -> Iterator[tuple[date, date, list[int]]]:
    """Yield first and last date of each week of the period that has an open day, with the indexes of its days."""
    days: dict[date, list[int]] = {}
    for d, day in enumerate(case.days):
        days.setdefault(day - timedelta(days=day.weekday()), []).append(d)
    for monday, indexes in sorted(days.items()):
        yield max(monday, case.period[0]), min(monday + timedelta(days=6), case.period[1]), indexes


def _sums(rows: IntArray, at: IntArray, count: int) -> IntArray:
    """Return rows [n, D] summed by week: [n, count]."""
    found = np.zeros((rows.shape[0], count), dtype=np.int64)
    np.add.at(found.T, at, rows.T)
    return found
