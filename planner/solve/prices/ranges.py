"""What holds in every plan as good as the one at hand: how often each site is entered, by reduced costs.

A certificate of entries with gap g = scale · value − proven leaves every plan of no more entries only patterns that
cost, in sum, no more than g above the sites' cheapest. A pattern with n entries and cost c costs c − δn where an entry
is priced δ lower, which is no less than the cheapest m(δ) there. So n ≤ (cheapest + g − m(δ)) / δ, and likewise from
below: one pass of the kernel for each end. With δ just above g nothing is lost for single entries.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planner.domain.case import IntArray
from planner.domain.result import ENTRIES, PriceList
from planner.solve.prices.master import SCALE, level_weights
from planner.solve.site.arrays import SiteArrays
from planner.solve.site.sweeps import Sweeper


@dataclass(frozen=True, eq=False)
class EntryRanges:
    """Fewest and most entries (month and later) at each site [S] in any plan of no more entries than `value`."""

    low: IntArray
    high: IntArray
    gap: int
    _slack: tuple[IntArray, IntArray]
    _step: int

    def of_group(self, sites: IntArray) -> tuple[int, int]:
        """Return fewest and most entries at these sites together: they share one gap."""
        below, above = (part[sites] for part in self._slack)
        low = -((self.gap - int(below.sum())) // self._step)
        high = (self.gap + int(above.sum())) // self._step
        return max(low, int(self.low[sites].sum())), min(high, int(self.high[sites].sum()))


def entry_ranges(arrays: SiteArrays, one: PriceList, value: int) -> EntryRanges:
    """Return the ranges that the certificate `one` of entries proves for plans of `value` entries or fewer.

    Of sites that the kernel does not see whole, only the lower end is known; the upper is one entry a task.
    """
    case, factors = arrays.case, np.array(one.multipliers, dtype=np.int64)
    plain = level_weights(case, ENTRIES, factors)
    sweeper = Sweeper(arrays, plain)
    cheapest, _ = sweeper.quote(one.prices)
    paid = int((one.prices * case.capacity).sum())
    paid += sum(int(m) * a for m, a in zip(factors, one.achieved, strict=True))
    gap = max(0, value * SCALE - (int(cheapest.sum()) - paid))
    step = min(gap + 1, SCALE - 1)
    slack = []
    for sign in (1, -1):
        sweeper.reweigh(replace(plain, entry=plain.entry + sign * step))
        slack.append(sweeper.quote(one.prices)[0])
    above, below = cheapest - slack[1], slack[0] - cheapest
    # What the kernel does not see whole is bounded from below alone.
    tasks = np.diff(case.start).astype(np.int64)
    whole = ~arrays.outside & (arrays.kernel_tasks == tasks)
    high = np.where(whole, np.minimum((gap + above) // step, tasks), tasks)
    low = np.maximum(-((gap - below) // step), 0)
    return EntryRanges(low, high, gap, (below, np.where(whole, above, tasks * step)), step)
