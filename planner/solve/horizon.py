"""Cases longer than a month: a district's year, a city's year, and the month as a slice of them.

Low prices spread the sites, swaps use up what stays overbooked, and hard limits make the plan lawful. Where more is
asked for than crews can do, the least important tasks are left out, and sites make room for others. The bound is the
sum of the sites' own optima at prices of zero (where crews are not scarce it is met but for a few entries), raised by
plain arithmetic and subgradient ascent. Each step is linear in the size of the case, and nothing depends on a clock.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np

from planner.checks import check_plan
from planner.checks.certificate import worst_site_bound
from planner.domain.case import Case, IntArray
from planner.domain.plan import LEFT_OUT, Objective, Plan
from planner.domain.result import ENTRIES, LEVELS, PriceList, Progress, Status
from planner.solve.exact.sites_together import solve_outside
from planner.solve.levels import level_of, status_of
from planner.solve.matched import Match, pins_alone
from planner.solve.prices.bound import KEEP, ascend, certify, gentlest_costs, level_values
from planner.solve.prices.master import SCALE
from planner.solve.run import Run
from planner.solve.search.least_gives_way import make_room, opening_prices, pins_missing, serve_what_matters
from planner.solve.search.place_many import overload, pack, press, spread
from planner.solve.site.arrays import SiteArrays, site_arrays
from planner.solve.site.sweeps import ENTRY, Board, Sweeper, chase, free_sites, improve, legalise, plan_weights

SWEEPS = 10
CRUMBS = 0.02
"""Swaps can clear what is above the limits after that where it is no larger part of the load than this;"""
PRESSES = 60
"""else sites choose again so many times."""
PACKING_ROUNDS = 40
DESCENT_SWEEPS = 2
CHAINS = 100
"""Rounds of chains where all is served: few sites are left that cost more than they must."""
ROOM_STEPS = 60_000
"""Steps in which sites make room for what is left out."""
ASCENTS = 200
"""Steps of the ascent to a bound on what is left out, where something is."""


def solve_horizon(
    case: Case,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Match:
    """Return a lawful plan of a large `case` with the bounds of each level.

    Same case and seed, same plan, on any number of cores. `cancel` is asked between steps; a cancelled run keeps its
    best plan and is not repeatable. Raises MismatchError if engine and checks disagree.
    """
    run = Run(case, progress, cancel)
    contradictions = pins_alone(case)
    if contradictions:
        return Match(Status.INFEASIBLE, None, None, (), (), (), contradictions)
    arrays = site_arrays(case)
    sweeper = Sweeper(arrays, plan_weights(case))
    rng = np.random.default_rng(seed)
    sites = free_sites(arrays)
    board = sweeper.empty_board()
    solve_outside(arrays, sweeper, board)
    opening = opening_prices(arrays)
    prices = opening
    if not opening.any():
        prices = _serve_all(run, arrays, sweeper, board.copy(), sites, rng)
    if run.objective is None or (any(run.objective.left_out[:2]) and not run.out_of_time()):
        prices = serve_what_matters(run, arrays, board, sites, opening, rng, ROOM_STEPS)
    if run.best is None or run.objective is None:
        found = check_plan(case, Plan(board.day))
        return Match(Status.OUT_OF_TIME, None, None, (), (), tuple(run.progress), found, run.seconds, not run.stopped)
    run.seconds["search"] = perf_counter() - run.start
    whole = arrays.proof
    certificates = _certificates(run, whole, run.objective, prices)
    values = level_values(run.objective)
    levels = [
        level_of(name, values[n], certificates[n].bound, None, certificates[n].stopped) for n, name in enumerate(LEVELS)
    ]
    worst = worst_site_bound(gentlest_costs(whole).tolist(), values)
    levels.append(level_of("worst_site", run.objective.worst_site, worst, None))
    run.seconds["certificates"] = perf_counter() - run.start - run.seconds["search"]
    return Match(
        status_of(levels), run.best, run.objective, tuple(levels), tuple(certificates), tuple(run.progress), (),
        run.seconds, not run.stopped,
    )  # fmt: skip


def _serve_all(
    run: Run, arrays: SiteArrays, sweeper: Sweeper, board: Board, sites: IntArray, rng: np.random.Generator
) -> IntArray:
    """Place everything, offer what is lawful of it, and return the last prices [R, D]."""
    case = run.case
    prices = spread(sweeper, board, sites, rng, SWEEPS, run.out_of_time)
    if overload(sweeper, board) > CRUMBS:
        prices = press(sweeper, board, sites, prices, rng, PRESSES, run.out_of_time)
    lawful = board.copy()
    legalise(sweeper, lawful, rng, sites)
    floor = sweeper.quote()[0]
    improve(sweeper, lawful, _wanting(sweeper, lawful, sites, floor), rng, DESCENT_SWEEPS)
    missing = pins_missing(case, lawful.day)
    if not missing:
        run.offer(lawful.day, "prices")
    if not missing and not _gave_way(board.day, lawful.day) and not run.out_of_time():
        run.offer(chase(sweeper, lawful, sites, floor, rng, CHAINS, run.out_of_time, look_up=True).day, "chains")
    if (missing or _gave_way(board.day, lawful.day)) and not run.out_of_time():
        pack(sweeper, board, sites, prices, rng, PACKING_ROUNDS, run.out_of_time)
        legalise(sweeper, board, rng, sites)
        improve(sweeper, board, _wanting(sweeper, board, sites, floor), rng, DESCENT_SWEEPS)
        if not pins_missing(case, board.day):
            run.offer(board.day, "swaps")
    if run.best is not None:
        make_room(run, arrays, run.best.day, sites, prices, rng, ROOM_STEPS)
    return prices


def _wanting(sweeper: Sweeper, board: Board, sites: IntArray, floor: IntArray) -> IntArray:
    """Return those of `sites` that cost more than `floor` [S], what they cost were crews free: others cannot gain."""
    return sites[sweeper.measure(board.day)[sites] > floor[sites]]


def _gave_way(wished: IntArray, lawful: IntArray) -> bool:
    """Return whether keeping to the limits cost tasks."""
    return bool(((lawful == LEFT_OUT) & (wished != LEFT_OUT)).any())


def _certificates(run: Run, arrays: SiteArrays, objective: Objective, prices: IntArray) -> list[PriceList]:
    """Return the best price list found for each level; a level at 0 needs none.

    `prices` [R, D], in kernel units, are those the plan was made at.
    """
    assert run.best is not None
    values, day = level_values(objective), run.best.day
    found: list[PriceList] = []
    for n, name in enumerate(LEVELS):
        if not values[n]:
            found.append(PriceList(name, SCALE, np.zeros_like(arrays.case.capacity), (0,) * n, values[:n], 0))
            continue
        one = certify(arrays, objective, name, day, 0)
        if n < ENTRIES and one.bound < values[n]:
            # The plan's prices are in entries; a point of this level is worth so many of them.
            start = prices * SCALE // ENTRY * SCALE // KEEP[n]
            other = ascend(arrays, n, values, start, 0 if run.out_of_time() else ASCENTS, run.out_of_time)
            one = max(one, other, key=lambda each: each.bound)
        found.append(one)
        if name == "entries":
            run.bound = found[n].bound
            run.note("limit")
    return found
