"""Stage 1, match: every task gets its day, by levels, with proof.

Limit → negotiated prices → ejection chains → where crews are scarce, column generation, a dive, and exchanges →
certificates → CP-SAT's own word. All work is counted in sweeps, rounds and deterministic time, so that the same case
and settings give the same plan. Every incumbent is checked; objective and bound are recomputed outside the engines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

from planner.checks import Violation, check_plan
from planner.checks.objective import crowding, objective_of
from planner.domain.case import Case, IntArray
from planner.domain.errors import MismatchError
from planner.domain.plan import LEFT_OUT, Objective, Plan
from planner.domain.result import LEVELS, Level, PriceList, Progress, Status
from planner.solve.arrays import SiteArrays, site_arrays
from planner.solve.bound import KEEP, certify, level_values
from planner.solve.cpsat import Cancel, run_combined, run_level, site_cuts
from planner.solve.dive import PINNED, Relaxation
from planner.solve.exchange import Exchange
from planner.solve.levelling import level_load
from planner.solve.levels import levels_with_proof, status_of
from planner.solve.master import SCALE, level_weights
from planner.solve.neighbourhood import solve_outside
from planner.solve.sweeps import (
    ENTRY,
    Board,
    Sweeper,
    chase,
    free_sites,
    improve,
    legalise,
    negotiate,
    plan_weights,
    settle,
)


@dataclass(frozen=True, slots=True)
class Work:
    """How much is done at most; never seconds, so that a run can be repeated."""

    negotiation_sweeps: int = 120
    descent_sweeps: int = 10
    chase_rounds: int = 120
    bound_rounds: int = 25
    levelling_sweeps: int = 10
    chain_steps: int = 5
    """Steps of ejection chains per site and phase, where crews are scarce; see `planner.solve.chains`."""
    exchange_rounds: int = 20
    """Rounds of two exchanges each after the chains; half of them after what is overbooked had to go."""
    exchange_work: float = 0.3
    """CP-SAT deterministic time of one exchange."""
    settle_sweeps: int = 600
    many: int = 40
    """Sites that cost more than they should after the first plan: from here on, crews are scarce everywhere and single
    ejection chains lead nowhere."""
    proof_work: float = 3.0
    """CP-SAT deterministic time of the last proof over the whole case; 0 leaves it out."""
    proof_tasks: int = 15_000
    """Larger cases are planned and proven by `planner.solve.horizon`, without CP-SAT;"""
    long_days: int = 60
    """so are cases of more days and more than `hard_tasks`: their linear programs are many times a month's."""
    hard_work: float = 10.0
    """Deterministic time of CP-SAT with two interleaved workers over the whole of a small case whose gap is open."""
    hard_tasks: int = 1_000


@dataclass(frozen=True, eq=False)
class Match:
    """What stage 1 hands on."""

    status: Status
    plan: Plan | None
    objective: Objective | None
    levels: tuple[Level, ...]
    certificates: tuple[PriceList, ...]
    progress: tuple[Progress, ...]
    violations: tuple[Violation, ...] = ()
    """Why nothing lawful exists, where the status is infeasible."""
    seconds: dict[str, float] = field(default_factory=dict)
    repeatable: bool = True
    bound_within_reserve: int | None = None
    """Where the entries' gap is open: no plan that keeps the travel reserve and leaves out no more has fewer. It is a
    figure, not a certificate: what it exceeds the bound by is the price of the reserve."""


Keep = Callable[[IntArray], None]
"""Is handed each incumbent's days [T]."""

CHAINS = (((0.5, 2.0), (1.0, 4.0), (2.0, 10.0)), *(((0.7, 3.0), (2.0, 10.0)),) * 3)
"""Phases of chains between exchanges: how dear overbooking is at begin and end, in parts of its base."""
COMPARED = 3
"""Where the dive served everything, chains of so many more moves are compared at a step; else the first that pays will
do, since leaving something out always relieves a crew."""
SERVED = 20
"""What is left out counts so many times as much where the dive served everything."""
RESCUE_WORK = 20.0
"""CP-SAT deterministic time for placing what is pinned where the sweeps could not."""


