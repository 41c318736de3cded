"""Half-day rows for contested units: weights from a linear program over what a half-day can hold of a unit's stays.

The least number of half-days into which a unit's stays go is a cutting-stock problem (Gilmore and Gomory, "A linear
programming approach to the cutting-stock problem", Operations Research 9, 1961). The duals of its linear program say
which part of a half-day a stay takes; rounded down to twelfths or fewer they are whole weights that no half-day
exceeds. `planner.checks.half_days` holds them against a knapsack of its own. Stays that business hours confine to one
half, of people with one skill, have a row of that half instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import highspy
import numpy as np

from planner.checks.half_days import (
    crews_of_half,
    fullest,
    half_confined,
    half_crews,
    heaviest_beside,
    with_half_rows,
)
from planner.domain.case import DAY_QUARTERS, Case, HalfRow, IntArray
from planner.domain.roster import HALF_QUARTERS, Roster

CONTESTED = 0.75
"""A unit is contested where its stays take more than this share of its crews' half-days in some stretch of days."""
LARGEST_SHARE = 12
BY_HOURS = tuple(range(DAY_QUARTERS + 1))
"""The table in which a stay weighs its quarter-hours, of a half-day of twelve."""
NEARLY = 1e-6


def strengthened(case: Case, roster: Roster) -> Case:
    """Return `case` with half-day rows for its contested units; the case itself where there are none.

    The rows follow from walking, so no plan that can be walked is lost, but prices and models see what half-days hold.
    """
    crews, rows = half_crews(roster, len(case.units)), []
    for unit in range(len(case.units)):
        tasks = np.flatnonzero(case.unit_of == unit)
        stays, first, last = _stays(case, unit, tasks)
        row = half_row(case.units[unit].id, stays)
        if row and _fullest_stretch(np.array(row.weights)[stays] / row.share, first, last, crews[unit]) > CONTESTED:
            rows.append(row)
        else:
            rows += _confined(case, roster, unit, tasks)
    return with_half_rows(case, roster, rows)


def _confined(case: Case, roster: Roster, unit: int, tasks: IntArray) -> Iterator[HalfRow]:
    """Yield rows of one half for the unit's tasks whose business hours leave no other, by skill.

    There is none where the crews of that half could do all of them in one day.
    """
    by_half: dict[tuple[str, int], list[int]] = defaultdict(list)
    for t in tasks.tolist():
        half = half_confined(case, roster, t)
        if half is not None:
            by_half[case.tasks[t].skill, half].append(t)
    for (skill, half), counted in sorted(by_half.items()):
        stays = np.minimum(case.quarters[counted] + case.setup[unit], DAY_QUARTERS).astype(np.int64)
        found = half_row(case.units[unit].id, stays) or HalfRow(case.units[unit].id, HALF_QUARTERS, BY_HOURS)
        least = int(crews_of_half(roster, unit, skill, half).min())
        if int(np.array(found.weights)[stays].sum()) > found.share * least:
            yield replace(found, skill=skill, half=half, tasks=tuple(case.tasks[t].id for t in counted))


def half_row(unit: str, stays: IntArray) -> HalfRow | None:
    """Return a valid table in which `stays` (quarter-hours each) take as many half-days as duals can show.

    None where it shows no more than their hours do.
    """
    count = np.bincount(np.minimum(stays, DAY_QUARTERS), minlength=DAY_QUARTERS + 1)
    part = _parts(count[: HALF_QUARTERS + 1])
    tables = [_rounded(unit, part, share) for share in range(1, LARGEST_SHARE + 1)]
    best = max(tables, key=lambda row: float(count @ row.weights) / row.share)
    hours = float(count @ np.arange(DAY_QUARTERS + 1)) / HALF_QUARTERS
    return best if float(count @ best.weights) / best.share > hours + NEARLY else None


def _stays(case: Case, unit: int, tasks: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return the unit's stays if each site's tasks are done at once, and the first and last day open to each."""
    lo, hi = case.window_lo[tasks], np.where(case.later_to[tasks] > 0, case.n_days, case.window_hi[tasks])
    _, of_task = np.unique(case.site_of[tasks], return_inverse=True)
    size = int(of_task.max(initial=-1)) + 1
    stays = np.bincount(of_task, weights=case.quarters[tasks], minlength=size).astype(np.int64) + case.setup[unit]
    first, last = np.full(size, case.n_days), np.zeros(size, dtype=np.int64)
    np.minimum.at(first, of_task, lo)
    np.maximum.at(last, of_task, hi)
    return np.minimum(stays, DAY_QUARTERS), first, last


def _fullest_stretch(
    half_days: np.ndarray[tuple[int], np.dtype[np.float64]], first: IntArray, last: IntArray, crews: IntArray
) -> float:
    """Return the largest share of a stretch's half-days of crews that stays take which have no day outside it."""
    n_days, most = len(crews), 0.0
    room = np.concatenate(([0], np.cumsum(crews)))
    inside = (first <= last) & (last < n_days)
    wanted = np.zeros((n_days, n_days))
    np.add.at(wanted, (first[inside], last[inside]), half_days[inside])
    within = np.cumsum(np.cumsum(wanted[::-1], axis=0)[::-1], axis=1)
    for a in range(n_days):
        most = max(most, float((within[a, a:] / np.maximum(room[a + 1 :] - room[a], 0.5)).max()))
    return most


@cache
def _patterns() -> tuple[tuple[int, ...], ...]:
    """Return what fills a half-day of twelve quarters, as numbers of stays by length 0 to 12: the partitions of 12."""

    def partitions(rest: int, most: int) -> Iterator[list[int]]:
        if not rest:
            yield []
        for stay in range(min(rest, most), 0, -1):
            for others in partitions(rest - stay, stay):
                yield [stay, *others]

    found = (np.bincount(stays, minlength=HALF_QUARTERS + 1) for stays in partitions(HALF_QUARTERS, HALF_QUARTERS))
    return tuple(tuple(pattern.tolist()) for pattern in found)


def _parts(count: IntArray) -> list[float]:
    """Return which part of a half-day stays of 0 to 12 quarters take, by what `count` of each would fill at least.

    Σ count · part is the least number of half-days in the linear relaxation; parts grow with the stay, and none is
    below what nothing else forbids.
    """
    lp = highspy.Highs()
    lp.silent()
    lp.setOptionValue("threads", 1)
    for n in count.tolist():
        lp.addVar(0.0, 1.0)
        lp.changeColCost(lp.getNumCol() - 1, -float(n))
    for pattern in _patterns():
        held = [stay for stay, n in enumerate(pattern) if n]
        lp.addRow(
            -highspy.kHighsInf,
            1.0,
            len(held),
            np.array(held, dtype=np.int32),
            np.array([pattern[s] for s in held], dtype=float),
        )
    for stay in range(1, HALF_QUARTERS + 1):
        lp.addRow(0.0, highspy.kHighsInf, 2, np.array([stay - 1, stay], dtype=np.int32), np.array([-1.0, 1.0]))
    lp.changeColBounds(0, 0.0, 0.0)
    lp.run()
    return [float(part) for part in lp.getSolution().col_value]


def _rounded(unit: str, part: list[float], share: int) -> HalfRow:
    weights = [int(share * value + NEARLY) for value in part]
    most = fullest([*weights, *([0] * HALF_QUARTERS)])
    long = [2 * share - heaviest_beside(most, stay) for stay in range(HALF_QUARTERS + 1, DAY_QUARTERS + 1)]
    return HalfRow(unit, share, (*weights, *long))
