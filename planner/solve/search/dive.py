"""A plan from column generation: values that the linear program has decided are fixed, the rest is priced again.

All levels up to entries are summed with weights (`KEEP`), so leaving a task out is always possible and always
expensive. The linear program respects the plan's capacity. The dive may overbook crews at a price; sweeps and exchanges
remove such overloads afterwards, which works better than starting them from a plan with many tasks left out.
"""

from __future__ import annotations

from collections.abc import Callable

import highspy
import numpy as np

from planner.domain.case import IntArray
from planner.domain.plan import LEFT_OUT
from planner.domain.result import ENTRIES
from planner.solve.prices.bound import KEEP, SMOOTHING
from planner.solve.prices.master import SCALE, FloatArray, Master, level_weights
from planner.solve.site.sweeps import Board, Sweeper

OVERBOOKED = 2.0
"""Entries that a quarter-hour above the limit costs while diving."""
PINNED = 20_000 * SCALE
PROGRAM_WORK = 200_000
"""Steps of the simplex method after which no more columns are looked for before the dive."""
SURE = 0.95
AT_LEAST = 0.01
"""Share of the sites that each round of the dive fixes at least."""
DIVE_ROUNDS = 3
"""Rounds of column generation after each fixing."""


class Relaxation:
    """The linear program over the kernel's sites: its value, the best Lagrangian value, and the prices of that."""

    def __init__(self, sweeper: Sweeper, board: Board, sites: IntArray) -> None:
        """`sweeper` belongs to this object from now on. `sites` choose; what others have on `board` stays."""
        self.case = sweeper.case
        self.sites, self._sweeper = sites, sweeper
        sweeper.reweigh(level_weights(self.case, ENTRIES, np.array(KEEP[:ENTRIES], dtype=np.int64), PINNED))
        everyone = np.arange(len(self.case.sites), dtype=np.int64)
        held = np.isin(self.case.site_of, sites, invert=True)
        self.limit = self.case.plan_capacity - sweeper.load_of(np.setdiff1d(everyone, sites), board.day)
        self.day = np.where(held, LEFT_OUT, board.day)
        self.proven, self.value = -np.inf, np.inf
        self.prices = np.zeros(self.case.capacity.shape, dtype=np.int64)
        self.master = Master(sweeper, [sweeper.weights], (), self.limit, SCALE)
        cost, cheapest = sweeper.quote()
        self._free = int(cost[sites].sum()) / SCALE
        for day in (np.full_like(board.day, LEFT_OUT), self.day, np.where(held, LEFT_OUT, cheapest)):
            self.master.add(day, everyone)

    def generate(self, rounds: int, cancel: Callable[[], bool]) -> None:
        """Add columns until none is left to find, or `rounds` or PROGRAM_WORK are done."""
        centre: IntArray | None = None
        for _ in range(rounds):
            if not self.master.limit_steps(PROGRAM_WORK):
                break
            value, _, dual, _ = self.master.solve()
            if self.master.cut_short:
                break
            self.value, added = value, 0
            for weight in (SMOOTHING, 0.0) if centre is not None else (0.0,):
                mixed = dual if centre is None else np.rint(weight * centre + (1 - weight) * dual).astype(np.int64)
                cost, day = self._sweeper.quote(mixed)
                proven = (int(cost[self.sites].sum()) - int((mixed * self.limit).sum())) / SCALE
                if proven > self.proven:
                    self.proven, self.prices, centre = proven, mixed, mixed
                added += self.master.add(day, self.sites)
            if not added or self.value - self.proven < 1e-3 or cancel():
                break
        self.master.unlimit_steps()
        self.proven = max(self.proven, self._free)

    def left_out(self) -> float:
        """Return how many tasks the program leaves out, in fractions summed up, as last solved."""
        share = np.array(self.master.lp.getSolution().col_value)
        out = np.array([np.count_nonzero(days == LEFT_OUT) for days in self.master.days])
        return float(share @ out)

    def dive(self, rng: np.random.Generator, cancel: Callable[[], bool]) -> IntArray:
        """Return days [T] near the program's optimum, each site's pattern lawful, crews perhaps overbooked.

        Columns are fixed for good: a relaxation dives once.
        """
        lp, n_cells = self.master.lp, self.limit.size
        first_cell, inf = len(self.case.sites), highspy.kHighsInf
        extra = len(self.master.site)
        cells = np.arange(first_cell, first_cell + n_cells, dtype=np.int32)
        lp.addCols(
            n_cells, np.full(n_cells, OVERBOOKED), np.zeros(n_cells), np.full(n_cells, inf), n_cells,
            np.arange(n_cells, dtype=np.int32), cells, np.full(n_cells, -1.0),
        )  # fmt: skip
        day = self.day.copy()
        free = np.zeros(len(self.case.sites), dtype=np.bool_)
        free[self.sites] = True
        self.master.solve()
        while free.any() and not cancel():
            share = np.array(lp.getSolution().col_value)
            share = np.concatenate((share[:extra], share[extra + n_cells :]))
            self._fix(share, free, day, rng, extra, n_cells)
            active = np.flatnonzero(free)
            for _ in range(DIVE_ROUNDS):
                _, _, dual, _ = self.master.solve()
                if not active.size or not self.master.add(self._sweeper.quote(dual)[1], active):
                    break
        return day

    def _fix(
        self, share: FloatArray, free: np.ndarray, day: IntArray, rng: np.random.Generator, extra: int, n_cells: int
    ) -> None:
        """Fix the columns that the program is sure of, and the likeliest others, on `day`; their sites leave `free`."""
        site = np.array(self.master.site, dtype=np.int64)
        likely = np.flatnonzero((share > 0.01) & free[site])
        likely = likely[np.lexsort((rng.random(likely.size), -share[likely]))]
        least = max(5, int(AT_LEAST * len(self.sites)))
        chosen: list[int] = []
        for j in likely.tolist():
            s = int(site[j])
            if share[j] <= SURE and len(chosen) >= least:
                break
            if free[s]:
                free[s] = False
                chosen.append(j)
                first = int(self.case.start[s])
                day[first : first + len(self.master.days[j])] = self.master.days[j]
        fixed = np.zeros(len(free), dtype=np.bool_)
        fixed[site[chosen]] = True
        columns = np.flatnonzero(fixed[site])
        value = np.isin(columns, chosen).astype(np.float64)
        # The columns of overbooking stand between those from before the dive and those found in it.
        index = np.where(columns < extra, columns, columns + n_cells).astype(np.int32)
        self.master.lp.changeColsBounds(len(index), index, value, value)
