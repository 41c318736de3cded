"""The last level of the match: the same entries and the same disturbance, spread evenly over the month.

If crews are full on the first days and idle on the last, nothing new fits in between, and the full days are those that
cannot be walked once visits get start times. Sites therefore choose again at prices that grow with a day's load. These
prices are too small to outweigh a quarter-hour of disturbance, so no earlier level gets worse.
"""

from __future__ import annotations

import numpy as np

from planner.checks.objective import crowding
from planner.domain.case import Case, IntArray
from planner.domain.plan import Plan
from planner.solve.site.arrays import Weights
from planner.solve.site.sweeps import ENTRY, FIRE_ALONE, Board, Sweeper, plan_weights

SCALE = 50_000
"""Kernel units of a quarter-hour of disturbance while the load is levelled."""
FULL = 100
"""Price of a quarter-hour on a full day, so that a site's whole load stays below SCALE."""
BLOCK = 64
"""Sites that choose between two looks at the load."""


def levelling_weights(case: Case) -> Weights:
    """Return the plan's weights, scaled so that prices find room below them."""
    plain = plan_weights(case)
    pinned = np.array([t.pinned is not None for t in case.tasks], dtype=np.bool_)
    # What is pinned stays dearest; SCALE times its cost would leave the range of whole numbers.
    drop = np.where(pinned, plain.drop * 64, plain.drop * SCALE)
    return Weights(ENTRY * SCALE, FIRE_ALONE * SCALE, SCALE, drop)


def level_load(sweeper: Sweeper, board: Board, sites: IntArray, rng: np.random.Generator, sweeps: int) -> Board:
    """Return a board of the same worth as `board` on every level before, its loads spread more evenly if it can be.

    `sites` are those the kernel plans. Never worse: the best board by (site costs, crowding) seen is returned.
    """
    case = sweeper.case
    plain = sweeper.weights
    fair = np.maximum(case.plan_capacity, 1)
    trial, best = board.copy(), board
    key = (int(sweeper.measure(board.day).sum()), crowding(case, Plan(board.day)))
    sweeper.reweigh(levelling_weights(case))
    try:
        for _ in range(sweeps):
            before = trial.day.copy()
            order = rng.permutation(sites)
            for block in range(0, len(order), BLOCK):
                prices = FULL * trial.use // fair
                sweeper.run(trial, order[block : block + BLOCK], prices=prices, hard=True)
            if np.array_equal(before, trial.day):
                break
            sweeper.reweigh(plain)
            found = (int(sweeper.measure(trial.day).sum()), crowding(case, Plan(trial.day)))
            sweeper.reweigh(levelling_weights(case))
            if found < key:
                best, key = trial.copy(), found
    finally:
        sweeper.reweigh(plain)
    return best
