"""Sites that the kernel cannot express, placed by CP-SAT."""

from __future__ import annotations

import numpy as np

from planner.domain.plan import LEFT_OUT
from planner.solve.arrays import SiteArrays
from planner.solve.cpsat import run_combined
from planner.solve.sweeps import Board, Sweeper


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
