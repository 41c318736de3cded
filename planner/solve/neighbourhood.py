"""CP-SAT on parts of a case: sites the kernel cannot express, and sites that contest the same scarce crews."""

from __future__ import annotations

from collections import deque

import networkx as nx
import numpy as np

from planner.domain.case import Case, IntArray
from planner.domain.plan import LEFT_OUT
from planner.solve.arrays import SiteArrays
from planner.solve.cpsat import Cancel, run_combined
from planner.solve.sweeps import Board, Sweeper

SITES_AT_ONCE = 60
SCARCE_QUARTERS = 8
"""A cell with less than this left is contested by whoever could use it: two hours of one crew."""


def solve_outside(arrays: SiteArrays, sweeper: Sweeper, board: Board) -> None:
    """Place the sites that the kernel cannot express, one after the other, each by CP-SAT in what is left."""
    case = arrays.case
    ordinals = {day: n for n, day in enumerate(case.days)}
    pinned_day = np.array([ordinals[t.pinned] if t.pinned else LEFT_OUT for t in case.tasks], dtype=np.int64)
    everyone = np.arange(len(case.sites), dtype=np.int64)
    for s in np.flatnonzero(arrays.outside).tolist():
        kept_free = sweeper.load_of(everyone[(everyone != s) & ~(arrays.outside & (everyone < s))], pinned_day)
        limit = np.maximum(case.plan_capacity - board.use - kept_free, 0)
        day = run_combined(arrays, np.array([s], dtype=np.int64), limit, board.day, work=2.0, seed=0, cancel=None).day
        if day is not None:
            board.day[:] = day
            board.use += sweeper.load_of(np.array([s], dtype=np.int64), board.day)


def contest_graph(arrays: SiteArrays, use: IntArray) -> nx.Graph:
    """Return the bipartite graph of sites and scarce cells (row, day) that their tasks load or could load."""
    case = arrays.case
    left = case.plan_capacity - use
    scarce = (left < SCARCE_QUARTERS) & (case.plan_capacity > 0)
    graph: nx.Graph = nx.Graph()
    for t in range(case.n_tasks):
        s = int(case.site_of[t])
        for r in arrays.row_of[t].tolist():
            if r >= 0:
                for d in np.flatnonzero(scarce[r] & arrays.allowed[t]).tolist():
                    graph.add_edge(("site", s), ("cell", r, d))
    return graph


def _around(case: Case, graph: nx.Graph, wanting: IntArray, rng: np.random.Generator) -> IntArray:
    """Return up to SITES_AT_ONCE sites: one that wants better and those it contests cells with, nearest first."""
    seed_site = int(rng.choice(wanting))
    chosen, seen = [seed_site], {("site", seed_site)}
    queue: deque[tuple[object, ...]] = deque([("site", seed_site)])
    while queue and len(chosen) < SITES_AT_ONCE:
        node = queue.popleft()
        near = sorted(n for n in graph.neighbors(node) if n not in seen) if node in graph else []
        for index in rng.permutation(len(near)).tolist():
            neighbour = near[index]
            seen.add(neighbour)
            queue.append(neighbour)
            if neighbour[0] == "site":
                chosen.append(int(neighbour[1]))
                if len(chosen) == SITES_AT_ONCE:
                    break
    return np.array(sorted(chosen), dtype=np.int64)


def settle_contested(
    arrays: SiteArrays,
    sweeper: Sweeper,
    board: Board,
    wanting: IntArray,
    rng: np.random.Generator,
    work: float,
    seed: int,
    cancel: Cancel | None,
) -> Board | None:
    """Return a better board by solving one contested neighbourhood exactly, None where it finds none."""
    case = arrays.case
    sites = _around(case, contest_graph(arrays, board.use), wanting, rng)
    freed = sweeper.load_of(sites, board.day)
    limit = case.plan_capacity - board.use + freed
    day = run_combined(arrays, sites, limit, board.day, work=work, seed=seed, cancel=cancel).day
    if day is None:
        return None
    before, after = sweeper.measure(board.day).sum(), sweeper.measure(day).sum()
    if after >= before:
        return None
    return Board(day, board.use - freed + sweeper.load_of(sites, day))
