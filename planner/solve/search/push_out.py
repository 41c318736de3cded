"""Ruin and recreate: a site takes the days it wants, and the sites that it displaces choose again in turn (compiled).

Where large cases leave tasks out, no single site can gain any more, but a few sites together often can. A step draws a
site with a left-out task, or one that costs more than it should. It gives that site the cheapest pattern at prices
drawn from a few, removes other sites from the crew-days that this overbooks, and lets each of these choose the cheapest
pattern in the free time. A worse outcome is kept with a probability that falls during the search. Literature: Schrimpf
et al., "Record breaking optimization results using the ruin and recreate principle" (Journal of Computational Physics
159, 2000).
"""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np

from planner.domain.case import BoolArray, IntArray
from planner.solve.search.swaps import relink
from planner.solve.site.kernel import add_load, solve_site
from planner.solve.site.kernel_args import Market, site_at
from planner.solve.site.sweeps import ENTRY, Board, Sweeper
from planner.solve.site.values import measure_site

LEFT_OUT_FIRST = 0.7
"""Share of the steps that start at a task that is left out, where one is."""
PICKED_FROM = 20
"""Every other time it is the dearest of so many."""
MOST = 10
"""Sites in a step, at most."""
HEAT = (ENTRY, ENTRY / 10)
"""A step that is worse by so much is kept in one of three cases, at first and in the end."""
MILD, NOISE = (0.5, 0.7, 0.9) * 3, ENTRY // 10
"""Prices of a step: such parts of the plan's, and up to so much a quarter-hour at random."""


class Cooling(NamedTuple):
    """How long the search is, and what it forgives."""

    seed: int
    steps: int
    warm: float
    """A step that is worse by so much, in kernel units, is kept in one of three cases at first."""
    cool: float
    """And so in the end."""


class Wishes(NamedTuple):
    """Who wishes for what. T tasks, S sites, R capacity rows, D days."""

    movable: BoolArray
    """[S] only these sites move: of no more tasks than the kernel sees."""
    least_of: IntArray
    """[S] what the site's days would cost, were crews free."""
    site_of: IntArray
    """[T]"""
    bank: IntArray
    """[K, R, D] the prices drawn from."""


class Standing(NamedTuple):
    """Days and what they cost, changed in place by the search."""

    day: IntArray
    """[T]"""
    value: IntArray
    """[S] what each site's days cost."""
    best: IntArray
    """[T] the best days seen."""


@nb.njit(cache=True, nogil=True)
def _list_left_out(s, start, day, out, place, n_out):  # type: ignore[no-untyped-def]
    """Bring site s's tasks into or off the list `out` of left-out tasks, `place` in it; return how many it has now."""
    for t in range(start[s], start[s + 1]):
        if day[t] == -1 and place[t] < 0:
            out[n_out], place[t] = t, n_out
            n_out += 1
        elif day[t] != -1 and place[t] >= 0:
            n_out -= 1
            out[place[t]] = out[n_out]
            place[out[n_out]] = place[t]
            place[t] = -1
    return n_out


@nb.njit(cache=True, nogil=True)
def _someone(cell, r, column, head, following, row_of, site_of, fixed):  # type: ignore[no-untyped-def]
    """Return a random site with a task on the cell that loads row r, none of those that are `fixed` [S]; -1 if none."""
    count, chosen, t = 0, -1, head[cell]
    while t >= 0:
        if row_of[t, column] == r and not fixed[site_of[t]]:
            count += 1
            if np.random.randint(count) == 0:
                chosen = site_of[t]
        t = following[t]
    return chosen


