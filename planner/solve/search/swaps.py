"""Swaps of whole visits: an overload of a quarter-hour or two moves to where a longer visit makes room for it.

Where crews are used to the last quarter-hour no single site can move, but two can exchange places. For a crew
overbooked on some day the search draws visits of its unit there, other days for them, and visits of the same unit on
those days, and takes the best of the shifts and swaps seen, ties at random (min-conflicts; Minton et al., Artificial
Intelligence 58, 1992). Visits stay whole and each keeps to its site's lawful days, so entries never change.
"""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np

from planner.domain.case import NONE, IntArray
from planner.solve.site.sweeps import Board, Sweeper
from planner.solve.site.visits import is_first_on, load_on

PARTNERS = 6
"""Visits tried as the other half of a swap."""
DRAWS = 300
"""Shifts and swaps looked at for one overbooked crew-day."""
PATIENCE = 100
"""Steps per movable site without less overbooking after which none is to be hoped for."""


class Crews(NamedTuple):
    """What crews there are and what is taken of them. U units, R capacity rows, D days."""

    half_of: IntArray
    """[U] the half-day row of each unit, or below 0."""
    use: IntArray
    """[R, D] quarter-hours taken."""
    limit: IntArray
    """[R, D] quarter-hours there are."""


@nb.njit(cache=True, nogil=True)
def _over_change(sign, s, d, start, loads, day, use, limit, weight):  # type: ignore[no-untyped-def]
    """Add (1) or take out (-1) site s's visit of day d in `use`; return how much more is above the limits."""
    change = np.int64(0)
    for t in range(start[s], start[s + 1]):
        if day[t] != d:
            continue
        for column in range(loads.row_of.shape[1]):
            r = loads.row_of[t, column]
            if r < 0 or not is_first_on(t, column, start[s], loads, day):
                continue
            q = load_on(t, column, start[s + 1], loads, day)
            before = max(0, use[r, d] - limit[r, d])
            use[r, d] += sign * q
            change += (max(0, use[r, d] - limit[r, d]) - before) * weight[r, d]
    return change


@nb.njit(cache=True, nogil=True)
def _move(s, d, to, start, loads, day, use, limit, weight):  # type: ignore[no-untyped-def]
    """Move site s's visit from day d to day `to` in `day` and `use`; return how much more is above the limits."""
    change = _over_change(-1, s, d, start, loads, day, use, limit, weight)
    for t in range(start[s], start[s + 1]):
        if day[t] == d:
            day[t] = to
    return change + _over_change(1, s, to, start, loads, day, use, limit, weight)


@nb.njit(cache=True, nogil=True)
def _may_move(s, d, to, start, allowed, day):  # type: ignore[no-untyped-def]
    """Return whether site s's visit of day d may be on day `to` instead, where the site has none."""
    for t in range(start[s], start[s + 1]):  # noqa: SIM110 - numba compiles no all() over a generator
        if day[t] == to or (day[t] == d and not allowed[t, to]):
            return False
    return True


@nb.njit(cache=True, nogil=True)
def relink(s, start, cell_of, head, following, leading, day, row_of, n_days):  # type: ignore[no-untyped-def]
    """Bring site s's tasks to the lists of the cells (unit, day) that they are on now."""
    for t in range(start[s], start[s + 1]):
        cell = row_of[t, 0] * n_days + day[t] if day[t] >= 0 else -1
        if cell == cell_of[t]:
            continue
        if cell_of[t] >= 0:
            if leading[t] >= 0:
                following[leading[t]] = following[t]
            else:
                head[cell_of[t]] = following[t]
            if following[t] >= 0:
                leading[following[t]] = leading[t]
        cell_of[t] = cell
        leading[t] = -1
        if cell >= 0:
            following[t] = head[cell]
            if head[cell] >= 0:
                leading[head[cell]] = t
            head[cell] = t


@nb.njit(cache=True, nogil=True)
def _members(cell, head, following, movable, site_of, found):  # type: ignore[no-untyped-def]
    """Fill `found` with the sites of `movable` [S] on the cell; return how many (a site once for each of its tasks)."""
    n = 0
    t = head[cell]
    while t >= 0 and n < len(found):
        if movable[site_of[t]]:
            found[n] = site_of[t]
            n += 1
        t = following[t]
    return n


@nb.njit(cache=True, nogil=True)
def _is_over(r, half, d, use, limit):  # type: ignore[no-untyped-def]
    """Return whether unit r's crews are overbooked on day d, by their hours or by their half-days, row `half`."""
    return use[r, d] > limit[r, d] or (half >= 0 and use[half, d] > limit[half, d])


