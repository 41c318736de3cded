"""Compiled search: the stays of one unit, month-wide, on routes of its crews. A route is what one crew does in a day.

State: each stay is on a route or out. A stay on a route begins at the first of its lawful starts that the route leaves
it, with the way from the town before. A move takes a stay that is out, or on a day that costs something, and puts it
into the cheapest gap of any route; where there is none it takes the place of another stay, which then looks for one
itself (ejection chains; Glover, "Ejection chains, reference structures and alternating path methods for traveling
salesman problems", Discrete Applied Mathematics 65, 1996). A chain that ends dearer than it began is taken back. All
numbers are whole and all choices come from the seed, so the same arguments give the same routes.
"""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np

from planner.domain.case import DAY_QUARTERS, IntArray

NONE = -1


class Routes(NamedTuple):
    """N stays, D days, R routes sorted by day. The clock is stretched by the way between towns over the break."""

    town: IntArray
    """[N]"""
    length: IntArray
    """[N] quarter-hours."""
    out: IntArray
    """[N] what it costs to leave the stay out."""
    cost: IntArray
    """[N, D] what the day costs; NONE where the stay may not be then."""
    starts: IntArray
    """[N, D] bit q: the stay may begin at quarter q of that day."""
    route_of_day: IntArray
    """[D+1] offsets into the routes."""
    opens: IntArray
    """[R] where the route begins on the clock."""
    closes: IntArray
    """[R]"""
    noon: int
    travel: int


class State(NamedTuple):
    """Where the stays are."""

    route: IntArray
    """[R, quarters of a day] stays in order of time."""
    size: IntArray
    """[R]"""
    place: IntArray
    """[N] route; NONE: out."""


@nb.njit(cache=True, nogil=True)
def walked(route, size, r, d, a):  # type: ignore[no-untyped-def]
    """Return whether the first `size` stays of `route` can be done one after the other on route `r` of day `d`."""
    free, town = a.opens[r], NONE
    for n in route[:size]:
        ready = free if town in (NONE, a.town[n]) else free + a.travel
        begin = NONE
        for q in range(DAY_QUARTERS):
            if a.starts[n, d] >> q & 1 and q + (a.travel if q >= a.noon else 0) >= ready:
                begin = q
                break
        if begin < 0:
            return False
        end = begin + a.length[n]
        free = end + (a.travel if end > a.noon else 0)
        if free > a.closes[r]:
            return False
        town = a.town[n]
    return True


@nb.njit(cache=True, nogil=True)
def _gap(n, without, route, size, r, d, trial, a):  # type: ignore[no-untyped-def]
    """Return where on the route stay `n` fits, NONE where it does not; the stay at position `without` is not there."""
    rest = 0
    for k in range(size):
        if k != without:
            trial[rest] = route[k]
            rest += 1
    if rest == len(trial):
        return NONE
    for k in range(rest, 0, -1):
        trial[k] = trial[k - 1]
    trial[0] = n
    for at in range(rest + 1):
        if walked(trial, rest + 1, r, d, a):
            return at
        if at < rest:
            trial[at], trial[at + 1] = trial[at + 1], n
    return NONE


@nb.njit(cache=True, nogil=True)
def _put(n, at, without, r, now):  # type: ignore[no-untyped-def]
    """Put stay `n` on route `r` at position `at` of what is left without position `without`."""
    route, size, place = now
    if without >= 0:
        place[route[r, without]] = NONE
        for k in range(without, size[r] - 1):
            route[r, k] = route[r, k + 1]
        size[r] -= 1
    if at >= 0:
        for k in range(size[r], at, -1):
            route[r, k] = route[r, k - 1]
        route[r, at] = n
        size[r] += 1
        place[n] = r


