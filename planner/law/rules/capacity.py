"""Crews: two certified inspectors a crew, one crew per unit and visit, no more visits on a day than crews can do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from planner.domain.case import BoolArray, CapacityRow, Case, IntArray
from planner.domain.plan import Plan, loads_of
from planner.law.example import asked, month
from planner.law.models import Literal, Model
from planner.law.rule import Example, Rule
from planner.law.violation import Violation
from planner.law.words import Blocked, Both


def _overloads(case: Case, plan: Plan, rule: str, rows: range) -> Iterator[Violation]:
    load = loads_of(case, plan)
    for row, day in np.argwhere(load > case.plan_capacity).tolist():
        if row not in rows:
            continue
        used, most = int(load[row, day]), int(case.plan_capacity[row, day])
        half = row - len(case.rows)
        unit, skill = (case.rows[row].unit, case.rows[row].skill) if half < 0 else (case.half_rows[half].unit, "")
        unfit = "crew quarter-hours" if half < 0 else f"weights of stays in half-days of {case.half_rows[half].share}"
        yield Violation(
            rule, (unit, skill, case.days[day].isoformat()), f"{used} {unfit} of {most}", numbers=(used, most)
        )


def _fit(m: Model, row_of: IntArray) -> None:
    """Add the limits of the rows that `row_of` [T] loads: items' time, and the set-up once per visit."""
    terms: dict[tuple[int, int], tuple[list[Literal], list[int]]] = defaultdict(lambda: ([], []))
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
            m.cp.add(m.weighted(literals, weights) <= int(m.limit[row, d]))


def _longer_than(case: Case, row_of: IntArray) -> BoolArray:
    """Return [T, D] the days on which the whole row of crews has less time than the task takes alone.

    That leaves out no plan: every plan keeps to the crews that there truly are. What is published stands.
    """
    alone, barred = case.quarters + case.setup[case.unit_of], np.zeros((case.n_tasks, case.n_days), dtype=np.bool_)
    least = case.capacity.min(axis=1, initial=0 if not case.n_days else int(case.capacity.max(initial=0)))
    asked_for = np.flatnonzero((row_of >= 0) & (case.columns.pinned == 0) & (least[row_of] < alone))
    barred[asked_for] = case.capacity[row_of[asked_for]] < alone[asked_for, None]
    return barred


def crews_of_units(case: Case, plan: Plan) -> Iterator[Violation]:
    """A unit's visits on a day fit its crews (A07-8.2a: two inspectors; A01-3.1.3b: no auxiliaries), half by half."""
    yield from _overloads(case, plan, CREWS.id, range(len(case.units)))
    yield from _overloads(case, plan, CREWS.id, range(len(case.rows), len(case.capacity)))


def unit_too_short(case: Case) -> BoolArray:
    """Return [T, D] the days on which all the unit's crews together have less time than the task takes alone."""
    return _longer_than(case, case.unit_of)


def _fit_halves(m: Model) -> None:
    """Add the half-day rows: what a unit's stay at a visit counts is looked up by its length."""
    terms: dict[tuple[int, int], list[Any]] = defaultdict(list)
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
            m.cp.add(m.total(loads) <= int(m.limit[row, d]))


def _half_load(m: Model, row: int, tasks: list[int], on: list[Literal]) -> tuple[Any, int]:
    """Return what those of `tasks`, all of one unit and site, that are `on` count in a half-day row, and the most."""
    set_up, quarters = int(m.case.setup[m.case.unit_of[tasks[0]]]), [int(m.case.quarters[t]) for t in tasks]
    if len(tasks) == 1:
        weight = m.case.loaded(row, set_up + quarters[0])
        return on[0] * weight, weight
    table = [0, *(m.case.loaded(row, set_up + stay) for stay in range(1, sum(quarters) + 1))]
    load = m.cp.new_int_var(0, max(table), "")
    m.cp.add_element(m.weighted(on, quarters), table, load)
    return load, max(table)


def crews_limited(m: Model) -> None:
    """Two inspectors a crew, one crew per unit and visit, half-day by half-day."""
    _fit(m, m.case.unit_of)
    if m.case.half_rows:
        _fit_halves(m)


def _crews_words(b: Blocked) -> tuple[str, str]:
    unit = b.unit_named(0)
    return f"{unit}人员不足", f"{unit} lacks crews"


INSIDE = (
    "planner.domain.plan.loads_of",
    "planner.solve.site.kernel",
    "planner.solve.prices.master",
    "planner.checks.certificate",
)

CREWS = Rule(
    id="capacity.crew",
    order=170,
    words=_crews_words,
    remedy=Both("增派检查组，或改在有空余的日期", "more crews, or a date with room"),
    check=crews_of_units,
    constraint=crews_limited,
    barred=unit_too_short,
    overload=True,
    inside=INSIDE,
    example=Example(
        month(asked("t"), asked("u", "r"), crews={CapacityRow("a"): 8}), {"t": 0, "u": 1}, {"t": 0, "u": 0}
    ),
)


def crews_with_skill(case: Case, plan: Plan) -> Iterator[Violation]:
    """Items that need a skill fit the crews that have it."""
    yield from _overloads(case, plan, SKILLED.id, range(len(case.units), len(case.rows)))


def skilled_too_short(case: Case) -> BoolArray:
    """Return [T, D] the days on which all crews with its skill together have less time than the task takes alone."""
    return _longer_than(case, case.skill_row_of)


def skilled_limited(m: Model) -> None:
    """Items that need a skill fit the crews that have it."""
    _fit(m, m.case.skill_row_of)


def _skilled_words(b: Blocked) -> tuple[str, str]:
    unit, skill = b.unit_named(0), b.violation.subjects[1]
    return f"{unit}具备“{skill}”技能的人员不足", f"{unit} lacks crews with the skill {skill}"


SKILLED = Rule(
    id="capacity.skill",
    order=160,
    words=_skilled_words,
    remedy=Both("增派有相应专业能力的检查组，或改期", "more crews with the skill, or another date"),
    check=crews_with_skill,
    constraint=skilled_limited,
    barred=skilled_too_short,
    overload=True,
    inside=INSIDE,
    example=Example(
        month(asked("t", skill="高空"), asked("u", "r", skill="高空"), crews={CapacityRow("a", "高空"): 8}),
        {"t": 0, "u": 1},
        {"t": 0, "u": 0},
    ),
)
