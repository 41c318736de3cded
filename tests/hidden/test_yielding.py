"""What is said beforehand of an unannounced check's room to give way, against what bookings then do to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

import pytest

from planner.domain.plan import LATER
from planner.operations.book import Book
from planner.operations.gate import Gate
from planner.service import Planned, book_of, plan_tables
from planner.service.month.hidden import placed
from planner.service.month.yielding import Leeway, leeway
from tests.hidden.test_precedence import hidden, month
from tests.intake_law.build import MONTH, filing, june, pin


def of(**secret: date) -> tuple[Planned, Book, int]:
    """Return the month of SCJG's unannounced check at S1, where the health office may still come, its book and task."""
    waits = filing("F-WJ", "WJ", items=("I3",), window_to=date(2026, 7, 31))
    other = filing("F-S2", "WJ", items=("I3",), sites=("S2",))
    planned = plan_tables(month(filings=(waits, other, hidden(**secret))), MONTH)
    assert planned.hidden is not None
    months = planned.hidden.months
    whole = Planned(months["SCJG"], planned.prepared, planned.tables, planned.rulebook, MONTH, planned.source)
    book = book_of(whole)
    (task,) = (t for t, info in enumerate(book.case.tasks) if info.unannounced)
    return planned, book, task


def lost(book: Book, law: Planned, secret: int) -> Iterator[date]:
    """Yield each day on which a booking of the health office leaves the unannounced check without a day."""
    (task,) = (t for t, info in enumerate(book.case.tasks) if (info.unit, info.site) == ("WJ", "S1"))
    for day in book.case.days:
        then = book.snapshot()
        then.release([secret])
        if Gate(then, law.rulebook).ask("WJ", "S1", day).verdict == "yes":
            then.book([task], then.day_index(day))
            if placed(then, [secret], [int(book.day[secret])], set(), Random(1)):
                yield day


@pytest.mark.parametrize(
    ("window", "days", "safe"),
    [((8, 19), 1, True), ((8, 9), 1, True), ((8, 8), 0, False)],
)
def test_what_is_said_is_what_a_booking_does(window: tuple[int, int], days: int, safe: bool) -> None:
    planned, book, secret = of(window_from=june(window[0]), window_to=june(window[1]))
    before = book.day.copy()
    found = leeway(book, [secret])
    assert (found.days, found.may_come, found.safe) == (days, 1, safe)
    assert (book.day == before).all()
    assert [*lost(book, planned, secret)] == ([] if safe else [june(8)])
    assert f"{'至少' if safe else '只'}有 {days} 天" in found.told()
    assert ("请提前商定" in found.told()) is not safe


def test_a_pin_warns_and_says_when_somebody_is_there() -> None:
    waits = filing("F-WJ", "WJ", items=("I3",), window_to=date(2026, 7, 31))
    filed = (waits, filing("F-S2", "WJ", items=("I3",), sites=("S2",)), hidden())
    planned = plan_tables(month(filings=filed, pins=(pin("P", june(10), filing_id="X"),)), MONTH)
    assert planned.hidden is not None
    months = planned.hidden.months
    book = book_of(Planned(months["SCJG"], planned.prepared, planned.tables, planned.rulebook, MONTH, planned.source))
    (secret,) = (t for t, info in enumerate(book.case.tasks) if info.unannounced)
    found = leeway(book, [secret])
    assert (found.fixed, found.met, found.safe) == (True, False, False)
    (task,) = (t for t, info in enumerate(book.case.tasks) if (info.unit, info.site) == ("WJ", "S1"))
    book.book([task], book.day_index(june(10)))
    met = leeway(book, [secret])
    assert met.met
    assert "另有单位" in met.told()
    book.release([task], LATER)


def test_a_body_of_its_own_domain_that_may_still_come_is_named() -> None:
    """However many days are left: gap and cap take all of them with one booking."""
    found = Leeway(9, 1, ("朱泾镇队",))
    assert not found.safe
    assert "朱泾镇队一旦预约" in found.told()
