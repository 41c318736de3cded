"""What a booking does is lawful and was offered; what stands against it is said, with its clauses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from planner.checks import check_plan
from planner.domain.errors import InputError
from planner.domain.plan import Plan
from planner.operations.book import Book
from planner.operations.booking import Bookable, NotBookable, bookable
from planner.operations.suggest import suggest_all
from planner.rulebook.book import load_rulebook
from tests.operations.books import books

LAW = load_rulebook().at(date(2026, 6, 1))
Asked = tuple[Book, str, str, date, str]


def offered(n: int) -> Iterator[Asked]:
    """Yield, of `n` books, each offer's site, asker, day and first rider."""
    for book in books(n):
        for agency in sorted({unit.parent for unit in book.case.units}):
            for one in suggest_all(book, LAW, agency):
                for offer in one.suggestions:
                    for day in offer.days:
                        yield book, one.site, agency, day, offer.tasks[0]


def ask(asked: Asked, *more: str, stale: bool = False) -> Bookable | NotBookable:
    """Ask for a day with its rider and `more`."""
    book, site, agency, day, rider = asked
    return bookable(book, LAW, site, agency, day, [rider, *more], stale=stale)


def test_what_is_booked_was_asked_for_and_breaks_nothing() -> None:
    done = 0
    for asked in offered(60):
        book, site, _, day, rider = asked
        found, case = ask(asked), book.case
        if isinstance(found, NotBookable):
            assert found.text_zh
            continue
        assert rider in {case.tasks[t].id for t in found.tasks}
        assert {case.sites[int(case.site_of[t])].id for t in found.tasks} == {site}
        assert case.days[found.day] == day
        before = {(v.rule, v.subjects) for v in check_plan(case, Plan(book.day))}
        then = book.snapshot()
        then.book(found.tasks, found.day)
        assert {(v.rule, v.subjects) for v in check_plan(case, Plan(then.day))} <= before
        done += 1
    assert done > 10


def test_what_was_not_offered_or_has_changed_is_refused() -> None:
    asked = next(one for one in offered(30) if isinstance(ask(one), Bookable))
    assert isinstance(ask(asked, stale=True), NotBookable)
    assert isinstance(ask(asked, "T-nobody"), NotBookable)
    book, site, agency, day, rider = asked
    with pytest.raises(InputError):
        ask((book, site, agency, date(1999, 1, 1), rider))
    with pytest.raises(InputError):
        ask((book, site, "nobody", day, rider))


def test_a_day_that_is_settled_is_refused_by_its_clause() -> None:
    asked = next(offered(30))
    book, _, _, day, _ = asked
    book.first_day = book.day_index(day) + 1
    found = ask(asked)
    assert isinstance(found, NotBookable)
    assert found.clauses
