"""Crews by half-day: how many a unit has, how many are out; and how many visits are going on at each quarter-hour."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from planner.domain.case import IntArray
from planner.domain.duty import NO_START
from planner.domain.roster import HALF_QUARTERS
from planner.report.visits.view import View

Halves = tuple[int, int]
"""First and second half of the day."""


@dataclass(frozen=True, slots=True)
class SlotRow:
    """One unit's crews by day: `there` can be made up of certified people on duty, `used` are at a visit."""

    unit: str
    name: str
    there: tuple[Halves, ...]
    used: tuple[Halves, ...]


def crew_slots(view: View) -> list[SlotRow]:
    """Return the crews of each unit by day and half, as the view may see them; [] where the result has no duty.

    A visit across the break takes both halves. A crew counts once in a half, however many visits it makes.
    """
    result = view.result
    case, roster = result.case, result.roster
    if roster is None or result.duty is None:
        return []
    out: dict[tuple[str, int, int], set[int]] = defaultdict(set)
    crews = view.attendance.crews(view.visits)
    for visit in view.visits:
        start = view.attendance.start(visit.id)
        for crew in crews[visit.id] if start != NO_START else ():
            for half in {start // HALF_QUARTERS, (start + crew.quarters - 1) // HALF_QUARTERS}:
                out[crew.unit, visit.day, half].add(crew.number)
    rows = []
    for number, unit in enumerate(case.units):
        people = roster.of_unit(number)
        there = roster.present[people.start : people.stop].sum(axis=0) // max(int(roster.per_crew[number]), 1)
        used = [(len(out[unit.id, day, 0]), len(out[unit.id, day, 1])) for day in range(case.n_days)]
        rows.append(SlotRow(unit.id, unit.name, tuple((int(a), int(p)) for a, p in there.tolist()), tuple(used)))
    return rows


def visits_going_on(view: View) -> IntArray:
    """Return how many of the view's visits are going on at each quarter-hour of each day, shape [D, 24]."""
    case = view.result.case
    count = np.zeros((case.n_days, 2 * HALF_QUARTERS), dtype=np.int64)
    for visit in view.visits:
        start = view.attendance.start(visit.id)
        if start != NO_START:
            count[visit.day, start : start + visit.quarters] += 1
    return count
