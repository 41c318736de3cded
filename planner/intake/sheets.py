"""A sheet or CSV file as it was found, and where its header stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import count

from planner.intake.cells import ERROR_VALUES, is_blank
from planner.intake.findings import Findings, as_shown
from planner.intake.layout import EXAMPLE_MARK, HINT_MARK, NOTE_MARK, column_letter, column_names, normal
from planner.intake.schema import Table

HEADER_WITHIN = 10
"""The header stands in one of the first so many rows."""

MANY_EMPTY_ROWS = 1000

RawRow = tuple[int, Sequence[object]]
"""Row number as a person sees it (the first is 1), raw cells."""


@dataclass(frozen=True, slots=True)
class RawSheet:
    """The rows that hold anything. `merged` are (first row, first column, last row, last column) from 1 and 0."""

    name: str
    rows: list[RawRow]
    first_column: int = 0
    last_row: int = 0
    """Last row that the file holds, even if empty."""
    merged: tuple[tuple[int, int, int, int], ...] = ()
    from_csv: bool = False


@dataclass(slots=True)
class Header:
    """Where each column of the table stands among the raw cells, and the data rows below."""

    positions: dict[str, int]
    width: int
    rows: list[RawRow] = field(default_factory=list)


def find_header(table: Table, sheet: RawSheet, findings: Findings) -> Header | None:
    """Return the header with the rows that are data, or None (with findings) where the sheet cannot be read as `table`.

    The header is the row, of the first ten, that names most columns (at least two). Note rows are left out.
    """
    if not sheet.rows:
        return None
    names = column_names(table)
    best, known = -1, 1
    for index, (number, cells) in enumerate(sheet.rows):
        if number > HEADER_WITHIN:
            break
        hits = len({names[normal(cell)] for cell in cells if normal(cell) in names})
        if hits > known:
            best, known = index, hits
    if best < 0:
        findings.add("header.not-found", table.key)
        return None
    number, cells = sheet.rows[best]
    header = Header(_positions(table, sheet, number, cells, findings), 0)
    header.width = max((i for i, cell in enumerate(cells) if not is_blank(cell)), default=-1) + 1
    missing = [column for column in table.columns if column.required and column.key not in header.positions]
    for column in missing:
        findings.add("header.missing", table.key, number, column.title)
    header.rows = _data_rows(table, sheet, best, findings)
    _report_blank_headers(table, sheet, header, number, cells, findings)
    return None if missing else header


def _positions(
    table: Table, sheet: RawSheet, number: int, cells: Sequence[object], findings: Findings
) -> dict[str, int]:
    names = column_names(table)
    positions: dict[str, int] = {}
    for position, cell in enumerate(cells):
        if is_blank(cell):
            continue
        key = names.get(normal(cell))
        if key is None:
            close = get_close_matches(normal(cell), names, 1)
            title = table.column(names[close[0]]).title if close else ""
            findings.add(
                "header.unknown",
                table.key,
                number,
                as_shown(cell),
                cell,
                hint_zh=f"(是否应为“{title}”?)" if close else "",
                hint_en=f" (did you mean '{title}'?)" if close else "",
            )
        elif key in positions:
            findings.add("header.duplicate", table.key, number, table.column(key).title, cell)
        else:
            positions[key] = position
    return positions


def _data_rows(table: Table, sheet: RawSheet, header_at: int, findings: Findings) -> list[RawRow]:
    rows: list[RawRow] = []
    for number, cells in sheet.rows[header_at + 1 :]:
        first = cells[0].strip() if cells and isinstance(cells[0], str) else ""
        if first.startswith((NOTE_MARK, "＃")) and first not in ERROR_VALUES:
            if not first.startswith((EXAMPLE_MARK.strip(), HINT_MARK.strip())):
                findings.add("row.note", table.key, number, value=first)
            continue
        rows.append((number, cells))
    width = max((len(cells) for _, cells in sheet.rows[header_at:]), default=0)
    rows = [(n, cells if len(cells) == width else [*cells, *[""] * (width - len(cells))]) for n, cells in rows]
    _fill_merged(table, sheet, sheet.rows[header_at][0], rows, width, findings)
    last = sheet.rows[-1][0]
    if sheet.last_row - last > MANY_EMPTY_ROWS:
        findings.add("sheet.empty-rows", table.key, count=str(sheet.last_row - last))
    return rows


def _fill_merged(
    table: Table, sheet: RawSheet, header_row: int, rows: list[RawRow], width: int, findings: Findings
) -> None:
    """Let a value merged downwards count for each of its rows: that is what the person who merged them sees."""
    below = [area for area in sheet.merged if area[2] > header_row]
    if not below:
        return
    top, left, bottom, right = below[0]
    label = f"{column_letter(left)}{top}:{column_letter(right)}{bottom}"
    findings.add("sheet.merged", table.key, top, value=label, count=str(len(below)))
    index_of = {number: index for index, (number, _) in enumerate(rows)}
    for top, left, bottom, right in below:
        at = left - sheet.first_column
        if left != right or top not in index_of or not 0 <= at < width:
            continue
        index = index_of[top]
        value = rows[index][1][at]
        while (index := index + 1) < len(rows) and rows[index][0] <= bottom:
            number, cells = rows[index]
            if is_blank(cells[at]):
                rows[index] = (number, [*cells[:at], value, *cells[at + 1 :]])


def _report_blank_headers(
    table: Table, sheet: RawSheet, header: Header, number: int, cells: Sequence[object], findings: Findings
) -> None:
    """Name columns with content but no header; in a CSV such cells beyond the header are each row's own error."""
    named = {position for position, cell in enumerate(cells) if not is_blank(cell)}
    if sheet.from_csv:
        named |= set(range(header.width, max((len(row) for _, row in header.rows), default=0)))
    widest = max((len(row) for _, row in header.rows), default=0)
    for position in range(widest):
        if position in named:
            continue
        if any(position < len(row) and not is_blank(row[position]) for _, row in header.rows):
            findings.add("header.blank", table.key, number, value=column_letter(position + sheet.first_column))


def numbered(rows: Sequence[Sequence[object]]) -> list[RawRow]:
    """Return the rows that hold anything with their numbers from 1."""
    return [
        (number, cells) for number, cells in zip(count(1), rows, strict=False) if not all(is_blank(c) for c in cells)
    ]
