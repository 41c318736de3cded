"""Where one unit or a few are short of crews, only the sites that meet them are searched.

Prices of the linear program say whom crews are too few for: a unit's days that cost something are contested, and so are
the sites that could use them, those that ask the same unit on other days. They are planned as a
case of their own in what all others leave. Sites that nobody short touches stay as they are: a month
with one scarce unit costs as much more as this unit is of the month.
"""

from __future__ import annotations

import numpy as np

from planner.domain.case import BoolArray, IntArray
from planner.solve.arrays import site_arrays
from planner.solve.overfull import gave_way
from planner.solve.run import Run
from planner.solve.subcase import some_sites
from planner.solve.sweeps import Sweeper, plan_weights

MOST = 0.7
"""Where more than this share of the sites is contested, all are searched: little could be left alone."""


def contested_sites(sweeper: Sweeper, sites: IntArray, day: IntArray, prices: IntArray) -> IntArray:
    """Return those of `sites` that ask a unit which `prices` [R, D] say is short, or on `day` [T] leave out for it."""
    case, arrays = sweeper.case, sweeper.arrays
    loads = arrays.row_of
    short: BoolArray = np.any(prices > 0, axis=1)
    for row in loads[gave_way(arrays, day)].T:
        short[row[row >= 0]] = True
    asks = ((loads >= 0) & short[loads]).any(axis=1)
    return np.intersect1d(sites, case.site_of[asks])


class Contested:
    """The contested sites of a run as a case of their own; what is found there is the run's too."""

    def __init__(self, run: Run, sweeper: Sweeper, sites: IntArray) -> None:
        assert run.best is not None
        self._run, self._day = run, run.best.day
        everyone = np.arange(len(run.case.sites), dtype=np.int64)
        held = sweeper.load_of(np.setdiff1d(everyone, sites), self._day)
        case, self.tasks = some_sites(run.case, sites, run.case.plan_capacity - held)
        self.arrays = site_arrays(case)
        self.sweeper = Sweeper(self.arrays, plan_weights(case))
        self.run = Run(case, None, run.out_of_time, self._hand_on, run.work, run.seed)
        self.run.whole = run
        self.begin = self._day[self.tasks]
        """[T] days of the incumbent."""
        self.run.offer(self.begin, "")

    def whole(self, day: IntArray) -> IntArray:
        """Return days of all tasks, those of the contested sites as in `day`."""
        whole = self._day.copy()
        whole[self.tasks] = day
        return whole

    def _hand_on(self, day: IntArray) -> None:
        self._run.offer(self.whole(day), "contested sites")
