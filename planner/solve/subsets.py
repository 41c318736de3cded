"""What depends on a subset of a site's tasks alone, worked out once for every subset of every site (compiled)."""

from __future__ import annotations

import numba as nb
import numpy as np

from planner.domain.case import DAY_QUARTERS


@nb.njit(cache=True)
def _longest_stay(m, first, k, unit, quarters, setup_of):  # type: ignore[no-untyped-def]
    """Return the longest stay of a unit if subset m is one visit, in quarter-hours."""
    longest = np.int64(0)
    for i in range(k):
        if m >> i & 1:
            stay = setup_of[first + i]
            for h in range(k):
                if m >> h & 1 and unit[first + h] == unit[first + i]:
                    stay += quarters[first + h]
            longest = max(longest, stay)
    return longest


@nb.njit(cache=True)
def _later_visits(m, first, k, order, parent, alone, later_from, later_to, fewest):  # type: ignore[no-untyped-def]
    """Return how many later visits subset m needs; `fewest` has the numbers of all smaller subsets.

    As `planner.checks.objective.later_visits_of`: the task whose window ends first (`order`) is served on that date,
    with all of its agency, or with all that may come with anyone, whose windows have begun.
    """
    n = 0
    while not m >> order[n] & 1:
        n += 1
    one = order[n]
    own, open_to_all = np.int64(0), np.int64(0)
    for i in range(k):
        if m >> i & 1 and later_from[first + i] <= later_to[first + one]:
            if parent[first + i] == parent[first + one]:
                own |= 1 << i
            if not alone[first + i]:
                open_to_all |= 1 << i
    count = fewest[m ^ own]
    if not alone[first + one]:
        count = min(count, fewest[m ^ open_to_all])
    return 1 + count


@nb.njit(cache=True)
def fill_subsets(  # type: ignore[no-untyped-def]
    start,
    size,
    offset,
    parent,
    one_group,
    joint,
    fire,
    follows,
    unannounced,
    opted_in,
    listed,
    outside_hours,
    longest,
    unit,
    quarters,
    setup_of,
    alone,
    rival,
    later_from,
    later_to,
    most_agencies,
    shares,
    closes,
    later,
):
    """Fill `shares`, `closes` and `later` [B]; see `SiteArrays`.

    `one_group` [T] is the task's group if that is visited on one date only, else NONE.
    """
    fewest = np.zeros(1 << (size.max() if len(size) else 0), np.int64)
    for s in range(len(size)):
        first, k, base = start[s], size[s], offset[s]
        complete = start[s + 1] - first == k
        full = (1 << k) - 1
        order = np.argsort(later_to[first : first + k])
        for m in range(1, full + 1):
            agencies = 0
            has_fire, has_follower, secret, unwilling = False, False, False, False
            whole, waits, most = True, True, DAY_QUARTERS
            for i in range(k):
                t = first + i
                if not m >> i & 1:
                    continue
                new = True
                for h in range(i):
                    if m >> h & 1 and parent[first + h] == parent[t]:
                        new = False
                agencies += new
                has_fire |= fire[t]
                has_follower |= follows[t]
                secret |= unannounced[t]
                unwilling |= listed[s] and not opted_in[t]
                waits &= later_to[t] > 0 and m & rival[t] == 0
                if outside_hours[t]:
                    most = min(most, longest[s])
                for h in range(k):
                    if joint[t] >= 0 and joint[first + h] == joint[t] and not m >> h & 1:
                        whole = False
                    if one_group[t] >= 0 and one_group[first + h] == one_group[t]:
                        closes[base + m] |= 1 << h
            fits = _longest_stay(m, first, k, unit, quarters, setup_of) <= most
            company = agencies == 1 or not (secret or unwilling)
            few = most_agencies == 0 or agencies <= most_agencies
            complete_enough = not complete or (whole and (has_fire or not has_follower))
            shares[base + m] = few and fits and company and complete_enough
            if waits:
                fewest[m] = _later_visits(m, first, k, order, parent, alone, later_from, later_to, fewest)
            later[base + m] = fewest[m] if waits and (whole or not complete) else -1


@nb.njit(cache=True)
def fill_allowed(  # type: ignore[no-untyped-def]
    window_lo, window_hi, pinned, site_of, blackout, staffed, alone, unit_of, skill_row_of, capacity, group_of, quota,
    needed, barred_start, barred, allowed,
):  # fmt: skip
    """Fill `allowed` [T, D]. `barred` [N, 3] are stretches of days (from, to, but not this one) of each group.

    `alone` [T] are the quarter-hours of a visit for the task alone: a day whose crews have fewer is none, unless the
    task is pinned to it.
    """
    for t in range(len(window_lo)):
        g = group_of[t]
        if g >= 0 and quota[g] < 1 and not needed[t]:
            continue
        unit, skill = unit_of[t], skill_row_of[t]
        for d in range(max(0, window_lo[t]), window_hi[t] + 1):
            crewed = capacity[unit, d] >= alone[t] and (skill < 0 or capacity[skill, d] >= alone[t])
            allowed[t, d] = staffed[t, d] and (pinned[t] > 0 or (crewed and not blackout[site_of[t], d]))
        if g >= 0:
            for n in range(barred_start[g], barred_start[g + 1]):
                for d in range(barred[n, 0], barred[n, 1]):
                    if d != barred[n, 2]:
                        allowed[t, d] = False


@nb.njit(cache=True)
def keep_meeting(start, size, offset, allowed, shares):  # type: ignore[no-untyped-def]
    """Take from `shares` [B] what no day allows together."""
    for s in range(len(size)):
        first, k, base = start[s], size[s], offset[s]
        meets = np.zeros(1 << k, np.bool_)
        before = -1
        for d in range(allowed.shape[1]):
            mask = 0
            for i in range(k):
                if allowed[first + i, d]:
                    mask |= 1 << i
            if mask == before:
                continue
            before = sub = mask
            while sub:
                meets[sub] = True
                sub = (sub - 1) & mask
        for m in range(1, 1 << k):
            shares[base + m] &= meets[m]
