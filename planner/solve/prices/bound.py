"""The proven bound: a price list for each capacity row and day, from column generation.

The duals of the master, rounded to whole numbers, are a certificate that anyone can recompute without a solver
(`planner.checks.certificate`). Duals are smoothed after Wentges, "Weighted Dantzig-Wolfe decomposition" (International
Transactions in Operational Research 4, 1997).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from planner.checks.certificate import GENTLE_FACTORS, PINNED_COST
from planner.domain.case import Case, IntArray
from planner.domain.plan import LEFT_OUT, Objective
from planner.domain.result import DISTURBANCE, ENTRIES, LEVELS, STOPPED_BY_CLOCK, STOPPED_BY_WORK, PriceList
from planner.solve.prices.hours import hours_prices
from planner.solve.prices.master import SCALE, FloatArray, Master, factor_weights, level_weights, measures_of
from planner.solve.prices.patterns import loads_by_site
from planner.solve.site.arrays import SiteArrays
from planner.solve.site.sweeps import Sweeper

KEEP = (800 * SCALE, 40 * SCALE, 2 * SCALE, 1000 * SCALE, 200 * SCALE)
"""Multipliers of the earlier levels at which giving one up never pays while capacity is free: a left-out point costs
more than the entry it can save, each strength more than all priorities (1 to 9) of the next."""
SMOOTHING = 0.5
DISTURBANCE_WORK = 40_000
"""Steps of the simplex method after which no more columns are looked for on the level of disturbance: its programs have
ties without end, and all that hangs on them is how narrow a gap is told."""
LEVEL_WORK = 100_000
"""Steps of the simplex method after which no more columns are looked for on any other level."""
SHARES, LATE_SHARES = (1.0, 0.25, 0.1, 0.05), (1.0, 0.1, 0.01, 0.001)
"""Parts of KEEP that plain arithmetic tries as multipliers of the levels before: up to entries, and after them."""
ALIKE = (0.5, 0.2)
"""Multipliers, in entries a left-out point of any strength, that plain arithmetic tries for entries, too: they prove
more where more has to be left out than prices see."""
PRICED_TASKS = 20_000
"""Larger cases try prices with the first multipliers only: a quote at prices costs several at none."""
AIM, DEFLECTION, MISSES, SHORTEST = 0.8, 0.4, 4, 0.1
"""The ascent aims at this share of the plan's value, keeps so much of its last direction, halves its steps after so
many that proved no more, and ends with steps shorter than this part of the first."""


def level_values(objective: Objective) -> tuple[int, ...]:
    """Return the objective's values in the order of LEVELS."""
    return (*objective.left_out, objective.all_entries, objective.fire_alone, objective.disturbance)


def lagrange_value(
    sweeper: Sweeper,
    level: int,
    prices: IntArray,
    multipliers: IntArray,
    achieved: tuple[int, ...],
    limit: IntArray | None = None,
) -> tuple[int, IntArray, IntArray]:
    """Return the bound × SCALE that prices and multipliers prove, each site's cheapest cost [S], its days [T].

    `limit` [R, D] is the capacity that plans may use: what truly exists by default, which makes the bound valid.
    """
    case = sweeper.case
    sweeper.reweigh(level_weights(case, level, multipliers))
    cost, day = sweeper.quote(prices)
    paid = int((prices * (case.capacity if limit is None else limit)).sum())
    paid += sum(int(m) * a for m, a in zip(multipliers, achieved, strict=True))
    return int(cost.sum()) - paid, cost, day