@nb.njit(cache=True, nogil=True)
def ruin_and_recreate(  # type: ignore[no-untyped-def]
    cooling, wishes, shape, lawful, gaps, later_visits, loads, costs, market, standing
):
    """Do the steps of `cooling` on the lawful days of `standing`; write the best days seen to its `best`.

    All sites of a step choose at the same prices, drawn from the bank of `wishes`; those of `market` are not asked.
    """
    seed, steps, warm, cool = cooling.seed, cooling.steps, cooling.warm, cooling.cool
    movable, least_of, site_of, bank = wishes.movable, wishes.least_of, wishes.site_of, wishes.bank
    start, size, drop = shape.start, shape.size, costs.drop
    use, limit, n_units, n_days = market.use, market.limit, market.n_units, market.limit.shape[1]
    day, value, best = standing.day, standing.value, standing.best
    np.random.seed(seed)
    head = np.full(n_units * n_days, -1, np.int64)
    following, leading = np.full(len(day), -1, np.int64), np.full(len(day), -1, np.int64)
    cell_of = np.full(len(day), -1, np.int64)
    out, place, n_out = np.empty(len(day), np.int64), np.full(len(day), -1, np.int64), 0
    total = np.int64(0)
    fixed, row_of = ~movable, loads.row_of
    for s in range(len(size)):
        relink(s, start, cell_of, head, following, leading, day, row_of, n_days)
        if movable[s]:
            n_out = _list_left_out(s, start, day, out, place, n_out)
            total += value[s]
    least = total
    best[:] = day
    gone, worth = np.empty(MOST, np.int64), np.empty(MOST, np.int64)
    before = np.empty((MOST, size.max()), np.int64)
    for step in range(steps):
        s = np.random.randint(len(size))
        if n_out and np.random.random() < LEFT_OUT_FIRST:
            t = out[np.random.randint(n_out)]
            for _ in range(np.random.randint(2) * PICKED_FROM):
                other = out[np.random.randint(n_out)]
                if drop[other] > drop[t]:
                    t = other
            s = site_of[t]
        elif not movable[s] or value[s] == least_of[s]:
            continue
        prices = bank[np.random.randint(len(bank))]
        gone[0], n_gone, done, fits = s, 1, 0, True
        held, found = np.int64(0), np.int64(0)
        allowance = -warm * (cool / warm) ** (step / steps) * np.log(np.random.random())
        # The first takes its wish, whoever stands there; the others are found on the way and come after it.
        while done < n_gone and fits:
            s = gone[done]
            f, k = start[s], size[s]
            if done == 0:
                fixed[s] = True
                before[0, :k] = day[f : f + k]
                worth[0] = value[s]
                held += value[s]
                add_load(-1, f, k, loads, day, use)
            site = site_at(s, shape, gaps)
            solve_site(site, lawful, gaps, loads, costs, Market(prices, use, limit, n_units, 0, done > 0), day)
            value[s] = measure_site(site, k, gaps, later_visits, loads, costs, day)
            add_load(1, f, k, loads, day, use)
            found += value[s]
            done += 1
            if done == 1:
                for t in range(f, f + k):
                    for column in range(row_of.shape[1]):
                        r = row_of[t, column]
                        while fits and day[t] >= 0 and r >= 0 and use[r, day[t]] > limit[r, day[t]]:
                            cell = row_of[t, 0] * n_days + day[t]
                            other = _someone(cell, r, column, head, following, row_of, site_of, fixed)
                            fits = other >= 0 and n_gone < MOST
                            if fits:
                                gone[n_gone], worth[n_gone], fixed[other] = other, value[other], True
                                g, n = start[other], size[other]
                                before[n_gone, :n] = day[g : g + n]
                                add_load(-1, g, n, loads, day, use)
                                held += value[other]
                                n_gone += 1
            fits = fits and found <= held + allowance
        for i in range(n_gone):
            s = gone[i]
            f, k = start[s], size[s]
            if not fits:
                if i < done:
                    add_load(-1, f, k, loads, day, use)
                day[f : f + k] = before[i, :k]
                value[s] = worth[i]
                add_load(1, f, k, loads, day, use)
            else:
                relink(s, start, cell_of, head, following, leading, day, row_of, n_days)
                n_out = _list_left_out(s, start, day, out, place, n_out)
            fixed[s] = False
        if fits:
            total += found - held
            if total < least:
                least = total
                best[:] = day


def ruin(
    sweeper: Sweeper, board: Board, sites: IntArray, prices: IntArray, rng: np.random.Generator, steps: int
) -> None:
    """Better the lawful `board` in `steps`; `prices` [R, D] are those it was made at."""
    a, c = sweeper.arrays, sweeper.case
    movable = np.zeros(len(c.sites), dtype=np.bool_)
    movable[sites[np.diff(c.start)[sites] > 0]] = True
    noise = rng.integers(0, NOISE, size=(len(MILD), *prices.shape))
    bank = np.stack([np.rint(prices * part).astype(np.int64) for part in MILD]) + noise
    value, best = sweeper.measure(board.day), board.day.copy()
    ruin_and_recreate(
        Cooling(int(rng.integers(1 << 31)), steps, *HEAT), Wishes(movable, sweeper.quote()[0], c.site_of, bank),
        a.shape, a.lawful, a.gaps, a.later_visits, a.loads, sweeper.costs, sweeper.market(board, prices, hard=True),
        Standing(board.day, value, best),
    )  # fmt: skip
    board.day[:] = best
    board.use[:] = sweeper.load_of(np.arange(len(c.sites), dtype=np.int64), best)
