"""The book of each published plan, kept in the process and brought up to date before every question.

A process believes nothing that it has not just asked the database for: which plan is published, and how many bookings
it has. What is missing is read and applied; another plan makes another book. Between looking and booking somebody else
may book: then the transaction refuses (`api.store.books`), so a stale book never decides anything.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from api.desk.moves import cases
from api.desk.restoring import at_hand
from api.http.problems import Problem
from api.store import NotFoundError, Store
from api.store.books import Booking, Cell, bookings_of, number_of, published_plan, triggered_before
from api.store.plans import PlanRow, plan_of
from planner.domain.case import Case

if TYPE_CHECKING:
    from planner.domain.calendar import WorkCalendar
    from planner.operations.book import Book
    from planner.report.names import Names
    from planner.rulebook.nouns import RulebookVersion
    from planner.service import Planned

logger = logging.getLogger(__name__)
HERE = ZoneInfo("Asia/Shanghai")


def today() -> date:
    """Return the date here, whatever the machine's clock says of its zone."""
    return datetime.now(HERE).date()


@dataclass(eq=False)
class Kept:
    """A published plan as it stands. `number` bookings are in the book, `turns` of them by site.

    `cells` are (room, used) of the plan as it was published, before any booking. Held by one thread at a time.
    """

    plan: PlanRow
    book: Book
    law: RulebookVersion
    names: Names
    calendar: WorkCalendar
    cells: Mapping[Cell, tuple[int, int]]
    number: int = 0
    turns: Counter[str] = field(default_factory=Counter)
    booked: set[str] = field(default_factory=set)
    """Ids of tasks that a booking holds: no other can."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def case(self) -> Case:
        """The plan's case."""
        return self.book.case

    def apply(self, one: Booking) -> None:
        """Bring the next booking into the book."""
        from planner.service.triggering import with_triggered

        if one.kind == "triggered":
            self.book = with_triggered(self.book, one.detail)
        index = {self.case.tasks[t].id: t for t in self.case.tasks_at(self.book.site(one.site_id))}
        gone = set(one.tasks) if one.kind == "absorb" else set(one.detail.get("absorbed", ()))
        here = [index[name] for name in one.tasks if name not in gone]
        if here:
            self.book.book(here, self.book.day_index(one.day))
        if gone:
            self.book = self.book.without_need([index[name] for name in gone])
        self.booked.update(one.tasks)
        self.number = one.number
        self.turns[one.site_id] = one.turn


def cells_of_book(book: Book) -> dict[Cell, tuple[int, int]]:
    """Return (room, used) of every crew and day of a book, in quarter-hours."""
    case = book.case
    return {
        (row.unit, row.skill, day): (int(case.plan_capacity[r, d]), int(book.use[r, d]))
        for r, row in enumerate(case.rows)
        for d, day in enumerate(case.days)
    }


class Books:
    """Books by plan, those asked for last."""

    KEPT = 2

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, kept: Kept) -> None:
        """Keep a book that was made elsewhere."""
        with self._lock:
            self._kept[kept.plan.id] = kept
            while len(self._kept) > self.KEPT:
                self._kept.popitem(last=False)

    @contextmanager
    def opened(self, store: Store, month: str | None = None) -> Iterator[Kept]:
        """Give the book of the published plan of `month` (today's, else the newest), up to date, to one thread.

        Raises NotFoundError where none is published, Problem 409 where its case cannot be made from the store.
        """
        with store.read() as tx:
            plan_id = published_plan(tx, month, today())
            number, frozen_until = number_of(tx, plan_id)
        kept = self._of(store, plan_id)
        with kept.lock:
            if kept.number < number:
                with store.read() as tx:
                    for one in bookings_of(tx, plan_id, kept.number):
                        kept.apply(one)
            kept.book.first_day = first_open(kept.case, frozen_until)
            yield kept

    def _of(self, store: Store, plan_id: str) -> Kept:
        with self._lock:  # one restores, others wait for it
            found = self._kept.get(plan_id)
            if found is not None:
                self._kept.move_to_end(plan_id)
                return found
            kept = made(store, plan_id)
            self._kept[plan_id] = kept
            while len(self._kept) > self.KEPT:
                self._kept.popitem(last=False)
            return kept


def warm(store: Store) -> None:
    """Load the engines, and the newest published plan's book where that is quick: no first question waits for them."""
    import planner.service
    import planner.service.consulting
    import planner.service.moving
    import planner.service.triggering  # noqa: F401 - loaded for those who ask

    try:
        with store.read() as tx:
            plan_id = published_plan(tx, None, today())
    except NotFoundError:
        return
    if at_hand(store, plan_id):
        try:
            with books.opened(store):
                pass
        except Problem:  # whoever asks is told
            logger.warning("the book of plan %s cannot be opened", plan_id)


def made(store: Store, plan_id: str) -> Kept:
    """Return a plan's book without any booking. Raises as `api.desk.moves.cases`."""
    with store.read() as tx:
        plan = plan_of(tx, plan_id)
    return kept_of(store, plan, cases.of(store, plan))


def kept_of(store: Store, plan: PlanRow, planned: Planned) -> Kept:
    """Return the book of a plan that is restored already, without any booking of its own.

    Triggered checks that came in on the month's plans before are in it: they are tasks of no plan.
    """
    from planner.intake.working_days import make_calendar
    from planner.service import book_of
    from planner.service.triggering import with_triggered

    book = book_of(planned)
    with store.read() as tx:
        for one in triggered_before(tx, plan.month, plan.id):
            book = with_triggered(book, one.detail)
    year = book.case.period[0].year
    calendar = make_calendar((year - 1, year, year + 1), planned.tables.calendar)
    return Kept(plan, book, planned.rulebook, planned.names.with_case(book.case), calendar, cells_of_book(book))


def caught_up(store: Store, kept: Kept) -> date | None:
    """Bring all bookings into a book that nobody else holds; return up to which day nothing moves."""
    with store.read() as tx:
        for one in bookings_of(tx, kept.plan.id, kept.number):
            kept.apply(one)
        frozen_until = number_of(tx, kept.plan.id)[1]
    kept.book.first_day = first_open(kept.case, frozen_until)
    return frozen_until


def first_open(case: Case, frozen_until: date | None) -> int:
    """Return the first day index on which anything may still be placed: today's, and after what the bureau froze.

    Made-up data know no today: a demonstration month can be lived with at any time.
    """
    last = frozen_until or date.min
    if not case.synthetic:
        last = max(last, today() - timedelta(days=1))
    return 0 if last == date.min else int(np.searchsorted(case.ordinals, last.toordinal() + 1))


def stated(kept: Kept) -> dict[str, Any]:
    """Return what every answer that states a decision says of its grounds."""
    return {
        "plan": kept.plan.id,
        "plan_hash": kept.plan.plan_hash,
        "rulebook_version": kept.plan.rulebook_version,
        "number": kept.number,
    }


books = Books()