class _Run:
    """One solve: the incumbent outside the engines, the clock for progress only."""

    def __init__(
        self,
        case: Case,
        seed: int,
        work: Work,
        tell: Callable[[Progress], None] | None,
        cancel: Cancel | None,
        keep: Keep | None = None,
    ) -> None:
        self.case, self.work, self.seed = case, work, seed
        self.keep = keep or (lambda _: None)
        self.cancel, self._tell = cancel or (lambda: False), tell
        self.start = perf_counter()
        self.progress: list[Progress] = []
        self.seconds: dict[str, float] = {}
        self.stopped = False
        self.best: Plan | None = None
        self.objective: Objective | None = None
        self.crowded = 0
        self.bound: int | None = None
        self.relaxation: Relaxation | None = None

    def note(self, level: str, text: str = "") -> None:
        best = self.objective.all_entries if self.objective else None
        step = Progress(round(perf_counter() - self.start, 3), level, best, self.bound, text)
        self.progress.append(step)
        if self._tell:
            self._tell(step)

    def offer(self, day: IntArray, text: str = "load levelled") -> bool:
        """Take `day` as the incumbent if it is lawful and better; an unlawful one is a defect and raises."""
        plan = Plan(day.copy())
        objective = objective_of(self.case, plan)
        crowded = crowding(self.case, plan)
        if self.objective is not None and (*objective.key(), crowded) >= (*self.objective.key(), self.crowded):
            return False
        found = check_plan(self.case, plan)
        if found:
            raise MismatchError(f"an engine made an unlawful plan ({text}): {found[0].rule} {found[0].subjects}")
        self.best, self.objective, self.crowded = plan, objective, crowded
        if "first" not in self.seconds:
            self.seconds["first"] = perf_counter() - self.start
        self.keep(plan.day)
        self.note("entries", text)
        return True

    def out_of_time(self) -> bool:
        self.stopped = self.stopped or self.cancel()
        return self.stopped


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
        from planner.solve.horizon import solve_horizon  # it stands on this module

        return solve_horizon(case, seed, progress, cancel)
    run = _Run(case, seed, limits, progress, cancel, keep)
    contradictions = pins_alone(case)
    if contradictions:
        return Match(Status.INFEASIBLE, None, None, (), (), (), contradictions)
    arrays = site_arrays(case)
    sweeper = Sweeper(arrays, plan_weights(case))
    rng = np.random.default_rng(seed)
    _, wanted = sweeper.quote()
    floor = sweeper.measure(wanted)
    run.seconds["compile"] = perf_counter() - run.start
    run.start = perf_counter()
    sites = free_sites(arrays)
    begun = begin is not None and not check_plan(case, Plan(begin))
    if begun:
        assert begin is not None
        board = Board(begin.copy(), sweeper.load_of(np.arange(len(case.sites)), begin))
    else:
        board = sweeper.empty_board()
        solve_outside(arrays, sweeper, board)
        negotiate(sweeper, board, sites, rng, run.work.negotiation_sweeps)
        legalise(sweeper, board, rng, sites)
    improve(sweeper, board, sites, rng, run.work.descent_sweeps)
    if pins_missing(case, board.day):
        # Only sites with pins decide whether anything lawful exists: all others can leave everything out.
        holds = np.unique(case.site_of[[n for n, t in enumerate(case.tasks) if t.pinned]])
        day = np.where(np.isin(case.site_of, holds), board.day, LEFT_OUT)
        rescued = run_combined(arrays, holds, case.plan_capacity, day, RESCUE_WORK, seed, run.cancel)
        if rescued.day is None:
            found = check_plan(case, Plan(board.day))
            status = Status.INFEASIBLE if rescued.infeasible else Status.OUT_OF_TIME
            return Match(status, None, None, (), (), tuple(run.progress), found, run.seconds)
        board = Board(rescued.day, sweeper.load_of(np.arange(len(case.sites)), rescued.day))
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
        _within_reserve(run, levels),
    )


