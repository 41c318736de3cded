"""What one visit of a site takes and costs, and when another may follow (compiled; the kernel's rules on visits)."""

from __future__ import annotations

import numba as nb
import numpy as np

INF = np.int64(1) << np.int64(60)


@nb.njit(cache=True)
def site_rows(first, k, row_of, rows, masks):  # type: ignore[no-untyped-def]
    """Fill `rows` and `masks` with the capacity rows of the first k tasks at `first`; return how many, units first."""
    n = 0
    for column in range(2):
        for i in range(k):
            r = row_of[first + i, column]
            if r < 0:
                continue
            j = 0
            while j < n and rows[j] != r:
                j += 1
            if j == n:
                rows[n] = r
                masks[n] = 0
                n += 1
            masks[j] |= 1 << i
    return n


@nb.njit(cache=True)
def fill_loads(first, k, n_rows, masks, quarters, setup_of, load):  # type: ignore[no-untyped-def]
    """Fill `load` [n_rows, 2**k]: the quarter-hours that the tasks of a subset take of a row, with the set-up once."""
    for j in range(n_rows):
        m = masks[j]
        while m:
            total = 0
            for i in range(k):
                if m >> i & 1:
                    total += quarters[first + i]
                    set_up = setup_of[first + i]
            load[j, m] = total + set_up
            m = (m - 1) & masks[j]


@nb.njit(cache=True, inline="always")
def visit_cost(  # type: ignore[no-untyped-def]
    sub, d, n_rows, rows, masks, load, n_units, prep, sensitivity, prices, use, limit, over_price, hard, entry,
    disturbance,
):  # fmt: skip
    """Return what a visit on day d with the tasks `sub` costs at today's prices and loads, INF where crews lack."""
    c = entry
    stay = 0
    for j in range(n_rows):
        part = sub & masks[j]
        if part == 0:
            continue
        q = load[j, part]
        r = rows[j]
        if r < n_units and q > stay:
            stay = q
        over = use[r, d] + q - limit[r, d]
        if over > 0:
            if hard:
                return INF
            c += min(over, q) * over_price
        c += prices[r, d] * q
    return c + disturbance * (prep + stay) * sensitivity[d]


@nb.njit(cache=True, inline="always")
def may_follow(sub, after, d, dim_from, dims, gaps, states, label, state):  # type: ignore[no-untyped-def]
    """Return whether gaps and quotas let a visit with `sub` on day d follow `states` [label]; fill `state` with then.

    A state [2 * dims] holds, for each group with several dates, when it is free again (0: now, or nobody asks any more)
    and how often it was visited (0 where the quota cannot bind). `after` are the tasks that are decided then.
    """
    today = gaps.ordinals[d]
    for g in range(dims):
        members = gaps.mask[dim_from + g]
        ready, count = states[label, 2 * g], states[label, 2 * g + 1]
        if sub & members:
            quota = gaps.quota[dim_from + g]
            if ready > today or (quota and count >= quota):
                return False
            ready = gaps.ready_after[gaps.ready_row[dim_from + g], d]
            count += quota > 0
        if ready <= today:
            ready = 0
        if members & ~after == 0:
            ready, count = 0, 0
        state[2 * g], state[2 * g + 1] = ready, count
    return True
