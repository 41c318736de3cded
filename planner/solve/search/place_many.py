"""Places many sites at once: low prices spread the load, then swaps of whole visits use up the crews' time.

Prices that rise quickly push whole districts to the end of their windows, and every entry then costs more than it must.
Prices of a few hundredths of an entry leave a small overload in small pieces, which swaps remove. Blocks of sites that
share few units (the districts of a city, coupled by city bodies) are placed in parallel, each on a copy of the load;
what they do together to shared crews is seen, and priced, in the next sweep.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import networkx as nx
import numpy as np

from planner.domain.case import Case, IntArray
from planner.solve.search.swaps import swap
from planner.solve.site.sweeps import ENTRY, Board, Sweeper

OVER_PRICE = ENTRY // 50
FULLNESS = ENTRY // 400
STEPS_PER_CRUMB = 1_000
"""Swaps tried for each overbooked crew-day in a round: what they cannot clear, more of them cannot either."""
PRESSED = ENTRY // 200
"""What a quarter-hour above the limit adds to its cell's price in a sweep of `press`;"""
PRESSED_AT_MOST = 24
"""so many of them count."""
STALLED = 12
PRESSED_FROM = 15
"""From this round of swaps on, every other time a quarter-hour above a limit costs as much as an entry: what is still
overbooked are crumbs, which a few more entries clear and swaps of whole visits cannot."""


def blocks_of(case: Case) -> list[IntArray]:
    """Return the sites in blocks that share no unit, units of the level `city` set aside; one block if that fails."""
    local = np.array([u.level != "city" for u in case.units], dtype=np.bool_)
    pairs = np.unique(np.stack([case.site_of, case.unit_of]), axis=1)
    pairs = pairs[:, local[pairs[1]]]
    # Units that ever meet at a site are of one block: linked along each site's units.
    same = pairs[0, 1:] == pairs[0, :-1]
    graph: nx.Graph = nx.Graph()
    graph.add_nodes_from(np.flatnonzero(local).tolist())
    graph.add_edges_from({(int(a), int(b)) for a, b in zip(pairs[1, :-1][same], pairs[1, 1:][same], strict=True)})
    block_of_unit = np.zeros(len(case.units), dtype=np.int64)
    for n, units in enumerate(sorted(nx.connected_components(graph), key=min)):
        block_of_unit[list(units)] = n
    block = np.zeros(len(case.sites), dtype=np.int64)
    block[pairs[0]] = block_of_unit[pairs[1]]
    return [np.flatnonzero(block == n) for n in range(int(block.max(initial=0)) + 1)]


def spread(
    sweeper: Sweeper,
    board: Board,
    sites: IntArray,
    rng: np.random.Generator,
    sweeps: int,
    cancel: Callable[[], bool],
) -> IntArray:
    """Place `sites`, which are not on `board` yet, in `sweeps` at gentle prices; return the last prices [R, D]."""
    limit = sweeper.case.plan_capacity
    chosen = np.zeros(len(sweeper.case.sites), dtype=np.bool_)
    chosen[sites] = True
    blocks = [block[chosen[block]] for block in blocks_of(sweeper.case)]
    memory = np.zeros(limit.shape, dtype=np.int64)
    for n in range(sweeps):
        prices = memory + FULLNESS * board.use // np.maximum(limit, 1)
        _side_by_side(sweeper, board, blocks, rng, prices, first=n == 0, only_overbooked=n % 5 > 1)
        free = limit - board.use
        if not (free < 0).any() or cancel():
            break
        memory = np.maximum(0, memory - np.where(free > 0, free, 2 * free))
    return memory


def press(
    sweeper: Sweeper,
    board: Board,
    sites: IntArray,
    memory: IntArray,
    rng: np.random.Generator,
    sweeps: int,
    cancel: Callable[[], bool],
) -> IntArray:
    """Move sites out of what is overbooked on `board` in up to `sweeps`, at prices that start from `memory` [R, D].

    They grow where a cell stays overbooked, ever more steeply: where units are small, a day's load is a visit or two,
    and what is above the limits is whole visits that pay to move. One site after the other: blocks side by side would
    all take what is left of the units that they share. Ends when nothing is overbooked, or no less of it than `STALLED`
    sweeps before. Return the last prices.
    """
    limit = sweeper.case.plan_capacity
    over_price, least, since = float(OVER_PRICE), _over(board, limit), 0
    for _ in range(sweeps):
        if not least or since == STALLED or cancel():
            break
        memory = memory + np.clip(board.use - limit, 0, PRESSED_AT_MOST) * PRESSED
        prices = memory + FULLNESS * board.use // np.maximum(limit, 1)
        sweeper.run(board, rng.permutation(sites), prices=prices, over_price=int(over_price), only_overbooked=True)
        over_price = min(over_price * 1.1, ENTRY)
        over = _over(board, limit)
        since = 0 if over < least else since + 1
        least = min(least, over)
    return memory


def overload(sweeper: Sweeper, board: Board) -> float:
    """Return which share of the load on `board` is above the limits."""
    return _over(board, sweeper.case.plan_capacity) / max(1, int(board.use.sum()))


def pack(
    sweeper: Sweeper,
    board: Board,
    sites: IntArray,
    memory: IntArray,
    rng: np.random.Generator,
    rounds: int,
    cancel: Callable[[], bool],
) -> int:
    """Clear what is overbooked on `board` in up to `rounds` of swaps and of single sites choosing again.

    `memory` [R, D] are prices to go on from. The board of least overload is kept; return the quarter-hours left of it.
    """
    limit = sweeper.case.plan_capacity
    best, least = board.copy(), _over(board, limit)
    for n in range(rounds):
        if not least or cancel():
            break
        crumbs = int((board.use > limit).sum())
        swap(sweeper, board, sites, rng, min(3 * limit.size, STEPS_PER_CRUMB * crumbs))
        over = _over(board, limit)
        if over < least:
            best, least = board.copy(), over
        if not over or n == rounds - 1:
            break
        memory = memory * 9 // 10 + 30 * np.maximum(board.use - limit, 0)
        pressed = n >= PRESSED_FROM and n % 2 == 1
        for _ in range(2):
            sweeper.run(
                board,
                rng.permutation(sites),
                prices=memory + rng.integers(0, 6, size=limit.shape),
                over_price=ENTRY if pressed else OVER_PRICE * (5 + n) // 5,
                only_overbooked=n % 8 != 7,
            )
    board.day[:], board.use[:] = best.day, best.use
    return least


def _over(board: Board, limit: IntArray) -> int:
    return int(np.maximum(board.use - limit, 0).sum())


def _side_by_side(
    sweeper: Sweeper,
    board: Board,
    blocks: list[IntArray],
    rng: np.random.Generator,
    prices: IntArray,
    *,
    first: bool,
    only_overbooked: bool,
) -> None:
    """Let the sites of all blocks choose, block by block on copies of the load, which are then added up."""
    orders = [rng.permutation(block) for block in blocks]
    before = board.use.copy()
    parts = [Board(board.day, before.copy()) for _ in blocks]  # the days of different blocks never meet

    def choose(n: int) -> None:
        sweeper.run(
            parts[n],
            orders[n],
            prices=prices,
            over_price=OVER_PRICE,
            only_overbooked=only_overbooked,
            placed=2 if first else 1,
        )

    with ThreadPoolExecutor(min(len(blocks), os.cpu_count() or 1)) as threads:
        list(threads.map(choose, range(len(blocks))))
    board.use[:] = before + sum(part.use - before for part in parts)
