"""Costs of each site's days and of the ends of its patterns, compiled, on all levels of the objective."""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np

from planner.domain.case import BoolArray, IntArray
from planner.solve.site.kernel_args import site_at
from planner.solve.site.visits import fire_mask, table_after

INF = np.int64(1) << np.int64(60)


class Ends(NamedTuple):
    """What the end of a pattern costs, in kernel units."""

    later_visits: IntArray
    """[B + more] as in `SiteArrays`."""
    drop: IntArray
    """[T] per left-out task."""
    entry: int
    """Per later visit."""
    fire: BoolArray
    """[T] of the fire service."""
    fire_alone: int
    """Where fire waits."""


@nb.njit(cache=True)
def fill_tails(start, size, offset, ends, cost, wait):  # type: ignore[no-untyped-def]
    """Fill `cost` and `wait` [B]: for each left-over subset the cheapest split into waiting and left-out tasks."""
    later_visits, drop, entry = ends.later_visits, ends.drop, ends.entry
    for s in range(len(size)):
        k, base, first = size[s], offset[s], start[s]
        fires = fire_mask(first, k, ends.fire)
        for m in range(1 << k):
            best = INF
            choice = 0
            q = m
            while True:
                if later_visits[base + q] >= 0:
                    c = later_visits[base + q] * entry + (ends.fire_alone if q & fires else 0)
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


@nb.njit(cache=True, nogil=True)
def measure_site(site, n, gaps, later_visits, loads, costs, day):  # type: ignore[no-untyped-def]
    """Return what the days of a site's n tasks cost in kernel units, on all levels.

    `later_visits` [B + more] as in `SiteArrays`; waiting at sites of more tasks than the kernel sees counts 0.
    """
    first, k = site.first, site.k
    drop, entry, sensitivity = costs.drop, costs.entry, costs.sensitivity[site.number]
    total = np.int64(0)
    waiting = 0
    for i in range(n):
        d = day[first + i]
        if d == -1:
            total += drop[first + i]
        elif d == -2:
            waiting |= 1 << i
    if waiting and n <= k:
        table = table_after(site, gaps, day)
        total += later_visits[table + waiting] * entry
    fire_waits = False
    for i in range(n):
        fire_waits |= costs.fire[first + i] and day[first + i] == -2
    if fire_waits:
        total += costs.fire_alone
    for i in range(n):
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
        has_fire, alone, body = False, True, np.int64(-1)
        for j in range(i, n):
            if day[first + j] != d:
                continue
            has_fire |= costs.fire[first + j]
            if costs.company[first + j] >= 0:
                if body >= 0 and costs.company[first + j] != body:
                    alone = False
                body = costs.company[first + j]
            unit = loads.row_of[first + j, 0]
            own = loads.setup_of[first + j]
            for h in range(i, n):
                if day[first + h] == d and loads.row_of[first + h, 0] == unit:
                    own += loads.quarters[first + h]
            stay = max(stay, own)
        total += entry + costs.disturbance * (costs.prep + stay) * sensitivity[d]
        if has_fire and alone:
            total += costs.fire_alone
    return total


@nb.njit(cache=True)
def measure(sites, shape, gaps, later_visits, loads, costs, day, value):  # type: ignore[no-untyped-def]
    """Fill `value` [S] at `sites` with what their days cost, on all levels."""
    for s in sites:
        n = shape.start[s + 1] - shape.start[s]
        value[s] = measure_site(site_at(s, shape, gaps), n, gaps, later_visits, loads, costs, day)
