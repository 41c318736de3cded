"""How the match answers a day that could not be walked: who moves, so that the rest of the plan stays.

A cut lowers what plans may load on one capacity row and day. The site that found no crew there chooses again, and only
if that costs a task do others; whoever finds no other lawful day is left out, and the reason names the stage. The
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
from planner.solve.sweeps import DROP, ENTRY, Board, Sweeper, free_sites, legalise, plan_weights

SETTLE_SWEEPS = 60
FULLNESS = ENTRY // 200
"""Price of a quarter-hour on a full day."""
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


def answer(arrays: SiteArrays, plan: Plan, limits: Limits, stuck: Iterable[int], rng: np.random.Generator) -> Plan:
    """Return a lawful plan near `plan` that keeps to `limits`.

    First only the `stuck` sites choose again, in what all others leave. Where that leaves tasks out or a cell still
    too full, those who stand in full cells choose again too, at rising prices. Deterministic for a given generator.
    """
    cut = replace(arrays, case=limits.cut_case)
    sweeper = Sweeper(cut, plan_weights(cut.case))
    everyone = np.arange(len(cut.case.sites), dtype=np.int64)
    sites = free_sites(cut)
    board = Board(plan.day.copy(), sweeper.load_of(everyone, plan.day))
    before = sweeper.measure(board.day)
    fullness = FULLNESS * board.use // np.maximum(limits.limit, 1)
    chosen = np.intersect1d(np.array(sorted(set(stuck)), dtype=np.int64), sites)
    sweeper.run(board, rng.permutation(chosen), prices=fullness, hard=True)
    worse = sweeper.measure(board.day) - before >= min(DROP)
    if worse.any():
        _press(sweeper, board, np.flatnonzero(worse).astype(np.int64), sites, limits.limit, rng)
    legalise(sweeper, board, rng, sites)
    _settle_outside(cut, sweeper, board, limits.limit)
    return Plan(board.day)


def _press(
    sweeper: Sweeper, board: Board, worse: IntArray, sites: IntArray, limit: IntArray, rng: np.random.Generator
) -> None:
    """Let `worse` sites take what they want, and those they push out settle at rising prices; kept if it is better."""
    trial = board.copy()
    memory = np.zeros(limit.shape, dtype=np.int64)
    over_price = ENTRY // 40
    sweeper.run(trial, worse, over_price=over_price)
    for _ in range(SETTLE_SWEEPS):
        over = np.maximum(trial.use - limit, 0)
        if not over.any():
            break
        memory += np.minimum(over, 24) * (ENTRY // 200)
        over_price = min(over_price * 23 // 20, ENTRY)
        sweeper.run(trial, rng.permutation(sites), prices=memory, over_price=over_price, only_overbooked=True)
    legalise(sweeper, trial, rng, sites)
    lawful = not (trial.use > limit).any()
    if lawful and sweeper.measure(trial.day).sum() < sweeper.measure(board.day).sum():
        board.day[:], board.use[:] = trial.day, trial.use


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
