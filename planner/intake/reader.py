"""One workbook, or a folder of CSV files, in; typed rows and findings out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from planner.domain.case import RowRef
from planner.intake import records
from planner.intake.catalogue import input_error
from planner.intake.csv_folder import read_folder
from planner.intake.findings import Findings, as_shown
from planner.intake.older_files import read_needed
from planner.intake.records import Tables
from planner.intake.references import Ids, resolve, resolve_parents
from planner.intake.rows import Grid, drop_duplicates, read_grid
from planner.intake.schema import TABLES, Table
from planner.intake.sheets import RawSheet, find_header
from planner.intake.workbook_file import read_workbook

RECORDS: dict[str, type[Any]] = {
    "agencies": records.AgencyRow,
    "inspectors": records.InspectorRow,
    "absences": records.AbsenceRow,
    "sites": records.SiteRow,
    "grades": records.GradeRow,
    "items": records.ItemRow,
    "filings": records.FilingRow,
    "history": records.HistoryRow,
    "lists": records.ListRow,
    "pins": records.PinRow,
    "calendar": records.CalendarRow,
    "settings": records.SettingRow,
    "waivers": records.WaiverRow,
    "nonces": records.NonceRow,
}
"""Row type by table; its fields are the table's columns in order, then `ref`."""


def read_tables(
    path: Path, progress: Callable[[str, int], None] | None = None, known: Mapping[str, Ids] | None = None
) -> Tables:
    """Return the usable rows of the workbook or folder at `path`, and findings on all the rest.

    `progress` is called with table key and number of data rows after each table. `known` are ids that stand elsewhere,
    by table: rows may refer to them, and their tables need not be in the input. Raises InputError where the input
    cannot be used at all: it is missing, empty, too large, or neither an .xlsx workbook nor a folder with CSV files.
    """
    findings = Findings()
    name = as_shown(path.name)
    if not path.exists():
        raise input_error("file.missing", name)
    try:
        sheets = read_folder(path, findings) if path.is_dir() else read_workbook(path, findings)
        grids = {table.key: _read_one(table, sheet, findings, progress) for table, sheet in sheets}
    except PermissionError:
        raise input_error("file.missing", name) from None
    elsewhere = dict(known or {})
    ids = dict(elsewhere)
    rows: dict[str, tuple[Any, ...]] = {}
    for table in TABLES:
        grid = grids.get(table.key)
        if table.required and table.key not in {*grids, *elsewhere} and not findings.any_error(table.key):
            findings.add("table.missing", table.key)
        if grid is None:
            continue
        if table.required and not grid.numbers and table.key not in elsewhere:
            findings.add("table.empty", table.key)
        resolve(grid, ids, findings)
        drop_duplicates(grid, findings)
        if table.key == "agencies":
            resolve_parents(grid, findings)
        ids[table.key] = Ids.of(grid).with_those(elsewhere.get(table.key))
        rows[table.key] = _records(grid)
    return Tables(source=name, findings=findings.sorted(), **rows)


def _read_one(
    table: Table, sheet: RawSheet, findings: Findings, progress: Callable[[str, int], None] | None
) -> Grid | None:
    header = find_header(table, sheet, findings)
    if header is None:
        if table.required and not sheet.rows:
            findings.add("table.empty", table.key)
        return None
    if progress:
        progress(table.key, len(header.rows))
    grid = read_grid(table, header, sheet.from_csv, findings)
    read_needed(grid, header, findings)
    return grid


def _records(grid: Grid) -> tuple[Any, ...]:
    record, key = RECORDS[grid.table.key], grid.table.key
    rows = zip(*(grid.columns[column.key] for column in grid.table.columns), strict=True)
    return tuple(
        record(*row, RowRef(key, number))
        for row, number, usable in zip(rows, grid.numbers, grid.usable, strict=True)
        if usable
    )
