"""Chooses the sites that CP-SAT plans together: those around a crew, and each site that the kernel cannot express."""

from __future__ import annotations

import numpy as np

from planner.domain.case import BoolArray, IntArray
from planner.domain.plan import LEFT_OUT
from planner.solve.exact.cpsat import run_combined
from planner.solve.site.arrays import SiteArrays
from planner.solve.site.sweeps import Board, Sweeper


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


def gathered(
    arrays: SiteArrays, start: IntArray, row: int, near: BoolArray, size: int, may: BoolArray, rng: np.random.Generator
) -> IntArray:
    """Return up to `size` sites, in order, that `may` [S] move: those of `start`, then ones with tasks of the capacity
    row `row`, `near` [T] ones first, then ones of another unit that some of them have; none where the row has none.
    """
    case = arrays.case

    def filled(chosen: IntArray, tasks: BoolArray, most: int) -> IntArray:
        candidates = case.site_of[tasks]
        more = np.setdiff1d(candidates[may[candidates]], chosen)
        return np.concatenate((chosen, rng.permutation(more)[: max(0, most - chosen.size)]))

    of_row = (arrays.row_of == row).any(axis=1)
    chosen = filled(filled(start, of_row & near, size // 2), of_row, size * 3 // 4)
    if not chosen.size:
        return chosen
    also = rng.choice(np.unique(case.unit_of[np.isin(case.site_of, chosen)]))
    return np.sort(filled(chosen, case.unit_of == also, size))
