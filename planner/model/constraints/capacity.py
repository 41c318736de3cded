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


@constraint("capacity.crew")
def crews_of_units(m: MatchModel) -> None:
    """Two inspectors a crew, one crew per unit and visit."""
    _fit(m, m.case.unit_of)


@constraint("capacity.skill")
def crews_with_skill(m: MatchModel) -> None:
    """Items that need a skill fit the crews that have it."""
    _fit(m, m.case.skill_row_of)
