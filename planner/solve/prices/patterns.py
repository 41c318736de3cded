"""Patterns: one site's lawful days with what they cost and load, as columns for linear programs and for CP-SAT."""

from __future__ import annotations

from dataclasses import dataclass, field

import numba as nb
import numpy as np

from planner.domain.case import IntArray
from planner.solve.site.arrays import Weights
from planner.solve.site.sweeps import Sweeper
from planner.solve.site.visits import is_first_on, load_on


@nb.njit(cache=True)
def _fill_loads(  # type: ignore[no-untyped-def]
    sites, start, size, loads, n_days, day, first, cell, amount
):
    """Fill cells (row × D + day) and quarter-hours of each of `sites`, site j's at first[j]:first[j + 1]."""
    n = 0
    for j in range(len(sites)):
        s = sites[j]
        first[j] = n
        for t in range(start[s], start[s] + size[s]):
            if day[t] < 0:
                continue
            for column in range(loads.row_of.shape[1]):
                r = loads.row_of[t, column]
                if r >= 0 and is_first_on(t, column, start[s], loads, day):
                    cell[n] = r * n_days + day[t]
                    amount[n] = load_on(t, column, start[s] + size[s], loads, day)
                    n += 1
    first[len(sites)] = n


def loads_by_site(sweeper: Sweeper, day: IntArray, sites: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return what `sites` load with their days in `day` [T]: (first, cell, quarter-hours), site j's in first[j]:."""
    case, size = sweeper.case, sweeper.arrays.kernel_tasks
    room = sweeper.arrays.row_of.shape[1] * int(size[sites].sum())
    first = np.zeros(len(sites) + 1, dtype=np.int64)
    cell, amount = np.zeros(room, dtype=np.int64), np.zeros(room, dtype=np.int64)
    _fill_loads(sites, case.start, size, sweeper.arrays.loads, case.n_days, day, first, cell, amount)
    return first, cell[: first[-1]], amount[: first[-1]]


class Known:
    """Which patterns have been seen before."""

    def __init__(self, sweeper: Sweeper) -> None:
        self._start, self._size = sweeper.case.start, sweeper.arrays.kernel_tasks
        self._seen: set[tuple[int, bytes]] = set()

    def days_of(self, site: int, day: IntArray) -> IntArray:
        """Return the site's part of `day` [T], as far as the kernel sees it."""
        first = int(self._start[site])
        return day[first : first + int(self._size[site])]

    def sift(self, day: IntArray, sites: IntArray) -> IntArray:
        """Return those of `sites` whose pattern in `day` is new, and remember it."""
        new = []
        for s in sites.tolist():
            key = (s, self.days_of(s, day).tobytes())
            if key not in self._seen:
                self._seen.add(key)
                new.append(s)
        return np.array(new, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """One site's days, their cost, and the quarter-hours by capacity cell (row × D + day)."""

    days: IntArray
    cost: int
    load: tuple[tuple[int, int], ...]


@dataclass(eq=False)
class Pool:
    """The patterns found so far, by site."""

    sweeper: Sweeper
    weights: Weights
    by_site: list[list[Pattern]] = field(init=False, repr=False)
    known: Known = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.by_site = [[] for _ in self.sweeper.case.sites]
        self.known = Known(self.sweeper)

    def add(self, day: IntArray, sites: IntArray) -> None:
        """Take the patterns that `sites` have in `day` [T]."""
        new = self.known.sift(day, sites)
        if not new.size:
            return
        cost = self.sweeper.measure(day)
        first, cell, amount = (part.tolist() for part in loads_by_site(self.sweeper, day, new))
        for j, s in enumerate(new.tolist()):
            part = slice(first[j], first[j + 1])
            load = tuple(zip(cell[part], amount[part], strict=True))
            self.by_site[s].append(Pattern(self.known.days_of(s, day).copy(), int(cost[s]), load))

    def cheapest(self, day: IntArray, prices: IntArray, most: int) -> list[list[Pattern]]:
        """Return by site the pattern it has in `day` [T], then others, cheapest at `prices` [R, D]: `most` in all."""
        price = prices.ravel().tolist()
        chosen = []
        for s, patterns in enumerate(self.by_site):
            if patterns:
                days = self.known.days_of(s, day)
                now = next(n for n, p in enumerate(patterns) if np.array_equal(p.days, days))
                cost = [p.cost + sum(price[c] * q for c, q in p.load) for p in patterns]
                cost[now] = -1
                chosen.append([patterns[n] for n in sorted(range(len(patterns)), key=cost.__getitem__)[:most]])
            else:
                chosen.append([])
        return chosen
