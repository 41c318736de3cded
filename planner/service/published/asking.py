"""The days that may be offered to an enterprise that asks for another day, or not to be visited jointly.

They are read off the book as it is lived with, by every rule and the units' day. A day of which that is not settled is
not offered. In everybody's book there is no unannounced check, so no offer tells of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from planner.domain.case import TaskInfo
from planner.domain.plan import Plan
from planner.operations.book import Book
from planner.operations.events import asked_about, unpinned
from planner.operations.gate import may_be_done
from planner.operations.room import Room
from planner.report.visits.leading import Lead, lead_of
from planner.report.visits.view import row_of

if TYPE_CHECKING:
    from planner.report.words.names import Names


@dataclass(frozen=True, slots=True)
class OfferedDay:
    """A day on which the visit may come instead. `entries`: how many more or fewer entries at the site that makes."""

    day: date
    entries: int


@dataclass(frozen=True, slots=True)
class AskedVisit:
    """An announced visit that an enterprise asks about: who leads it, who comes, (id, name) by id, and for what."""

    lead: Lead
    agencies: tuple[tuple[str, str], ...]
    tasks: tuple[TaskInfo, ...]


def asked_visit(book: Book, names: Names, site_id: str, day: date) -> AskedVisit:
    """Return who comes to a site on a day and who leads. Raises InputError where no announced visit stands there."""
    hit = asked_about(book, site_id, day)
    visit = book.visit(int(book.case.site_of[hit[0]]), book.day_index(day))
    assert visit is not None
    row = row_of(book.case, names.with_case(book.case), visit)
    return AskedVisit(lead_of(row), tuple(sorted((party.id, party.name) for party in row.parties)), row.tasks)


def offered_days(book: Book, site_id: str, day: date, agency: str = "") -> tuple[OfferedDay, ...]:
    """Return the days on which what is announced at a site on `day` may be done instead, by date.

    `agency` is the parent whose checks alone are to move, "" for all of them. Raises InputError as `asked_about`.
    """
    tasks = asked_about(book, site_id, day, agency)
    free, was = _freed(book, tasks), book.day_index(day)
    site = int(book.case.site_of[tasks[0]])
    stays = {int(book.day[t]) for t in book.case.tasks_at(site) if book.published[t] and t not in set(tasks)}
    return tuple(
        OfferedDay(book.case.days[d], len(stays | {d}) - len(stays | {was}))
        for d in range(book.first_day, book.case.n_days)
        if d != was and may_be_done(free, tasks, d) is Room.YES
    )


def _freed(book: Book, tasks: list[int]) -> Book:
    """Return a book in which `tasks` have no pinned date; `book` itself where none has one."""
    touched = np.zeros(book.case.n_tasks, dtype=np.bool_)
    touched[tasks] = True
    case = unpinned(book.case, touched)
    if case is book.case:
        return book
    free = Book(case, Plan(book.day.copy()), book.published.copy(), book.first_day, roster=book.roster)
    free.starts, free.triggered, free.settled, free.aliases = book.starts, book.triggered, book.settled, book.aliases
    return free
