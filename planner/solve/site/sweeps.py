"""Sweeps over sites with the compiled kernel: quotes at given prices, negotiated prices, descent.

Everything is in whole numbers and every random order comes from the seed, so the same case gives the same plan. Work is
counted in sweeps, never in seconds.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from planner.checks.certificate import PINNED_COST
from planner.domain.case import NONE, Case, IntArray
from planner.domain.plan import LEFT_OUT
from planner.solve.site import kernel
from planner.solve.site import values as site_values
from planner.solve.site.arrays import SiteArrays, Tails, Weights
from planner.solve.site.kernel_args import Costs, Market, Turn

ENTRY = 10_000
"""Kernel units of one entry; one quarter-hour of disturbance is 1, so a site's disturbance never outweighs an entry."""
FIRE_ALONE = 2_000
"""Kernel units of a visit of fire without another body: more than a site's disturbance, and four of them less than an
entry."""
DROP = (10_000_000_000, 100_000_000, 1_000_000)
"""Kernel units of one priority point left out, by strength: within a site each outweighs all that comes after."""


LAST_RESORT = 1 << 37
"""Kernel units of a quarter-hour above the limit: dearer than leaving any task out, cheaper than moving a pin."""


def plan_weights(case: Case, later_levels: bool = True) -> Weights:
    """Return weights that order left-out by strength, then entries, fire alone, then disturbance, within one site.

    Without `later_levels` nothing counts after entries.
    """
    columns = case.columns
    drop = np.array(DROP, dtype=np.int64)[columns.strength] * columns.priority
    drop[columns.follows_fire] = 0
    drop[columns.pinned > 0] = PINNED_COST
    return Weights(ENTRY, FIRE_ALONE * later_levels, int(later_levels), drop)


SIDE_BY_SIDE = 500
"""From so many sites on, quotes are asked for on all cores; fewer are not worth a thread."""
PATIENCE = 120
"""Sweeps of `settle` without a better board after which none is to be hoped for."""


@dataclass(eq=False)
class Board:
    """A plan in the making: days [T] and the load [R, D] they put on the capacity rows."""

    day: IntArray
    use: IntArray = field(repr=False)

    def copy(self) -> Board:
        return Board(self.day.copy(), self.use.copy())


