"""Whether units have room on a day for the stays that are asked for.

Gate, ledger, suggestions, triggered checks and replanning all ask this module, so they agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from planner.domain.case import IntArray
from planner.domain.plan import LEFT_OUT
from planner.operations.book import Book
from planner.solve.walk.blocks import entries_on
from planner.solve.walk.day_test import Answer, DayAnswer, Judge


class Room(Enum):
    """The answer: UNKNOWN is one of its own, never taken for NO."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def rooms(book: Book, site: int, day_of: Mapping[int, int], judge: Judge | None = None) -> dict[tuple[int, int], Room]:
    """Return, by (unit, day index), whether the unit can carry it that tasks of a site are on other days.

    `day_of` maps tasks to day indexes. Days on which a unit works no more than now are not asked about. Hours are asked
    first; where they suffice, whether all visits of the day can be walked and manned, which every unit shares in:
    `judge` says so, the book's where none is given.
    """
    case = book.case
    units = {unit.id: n for n, unit in enumerate(case.units)}
    found: dict[tuple[int, int], Room] = {}
    for (row, day), quarters in book.change(site, day_of).items():
        if quarters > 0:
            enough = book.use[row, day] + quarters <= case.plan_capacity[row, day]
            key = units[case.rows[row].unit], day
            found[key] = found.get(key, Room.YES) if enough else Room.NO
    judge = judge or book.judge
    if judge is not None and Room.NO not in found.values():
        then = book.day.copy()
        then[list(day_of)] = list(day_of.values())
        walked = {day: day_carries(judge, book.triggered, book.day, then, day)[0] for _, day in found}
        found = {(unit, day): walked[day] for unit, day in found}
    return found


def day_carries(
    judge: Judge, triggered: frozenset[str], before: IntArray, then: IntArray, day: int
) -> tuple[Room, DayAnswer | None]:
    """Return whether day `day` can be walked and manned with the tasks that `then` [T] puts there, and the answer that
    says so; no answer where it does not speak of what is new on the day.

    A triggered check (ids) goes whatever comes: where the day cannot be walked with it, others are judged without it.
    A day that could not be walked `before` [T] is no reason against more, nor for it: UNKNOWN.
    """
    case = judge.case
    found = judge.ask(day, entries_on(case, then, day))
    checks = [t for t, task in enumerate(case.tasks) if task.id in triggered] if triggered else []
    if found.answer is not Answer.YES and any(then[t] == day for t in checks):
        then, before = then.copy(), before.copy()
        then[checks] = before[checks] = LEFT_OUT
        found = judge.ask(day, entries_on(case, then, day))
    if found.answer is Answer.NO and judge.ask(day, entries_on(case, before, day)).answer is not Answer.YES:
        return Room.UNKNOWN, None
    return Room(found.answer.value), found


def room_on(book: Book, site: int, day_of: Mapping[int, int], judge: Judge | None = None) -> Room:
    """Return whether all units can carry it: NO where one cannot, UNKNOWN where that of one is not decided."""
    found = set(rooms(book, site, day_of, judge).values())
    return Room.NO if Room.NO in found else Room.UNKNOWN if Room.UNKNOWN in found else Room.YES
