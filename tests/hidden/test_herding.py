"""An attack with bookings: an agency books a day at the site, cancels, books the next, and then guesses.

Each booking moves the unannounced check if it stands there, and cancelling moves nothing back. So the days that were
tried become less likely, which is what everybody learns who enters a site; among the others the guess is no better than
chance. Inside, no check is ever lost by it, and none meets a planned entry.
"""

from __future__ import annotations

import math
from collections import Counter
from datetime import date
from random import Random
from typing import Any

import pytest

from planner.domain.plan import LATER
from planner.operations.gate import Gate
from planner.service import Planned, book_of, plan_tables
from planner.service.month.hidden import hide, placed
from planner.service.month.planning import crew_seeds
from tests.hidden.test_precedence import hidden, month
from tests.intake_law.build import MONTH, filing, june

WORLDS = 200


@pytest.fixture(scope="module")
def planned() -> Planned:
    """SCJG comes unannounced, the town team stands back, and the health office has a check at S1 that may wait."""
    waits = filing("F-WJ", "WJ", items=("I3",), window_to=date(2026, 7, 31))
    team = filing("F-ZJ", "ZJ", items=("I2",))
    other = filing("F-S2", "WJ", items=("I3",), sites=("S2",))
    return plan_tables(month(filings=(team, waits, other, hidden())), MONTH)


def told(planned: Planned, tried: list[date]) -> tuple[list[str], int]:
    """Return what the gate tells WJ, day by day, while it books and cancels, and how often it was let in."""
    book, law = book_of(planned), planned.rulebook
    (task,) = (t for t, info in enumerate(book.case.tasks) if (info.unit, info.site) == ("WJ", "S1"))
    said, entered = list[str](), 0
    for day in tried:
        answer = Gate(book, law).ask("WJ", "S1", day)
        said.append(repr(answer))
        if answer.verdict == "yes":
            entered += 1
            book.book([task], book.day_index(day))
            book.release([task], LATER)
    return said, entered


def lived(planned: Planned, seed: int, tried: list[date]) -> date:
    """Return where the unannounced check stands after all that; it gives way to each booking as the service does."""
    seeds = crew_seeds(planned.result.seed, planned.given)
    lot = Random(seed)
    beside = hide(planned.result, planned.tables, MONTH, planned.rulebook, seeds, lot=lot)
    assert beside is not None
    whole = Planned(beside.months["SCJG"], planned.prepared, planned.tables, planned.rulebook, MONTH, planned.source)
    book = book_of(whole)
    (secret,) = (t for t, info in enumerate(book.case.tasks) if info.unannounced)
    (task,) = (t for t, info in enumerate(book.case.tasks) if (info.unit, info.site) == ("WJ", "S1"))
    for day in tried:
        d, was = book.day_index(day), int(book.day[secret])
        book.book([task], d)
        book.release([secret])
        assert placed(book, [secret], [was], set(), lot) == ()  # never lost
        now = int(book.day[secret])
        assert now != d  # never two entries a day
        assert now == was or was == d  # and it moves only where it has to
        book.release([task], LATER)
    return book.case.days[int(book.day[secret])]


def test_whoever_books_and_cancels_learns_only_where_it_is_not(planned: Planned) -> None:
    assert [row.unit for row in planned.result.not_visited] == ["ZJ"]
    window = [day for day in planned.result.case.days if june(8) <= day <= june(19)]
    tried, left = window[: len(window) // 2], window[len(window) // 2 :]
    stands = Counter(lived(planned, seed, tried) for seed in range(WORLDS))
    said: Any = {tuple(told(planned, tried)[0]) for _ in range(3)}
    assert len(said) == 1
    assert told(planned, tried)[1] == len(tried)  # whoever asks is let in, on its day too
    chance = WORLDS / len(left)
    assert max(stands.values()) < chance + 4 * math.sqrt(chance)
    assert sum(stands[day] for day in tried) > 0  # and not even the tried ones are ruled out


def test_nobody_else_in_the_domain_learns_more_than_the_window(planned: Planned) -> None:
    """The team that stood back asks of every day: its answers are the same whatever the lot."""
    law, seeds = planned.rulebook, crew_seeds(planned.result.seed, planned.given)
    found, days = set[str](), Counter[date]()
    for seed in range(WORLDS):
        beside = hide(planned.result, planned.tables, MONTH, law, seeds, lot=Random(seed))
        assert beside is not None
        (day,) = beside.days.values()
        assert day is not None
        days[day] += 1
        if seed < 3:
            book = book_of(planned)
            found.add(repr([Gate(book, law).ask("WJ", "S1", on) for on in book.case.days]))
            found.add(repr(planned.result.not_visited))
    assert len(found) == 2
    open_days = [day for day in planned.result.case.days if june(8) <= day <= june(19)]
    chance = WORLDS / len(open_days)
    assert set(days) == set(open_days)
    assert max(days.values()) < chance + 4 * math.sqrt(chance)
