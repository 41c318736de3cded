"""What is proven of the incumbent while the search runs, so that the search stops when nothing can be gained.

Each level is compared with a price list of its own, which is made once the levels before it have met theirs. A run
therefore makes each list once, and the same lists are its certificates in the end.
"""

from __future__ import annotations

from collections.abc import Callable

from planner.domain.case import IntArray
from planner.domain.plan import Objective
from planner.domain.result import LEVELS, PriceList
from planner.solve.prices.bound import certify, level_values, start_of
from planner.solve.site.arrays import SiteArrays


class Proven:
    """The price lists of a run so far, each from at most `rounds` of column generation."""

    def __init__(self, arrays: SiteArrays, rounds: int, cancel: Callable[[], bool]) -> None:
        self._arrays, self._rounds, self._cancel = arrays, rounds, cancel
        self._lists: dict[str, PriceList] = {}
        self.prices: IntArray | None = None
        """[R, D] of a linear program over all levels, in 1/SCALE of an entry: where each list begins."""

    @property
    def lists(self) -> tuple[PriceList, ...]:
        """The price lists made so far."""
        return tuple(self._lists.values())

    def bound(self, level: int, objective: Objective, day: IntArray) -> int:
        """Return what is proven of `level` among plans that are no worse than `day` [T] on the levels before."""
        values = level_values(objective)
        found = self._lists.get(LEVELS[level])
        if found is None or found.achieved != values[:level]:
            start = start_of(self.prices, level)
            found = certify(self._arrays, objective, LEVELS[level], day, self._rounds, start=start, cancel=self._cancel)
            self._lists[LEVELS[level]] = found
        return found.bound

    def least_left_out(self, objective: Objective, day: IntArray) -> bool:
        """Return whether no plan leaves out less, strength by strength."""
        return all(not left or self.bound(n, objective, day) >= left for n, left in enumerate(objective.left_out))
