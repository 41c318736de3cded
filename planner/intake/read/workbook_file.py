"""One .xlsx workbook → raw sheets of known tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree.ElementTree import ParseError
from zipfile import ZipFile

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from planner.intake.read.forms.detect import table_of
from planner.intake.read.sheets import RawRow, RawSheet
from planner.intake.read.xlsx_parts import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_SHARED_TEXT,
    SheetFacts,
    look_at,
    open_archive,
    repacked,
    shared_text,
    sheet_parts,
    trim,
)
from planner.intake.tables.layout import GUIDE_NAME, TABLE_BY_NAME, column_letter, normal
from planner.intake.tables.schema import TABLES, Table
from planner.intake.words.catalogue import input_error
from planner.intake.words.findings import Findings

KNOWN_NAMES = "、".join(table.title for table in TABLES[:4])


def read_workbook(path: Path, findings: Findings) -> Iterator[tuple[Table, RawSheet]]:
    """Yield each table's sheet in workbook order. Raises InputError where the file is no usable .xlsx workbook."""
    with open_archive(path) as archive:
        try:
            book = CalamineWorkbook.from_path(path)
            parts = sheet_parts(archive)
        except (CalamineError, ParseError, LookupError, ValueError, OSError):
            raise input_error("file.not-a-workbook", path.name) from None
        taken: set[str] = set()
        for sheet in book.sheets_metadata:
            if normal(sheet.name) == GUIDE_NAME:
                continue
            table = TABLE_BY_NAME.get(normal(sheet.name))
            if table is None and sheet.visible is SheetVisibleEnum.Visible:
                table = _by_header(book, archive, parts.get(sheet.name, ""), sheet.name)
                if table is not None:
                    findings.add("sheet.by-header", table.key, value=sheet.name)
            if table is None:
                findings.add("sheet.unknown", sheet.name, value=sheet.name, known=KNOWN_NAMES)
                continue
            if table.key in taken:
                findings.add("table.twice", table.key, value=sheet.name)
            taken.add(table.key)
            if sheet.visible is not SheetVisibleEnum.Visible:
                findings.add("sheet.hidden", table.key, value=sheet.name)
            try:
                raw = _read_sheet(book, archive, parts[sheet.name], sheet.name, table.key, findings)
            except (CalamineError, LookupError, ValueError, OSError):
                findings.add("sheet.unreadable", table.key, value=sheet.name)
                continue
            if raw is not None:
                yield table, raw


def _by_header(book: CalamineWorkbook, archive: ZipFile, part: str, name: str) -> Table | None:
    """Return the table that a sheet of another name holds, by its header; None where it holds none."""
    try:
        raw = _read_sheet(book, archive, part, name, "", Findings())
    except (CalamineError, LookupError, ValueError, OSError):
        return None
    return table_of(raw) if raw is not None else None


def read_sheets(path: Path, findings: Findings) -> Iterator[RawSheet]:
    """Yield every readable sheet under its own name. Raises InputError where the file is no usable .xlsx workbook."""
    with open_archive(path) as archive:
        try:
            book = CalamineWorkbook.from_path(path)
            parts = sheet_parts(archive)
        except (CalamineError, ParseError, LookupError, ValueError, OSError):
            raise input_error("file.not-a-workbook", path.name) from None
        for sheet in book.sheets_metadata:
            key = f"{path.name} {sheet.name}"
            try:
                raw = _read_sheet(book, archive, parts[sheet.name], sheet.name, key, findings)
            except (CalamineError, LookupError, ValueError, OSError):
                findings.add("sheet.unreadable", key, value=sheet.name)
                continue
            if raw is not None:
                yield raw


def _read_sheet(
    book: CalamineWorkbook, archive: ZipFile, part: str, name: str, table: str, findings: Findings
) -> RawSheet | None:
    xml = archive.read(part)
    facts = look_at(xml)
    if shared_text(archive, xml) > MAX_SHARED_TEXT:
        findings.add("sheet.too-large", table, value=name, limit=str(MAX_SHARED_TEXT // 2**20))
        return None
    if max(facts.last_row, facts.deepest) * facts.columns > MAX_CELLS:
        trimmed = trim(xml, facts)
        facts.last_row = look_at(trimmed).last_row
        if facts.cut_rows or facts.cut_columns:
            findings.add("sheet.cut", table, row=MAX_ROWS, columns=str(MAX_COLUMNS))
        book = CalamineWorkbook.from_filelike(repacked(archive, {part: trimmed}))
    del xml
    _report(facts, table, findings)
    sheet = book.get_sheet_by_name(name)
    first_column = sheet.start[1] if sheet.start else 0
    rows: list[RawRow] = []
    spoiled_rows: dict[int, dict[int, object]] = {}
    for (row, column), cell in facts.spoiled.items():
        spoiled_rows.setdefault(row, {})[column - first_column] = cell
    number = 0
    for number, cells in enumerate(sheet.iter_rows(), 1):
        spoiled = spoiled_rows.pop(number, None)
        if spoiled:
            rows.append((number, _with_spoiled(cells, spoiled)))
        elif cells.count("") < len(cells) and not all(isinstance(c, str) and not c.strip() for c in cells):
            rows.append((number, cells))
    rows.extend((later, _with_spoiled([], spoiled)) for later, spoiled in sorted(spoiled_rows.items()))
    merged = tuple(
        (top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )
    return RawSheet(name, rows, first_column, max(number, facts.last_row), merged)


def _with_spoiled(cells: Sequence[object], spoiled: dict[int, object]) -> list[object]:
    """Return the row with its spoiled cells put where calamine has nothing."""
    row: list[object] = list(cells)
    row += [""] * (max(spoiled) + 1 - len(row))
    for position, cell in spoiled.items():
        if position >= 0:
            row[position] = cell
    return row


def _report(facts: SheetFacts, table: str, findings: Findings) -> None:
    if facts.hidden_rows:
        findings.add("sheet.hidden-rows", table, facts.hidden_rows[0], count=str(len(facts.hidden_rows)))
    if facts.hidden_columns:
        spans = ("-".join(dict.fromkeys(map(column_letter, span))) for span in facts.hidden_columns)
        findings.add("sheet.hidden-columns", table, value=", ".join(spans))
    if facts.formulas:
        findings.add("sheet.formulas", table, value=facts.first_formula, count=str(facts.formulas))