class Sweeper:
    """Runs the kernel over a case's sites. `limit` [R, D] is the capacity that plans keep to."""

    def __init__(self, arrays: SiteArrays, weights: Weights) -> None:
        self.arrays, self.case = arrays, arrays.case
        self._no_prices = np.zeros(self.case.capacity.shape, dtype=np.int64)
        self._value = np.zeros(len(self.case.sites), dtype=np.int64)
        self.reweigh(weights)

    def reweigh(self, weights: Weights) -> None:
        """Use other weights from now on."""
        self.weights = weights
        self.tails = Tails(self.arrays, weights).tables

    @property
    def costs(self) -> Costs:
        """What patterns cost in today's weights, for the kernels."""
        c, w = self.case, self.weights
        fire, company = c.columns.fire, np.where(c.columns.follows_fire, NONE, c.parent_of)
        return Costs(
            w.entry, w.fire_alone, w.disturbance, w.drop, c.prep_quarters, c.sensitivity, fire, company, *self.tails
        )

    def market(
        self,
        board: Board,
        prices: IntArray | None = None,
        limit: IntArray | None = None,
        over_price: int = 0,
        hard: bool = False,
    ) -> Market:
        """Return what sites of `board` choose at, for the kernels; without `prices` [R, D] crews cost nothing."""
        c = self.case
        return Market(
            self._no_prices if prices is None else prices,
            board.use,
            c.plan_capacity if limit is None else limit,
            len(c.units),
            over_price,
            hard,
        )

    def empty_board(self) -> Board:
        """Return a board with nothing placed."""
        return Board(np.full(self.case.n_tasks, LEFT_OUT, dtype=np.int64), self._no_prices.copy())

    def board_of(self, day: IntArray) -> Board:
        """Return a board of its own with `day` [T]."""
        return Board(day.copy(), self.load_of(np.arange(len(self.case.sites), dtype=np.int64), day))

    def load_of(self, sites: IntArray, day: IntArray) -> IntArray:
        """Return the load [R, D] of the given sites' tasks."""
        use = self._no_prices.copy()
        kernel.add_loads(sites, self.case.start, self.arrays.loads, day, use)
        return use

    def run(
        self,
        board: Board,
        order: IntArray,
        *,
        prices: IntArray | None = None,
        limit: IntArray | None = None,
        over_price: int = 0,
        hard: bool = False,
        only_overbooked: bool = False,
        placed: int = 1,
    ) -> int:
        """Let the sites of `order` choose again on `board`; return how many did. See `Turn` and `Market`."""
        a = self.arrays
        market = self.market(board, prices, limit, over_price, hard)
        costs = self.costs

        def sweep(part: IntArray) -> int:
            turn = Turn(part, only_overbooked, placed)
            count: int = kernel.sweep(turn, a.shape, a.lawful, a.gaps, a.loads, costs, market, board.day, self._value)
            return count

        if placed or order.size < SIDE_BY_SIDE:
            return sweep(order)
        with ThreadPoolExecutor(os.cpu_count() or 1) as threads:  # sites that only quote do not meet
            return sum(threads.map(sweep, np.array_split(order, os.cpu_count() or 1)))

    def overbooked(self, board: Board) -> IntArray:
        """Return the sites with a task on a cell of `board` above its limit."""
        tasks, begin = self.arrays.tasks_by_row
        over, found = board.use > self.case.plan_capacity, [np.empty(0, dtype=np.int64)]
        for r in np.flatnonzero(over.any(axis=1)).tolist():
            here = tasks[begin[r] : begin[r + 1]]
            here = here[board.day[here] >= 0]
            found.append(self.case.site_of[here[over[r, board.day[here]]]])
        return np.unique(np.concatenate(found))

    def measure(self, day: IntArray) -> IntArray:
        """Return what each site's days cost [S] in today's weights (waiting at sites outside the kernel counts 0)."""
        value = np.zeros(len(self.case.sites), dtype=np.int64)
        return self._measured(np.arange(len(value)), day, value)

    def remeasure(self, value: IntArray, before: IntArray, day: IntArray) -> IntArray:
        """Return [S] what `measure` says of `day`, where it said `value` of the days `before`."""
        return self._measured(np.unique(self.case.site_of[before != day]), day, value.copy())

    def _measured(self, sites: IntArray, day: IntArray, value: IntArray) -> IntArray:
        a = self.arrays
        site_values.measure(sites, a.shape, a.gaps, a.later_visits, a.loads, self.costs, day, value)
        return value

    def quote(self, prices: IntArray | None = None) -> tuple[IntArray, IntArray]:
        """Return each site's cheapest pattern cost [S] at `prices` without any capacity, and its days [T]."""
        board = self.empty_board()
        sites = np.arange(len(self.case.sites), dtype=np.int64)
        self.run(board, sites, prices=prices, placed=0)
        return self._value.copy(), board.day


def free_sites(arrays: SiteArrays) -> IntArray:
    """Return the sites that the kernel plans."""
    return np.flatnonzero(~arrays.outside).astype(np.int64)


