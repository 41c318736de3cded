"""Prices from plain arithmetic: what is asked of a unit in the whole period against the hours that its crews have.

Where more is asked for than there is time, what takes longest for what it is worth has to stay out: a fractional
knapsack (Dantzig, "Discrete-variable extremum problems", Operations Research 5, 1957). The worth of the last
quarter-hour that fits, as one price for all days, is a certificate like any other, at the cost of one quote.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.domain.case import DAY_QUARTERS, IntArray
from planner.solve.site.arrays import SiteArrays


def hours_prices(arrays: SiteArrays, drop: IntArray) -> Iterator[IntArray]:
    """Yield prices [R, D] at which a quarter-hour costs what the last task that fits is worth for it.

    `drop` [T] is lost with each task left out. Units are counted in hours first, then in half-days where they have such
    a row. A price is the same on all days, 0 where there is time for all. Tasks without a lawful day ask for no time.
    """
    case = arrays.case
    plain, every = len(case.rows), len(case.capacity)
    worth = np.array([_last_worth(arrays, row, drop) for row in range(every)], dtype=np.int64)
    yield _on_all_days(arrays, np.where(np.arange(every) < plain, worth, 0))
    halved = np.unique(case.unit_of[(case.row_of >= plain).any(axis=1)])
    if halved.size:
        worth[halved] = 0
        yield _on_all_days(arrays, worth)


def _on_all_days(arrays: SiteArrays, worth: IntArray) -> IntArray:
    return np.repeat(worth[:, None], arrays.case.n_days, axis=1)


def _last_worth(arrays: SiteArrays, row: int, drop: IntArray) -> int:
    """Return what the last task that fits into a capacity row's time is worth for a unit of it; 0 where all fit."""
    case, (by_row, begin) = arrays.case, arrays.tasks_by_row
    tasks = by_row[begin[row] : begin[row + 1]]
    tasks = tasks[np.any(arrays.allowed[tasks], axis=1) & (drop[tasks] > 0)]
    stay = np.minimum(case.quarters[tasks] + case.setup[case.unit_of[tasks]], DAY_QUARTERS)
    if row >= len(case.rows):
        stay = np.array(case.half_rows[row - len(case.rows)].weights, dtype=np.int64)[stay]
    tasks, stay = tasks[stay > 0], stay[stay > 0]
    worth = drop[tasks] // stay
    order = np.argsort(-worth, kind="stable")
    last = int(np.searchsorted(np.cumsum(stay[order]), int(case.capacity[row].sum()), side="right"))
    return int(worth[order[last]]) if last < len(order) else 0
