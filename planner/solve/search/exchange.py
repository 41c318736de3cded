"""Exchanges: several sites choose among known patterns at the same time, exactly, so that scarce crews are used up.

Where crews are used to 99 %, single sites cannot move any more: several sites have to swap days so that the remainders
of different days come together on one. CP-SAT chooses one pattern for each of a hundred sites around an overbooked
crew, or around a site that costs more than it should (large neighbourhood search; Shaw, "Using constraint programming
and local search methods to solve vehicle routing problems", CP 1998). Patterns come from the kernel at slightly
perturbed prices.
"""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor, wait

import numpy as np
from ortools.sat.python import cp_model

from planner.domain.case import IntArray
from planner.domain.plan import LEFT_OUT
from planner.solve.exact.cpsat import Cancel
from planner.solve.exact.sites_together import gathered
from planner.solve.prices.master import SCALE
from planner.solve.prices.patterns import Pool
from planner.solve.search.chains import Effort, columns_of, search, stand
from planner.solve.site.sweeps import Board, Sweeper

SITES = 150
DEAREST = 40
"""Entries that a quarter-hour above the limit costs in an exchange at most: it starts at 1 and doubles when stuck."""
PATIENCE = 12
"""Rounds without a better board after which nothing more is to be hoped for."""
SHAKEN_QUOTES = 60
CHAIN_PATTERNS = 24
"""Patterns per site that chains choose among: the cheapest at the program's prices."""
CHAIN_BASE = 0.2
"""Entries that a quarter-hour above the limit costs in chains, on top of its price, before it grows dearer."""
SHAKES = (0.02, 0.1, 0.02, 0.3)
"""Largest random addition to prices, in entries per quarter-hour, by turns."""


