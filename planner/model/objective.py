"""The objective's levels as linear expressions of a model."""

from __future__ import annotations

from collections import defaultdict

from ortools.sat.python import cp_model

from planner.domain.case import Strength
from planner.domain.result import LEVELS
from planner.model.later import later_visits
from planner.model.variables import Bool, MatchModel
from planner.rulebook.registry import Role, implements


@implements("objective.left-out", Role.OBJECTIVE)
def left_out(m: MatchModel, strength: Strength) -> cp_model.LinearExpr:
    """Return the priorities of left-out tasks of one strength, summed."""
    tasks = [t for t in m.tasks if m.case.tasks[t].strength == strength and not m.case.tasks[t].follows_fire]
    return cp_model.LinearExpr.weighted_sum([m.out[t] for t in tasks], [m.case.tasks[t].priority for t in tasks])


@implements("objective.entries", Role.OBJECTIVE)
def entries(m: MatchModel) -> cp_model.LinearExprT:
    """Return entries in the month and the later entries that waiting tasks need (over the whole pattern)."""
    visits = [v for s, d in m.tasks_on if (v := m.visit(s, d)) is not None]
    return cp_model.LinearExpr.sum([*visits, *later_visits(m)])


@implements("objective.fire-alone", Role.OBJECTIVE)
def fire_alone(m: MatchModel) -> cp_model.LinearExprT:
    """Return visits of fire without another body, and sites at which a check of fire waits."""
    case = m.case
    alone: list[cp_model.LinearExprT] = []
    for (_, d), tasks in m.tasks_on.items():
        fire = [t for t in tasks if case.tasks[t].fire]
        if not fire:
            continue
        comes = m.any_of(m.on[t, d] for t in fire)
        bodies: dict[int, list[Bool]] = defaultdict(list)
        for t in tasks:
            if not case.tasks[t].follows_fire:  # who only follows fire is no company
                bodies[int(case.parent_of[t])].append(m.on[t, d])
        present = {body: m.any_of(literals) for body, literals in bodies.items()}
        by_itself = m.cp.new_bool_var("fire_alone")
        alone.append(by_itself)
        # Each body that stands for fire is alone unless one of the others comes.
        for parent in sorted({int(case.parent_of[t]) for t in fire}):
            own = m.any_of(m.on[t, d] for t in fire if case.parent_of[t] == parent)
            others = [literal for body, literal in present.items() if body != parent]
            m.cp.add_bool_or([by_itself, *others, ~own])
            for other in others:
                m.cp.add_bool_or([~by_itself, ~own, ~other])
        m.cp.add_implication(by_itself, comes)
    for s in m.sites:
        waiting = [m.later[t] for t in case.tasks_at(s) if case.tasks[t].fire and case.later_to[t]]
        if waiting:
            alone.append(m.any_of(waiting))
    return cp_model.LinearExpr.sum(alone)


@implements("objective.disturbance", Role.OBJECTIVE)
def disturbance(m: MatchModel) -> dict[int, cp_model.LinearExprT]:
    """Return per site (preparation + longest stay) × sensitivity over its visits, in quarter-hours."""
    case = m.case
    by_site: dict[int, list[cp_model.LinearExprT]] = defaultdict(list)
    for (s, d), tasks in m.tasks_on.items():
        visit, weight = m.visit(s, d), int(case.sensitivity[s, d])
        stays: list[cp_model.LinearExprT] = []
        for unit in sorted({int(case.unit_of[t]) for t in tasks}):
            own = [t for t in tasks if case.unit_of[t] == unit]
            here = m.any_of(m.on[t, d] for t in own)
            stays.append(
                cp_model.LinearExpr.weighted_sum(
                    [*(m.on[t, d] for t in own), here], [*(int(case.quarters[t]) for t in own), int(case.setup[unit])]
                )
            )
        assert visit is not None
        if len(stays) == 1:
            length = stays[0]
        else:
            most = max(int(case.setup[u]) for u in {int(case.unit_of[t]) for t in tasks})
            longest = m.cp.new_int_var(0, most + sum(int(case.quarters[t]) for t in tasks), "longest")
            for stay in stays:
                m.cp.add(longest >= stay)
            length = longest + 0
        by_site[s].append(weight * cp_model.LinearExpr.sum([case.prep_quarters * visit, length]))
    return {s: cp_model.LinearExpr.sum(terms) for s, terms in by_site.items()}


def level_expression(m: MatchModel, level: str) -> cp_model.LinearExprT:
    """Return the expression of one level of LEVELS."""
    n = LEVELS.index(level)
    if n < 3:
        return left_out(m, Strength(n))
    if level == "disturbance":
        return cp_model.LinearExpr.sum(list(disturbance(m).values()))
    return entries(m) if level == "entries" else fire_alone(m)
