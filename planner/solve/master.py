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
from planner.domain.result import LEVELS
from planner.solve.arrays import Weights
from planner.solve.sweeps import Sweeper

SCALE = 1_000_000
"""Prices are whole numbers of 1/SCALE of the level's unit per crew quarter-hour."""
FloatArray: TypeAlias = NDArray[np.float64]


def level_weights(case: Case, level: int, multipliers: IntArray, pinned: int = PINNED_COST) -> Weights:
    """Return kernel weights of SCALE × the level plus multipliers × the levels before; later levels count nothing."""
    factor = [int(m) for m in multipliers[:level]] + [SCALE] + [0] * (len(LEVELS) - level - 1)
    return factor_weights(case, factor, pinned)


def factor_weights(case: Case, factor: Sequence[int], pinned: int) -> Weights:
    """Return kernel weights with one factor per level of LEVELS; `pinned` is the cost of leaving a pinned task out."""
    drop = [pinned if t.pinned else 0 if t.follows_fire else factor[t.strength] * t.priority for t in case.tasks]
    return Weights(factor[3], factor[4], np.array(drop, dtype=np.int64))


class Master:
    """Columns are (site, days) patterns; rows are sites, capacity cells of `limit` [R, D], and levels `achieved`."""

    def __init__(self, sweeper: Sweeper, level: int, achieved: tuple[int, ...], limit: IntArray) -> None:
        self.case, self.level, self.limit = sweeper.case, level, limit
        self._sweeper = sweeper
        self._n_sites = len(self.case.sites)
        self._known: set[tuple[int, bytes]] = set()
        self._measures = [
            factor_weights(self.case, [int(n == which) for n in range(len(LEVELS))], 0) for which in range(level + 1)
        ]
        self._lp = highspy.Highs()
        self._lp.silent()
        self._lp.setOptionValue("threads", 1)
        self._lp.setOptionValue("random_seed", 1)
        nothing = np.array([], dtype=np.int32), np.array([])
        for _ in range(self._n_sites):
            self._lp.addRow(1.0, 1.0, 0, *nothing)
        for amount in [*limit.ravel().tolist(), *achieved]:
            self._lp.addRow(-highspy.kHighsInf, float(amount), 0, *nothing)

    def add(self, day: IntArray, wanted: IntArray) -> int:
        """Add the patterns that the sites in `wanted` have in `day` [T]; return how many were new."""
        values = []
        keep = self._sweeper.weights
        for weights in self._measures:
            self._sweeper.weights = weights
            values.append(self._sweeper.measure(day))
        self._sweeper.weights = keep
        added = 0
        first_level_row = self._n_sites + self.limit.size
        for s in wanted.tolist():
            first = int(self.case.start[s])
            days = day[first : first + int(self._sweeper.arrays.kernel_tasks[s])].copy()
            key = (s, days.tobytes())
            if key in self._known:
                continue
            self._known.add(key)
            added += 1
            terms = {s: 1.0}
            terms |= {self._n_sites + cell: float(q) for cell, q in self._load(first, days).items()}
            terms |= {first_level_row + n: float(values[n][s]) for n in range(self.level) if values[n][s]}
            rows = sorted(terms)
            self._lp.addCol(
                float(values[self.level][s]), 0.0, highspy.kHighsInf, len(rows),
                np.array(rows, dtype=np.int32), np.array([terms[r] for r in rows]),
            )  # fmt: skip
        return added

    def _load(self, first: int, days: IntArray) -> dict[int, int]:
        """Return quarter-hours by capacity cell (row × D + day) of one site's days."""
        case, load = self.case, dict[int, int]()
        for t, d in enumerate(days.tolist(), first):
            if d >= 0:
                for r in self._sweeper.arrays.row_of[t].tolist():
                    if r >= 0:
                        cell = r * case.n_days + d
                        load.setdefault(cell, int(case.setup[case.unit_of[t]]))
                        load[cell] += int(case.quarters[t])
        return load

    def solve(self) -> tuple[float, FloatArray, IntArray, IntArray]:
        """Return the program's value, duals per site [S], prices [R, D] and multipliers; the last two in 1/SCALE."""
        self._lp.run()
        value = float(self._lp.getInfo().objective_function_value)
        dual = np.array(self._lp.getSolution().row_dual)
        cells = self._n_sites + self.limit.size
        whole = np.maximum(0, np.rint(-dual[self._n_sites :] * SCALE)).astype(np.int64)
        prices = whole[: self.limit.size].reshape(self.limit.shape)
        return value, dual[: self._n_sites], prices, whole[cells - self._n_sites :]
