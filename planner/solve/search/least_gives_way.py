"""Large cases in which more is asked for than crews can do: only the least important tasks are left out.

The opening price of each unit is the value per quarter-hour of the last task that fits into its horizon (the fractional
knapsack of Dantzig, "Discrete-variable extremum problems", Operations Research 5, 1957). Prices then rise where a
crew-day stays overbooked and fall where it has room, until enough optional tasks are left out; mandatory and accepted
tasks are too expensive to leave out. If such tasks still overbook crew-days at the end, they are swapped into place
with the optional ones removed, which fill the remaining time afterwards.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from planner.checks.certificate import PINNED_COST
from planner.domain.case import BoolArray, Case, IntArray
from planner.domain.plan import LEFT_OUT
from planner.solve.run import Run
from planner.solve.search.push_out import ruin
from planner.solve.search.swaps import swap
from planner.solve.site.arrays import SiteArrays, Weights
from planner.solve.site.sweeps import ENTRY, FIRE_ALONE, Board, Sweeper, improve, legalise

WORTH = (40_000, 2_000, 2)
"""Entries that a priority point left out costs, by strength: no price of a crew-day comes near the first two."""
OPTIONAL = 2
OPENING_USE = 0.985
"""Share of a unit's capacity that whole visits fill at best."""
UP, DOWN, AT_MOST = ENTRY // 100, ENTRY // 500, 24
"""By so much a quarter-hour above the limit makes a crew-day dearer in a sweep, and one of room cheaper; so many
count."""
OVER_PRICE, GROWTH = ENTRY / 50, 1.08
"""What overbooking costs on top of that in the first sweep, and how it grows, up to an entry a quarter-hour."""
FULLNESS = ENTRY // 400
ALL_AGAIN = 4
"""Every so many sweeps all sites choose again, else only those that stand on an overbooked crew-day."""
LAST_CALLS = (1, 2, 4, 10, 10)
"""Entries a quarter-hour above the limit costs in the sweeps in which the last optional tasks give way."""
LIFTED_CALLS = (2, 4, 6)
SWAPS = 20_000
GIVING_WAY = 50
"""Sweeps in which what matters least gives way."""


def worth(case: Case, of_optional: int = WORTH[OPTIONAL]) -> Weights:
    """Return kernel weights in which optional tasks can be priced out and others cannot."""
    columns = case.columns
    drop = np.array((*WORTH[:OPTIONAL], of_optional), dtype=np.int64)[columns.strength] * columns.priority * ENTRY
    drop[columns.follows_fire] = 0
    drop[columns.pinned > 0] = PINNED_COST
    return Weights(ENTRY, FIRE_ALONE, 1, drop)


def opening_prices(arrays: SiteArrays) -> IntArray:
    """Return [R, D] what the last task that fits is worth for a quarter-hour, by capacity row; 0 where all fit.

    Tasks without a lawful day ask for nobody's time.
    """
    case = arrays.case
    drop = worth(case).drop
    has_day: BoolArray = np.any(arrays.allowed, axis=1)
    prices = np.zeros(case.plan_capacity.shape, dtype=np.int64)
    by_row, begin = arrays.tasks_by_row
    for row, capacity in enumerate(case.plan_capacity[: len(case.rows)].sum(axis=1).tolist()):
        tasks = by_row[begin[row] : begin[row + 1]]
        tasks = tasks[has_day[tasks]]
        # Two tasks of a visit share its set-up: half of it each.
        quarters = case.quarters[tasks] + case.setup[case.unit_of[tasks]] / 2
        density = drop[tasks] / quarters
        order = np.argsort(-density, kind="stable")
        last = int(np.searchsorted(np.cumsum(quarters[order]), capacity * OPENING_USE))
        if last < len(order):
            prices[row] = min(int(density[order[last]]), 10 * ENTRY)
    return prices


def give_way(
    arrays: SiteArrays, board: Board, sites: IntArray, prices: IntArray, rng: np.random.Generator, sweeps: int,
    cancel: Callable[[], bool],
) -> IntArray:  # fmt: skip
    """Place `sites`, which are not on `board` yet, lawfully, from opening `prices` [R, D]; return the last prices."""
    limit = arrays.case.plan_capacity
    sweeper = Sweeper(arrays, worth(arrays.case))
    over_price = OVER_PRICE
    sweeper.run(board, rng.permutation(sites), prices=prices, over_price=int(over_price), placed=2)
    for n in range(sweeps):
        over = board.use - limit
        if not (over > 0).any() or cancel():
            break
        step = np.where(over > 0, np.minimum(over, AT_MOST) * UP, np.maximum(over, -AT_MOST) * DOWN)
        prices = np.maximum(0, prices + step)
        some = n % ALL_AGAIN != ALL_AGAIN - 1
        at = prices + FULLNESS * board.use // np.maximum(limit, 1)
        sweeper.run(board, rng.permutation(sites), prices=at, over_price=int(over_price), only_overbooked=some)
        over_price = min(over_price * GROWTH, ENTRY)
    for dear in LAST_CALLS:
        sweeper.run(board, rng.permutation(sites), prices=prices, over_price=dear * ENTRY, only_overbooked=True)
    lifted = Sweeper(arrays, worth(arrays.case, of_optional=0))
    for dear in LIFTED_CALLS:
        lifted.run(board, rng.permutation(sites), prices=prices, over_price=dear * ENTRY, only_overbooked=True)
    swap(lifted, board, sites, rng, SWAPS)
    legalise(sweeper, board, rng, sites)
    sweeper.run(board, rng.permutation(sites), hard=True, prices=prices)
    improve(sweeper, board, sites, rng, 2)
    return prices


def serve_what_matters(
    run: Run, arrays: SiteArrays, board: Board, sites: IntArray, prices: IntArray, rng: np.random.Generator, steps: int
) -> IntArray:  # fmt: skip
    """Place `sites` so that what matters least gives way, make room in `steps`, and offer both; return the prices."""
    prices = give_way(arrays, board, sites, prices, rng, GIVING_WAY, run.out_of_time)
    if not pins_missing(run.case, board.day):
        run.offer(board.day, "what matters least gives way")
        make_room(run, arrays, board.day, sites, prices, rng, steps)
    return prices


def make_room(
    run: Run, arrays: SiteArrays, day: IntArray, sites: IntArray, prices: IntArray, rng: np.random.Generator, steps: int
) -> None:  # fmt: skip
    """Let sites of the lawful plan `day` [T] make room for what it leaves out, if anything; offer what comes of it."""
    weights = worth(run.case)
    if not weights.drop[gave_way(arrays, day)].any() or run.out_of_time():
        return
    sweeper = Sweeper(arrays, weights)
    board = sweeper.board_of(day)
    ruin(sweeper, board, sites, prices, rng, steps)
    run.offer(board.day, "room made")


def gave_way(arrays: SiteArrays, day: IntArray) -> BoolArray:
    """Return [T] which tasks `day` [T] leaves out though they have a lawful day: others ask for nobody's time."""
    left: BoolArray = (day == LEFT_OUT) & np.any(arrays.allowed, axis=1)
    return left


def pins_missing(case: Case, day: IntArray) -> bool:
    """Return whether a pinned task is not on its date."""
    pinned = case.columns.pinned
    date = np.append(case.ordinals, 0)[np.where(day >= 0, day, case.n_days)]
    return bool(((pinned > 0) & (date != pinned)).any())
