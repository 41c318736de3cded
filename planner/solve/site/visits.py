"""Load and cost of each visit of a site, and when the next may follow: the kernel's rules on visits (compiled)."""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np

from planner.domain.case import DAY_QUARTERS, Case, IntArray

INF = np.int64(1) << np.int64(60)
DEAR = np.int64(1) << np.int64(55)
"""A visit on a day that is not there for it costs so much or more, and less than INF, whatever all its rows lack."""


class Loads(NamedTuple):
    """What tasks load: `row_of` [T, 2 or 3] capacity rows, `quarters` and `setup_of` [T], and half-day rows.

    From row `plain` on a stay counts what `weights` [H, 25] say of it, before it as many quarters as it lasts.
    """

    row_of: IntArray
    quarters: IntArray
    setup_of: IntArray
    plain: int
    weights: IntArray

    def part(self, part: slice) -> Loads:
        """Return the loads of some tasks."""
        return self._replace(row_of=self.row_of[part], quarters=self.quarters[part], setup_of=self.setup_of[part])


def loads_by_task(case: Case) -> Loads:
    """Lay out what the tasks of `case` load."""
    weights = [row.weights for row in case.half_rows]
    table = np.array(weights, dtype=np.int64).reshape(len(weights), DAY_QUARTERS + 1)
    setup_of = case.setup[case.unit_of].astype(np.int64)
    return Loads(case.row_of, case.quarters.astype(np.int64), setup_of, len(case.rows), table)


@nb.njit(cache=True)
def loaded(row, stay, loads):  # type: ignore[no-untyped-def]
    """Return what a stay takes of a capacity row, as `Case.loaded`."""
    return stay if row < loads.plain else loads.weights[row - loads.plain, min(stay, DAY_QUARTERS)]


@nb.njit(cache=True)
def load_on(t, column, end, loads, day):  # type: ignore[no-untyped-def]
    """Return what the tasks from t up to `end` on t's day, in t's row of `column`, take of the row as one visit."""
    row, stay = loads.row_of[t, column], loads.setup_of[t]
    for u in range(t, end):
        if day[u] == day[t] and loads.row_of[u, column] == row:
            stay += loads.quarters[u]
    return loaded(row, stay, loads)


@nb.njit(cache=True)
def is_first_on(t, column, start, loads, day):  # type: ignore[no-untyped-def]
    """Return whether t is the first task from `start` on that is on its day and in its row of `column`."""
    row = loads.row_of[t, column]
    for u in range(start, t):  # noqa: SIM110 - numba compiles no any() over a generator
        if day[u] == day[t] and loads.row_of[u, column] == row:
            return False
    return True


@nb.njit(cache=True)
def site_rows(first, k, row_of, rows, masks):  # type: ignore[no-untyped-def]
    """Fill `rows` and `masks` with the capacity rows of the first k tasks at `first`; return how many, units first."""
    n = 0
    for column in range(row_of.shape[1]):
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
def part_load(part, first, k, loads):  # type: ignore[no-untyped-def]
    """Return the quarter-hours that the tasks of `part`, all of one capacity row, stay: the set-up once."""
    total, set_up = np.int64(0), np.int64(0)
    for i in range(k):
        if part >> i & 1:
            total += loads.quarters[first + i]
            set_up = loads.setup_of[first + i]
    return total + set_up


@nb.njit(cache=True)
def fire_mask(first, k, fire):  # type: ignore[no-untyped-def]
    """Return the tasks of the fire service among k tasks from `first` on, a bit for each."""
    mask = np.int64(0)
    for i in range(k):
        mask |= np.int64(fire[first + i]) << i
    return mask


@nb.njit(cache=True)
def of_one_body(m, first, k, company):  # type: ignore[no-untyped-def]
    """Return whether the tasks of subset m are all of one agency, those with NONE in `company` [T] aside."""
    body = np.int64(-1)
    for i in range(k):
        if m >> i & 1 and company[first + i] >= 0:
            if body >= 0 and company[first + i] != body:
                return False
            body = company[first + i]
    return True


