"""The proven limit: a price list per capacity row and day, by column generation.

Master: one lawful pattern per site, capacity as it truly exists, and the levels before no worse than achieved. Pricing:
the per-site kernel, exact. The duals, rounded to whole numbers, are a certificate that anyone can recompute without a
solver (`planner.checks.certificate`). Method: Dantzig and Wolfe, "Decomposition principle for linear programs"
(Operations Research 8, 1960); smoothing of duals after Wentges (1997).
"""

from __future__ import annotations

from collections.abc import Callable

import highspy
import numpy as np

from planner.checks.certificate import PINNED_COST
from planner.domain.case import Case, IntArray
from planner.domain.plan import LEFT_OUT, Objective
from planner.domain.result import LEVELS, PriceList
from planner.solve.arrays import SiteArrays, Weights
from planner.solve.sweeps import Sweeper

SCALE = 1_000_000
"""Prices are whole numbers of 1/SCALE of the level's unit per crew quarter-hour."""
KEEP = (800 * SCALE, 40 * SCALE, 2 * SCALE, 1000 * SCALE)
"""Multipliers of the earlier levels at which giving one up never pays while capacity is free: a left-out point costs
more than the entry it can save, each strength more than all priorities (1 to 9) of the next."""
SMOOTHING = 0.5


def level_values(objective: Objective) -> tuple[int, ...]:
    """Return the objective's values in the order of LEVELS."""
    return (*objective.left_out, objective.all_entries, objective.disturbance)


def level_weights(case: Case, level: int, multipliers: IntArray) -> Weights:
    """Return kernel weights of SCALE × the level plus multipliers × the levels before; later levels count nothing."""
    factor = [int(m) for m in multipliers[:level]] + [SCALE] + [0] * (len(LEVELS) - level - 1)
    drop = np.array(
        [PINNED_COST if t.pinned else 0 if t.follows_fire else factor[t.strength] * t.priority for t in case.tasks],
        dtype=np.int64,
    )
    return Weights(factor[3], factor[4], drop)


class _Master:
    """The restricted master: columns are patterns of sites."""

    def __init__(self, sweeper: Sweeper, level: int, achieved: tuple[int, ...]) -> None:
        case = sweeper.case
        self._sweeper, self._level, self._case = sweeper, level, case
        self._n_sites = len(case.sites)
        self._known: set[tuple[int, bytes]] = set()
        self._lp = highspy.Highs()
        self._lp.silent()
        self._lp.setOptionValue("threads", 1)
        self._lp.setOptionValue("random_seed", 1)
        nothing = np.array([], dtype=np.int32), np.array([])
        for _ in range(self._n_sites):
            self._lp.addRow(1.0, 1.0, 0, *nothing)
        for limit in case.capacity.ravel().tolist():
            self._lp.addRow(-highspy.kHighsInf, float(limit), 0, *nothing)
        for value in achieved:
            self._lp.addRow(-highspy.kHighsInf, float(value), 0, *nothing)
        self._units = [self._sweeper_for(unit) for unit in range(level + 1)]
        self.columns = 0

    def _sweeper_for(self, level: int) -> Weights:
        """Return weights that measure one level alone (pinned tasks are never left out, so they count nothing)."""
        factor = [1 if n == level else 0 for n in range(len(LEVELS))]
        drop = np.array(
            [0 if t.pinned or t.follows_fire else factor[t.strength] * t.priority for t in self._case.tasks],
            dtype=np.int64,
        )
        return Weights(factor[3], factor[4], drop)

    def add(self, day: IntArray, wanted: IntArray) -> int:
        """Add the patterns of the sites in `wanted`; return how many were new."""
        case = self._case
        values = []
        keep = self._sweeper.weights
        for weights in self._units:
            self._sweeper.weights = weights
            values.append(self._sweeper.measure(day))
        self._sweeper.weights = keep
        added = 0
        for s in wanted.tolist():
            first = int(case.start[s])
            last = first + int(self._sweeper.arrays.kernel_tasks[s])
            key = (s, day[first:last].tobytes())
            if key in self._known:
                continue
            self._known.add(key)
            load = self._site_load(s, day)
            entries = {s: 1.0}
            for cell, amount in load.items():
                entries[self._n_sites + cell] = float(amount)
            base = self._n_sites + case.capacity.size
            for n in range(self._level):
                if values[n][s]:
                    entries[base + n] = float(values[n][s])
            index = np.array(sorted(entries), dtype=np.int32)
            amounts = np.array([entries[i] for i in index.tolist()])
            cost = float(values[self._level][s])
            self._lp.addCol(cost, 0.0, highspy.kHighsInf, len(index), index, amounts)
            added += 1
        self.columns += added
        return added

    def _site_load(self, s: int, day: IntArray) -> dict[int, int]:
        case, row_of = self._case, self._sweeper.arrays.row_of
        load: dict[int, int] = {}
        first = int(case.start[s])
        for t in range(first, first + int(self._sweeper.arrays.kernel_tasks[s])):
            d = int(day[t])
            if d < 0:
                continue
            for r in row_of[t].tolist():
                if r >= 0:
                    cell = r * case.n_days + d
                    if cell not in load:
                        load[cell] = int(case.setup[case.unit_of[t]])
                    load[cell] += int(case.quarters[t])
        return load

    def solve(self) -> tuple[float, np.ndarray[tuple[int], np.dtype[np.float64]], IntArray, IntArray]:
        """Return the master's value, and duals: per site (float), prices [R, D] and multipliers, in 1/SCALE."""
        self._lp.run()
        value = float(self._lp.getInfo().objective_function_value)
        dual = np.array(self._lp.getSolution().row_dual)
        cells = self._case.capacity.size
        prices = np.maximum(0, np.rint(-dual[self._n_sites : self._n_sites + cells] * SCALE)).astype(np.int64)
        factors = np.maximum(0, np.rint(-dual[self._n_sites + cells :] * SCALE)).astype(np.int64)
        return value, dual[: self._n_sites], prices.reshape(self._case.capacity.shape), factors


