"""Cells that stand for two columns: a window in one cell, ratio and frequency in one cell. And the year of a form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from planner.intake.read.grammar import GrammarError, read_frequency, read_ratio, split_list
from planner.intake.read.periods import is_one_period, read_span
from planner.intake.read.sheets import Header
from planner.intake.tables.schema import Table

PAIRS = (("from", "to"), ("window_from", "window_to"))
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?=\s*年|[-./]\d{1,2}[-./])")


def share_cells(table: Table, header: Header) -> int | None:
    """Let such a cell count for both of its columns, and return the year that the form speaks of, None if none.

    The year is that of its title, else the one that most of its dates have.
    """
    year = header.year or _most_common_year(table, header)
    begins_only = table.key == "lists"  # 2026年1月 says since when a site is listed, not that it was for a month
    for first, last in PAIRS:
        _share(header, first, last, lambda text: _is_span(text, year) and not (begins_only and is_one_period(text)))
    _share(header, "ratio", "frequency", _is_both)
    _share(header, "frequency", "ratio", _is_both)
    return year


def _share(header: Header, one: str, other: str, both: Callable[[str], bool]) -> None:
    """Copy the cells of column `one` that stand for both columns into those of `other` that say nothing."""
    at = header.positions.get(one)
    if at is None or header.positions.get(other) == at:
        return
    found = [_cell(cells, at) for _, cells in header.rows]
    meant = [n for n, cell in enumerate(found) if isinstance(cell, str) and cell and both(cell)]
    if not meant:
        return
    width = max(header.width, *(len(cells) for _, cells in header.rows))
    beside = header.positions.setdefault(other, width)
    rows = [(number, [*cells, *[""] * (max(width, beside + 1) - len(cells))]) for number, cells in header.rows]
    for n in meant:
        if rows[n][1][beside] in (None, ""):
            rows[n][1][beside] = rows[n][1][at]
    header.rows = list(rows)


def _cell(cells: Sequence[object], at: int) -> object:
    return cells[at] if at < len(cells) else ""


def _is_span(text: str, year: int | None) -> bool:
    try:
        first, last = read_span(text, year)
    except GrammarError:
        return False
    return first < last


def _is_both(text: str) -> bool:
    parts = split_list(text)
    reads = [[_reads(read, part) for part in parts] for read in (read_ratio, read_frequency)]
    return len(parts) == 2 and all(map(any, reads))


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except GrammarError:
        return False
    return True


def _most_common_year(table: Table, header: Header) -> int | None:
    keys = ("window_from", "window_to", "filed_on", "from", "to")
    places = [header.positions[key] for key in keys if key in header.positions]
    found: Counter[int] = Counter()
    for _, cells in header.rows:
        for place in places:
            cell = cells[place] if place < len(cells) else None
            if isinstance(cell, date):
                found[cell.year] += 1
            elif isinstance(cell, str) and (year := _YEAR.search(cell)):
                found[int(year[1])] += 1
    return found.most_common(1)[0][0] if found else None
