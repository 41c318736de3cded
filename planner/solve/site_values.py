"""What each site's days cost, compiled: left-out tasks, entries now and later, disturbance."""

from __future__ import annotations

import numba as nb
import numpy as np


@nb.njit(cache=True)
def measure(  # type: ignore[no-untyped-def]
    start,
    size,
    offset,
    later_visits,
    row_of,
    quarters,
    setup_of,
    prep,
    sensitivity,
    drop,
    entry,
    disturbance,
    day,
    value,
):
    """Fill `value` [S] with what each site's days cost: left out, entries now and later, disturbance."""
    for s in range(len(size)):
        first, k = start[s], start[s + 1] - start[s]
        total = np.int64(0)
        waiting = 0
        for i in range(k):
            d = day[first + i]
            if d == -1:
                total += drop[first + i]
            elif d == -2:
                waiting |= 1 << i
        if waiting and k <= size[s]:
            total += later_visits[offset[s] + waiting] * entry
        for i in range(k):
            d = day[first + i]
            if d < 0:
                continue
            new = True
            for h in range(i):
                if day[first + h] == d:
                    new = False
            if not new:
                continue
            stay = np.int64(0)
            for j in range(i, k):
                if day[first + j] != d:
                    continue
                unit = row_of[first + j, 0]
                own = setup_of[first + j]
                for h in range(i, k):
                    if day[first + h] == d and row_of[first + h, 0] == unit:
                        own += quarters[first + h]
                stay = max(stay, own)
            total += entry + disturbance * (prep + stay) * sensitivity[s, d]
        value[s] = total