def lagrange_value(
    sweeper: Sweeper, level: int, prices: IntArray, multipliers: IntArray, achieved: tuple[int, ...]
) -> tuple[int, IntArray, IntArray]:
    """Return the bound × SCALE that prices and multipliers prove, each site's cheapest cost [S], its days [T]."""
    case = sweeper.case
    sweeper.reweigh(level_weights(case, level, multipliers))
    cost, day = sweeper.quote(prices)
    paid = int((prices * case.capacity).sum()) + sum(int(m) * a for m, a in zip(multipliers, achieved, strict=True))
    return int(cost.sum()) - paid, cost, day


def certify(
    arrays: SiteArrays,
    objective: Objective,
    level: str,
    day: IntArray,
    iterations: int,
    progress: Callable[[int], None] | None = None,
) -> PriceList:
    """Return the best price list found for `level` within `iterations` rounds of column generation.

    `day` [T] is a plan that reaches `objective`. Stops as soon as the bound meets the plan's value. `progress` is told
    each better bound.
    """
    case, n = arrays.case, LEVELS.index(level)
    values = level_values(objective)
    achieved, target = values[:n], values[n]
    sweeper = Sweeper(arrays, level_weights(case, n, np.zeros(n, dtype=np.int64)))
    prices = np.zeros(case.capacity.shape, dtype=np.int64)
    factors = np.array(KEEP[:n], dtype=np.int64)
    if n == 4:
        factors[:3] *= 1000
    proven, _, quoted = lagrange_value(sweeper, n, prices, factors, achieved)
    best = PriceList(level, SCALE, prices, tuple(factors.tolist()), achieved, -(-proven // SCALE))
    if best.bound >= target or not iterations:
        return best
    master = _Master(sweeper, n, achieved)
    everyone = np.arange(len(case.sites), dtype=np.int64)
    master.add(np.where(arrays.outside[case.site_of], LEFT_OUT, day), everyone)
    master.add(quoted, everyone)
    centre_prices, centre_factors = prices, factors
    for _ in range(iterations):
        value, site_dual, dual_prices, dual_factors = master.solve()
        added = 0
        for weight in (SMOOTHING, 0.0):
            p = np.rint(weight * centre_prices + (1 - weight) * dual_prices).astype(np.int64)
            f = np.rint(weight * centre_factors + (1 - weight) * dual_factors).astype(np.int64)
            bound, cost, quoted = lagrange_value(sweeper, n, p, f, achieved)
            if bound > proven:
                proven, centre_prices, centre_factors = bound, p, f
                best = PriceList(level, SCALE, p, tuple(f.tolist()), achieved, -(-bound // SCALE))
                if progress:
                    progress(best.bound)
            if best.bound >= target:
                return best
            dual_cost = _at_prices(sweeper, n, quoted, dual_prices, dual_factors) if weight else cost / SCALE
            added += master.add(quoted, np.flatnonzero(dual_cost < site_dual - 1e-6).astype(np.int64))
        if not added or value - proven / SCALE < 1e-4:
            break
    return best


def _at_prices(
    sweeper: Sweeper, level: int, day: IntArray, prices: IntArray, factors: IntArray
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return what each site's given days cost at these prices, in the level's unit, [S]."""
    case = sweeper.case
    sweeper.weights = level_weights(case, level, factors)
    cost = sweeper.measure(day).astype(np.float64)
    row_of = sweeper.arrays.row_of
    placed = day >= 0
    seen: set[tuple[int, int, int]] = set()
    for t in np.flatnonzero(placed).tolist():
        s, d = int(case.site_of[t]), int(day[t])
        for r in row_of[t].tolist():
            if r >= 0:
                amount = int(case.quarters[t])
                if (s, r, d) not in seen:
                    seen.add((s, r, d))
                    amount += int(case.setup[case.unit_of[t]])
                cost[s] += float(prices[r, d]) * amount
    return cost / SCALE
