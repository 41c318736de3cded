"""A sheet or CSV file as it was found, and where its header stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import count

from planner.intake.read.cells import ERROR_VALUES, is_blank
from planner.intake.tables.layout import (
    EXAMPLE_MARK,
    HINT_MARK,
    NOTE_MARK,
    column_letter,
    column_names,
    normal,
    own_names,
)
from planner.intake.tables.schema import Table
from planner.intake.words.findings import Findings, as_shown
from planner.rulebook.recording import is_forbidden

HEADER_WITHIN = 10
"""The header stands in one of the first so many rows."""

MANY_EMPTY_ROWS = 1000

_YEAR_OF_FORM = re.compile(r"(?<!\d)(20\d\d)\s*年")

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
    year: int | None = None
    """The year that the form's title names."""
    places: list[str] = field(default_factory=list)


def find_header(
    table: Table, sheet: RawSheet, findings: Findings, fill: Callable[[Header], None] = lambda _: None
) -> Header | None:
    """Return the header with the rows that are data, or None (with findings) where the sheet cannot be read as `table`.

    The header is the row, of the first ten, that names most columns (at least two). Note rows are left out. `fill` may
    add columns that the sheet leaves out.
    """
    if not sheet.rows:
        return None
    found = header_at(table, sheet)
    if found is None:
        findings.add("header.not-found", table.key)
        return None
    best, cells = found
    number = sheet.rows[best][0]
    header = Header(_positions(table, sheet, number, cells, findings), 0)
    header.width = max((i for i, cell in enumerate(cells) if not is_blank(cell)), default=-1) + 1
    titles = " ".join(str(cell) for _, row in sheet.rows[:best] for cell in row if not is_blank(cell))
    named = _YEAR_OF_FORM.search(f"{titles} {sheet.name}")
    header.year = int(named[1]) if named else None
    header.rows = _data_rows(table, sheet, best, findings)
    _report_blank_headers(table, sheet, header, number, cells, findings)
    fill(header)
    missing = [column for column in table.columns if column.required and column.key not in header.positions]
    for column in missing:
        if column.key == "window_to" and "window_from" in header.positions:
            header.positions["window_to"] = header.positions["window_from"]
        else:
            findings.add("header.missing", table.key, number, column.title)
    missing = [column for column in missing if column.key not in header.positions]
    return None if missing else header


def header_at(table: Table, sheet: RawSheet) -> tuple[int, Sequence[object]] | None:
    """Return the place of the last header row and the headers: of a header of two rows the lower ones where they name
    a column, else the upper ones. None where no row names two columns.
    """
    names = column_names(table)

    def hits(cells: Sequence[object]) -> int:
        return len({names[normal(cell)] for cell in cells if normal(cell) in names})

    best: tuple[int, Sequence[object]] | None = None
    known = 1
    for index, (number, cells) in enumerate(sheet.rows):
        if number > HEADER_WITHIN:
            break
        if hits(cells) > known:
            best, known = (index, cells), hits(cells)
        if index and _goes_below(sheet.rows[index - 1][1], cells, names):
            above = sheet.rows[index - 1][1]
            both = [
                low if normal(low) in names or at >= len(above) else above[at]
                for at, low in enumerate([*cells, *[""] * (len(above) - len(cells))])
            ]
            if hits(both) > max(known, hits(above)):
                best, known = (index, both), hits(both)
    return best


def _goes_below(above: Sequence[object], cells: Sequence[object], names: dict[str, str]) -> bool:
    """Return whether a row may be the lower one of a header: its cells are headers, and the row above has some."""
    filled = [cell for cell in cells if not is_blank(cell)]
    return bool(filled) and all(normal(cell) in names for cell in filled) and any(normal(c) in names for c in above)


def _positions(
    table: Table, sheet: RawSheet, number: int, cells: Sequence[object], findings: Findings
) -> dict[str, int]:
    names = column_names(table)
    positions: dict[str, int] = {}
    unknown: dict[str, object] = {}
    for position, cell in enumerate(cells):
        if is_blank(cell):
            continue
        key = names.get(normal(cell))
        if key is None and is_forbidden(cell):
            findings.add("fig.forbidden", table.key, number, as_shown(cell), cell)
        elif key is None:
            close = get_close_matches(normal(cell), names, 1)
            title = table.column(names[close[0]]).title if close else ""
            if close and table.column(names[close[0]]).bars:
                unknown[names[close[0]]] = cell
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
            if normal(cell) not in own_names(table):
                findings.add("header.read-as", table.key, number, table.column(key).title, cell)
    for key, cell in unknown.items():
        if key not in positions:
            column = table.column(key).title
            findings.add("held.table", table.key, number, column, cell, hint=f"，表头应为“{column}”")
    return positions


def _data_rows(table: Table, sheet: RawSheet, header_at: int, findings: Findings) -> list[RawRow]:
    rows: list[RawRow] = []
    names = column_names(table)
    for number, cells in sheet.rows[header_at + 1 :]:
        if (footer := _footer(cells, names)) is not None:
            findings.add("row.footer", table.key, number, value=footer)
            continue
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


_SUMS = frozenset({"合计", "小计", "总计", "共计", "合 计"})
_SIGNED = re.compile(
    r"^(填表人|制表人|制表|审核人|审批人|负责人|单位负责人|填报人|联系人|联系电话|填表日期|填报日期|填报单位|注|备注|说明)"
    r"\s*[:：]"
)


def _footer(cells: Sequence[object], names: dict[str, str]) -> str | None:
    """Return what a row begins with that is no data: a sum, a signature, or the header once more. None for data."""
    filled = [cell for cell in cells if not is_blank(cell)]
    if not filled or not isinstance(filled[0], str):
        return None
    first = filled[0].strip()
    if "".join(first.split()) in _SUMS:
        return first
    if _SIGNED.match(first) and len(filled) <= 6:
        return first
    repeated = len(filled) >= 3 and all(isinstance(cell, str) and normal(cell) in names for cell in filled)
    return first if repeated else None


def _fill_merged(
    table: Table, sheet: RawSheet, header_row: int, rows: list[RawRow], width: int, findings: Findings
) -> None:
    """Let a value merged downwards count for each of its rows: that is what the person who merged them sees."""
    below = [area for area in sheet.merged if area[2] > header_row and area[0] > header_row]
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
