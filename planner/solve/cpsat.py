"""Runs CP-SAT on a model: one level at a time, from a hint, by deterministic work, cancellable.

The incumbent lives outside the solver: what comes back is a plan's days or nothing, and the caller checks it.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from planner.checks.objective import later_entries_of
from planner.domain.case import BoolArray, IntArray, Strength
from planner.domain.plan import LATER, LEFT_OUT
from planner.domain.result import LEVELS
from planner.model import MatchModel, build_model
from planner.model.objective import left_out, level_expression
from planner.solve.arrays import SiteArrays, Weights
from planner.solve.sweeps import Sweeper

Cancel = Callable[[], bool]


@dataclass(frozen=True, eq=False)
class LevelRun:
    """What CP-SAT found on one level. `day` is None where it found no plan; `bound` is valid whatever `proven` says."""

    day: IntArray | None
    bound: int
    proven: bool
    infeasible: bool


def cut_values(arrays: SiteArrays) -> IntArray:
    """Return [S]: the least of (entries + left-out tasks) at each site by windows and company alone.

    Visits plus left-out tasks of a site are never fewer; written into the model this closes most of the gap.
    """
    case = arrays.case
    drop = np.array([0 if t.follows_fire else 1 for t in case.tasks], dtype=np.int64)
    cost, _ = Sweeper(arrays, Weights(1, 0, drop)).quote()
    return cost


def cut_entries(model: MatchModel, cuts: IntArray, hint: IntArray) -> cp_model.LinearExprT:
    """Return the model's entries written as cuts + extras − left-out, each site's extra being a variable ≥ 0.

    This says the same as `planner.model.objective.entries` and gives the search its bound from the first moment.
    """
    case = model.case
    level_expression(model, "entries")
    later_at: dict[int, list[cp_model.IntVar]] = defaultdict(list)
    for point, tasks in model.later_points:
        later_at[int(case.site_of[tasks[0]])].extend(point.values())
    extras, outs = [], []
    for s in model.sites:
        visits = [v for d in range(case.n_days) if (v := model.visit(s, d)) is not None]
        out = [model.out[t] for t in case.tasks_at(s) if not case.tasks[t].follows_fire]
        extra = model.cp.new_int_var(0, 2 * len(case.tasks_at(s)), "extra")
        model.cp.add(sum(visits) + sum(later_at[s]) + sum(out) == int(cuts[s]) + extra)
        here = hint[case.start[s] : case.start[s + 1]]
        waiting = [t for t in case.tasks_at(s) if hint[t] == LATER]
        left = sum(1 for t in case.tasks_at(s) if hint[t] == LEFT_OUT and not case.tasks[t].follows_fire)
        used = len(set(here[here >= 0].tolist())) + later_entries_of(case, waiting) + left
        model.cp.add_hint(extra, used - int(cuts[s]))
        extras.append(extra)
        outs.extend(out)
    total = int(cuts[model.sites].sum())
    return cp_model.LinearExpr.sum(extras) - cp_model.LinearExpr.sum(outs) + total


def run_level(
    arrays: SiteArrays,
    level: str,
    achieved: tuple[int, ...],
    hint: IntArray,
    work: float,
    *,
    cuts: IntArray | None = None,
    sites: Iterable[int] | None = None,
    limit: IntArray | None = None,
    days: BoolArray | None = None,
    workers: int = 1,
    seed: int = 0,
    cancel: Cancel | None = None,
    on_bound: Callable[[int], None] | None = None,
    proof: bool = False,
) -> LevelRun:
    """Minimise `level` over `sites`, with every level before it no worse than `achieved` (these sites' share).

    `work` is CP-SAT's deterministic time. `hint` [T] is a plan. With one worker, or several interleaved, the result
    depends on the arguments alone. `proof` is for a hint that is likely the optimum: little presolve, the cuts do it.
    """
    case = arrays.case
    model = build_model(case, sites, limit, arrays.allowed if days is None else days)
    for earlier, value in zip(LEVELS, achieved, strict=False):
        model.cp.add(level_expression(model, earlier) <= value)
    by_cuts = cuts is not None and level == "entries"
    goal = cut_entries(model, cuts, hint) if by_cuts and cuts is not None else level_expression(model, level)
    model.cp.minimize(goal)
    model.hint(hint)
    solver = cp_model.CpSolver()
    p = solver.parameters
    p.max_deterministic_time = work
    p.num_workers = workers
    p.interleave_search = workers > 1
    p.random_seed = seed % (1 << 31)
    if proof:
        p.cp_model_probing_level = 0
        p.symmetry_level = 0
        p.linearization_level = 0
        p.max_presolve_iterations = 1
    if on_bound:
        solver.best_bound_callback = lambda bound: on_bound(round(bound))
    status = _solve(solver, model.cp, cancel)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        bound = int(np.ceil(solver.best_objective_bound - 1e-6))
        return LevelRun(model.plan_days(solver, hint), bound, status == cp_model.OPTIMAL, False)
    bound = 0 if status == cp_model.INFEASIBLE else max(0, int(np.ceil(solver.best_objective_bound - 1e-6)))
    return LevelRun(None, bound, False, status == cp_model.INFEASIBLE)


def run_combined(
    arrays: SiteArrays, sites: IntArray, limit: IntArray, hint: IntArray, work: float, seed: int, cancel: Cancel | None
) -> IntArray | None:
    """Return the days [T] of `hint` with `sites` planned anew, all levels down to entries in one weighted objective.

    The weights are just large enough that within these sites no level gives way to a later one. None where no plan was
    found.
    """
    case = arrays.case
    model = build_model(case, sites.tolist(), limit, arrays.allowed)
    weight, most = 1, 2 * len(model.tasks)
    goal: list[cp_model.LinearExprT] = [level_expression(model, "entries")]
    for strength in (2, 1, 0):
        weight *= most + 1
        goal.append(left_out(model, Strength(strength)) * weight)
        most = sum(t.priority for t in (case.tasks[n] for n in model.tasks) if t.strength == strength)
    model.cp.minimize(cp_model.LinearExpr.sum(goal))
    model.hint(hint)
    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = work
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % (1 << 31)
    status = _solve(solver, model.cp, cancel)
    return model.plan_days(solver, hint) if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None


def _solve(solver: cp_model.CpSolver, model: cp_model.CpModel, cancel: Cancel | None) -> object:
    """Solve in a thread, so that signals and cancel are heard while the solver is inside its own code."""
    outcome: list[object] = []
    thread = threading.Thread(target=lambda: outcome.append(solver.solve(model)), daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.1)
        if cancel and cancel():
            solver.stop_search()
    return outcome[0] if outcome else cp_model.UNKNOWN
