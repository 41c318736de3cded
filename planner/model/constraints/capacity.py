"""Crews: a unit's visits on a day fit its crew quarter-hours, and those of the crews with a skill."""

from __future__ import annotations

from collections import defaultdict

from ortools.sat.python import cp_model

from planner.domain.case import IntArray
from planner.model.variables import Bool, MatchModel, constraint


def _fit(m: MatchModel, row_of: IntArray) -> None:
    """Add the limits of the rows that `row_of` [T] loads: items' time, and the set-up once per visit."""
    terms: dict[tuple[int, int], tuple[list[Bool], list[int]]] = defaultdict(lambda: ([], []))
    for s, d in m.tasks_on:
        by_row: dict[int, list[int]] = defaultdict(list)
        for t in m.tasks_on[s, d]:
            if row_of[t] >= 0:
                by_row[int(row_of[t])].append(t)
        for row, tasks in by_row.items():
            literals, weights = terms[row, d]
            set_up = int(m.case.setup[m.case.unit_of[tasks[0]]])
            alone = len(tasks) == 1
            for t in tasks:
                literals.append(m.on[t, d])
                weights.append(int(m.case.quarters[t]) + (set_up if alone else 0))
            if not alone:
                literals.append(m.any_of(m.on[t, d] for t in tasks))
                weights.append(set_up)
    for (row, d), (literals, weights) in sorted(terms.items()):
        if sum(weights) > m.limit[row, d]:
            m.cp.add(cp_model.LinearExpr.weighted_sum(literals, weights) <= int(m.limit[row, d]))


def _fit_halves(m: MatchModel) -> None:
    """Add the half-day rows: what a unit's stay at a visit counts is looked up by its length."""
    terms: dict[tuple[int, int], list[cp_model.LinearExprT]] = defaultdict(list)
    most: dict[tuple[int, int], int] = defaultdict(int)
    for s, d in m.tasks_on:
        by_row: dict[int, list[int]] = defaultdict(list)
        for t in m.tasks_on[s, d]:
            if m.case.half_row_of[t] >= 0:
                by_row[int(m.case.half_row_of[t])].append(t)
        for row, tasks in by_row.items():
            term, weight = _half_load(m, row, tasks, [m.on[t, d] for t in tasks])
            terms[row, d].append(term)
            most[row, d] += weight
    for (row, d), loads in sorted(terms.items()):
        if most[row, d] > m.limit[row, d]:
            m.cp.add(cp_model.LinearExpr.sum(loads) <= int(m.limit[row, d]))


def _half_load(m: MatchModel, row: int, tasks: list[int], on: list[Bool]) -> tuple[cp_model.LinearExprT, int]:
    """Return what those of `tasks`, all of one unit and site, that are `on` count in a half-day row, and the most."""
    set_up, quarters = int(m.case.setup[m.case.unit_of[tasks[0]]]), [int(m.case.quarters[t]) for t in tasks]
    if len(tasks) == 1:
        weight = m.case.loaded(row, set_up + quarters[0])
        return on[0] * weight, weight
    table = [0, *(m.case.loaded(row, set_up + stay) for stay in range(1, sum(quarters) + 1))]
    load = m.cp.new_int_var(0, max(table), "")
    m.cp.add_element(cp_model.LinearExpr.weighted_sum(on, quarters), table, load)
    return load, max(table)


@constraint("capacity.crew")
def crews_of_units(m: MatchModel) -> None:
    """Two inspectors a crew, one crew per unit and visit, half-day by half-day."""
    _fit(m, m.case.unit_of)
    if m.case.half_rows:
        _fit_halves(m)


@constraint("capacity.skill")
def crews_with_skill(m: MatchModel) -> None:
    """Items that need a skill fit the crews that have it."""
    _fit(m, m.case.skill_row_of)
