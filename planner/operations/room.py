"""Whether units have room on a day for what is asked: the one place that gate, ledger, suggestions, triggered checks
and replanning ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from planner.operations.book import Book


class Room(Enum):
    """The answer: UNKNOWN is one of its own, never taken for NO."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def rooms(book: Book, site: int, day_of: Mapping[int, int]) -> dict[tuple[int, int], Room]:
    """Return, by (unit, day index), whether the unit can carry it that tasks of a site are on other days.

    `day_of` maps tasks to day indexes. Days on which a unit works no more than now are not asked about.
    """
    case = book.case
    units = {unit.id: n for n, unit in enumerate(case.units)}
    found: dict[tuple[int, int], Room] = {}
    for (row, day), quarters in book.change(site, day_of).items():
        if quarters > 0:
            enough = book.use[row, day] + quarters <= case.plan_capacity[row, day]
            key = units[case.rows[row].unit], day
            found[key] = found.get(key, Room.YES) if enough else Room.NO
    return found


def room_on(book: Book, site: int, day_of: Mapping[int, int]) -> Room:
    """Return whether all units can carry it: NO where one cannot, UNKNOWN where that of one is not decided."""
    found = set(rooms(book, site, day_of).values())
    return Room.NO if Room.NO in found else Room.UNKNOWN if Room.UNKNOWN in found else Room.YES
