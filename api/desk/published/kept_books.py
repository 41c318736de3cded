"""The book of each published plan, kept in the process and brought up to date before every question.

There is one for everybody, in which only announced checks are: whatever it answers is no secret. An agency with
unannounced checks, or with a triggered one that nobody joins, has a book of its own with these in it, and the
coordinator's replanning one with all of the latter.

A process believes nothing that it has not just asked the database for: which plan is published, and how many bookings
it has. What is missing is read and applied; another plan makes another book. Between looking and booking somebody else
may book: then the transaction refuses (`api.store.planned.books`), so a stale book never decides anything.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from api.desk.plans.moves import cases
from api.desk.plans.restoring import at_hand
from api.problems import Problem
from api.rights import parent_of
from api.store import NotFoundError, Store
from api.store.planned.books import Booking, Cell, bookings_of, number_of, published_plan, triggered_before
from api.store.planned.hidden import hidden_before, hidden_bookings_of, hidden_of
from api.store.planned.plans import PlanRow, plan_of
from planner.domain.case import Case
from planner.domain.plan import LEFT_OUT

if TYPE_CHECKING:
    from planner.domain.calendar import WorkCalendar
    from planner.operations.book import Book
    from planner.report.words.names import Names
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
    whose: str = ""
    """Who may be told what it answers: "" everybody."""
    hidden: frozenset[str] = frozenset()
    """The parent agencies with unannounced checks in the month."""
    settled: int = 0
    """How many bookings the unannounced checks of the book have given way to."""
    weighed: tuple[int, int] = (-1, -1)
    """After how many bookings, and from which day on, `leeways` were worked out."""
    leeways: dict[tuple[str, date], str] = field(default_factory=dict)
    """What is said of an unannounced check's room to give way, by site and date."""
    hidden_number: int = 0
    """How many triggered checks that nobody joins are in the book."""

    @property
    def case(self) -> Case:
        """The plan's case."""
        return self.book.case

    def apply(self, one: Booking) -> None:
        """Bring the next booking into the book."""
        from planner.service.published.triggering import with_triggered

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
        if one.unannounced:
            self.hidden_number = one.number
        else:
            self.number = one.number
            self.turns[one.site_id] = one.turn

    def hide(self, day_of: Mapping[str, date]) -> None:
        """Put the unannounced checks of the book on their dates; those without one are open."""
        case = self.case
        for t, task in enumerate(case.tasks):
            if task.unannounced:
                day = self.book.day_index(day_of[task.id]) if task.id in day_of else LEFT_OUT
                if int(self.book.day[t]) != day:
                    self.book.release([t])
                    if day >= 0:
                        self.book.book([t], day)


def cells_of_book(book: Book) -> dict[Cell, tuple[int, int]]:
    """Return (room, used) of every crew and day of a book, in quarter-hours."""
    case = book.case
    return {
        (row.unit, row.skill, day): (int(case.plan_capacity[r, d]), int(book.use[r, d]))
        for r, row in enumerate(case.rows)
        for d, day in enumerate(case.days)
    }


EVERYTHING = "*"
"""Whose book has all triggered checks: the coordinator's, to replan."""


class Books:
    """Books by plan and whose they are ("" everybody's), those asked for last.

    Everybody's are kept apart from the others, and made under a lock of their own: neither that an agency has a book of
    its own nor how many have one makes anybody else wait.
    """

    EVERYBODYS, OWN = 3, 4

    def __init__(self) -> None:
        self._everybodys: OrderedDict[str, Kept] = OrderedDict()
        self._own: OrderedDict[tuple[str, str], Kept] = OrderedDict()
        self._lock, self._own_lock = threading.Lock(), threading.Lock()

    def put(self, kept: Kept) -> None:
        """Keep everybody's book that was made elsewhere."""
        with self._own_lock:
            for key in [key for key in self._own if key[0] == kept.plan.id]:
                del self._own[key]
        with self._lock:
            _keep(self._everybodys, kept.plan.id, kept, self.EVERYBODYS)

    @contextmanager
    def opened(self, store: Store, month: str | None = None, whose: str = "") -> Iterator[Kept]:
        """Give the book of the published plan of `month` (today's, else the newest), up to date, to one thread.

        `whose` is "" for what everybody may know, an agency's id for that and its own, or EVERYTHING. Raises
        NotFoundError where none is published, Problem 409 where its case cannot be made from the store.
        """
        with store.read() as tx:
            plan_id = published_plan(tx, month, today())
            number, frozen_until = number_of(tx, plan_id)
        kept = self._of(store, plan_id, whose)
        with kept.lock:
            if kept.number < number:
                with store.read() as tx:
                    for one in bookings_of(tx, plan_id, kept.number):
                        kept.apply(one)
            if kept.whose:
                with store.read() as tx:
                    agency = None if kept.whose == EVERYTHING else kept.whose
                    for one in hidden_bookings_of(tx, plan_id, agency, kept.hidden_number):
                        kept.apply(one)
                    if agency:
                        rows = hidden_of(tx, plan_id, frozenset({agency}))
                        kept.hide({task: row["day"] for row in rows for task in row["tasks"]})
            kept.book.first_day = first_open(kept.case, frozen_until)
            yield kept

    def _of(self, store: Store, plan_id: str, whose: str) -> Kept:
        with self._lock:  # one restores, others wait for it
            everybodys = self._everybodys.get(plan_id) or made(store, plan_id)
            _keep(self._everybodys, plan_id, everybodys, self.EVERYBODYS)
        own = _own(store, everybodys, whose)
        if not own:
            return everybodys
        with self._own_lock:
            kept = self._own.get((plan_id, own)) or _with_own(store, everybodys, own)
            _keep(self._own, (plan_id, own), kept, self.OWN)
            return kept


