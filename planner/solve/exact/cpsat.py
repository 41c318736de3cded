"""Runs CP-SAT on a model: one level at a time, from a hint, by deterministic work, cancellable.

The incumbent is kept outside the solver: a run returns a plan's days or nothing, and the caller checks it.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from planner.domain.case import BoolArray, IntArray, Strength
from planner.domain.plan import LATER, LEFT_OUT
from planner.domain.result import LEVELS
from planner.law.later import entangled, held_at, later_entries_of
from planner.model import MatchModel, build_model
from planner.model.objective import fire_alone, left_out, level_expression
from planner.solve.site.arrays import SiteArrays, Weights
from planner.solve.site.sweeps import Sweeper, plan_weights

Cancel = Callable[[], bool]


@dataclass(frozen=True, eq=False)
class LevelRun:
    """What CP-SAT found on one level. `day` is None where it found no plan; `bound` is valid whatever `proven` says.

    `work` is the deterministic time it took, where that is counted.
    """

    day: IntArray | None
    bound: int
    proven: bool
    infeasible: bool
    work: float = 0.0


@dataclass(frozen=True)
class LevelWork:
    """How CP-SAT looks at a level. With one worker, or several interleaved, that and the seed decide the result."""

    most: float
    """Its deterministic time."""
    workers: int = 1
    seed: int = 0
    proof: bool = False
    """For a hint that is likely the optimum: little presolve, the cuts do it."""


@dataclass(frozen=True, eq=False)
class Cuts:
    """What each site needs at least by windows and company alone, from the kernel (interval stabbing, made exact).

    `unserved` [S, 3] are the least left-out priorities by strength, `entries` [S] the fewest entries then.
    """

    unserved: IntArray
    entries: IntArray


def site_cuts(arrays: SiteArrays) -> Cuts:
    """Return the cuts of every site."""
    case = arrays.case
    sweeper = Sweeper(arrays, plan_weights(case, later_levels=False))
    _, day = sweeper.quote()
    unserved = np.zeros((len(case.sites), 3), dtype=np.int64)
    for t in np.flatnonzero(day == LEFT_OUT).tolist():
        if not case.tasks[t].follows_fire:
            unserved[case.site_of[t], case.tasks[t].strength] += case.tasks[t].priority
    sweeper.weights = Weights(1, 0, 0, np.zeros(case.n_tasks, dtype=np.int64))
    return Cuts(unserved, sweeper.measure(day))


def cut_entries(model: MatchModel, cuts: Cuts, hint: IntArray) -> cp_model.LinearExprT:
    """Return the model's entries written as cuts + extras, each site's extra being a variable ≥ 0.

    Valid where no plan leaves out more than the sites' least in sum: then each site leaves out exactly its least, which
    is added too. It says the same as `planner.model.objective.entries` and gives the search its bound at once.
    """
    case = model.case
    level_expression(model, "entries")
    later_at: dict[int, list[cp_model.IntVar]] = defaultdict(list)
    for point, tasks in model.later_points:
        later_at[int(case.site_of[tasks[0]])].extend(point.values())
    extras = []
    for s in model.sites:
        visits = [v for d in range(case.n_days) if (v := model.visit(s, d)) is not None]
        for strength in range(3):
            own = [t for t in case.tasks_at(s) if case.tasks[t].strength == strength]
            own = [t for t in own if not case.tasks[t].follows_fire]
            weights = [case.tasks[t].priority for t in own]
            left = cp_model.LinearExpr.weighted_sum([model.out[t] for t in own], weights)
            model.cp.add(left == int(cuts.unserved[s, strength]))
        extra = model.cp.new_int_var(0, 2 * len(case.tasks_at(s)), "extra")
        model.cp.add(sum(visits) + sum(later_at[s]) == int(cuts.entries[s]) + extra)
        here = hint[case.start[s] : case.start[s + 1]]
        waiting = [t for t in case.tasks_at(s) if hint[t] == LATER]
        held = held_at(case, hint, s) if s in entangled(case) else None
        used = len(set(here[here >= 0].tolist())) + (later_entries_of(case, waiting, held) or 0)
        model.cp.add_hint(extra, used - int(cuts.entries[s]))
        extras.append(extra)
    return cp_model.LinearExpr.sum(extras) + int(cuts.entries[model.sites].sum())


def run_level(
    arrays: SiteArrays,
    level: str,
    achieved: tuple[int, ...],
    hint: IntArray,
    work: LevelWork,
    *,
    cuts: Cuts | None = None,
    cancel: Cancel | None = None,
    on_bound: Callable[[int], None] | None = None,
) -> LevelRun:
    """Minimise `level`, with every level before it no worse than `achieved`. `hint` [T] is a plan."""
    model = build_model(arrays.case, None, None, arrays.allowed)
    for earlier, value in zip(LEVELS, achieved, strict=False):
        model.cp.add(level_expression(model, earlier) <= value)
    fits = cuts is not None and level == "entries" and tuple(cuts.unserved[model.sites].sum(axis=0)) == achieved
    goal = cut_entries(model, cuts, hint) if fits and cuts is not None else level_expression(model, level)
    model.cp.minimize(goal)
    model.hint(hint)
    solver = cp_model.CpSolver()
    p = solver.parameters
    p.max_deterministic_time = work.most
    p.num_workers = work.workers
    p.interleave_search = work.workers > 1
    p.random_seed = work.seed % (1 << 31)
    if work.proof:
        p.cp_model_probing_level = 0
        p.symmetry_level = 0
        p.linearization_level = 0
        p.max_presolve_iterations = 1
    if on_bound:
        solver.best_bound_callback = lambda bound: on_bound(round(bound))
    status = run_solver(solver, model.cp, cancel)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        bound = max(0, int(np.ceil(solver.best_objective_bound - 1e-6)))
        return LevelRun(model.plan_days(solver, hint), bound, status == cp_model.OPTIMAL, False)
    bound = 0 if status == cp_model.INFEASIBLE else max(0, int(np.ceil(solver.best_objective_bound - 1e-6)))
    return LevelRun(None, bound, False, status == cp_model.INFEASIBLE)


def run_combined(
    arrays: SiteArrays, sites: IntArray, limit: IntArray, hint: IntArray, work: float, seed: int, cancel: Cancel | None,
    *, linear: bool = False,
) -> LevelRun:  # fmt: skip
    """Plan `sites` anew, the rest as in `hint` [T], all levels down to entries in one weighted objective.

    The bound is left 0. `linear` is for small sub-cases of scarce crews: all rows in the relaxation, little presolve.
    """
    return plan_of(combined_model(arrays, sites, limit, hint)[0], hint, work, seed, cancel, linear)


def combined_model(
    arrays: SiteArrays, sites: IntArray, limit: IntArray, hint: IntArray, *, near: bool = False
) -> tuple[MatchModel, tuple[int, ...]]:
    """Return the model of `sites`, the rest as in `hint` [T], and the weights of LEVELS down to entries in its goal.

    The weights are just large enough that within these sites no level gives way to a later one. `near` asks then that
    fire goes alone as little as can be, and last that as many tasks as can be stay on the days they have in `hint`.
    """
    case = arrays.case
    model = build_model(case, sites.tolist(), limit, arrays.allowed & _fits(arrays, sites, limit, hint))
    weight, most = 1, 2 * len(model.tasks)
    goal: list[cp_model.LinearExprT] = [level_expression(model, "entries")]
    weights = [1]
    for strength in (2, 1, 0):
        weight *= most + 1
        weights.append(weight)
        goal.append(left_out(model, Strength(strength)) * weight)
        most = sum(t.priority for t in (case.tasks[n] for n in model.tasks) if t.strength == strength)
    factor = 1
    if near:
        stays = [model.on[t, int(hint[t])] for t in model.tasks if (t, int(hint[t])) in model.on]
        fires = sum(case.tasks[t].fire for t in model.tasks)  # none is alone on two visits
        moved = len(stays) + 1
        factor = (fires + 1) * moved
        goal = [term * factor for term in goal]
        goal.append(len(stays) - cp_model.LinearExpr.sum(stays))
        if fires:
            goal.append(fire_alone(model) * moved)
    model.cp.minimize(cp_model.LinearExpr.sum(goal))
    model.hint(hint)
    return model, tuple(weight * factor for weight in reversed(weights))


def _fits(arrays: SiteArrays, sites: IntArray, limit: IntArray, hint: IntArray) -> BoolArray:
    """Return the (task, day) [T, D] of `sites` for which `limit` [R, D] has room by itself, and those of `hint`."""
    case = arrays.case
    tasks = np.flatnonzero(np.isin(case.site_of, sites))
    need = (case.quarters + case.setup[case.unit_of])[tasks, None]
    skill = case.skill_row_of[tasks]
    fits = np.zeros((case.n_tasks, case.n_days), dtype=np.bool_)
    fits[tasks] = (need <= limit[case.unit_of[tasks]]) & ((need <= limit[skill]) | (skill < 0)[:, None])
    placed = tasks[hint[tasks] >= 0]
    fits[placed, hint[placed]] = True
    return fits


def serve_all(
    arrays: SiteArrays, hint: IntArray, work: float, seed: int, cancel: Cancel | None, *, near: bool = False
) -> LevelRun:
    """Look for any plan that leaves nothing out, or for one `near` the `hint` [T]; of all models it is the easiest.

    The bound is left 0.
    """
    model = build_model(arrays.case, None, None, arrays.allowed)
    for variable in model.out.values():
        model.cp.add(variable == 0)
    if near:
        model.hint(hint)
    return plan_of(model, hint, work, seed, cancel)


def plan_of(
    model: MatchModel, hint: IntArray, work: float, seed: int, cancel: Cancel | None, linear: bool = False
) -> LevelRun:
    """Return what one worker finds, tasks that are not in `model` as in `hint` [T]. The bound is the goal's."""
    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = work
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % (1 << 31)
    if linear:
        solver.parameters.linearization_level = 2
        solver.parameters.symmetry_level = 0
        solver.parameters.cp_model_probing_level = 0
    status = run_solver(solver, model.cp, cancel)
    found = model.plan_days(solver, hint) if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None
    known = status in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.UNKNOWN)
    bound = max(0, int(np.ceil(solver.best_objective_bound - 1e-6))) if known and model.cp.has_objective() else 0
    spent = solver.response_proto.deterministic_time
    return LevelRun(found, bound, status == cp_model.OPTIMAL, status == cp_model.INFEASIBLE, spent)


def run_solver(solver: cp_model.CpSolver, model: cp_model.CpModel, cancel: Cancel | None) -> object:
    """Solve in a thread, so that signals and cancel are heard while the solver is inside its own code."""
    outcome: list[object] = []
    solver.parameters.catch_sigint_signal = False  # else the solver swallows Ctrl-C, and the run does not know
    thread = threading.Thread(target=lambda: outcome.append(solver.solve(model)), daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.1)
        if cancel and cancel():
            solver.stop_search()
    return outcome[0] if outcome else cp_model.UNKNOWN
