"""Sub-cases solved exactly: some dozens of sites around an expensive one choose their days again in one model.

The kernel moves one site, and chains and exchanges choose among known patterns; here every lawful pattern of every site
of the sub-case is allowed, within the capacity that the others leave (large neighbourhood search; Shaw, "Using
constraint programming and local search methods to solve vehicle routing problems", CP 1998). With crews as linear rows
such a model is solved to optimality in a tenth of a second, so a sub-case is enlarged until that is no longer so.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from planner.domain.case import IntArray
from planner.domain.plan import LEFT_OUT
from planner.solve.exact.cpsat import run_combined
from planner.solve.exact.sites_together import gathered
from planner.solve.run import Run
from planner.solve.site.sweeps import DROP, ENTRY, Board, Sweeper

FEWEST, MOST = 12, 120
"""Sites of a sub-case, at least and at most; the first has `BEGIN`."""
BEGIN = 30
WORK = 0.05
"""CP-SAT deterministic time of a sub-case."""
PATIENCE = 30
"""Rounds without gain after which nothing more is to be hoped for."""
SIDE_BY_SIDE = 2
EVENED = 0.25
"""Power of what a site costs too much, which is how often it is the middle of a sub-case: a task that must be done has
ten times the chance of one that may."""


def refine(run: Run, sweeper: Sweeper, board: Board, sites: IntArray, rng: np.random.Generator, rounds: int) -> None:
    """Better the lawful `board` in up to `rounds` of two sub-cases, and offer what comes of it.

    `sweeper` has the weights of the levels; `sites` are those that may move.
    """
    _Refinement(run, sweeper, board, sites, rng).run(rounds)
    run.offer(board.day, "sub-cases")


class _Refinement:
    def __init__(self, run: Run, sweeper: Sweeper, board: Board, sites: IntArray, rng: np.random.Generator) -> None:
        self._run, self._sweeper, self._board, self._rng = run, sweeper, board, rng
        self._arrays, self._case = sweeper.arrays, sweeper.case
        self._may = np.zeros(len(self._case.sites), dtype=np.bool_)
        self._may[sites] = True
        self._floor = sweeper.measure(sweeper.quote()[1])
        self._size = float(BEGIN)

    def run(self, rounds: int) -> None:
        patience = PATIENCE
        with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
            for _ in range(rounds):
                groups = self._groups()
                if not groups or not patience or self._run.out_of_time():
                    return
                seeds = self._rng.integers(0, 1 << 30, size=len(groups)).tolist()
                found = list(threads.map(self._solve, groups, seeds))
                gained = [self._accept(group, day) for group, (day, _) in zip(groups, found, strict=True)]
                patience = PATIENCE if any(gained) else patience - 1
                for _, proven in found:
                    self._size = min(MOST, self._size * 1.03) if proven else max(FEWEST, self._size * 0.85)

    def _solve(self, group: IntArray, seed: int) -> tuple[IntArray | None, bool]:
        """Return the group's best days [T] in what the others leave, and whether they are proven to be."""
        board = self._board
        others = board.use - self._sweeper.load_of(group, board.day)
        limit = np.maximum(self._case.plan_capacity - others, 0)
        found = run_combined(self._arrays, group, limit, board.day, WORK, seed, self._run.cancel, linear=True)
        return found.day, found.proven

    def _accept(self, group: IntArray, day: IntArray | None) -> bool:
        """Take the group's days if that is lawful and no worse (the other group may have come first); say if better."""
        if day is None:
            return False
        board = self._board
        days = np.where(np.isin(self._case.site_of, group), day, board.day)
        use = board.use - self._sweeper.load_of(group, board.day) + self._sweeper.load_of(group, days)
        change = int(self._sweeper.measure(days)[group].sum()) - int(self._sweeper.measure(board.day)[group].sum())
        if change > 0 or ((use > self._case.plan_capacity) & (use > board.use)).any():
            return False
        board.day[:], board.use[:] = days, use
        return change <= -ENTRY

    def _groups(self) -> list[IntArray]:
        """Return the sites of the next sub-cases, no site in two."""
        free, groups = self._may.copy(), list[IntArray]()
        value = self._sweeper.measure(self._board.day)
        for _ in range(SIDE_BY_SIDE):
            wanting = np.flatnonzero((value - self._floor >= min(DROP)) & free)
            if not wanting.size:  # what is left out comes first, and entries by the way
                wanting = np.flatnonzero((value - self._floor >= ENTRY) & free)
            if wanting.size:
                groups.append(self._around(value, wanting, free))
                free[groups[-1]] = False
        return groups

    def _around(self, value: IntArray, wanting: IntArray, free: np.ndarray) -> IntArray:
        """Return a site of `wanting`, and `free` ones that share a unit with it, first those that could meet its days.

        What is left out costs most and comes more often; were it by its cost, what must be left out took nearly all.
        """
        case, arrays, rng, size = self._case, self._arrays, self._rng, int(self._size)
        if np.count_nonzero(free) <= size:
            return np.flatnonzero(free).astype(np.int64)
        excess = (value - self._floor)[wanting] ** EVENED
        first = int(rng.choice(wanting, p=excess / excess.sum()))
        here = np.array(case.tasks_at(first))
        out = here[self._board.day[here] == LEFT_OUT]
        task = int(rng.choice(out if out.size else here))
        near = (arrays.allowed & arrays.allowed[task]).any(axis=1)
        start = np.array([first], dtype=np.int64)
        return gathered(arrays, start, int(case.unit_of[task]), near, size, free, rng)
