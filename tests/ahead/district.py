"""A bureau with two crews and three open days a month, June to August: a stay of a half-day fills one of twelve."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from planner.intake.month.outcome import Prepared
from planner.intake.tables.records import FilingRow, Tables
from tests.intake_law.build import agency, closed, filing, inspector, item, prepare, site, tables

FIRST, LAST = date(2026, 6, 1), date(2026, 8, 31)
OPEN = tuple(date(2026, month, day) for month, start in ((6, 8), (7, 6), (8, 3)) for day in range(start, start + 3))
HALF_DAY = 165
"""Minutes that fill a half-day with the quarter-hour of set-up."""


def calendar(open_days: Iterable[date] = OPEN) -> list[Any]:
    """Return the rows that close every day but these."""
    kept, days = set(open_days), (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
    return [closed(day) for day in days if day not in kept]


def asked(
    name: str, numbers: Iterable[int], first: date = FIRST, last: date = date(2026, 7, 31), **cells: Any
) -> FilingRow:
    """Return a filing of one check at each of the sites with these numbers."""
    base = {"strength": "mandatory", "window_from": first, "window_to": last, "filed_on": date(2026, 5, 22)}
    return filing(name, sites=tuple(f"S{n:02}" for n in numbers), **(base | cells))


def rows(count: int, minutes: int = HALF_DAY, **more: Any) -> dict[str, Any]:
    """Return the rows of `count` mandatory checks that may be done in June or July."""
    base: dict[str, Any] = {
        "agencies": [agency("SCJG")],
        "inspectors": [inspector(f"P{n}", "SCJG") for n in range(4)],
        "sites": [site(f"S{n:02}") for n in range(max(count, 40))],
        "items": [item(minutes=minutes)],
        "filings": [asked("F1", range(count))],
        "calendar": calendar(),
    }
    return base | more


def district(count: int, **more: Any) -> Tables:
    """Return the tables of `rows`."""
    return tables(**rows(count, **more))


def june(count: int, **more: Any) -> Prepared:
    """Return the prepared June of `rows`."""
    return prepare("2026-06", **rows(count, **more))
