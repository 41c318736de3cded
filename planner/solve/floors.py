"""What undecided tasks of a site cost at least: the kernel's bound, for what it need not look at (compiled)."""

from __future__ import annotations

import numba as nb
import numpy as np

DEAR = np.int64(1) << np.int64(55)
"""A day that is not there for a task; a site's tasks together stay below INF."""


@nb.njit(cache=True, nogil=True)
def fill_bottom(  # type: ignore[no-untyped-def]
    first, k, base, n_days, allowed, may_share, row_of, quarters, drop, tail_cost, floor, prices, use, limit,
    over_price, hard, entry, bottom,
):  # fmt: skip
    """Fill `bottom` [2**k]: what a set of undecided tasks costs at least at today's prices and loads.

    A task pays at least the cheapest of its days, its unit's set-up left out; `floor` knows of no prices.
    """
    full = (1 << k) - 1
    pays = np.zeros(k, np.int64)
    for i in range(k):
        t = first + i
        least = DEAR
        for d in range(n_days):
            if not allowed[t, d]:
                continue
            c = np.int64(0)
            for column in range(2):
                r = row_of[t, column]
                if r < 0:
                    continue
                over = min(use[r, d] + quarters[t] - limit[r, d], quarters[t])
                if over > 0:
                    c += DEAR if hard else over * over_price
                c += prices[r, d] * quarters[t]
            if c < least:
                least = c
                if c == 0:
                    break
        pays[i] = least
    for m in range(full + 1):
        bottom[m] = floor[base + m]
    if not pays.any():
        return
    for m in range(1, full + 1):
        best = tail_cost[base + m]
        sub = m
        while sub:
            if may_share[base + sub]:
                c = max(entry, floor[base + sub]) + bottom[m & ~sub]
                for i in range(k):
                    if sub >> i & 1:
                        c += pays[i]
                best = min(best, c)
            sub = (sub - 1) & m
        bottom[m] = max(bottom[m], best)
