"""Ejection chains over known patterns: two or three sites exchange days until no crew is overbooked (compiled).

Where crews are used to 99 %, a site that leaves an overbooked crew-day fits nowhere unless another site makes room, and
that one may need a third. A step takes an overbooked crew-day (or a site that costs more than it should) and tries the
patterns that lessen its load. It answers each new overload with the best moves of the sites that stand there, and
repeats this once more. Of the chains that begin with one of the first few moves the best is taken, or else the next one
with a gain. A crew-day for which no chain gains gets a higher price, so that the search leaves local optima. A chain is
extended only if its gain, ignoring its last overload, is positive. Literature: Yagiura, Ibaraki and Glover, "An
ejection chain approach for the generalized assignment problem" (INFORMS Journal on Computing 16, 2004); Morris, "The
breakout method for escaping from local minima" (AAAI 1993).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numba as nb
import numpy as np

from planner.domain.case import IntArray
from planner.solve.prices.master import FloatArray
from planner.solve.prices.patterns import Pattern

FIRST, SECOND, THIRD = 32, 8, 4
"""Moves tried at each link of a chain, best first."""
WANTING = 0.2
"""Share of the steps that start at a site that costs more than it should."""
TENURE = 10
"""A site that has moved stays for up to so many steps."""
BUMP = 0.05
"""By so much, in parts of its base, an overbooked quarter-hour grows dearer when no chain pays."""
SHRINK = 0.98
"""Weights are scaled back to their mean by a little more than needed, so that not every step has to."""
LEAST = 0.05
"""Least weight, in parts of its base."""
DEAR = 2.0
FOREVER = 1 << 60


class Columns(NamedTuple):
    """P patterns of S sites, those of site s at start[s]:start[s+1]; the loads of pattern p at first[p]:first[p+1]."""

    start: IntArray
    cost: IntArray
    """[P]"""
    first: IntArray
    cell: IntArray
    """Capacity cell (row × D + day)."""
    amount: IntArray
    """Quarter-hours."""


class Standing(NamedTuple):
    """Who stands where: changed in place by the search. C cells."""

    now: IntArray
    """[S] each site's pattern."""
    use: IntArray
    """[C]"""
    there: IntArray
    """[C, N] the sites that load a cell, the first filled[c] of the row."""
    filled: IntArray
    """[C]"""
    weight: FloatArray
    """[C] what a quarter-hour above the limit costs."""


class Effort(NamedTuple):
    """How long and how hard a search looks."""

    steps: int
    tried: int
    """A step takes the best chain of its first `tried` + 1 moves, else the next that pays."""
    dear_from: float
    """The mean weight at first, in parts of the mean base."""
    dear_to: float
    """And in the end."""
    enough: int
    """A lawful standing that costs no more ends the search."""


class Chain(NamedTuple):
    """A chain's links, and room to look for more."""

    site: IntArray
    """[3]"""
    pattern: IntArray
    """[3]"""
    second: tuple[IntArray, IntArray, FloatArray]
    """Moves that may be the second link: site, pattern, change."""
    third: tuple[IntArray, IntArray, FloatArray]


def columns_of(by_site: Iterable[Iterable[Pattern]]) -> Columns:
    """Return each site's patterns as arrays."""
    start, cost, first, cell, amount = [0], [], [0], [], []
    for patterns in by_site:
        for pattern in patterns:
            cost.append(pattern.cost)
            cell += [c for c, _ in pattern.load]
            amount += [q for _, q in pattern.load]
            first.append(len(cell))
        start.append(len(cost))
    return Columns(*(np.array(part, dtype=np.int64) for part in (start, cost, first, cell, amount)))


