"""One site's open tasks, optimised exactly within the crew time that all other sites leave.

It uses the month's kernel on one site. Published tasks have one day only, and tasks that are asked for have the days
asked for; subsets that must not, or must, share a visit are removed. All rules of the match therefore hold without
being written a second time, and the answer is a proven optimum.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numba as nb
import numpy as np

from planner.checks.certificate import PINNED_COST
from planner.domain.case import BoolArray, IntArray
from planner.domain.plan import LEFT_OUT
from planner.operations.book import Book
from planner.solve.site import kernel
from planner.solve.site import values as site_values
from planner.solve.site.kernel_args import Costs, Lawful, Market, Site
from planner.solve.site.sweeps import ENTRY
from planner.solve.site.visits import loaded, may_follow, part_load, site_rows


@dataclass(frozen=True, eq=False)
class SiteAnswer:
    """The best pattern of a site. `cost` is (left out, entries now and later, disturbance), compared in that order.

    `left_out` is in kernel units (priorities weighted by strength), `disturbance` in quarter-hours times sensitivity.
    `day` [k] are its days, as in `planner.domain.plan`. `moved` are tasks with a draft day that they do not keep.
    """

    left_out: int
    entries: int
    disturbance: int
    day: IntArray
    moved: int

    @property
    def value(self) -> int:
        """The cost in one number, in kernel units."""
        return self.left_out + self.entries * ENTRY + self.disturbance

    @property
    def cost(self) -> tuple[int, int, int]:
        """What patterns are compared by."""
        return self.left_out, self.entries, self.disturbance


@nb.njit(cache=True)
def _fill_lawful(window, must, held, visits, gaps, loads, use, limit, found):  # type: ignore[no-untyped-def]
    """Fill `found` [D]: days of `window` (its ends) on which all of `must` (a bit each) can come at once.

    `visits`, `gaps` and `loads` are of the site alone, `use` and `limit` [R, D] quarter-hours. `held` [k] are the days
    of what is published, or below 0; whatever else there is stays away. So each day has one pattern, and the rules of
    the kernel's visits are asked of it, visit by visit.
    """
    k, allowed, may_share, closes = len(held), visits.allowed, visits.may_share, visits.closes
    dim_from = gaps.start[0]
    dims = gaps.start[1] - dim_from
    room = k * loads.row_of.shape[1]
    rows, masks = np.empty(room, np.int64), np.empty(room, np.int64)
    n_rows = site_rows(0, k, loads.row_of, rows, masks)
    fixed, n_held = must, 0
    held_day, held_sub = np.empty(k, np.int64), np.zeros(k, np.int64)
    for i in range(k):
        if held[i] >= 0:
            fixed |= 1 << i
            place = 0
            while place < n_held and held_day[place] < held[i]:
                place += 1
            if place == n_held or held_day[place] > held[i]:
                for n in range(n_held, place, -1):
                    held_day[n], held_sub[n] = held_day[n - 1], held_sub[n - 1]
                held_day[place], held_sub[place] = held[i], 0
                n_held += 1
            held_sub[place] |= 1 << i
    state = np.zeros((1, 2 * dims), np.int64)
    for d in range(window[0], window[1] + 1):
        lawful = True
        for i in range(k):
            if must >> i & 1:
                lawful &= allowed[i, d]
        state[:] = 0
        done, visit, asked = 0, 0, False
        while lawful and (visit < n_held or not asked):
            if asked or (visit < n_held and held_day[visit] < d):
                on, sub = held_day[visit], held_sub[visit]
                visit += 1
            else:
                on, sub, asked = d, must, True
                if visit < n_held and held_day[visit] == d:
                    sub |= held_sub[visit]
                    visit += 1
            stranded = closes[sub] & ~sub
            after = done | sub | stranded
            lawful = may_share[sub] and not closes[sub] & done and not stranded & fixed
            for j in range(n_rows if lawful else 0):
                part = sub & masks[j]
                if part:
                    q = loaded(rows[j], part_load(part, 0, k, loads), loads)
                    lawful &= use[rows[j], on] + q <= limit[rows[j], on]
            lawful = lawful and may_follow(sub, after, on, dim_from, dims, gaps, state, 0, state[0])
            done = after
        found[d] = lawful


def _count(bits: IntArray) -> IntArray:
    """Return how many bits are set in each of `bits`."""
    return np.bitwise_count(bits).astype(np.int64)


class SiteQuestion:
    """One site of a book as it stands, for questions. Task i of the site is bit i, and index `first` + i of the book.

    `hidden` are tasks (indexes in the book) that whoever asks must not learn of: they are taken for absent.
    The kernel holds all tasks of the site: `site.model.question_of` chooses.
    """

    def __init__(self, book: Book, site: int, hidden: frozenset[int] = frozenset()) -> None:
        a, c = book.arrays, book.case
        first, k = int(c.start[site]), int(a.kernel_tasks[site])
        assert not a.outside[site]
        part, subsets = slice(first, first + k), slice(int(a.offset[site]), int(a.offset[site]) + (1 << k))
        self.book, self.site, self.first, self.k = book, site, first, k
        self._bits = np.arange(1 << k, dtype=np.int64)
        self._allowed = a.allowed[part].copy()
        self._allowed[:, : book.first_day] = False
        self._share = a.may_share[subsets].copy()
        self._closes = a.closes[subsets]
        self._later = a.later_visits[a.tables_of(site)].copy()
        self._tail_bits = np.arange(len(self._later), dtype=np.int64)
        """Of each tail its subset, in the lowest k bits, and its table."""
        self._gaps = a.gaps._replace(start=a.gaps.start[site : site + 2], tables=np.full_like(a.gaps.tables, 1 << k))
        self._later_to = c.later_to[part].copy()
        self._last_wait = a.last_wait[part].copy()
        self._loads = a.loads.part(part)
        self._drop = book.drop[part].copy()
        self._sensitivity = c.sensitivity[site : site + 1]
        self._fire, self._company = c.columns.fire[part], c.parent_of[part]
        self._use = book.use.copy()
        book.add_load(site, -1, self._use)
        self._prices = np.zeros_like(self._use)
        self._held = book.published[part] & ~np.isin(np.arange(first, first + k), list(hidden))
        for i in range(k):
            if book.published[first + i] and first + i not in hidden:
                self._fix(i, int(book.day[first + i]))
            elif first + i in hidden:
                self._allowed[i] = False
                self._drop[i] = 0
                self._bar_waiting(1 << i)

    def _fix(self, i: int, day: int) -> None:
        self._allowed[i] = False
        self._allowed[i, day] = True
        self._require(1 << i)

    def _bar_waiting(self, mask: int) -> None:
        self._later[(self._tail_bits & mask) != 0] = -1
        for i in range(self.k):
            if mask >> i & 1:
                self._later_to[i], self._last_wait[i] = 0, -1

    def _require(self, mask: int) -> None:
        self._bar_waiting(mask)
        for i in range(self.k):
            if mask >> i & 1:
                self._drop[i] = PINNED_COST

    def mask_of(self, tasks: Iterable[int]) -> int:
        """Return the bits of tasks (indexes in the book)."""
        mask = 0
        for t in tasks:
            mask |= 1 << (t - self.first)
        return mask

    def require(self, tasks: Sequence[int], window: tuple[int, int]) -> None:
        """From now on each of `tasks` is done on a day with an index in `window` (both ends), or nothing is lawful."""
        low, high = window
        for t in tasks:
            self._allowed[t - self.first, :low] = False
            self._allowed[t - self.first, high + 1 :] = False
        self._require(self.mask_of(tasks))
        self.__dict__.pop("_tails", None)

    def best(
        self,
        *,
        apart: tuple[int, int] | None = None,
        together: tuple[int, int] | None = None,
    ) -> SiteAnswer | None:
        """Return the best pattern, None where nothing lawful does what is required.

        `apart` (two masks): no visit has tasks of both. `together`: the second mask's tasks are done, each on a visit
        that has one of the first's.
        """
        share, drop, later_to, last_wait = self._share, self._drop, self._later_to, self._last_wait
        cost, wait = self._tails
        if apart is not None:
            one, other = apart
            share = share & ~(((self._bits & one) != 0) & ((self._bits & other) != 0))
        if together is not None:
            one, other = together
            share = share & (((self._bits & one) != 0) | ((self._bits & other) == 0))
            # Who has to ride neither waits nor is left out.
            cost = cost[self._tail_bits & ~other] + PINNED_COST * _count(self._tail_bits & other)
            wait = wait[self._tail_bits & ~other]
            drop, later_to, last_wait = drop.copy(), later_to.copy(), last_wait.copy()
            riders = [i for i in range(self.k) if other >> i & 1]
            drop[riders], later_to[riders], last_wait[riders] = PINNED_COST, 0, -1
        return self._solve(share, drop, later_to, last_wait, cost, wait)

    @cached_property
    def _tails(self) -> tuple[IntArray, IntArray]:
        """[2**k, or several times] what left-over subsets cost at the end, and which part of them waits."""
        cost, wait = np.zeros(len(self._later), np.int64), np.zeros(len(self._later), np.int64)
        offset = np.arange(0, len(self._later), 1 << self.k)
        start, size = np.zeros_like(offset), np.full_like(offset, self.k)
        ends = site_values.Ends(self._later, self._drop, ENTRY, self._fire, 0)
        site_values.fill_tails(start, size, offset, ends, cost, wait)
        return cost, wait

    def _solve(
        self,
        share: BoolArray,
        drop: IntArray,
        later_to: IntArray,
        last_wait: IntArray,
        tail_cost: IntArray,
        tail_wait: IntArray,
    ) -> SiteAnswer | None:
        c, k = self.book.case, self.k
        day = np.full(k, LEFT_OUT, dtype=np.int64)
        value = int(
            kernel.solve_site(
                Site(0, 0, k, 0, int(self._gaps.start[0]), int(self._gaps.start[1]), True),
                Lawful(self._allowed, share, self._closes, last_wait),
                self._gaps._replace(later_to=later_to),
                self._loads,
                # Whether fire has company is no matter of a single answer: fire's level is the plan's.
                Costs(
                    ENTRY,
                    0,
                    1,
                    drop,
                    c.prep_quarters,
                    self._sensitivity,
                    self._fire,
                    self._company,
                    tail_cost,
                    tail_wait,
                ),
                Market(self._prices, self._use, c.plan_capacity, len(c.units), 0, True),
                day,
            )
        )
        if value >= PINNED_COST:
            return None
        left_out = int(drop[day == LEFT_OUT].sum())
        before = self.book.day[self.first : self.first + k]
        moved = int(((before >= 0) & (before != day) & ~self.book.published[self.first : self.first + k]).sum())
        return SiteAnswer(left_out, *divmod(value - left_out, ENTRY), day, moved)

    def lawful_days(self, tasks: Sequence[int], window: tuple[int, int]) -> list[int]:
        """Return the days of `window` on which all of `tasks` can be done at once, published visits staying.

        Other open tasks are taken for movable: they stand against nothing.
        """
        c, part = self.book.case, slice(self.first, self.first + self.k)
        held = np.where(self._held, self.book.day[part], LEFT_OUT)
        found = np.zeros(c.n_days, dtype=np.bool_)
        visits = Lawful(self._allowed, self._share, self._closes, self._last_wait)
        _fill_lawful(
            window, self.mask_of(tasks), held, visits, self._gaps, self._loads, self._use, c.plan_capacity, found
        )
        return np.flatnonzero(found).tolist()
