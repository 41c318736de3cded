"""What one crew more or fewer of a unit in a week is worth, at most and at least: all units and weeks in one go.

The base's price lists answer for all of them. With prices y that prove `raw` (scaled), δ more quarter-hours of a crew
prove `raw − yδ`: no plan that serves the same enters less often than that, so the crew saves at most the base's value
less this bound. δ fewer prove `raw + yδ`, so at least that much is lost. Prices alone never prove a saving: for that
there has to be a plan. Where a crew opens days on which nobody could come before, prices of 0 say nothing of them, and
the kernel looks at all sites again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

import numpy as np

from planner.checks.same_service import done_or_waiting
from planner.domain.case import DAY_QUARTERS, NONE, BoolArray, Case, IntArray
from planner.domain.result import ENTRIES, LEVELS, PriceList
from planner.explain.effects.compare import Side
from planner.explain.effects.service import plain_lists, serve
from planner.solve.prices.bound import lagrange_value
from planner.solve.prices.master import level_weights
from planner.solve.site.arrays import site_arrays
from planner.solve.site.sweeps import Sweeper


@dataclass(frozen=True, slots=True)
class CrewWorth:
    """One crew of `unit` on the open days from `first` to `last`.

    `saves` and `costs` are entries for what the plan does anyway (同口径): one more crew saves at most `saves`, one
    fewer costs at least `costs`. `serves` is the weight of left-out tasks that one more crew takes
    away at most, None where nothing is left out or nothing is known of it.
    """

    unit: str
    first: date
    last: date
    saves: int
    costs: int
    serves: int | None
    opens: bool
    """It opens days on which the unit could not do some task before."""


@dataclass(frozen=True, slots=True)
class Worths:
    """All crews of a plan. `level` is the level of left-out tasks that `serves` speaks of, "" for none."""

    level: str
    entries: int
    rows: tuple[CrewWorth, ...]


class _Proof(NamedTuple):
    """A case, the value of a plan of it, and the list that holds it from below by `raw`, scaled."""

    case: Case
    value: int
    one: PriceList
    raw: int


def weeks_of(days: Sequence[date]) -> list[tuple[int, int]]:
    """Return the first and the last index of the open days of each calendar week."""
    numbers = [day.isocalendar()[:2] for day in days]
    starts = [n for n, week in enumerate(numbers) if n == 0 or numbers[n - 1] != week]
    return [(a, b - 1) for a, b in zip(starts, [*starts[1:], len(days)], strict=True)]


def crew_worths(side: Side) -> Worths | None:
    """Return the worth of a crew of each unit in each week, in that order; None where the plan serves nothing."""
    served = serve(side.case, done_or_waiting(side.case, side.day), (side.day,), [(side.case, side.lists)])
    if served is None:
        return None
    entries = _Proof(served.case, served.held.high, served.certificate, _raw(served.case, served.certificate))
    level, left_out = _left_out(side)
    rows = []
    for unit in side.case.units:
        for first, last in weeks_of(side.case.days):
            worth = _worth(entries, left_out, unit.id, first, last)
            rows.append(replace(worth, first=side.case.days[first], last=side.case.days[last]))
    return Worths(level, served.held.high, tuple(rows))


def _left_out(side: Side) -> tuple[str, _Proof | None]:
    """Return the first level on which the plan leaves something out, with its proof.

    All levels before it are 0 there, so the proof speaks of every plan that is as good on them. Rows of half-days are
    left aside: a crew changes them in a way that a list does not tell, and without them less is proven, never more.
    """
    lists = {one.level: one for one in plain_lists(side.lists)}
    for level in side.levels:
        if level.name not in LEVELS[:ENTRIES]:
            break
        if level.value and level.name in lists:
            return level.name, _Proof(side.case, level.value, lists[level.name], _raw(side.case, lists[level.name]))
        if level.value:
            break
    return "", None


def _worth(entries: _Proof, left_out: _Proof | None, unit: str, first: int, last: int) -> CrewWorth:
    week = slice(first, last + 1)
    day = entries.case.days[first]
    opens = _opens(entries.case, unit, week)
    saves = _saved(entries, unit, week, opens)
    serves = None
    if left_out is not None:
        serves = _saved(left_out, unit, week, _opens(left_out.case, unit, week))
    return CrewWorth(unit, day, day, saves, _lost(entries, unit, week), serves, opens)


def _saved(proof: _Proof, unit: str, week: slice, opens: bool) -> int:
    """Return how much lower one crew more can bring the value, at most."""
    one = proof.one
    if opens:
        raw = _raw(_with_crew(proof.case, unit, week), one)
    else:
        rows = _rows(proof.case, unit)
        raw = proof.raw - int(one.prices[rows, week].sum()) * DAY_QUARTERS
    return max(0, proof.value - max(0, -(-raw // one.scale)))


def _lost(proof: _Proof, unit: str, week: slice) -> int:
    """Return by how much one crew fewer raises the value, at least.

    Only the unit's own rows are counted: whether the crew that goes has a skill is not said.
    """
    case, one = proof.case, proof.one
    rows = [n for n in _rows(case, unit) if not case.rows[n].skill]
    fewer = np.minimum(case.capacity[rows, week], DAY_QUARTERS)
    raw = proof.raw + int((one.prices[rows, week] * fewer).sum())
    return max(0, -(-raw // one.scale) - proof.value)


def _raw(case: Case, one: PriceList) -> int:
    """Return what a list proves of the case, scaled and not rounded."""
    level = LEVELS.index(one.level)
    factors = np.array(one.multipliers, dtype=np.int64)
    sweeper = Sweeper(site_arrays(case).proof, level_weights(case, level, factors))
    raw, _, _ = lagrange_value(sweeper, level, one.prices, factors, one.achieved)
    return raw


def _rows(case: Case, unit: str) -> list[int]:
    return [n for n, row in enumerate(case.rows) if row.unit == unit]


def _opens(case: Case, unit: str, week: slice) -> bool:
    """Return whether some task of the unit has a day of the week on which only one crew more could do it."""
    tasks = _tasks(case, unit)
    return bool(len(tasks)) and bool(any(missing.any() for missing in _missing(case, tasks, week)))


def _missing(case: Case, tasks: IntArray, week: slice) -> Iterator[BoolArray]:
    yield ~case.staffed[tasks, week]
    stay = (case.quarters[tasks] + case.setup[case.unit_of[tasks]])[:, None]
    yield case.capacity[case.unit_of[tasks], week] < stay
    skilled = case.skill_row_of[tasks] != NONE
    yield case.capacity[case.skill_row_of[tasks[skilled]], week] < stay[skilled]


def _tasks(case: Case, unit: str) -> IntArray:
    number = next((n for n, one in enumerate(case.units) if one.id == unit), NONE)
    return np.flatnonzero(case.unit_of == number).astype(np.int64)


def _with_crew(case: Case, unit: str, week: slice) -> Case:
    """Return the case with one crew more, able to do whatever the unit has to do: no real crew can do more."""
    capacity, staffed = case.capacity.copy(), case.staffed.copy()
    capacity[_rows(case, unit), week] += DAY_QUARTERS
    staffed[_tasks(case, unit), week] = True
    return replace(case, capacity=capacity, plan_capacity=capacity, staffed=staffed)
