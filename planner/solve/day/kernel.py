"""Compiled search over the start times of one day.

State: a start for each visit. Its value: the stays of each unit are given, in order of time, to the unit's crews; then
stays without a crew, quarter-hours in quiet hours and changes of town are counted, compared in this order. A move gives
one visit another start. Worse states are accepted with falling probability (simulated annealing) by a weighted sum,
which lets the search exchange one count for another; the best state is kept by the order alone. All numbers are whole
and all choices come from the seed, so the same day gives the same times.

The clock is stretched: the break is made as long as the travel between two towns. One rule then covers both halves:
between visits in different towns at least `travel` quarters pass.
"""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np

from planner.domain.case import IntArray

UNPLACED, QUIET = 40, 40
"""What a quarter-hour of work without a crew and a unit of quiet hours weigh on the way; a change of town weighs 1."""
LAST_HEAT = 0.12
TRIES = 40
RANK = 1_000_000
"""Base of the order: unplaced, then quiet hours, then changes, as digits of one number."""


class DayArrays(NamedTuple):
    """One day. V visits, Y stays sorted by unit, U units, K crews sorted by unit; offsets have one entry more."""

    option_of_visit: IntArray
    """[V+1] offsets into `option` and `quiet`."""
    option: IntArray
    """Starts that are lawful for the visit, on the stretched clock."""
    quiet: IntArray
    """What each option costs."""
    stays_of_visit: IntArray
    """[V+1] offsets into `stay_at`."""
    stay_at: IntArray
    """Stays, visit by visit."""
    visit: IntArray
    """[Y]"""
    unit: IntArray
    """[Y]"""
    length: IntArray
    """[Y] quarter-hours."""
    town: IntArray
    """[Y]"""
    need: IntArray
    """[Y] bits of the skills asked."""
    weight: IntArray
    """[Y] what it weighs if it finds no crew, in quarter-hours."""
    stays_of_unit: IntArray
    """[U+1]"""
    crews_of_unit: IntArray
    """[U+1]"""
    skills: IntArray
    """[K, 2] bits of the skills that the crew has in each half; -1 where there is no such crew then."""
    through: IntArray
    """[K] 1 where the crew may work across the break."""
    noon: int
    """Where the morning ends on the clock."""
    travel: int
    """Quarters between towns; the afternoon begins at noon + travel."""


@nb.njit(cache=True, nogil=True)
def hand_out(unit, start, order, d, crew):  # type: ignore[no-untyped-def]
    """Hand the unit's stays to its crews, earliest first; write `crew` [Y]. Return (weight unplaced, town changes).

    A crew in the same town that has been free the shortest goes first, then one that has not been out yet, then the one
    that has been free longest; among equals skills that others need are spared.
    """
    low, high = d.crews_of_unit[unit], d.crews_of_unit[unit + 1]
    free = np.zeros(high - low, dtype=np.int64)
    town = np.full(high - low, -1, dtype=np.int64)
    unplaced = 0
    changes = 0
    for n in range(d.stays_of_unit[unit], d.stays_of_unit[unit + 1]):
        y = order[n]
        begin = start[d.visit[y]]
        end = begin + d.length[y]
        across = begin < d.noon and end > d.noon
        if across:
            end += d.travel
        half = 0 if begin < d.noon else 1
        best = -1
        best_worth = np.int64(-1)
        for k in range(high - low):
            skills = d.skills[low + k, half]
            if skills < 0 or d.need[y] & ~skills or (across and d.through[low + k] == 0):
                continue
            wait = begin - free[k]
            if town[k] == d.town[y]:
                if wait < 0:
                    continue
                worth = 300 - wait
            elif town[k] < 0:
                worth = 200
            else:
                if wait < d.travel:
                    continue
                worth = 100 + wait
            spare = 0
            extra = skills & ~d.need[y]
            while extra:
                extra &= extra - 1
                spare += 1
            worth = worth * 64 - spare
            if worth > best_worth:
                best_worth = worth
                best = k
        crew[y] = best
        if best < 0:
            unplaced += d.weight[y]
            continue
        if town[best] >= 0 and town[best] != d.town[y]:
            changes += 1
        town[best] = d.town[y]
        free[best] = end
    return unplaced, changes


@nb.njit(cache=True, nogil=True)
def sort_unit(unit, start, order, d):  # type: ignore[no-untyped-def]
    """Sort the unit's part of `order` [Y] by start, then by what is hardest to place; it is nearly sorted before."""
    low, high = d.stays_of_unit[unit], d.stays_of_unit[unit + 1]
    for n in range(low + 1, high):
        y = order[n]
        key = (start[d.visit[y]] * 64 + (0 if d.need[y] else 32) - d.length[y]) * 65536 + y
        m = n - 1
        while m >= low:
            z = order[m]
            if (start[d.visit[z]] * 64 + (0 if d.need[z] else 32) - d.length[z]) * 65536 + z <= key:
                break
            order[m + 1] = z
            m -= 1
        order[m + 1] = y


