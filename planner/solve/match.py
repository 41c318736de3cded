"""Stage 1, match: gives every task its day, by levels, with a proof.

Bound → negotiated prices → ejection chains → where crews are scarce, column generation, a dive, and exchanges →
certificates → CP-SAT's own bound. All work is counted in sweeps, rounds and deterministic time, so the same case and
settings give the same plan. Every incumbent is checked; objective and bound are recomputed outside the engines.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np

from planner.checks import check_plan
from planner.domain.case import Case, IntArray
from planner.domain.errors import MismatchError
from planner.domain.plan import LEFT_OUT, Plan
from planner.domain.result import DECISIVE_LEVELS, LEVELS, Level, PriceList, Progress, Status
from planner.solve.exact.cpsat import Cancel, LevelWork, run_combined, run_level, site_cuts
from planner.solve.exact.sites_together import solve_outside
from planner.solve.horizon import solve_horizon
from planner.solve.levels import levels_with_proof, status_of
from planner.solve.matched import Match, pins_alone
from planner.solve.prices.bound import certify, level_values
from planner.solve.prices.proven import Proven
from planner.solve.run import Keep, Run, Work
from planner.solve.search.exact_subcases import refine
from planner.solve.search.least_gives_way import gave_way, opening_prices, pins_missing, serve_what_matters
from planner.solve.search.levelling import level_load
from planner.solve.search.scarce_crews import plan_scarce
from planner.solve.site.arrays import SiteArrays, site_arrays
from planner.solve.site.sweeps import (
    DROP,
    ENTRY,
    FIRE_ALONE,
    Board,
    Sweeper,
    chase,
    free_sites,
    improve,
    legalise,
    negotiate,
    plan_weights,
)

OVERFULL = 0.03
"""Share of the tasks left out by the first plan from which on sub-cases better it before anything else."""
RESCUE_WORK = 20.0
"""CP-SAT deterministic time for placing what is pinned where the sweeps could not."""


def solve_match(
    case: Case,
    seed: int = 0,
    work: Work | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancel: Cancel | None = None,
    keep: Keep | None = None,
    begin: IntArray | None = None,
) -> Match:
    """Return a lawful plan of `case` with the bounds of each level.

    `cancel` is asked between steps; a cancelled run keeps its best plan and is not repeatable. `keep` is handed each
    incumbent's days [T]; a run that is given one to `begin` with goes on from it where it is lawful, and is not
    repeatable either. Raises MismatchError if an engine and the checks disagree.
    """
    limits = work or Work()
    if case.n_tasks > limits.proof_tasks or (case.n_days > limits.long_days and case.n_tasks > limits.hard_tasks):
        return solve_horizon(case, seed, progress, cancel)
    run = Run(case, progress, cancel, keep, limits, seed)
    contradictions = pins_alone(case)
    if contradictions:
        return Match(Status.INFEASIBLE, None, None, (), (), (), contradictions)
    arrays = site_arrays(case)
    sweeper = Sweeper(arrays, plan_weights(case))
    run.proven = Proven(arrays, limits.bound_rounds, run.out_of_time)
    rng = np.random.default_rng(seed)
    _, wanted = sweeper.quote()
    floor = sweeper.measure(wanted)
    run.seconds["compile"] = perf_counter() - run.start
    run.start = perf_counter()
    sites = free_sites(arrays)
    begun = begin is not None and not check_plan(case, Plan(begin))
    if begun:
        assert begin is not None
        board = sweeper.board_of(begin)
        improve(sweeper, board, sites, rng, run.work.descent_sweeps)
    else:
        board = _first(run, arrays, sweeper, sites, floor, rng)
    if pins_missing(case, board.day):
        # Only sites with pins decide whether anything lawful exists: all others can leave everything out.
        holds = np.unique(case.site_of[[n for n, t in enumerate(case.tasks) if t.pinned]])
        day = np.where(np.isin(case.site_of, holds), board.day, LEFT_OUT)
        rescued = run_combined(arrays, holds, case.plan_capacity, day, RESCUE_WORK, seed, run.cancel)
        if rescued.day is None:
            found = check_plan(case, Plan(board.day))
            status = Status.INFEASIBLE if rescued.infeasible else Status.OUT_OF_TIME
            return Match(status, None, None, (), (), tuple(run.progress), found, run.seconds)
        board = sweeper.board_of(rescued.day)
        improve(sweeper, board, sites, rng, run.work.descent_sweeps)
    run.offer(board.day, "incumbent" if begun else "prices")
    certificate = _search(run, arrays, sweeper, board, sites, floor, rng)
    levels, certificates = _prove(run, arrays, sweeper, sites, certificate)
    assert run.best is not None
    return Match(
        status_of(levels),
        run.best,
        run.objective,
        levels,
        certificates,
        tuple(run.progress),
        (),
        run.seconds,
        not run.stopped and not begun,
    )


def _first(
    run: Run, arrays: SiteArrays, sweeper: Sweeper, sites: IntArray, floor: IntArray, rng: np.random.Generator
) -> Board:
    """Return a first plan at negotiated prices, which the search goes on from.

    Where crews do not suffice for all, another in which what matters least gives way is offered besides: before, where
    a unit's demand alone shows it.
    """
    held = sweeper.empty_board()
    solve_outside(arrays, sweeper, held)
    opening = opening_prices(arrays)

    def give_way_first() -> None:
        rng, steps = np.random.default_rng([run.seed, 0]), run.work.room_steps * run.case.n_tasks
        serve_what_matters(run, arrays, held.copy(), sites, opening, rng, steps)
        if run.best is not None and np.count_nonzero(gave_way(arrays, run.best.day)) > OVERFULL * run.case.n_tasks:
            rng, best = np.random.default_rng([run.seed, 2]), sweeper.board_of(run.best.day)
            refine(run, sweeper, best, sites, rng, run.work.refine_rounds)

    if opening.any():
        give_way_first()
        if run.best is not None and run.out_of_time():
            return sweeper.board_of(run.best.day)
    board = held.copy()
    negotiate(sweeper, board, sites, rng, run.work.negotiation_sweeps, run.out_of_time)
    legalise(sweeper, board, rng, sites)
    improve(sweeper, board, sites, rng, run.work.descent_sweeps)
    if not pins_missing(run.case, board.day):
        run.offer(board.day, "prices")
    if not opening.any() and (sweeper.measure(board.day) - floor >= min(DROP)).any():
        give_way_first()
    return board


def _search(
    run: Run,
    arrays: SiteArrays,
    sweeper: Sweeper,
    board: Board,
    sites: IntArray,
    floor: IntArray,
    rng: np.random.Generator,
) -> PriceList:
    """Improve the incumbent until its entries meet the certified bound or the work is done; return the certificate."""
    work = run.work
    assert run.objective is not None
    assert run.best is not None
    scarce = int((sweeper.measure(board.day) - floor >= ENTRY).sum()) > work.many
    if not scarce:
        board = chase(sweeper, board, sites, floor, rng, work.chase_rounds, run.out_of_time)
        improve(sweeper, board, sites, rng, work.descent_sweeps)
        run.offer(board.day, "ejection chains")
    certificate = certify(arrays, run.objective, "entries", run.best.day, 0)
    run.bound = certificate.bound
    run.note("limit")
    if work.exchange_rounds and not run.met() and not run.out_of_time():
        certificate = plan_scarce(run, arrays, sweeper, board, sites, rng)
        board = sweeper.board_of(run.best.day)
    improve(sweeper, board, sites, rng, work.descent_sweeps)
    run.offer(board.day, "disturbance")
    if run.objective.fire_alone and not run.out_of_time():
        board = chase(sweeper, board, sites, floor, rng, work.chase_rounds, run.out_of_time, least=FIRE_ALONE)
        run.offer(board.day, "fire in company")
    run.offer(level_load(sweeper, board, sites, rng, work.levelling_sweeps).day, "load levelled")
    run.seconds["search"] = perf_counter() - run.start
    return certificate


def _prove(
    run: Run, arrays: SiteArrays, sweeper: Sweeper, sites: IntArray, entries: PriceList
) -> tuple[tuple[Level, ...], tuple[PriceList, ...]]:
    """Return the levels with their bounds, and the certificates."""
    assert run.best is not None
    assert run.objective is not None
    case, work = run.case, run.work
    known = (*(run.proven.lists if run.proven else ()), entries)
    solver_bound: dict[str, int] = {}
    if work.proof_work and case.n_tasks <= work.proof_tasks and not run.out_of_time():
        start = perf_counter()
        solver_bound = _solver_words(run, arrays, sweeper, sites)
        run.seconds["proof"] = perf_counter() - start
    start = perf_counter()
    levels, certificates = levels_with_proof(
        arrays, run.objective, run.best, work.bound_rounds, solver_bound,
        known if case.released is case else (), run.out_of_time, run.proven.prices if run.proven else None,
    )  # fmt: skip
    run.seconds["certificates"] = perf_counter() - start
    return levels, certificates


def _solver_words(run: Run, arrays: SiteArrays, sweeper: Sweeper, sites: IntArray) -> dict[str, int]:
    """Let CP-SAT prove, or better, the incumbent over the whole case, level by level; return its bounds.

    Left-out tasks are its matter in small cases only, where scarce crews are a knapsack that prices do not see. In a
    large case it is asked of entries only where the limit is met: an open gap of thousands of tasks is one that it has
    not been seen to narrow in this work.
    """
    assert run.objective is not None
    bounds: dict[str, int] = {}
    small = run.case.n_tasks <= run.work.hard_tasks
    for n, name in enumerate(DECISIVE_LEVELS):
        before = run.objective.left_out
        served = not any(run.objective.left_out)
        if (small or (served and run.met())) if name == "entries" else (small and before[n]):
            bounds[name] = _solver_word(run, arrays, sweeper, sites, name, small)
        if run.objective.left_out != before:
            run.bound = None  # it spoke of plans that leave out what the last one did
    return bounds


def _solver_word(run: Run, arrays: SiteArrays, sweeper: Sweeper, sites: IntArray, level: str, small: bool) -> int:
    """Let CP-SAT prove, or better, one level of the incumbent over the whole case; return its bound.

    A met limit is proven with little presolve. A small case whose gap is open is searched in earnest: two workers, one
    with the linear relaxation, interleaved so that the run can be repeated.
    """
    assert run.best is not None
    assert run.objective is not None
    entries = level == "entries"
    met = entries and run.bound is not None and run.bound >= run.objective.all_entries
    hard = small and not met

    def told(bound: int) -> None:
        if entries and (run.bound is None or bound > run.bound):
            run.bound = bound
            run.note("CP-SAT")

    most, workers = (run.work.hard_work, 2) if hard else (run.work.proof_work, 1)
    found = run_level(
        arrays, level, level_values(run.objective)[:LEVELS.index(level)], run.best.day,
        LevelWork(most, workers, run.seed, proof=not hard), cuts=site_cuts(arrays) if entries else None,
        cancel=run.cancel, on_bound=told,
    )  # fmt: skip
    if found.infeasible:
        raise MismatchError("CP-SAT calls a case infeasible for which there is a lawful plan")
    if found.day is not None and run.offer(found.day, "CP-SAT"):
        board = sweeper.board_of(found.day)
        improve(sweeper, board, sites, np.random.default_rng(run.seed), run.work.descent_sweeps)
        run.offer(board.day, "disturbance")
        run.offer(
            level_load(sweeper, board, sites, np.random.default_rng(run.seed), run.work.levelling_sweeps).day,
            "load levelled",
        )
    return found.bound
