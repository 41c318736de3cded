"""Values that depend on a subset of a site's tasks alone, computed once for every subset of every site (compiled)."""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np

from planner.domain.case import DAY_QUARTERS, BoolArray, IntArray


class TaskFacts(NamedTuple):
    """What the rules on visits ask of each task, all [T]."""

    parent: IntArray
    """Its agency."""
    one_group: IntArray
    """Its group if that is visited on one date only, else NONE."""
    joint: IntArray
    """Its joint group, or NONE."""
    fire: BoolArray
    follows: BoolArray
    """Comes along with fire only."""
    unannounced: BoolArray
    opted_in: BoolArray
    outside_hours: BoolArray
    unit: IntArray
    quarters: IntArray
    setup_of: IntArray
    """Quarter-hours of its unit's set-up."""
    alone: BoolArray
    """Takes no other agency along."""
    later_from: IntArray
    """First and last date (ordinals) on which it can be done after the month; 0: it cannot wait."""
    later_to: IntArray


class Subsets(NamedTuple):
    """What is filled in, all [B]; see `SiteArrays`."""

    may_share: BoolArray
    closes: IntArray
    later_visits: IntArray


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
def fill_subsets(shape, facts, listed, longest, most_agencies, subsets):  # type: ignore[no-untyped-def]
    """Fill the arrays of `subsets`.

    `listed` [S] are the sites at which only who has opted in may join, `longest` [S] the quarter-hours that a visit
    outside business hours can last, `most_agencies` how many a visit may have, 0 for any number.
    """
    start, size, offset = shape.start, shape.size, shape.offset
    parent, one_group, joint, later_to = facts.parent, facts.one_group, facts.joint, facts.later_to
    fire, follows, unannounced, opted_in = facts.fire, facts.follows, facts.unannounced, facts.opted_in
    outside_hours, unit, quarters, setup_of = facts.outside_hours, facts.unit, facts.quarters, facts.setup_of
    alone, later_from = facts.alone, facts.later_from
    shares, closes, later = subsets.may_share, subsets.closes, subsets.later_visits
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
                waits &= later_to[t] > 0
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
