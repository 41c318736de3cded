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


def room_on(book: Book, site: int, day_of: Mapping[int, int]) -> Room:
    """Return whether all units can carry it that tasks of a site are on other days: `day_of` maps tasks to day indexes.

    Days on which a unit works less than now, or as much, are not asked about.
    """
    over = book.use + 0
    for (row, day), quarters in book.change(site, day_of).items():
        if quarters > 0 and over[row, day] + quarters > book.case.plan_capacity[row, day]:
            return Room.NO
    return Room.YES