@nb.njit(cache=True, nogil=True)
def price_visits(  # type: ignore[no-untyped-def]
    site, lawful, loads, costs, market, cost, least
):
    """Fill `cost` [2**k, D] with what a visit of each subset of a `Site` costs on each day, in kernel units; `least`
    [2**k] with its cheapest.

    Both are DEAR or more where no such visit is lawful. Each row's part of the subset is priced once for all days, in
    loops over the days alone, and added to the subsets that have that part of it.
    """
    first, k, base = site.first, site.k, site.base
    allowed, may_share = lawful.allowed, lawful.may_share
    prices, use, limit, n_units = market.prices, market.use, market.limit, market.n_units
    over_price, hard = market.over_price, market.hard
    entry, disturbance, prep, sensitivity = costs.entry, costs.disturbance, costs.prep, costs.sensitivity[site.number]
    full, n_days = (1 << k) - 1, allowed.shape[1]
    room = k * loads.row_of.shape[1]
    rows, masks = np.empty(room, np.int64), np.empty(room, np.int64)
    n_rows = site_rows(first, k, loads.row_of, rows, masks)
    stay = np.zeros(full + 1, np.int64)
    line = np.empty(n_days, np.int64)
    for m in range(full + 1):
        least[m] = DEAR
        if may_share[base + m]:
            cost[m] = 0
    for j in range(n_rows):
        r, others, part = rows[j], full & ~masks[j], masks[j]
        while part:
            own = part_load(part, first, k, loads)
            q = loaded(r, own, loads)
            for d in range(n_days):
                line[d] = prices[r, d] * q
            if hard:
                for d in range(n_days):
                    line[d] += DEAR if use[r, d] + q > limit[r, d] else 0
            elif over_price:
                for d in range(n_days):
                    line[d] += min(max(use[r, d] + q - limit[r, d], 0), q) * over_price
            rest = others
            while True:
                m = part | rest
                if may_share[base + m]:
                    if r < n_units:
                        stay[m] = max(stay[m], own)
                    for d in range(n_days):
                        cost[m, d] += line[d]
                if rest == 0:
                    break
                rest = (rest - 1) & others
            part = (part - 1) & masks[j]
    may = np.zeros(n_days, np.int64)
    for i in range(k):
        for d in range(n_days):
            may[d] |= np.int64(allowed[first + i, d]) << i
    fires = fire_mask(first, k, costs.fire) if site.whole and costs.fire_alone else np.int64(0)
    for m in range(1, full + 1):
        if not may_share[base + m]:
            continue
        fixed = entry
        if m & fires and of_one_body(m, first, k, costs.company):
            fixed += costs.fire_alone
        disturbs = disturbance * (prep + stay[m])
        lowest = DEAR
        for d in range(n_days):
            c = cost[m, d] + fixed + disturbs * sensitivity[d]
            if may[d] & m != m:
                c = DEAR
            cost[m, d] = c
            lowest = min(lowest, c)
        least[m] = lowest


@nb.njit(cache=True, nogil=True)
def fill_bottom(k, base, least, tail_cost, bottom):  # type: ignore[no-untyped-def]
    """Fill `bottom` [2**k]: what a set of undecided tasks costs at least, each visit on its cheapest day of all.

    It leaves out what ties visits to each other: that each takes a day of its own, gaps, and dates that have passed.
    """
    for m in range(1 << k):
        best = tail_cost[base + m]
        sub = m
        while sub:
            if least[sub] < DEAR:
                best = min(best, least[sub] + bottom[m & ~sub])
            sub = (sub - 1) & m
        bottom[m] = best


@nb.njit(cache=True)
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
            counts = quota and sub & gaps.counted[dim_from + g]
            if ready > today or (counts and count >= quota):
                return False
            ready = gaps.ready_after[gaps.ready_row[dim_from + g], d]
            if counts:
                count += 1
        if ready <= today:
            ready = 0
        if members & ~after == 0:
            ready, count = 0, 0
        state[2 * g], state[2 * g + 1] = ready, count
    return True


@nb.njit(cache=True)
def tail_level(q, ready, dates, gaps):  # type: ignore[no-untyped-def]
    """Return what group q adds to the number of its site's table of tails, `ready` and `dates` being its state."""
    level, levels = np.int64(0), gaps.level_start[q + 1] - gaps.level_start[q]
    for n in range(gaps.level_start[q], gaps.level_start[q + 1]):
        level += ready > gaps.levels[n]
    return gaps.stride[q] * (level + (levels + 1) * min(dates, gaps.most_dates[q]))


@nb.njit(cache=True)
def table_of(number, base, k, q, gaps):  # type: ignore[no-untyped-def]
    """Return where the table of tails with this number begins, at the site of group q whose first begins at `base`."""
    return base if number == 0 else gaps.tables[q] + ((number - 1) << k)


@nb.njit(cache=True)
def table_after(site, gaps, day):  # type: ignore[no-untyped-def]
    """Return where the table of tails of a `Site` begins that its days ask for."""
    first, k, base, dim_from = site.first, site.k, site.base, site.dim_from
    number = np.int64(0)
    for q in range(dim_from, site.dim_to):
        if not gaps.stride[q]:
            continue
        ready, dates = np.int64(0), np.int64(0)
        for i in range(k):
            d = day[first + i]
            if d < 0 or not gaps.mask[q] >> i & 1:
                continue
            ready = max(ready, gaps.ready_after[gaps.ready_row[q], d])
            new = gaps.counted[q] >> i & 1
            for h in range(i):
                if gaps.counted[q] >> h & 1 and day[first + h] == d:
                    new = 0
            dates += new
        number += tail_level(q, ready, dates, gaps)
    return base if number == 0 else table_of(number, base, k, dim_from, gaps)
