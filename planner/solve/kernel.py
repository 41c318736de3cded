"""The compiled heart: one site's cheapest lawful pattern, by dynamic programming over days × subsets of its tasks.

State after day d: the set of tasks that are decided (done, or closed because their domain's one date of the month has
passed), and the number of entries so far where the bureau's entry cap is on. All costs are whole numbers, so a bound
that is summed from them is exact. Literature: negotiated congestion after McMurchie and Ebeling, "PathFinder" (FPGA
1995); the bound is Lagrange's, see Fisher, "The Lagrangian relaxation method" (Management Science 27, 1981).
"""

from __future__ import annotations

import numba as nb
import numpy as np

INF = np.int64(1) << np.int64(60)


@nb.njit(cache=True)
def fill_tails(start, size, offset, later_visits, drop, entry, cost, wait):  # type: ignore[no-untyped-def]
    """Fill `cost` and `wait` [B]: for each left-over subset the cheapest split into waiting and left-out tasks."""
    for s in range(len(size)):
        k, base, first = size[s], offset[s], start[s]
        for m in range(1 << k):
            best = INF
            choice = 0
            q = m
            while True:
                if later_visits[base + q] >= 0:
                    c = later_visits[base + q] * entry
                    for i in range(k):
                        if (m & ~q) >> i & 1:
                            c += drop[first + i]
                    if c < best:
                        best = c
                        choice = q
                if q == 0:
                    break
                q = (q - 1) & m
            cost[base + m] = best
            wait[base + m] = choice


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
def solve_site(  # type: ignore[no-untyped-def]
    first,
    k,
    base,
    n_days,
    n_units,
    allowed,
    may_share,
    closes,
    last_wait,
    previous,
    row_of,
    quarters,
    setup_of,
    prep,
    sensitivity,
    drop,
    tail_cost,
    tail_wait,
    prices,
    use,
    limit,
    over_price,
    hard,
    entry,
    disturbance,
    entry_cap,
    best,
    choice,
    origin,
    cost,
    load,
    day,
):
    """Write the cheapest pattern's days to `day[first:first+k]` and return its cost.

    `prices[R, D]` per quarter-hour; with `over_price` > 0 each quarter-hour above `limit − use` costs that much more;
    with `hard` it is forbidden. `best`, `choice`, `origin` are [D+1, cap+1, 2**k] scratch, `cost` [2**k], `load`
    [2k, 2**k]. Days: an index, -1 left out, -2 waits (as in planner.domain.plan).
    """
    full = (1 << k) - 1
    rows = np.empty(2 * k, np.int64)
    masks = np.empty(2 * k, np.int64)
    n_rows = site_rows(first, k, row_of, rows, masks)
    for j in range(n_rows):
        for m in range(1, full + 1):
            if m & ~masks[j]:
                continue
            total = 0
            for i in range(k):
                if m >> i & 1:
                    total += quarters[first + i]
                    set_up = setup_of[first + i]
            load[j, m] = total + set_up
    layers = entry_cap + 1 if entry_cap > 0 else 1
    for n in range(layers):
        for m in range(full + 1):
            best[0, n, m] = INF
    best[0, 0, 0] = 0
    for d in range(n_days):
        for n in range(layers):
            for m in range(full + 1):
                best[d + 1, n, m] = best[d, n, m]
                choice[d + 1, n, m] = 0
        mask = 0
        kill = 0
        for i in range(k):
            if allowed[first + i, d]:
                mask |= 1 << i
            if last_wait[first + i] < d:
                kill |= 1 << i
        if mask == 0:
            continue
        sub = mask
        while sub:
            c = INF
            if may_share[base + sub]:
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
                            c = INF
                            break
                        c += min(over, q) * over_price
                    c += prices[r, d] * q
                if c < INF:
                    c += disturbance * (prep + stay) * sensitivity[d]
            cost[sub] = c
            sub = (sub - 1) & mask
        p = previous[d]
        for n in range(layers):
            m2 = n + 1 if layers > 1 else 0
            if m2 >= layers and layers > 1:
                continue
            for done in range(full + 1):
                b = best[p, n, done]
                if b >= INF:
                    continue
                free = mask & ~done
                sub = free
                while sub:
                    if cost[sub] < INF:
                        touched = closes[base + sub]
                        if touched & done == 0:
                            closed = touched & ~sub & kill
                            c = b + cost[sub]
                            for i in range(k):
                                if closed >> i & 1:
                                    c += drop[first + i]
                            after = done | sub | closed
                            if c < best[d + 1, m2, after]:
                                best[d + 1, m2, after] = c
                                choice[d + 1, m2, after] = sub
                                origin[d + 1, m2, after] = done
                    sub = (sub - 1) & free
    value = INF
    end = 0
    layer = 0
    for n in range(layers):
        for m in range(full + 1):
            if best[n_days, n, m] < INF:
                c = best[n_days, n, m] + tail_cost[base + (full & ~m)]
                if c < value:
                    value = c
                    end = m
                    layer = n
    waiting = tail_wait[base + (full & ~end)]
    for i in range(k):
        day[first + i] = -2 if waiting >> i & 1 else -1
    d = n_days
    state = end
    while state:
        sub = choice[d, layer, state]
        if sub == 0:
            d -= 1
            continue
        for i in range(k):
            if sub >> i & 1:
                day[first + i] = d - 1
        state = origin[d, layer, state]
        d = previous[d - 1]
        if layers > 1:
            layer -= 1
    return value


