"""The compiled kernel: one site's cheapest lawful pattern, by labels over days × subsets of its tasks.

A label is a lawful choice of visits up to some day. Labels with the same decided tasks (done, or closed because their
domain's one date has passed) differ only in cost and in when a group with several dates may be visited again. Most
sites therefore keep one label for each set; sites where gaps bind keep the few that no other dominates. All costs are
whole numbers, so a bound that is summed from them is exact. Literature: label setting after Desrochers and Soumis, "A
generalized permanent labelling algorithm" (INFOR 26, 1988); negotiated congestion after McMurchie and Ebeling,
"PathFinder" (FPGA 1995); the bound is Lagrange's, see Fisher, "The Lagrangian relaxation method" (Management Science
27, 1981).
"""

from __future__ import annotations

import numba as nb
import numpy as np

from planner.solve.site.kernel_args import site_at
from planner.solve.site.visits import (
    DEAR,
    INF,
    fill_bottom,
    is_first_on,
    load_on,
    may_follow,
    price_visits,
    table_after,
    table_of,
    tail_level,
)

MOST_KINDS = 63
"""A label keeps a bit for each kind of day."""


@nb.njit(cache=True)
def _grown(table):  # type: ignore[no-untyped-def]
    """Return `table` with twice the rows."""
    return np.concatenate((table, np.empty_like(table)))


@nb.njit(cache=True, nogil=True)
def _visits_below(k, dims, ceiling, least, cost, bottom, visit_from):  # type: ignore[no-untyped-def]
    """Return subsets and costs of the visits that may be part of a pattern up to `ceiling`, by day, larger sets first.

    Those of day d stand at `visit_from` [d] to [d + 1]. Where no gap ties dates to each other, k days at the least cost
    are enough for a subset: the pattern's other visits cannot take them all, and earlier ones are kinder to who waits.
    """
    full, n_days = (1 << k) - 1, cost.shape[1]
    visit_from[:] = 0
    wanted, n = np.empty(full, np.int64), 0
    until = np.empty(full, np.int64)
    for sub in range(full, 0, -1):
        most = min(ceiling - bottom[full & ~sub], DEAR - 1)
        if least[sub] > most:
            continue
        seen, d = 0, 0
        while d < n_days and (dims or seen < k):
            if cost[sub, d] <= most:
                visit_from[d + 1] += 1
                seen += cost[sub, d] == least[sub]
            d += 1
        wanted[n], until[n] = sub, d
        n += 1
    for d in range(n_days):
        visit_from[d + 1] += visit_from[d]
    subs, costs = np.empty(visit_from[n_days], np.int64), np.empty(visit_from[n_days], np.int64)
    place = visit_from[:-1].copy()
    for w in range(n):
        sub = wanted[w]
        most = min(ceiling - bottom[full & ~sub], DEAR - 1)
        for d in range(until[w]):
            if cost[sub, d] <= most:
                subs[place[d]], costs[place[d]] = sub, cost[sub, d]
                place[d] += 1
    return subs, costs


@nb.njit(cache=True, nogil=True)
def _number_days(visit_from, subs, costs, kind):  # type: ignore[no-untyped-def]
    """Fill `kind` [D]: a number from 0 for days with the same visits at the same costs; -1 beyond MOST_KINDS."""
    first, mark = np.empty(MOST_KINDS, np.int64), np.empty(len(kind), np.int64)
    found = 0
    for d in range(len(kind)):
        start, n, kind[d] = visit_from[d], visit_from[d + 1] - visit_from[d], -1
        mark[d] = n
        for v in range(start, start + n):
            mark[d] = 1_000_003 * mark[d] + 4_099 * subs[v] + costs[v]
        for c in range(found if n else 0):
            other = visit_from[first[c]]
            same = mark[first[c]] == mark[d] and visit_from[first[c] + 1] - other == n
            for v in range(n if same else 0):
                same &= subs[start + v] == subs[other + v] and costs[start + v] == costs[other + v]
            if same:
                kind[d] = c
                break
        if n and kind[d] < 0 and found < MOST_KINDS:
            first[found], kind[d] = d, found
            found += 1


