"""How the match answers a day that could not be walked: who moves, so that the rest of the plan stays.

A cut lowers what plans may load on one capacity row and day. Sites that stand there choose again at prices that rise
until the row keeps its new limit; whoever finds no other lawful day is left out, and the reason names the stage. The
bound does not feel cuts: it counts the crews that truly exist.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from planner.domain.case import Case, IntArray
from planner.domain.duty import Cut
from planner.domain.plan import LEFT_OUT, Plan, loads_of
from planner.solve.arrays import SiteArrays
from planner.solve.cpsat import run_combined
from planner.solve.sweeps import ENTRY, Board, Sweeper, chase, free_sites, improve, legalise, plan_weights

SETTLE_SWEEPS = 60
CHASE_ROUNDS = 12
IMPROVE_SWEEPS = 2
OUTSIDE_WORK = 2.0


@dataclass(eq=False)
class Limits:
    """What plans may load, cut by cut. A row that is cut again on the same day gives way twice as much each time."""

    case: Case
    limit: IntArray = field(init=False, repr=False)
    """[R, D]"""
    floor: IntArray = field(init=False, repr=False)
    """[R, D] load of what is pinned: no cut goes below it."""
    _times: dict[tuple[int, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        pinned = np.array([t.pinned is not None for t in self.case.tasks], dtype=np.bool_)
        lo = np.where(pinned & (self.case.window_lo <= self.case.window_hi), self.case.window_lo, -1)
        self.floor = loads_of(self.case, Plan(lo))
        self.limit = self.case.plan_capacity.copy()

    def take(self, cuts: Iterable[Cut]) -> list[Cut]:
        """Lower the limits; return the cuts as taken, without those that only pinned tasks could answer."""
        taken = []
        for cut in cuts:
            cell = cut.row, cut.day
            now = int(self.limit[cell])
            step = 1 << self._times.get(cell, 0)
            asked = max(int(self.floor[cell]), min(cut.limit, now) - step + 1)
            if asked < now:
                self._times[cell] = self._times.get(cell, 0) + 1
                self.limit[cell] = asked
                taken.append(replace(cut, limit=asked))
        return taken

    @property
    def cut_case(self) -> Case:
        """The case whose plans keep to the limits; its true capacity is unchanged."""
        return replace(self.case, plan_capacity=self.limit)


def answer(arrays: SiteArrays, plan: Plan, limits: Limits, floor: IntArray, rng: np.random.Generator) -> Plan:
    """Return a lawful plan near `plan` that keeps to `limits`. `floor` [S] is what each site costs at best.

    Only sites in overbooked cells choose again, then those that they push out; a few ejection chains win back entries
    that this cost. Deterministic for a given generator.
    """
    cut = replace(arrays, case=limits.cut_case)
    sweeper = Sweeper(cut, plan_weights(cut.case))
    everyone = np.arange(len(cut.case.sites), dtype=np.int64)
    board = Board(plan.day.copy(), sweeper.load_of(everyone, plan.day))
    sites = free_sites(cut)
    before = sweeper.measure(board.day)
    memory = np.zeros(limits.limit.shape, dtype=np.int64)
    over_price = ENTRY // 40
    for _ in range(SETTLE_SWEEPS):
        over = np.maximum(board.use - limits.limit, 0)
        if not over.any():
            break
        memory += np.minimum(over, 24) * (ENTRY // 200)
        over_price = min(over_price * 23 // 20, ENTRY)
        sweeper.run(board, rng.permutation(sites), prices=memory, over_price=over_price, only_overbooked=True)
    legalise(sweeper, board, rng, sites)
    _settle_outside(cut, sweeper, board, limits.limit)
    worse = np.flatnonzero(sweeper.measure(board.day) > before).astype(np.int64)
    improve(sweeper, board, np.intersect1d(worse, sites), rng, IMPROVE_SWEEPS)
    if (sweeper.measure(board.day) - before >= ENTRY).any():
        board = chase(sweeper, board, sites, np.minimum(before, floor), rng, CHASE_ROUNDS)
    return Plan(board.day)


def _settle_outside(arrays: SiteArrays, sweeper: Sweeper, board: Board, limit: IntArray) -> None:
    """Let the sites that the kernel cannot express, where they still stand in overbooked cells, choose again."""
    case = arrays.case
    for s in np.flatnonzero(arrays.outside).tolist():
        site = np.array([s], dtype=np.int64)
        own = sweeper.load_of(site, board.day)
        if not ((own > 0) & (board.use > limit)).any():
            continue
        left = np.maximum(limit - (board.use - own), 0)
        found = run_combined(arrays, site, left, board.day, OUTSIDE_WORK, 0, None)
        if found.day is None:
            tasks = [t for t in case.tasks_at(s) if case.tasks[t].pinned is None]
            board.day[tasks] = LEFT_OUT
        else:
            board.day[:] = found.day
        board.use += sweeper.load_of(site, board.day) - own
