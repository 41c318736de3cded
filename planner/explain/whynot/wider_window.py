"""By how many days a filed window would have to be wider for a left-out task to have a day, nobody else moving."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from planner.checks import check_plan
from planner.checks.objective import entry_counts
from planner.domain.case import Case
from planner.domain.plan import Plan
from planner.explain.whynot.conflict import Conflict, Walks
from planner.law.rules.dates import WINDOW

WalksIn = Callable[[Case], Walks]
"""Makes whoever says whether days of a changed case can be walked."""


@dataclass(frozen=True, eq=False)
class Wider:
    """The windows of `tasks` reach to the day index `day`, which is `days` calendar days outside the tightest of them.

    `case` is the changed case, `plan` a lawful plan of it in which only the left-out tasks have another answer than
    before; `entries` are the entries that it has more than before.
    """

    tasks: tuple[int, ...]
    day: int
    days: int
    entries: int
    case: Case
    plan: Plan


def wider_window(case: Case, plan: Plan, conflict: Conflict, walks_in: WalksIn) -> Wider | None:
    """Return the least widening after which the task has a day, checked on the changed case; None where none was found.

    Days of the month that nothing but windows bar are tried, nearest first, then earliest.
    """
    moving = list(conflict.moving)
    days = [d for d, members in enumerate(conflict.blocked) if members and all(m.rule == WINDOW.id for m in members)]
    for d in sorted(days, key=lambda d: (_outside(case, moving, case.days[d]), d)):
        changed = _reaching(case, moving, d)
        day = plan.day.copy()
        day[moving] = d
        then = Plan(day)
        if not check_plan(changed, then) and walks_in(changed)(moving, d):
            late = [t for t in moving if _outside(case, [t], case.days[d])]
            entries = sum(entry_counts(changed, then)) - sum(entry_counts(case, plan))
            return Wider(tuple(late), d, _outside(case, moving, case.days[d]), entries, changed, then)
    return None


def _outside(case: Case, tasks: list[int], day: date) -> int:
    windows = [case.tasks[t].window for t in tasks]
    return max(max((first - day).days, (day - last).days, 0) for first, last in windows)


def _reaching(case: Case, tasks: list[int], d: int) -> Case:
    """Return the case in which the windows of `tasks` reach to day `d`."""
    infos, low, high = list(case.tasks), case.window_lo.copy(), case.window_hi.copy()
    for t in tasks:
        first, last = min(infos[t].window[0], case.days[d]), max(infos[t].window[1], case.days[d])
        infos[t] = replace(infos[t], window=(first, last))
        low[t] = int(np.searchsorted(case.ordinals, first.toordinal()))
        high[t] = int(np.searchsorted(case.ordinals, last.toordinal(), side="right")) - 1
    return replace(case, tasks=tuple(infos), window_lo=low, window_hi=high)
