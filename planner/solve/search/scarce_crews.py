"""Scarce crews: column generation, and then the steps that make an integer plan of its fractional solution.

The value of the linear program is the bound, and its prices are the certificate. A dive makes days of it, and chains
and exchanges repair and improve them. After each step the plan is made lawful and offered as incumbent, so a run that
is stopped early returns the best plan so far. Tasks left out then get room where a few sites can change together.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from planner.domain.case import IntArray
from planner.domain.plan import LEFT_OUT
from planner.domain.result import PriceList
from planner.solve.exact.cpsat import serve_all
from planner.solve.prices.bound import KEEP, certify
from planner.solve.prices.master import SCALE, level_weights
from planner.solve.run import Run
from planner.solve.search.dive import PINNED, Relaxation
from planner.solve.search.exact_subcases import refine
from planner.solve.search.exchange import Exchange
from planner.solve.search.least_gives_way import make_room, pins_missing
from planner.solve.site.arrays import SiteArrays
from planner.solve.site.sweeps import ENTRY, Board, Sweeper, improve, legalise, settle

CHAINS = (((0.5, 2.0), (1.0, 4.0), (2.0, 10.0)), *(((0.7, 3.0), (2.0, 10.0)),) * 3)
"""Phases of chains between exchanges: how dear overbooking is at begin and end, in parts of its base."""
COMPARED = 3
"""Where everything can be served, chains of so many more moves are compared at a step; else the first that pays will
do, since leaving something out always relieves a crew."""
SERVED = 20
"""What is left out counts so many times as much where everything can be served."""
SERVE_ROUNDS = 12
"""Rounds of sub-cases in which a small case's incumbent may come to serve everything by itself;"""
NEAR_WORK = 0.3
"""CP-SAT deterministic time to look near it where it does not."""
LAST = 3
"""Times as many rounds of sub-cases at the end, where gains are rare."""
FRACTIONS = 1.0
"""Tasks that the program may leave out in fractions where CP-SAT is still asked to serve everything."""


def plan_scarce(
    run: Run, arrays: SiteArrays, sweeper: Sweeper, board: Board, sites: IntArray, rng: np.random.Generator
) -> PriceList:
    """Better the incumbent where crews are scarce; return the entries' certificate.

    `board` holds what sites outside the kernel have.
    """
    assert run.objective is not None
    assert run.best is not None
    work = run.work
    own = Sweeper(arrays, sweeper.weights)
    relaxation = Relaxation(own, board, sites)
    relaxation.generate(work.bound_rounds, run.out_of_time)
    if run.proven is not None:
        run.proven.prices = relaxation.prices
    certificate = certify(arrays, run.objective, "entries", run.best.day, 0, start=relaxation.prices)
    run.bound = certificate.bound
    run.note("column generation")
    if not run.met() and not run.out_of_time():
        _Packing(run, arrays, sweeper, own, sites, relaxation, rng).run()
    guided = not np.array_equal(run.case.capacity, run.case.plan_capacity)
    # Without a guide and with everything served, these prices are the program's optimum already.
    done = (not guided and not any(run.objective.left_out)) or run.out_of_time()
    rounds = 0 if done else work.bound_rounds
    certificate = certify(arrays, run.objective, "entries", run.best.day, rounds, start=relaxation.prices)
    run.bound = certificate.bound
    return certificate


