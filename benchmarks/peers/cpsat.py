"""Peers: CP-SAT on the textbook model, and the same with each site's own limit as a cut. No hint, no prices."""

from __future__ import annotations

import os
import threading
from time import perf_counter

from ortools.sat.python import cp_model

from benchmarks.peers import Answer
from benchmarks.peers.linear import LinearModel, textbook
from planner.domain.case import Case


class _First(cp_model.CpSolverSolutionCallback):
    """Notes when the first plan was found."""

    def __init__(self, start: float) -> None:
        super().__init__()
        self.start, self.first = start, 0.0

    def on_solution_callback(self) -> None:
        self.first = self.first or perf_counter() - self.start


def _model(m: LinearModel) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    cp = cp_model.CpModel()
    x = [cp.new_bool_var("") for _ in m.cost]
    for variables in m.exactly_one:
        cp.add_exactly_one(x[v] for v in variables)
    for variables in m.at_most_one:
        cp.add_at_most_one(x[v] for v in variables)
    for a, b in m.implications:
        cp.add_implication(x[a], x[b])
    for a, some in m.covers:
        cp.add_bool_or([~x[a], *(x[v] for v in some)])
    for variables, weights, limit in m.at_most:
        cp.add(cp_model.LinearExpr.weighted_sum([x[v] for v in variables], weights) <= limit)
    for variables, least in m.at_least:
        cp.add(cp_model.LinearExpr.sum([x[v] for v in variables]) >= least)
    costly = [v for v, cost in enumerate(m.cost) if cost]
    cp.minimize(cp_model.LinearExpr.weighted_sum([x[v] for v in costly], [m.cost[v] for v in costly]))
    return cp, x


def _solve(case: Case, seconds: float, seed: int, cuts: bool) -> Answer:
    """Ask for everything to be served; where that finds no plan in half of the time, let tasks be left out at a cost.

    The model that must serve everything is by far the easier one for CP-SAT.
    """
    start = perf_counter()
    m = textbook(case, cuts)
    cp, x = _model(m)
    serve_all = cp.clone()
    serve_all.add_bool_and(~serve_all.get_bool_var_from_proto_index(x[v].index) for v in m.out)
    for model in (serve_all, cp):
        solver, told = cp_model.CpSolver(), _First(start)
        left = seconds - (perf_counter() - start)
        if left <= 0.01:
            return Answer(None, note="building the model took all of its time")
        solver.parameters.max_time_in_seconds = left
        solver.parameters.num_workers = os.cpu_count() or 1
        solver.parameters.random_seed = seed
        halfway = threading.Timer(left / 2, lambda solver=solver, told=told: told.first or solver.stop_search())  # type: ignore[misc]
        if model is serve_all:
            halfway.start()
        status = solver.solve(model, told)
        halfway.cancel()
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            chosen = [v for v, variable in enumerate(x) if solver.boolean_value(variable)]
            note = solver.status_name(status).lower()
            return Answer(m.days(case.n_tasks, chosen), solver.best_objective_bound, told.first, note=note)
    return Answer(None, note=f"no plan: {solver.status_name(status)}")


def solve_textbook(case: Case, seconds: float, seed: int) -> Answer:
    """Solve the textbook model with as many workers as the machine has cores."""
    return _solve(case, seconds, seed, cuts=False)


def solve_with_cuts(case: Case, seconds: float, seed: int) -> Answer:
    """Solve the same with `entries of a site + its left-out tasks ≥ what its windows ask for`."""
    return _solve(case, seconds, seed, cuts=True)