class Exchange:
    """Improves a board, round by round. `floor` [S] is what each site costs at best; weights sum up all levels."""

    def __init__(
        self, sweeper: Sweeper, board: Board, sites: IntArray, prices: IntArray, rng: np.random.Generator,
        tried: int = 0,
    ) -> None:  # fmt: skip
        """`sweeper` has the weights of `planner.solve.search.dive`; `prices` [R, D] are the program's.

        Chains of so many more first moves are compared (`tried`) before one that pays is taken.
        """
        self._tried = tried
        self.sweeper, self.case, self.board, self.sites, self._rng = sweeper, sweeper.case, board, sites, rng
        self._prices, self._turn, self._over_cost = prices, 0, 1
        self._pool = Pool(sweeper, sweeper.weights)
        _, cheapest = sweeper.quote()
        self._pool.add(board.day, sites)
        self._pool.add(cheapest, sites)
        self._floor = sweeper.measure(cheapest)
        self._everyone = np.arange(len(self.case.sites), dtype=np.int64)

    def met(self, enough: int) -> bool:
        """Return whether the board is lawful and costs no more than `enough`."""
        return not self.over and self.worth(self.board) <= enough

    @property
    def over(self) -> int:
        """Quarter-hours above the limits."""
        return int(np.maximum(self.board.use - self.case.plan_capacity, 0).sum())

    def worth(self, board: Board) -> int:
        """Return the board's cost with overbooking counted in."""
        over = int(np.maximum(board.use - self.case.plan_capacity, 0).sum())
        return int(self.sweeper.measure(board.day)[self.sites].sum()) + over * self._over_cost * SCALE

    def restart(self, board: Board) -> None:
        """Go on from another board, keeping the patterns found."""
        self.board, self._over_cost = board.copy(), 1
        self._pool.add(board.day, self.sites)

    def chains(self, steps: int, dearness: tuple[float, float], enough: int, cancel: Cancel) -> None:
        """Better the board by ejection chains of known patterns: two searches of `steps`, of which the better counts.

        `dearness`: mean weights of overbooking at begin and end, in parts of its base. A search ends early at a lawful
        board that costs no more than `enough`.
        """
        for _ in range(SHAKEN_QUOTES):
            self._shake()
        patterns = self._pool.cheapest(self.board.day, self._prices, CHAIN_PATTERNS)
        columns = columns_of(patterns)
        held = self.board.use - self.sweeper.load_of(self.sites, self.board.day)
        limit = (self.case.plan_capacity - held).ravel()
        base = (CHAIN_BASE * SCALE + self._prices.ravel()).astype(np.float64)
        now = np.where(np.diff(columns.start) > 0, columns.start[:-1], -1)
        floor = np.array([min((p.cost for p in known), default=0) for known in patterns])
        stop = np.zeros(1, dtype=np.bool_)

        def one(seed: int) -> tuple[float, IntArray]:
            standing = stand(columns, now, limit.size, base * dearness[0])
            best = now.copy()
            effort = Effort(steps, self._tried, *dearness, enough)
            least: float = search(columns, standing, limit, base, floor, effort, seed, stop, best)
            return least, best

        with ThreadPoolExecutor(2) as threads:
            searches = [threads.submit(one, seed) for seed in self._rng.integers(0, 1 << 30, size=2).tolist()]
            while wait(searches, timeout=0.1).not_done:
                stop[0] = cancel()
        best = min((one.result() for one in searches), key=lambda pair: pair[0])[1]
        day = self.board.day.copy()
        for s in np.flatnonzero(best >= 0).tolist():
            days = patterns[s][int(best[s] - columns.start[s])].days
            day[self.case.start[s] : int(self.case.start[s]) + len(days)] = days
        self.board = Board(day, held + self.sweeper.load_of(self.sites, day))

    def _shake(self) -> None:
        """Ask all sites for a pattern at prices a little off, dear where crews are full."""
        self._turn += 1
        noise = self._rng.random(self._prices.shape) * SHAKES[self._turn % len(SHAKES)]
        left = self.case.plan_capacity - self.board.use
        noise += (left < 0) * 1.0 + (left <= 0) * self._rng.random(self._prices.shape) * 0.05
        prices = self._prices * self._rng.uniform(0.8, 1.1) + noise * SCALE
        self._pool.add(self.sweeper.quote(np.rint(prices).astype(np.int64))[1], self.sites)

    def run(self, rounds: int, work: float, enough: int, cancel: Cancel) -> None:
        """Do up to `rounds` of two exchanges at a time, `work` units of deterministic time each.

        Ends early at a lawful board that costs no more than `enough`, or when patience is.
        """
        best, patience = (self.over, int(self.sweeper.measure(self.board.day)[self.sites].sum())), PATIENCE
        with ThreadPoolExecutor(2) as threads:
            for _ in range(rounds):
                if not patience or self.met(enough):
                    return
                self._shake()
                value = self.sweeper.measure(self.board.day)
                first = self._around(value, self._everyone[:0])
                if not first.size or cancel():
                    return
                before = self.over
                groups = [first, self._around(value, first)]
                seeds = self._rng.integers(0, 1 << 30, size=2).tolist()
                found = list(threads.map(lambda g, s: self._choose(g, work, s), groups, seeds))
                for group, day in zip(groups, found, strict=True):
                    self._accept(group, day)
                if self.over and self.over >= before:
                    self._over_cost = min(2 * self._over_cost, DEAREST)
                now = self.over, int(self.sweeper.measure(self.board.day)[self.sites].sum())
                patience = PATIENCE if now < best else patience - 1
                best = min(now, best)

    def _accept(self, group: IntArray, day: IntArray | None) -> None:
        """Take the group's days if the board is no worse for it (the other exchange may have come first)."""
        if day is None:
            return
        mine = np.isin(self.case.site_of, group)
        days = np.where(mine, day, self.board.day)
        use = self.board.use - self.sweeper.load_of(group, self.board.day) + self.sweeper.load_of(group, days)
        trial = Board(days, use)
        if self.worth(trial) <= self.worth(self.board):
            self.board = trial

    def _around(self, value: IntArray, taken: IntArray) -> IntArray:
        """Return up to SITES sites around an overbooked cell or a site that costs too much, none of them in `taken`."""
        case, arrays, rng = self.case, self.sweeper.arrays, self._rng
        over = np.argwhere(self.board.use > case.plan_capacity)
        may = np.zeros(len(case.sites), dtype=np.bool_)
        may[self.sites] = True
        may[taken] = False
        start: list[int] = []
        if over.size:
            row, day = over[rng.integers(len(over))].tolist()
            near = arrays.allowed[:, day]
        else:
            wanting = np.flatnonzero((value - self._floor >= SCALE) & may)
            if not wanting.size:
                return np.array([], dtype=np.int64)
            # What is left out costs most and so comes first; the root leaves the others a chance.
            excess = np.sqrt((value - self._floor)[wanting].astype(np.float64))
            start = [int(rng.choice(wanting, p=excess / excess.sum()))]
            here = np.array(case.tasks_at(start[0]))
            out = here[self.board.day[here] == LEFT_OUT]
            task = int(rng.choice(out if out.size else here))
            row = int(case.unit_of[task])
            near = (arrays.allowed & arrays.allowed[task]).any(axis=1)
        return gathered(arrays, np.array(start, dtype=np.int64), row, near, SITES, may, rng)

    def _choose(self, group: IntArray, work: float, seed: int) -> IntArray | None:
        """Return days [T] in which the group has the best patterns for what the others leave; None if none is found."""
        case, board = self.case, self.board
        if not group.size:
            return None
        free = (case.plan_capacity - board.use + self.sweeper.load_of(group, board.day)).ravel().tolist()
        model = cp_model.CpModel()
        cells: dict[int, list[tuple[cp_model.IntVar, int]]] = defaultdict(list)
        used: dict[int, int] = defaultdict(int)
        goal: list[tuple[cp_model.IntVar, int]] = []
        choices = []
        for s in group.tolist():
            patterns = self._pool.by_site[s]
            least = min(p.cost for p in patterns)
            now = self._pool.known.days_of(s, board.day)
            literals = [model.new_bool_var("") for _ in patterns]
            for literal, pattern in zip(literals, patterns, strict=True):
                stays = np.array_equal(pattern.days, now)
                model.add_hint(literal, int(stays))
                if pattern.cost > least:
                    goal.append((literal, (pattern.cost - least) // SCALE))
                for cell, quarters in pattern.load:
                    cells[cell].append((literal, quarters))
                    used[cell] += quarters * stays
            model.add_exactly_one(literals)
            choices.append((s, literals))
        for cell, terms in cells.items():
            if sum(q for _, q in terms) <= free[cell]:
                continue
            load = cp_model.LinearExpr.weighted_sum([x for x, _ in terms], [q for _, q in terms])
            above = used[cell] - free[cell]
            if above > 0:
                over = model.new_int_var(0, above, "")
                model.add_hint(over, above)
                goal.append((over, self._over_cost))
                model.add(load <= free[cell] + over)
            else:
                model.add(load <= free[cell])
        model.minimize(cp_model.LinearExpr.weighted_sum([x for x, _ in goal], [w for _, w in goal]) if goal else 0)
        solver = cp_model.CpSolver()
        solver.parameters.max_deterministic_time = work
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = seed
        solver.parameters.symmetry_level = 0
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.catch_sigint_signal = False
        if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        day = board.day.copy()
        for s, literals in choices:
            j = next(n for n, literal in enumerate(literals) if solver.boolean_value(literal))
            days = self._pool.by_site[s][j].days
            day[case.start[s] : int(case.start[s]) + len(days)] = days
        return day
