"""What a rule need not write itself: barred days where site and date tell all, a constraint where barred days do."""

from __future__ import annotations

import numpy as np

from planner.domain.case import BoolArray, Case
from planner.law.models import Model
from planner.law.rule import Barred, Closes, Constraint


def no_barred_day(barred: Barred) -> Constraint:
    """Return the constraint that no task is done on a day that `barred` bars."""

    def add(m: Model) -> None:
        bars = barred(m.case)
        for (t, d), literal in m.on.items():
            if bars[t, d]:
                m.cp.add(literal == 0)

    return add


def days_closed(closes: Closes) -> Barred:
    """Return the barred days of a rule that closes sites on dates; what is published already stands."""

    def barred(case: Case) -> BoolArray:
        by_site = [[closes(site, day) for day in case.days] for site in case.sites]
        closed = np.array(by_site, dtype=np.bool_).reshape(len(case.sites), case.n_days)
        of_task: BoolArray = closed[case.site_of] & (case.columns.pinned == 0)[:, None]
        return of_task

    return barred