@nb.njit(cache=True)
def add_load(sign, first, k, row_of, quarters, setup_of, day, use):  # type: ignore[no-untyped-def]
    """Add (sign 1) or take out (sign -1) the load of one site's tasks in `use` [R, D]."""
    for i in range(k):
        t = first + i
        d = day[t]
        if d < 0:
            continue
        for column in range(2):
            r = row_of[t, column]
            if r < 0:
                continue
            use[r, d] += sign * quarters[t]
            seen = False
            for h in range(i):
                u = first + h
                if day[u] == d and (row_of[u, 0] == r or row_of[u, 1] == r):
                    seen = True
            if not seen:
                use[r, d] += sign * setup_of[t]


@nb.njit(cache=True)
def sweep(  # type: ignore[no-untyped-def]
    order,
    start,
    size,
    offset,
    n_days,
    n_units,
    allowed,
    may_share,
    closes,
    last_wait,
    previous,
    row_of,
    quarters,
    setup_of,
    prep,
    sensitivity,
    drop,
    tail_cost,
    tail_wait,
    prices,
    use,
    limit,
    over_price,
    hard,
    entry,
    disturbance,
    entry_cap,
    only_overbooked,
    placed,
    day,
    value,
):
    """Let the sites of `order` choose again, one after the other, at today's prices and loads; return how many did.

    `placed` 1: the plan's load is in `use` and each site's leaves it while it chooses; 2: a first plan, loads are only
    added; 0: the sites only quote their cheapest pattern, `use` stays as it is. With `only_overbooked` a site chooses
    again only if one of its cells is above its limit.
    """
    biggest = 1
    for s in order:
        biggest = max(biggest, size[s])
    width = 1 << biggest
    layers = entry_cap + 1
    best = np.empty((n_days + 1, layers, width), np.int64)
    choice = np.empty((n_days + 1, layers, width), np.int64)
    origin = np.empty((n_days + 1, layers, width), np.int64)
    cost = np.empty(width, np.int64)
    load = np.zeros((2 * biggest, width), np.int64)
    count = 0
    for s in order:
        first, k = start[s], size[s]
        if k == 0:
            continue
        if only_overbooked:
            bad = False
            for i in range(k):
                d = day[first + i]
                for column in range(2):
                    r = row_of[first + i, column]
                    if d >= 0 and r >= 0 and use[r, d] > limit[r, d]:
                        bad = True
            if not bad:
                continue
        count += 1
        if placed == 1:
            add_load(-1, first, k, row_of, quarters, setup_of, day, use)
        value[s] = solve_site(
            first,
            k,
            offset[s],
            n_days,
            n_units,
            allowed,
            may_share,
            closes,
            last_wait,
            previous,
            row_of,
            quarters,
            setup_of,
            prep,
            sensitivity[s],
            drop,
            tail_cost,
            tail_wait,
            prices,
            use,
            limit,
            over_price,
            hard,
            entry,
            disturbance,
            entry_cap,
            best,
            choice,
            origin,
            cost,
            load,
            day,
        )
        if placed > 0:
            add_load(1, first, k, row_of, quarters, setup_of, day, use)
    return count


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
