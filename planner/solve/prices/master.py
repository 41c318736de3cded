"""The restricted master of column generation: one lawful pattern per site, within capacity and the levels achieved.

Method: Dantzig and Wolfe, "Decomposition principle for linear programs" (Operations Research 8, 1960). Pricing is the
per-site kernel, exact. HiGHS solves the linear programs, single-threaded and seeded, so that runs can be repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import highspy
import numpy as np
from numpy.typing import NDArray

from planner.checks.certificate import PINNED_COST
from planner.domain.case import Case, IntArray
from planner.domain.result import DISTURBANCE, ENTRIES, FIRE_ALONE, LEVELS
from planner.solve.prices.patterns import Known, loads_by_site
from planner.solve.site.arrays import Weights
from planner.solve.site.sweeps import Sweeper

SCALE = 1_000_000
"""Prices are whole numbers of 1/SCALE of the level's unit per crew quarter-hour."""
FloatArray: TypeAlias = NDArray[np.float64]


def level_weights(case: Case, level: int, multipliers: IntArray, pinned: int = PINNED_COST) -> Weights:
    """Return kernel weights of SCALE × the level plus multipliers × the levels before; later levels count nothing."""
    factor = [int(m) for m in multipliers[:level]] + [SCALE] + [0] * (len(LEVELS) - level - 1)
    return factor_weights(case, factor, pinned)


def factor_weights(case: Case, factor: Sequence[int], pinned: int) -> Weights:
    """Return kernel weights with one factor per level of LEVELS; `pinned` is the cost of leaving a pinned task out."""
    columns = case.columns
    drop = np.array(factor[:ENTRIES], dtype=np.int64)[columns.strength] * columns.priority
    drop[columns.follows_fire] = 0
    drop[columns.pinned > 0] = pinned
    return Weights(factor[ENTRIES], factor[FIRE_ALONE], factor[DISTURBANCE], drop)


def measures_of(case: Case, level: int) -> list[Weights]:
    """Return weights that measure each level up to `level` by itself."""
    return [factor_weights(case, [int(n == which) for n in range(len(LEVELS))], 0) for which in range(level + 1)]


class Master:
    """Columns are (site, days) patterns; rows are sites, capacity cells of `limit` [R, D], and values to be kept.

    The last of `measures` is minimised (in units of `scale`), the ones before may not exceed `most`.
    """

    def __init__(
        self, sweeper: Sweeper, measures: Sequence[Weights], most: Sequence[int], limit: IntArray, scale: int = 1
    ) -> None:
        self.case, self.limit = sweeper.case, limit
        self.site: list[int] = []
        """Site of each column."""
        self.days: list[IntArray] = []
        """Days of each column, as far as the kernel sees the site's tasks."""
        self._sweeper, self._measures, self._scale = sweeper, measures, scale
        self._n_sites = len(self.case.sites)
        self._known = Known(sweeper)
        self.steps = 0
        """Steps of the simplex method so far: work that does not depend on the clock."""
        self.cut_short = False
        """Whether the last solve ended before its optimum."""
        self.lp = highspy.Highs()
        self.lp.silent()
        self.lp.setOptionValue("threads", 1)
        self.lp.setOptionValue("random_seed", 1)
        nothing = np.array([], dtype=np.int32), np.array([])
        for _ in range(self._n_sites):
            self.lp.addRow(1.0, 1.0, 0, *nothing)
        for amount in [*limit.ravel().tolist(), *most]:
            self.lp.addRow(-highspy.kHighsInf, float(amount), 0, *nothing)

    def add(self, day: IntArray, wanted: IntArray) -> int:
        """Add the patterns that the sites in `wanted` have in `day` [T]; return how many were new."""
        new = self._known.sift(day, wanted)
        if not new.size:
            return 0
        keep, values = self._sweeper.weights, []
        for weights in self._measures:
            self._sweeper.weights = weights
            values.append(self._sweeper.measure(day)[new])
        self._sweeper.weights = keep
        first, cell, amount = loads_by_site(self._sweeper, day, new)
        column, n = np.arange(len(new)), self._n_sites
        rows = [new, n + cell]
        columns, entries = [column, np.repeat(column, np.diff(first))], [np.ones(len(new)), amount.astype(np.float64)]
        for k, value in enumerate(values[:-1]):
            held = np.flatnonzero(value)
            rows.append(np.full(len(held), n + self.limit.size + k))
            columns.append(held)
            entries.append(value[held].astype(np.float64))
        row, owner, entry = np.concatenate(rows), np.concatenate(columns), np.concatenate(entries)
        order = np.lexsort((row, owner))
        begin = np.searchsorted(owner[order], column).astype(np.int32)
        self.lp.addCols(
            len(new), values[-1] / self._scale, np.zeros(len(new)), np.full(len(new), highspy.kHighsInf), len(row),
            begin, row[order].astype(np.int32), entry[order],
        )  # fmt: skip
        self.site += new.tolist()
        self.days += [self._known.days_of(s, day).copy() for s in new.tolist()]
        return len(new)

    def limit_steps(self, most: int) -> bool:
        """Let no more than `most` steps be done by all solves together; return whether any are left."""
        left = most - self.steps
        if left > 0:
            self.lp.setOptionValue("simplex_iteration_limit", left)
        return left > 0

    def unlimit_steps(self) -> None:
        """Let each solve come to its end again."""
        self.lp.setOptionValue("simplex_iteration_limit", highspy.kHighsIInf)

    def solve(self) -> tuple[float, FloatArray, IntArray, IntArray]:
        """Return the program's value, duals per site [S], prices [R, D] and multipliers; the last two in 1/SCALE."""
        self.lp.run()
        self.steps += int(self.lp.getInfo().simplex_iteration_count)
        self.cut_short = self.lp.getModelStatus() == highspy.HighsModelStatus.kIterationLimit
        value = float(self.lp.getInfo().objective_function_value)
        dual = np.array(self.lp.getSolution().row_dual)
        cells = self._n_sites + self.limit.size
        whole = np.maximum(0, np.rint(-dual[self._n_sites :] * SCALE)).astype(np.int64)
        prices = whole[: self.limit.size].reshape(self.limit.shape)
        return value, dual[: self._n_sites], prices, whole[cells - self._n_sites :]
