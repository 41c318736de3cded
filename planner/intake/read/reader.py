"""One workbook, or a folder of workbooks and CSV files, in; typed rows and findings out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import Any

from planner.domain.case import RowRef
from planner.intake.read.forms.derived import derive
from planner.intake.read.forms.joined import joined
from planner.intake.read.forms.learned import NOTHING, Learned
from planner.intake.read.forms.sources import Part, parts_of
from planner.intake.read.held import RESTRICTING
from planner.intake.read.older_files import read_needed
from planner.intake.read.references import Ids, resolve, resolve_parents
from planner.intake.read.rows import Grid, LearnedIn, drop_duplicates, read_grid, settle_lists, tell_lost_restrictions
from planner.intake.read.sheets import find_header
from planner.intake.tables.aliases import aliases_said
from planner.intake.tables.facts import row_of
from planner.intake.tables.records import Tables
from planner.intake.tables.schema import TABLE_BY_KEY, TABLES
from planner.intake.words.catalogue import input_error
from planner.intake.words.findings import Findings, as_shown


def read_tables(
    path: Path,
    progress: Callable[[str, int], None] | None = None,
    known: Mapping[str, Ids] | None = None,
    learned: Learned = NOTHING,
) -> Tables:
    """Return the usable rows of the file or folder at `path`, and findings on all the rest.

    `progress` is called with table key and number of data rows after each table. `known` are ids that stand elsewhere,
    by table: rows may refer to them, and their tables need not be in the input. `learned` are words of the body that
    files. Raises InputError where the input cannot be used at all: it is missing, empty, too large, or neither a
    workbook, a CSV file or a web page, nor a folder or an archive of them.
    """
    findings = Findings()
    name = as_shown(path.name)
    if not path.exists():
        raise input_error("file.missing", name)
    try:
        parts: dict[str, list[Part]] = {}
        for part in parts_of(path, findings):
            parts.setdefault(part.table.key, []).append(part)
        grids = {key: _read_one(found, findings, progress, partial(learned.of, key)) for key, found in parts.items()}
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
        resolve(grid, ids, findings, partial(learned.of, table.key))
        settle_lists(grid, findings)
        tell_lost_restrictions(grid, findings, drop_duplicates(grid, findings))
        if table.key == "agencies":
            resolve_parents(grid, findings)
        ids[table.key] = Ids.of(grid).with_those(elsewhere.get(table.key))
        rows[table.key] = _records(grid)
        if table.key == "sites" and (decided := grids.get("identities")) is not None:
            said = aliases_said(_records(decided), ids["sites"].usable)
            ids["sites"] = ids["sites"].with_aliases(said)
    _tell_lost_tables(findings)
    return Tables(source=name, findings=findings.sorted(), **rows)


LOST = ("header.not-found", "header.missing", "sheet.unreadable", "sheet.too-large", "sheet.cut", "file.too-large")
LOST_FILES = ("file.not-csv", "file.csv-broken", "file.empty", "file.missing")


def _tell_lost_tables(findings: Findings) -> None:
    """Tell each table of restrictions that was not read, or not to its end."""
    lost = dict.fromkeys(f.table for f in findings.sorted() if f.code in (*LOST, *LOST_FILES))
    for key in lost:
        if key in RESTRICTING or key in ("grades", "settings"):
            findings.add("held.table", key, value=TABLE_BY_KEY[key].title, hint="")


def _read_one(
    parts: Sequence[Part], findings: Findings, progress: Callable[[str, int], None] | None, learned: LearnedIn
) -> Grid | None:
    table, headers = parts[0].table, []
    for part in parts:
        place = f"{part.file}《{part.sheet.name}》" if part.file else part.sheet.name
        findings.place = place if len(parts) > 1 or part.file else ""
        fill = partial(derive, table, part.sheet.name, part.file, findings)
        header = find_header(table, part.sheet, findings, fill)
        if header is not None:
            headers.append((place, header))
    findings.place = ""
    if not headers:
        if table.required and not any(part.sheet.rows for part in parts):
            findings.add("table.empty", table.key)
        return None
    header = joined(table, headers)
    if progress:
        progress(table.key, len(header.rows))
    grid = read_grid(table, header, len(parts) == 1 and parts[0].sheet.from_csv, findings, learned)
    read_needed(grid, header, findings)
    return grid


def _records(grid: Grid) -> tuple[Any, ...]:
    table = grid.table
    rows = zip(*(grid.columns[column.key] for column in grid.table.columns), strict=True)
    places = grid.places or repeat("", len(grid.numbers))
    return tuple(
        row_of(table, row, RowRef(table.key, number, place))
        for row, number, place, usable in zip(rows, grid.numbers, places, grid.usable, strict=True)
        if usable
    )