def _keep(books_: OrderedDict[Any, Kept], key: Any, kept: Kept, most: int) -> None:
    """Keep a book as the one asked for last; those asked for longest ago are dropped."""
    books_[key] = kept
    books_.move_to_end(key)
    while len(books_) > most:
        books_.popitem(last=False)


def has_own(store: Store, kept: Kept, agency: str) -> bool:
    """Return whether an agency has a book of its own beside everybody's."""
    return bool(_own(store, kept, agency))


def _own(store: Store, kept: Kept, agency: str) -> str:
    """Return whose book answers an agency: its parent's where that has secrets of its own, else everybody's."""
    if agency in ("", EVERYTHING):
        return agency
    with store.read() as tx:
        parent = parent_of(tx, agency)
        secret = parent in kept.hidden or hidden_bookings_of(tx, kept.plan.id, parent)
        secret = secret or hidden_before(tx, kept.plan.month, kept.plan.id, parent)
    return parent if secret else ""


def _with_own(store: Store, kept: Kept, whose: str) -> Kept:
    """Return a book of a plan with what is told to `whose` alone."""
    from planner.service.published.triggering import with_triggered

    if whose in kept.hidden:
        planned = cases.of(store, kept.plan)
        assert planned.hidden is not None
        found = kept_of(store, kept.plan, replace(planned, result=planned.hidden.months[whose]))
    else:
        with kept.lock:
            found = replace(
                kept,
                book=kept.book.snapshot(),
                turns=kept.turns.copy(),
                booked=set(kept.booked),
                lock=threading.Lock(),
            )
    found.whose = whose
    with store.read() as tx:
        agency = None if whose == EVERYTHING else whose
        for one in hidden_before(tx, kept.plan.month, kept.plan.id, agency):
            found.book = with_triggered(found.book, one.detail)
    return found


def warm(store: Store) -> None:
    """Load the engines, and the newest published plan's book where that is quick: no first question waits for them."""
    import planner.service
    import planner.service.consultation.consulting
    import planner.service.published.moving
    import planner.service.published.triggering  # noqa: F401 - loaded for those who ask

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
    """Return a plan's book without any booking. Raises as `api.desk.plans.moves.cases`."""
    with store.read() as tx:
        plan = plan_of(tx, plan_id)
    return kept_of(store, plan, cases.of(store, plan))


def kept_of(store: Store, plan: PlanRow, planned: Planned) -> Kept:
    """Return the book of a plan that is restored already, without any booking of its own.

    Triggered checks that came in on the month's plans before are in it: they are tasks of no plan.
    """
    from planner.intake.month.working_days import make_calendar
    from planner.service import book_of
    from planner.service.published.triggering import with_triggered

    book = book_of(planned)
    with store.read() as tx:
        for one in triggered_before(tx, plan.month, plan.id):
            book = with_triggered(book, one.detail)
    year = book.case.period[0].year
    calendar = make_calendar((year - 1, year, year + 1), planned.tables.calendar)
    names, hidden = planned.names.with_case(book.case), frozenset(planned.hidden.months if planned.hidden else ())
    return Kept(plan, book, planned.rulebook, names, calendar, cells_of_book(book), hidden=hidden)


def caught_up(store: Store, kept: Kept) -> date | None:
    """Bring all bookings into a book that nobody else holds, triggered checks that nobody joins too; return up to which
    day nothing moves.
    """
    from planner.service.published.triggering import with_triggered

    with store.read() as tx:
        for one in hidden_before(tx, kept.plan.month, kept.plan.id, None):
            kept.book = with_triggered(kept.book, one.detail)
        for one in bookings_of(tx, kept.plan.id, kept.number):
            kept.apply(one)
        for one in hidden_bookings_of(tx, kept.plan.id, None, kept.hidden_number):
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