class Generation:
    """Column generation for one level: a master, its best proven bound, and the prices that prove it."""

    def __init__(
        self,
        arrays: SiteArrays,
        level: str,
        values: tuple[int, ...],
        day: IntArray,
        limit: IntArray | None = None,
    ) -> None:
        """`day` [T] is a plan with `values` on LEVELS; `limit` as in `lagrange_value`."""
        self.case: Case = arrays.case
        self._arrays, self._day = arrays, day
        self.level = level
        self.n = LEVELS.index(level)
        self.achieved, self.target = values[: self.n], values[self.n]
        self.limit = arrays.case.capacity if limit is None else limit
        self.sweeper = Sweeper(arrays, level_weights(self.case, self.n, np.zeros(self.n, dtype=np.int64)))
        self.prices = np.zeros(self.case.capacity.shape, dtype=np.int64)
        self.factors = np.array(KEEP[: self.n], dtype=np.int64)
        if self.n > ENTRIES:
            self.factors[:3] *= 1000
        self.proven, _, self._quoted = self._quote(self.prices, self.factors)
        self._master: Master | None = None
        self.stopped = ""

    def _quote(self, prices: IntArray, factors: IntArray) -> tuple[int, IntArray, IntArray]:
        return lagrange_value(self.sweeper, self.n, prices, factors, self.achieved, self.limit)

    @property
    def bound(self) -> int:
        """The proven bound, rounded up to a whole value; no level is below 0."""
        return max(0, -(-self.proven // SCALE))

    @property
    def master(self) -> Master:
        """The master, made on first use with the plan's patterns and the cheapest ones."""
        if self._master is None:
            self._master = Master(self.sweeper, measures_of(self.case, self.n), self.achieved, self.limit)
            everyone = np.arange(len(self.case.sites), dtype=np.int64)
            self._master.add(np.where(self._arrays.outside[self.case.site_of], LEFT_OUT, self._day), everyone)
            self._master.add(self._quoted, everyone)
        return self._master

    def run(
        self, rounds: int, told: Callable[[int], None] | None = None, cancel: Callable[[], bool] = lambda: False
    ) -> None:
        """Generate columns until the bound meets the target, none is left to find, or `rounds` are done.

        What ended it before that is kept in `stopped`.
        """
        self.stopped = ""
        for _ in range(rounds):
            if self.bound >= self.target:
                return
            if cancel():
                self.stopped = STOPPED_BY_CLOCK
                return
            work = DISTURBANCE_WORK if self.n == DISTURBANCE else LEVEL_WORK
            if not self.master.limit_steps(work):
                self.stopped = STOPPED_BY_WORK
                return
            value, site_dual, dual_prices, dual_factors = self.master.solve()
            if self.master.cut_short:
                self.stopped = STOPPED_BY_WORK
                return
            added = 0
            for weight in (SMOOTHING, 0.0):
                p = np.rint(weight * self.prices + (1 - weight) * dual_prices).astype(np.int64)
                f = np.rint(weight * self.factors + (1 - weight) * dual_factors).astype(np.int64)
                proven, cost, quoted = self._quote(p, f)
                if proven > self.proven:
                    self.proven, self.prices, self.factors = proven, p, f
                    if told:
                        told(self.bound)
                dual_cost = self._at_prices(quoted, dual_prices, dual_factors) if weight else cost / SCALE
                added += self.master.add(quoted, np.flatnonzero(dual_cost < site_dual - 1e-6).astype(np.int64))
            if not added or value - self.proven / SCALE < 1e-4:
                return
        if self.bound < self.target:
            self.stopped = STOPPED_BY_WORK

    def try_prices(self, prices: IntArray, factors: IntArray | None = None) -> None:
        """Take `prices` [R, D] if they prove more, with these multipliers of the levels before (None: its own)."""
        chosen = self.factors if factors is None else factors
        proven, _, _ = self._quote(prices, chosen)
        if proven > self.proven:
            self.proven, self.prices, self.factors = proven, prices, chosen

    def try_arithmetic(self) -> None:
        """Try what costs a few quotes: prices of plain arithmetic, and lower multipliers of the levels before.

        Where the bounds of those levels are not met, a multiplier decides how much is given back for it. So a run that
        is stopped before it generates columns has a bound all the same.
        """
        keep = self.factors
        choices = [np.rint(keep * share).astype(np.int64) for share in (SHARES if self.n <= ENTRIES else LATE_SHARES)]
        if self.n == ENTRIES:
            choices += [np.full_like(keep, round(share * SCALE)) for share in ALIKE]
        for k, factors in enumerate(choices):
            tried = [np.zeros_like(self.prices)]
            if self.n <= ENTRIES and (k == 0 or self.case.n_tasks <= PRICED_TASKS):
                tried += hours_prices(self._arrays, level_weights(self.case, self.n, factors, pinned=0).drop)
            for prices in tried:
                if self.bound < self.target:
                    self.try_prices(prices, factors)
            if not self.n or not any(self.achieved):
                return

    def _at_prices(self, day: IntArray, prices: IntArray, factors: IntArray) -> FloatArray:
        """Return what each site's given days cost at these prices, in the level's unit, [S]."""
        case = self.case
        self.sweeper.weights = level_weights(case, self.n, factors)
        cost = self.sweeper.measure(day).astype(np.float64)
        first, cell, amount = loads_by_site(self.sweeper, day, np.arange(len(cost), dtype=np.int64))
        paid = np.concatenate(([0.0], np.cumsum(prices.ravel()[cell].astype(np.float64) * amount)))
        total: FloatArray = (cost + paid[first[1:]] - paid[first[:-1]]) / SCALE
        return total

    def price_list(self) -> PriceList:
        """Return the certificate of the best bound found."""
        return PriceList(
            self.level, SCALE, self.prices, tuple(self.factors.tolist()), self.achieved, self.bound,
            self.case.half_rows, self.stopped if self.bound < self.target else "",
        )  # fmt: skip


def start_of(prices: IntArray | None, level: int) -> IntArray | None:
    """Return prices in 1/SCALE of an entry, of a program over all levels, in 1/SCALE of `level`; None after entries."""
    if prices is None or level > ENTRIES:
        return None
    started: IntArray = prices * SCALE // (SCALE if level == ENTRIES else KEEP[level])
    return started


def certify(
    arrays: SiteArrays,
    objective: Objective,
    level: str,
    day: IntArray,
    rounds: int,
    told: Callable[[int], None] | None = None,
    start: IntArray | None = None,
    cancel: Callable[[], bool] = lambda: False,
) -> PriceList:
    """Return the best price list found for `level` within `rounds` of column generation.

    `day` [T] is a plan that reaches `objective`. `told` hears each better bound.
    `start` [R, D] are prices to try first.
    """
    generation = Generation(arrays, level, level_values(objective), day)
    if start is not None:
        generation.try_prices(start)
    if any(objective.left_out):
        generation.try_arithmetic()
    generation.run(rounds, told, cancel)
    return generation.price_list()


def ascend(
    arrays: SiteArrays, level: int, values: tuple[int, ...], start: IntArray, rounds: int, cancel: Callable[[], bool]
) -> PriceList:
    """Return a certificate for a level of a large case, from at most `rounds` of subgradient ascent.

    `values` on LEVELS are a plan's; `start` [R, D] are prices to begin with, in 1/SCALE of the level's unit. Directions
    are deflected after Camerini, Fratta and Maffioli, "On improving relaxation methods by modified gradient techniques"
    (Mathematical Programming Study 3, 1975); a step that goes too far too often is halved.
    """
    case, target, achieved = arrays.case, values[level], values[:level]
    factors = np.array(KEEP[:level], dtype=np.int64) * 10
    sweeper = Sweeper(arrays, level_weights(case, level, factors))
    paid = sum(int(m) * a for m, a in zip(factors, achieved, strict=True))
    everyone = np.arange(len(case.sites), dtype=np.int64)

    def value(prices: IntArray) -> tuple[int, IntArray]:
        cost, day = sweeper.quote(prices)
        return int(cost.sum()) - int((prices * case.capacity).sum()) - paid, day

    best = np.zeros_like(start)
    proven, _ = value(best)
    prices, direction, length, missed = start, np.zeros(start.shape), 1.0, 0
    for _ in range(rounds):
        if -(-proven // SCALE) >= target or cancel():
            break
        now, day = value(prices)
        if now > proven:
            proven, best, missed = now, prices, 0
        else:
            missed += 1
            if missed == MISSES:
                length, missed = length / 2, 0
                if length < SHORTEST:
                    break
        over = (sweeper.load_of(everyone, day) - case.capacity).astype(np.float64)
        over[(prices == 0) & (over < 0)] = 0
        direction = DEFLECTION * direction + (1 - DEFLECTION) * over
        square = float((direction**2).sum())
        if not square:
            break
        step = length * max(AIM * target * SCALE - now, SCALE) / square
        prices = np.maximum(0, prices + np.rint(step * direction)).astype(np.int64)
    bound = max(0, -(-proven // SCALE))
    stopped = "" if bound >= target else STOPPED_BY_CLOCK if cancel() else STOPPED_BY_WORK
    return PriceList(
        LEVELS[level], SCALE, best, tuple(factors.tolist()), tuple(achieved), bound, case.half_rows, stopped
    )


def gentlest_costs(arrays: SiteArrays) -> IntArray:
    """Return [S] what `planner.checks.certificate.gentlest_patterns` returns, by the kernel."""
    return Sweeper(arrays, factor_weights(arrays.case, GENTLE_FACTORS, PINNED_COST)).quote()[0]