def negotiate(
    sweeper: Sweeper, board: Board, sites: IntArray, rng: np.random.Generator, sweeps: int,
    cancel: Callable[[], bool] = lambda: False,
) -> int:  # fmt: skip
    """Place `sites` on `board` at prices that rise where a cell stays overbooked; return the overbooking left.

    The board starts with `sites` unplaced. Negotiated congestion: a cell that stays overbooked grows dearer until those
    who can go elsewhere at least cost have gone.
    """
    limit = sweeper.case.plan_capacity
    fullness = ENTRY // 400
    memory = np.zeros(limit.shape, dtype=np.int64)
    over_price = ENTRY // 40
    for n in range(sweeps):
        prices = memory + fullness * board.use // np.maximum(limit, 1)
        sweeper.run(
            board,
            rng.permutation(sites),
            prices=prices,
            over_price=over_price,
            only_overbooked=n > 0 and n % 5 != 0,
            placed=1 if n else 2,
        )
        over = np.maximum(board.use - limit, 0)
        if not over.any():
            return 0
        if cancel():
            break
        memory += np.minimum(over, 24) * (ENTRY // 200)
        over_price = min(over_price * 23 // 20, ENTRY)
    return int(np.maximum(board.use - limit, 0).sum())


def settle(
    sweeper: Sweeper, board: Board, sites: IntArray, prices: IntArray, rng: np.random.Generator, sweeps: int,
    cancel: Callable[[], bool],
) -> None:  # fmt: skip
    """Spread what is overbooked on `board` over sweeps that start from `prices` [R, D] and raise them little by little.

    Prices rise where a cell stays overbooked and fall back where it has room; a little noise breaks ties anew each
    time. The board of least overbooking, then least cost, is kept. Ends when that has not changed for a while.
    """
    limit = sweeper.case.plan_capacity
    memory = np.zeros(limit.shape, dtype=np.int64)
    over_price = ENTRY // 100
    best, least, patience = board.copy(), (1 << 62, 0), PATIENCE
    for n in range(sweeps):
        over = np.maximum(board.use - limit, 0)
        worth = int(over.sum()), int(sweeper.measure(board.day).sum())
        patience -= 1
        if worth < least:
            best, least, patience = board.copy(), worth, PATIENCE
        if not over.any() or not patience or n == sweeps - 1 or cancel():
            break
        memory = np.where(board.use < limit, memory * 97 // 100, memory + 3 * over)
        over_price = min(over_price * 102 // 100 + 1, ENTRY // 10)
        noise = rng.integers(0, 6, size=limit.shape)
        sweeper.run(board, rng.permutation(sites), prices=prices + memory + noise, over_price=over_price)
    board.day[:], board.use[:] = best.day, best.use


def legalise(sweeper: Sweeper, board: Board, rng: np.random.Generator, sites: IntArray) -> None:
    """Make `board` keep every limit: sites in overbooked cells choose again within what is left, or leave tasks out.

    Sites with pinned tasks come last, and pay for overbooking instead of being barred from it, so that nobody's
    movable task keeps a published visit out. What is still overbooked afterwards, pins alone overbook.
    """
    limit = sweeper.case.plan_capacity
    pinned = np.zeros(len(sweeper.case.sites), dtype=np.bool_)
    pinned[sweeper.case.site_of[sweeper.case.columns.pinned > 0]] = True
    for _ in range(2):
        if not (board.use > limit).any():
            return
        sweeper.run(board, rng.permutation(sites[~pinned[sites]]), hard=True, only_overbooked=True)
        sweeper.run(board, rng.permutation(sites[pinned[sites]]), over_price=LAST_RESORT, only_overbooked=True)


def improve(sweeper: Sweeper, board: Board, sites: IntArray, rng: np.random.Generator, sweeps: int) -> None:
    """Descend: each site takes its best pattern in the capacity that the others leave. Never worsens."""
    for _ in range(sweeps):
        before = board.day.copy()
        sweeper.run(board, rng.permutation(sites), hard=True)
        if np.array_equal(before, board.day):
            return


def chase(
    sweeper: Sweeper,
    board: Board,
    sites: IntArray,
    floor: IntArray,
    rng: np.random.Generator,
    rounds: int,
    cancel: Callable[[], bool] | None = None,
    look_up: bool = False,
    sideways: bool = True,
    least: int = ENTRY,
) -> Board:
    """Return a board no worse than `board`: again and again some sites that cost at least `least` more than `floor` [S]
    take what they want, and those they push out settle at rising prices (an ejection chain). A round that ends lawful
    and no worse is kept; without `sideways` only one that ends better, so that nobody moves for nothing. With `look_up`
    those pushed out are looked up by crew-day, which is quicker in large cases; else all sites are gone through, and
    one pushed out on the way settles in the same sweep.
    """
    limit = sweeper.case.plan_capacity
    best = board.copy()
    best_value = sweeper.measure(best.day)
    is_free = np.zeros(len(floor), dtype=np.bool_)
    is_free[sites] = True
    for n in range(rounds):
        wanting = np.flatnonzero((best_value - floor >= least) & is_free).astype(np.int64)
        if not wanting.size or (cancel and cancel()):
            break
        trial = best.copy()
        chosen = rng.choice(wanting, size=min(wanting.size, 1 + n % 3), replace=False)
        memory = np.where(trial.use >= limit - 2, ENTRY // 200, 0).astype(np.int64)
        memory = memory * rng.integers(0, 8, size=memory.shape)
        sweeper.run(trial, chosen, prices=memory // 8)
        over_price = ENTRY // 40
        for _ in range(40):
            over = np.maximum(trial.use - limit, 0)
            if not over.any():
                break
            memory += np.minimum(over, 24) * (ENTRY // 200)
            over_price = min(over_price * 23 // 20, ENTRY)
            asked = sites
            if look_up:
                asked = sweeper.overbooked(trial)
                asked = asked[is_free[asked]]
            sweeper.run(trial, rng.permutation(asked), prices=memory, over_price=over_price, only_overbooked=True)
        else:
            continue
        value = sweeper.remeasure(best_value, best.day, trial.day)
        if value.sum() < best_value.sum() + sideways:
            best, best_value = trial, value
    return best
