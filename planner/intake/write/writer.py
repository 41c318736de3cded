"""Writes raw rows as a workbook or a folder of CSV files that `planner.intake.read.reader` reads.

Rows are given by English column keys; values may be str, int, float, bool, date, None, or a list of str. Order of
tables, columns and rows is fixed, so the same rows make the same bytes.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path

import xlsxwriter

from planner.intake.tables.layout import FORMULA_STARTS, GUIDE_NAME, LIST_SEPARATOR, TEXT_QUOTE
from planner.intake.tables.schema import TABLES, Table

Rows = Sequence[Mapping[str, object]]

CREATED = datetime(2026, 1, 1)
"""Stamped into every workbook: a clock would make equal workbooks differ."""


def write_folder(tables: Mapping[str, Rows], path: Path) -> None:
    """Write one CSV file (UTF-8 with mark, English headers) per table given into the folder `path`, made if needed.

    Text that a spreadsheet would take for a formula gets a leading `'`, which the reader drops. Raises KeyError on an
    unknown table or column.
    """
    path.mkdir(parents=True, exist_ok=True)
    for table in _in_order(tables):
        lines = ([_csv_text(cell) for cell in cells] for cells in _cells(table, tables[table.key]))
        write_csv(path / f"{table.key}.csv", [[column.key for column in table.columns], *lines])


Marks = Mapping[tuple[str, int, str], str]
"""Remarks by table, row (from 0) and column."""


def write_workbook(
    tables: Mapping[str, Rows], path: Path, marks: Marks | None = None, guide: Sequence[Sequence[str]] = ()
) -> None:
    """Write one sheet (Chinese title and headers) per table given. Text is never written as a formula.

    Cells with a remark are marked; `guide` are lines of a sheet of explanations, which is not read again. Raises
    KeyError on an unknown table or column.
    """
    with new_workbook(path, constant_memory=True) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        bold = book.add_format({"bold": True})
        yellow = book.add_format({"bg_color": "#FFF2CC"})
        yellow_day = book.add_format({"bg_color": "#FFF2CC", "num_format": "yyyy-mm-dd"})
        for table in _in_order(tables):
            sheet = book.add_worksheet(table.title)
            sheet.freeze_panes(1, 0)
            for position, column in enumerate(table.columns):
                sheet.write_string(0, position, column.title, bold)
            for number, cells in enumerate(_cells(table, tables[table.key]), 1):
                for position, cell in enumerate(cells):
                    remark = (marks or {}).get((table.key, number - 1, table.columns[position].key))
                    if remark is None:
                        write_cell(sheet, number, position, cell, day)
                        continue
                    write_cell(sheet, number, position, cell, yellow_day, yellow)
                    if cell in (None, ""):
                        sheet.write_blank(number, position, None, yellow)
                    sheet.write_comment(number, position, remark)
        if guide:
            sheet = book.add_worksheet(GUIDE_NAME)
            for number, line in enumerate(guide):
                for position, text in enumerate(line):
                    sheet.write_string(number, position, text, bold if number == 0 else None)


@contextmanager
def new_workbook(path: Path, constant_memory: bool = False) -> Iterator[xlsxwriter.Workbook]:
    """Give a workbook that stands at `path` once it is complete, and not at all if anything fails."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    options = {"constant_memory": constant_memory, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(unfinished), options)
    book.set_properties({"created": CREATED})
    try:
        yield book
        book.close()
        os.replace(unfinished, path)
    except BaseException:
        with suppress(Exception):
            book.close()  # lets go of its temporary files
        raise
    finally:
        unfinished.unlink(missing_ok=True)


def write_csv(path: Path, lines: Iterable[Sequence[str]]) -> None:
    """Write lines as CSV in UTF-8 with mark, which spreadsheets need to tell the encoding; complete or not at all."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with unfinished.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(lines)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def write_cell(
    sheet: xlsxwriter.worksheet.Worksheet,
    row: int,
    column: int,
    cell: object,
    day: xlsxwriter.format.Format,
    text: xlsxwriter.format.Format | None = None,
) -> None:
    """Write one cell as what it is: date, number, or text that is never a formula. Nothing for None and ""."""
    if isinstance(cell, date):
        sheet.write_datetime(row, column, cell, day)
    elif isinstance(cell, (int, float)):
        sheet.write_number(row, column, cell)
    elif cell not in (None, ""):
        sheet.write_string(row, column, str(cell), text)


def _in_order(tables: Mapping[str, Rows]) -> list[Table]:
    unknown = set(tables) - {table.key for table in TABLES}
    if unknown:
        raise KeyError(f"unknown tables: {sorted(unknown)}")
    return [table for table in TABLES if table.key in tables]


def _cells(table: Table, rows: Rows) -> Iterator[list[object]]:
    keys = [column.key for column in table.columns]
    known = set(keys)
    for row in rows:
        if not known.issuperset(row):
            raise KeyError(f"unknown columns of {table.key}: {sorted(set(row) - known)}")
        yield [_plain(row.get(key)) for key in keys]


def _plain(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (list, tuple)):
        return LIST_SEPARATOR.join(map(str, value))
    return value


def _csv_text(cell: object) -> str:
    text = cell.isoformat() if isinstance(cell, date) else str(cell)
    return TEXT_QUOTE + text if isinstance(cell, str) and text.startswith(FORMULA_STARTS) else text