@nb.njit(cache=True, nogil=True)
def _chain(n, most, depth, noise, day, now, moved, a):  # type: ignore[no-untyped-def]
    """Find a place for stay `n`, which is out, and for those that give way; return what all of it costs.

    The last one takes a gap only where the whole chain then costs less than `most`.
    """
    route, size, _ = now
    cost, trial = 0, np.zeros(DAY_QUARTERS, dtype=np.int64)
    moved[:] = False
    for _ in range(depth):
        moved[n] = True
        best, best_at, best_r, best_out, dearest = np.int64(1) << 60, NONE, NONE, NONE, most - cost
        for d in range(a.cost.shape[1]):
            if a.cost[n, d] < 0 or a.cost[n, d] >= dearest:
                continue
            for r in range(a.route_of_day[d], a.route_of_day[d + 1]):
                at = _gap(n, NONE, route[r], size[r], r, d, trial, a)
                if at >= 0:
                    best_at, best_r, dearest = at, r, a.cost[n, d]
                    break
        if best_r >= 0:
            _put(n, best_at, NONE, best_r, now)
            return cost + dearest
        for d in range(a.cost.shape[1]):
            for r in range(a.route_of_day[d], a.route_of_day[d + 1] if a.cost[n, d] >= 0 else 0):
                for k in range(size[r]):
                    other = route[r, k]
                    worth = a.cost[n, d] - a.cost[other, d] + np.random.randint(noise)
                    if moved[other] or worth >= best:
                        continue
                    at = _gap(n, k, route[r], size[r], r, d, trial, a)
                    if at >= 0:
                        best, best_at, best_r, best_out = worth, at, r, k
        if best_r < 0:
            break
        other, d = route[best_r, best_out], day[best_r]
        cost += a.cost[n, d] - a.cost[other, d]
        _put(n, best_at, best_out, best_r, now)
        n = other
    return cost + a.out[n]


@nb.njit(cache=True, nogil=True)
def search_routes(wanted, steps, depth, noise, seed, a):  # type: ignore[no-untyped-def]
    """Return the day [N] of each stay, NONE where it is out, after `steps` chains of at most `depth` stays.

    `wanted` [N] are the days where each is put first, in order. `noise` widens the choice of who gives way.
    """
    np.random.seed(seed)
    stays, routes = len(a.town), len(a.opens)
    now = State(
        np.full((routes, DAY_QUARTERS), NONE, dtype=np.int64),
        np.zeros(routes, dtype=np.int64),
        np.full(stays, NONE, dtype=np.int64),
    )
    day, trial = np.zeros(routes, dtype=np.int64), np.zeros(DAY_QUARTERS, dtype=np.int64)
    for d in range(a.cost.shape[1]):
        day[a.route_of_day[d] : a.route_of_day[d + 1]] = d
    for n in range(stays):
        d = wanted[n]
        for r in range(a.route_of_day[d], a.route_of_day[d + 1] if d >= 0 else 0):
            at = _gap(n, NONE, now.route[r], now.size[r], r, d, trial, a)
            if at >= 0:
                _put(n, at, NONE, r, now)
                break
    moved = np.zeros(stays, dtype=np.bool_)
    for _ in range(steps):
        n = _next(now.place, day, a)
        if n < 0:
            break
        kept = State(now.route.copy(), now.size.copy(), now.place.copy())
        before = a.out[n]
        if now.place[n] >= 0:
            r = now.place[n]
            before = a.cost[n, day[r]]
            for k in range(now.size[r]):
                if now.route[r, k] == n:
                    _put(n, NONE, k, r, now)
                    break
        if _chain(n, before, depth, noise, day, now, moved, a) >= before:
            now = kept
    found = np.full(stays, NONE, dtype=np.int64)
    for n in range(stays):
        if now.place[n] >= 0:
            found[n] = day[now.place[n]]
    return found


@nb.njit(cache=True, nogil=True)
def _next(place, day, a):  # type: ignore[no-untyped-def]
    """Return a stay that is out, one time in four one whose day costs something; NONE where there is neither."""
    stays = len(place)
    dear, begin = np.random.randint(4) == 0, np.random.randint(stays) if stays else 0
    found = NONE
    for k in range(stays):
        n = (begin + k) % stays
        out = place[n] < 0
        if out or a.cost[n, day[place[n]]] > 0:
            found = n
            if out != dear:
                break
    return found
