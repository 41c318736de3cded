"""Half-day rows: whether a table is valid, recomputed by a knapsack of twelve steps, and the case that has them.

A stay of at most 12 quarters is not cut by the break, unless its visit is longer; a crew is at one stay at a time. So
the stays of a crew's half-day are a knapsack of 12 quarters, and those of a crew that is on duty all day and has one
longer stay are that stay and what fits before and behind it. Where every such set weighs no more than `share` a
half-day, so does every day that can be walked: the row `Σ weights[stay] ≤ share × half-days of crews` leaves out no
such plan. (Dual feasible functions; Lueker, "Bin packing with items uniformly distributed over intervals", FOCS 1983.)

Business hours may leave a stay no start but in one half of the day. Then only the crews on duty in that half can do it,
and of these only the ones with the skill that it asks for: a row of one half counts such stays against those crews.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.domain.case import DAY_QUARTERS, Case, HalfRow, IntArray
from planner.domain.errors import CertificateError
from planner.domain.plan import LEFT_OUT, Plan, loads_of
from planner.domain.roster import HALF_QUARTERS, Roster


def fullest(weights: Sequence[int]) -> list[int]:
    """Return, for 0 to 12 quarters of a half-day, the most that stays within them can weigh together."""
    most = [0] * (HALF_QUARTERS + 1)
    for room in range(1, HALF_QUARTERS + 1):
        most[room] = max(most[room - 1], *(weights[stay] + most[room - stay] for stay in range(1, room + 1)))
    return most


def heaviest_beside(most: Sequence[int], stay: int) -> int:
    """Return the most that a crew's stays before and behind one of `stay` quarters over noon can weigh, 13 to 24."""
    spare = DAY_QUARTERS - stay
    return max(most[before] + most[spare - before] for before in range(spare + 1))


def require_valid(row: HalfRow) -> None:
    """Raise CertificateError unless every walkable day of a crew weighs at most `share` a half-day."""
    weights = row.weights
    whole = all(isinstance(n, int) and n >= 0 for n in (row.share, *weights))
    if not whole or len(weights) != DAY_QUARTERS + 1 or weights[0] != 0 or row.share < 1:
        raise CertificateError(f"half-days of {row.unit}: not a table of weights")
    most = fullest(weights)
    if most[HALF_QUARTERS] > row.share:
        raise CertificateError(f"half-days of {row.unit}: stays of one half-day weigh {most[-1]} of {row.share}")
    for stay in range(HALF_QUARTERS + 1, DAY_QUARTERS + 1):
        if weights[stay] + heaviest_beside(most, stay) > 2 * row.share:
            raise CertificateError(f"half-days of {row.unit}: a stay of {stay} quarters weighs {weights[stay]}")


def half_crews(roster: Roster, n_units: int) -> IntArray:
    """Return [U, D] how many half-days of crews the people of each unit make on each day."""
    able = np.zeros((n_units, *roster.present.shape[1:]), dtype=np.int64)
    np.add.at(able, roster.unit_of, roster.present)
    made: IntArray = (able // roster.per_crew[:, None, None]).sum(axis=2)
    return made


def crews_of_half(roster: Roster, unit: int, skill: str, half: int) -> IntArray:
    """Return [D] how many crews the unit's people with `skill` ("": all) make in one half of each day."""
    able = [i for i in roster.of_unit(unit) if not skill or skill in roster.inspectors[i].skills]
    made: IntArray = roster.present[able, :, half].sum(axis=0) // int(roster.per_crew[unit])
    return made


def half_confined(case: Case, roster: Roster, t: int) -> int | None:
    """Return the half in which business hours keep a task's stay, however long its visit lasts; None: no one half."""
    if not roster.outside_hours[t]:
        return None
    site, unit = int(case.site_of[t]), case.unit_of[t]
    set_up = int(case.setup[unit])
    most = set_up + sum(int(case.quarters[u]) for u in case.tasks_at(site) if case.unit_of[u] == unit)
    halves = set[int]()
    for length in range(set_up + int(case.quarters[t]), DAY_QUARTERS + 1):
        for start in range(DAY_QUARTERS - length + 1):
            end = start + min(most, length)
            cut = length <= HALF_QUARTERS and start < HALF_QUARTERS < start + length
            if cut or roster.business[site, start : start + length].any():
                continue
            if start < HALF_QUARTERS < end:
                return None
            halves.add(int(start >= HALF_QUARTERS))
    return halves.pop() if len(halves) == 1 else None


def _require_counted(case: Case, roster: Roster, row: HalfRow) -> None:
    """Raise CertificateError unless every task that the row names is of its unit, its skill and its half."""
    index = {task.id: t for t, task in enumerate(case.tasks)}
    for name in row.tasks:
        t = index.get(name)
        right = t is not None and case.units[case.unit_of[t]].id == row.unit and row.skill in ("", case.tasks[t].skill)
        if t is None or not right or half_confined(case, roster, t) != row.half:
            raise CertificateError(f"half-days of {row.unit}: task {name} is not confined to half {row.half}")


def with_half_rows(case: Case, roster: Roster, rows: Sequence[HalfRow]) -> Case:
    """Return `case` with half-day rows of these tables. What is published may take more than a row has.

    Raises CertificateError where a table is not valid or speaks of no unit of the case, or where the case has rows.
    """
    number = {unit.id: n for n, unit in enumerate(case.units)}
    alike = len({(row.unit, row.skill, row.half) for row in rows}) < len(rows)
    named = [name for row in rows for name in row.tasks]
    if case.half_rows or alike or len(set(named)) < len(named) or any(row.unit not in number for row in rows):
        raise CertificateError("the half-day rows do not fit the case")
    for row in rows:
        require_valid(row)
        if (row.half is None) != (not row.tasks) or (row.half is None and row.skill):
            raise CertificateError(f"half-days of {row.unit}: a row of one half names its tasks, one of days does not")
        _require_counted(case, roster, row)
    if not rows:
        return case
    crews = half_crews(roster, len(case.units))
    room = np.stack(
        [
            row.share * (crews[unit] if row.half is None else crews_of_half(roster, unit, row.skill, row.half))
            for row, unit in zip(rows, (number[row.unit] for row in rows), strict=True)
        ]
    )
    grown = replace(
        case,
        half_rows=tuple(rows),
        capacity=np.concatenate((case.capacity, room)),
        plan_capacity=np.concatenate((case.plan_capacity, room)),
    )
    held = loads_of(grown, Plan(_published_days(case)))[len(case.rows) :]
    grown.capacity[len(case.rows) :] = np.maximum(room, held)
    grown.plan_capacity[len(case.rows) :] = np.maximum(room, held)
    return grown


def _published_days(case: Case) -> IntArray:
    """Return [T] the day of each pinned task; LEFT_OUT for all others."""
    index = {day: n for n, day in enumerate(case.days)}
    return np.array([index.get(t.pinned, LEFT_OUT) if t.pinned else LEFT_OUT for t in case.tasks], dtype=np.int64)