@nb.njit(cache=True, nogil=True)
def _cheapest(  # type: ignore[no-untyped-def]
    site, dim_to, told, lawful, gaps, loads, costs, market, day
):
    """Write the cheapest pattern's days, as `solve_site`, by the site's groups up to `dim_to`.

    With `told` these say what the dates leave to what waits; without, it needs what windows ask for.

    Each visit on its cheapest day of all gives a bound on what undecided tasks still cost; most often it is met. A
    label that cannot end below a ceiling goes; the ceiling starts at the bound and is lifted until a pattern ends below
    it, which then is the cheapest. So only visits that can be part of such a pattern are looked at.
    """
    first, k, base, dim_from = site.first, site.k, site.base, site.dim_from
    closes, last_wait, ordinals = lawful.closes, lawful.last_wait, gaps.ordinals
    drop, tail_cost, tail_wait = costs.drop, costs.tail_cost, costs.tail_wait
    full, n_days = (1 << k) - 1, lawful.allowed.shape[1]
    dims = dim_to - dim_from
    cost = np.empty((full + 1, n_days), np.int64)
    least = np.empty(full + 1, np.int64)
    price_visits(site, lawful, loads, costs, market, cost, least)
    bottom = np.empty(full + 1, np.int64)
    fill_bottom(k, base, least, tail_cost, bottom)
    # A label: decided tasks (its list), cost, the visit that made it, the kinds of days that it was asked on (a bit
    # each); per group with several dates, a state (see `may_follow`).
    room = 64 << (k // 2)
    head = np.empty(full + 1, np.int64)
    label_cost = np.empty(room, np.int64)
    label_from = np.empty(room, np.int64)
    label_sub = np.empty(room, np.int64)
    label_day = np.empty(room, np.int64)
    label_next = np.empty(room, np.int64)
    label_asked = np.empty(room, np.int64)
    label_state = np.empty((room if dims else 0, 2 * dims), np.int64)
    state = np.zeros(2 * dims, np.int64)
    visit_from, kind = np.empty(n_days + 1, np.int64), np.empty(n_days, np.int64)
    unit = max(costs.entry, bottom[full] >> 5, 16)
    ceiling, step = bottom[full], unit >> 4
    while True:
        visit_sub, visit_cost = _visits_below(k, dims, ceiling, least, cost, bottom, visit_from)
        _number_days(visit_from, visit_sub, visit_cost, kind)
        head[:] = -1
        head[0] = 0
        label_cost[0] = 0
        label_next[0] = -1
        label_from[0] = -1
        if dims:
            label_state[0] = 0
        label_asked[0] = 0
        settled = np.int64(0)
        n = 1
        for d in range(n_days):
            if visit_from[d] == visit_from[d + 1]:
                continue
            # What a label leads to on one day need not be asked again on a later day with the same visits at the same
            # costs, which frees nobody sooner.
            like = np.int64(1) << kind[d] if kind[d] >= 0 else np.int64(0)
            if settled & like:
                continue
            known, all_free = n, True
            today = ordinals[d]
            # From full sets down: a visit only ever leads to a larger set, so no label made today is used today.
            for done in range(full - 1, -1, -1):
                label = head[done]
                while label >= 0:
                    if label_asked[label] & like:
                        label = label_next[label]
                        continue
                    label_asked[label] |= like
                    for g in range(dims):
                        if label_state[label, 2 * g] > today:  # on a later day of the kind it may lead to more
                            label_asked[label] &= ~like
                            all_free = False
                    for v in range(visit_from[d], visit_from[d + 1]):
                        sub = visit_sub[v]
                        if sub & done or closes[base + sub] & done:
                            continue
                        c = label_cost[label] + visit_cost[v]
                        if c + bottom[full & ~done & ~sub] > ceiling:
                            continue
                        after = done | sub
                        stranded = closes[base + sub] & ~sub
                        if stranded:
                            for i in range(k):
                                if stranded >> i & 1 and last_wait[first + i] < d:
                                    c += drop[first + i]
                                    after |= 1 << i
                        follows = may_follow(sub, after, d, dim_from, dims, gaps, label_state, label, state)
                        if follows:
                            # Labels of one set that are no cheaper, no sooner free and no less visited are of no use.
                            before = -1
                            other = head[after]
                            while other >= 0:
                                better = label_cost[other] <= c
                                worse = c <= label_cost[other]
                                for g in range(dims):
                                    ready, count = label_state[other, 2 * g], label_state[other, 2 * g + 1]
                                    if ready <= today:
                                        ready = 0
                                    better &= ready <= state[2 * g] and count <= state[2 * g + 1]
                                    worse &= state[2 * g] <= ready and state[2 * g + 1] <= count
                                if better:
                                    follows = False
                                    break
                                if worse:
                                    if before < 0:
                                        head[after] = label_next[other]
                                    else:
                                        label_next[before] = label_next[other]
                                else:
                                    before = other
                                other = label_next[other]
                        if follows:
                            if n == len(label_cost):
                                label_cost, label_from = _grown(label_cost), _grown(label_from)
                                label_sub, label_day = _grown(label_sub), _grown(label_day)
                                label_next, label_asked = _grown(label_next), _grown(label_asked)
                                if dims:
                                    label_state = _grown(label_state)
                            label_cost[n] = c
                            label_from[n] = label
                            label_sub[n] = sub
                            label_day[n] = d
                            label_asked[n] = 0
                            label_next[n] = head[after]
                            head[after] = n
                            if dims:
                                label_state[n] = state
                            n += 1
                    label = label_next[label]
            if n > known:
                settled = np.int64(0)
            elif all_free:
                settled |= like
        value, end, waiting = INF, 0, 0
        for m in range(full + 1):
            label = head[m]
            while label >= 0:
                rest = full & ~m
                c = label_cost[label]
                for g in range(dims):
                    if not gaps.bars_waiting[dim_from + g]:
                        continue
                    ready, count, quota = (
                        label_state[label, 2 * g],
                        label_state[label, 2 * g + 1],
                        gaps.quota[dim_from + g],
                    )
                    for i in range(k):
                        kept = count and count + 1 > quota and gaps.needs_quota[first + i]
                        barred = kept or ready > gaps.later_to[first + i]
                        if barred and rest & gaps.mask[dim_from + g] & 1 << i:
                            rest &= ~(1 << i)
                            c += drop[first + i]
                number = np.int64(0)
                for g in range(dims):
                    if told and gaps.stride[dim_from + g]:
                        ready, count = label_state[label, 2 * g], label_state[label, 2 * g + 1]
                        number += tail_level(dim_from + g, ready, count, gaps)
                tail = rest + (table_of(number, base, k, dim_from, gaps) if number else base)
                c += tail_cost[tail]
                if c < value:
                    value, end, waiting = c, label, tail_wait[tail]
                label = label_next[label]
        if value <= ceiling:
            break
        ceiling = bottom[full] + step if step < 8 * unit else INF
        step *= 18
    for i in range(k):
        day[first + i] = -2 if waiting >> i & 1 else -1
    while label_from[end] >= 0:
        for i in range(k):
            if label_sub[end] >> i & 1:
                day[first + i] = label_day[end]
        end = label_from[end]
    return value


@nb.njit(cache=True, nogil=True)
def solve_site(site, lawful, gaps, loads, costs, market, day):  # type: ignore[no-untyped-def]
    """Write the days of a site's cheapest pattern to `day` [T] and return its cost, in kernel units.

    Days: an index, -1 left out, -2 waits (as in planner.domain.plan).

    What waits is first taken to need what windows ask for, which never is too many; where that is true of the cheapest
    pattern's dates, none is cheaper. Only where it is not, dates are looked at with what they leave to what waits.
    """
    binding, tangled = site.dim_from, False
    for q in range(site.dim_from, site.dim_to):
        binding += gaps.binding[q]
        tangled |= gaps.stride[q] > 0
    value = _cheapest(site, binding, False, lawful, gaps, loads, costs, market, day)
    if tangled:
        first, k, base = site.first, site.k, site.base
        waiting = 0
        for i in range(k):
            if day[first + i] == -2:
                waiting |= 1 << i
        table = table_after(site, gaps, day)
        if costs.tail_cost[table + waiting] != costs.tail_cost[base + waiting]:
            value = _cheapest(site, site.dim_to, True, lawful, gaps, loads, costs, market, day)
        else:
            for i in range(k):
                if waiting >> i & 1 and not costs.tail_wait[table + waiting] >> i & 1:
                    day[first + i] = -1
    return value


@nb.njit(cache=True)
def add_load(sign, first, k, loads, day, use):  # type: ignore[no-untyped-def]
    """Add (sign 1) or take out (sign -1) the load of one site's tasks in `use` [R, D]."""
    for i in range(k):
        t = first + i
        d = day[t]
        if d < 0:
            continue
        for column in range(loads.row_of.shape[1]):
            r = loads.row_of[t, column]
            if r >= 0 and is_first_on(t, column, first, loads, day):
                use[r, d] += sign * load_on(t, column, first + k, loads, day)


@nb.njit(cache=True)
def add_loads(sites, start, loads, day, use):  # type: ignore[no-untyped-def]
    """Add the loads of the tasks of `sites` to `use` [R, D]."""
    for s in sites:
        add_load(1, start[s], start[s + 1] - start[s], loads, day, use)


@nb.njit(cache=True, nogil=True)
def sweep(turn, shape, lawful, gaps, loads, costs, market, day, value):  # type: ignore[no-untyped-def]
    """Let the sites of `turn` choose again, one after the other, at today's prices and loads; return how many did.

    Their days are written to `day` [T], what these cost to `value` [S].
    """
    only_overbooked, placed = turn.only_overbooked, turn.placed
    use, limit = market.use, market.limit
    count = 0
    for s in turn.order:
        site = site_at(s, shape, gaps)
        first, k = site.first, site.k
        if k == 0:
            continue
        if only_overbooked:
            bad = False
            for i in range(k):
                d = day[first + i]
                for column in range(loads.row_of.shape[1]):
                    r = loads.row_of[first + i, column]
                    if d >= 0 and r >= 0 and use[r, d] > limit[r, d]:
                        bad = True
            if not bad:
                continue
        count += 1
        if placed == 1:
            add_load(-1, first, k, loads, day, use)
        value[s] = solve_site(site, lawful, gaps, loads, costs, market, day)
        if placed > 0:
            add_load(1, first, k, loads, day, use)
    return count