@nb.njit(cache=True, nogil=True)
def swap_visits(  # type: ignore[no-untyped-def]
    seed, steps, draws, start, site_of, allowed, loads, movable, day, crews
):
    """Repair overbooked crew-days of units by shifts and swaps, `steps` at most; return what stays above the limits.

    `draws` shifts and swaps are looked at for each, the best is taken; only `movable` [S] sites move. `day` [T] and the
    use of `crews` are changed in place.
    """
    half_of, use, limit = crews.half_of, crews.use, crews.limit
    np.random.seed(seed)
    n_days, n_units, row_of = allowed.shape[1], len(half_of), loads.row_of
    head = np.full(n_units * n_days, -1, np.int64)
    following = np.full(len(day), -1, np.int64)
    leading = np.full(len(day), -1, np.int64)
    cell_of = np.full(len(day), -1, np.int64)
    for s in range(len(start) - 1):
        relink(s, start, cell_of, head, following, leading, day, row_of, n_days)
    here, there = np.empty(2000, np.int64), np.empty(2000, np.int64)
    cells = np.empty(n_units * n_days, np.int64)
    weight = np.ones(limit.shape, np.int64)
    least, patience, step = np.maximum(use - limit, 0).sum(), PATIENCE * movable.sum(), 0
    hopeless = patience
    while step < min(steps, hopeless):
        left = np.maximum(use - limit, 0).sum()
        if left < least:
            least, hopeless = left, step + patience
        n_cells = 0
        for r in range(n_units):
            for d in range(n_days):
                if _is_over(r, half_of[r], d, use, limit):
                    cells[n_cells] = r * n_days + d
                    n_cells += 1
        if n_cells == 0:
            break
        for n in np.random.permutation(n_cells):
            step += 1
            r, d = cells[n] // n_days, cells[n] % n_days
            if not _is_over(r, half_of[r], d, use, limit):
                continue
            n_here = _members(cells[n], head, following, movable, site_of, here)
            if n_here == 0:
                continue
            lowest, ties = np.int64(1), 0
            site, to, other = -1, -1, -1
            for _ in range(draws):
                s = here[np.random.randint(n_here)]
                e = np.random.randint(n_days)
                if e == d or not _may_move(s, d, e, start, allowed, day):
                    # Windows are narrow: draw a day from the window of the visit's first task instead.
                    first = -1
                    for t in range(start[s], start[s + 1]):
                        if day[t] == d and first < 0:
                            first = t
                    e = d + np.random.randint(61) - 30
                    if e < 0 or e >= n_days or e == d or not allowed[first, e]:
                        continue
                    if not _may_move(s, d, e, start, allowed, day):
                        continue
                change = _move(s, d, e, start, loads, day, use, limit, weight)
                partner = -1
                if change > 0:
                    n_there = _members(r * n_days + e, head, following, movable, site_of, there)
                    alone = change
                    for _ in range(min(PARTNERS, n_there)):
                        b = there[np.random.randint(n_there)]
                        if b != s and _may_move(b, e, d, start, allowed, day):
                            both = alone + _move(b, e, d, start, loads, day, use, limit, weight)
                            _move(b, d, e, start, loads, day, use, limit, weight)
                            if both < change:
                                partner, change = b, both
                _move(s, e, d, start, loads, day, use, limit, weight)
                if change < lowest:
                    lowest, ties = change, 1
                    site, to, other = s, e, partner
                elif change == lowest and site >= 0:
                    ties += 1
                    if np.random.randint(ties) == 0:
                        site, to, other = s, e, partner
            if lowest >= 0:
                weight[r, d] += 1
                if half_of[r] >= 0:
                    weight[half_of[r], d] += 1
            if site < 0:
                continue
            _move(site, d, to, start, loads, day, use, limit, weight)
            relink(site, start, cell_of, head, following, leading, day, row_of, n_days)
            if other >= 0:
                _move(other, to, d, start, loads, day, use, limit, weight)
                relink(other, start, cell_of, head, following, leading, day, row_of, n_days)
    return np.maximum(use - limit, 0).sum()


def swap(sweeper: Sweeper, board: Board, sites: IntArray, rng: np.random.Generator, steps: int) -> int:
    """Swap visits of `sites` on `board` until nothing is overbooked or `steps` are done; return what is left of it.

    Sites with pins, waiting tasks, or gaps between several dates stay where they are.
    """
    case, a = sweeper.case, sweeper.arrays
    movable = np.zeros(len(case.sites), dtype=np.bool_)
    movable[sites] = a.gaps.start[sites] == a.gaps.start[sites + 1]
    movable[case.site_of[(case.columns.pinned > 0) | (board.day < -1)]] = False
    half_of = np.full(len(case.units), NONE, dtype=np.int64)
    np.maximum.at(half_of, case.unit_of, case.half_row_of)
    over: int = swap_visits(
        int(rng.integers(1 << 31)), steps, DRAWS, case.start, case.site_of, a.allowed, a.loads, movable, board.day,
        Crews(half_of, board.use, case.plan_capacity),
    )  # fmt: skip
    return over