@nb.njit(cache=True, nogil=True)
def hand_out_all(start, order, d, crew):  # type: ignore[no-untyped-def]
    """Hand out every unit's stays; write `crew` [Y]. Return (weight unplaced, town changes)."""
    unplaced = 0
    changes = 0
    for u in range(len(d.stays_of_unit) - 1):
        sort_unit(u, start, order, d)
        one = hand_out(u, start, order, d, crew)
        unplaced += one[0]
        changes += one[1]
    return unplaced, changes


@nb.njit(cache=True, nogil=True)
def anneal(choice, d, moves, seed, heat, enough_quiet, enough_changes):  # type: ignore[no-untyped-def]
    """Improve `choice` [V] (index into `option`) by `moves` moves, in place. Return (unplaced, quiet, changes).

    `heat` is what the search begins with, in the weights' unit. It stops where nothing is unplaced and the rest is no
    more than what is enough.
    """
    np.random.seed(seed)
    n_visits, n_units = len(choice), len(d.stays_of_unit) - 1
    start = np.empty(n_visits, dtype=np.int64)
    quiet = 0
    free = np.empty(n_visits, dtype=np.int64)
    n_free = 0
    for v in range(n_visits):
        start[v] = d.option[choice[v]]
        quiet += d.quiet[choice[v]]
        if d.option_of_visit[v + 1] - d.option_of_visit[v] > 1:
            free[n_free] = v
            n_free += 1
    order = np.arange(len(d.visit))
    crew = np.empty(len(d.visit), dtype=np.int64)
    short = np.empty(n_units, dtype=np.int64)
    change = np.empty(n_units, dtype=np.int64)
    for u in range(n_units):
        sort_unit(u, start, order, d)
        short[u], change[u] = hand_out(u, start, order, d, crew)
    new_short, new_change = short.copy(), change.copy()
    all_short, all_change = short.sum(), change.sum()
    best = (all_short * RANK + quiet) * RANK + all_change
    enough = enough_quiet * RANK + enough_changes
    best_choice = choice.copy()
    cooling = (LAST_HEAT / heat) ** (1.0 / max(moves, 1))
    for _ in range(moves):
        heat *= cooling
        if n_free == 0 or best <= enough:
            break
        v = free[np.random.randint(n_free)]
        if all_short and np.random.randint(2):
            # A stay without a crew is sought; `crew` may be of a move that was taken back, which does no harm here.
            for _ in range(TRIES):
                y = np.random.randint(len(crew))
                if crew[y] < 0 and d.option_of_visit[d.visit[y] + 1] - d.option_of_visit[d.visit[y]] > 1:
                    v = d.visit[y]
                    break
        low, high = d.option_of_visit[v], d.option_of_visit[v + 1]
        old = choice[v]
        new = low + np.random.randint(high - low - 1)
        if new >= old:
            new += 1
        if np.random.randint(3) > 0:
            # Next to another stay of the same unit in the same town, where there is such a start.
            y = d.stay_at[d.stays_of_visit[v] + np.random.randint(d.stays_of_visit[v + 1] - d.stays_of_visit[v])]
            u = d.unit[y]
            z = d.stays_of_unit[u] + np.random.randint(d.stays_of_unit[u + 1] - d.stays_of_unit[u])
            if z != y and d.town[z] == d.town[y]:
                at = start[d.visit[z]]
                wanted = at + d.length[z] if np.random.randint(2) else at - d.length[y]
                for o in range(low, high):
                    if d.option[o] == wanted:
                        new = o
        if new == old:
            continue
        start[v] = d.option[new]
        more_quiet = d.quiet[new] - d.quiet[old]
        more_short = 0
        more_change = 0
        for n in range(d.stays_of_visit[v], d.stays_of_visit[v + 1]):
            u = d.unit[d.stay_at[n]]
            sort_unit(u, start, order, d)
            new_short[u], new_change[u] = hand_out(u, start, order, d, crew)
            more_short += new_short[u] - short[u]
            more_change += new_change[u] - change[u]
        worse = more_short * UNPLACED + more_quiet * QUIET + more_change
        if worse <= 0 or np.random.random() < np.exp(-worse / heat):
            choice[v] = new
            quiet += more_quiet
            all_short += more_short
            all_change += more_change
            for n in range(d.stays_of_visit[v], d.stays_of_visit[v + 1]):
                u = d.unit[d.stay_at[n]]
                short[u], change[u] = new_short[u], new_change[u]
            rank = (all_short * RANK + quiet) * RANK + all_change
            if rank < best:
                best = rank
                best_choice[:] = choice
        else:
            start[v] = d.option[old]
            for n in range(d.stays_of_visit[v], d.stays_of_visit[v + 1]):
                sort_unit(d.unit[d.stay_at[n]], start, order, d)
    choice[:] = best_choice
    quiet = 0
    for v in range(n_visits):
        start[v] = d.option[choice[v]]
        quiet += d.quiet[choice[v]]
    all_short, all_change = hand_out_all(start, order, d, crew)
    return all_short, quiet, all_change
