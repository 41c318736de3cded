"""Days and prices of a plan, restated for another case by name: never by position."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from planner.checks.same_service import Requirement
from planner.domain.case import BoolArray, Case, HalfRow, IntArray
from planner.domain.plan import LEFT_OUT
from planner.domain.result import PriceList

RowName = tuple[str, str, int | None, bool]


def carried_days(before: Case, day: IntArray, after: Case, links: Iterable[Requirement]) -> tuple[IntArray, BoolArray]:
    """Return [T] of `after` on which day of it each task stood in `before`, LEFT_OUT for what has none, and [T] what is
    new: nothing of `before` stands for it, or its day is no open day any more.

    Tasks that have become one take the first day that any of them had.
    """
    index, days = {on: n for n, on in enumerate(after.days)}, np.full(after.n_tasks, LEFT_OUT, dtype=np.int64)
    new = np.ones(after.n_tasks, dtype=np.bool_)
    for one in links:
        if one.before and one.after:
            was, here = [int(d) for d in day[list(one.before)]], list(one.after)
            placed = sorted(d for d in was if d >= 0)
            now = index.get(before.days[placed[0]]) if placed else min(was)
            days[here], new[here] = (LEFT_OUT, True) if now is None else (now, False)
    return days, new


def carried_lists(lists: Sequence[PriceList], before: Case, after: Case) -> tuple[PriceList, ...]:
    """Return price lists of `before` with a price for each row and day of `after`; their bounds are not known yet.

    Rows are known by unit, skill and half, days by date. What is new costs nothing, what is gone is dropped: any
    prices that are not negative prove something. A row of half-days whose share has changed is priced in proportion.
    """
    return tuple(
        replace(one, prices=_carried(one, before, after), half_rows=after.half_rows, bound=0)
        for one in lists
        if len(one.prices) == len(before.rows) + len(one.half_rows) and one.prices.shape[1] == before.n_days
    )


def _carried(one: PriceList, before: Case, after: Case) -> IntArray:
    prices = np.zeros(after.capacity.shape, dtype=np.int64)
    row_of = {name: r for r, name in enumerate(_row_names(before, one.half_rows))}
    column = {day: d for d, day in enumerate(before.days)}
    days = [(d, column[day]) for d, day in enumerate(after.days) if day in column]
    new, old = (np.array([pair[n] for pair in days], dtype=np.int64) for n in (0, 1))
    for r, name in enumerate(_row_names(after, after.half_rows)):
        was = row_of.get(name)
        if was is None:
            continue
        carried = one.prices[was, old]
        if name[3]:
            share = after.half_rows[r - len(after.rows)].share, one.half_rows[was - len(before.rows)].share
            carried = carried * share[1] // share[0]
        prices[r, new] = carried
    return prices


def _row_names(case: Case, half_rows: Sequence[HalfRow]) -> list[RowName]:
    """Return (unit, skill, half, is it one of half-days) of each capacity row."""
    plain: list[RowName] = [(row.unit, row.skill, None, False) for row in case.rows]
    return plain + [(row.unit, row.skill, row.half, True) for row in half_rows]