class _Packing:
    """From the program's fractions to plans. `own` has the program's weights, `sweeper` those of the levels."""

    def __init__(
        self, run: Run, arrays: SiteArrays, sweeper: Sweeper, own: Sweeper, sites: IntArray, relaxation: Relaxation,
        rng: np.random.Generator,
    ) -> None:  # fmt: skip
        self._run, self._arrays, self._sweeper, self._own = run, arrays, sweeper, own
        self._sites, self._relaxation, self._rng = sites, relaxation, rng
        self._prices = relaxation.prices * ENTRY // SCALE
        self._own_rng = np.random.default_rng([run.seed, 1])

    def run(self) -> None:
        """Offer plans until one is as good as the program, or the work is done."""
        run, relaxation, rng, work = self._run, self._relaxation, self._rng, self._run.work
        assert run.best is not None
        board = self._serve_all() if relaxation.left_out() < FRACTIONS else None
        servable = board is not None
        if board is None:
            day = relaxation.dive(rng, run.out_of_time)
            board = self._sweeper.board_of(day)
            settle(self._sweeper, board, self._sites, self._prices, rng, work.settle_sweeps, run.out_of_time)
            servable = not (day[np.isin(run.case.site_of, self._sites)] == LEFT_OUT).any()
        if servable:
            # Nothing that chains and exchanges might save is worth leaving one out.
            dear = np.array(KEEP[:3], dtype=np.int64) * SERVED
            self._own.reweigh(level_weights(run.case, 3, dear, PINNED * SERVED))
        exchange = Exchange(self._own, board, self._sites, relaxation.prices, rng, COMPARED if servable else 0)
        enough = int(np.ceil(relaxation.proven - 1e-6)) * SCALE
        self._take(board)
        for dearness in CHAINS:
            if self._enough(exchange, enough):
                break
            for between in dearness:
                if not self._enough(exchange, enough) and not run.out_of_time():
                    exchange.chains(work.chain_steps * len(self._sites), between, enough, run.out_of_time)
                    self._take(exchange.board)
            exchange.run(work.exchange_rounds // len(CHAINS), work.exchange_work, enough, run.out_of_time)
            board = self._take(exchange.board, last=True)
            if pins_missing(run.case, board.day) or run.out_of_time():
                break
            exchange.restart(board)
        if not self._enough(exchange, enough):
            self._refined(LAST * work.refine_rounds)

    def _enough(self, exchange: Exchange, enough: int) -> bool:
        """Return whether the incumbent, or what is being packed, is as good as the program."""
        assert self._run.best is not None
        best = self._sweeper.board_of(self._run.best.day)
        return self._run.met() or exchange.met(enough) or exchange.worth(best) <= enough

    def _serve_all(self) -> Board | None:
        """Return a plan that leaves nothing out, where the incumbent does; None where none is found.

        CP-SAT looks for any, while sub-cases bring the incumbent nearer to one; what is found near it has fewer
        entries, which further sub-cases bring down.
        """
        run = self._run
        assert run.best is not None
        if run.case.n_tasks > run.work.hard_tasks or not self._leaves_out():
            return None

        def enough() -> bool:
            return run.out_of_time() or not self._leaves_out()

        with ThreadPoolExecutor(1) as thread:
            search = thread.submit(serve_all, self._arrays, run.best.day, run.work.serve_work, run.seed, enough)
            board = self._refined(SERVE_ROUNDS)
            if self._leaves_out():
                near = serve_all(self._arrays, board.day, NEAR_WORK, run.seed, enough, near=True)
                if near.day is not None:
                    self._take(self._sweeper.board_of(near.day))
            found = search.result()
        if self._leaves_out() and found.day is not None:
            self._take(self._sweeper.board_of(found.day))
        return None if self._leaves_out() else self._refined(run.work.refine_rounds)

    def _leaves_out(self) -> bool:
        assert self._run.objective is not None
        return any(self._run.objective.left_out)

    def _refined(self, rounds: int) -> Board:
        """Return the incumbent after up to `rounds` of sub-cases."""
        assert self._run.best is not None
        board = self._sweeper.board_of(self._run.best.day)
        refine(self._run, self._sweeper, board, self._sites, self._own_rng, rounds)
        return board

    def _take(self, board: Board, last: bool = False) -> Board:
        """Make `board` lawful and offer it, or, where that is no better, what comes of making room; return the lawful.

        Random orders are its own: what is looked at on the way does not change the way. `last` takes more pains, and
        is where the way goes on from.
        """
        run, lawful, rng = self._run, board.copy(), self._rng if last else self._own_rng
        legalise(self._sweeper, lawful, rng, self._sites)
        improve(self._sweeper, lawful, self._sites, rng, run.work.descent_sweeps if last else 2)
        if not pins_missing(run.case, lawful.day) and not run.offer(lawful.day, "chains"):
            steps = run.work.room_steps * run.case.n_tasks
            make_room(run, self._arrays, lawful.day, self._sites, self._prices, rng, steps)
        return lawful