def _within_reserve(run: _Run, levels: Iterable[Level]) -> int | None:
    """Return the bound of entries within the reserve; None where the gap is closed or none was computed."""
    relaxation, objective = run.relaxation, run.objective
    entries = next(level for level in levels if level.name == "entries")
    if not entries.gap or relaxation is None or objective is None or len(relaxation.sites) < len(run.case.sites):
        return None
    left_out = sum(k * value for k, value in zip(KEEP[:3], objective.left_out, strict=True))
    bound = int(np.ceil(relaxation.proven - left_out / SCALE - 1e-6))
    return max(bound, *(b for b in (entries.bound_certified, entries.bound_solver, 0) if b is not None))


def pins_missing(case: Case, day: IntArray) -> bool:
    """Return whether a pinned task is not on its date."""
    pinned = case.columns.pinned
    date = np.append(case.ordinals, 0)[np.where(day >= 0, day, case.n_days)]
    return bool(((pinned > 0) & (date != pinned)).any())


def pins_alone(case: Case) -> tuple[Violation, ...]:
    """Return what the pinned tasks violate by themselves: published visits that contradict the law or each other."""
    pinned = case.columns.pinned
    at = np.searchsorted(case.ordinals, pinned)
    day = np.where((pinned > 0) & (np.append(case.ordinals, 0)[at] == pinned), at, LEFT_OUT)
    # Tasks that must come along with a pinned one are not placed yet, so what needs company is judged later.
    needs_company = {"join.required", "fire.exclusivity"}
    return tuple(v for v in check_plan(case, Plan(day)) if v.rule not in needs_company)


