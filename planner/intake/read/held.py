"""What restricts fails safe: a row that restricts and cannot be read is kept with the strictest value it can mean.

The columns that do so say in the schema what they bar (`Column.bars`). A row whose key cannot be read restricts nobody
that one could name: it is left out, and told so that the plan is not published.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from planner.intake.read.grammar import FIRST_YEAR, LAST_YEAR, GrammarError, read_dates, split_list
from planner.intake.read.periods import read_span
from planner.intake.tables.schema import Column, Table

FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)

RESTRICTING = frozenset({"absences", "history", "lists", "calendar", "filing_steps", "results"})
"""Tables of which every row restricts: none may be left out in silence."""

NEEDED_BY_LISTS: dict[str, tuple[str, ...]] = {
    "quiet_site": ("site_id",),
    "quiet_item": ("item_id",),
    "recusal": ("inspector_id",),
    "key_site": ("site_id",),
}
"""What a row of the lists has to name, by its kind: without it nobody is restricted."""

_STRICTEST: dict[tuple[str, str], object] = {
    ("inspectors", "valid_from"): LAST_DAY,
    ("inspectors", "valid_to"): FIRST_DAY,
    ("inspectors", "role"): "auxiliary",
    ("absences", "from"): FIRST_DAY,
    ("absences", "to"): LAST_DAY,
    ("absences", "half"): "day",
    ("sites", "join"): "discouraged",
    ("sites", "opted_in"): (),
    ("sites", "blackout_days"): ((FIRST_DAY, LAST_DAY),),
    ("sites", "status"): "suspended",
    ("grades", "domain"): "",
    ("grades", "grade"): "",
    ("grades", "valid_from"): None,
    ("history", "entry_id"): "",
    ("history", "agency_id"): "",
    ("history", "items"): (),
    ("history", "date"): None,
    ("history", "trigger"): "planned",
    ("history", "mode"): "on_site",
    ("history", "result"): "clear",
    ("lists", "kind"): "",
    ("lists", "domain"): "",
    ("lists", "from"): None,
    ("lists", "to"): None,
    ("calendar", "kind"): "closed",
    ("settings", "value"): "",
    ("filing_steps", "outcome"): "refuse",
    ("results", "trigger"): "planned",
    ("results", "mode"): "on_site",
    ("results", "result"): "clear",
}
"""The strictest value by (table, column); a list's kind is settled by what else stands in its row."""


def strictest(table: Table, column: Column, raw: object) -> object:
    """Return the strictest value that an unreadable cell can mean: of a date as narrow as its month or year says."""
    value = _STRICTEST[table.key, column.key]
    text = raw if isinstance(raw, str) else ""
    if (table.key, column.key) == ("sites", "blackout_days"):
        return _days(text) or value
    if text and (span := _span(text)) is not None:
        first, last = span
        if (table.key, column.key) in {("history", "date"), ("absences", "to"), ("lists", "to")}:
            return last
        if column.key == "from" or (table.key, column.key) == ("grades", "valid_from"):
            return first
        if (table.key, column.key) == ("inspectors", "valid_to"):
            return first - timedelta(days=1)
        if (table.key, column.key) == ("inspectors", "valid_from"):
            return last
    return value


def _span(text: str) -> tuple[date, date] | None:
    try:
        first, last = read_span(text)
    except GrammarError:
        return None
    return (first, last) if (last - first).days <= 31 else None


def _days(text: str) -> tuple[tuple[date, date], ...]:
    """Return the dates of a list of which each part is a date, a range or a period; () where one part is none."""
    found: list[tuple[date, date]] = []
    for part in split_list(text):
        try:
            found += read_dates(part)
        except GrammarError:
            try:
                found.append(read_span(part))
            except GrammarError:
                return ()
    return tuple(found)


def kind_of(row: Callable[[str], object]) -> str:
    """Return the kind of a list's row whose kind cannot be read: what it can mean, and bars most."""
    if row("inspector_id"):
        return "recusal"
    return "quiet_item" if row("item_id") and not row("site_id") else "quiet_site"