def stand(columns: Columns, now: IntArray, cells: int, weight: FloatArray) -> Standing:
    """Return where everybody stands if site s has pattern now[s], -1 for none."""
    owner = np.repeat(np.arange(len(columns.cost)), np.diff(columns.first))
    site = np.searchsorted(columns.start, owner, side="right") - 1
    most = np.bincount(np.unique(columns.cell * len(now) + site) // len(now), minlength=cells).max(initial=1)
    standing = Standing(
        np.full(len(now), -1, dtype=np.int64),
        np.zeros(cells, dtype=np.int64),
        np.zeros((cells, most), dtype=np.int64),
        np.zeros(cells, dtype=np.int64),
        weight,
    )
    for s, p in enumerate(now.tolist()):
        if p >= 0:
            move(columns, standing, s, p)
    return standing


@nb.njit(cache=True, nogil=True)
def move(columns, standing, s, p):  # type: ignore[no-untyped-def]
    """Give site s pattern p."""
    old = standing.now[s]
    if old >= 0:
        for i in range(columns.first[old], columns.first[old + 1]):
            c = columns.cell[i]
            standing.use[c] -= columns.amount[i]
            k = 0
            while standing.there[c, k] != s:
                k += 1
            standing.filled[c] -= 1
            standing.there[c, k] = standing.there[c, standing.filled[c]]
    for i in range(columns.first[p], columns.first[p + 1]):
        c = columns.cell[i]
        standing.use[c] += columns.amount[i]
        standing.there[c, standing.filled[c]] = s
        standing.filled[c] += 1
    standing.now[s] = p


@nb.njit(cache=True, nogil=True)
def _load(columns, p, c):  # type: ignore[no-untyped-def]
    """Return what pattern p loads cell c with."""
    for i in range(columns.first[p], columns.first[p + 1]):
        if columns.cell[i] == c:
            return columns.amount[i]
    return 0


@nb.njit(cache=True, nogil=True)
def _change(columns, standing, limit, old, new):  # type: ignore[no-untyped-def]
    """Return by how much cost and overbooking change if the site of pattern `old` takes `new`."""
    change = float(columns.cost[new] - columns.cost[old])
    for i in range(columns.first[old], columns.first[old + 1]):
        c = columns.cell[i]
        above = standing.use[c] - limit[c]
        after = above - columns.amount[i] + _load(columns, new, c)
        change += standing.weight[c] * (max(0, after) - max(0, above))
    for i in range(columns.first[new], columns.first[new + 1]):
        c = columns.cell[i]
        if not _load(columns, old, c):
            above = standing.use[c] - limit[c]
            change += standing.weight[c] * (max(0, above + columns.amount[i]) - max(0, above))
    return change


@nb.njit(cache=True, nogil=True)
def _keep(found, n, site, pattern, change, s, p, d):  # type: ignore[no-untyped-def]
    """Insert a move into the first n, sorted by change; return how many there are now, at most `found`."""
    if n < found:
        i = n
        n += 1
    elif d < change[found - 1]:
        i = found - 1
    else:
        return n
    while i > 0 and change[i - 1] > d:
        site[i], pattern[i], change[i] = site[i - 1], pattern[i - 1], change[i - 1]
        i -= 1
    site[i], pattern[i], change[i] = s, p, d
    return n


@nb.njit(cache=True, nogil=True)
def _relief(columns, standing, limit, c, until, step, site, pattern, change):  # type: ignore[no-untyped-def]
    """Fill in the best moves that lessen the load of cell c, frozen ones (`until` [S] later) aside; count them."""
    n = 0
    for k in range(standing.filled[c]):
        s = standing.there[c, k]
        if until[s] > step:
            continue
        now = standing.now[s]
        load = _load(columns, now, c)
        for p in range(columns.start[s], columns.start[s + 1]):
            if p != now and _load(columns, p, c) < load:
                d = _change(columns, standing, limit, now, p)
                n = _keep(len(site), n, site, pattern, change, s, p, d)
    return n


@nb.njit(cache=True, nogil=True)
def _worst(columns, standing, limit, old, new):  # type: ignore[no-untyped-def]
    """Return the cell that the move just made from `old` to `new` overbooks most dearly, and its price; -1 for none."""
    worst, dearest = -1, 0.0
    for i in range(columns.first[new], columns.first[new + 1]):
        c = columns.cell[i]
        more = min(columns.amount[i] - _load(columns, old, c), standing.use[c] - limit[c])
        if more * standing.weight[c] > dearest:
            worst, dearest = c, more * standing.weight[c]
    return worst, dearest


@nb.njit(cache=True, nogil=True)
def _answers(columns, standing, limit, until, step, old, new, paid, best, moves):  # type: ignore[no-untyped-def]
    """Fill `moves` (site, pattern, change) with the best answers to what the move from `old` to `new` overbooks.

    Return how many there are; none where the chain, `paid` so far, does not pay even without its last overbooking.
    """
    c, price = _worst(columns, standing, limit, old, new)
    if c < 0 or paid - price >= min(best, 0.0):
        return 0
    return _relief(columns, standing, limit, c, until, step, moves[0], moves[1], moves[2])


@nb.njit(cache=True, nogil=True)
def _follow(columns, standing, limit, until, step, old, new, paid, best, chain):  # type: ignore[no-untyped-def]
    """Lengthen a chain whose first link was the move from `old` to `new`, `paid` so far, by one or two links.

    Return the best sum (below `best` if any chain was) and its length, 0 where none was; its links after the first
    are written to `chain`. (Spelt out: compiled recursion does not survive the cache.)
    """
    length = 0
    chain_site, chain_pattern, second, third = chain.site, chain.pattern, chain.second, chain.third
    site, pattern, change = second
    n = _answers(columns, standing, limit, until, step, old, new, paid, best, second)
    for j in range(n):
        s, now, kept = site[j], standing.now[site[j]], until[site[j]]
        so_far = paid + change[j]
        if so_far < best:
            best, length = so_far, 2
            chain_site[1], chain_pattern[1] = s, pattern[j]
        move(columns, standing, s, pattern[j])
        until[s] = FOREVER
        for i in range(_answers(columns, standing, limit, until, step, now, pattern[j], so_far, best, third)):
            if so_far + third[2][i] < best:
                best, length = so_far + third[2][i], 3
                chain_site[1], chain_pattern[1] = s, pattern[j]
                chain_site[2], chain_pattern[2] = third[0][i], third[1][i]
        until[s] = kept
        move(columns, standing, s, now)
    return best, length


@nb.njit(cache=True, nogil=True)
def _wanting(columns, standing, limit, floor, until, step, site, pattern, change):  # type: ignore[no-untyped-def]
    """Fill in the cheaper patterns of a random site that costs more than its `floor`; return how many."""
    n = 0
    for _ in range(200):
        s = np.random.randint(len(floor))
        now = standing.now[s]
        if now < 0 or until[s] > step or columns.cost[now] <= floor[s]:
            continue
        for p in range(columns.start[s], columns.start[s + 1]):
            if columns.cost[p] < columns.cost[now]:
                d = _change(columns, standing, limit, now, p)
                n = _keep(len(site), n, site, pattern, change, s, p, d)
        break
    return n


@nb.njit(cache=True, nogil=True)
def search(columns, standing, limit, base, floor, effort, seed, stop, best):  # type: ignore[no-untyped-def]
    """Do the steps of `effort` on `standing`; write the best patterns seen to `best` [S], return what they are worth.

    The mean weight rises in parts of the mean `base` [C]. Worth: cost, and DEAR × `dear_to` × base per overbooked
    quarter-hour. Ends early where that is enough, or once `stop` [1] is set from outside.
    """
    steps, tried, enough = effort.steps, effort.tried, effort.enough
    dear_from, dear_to = effort.dear_from, effort.dear_to
    np.random.seed(seed)
    cells = len(limit)
    until = np.zeros(len(standing.now), np.int64)
    overbooked = np.empty(cells, np.int64)
    site, pattern, change = np.empty(FIRST, np.int64), np.empty(FIRST, np.int64), np.empty(FIRST)
    second = (np.empty(SECOND, np.int64), np.empty(SECOND, np.int64), np.empty(SECOND))
    third = (np.empty(THIRD, np.int64), np.empty(THIRD, np.int64), np.empty(THIRD))
    chain_site, chain_pattern = np.empty(3, np.int64), np.empty(3, np.int64)
    chain = Chain(chain_site, chain_pattern, second, third)
    total, base_sum, weights = np.int64(0), base.sum(), standing.weight.sum()
    for s in range(len(standing.now)):
        if standing.now[s] >= 0:
            total += columns.cost[standing.now[s]]
    least = np.inf
    for step in range(steps):
        if stop[0]:
            break
        most = base_sum * dear_from * (dear_to / dear_from) ** (step / steps)
        if weights > most:
            shrink, weights = SHRINK * most / weights, 0.0
            for c in range(cells):
                standing.weight[c] = max(standing.weight[c] * shrink, LEAST * base[c])
                weights += standing.weight[c]
        n_over, worth = 0, float(total)
        for c in range(cells):
            if standing.use[c] > limit[c]:
                overbooked[n_over] = c
                n_over += 1
                worth += DEAR * dear_to * base[c] * (standing.use[c] - limit[c])
        if worth < least:
            least = worth
            best[:] = standing.now
            if not n_over and total <= enough:
                return least
        c = -1
        if n_over and np.random.random() >= WANTING:
            c = overbooked[np.random.randint(n_over)]
            n = _relief(columns, standing, limit, c, until, step, site, pattern, change)
        else:
            n = _wanting(columns, standing, limit, floor, until, step, site, pattern, change)
        pays, length = 0.0, 0
        for i in range(n):
            s, now, kept = site[i], standing.now[site[i]], until[site[i]]
            even = length == 0 and change[i] == 0.0 and np.random.random() < 0.5
            if change[i] < pays or even:
                pays, length, chain_site[0], chain_pattern[0] = change[i], 1, s, pattern[i]
            move(columns, standing, s, pattern[i])
            until[s] = FOREVER
            less, longer = _follow(columns, standing, limit, until, step, now, pattern[i], change[i], pays, chain)
            if longer:
                pays, length, chain_site[0], chain_pattern[0] = less, longer, s, pattern[i]
            until[s] = kept
            move(columns, standing, s, now)
            if pays < 0.0 and i >= tried:  # more of them are worth less than several times as many steps
                break
        for i in range(length):
            s = chain_site[i]
            total += columns.cost[chain_pattern[i]] - columns.cost[standing.now[s]]
            move(columns, standing, s, chain_pattern[i])
            until[s] = step + 2 + np.random.randint(TENURE)
        if c >= 0 and not length:
            standing.weight[c] += BUMP * base[c]
            weights += BUMP * base[c]
    return least