def _search(
    run: _Run,
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
    run.note("entries", "limit")
    if work.exchange_rounds and not _met(run) and not run.out_of_time():
        certificate = _scarce(run, arrays, sweeper, board, sites, rng)
        board = Board(run.best.day.copy(), sweeper.load_of(np.arange(len(run.case.sites)), run.best.day))
    improve(sweeper, board, sites, rng, work.descent_sweeps)
    run.offer(board.day, "disturbance")
    run.offer(level_load(sweeper, board, sites, rng, work.levelling_sweeps).day)
    run.seconds["search"] = perf_counter() - run.start
    return certificate


def _met(run: _Run) -> bool:
    """Return whether the incumbent serves everything with no more entries than the bound."""
    assert run.objective is not None
    return run.bound is not None and run.bound >= run.objective.all_entries and not any(run.objective.left_out)


def _scarce(
    run: _Run, arrays: SiteArrays, sweeper: Sweeper, board: Board, sites: IntArray, rng: np.random.Generator
) -> PriceList:
    """Plan where crews are scarce, from the prices of column generation; return the entries' certificate."""
    assert run.objective is not None
    assert run.best is not None
    work = run.work
    own = Sweeper(arrays, sweeper.weights)
    relaxation = run.relaxation = Relaxation(own, board, sites)
    relaxation.generate(work.bound_rounds, run.out_of_time)
    everyone = np.arange(len(run.case.sites), dtype=np.int64)
    certificate = certify(arrays, run.objective, "entries", run.best.day, 0, start=relaxation.prices)
    run.bound = certificate.bound
    run.note("entries", "column generation")
    if not _met(run) and not run.out_of_time():
        day = relaxation.dive(rng, run.out_of_time)
        trial = Board(day, sweeper.load_of(everyone, day))
        settle(sweeper, trial, sites, relaxation.prices * ENTRY // SCALE, rng, work.settle_sweeps)
        served = not (day[np.isin(run.case.site_of, sites)] == LEFT_OUT).any()
        if served:
            # All can be served, it seems: then nothing that chains and exchanges might save is worth leaving one out.
            dear = np.array(KEEP[:3], dtype=np.int64) * SERVED
            own.reweigh(level_weights(run.case, 3, dear, PINNED * SERVED))
        exchange = Exchange(own, trial, sites, relaxation.prices, rng, COMPARED if served else 0)
        enough = int(np.ceil(relaxation.proven - 1e-6)) * SCALE
        for dearness in CHAINS:
            for between in dearness:
                if not exchange.met(enough) and not run.out_of_time():
                    exchange.chains(work.chain_steps * len(sites), between, enough)
            exchange.run(work.exchange_rounds // len(CHAINS), work.exchange_work, enough, run.out_of_time)
            board = exchange.board.copy()
            legalise(sweeper, board, rng, sites)
            improve(sweeper, board, sites, rng, work.descent_sweeps)
            if pins_missing(run.case, board.day):
                break
            run.offer(board.day, "chains")
            if _met(run) or exchange.met(enough):
                break
            exchange.restart(board)
    no_reserve = np.array_equal(run.case.capacity, run.case.plan_capacity)
    # Without a reserve and with everything served, these prices are the program's optimum already.
    rounds = 0 if no_reserve and not any(run.objective.left_out) else work.bound_rounds
    certificate = certify(arrays, run.objective, "entries", run.best.day, rounds, start=relaxation.prices)
    run.bound = certificate.bound
    return certificate


def _prove(
    run: _Run, arrays: SiteArrays, sweeper: Sweeper, sites: IntArray, entries: PriceList
) -> tuple[tuple[Level, ...], tuple[PriceList, ...]]:
    """Return the levels with their bounds, and the certificates."""
    assert run.best is not None
    assert run.objective is not None
    case, work = run.case, run.work
    solver_bound: dict[str, int] = {}
    if work.proof_work and case.n_tasks <= work.proof_tasks and not run.out_of_time():
        start = perf_counter()
        solver_bound = _solver_words(run, arrays, sweeper, sites)
        run.seconds["proof"] = perf_counter() - start
    start = perf_counter()
    levels, certificates = levels_with_proof(
        arrays, run.objective, run.best, work.bound_rounds, solver_bound, (entries,), run.out_of_time
    )
    run.seconds["certificates"] = perf_counter() - start
    return levels, certificates


def _solver_words(run: _Run, arrays: SiteArrays, sweeper: Sweeper, sites: IntArray) -> dict[str, int]:
    """Let CP-SAT prove, or better, the incumbent over the whole case, level by level; return its bounds.

    Left-out tasks are its matter in small cases only, where scarce crews are a knapsack that prices do not see. In a
    large case it is asked of entries only where the limit is met: an open gap of thousands of tasks is one that it has
    not been seen to narrow in this work.
    """
    assert run.objective is not None
    bounds: dict[str, int] = {}
    small = run.case.n_tasks <= run.work.hard_tasks
    for n, name in enumerate(LEVELS[:4]):
        before = run.objective.left_out
        if (small or _met(run)) if name == "entries" else (small and before[n]):
            bounds[name] = _solver_word(run, arrays, sweeper, sites, name, small)
        if run.objective.left_out != before:
            run.bound = None  # it spoke of plans that leave out what the last one did
    return bounds


def _solver_word(run: _Run, arrays: SiteArrays, sweeper: Sweeper, sites: IntArray, level: str, small: bool) -> int:
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
            run.note("entries", "CP-SAT")

    found = run_level(
        arrays, level, level_values(run.objective)[:LEVELS.index(level)], run.best.day,
        run.work.hard_work if hard else run.work.proof_work, cuts=site_cuts(arrays) if entries else None,
        workers=2 if hard else 1, seed=run.seed, cancel=run.cancel, on_bound=told, proof=not hard,
    )  # fmt: skip
    if found.infeasible:
        raise MismatchError("CP-SAT calls a case infeasible for which there is a lawful plan")
    if found.day is not None and run.offer(found.day, "CP-SAT"):
        board = Board(found.day, sweeper.load_of(np.arange(len(run.case.sites)), found.day))
        improve(sweeper, board, sites, np.random.default_rng(run.seed), run.work.descent_sweeps)
        run.offer(board.day, "disturbance")
        run.offer(level_load(sweeper, board, sites, np.random.default_rng(run.seed), run.work.levelling_sweeps).day)
    return found.bound
