"""Raw rows → typed columns of one table, and which rows are usable."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import cast

from planner.domain.finding import Severity
from planner.intake.catalogue import finding_types
from planner.intake.cells import Read, cell_reader, is_blank
from planner.intake.findings import Findings, as_shown
from planner.intake.schema import Column, Table
from planner.intake.sheets import Header

DATE_PAIRS = (("from", "to"), ("valid_from", "valid_to"), ("window_from", "window_to"))

LOOKALIKES: dict[str, tuple[str, ...]] = {"sites": ("name", "address"), "inspectors": ("certificate_no",)}
"""Columns that together should name one thing: the same values under two ids are worth a look."""


@dataclass(slots=True)
class Grid:
    """The typed columns of one table; `usable[i]` is 0 once row i has an error."""

    table: Table
    numbers: list[int]
    columns: dict[str, list[object]] = field(default_factory=dict)
    usable: bytearray = field(default_factory=bytearray)

    def subject(self, index: int) -> tuple[str, ...]:
        """Return the id that names row `index`, if its first column is one and could be read."""
        first = self.columns.get(self.table.columns[0].key)
        return (first[index],) if first and isinstance(first[index], str) and first[index] else ()  # type: ignore[return-value]

    def drop(self, code: str, index: int, findings: Findings, column: Column | None = None, **found: object) -> None:
        """Add an error on row `index` and leave the row out. `found`: value and params of the finding."""
        self.usable[index] = 0
        self.remark(code, index, findings, column, **found)

    def remark(self, code: str, index: int, findings: Findings, column: Column | None = None, **found: object) -> None:
        """Add a finding on row `index`."""
        value = found.pop("value", "")
        params = {key: str(text) for key, text in found.items()}
        title = column.title if column else ""
        findings.add(code, self.table.key, self.numbers[index], title, value, self.subject(index), **params)


def read_grid(table: Table, header: Header, from_csv: bool, findings: Findings) -> Grid:
    """Return the table's columns with one value per data row, errors and warnings added to `findings`."""
    grid = Grid(table, [number for number, _ in header.rows], usable=bytearray(b"\x01") * len(header.rows))
    missing: dict[int, list[Column]] = {}
    for column in table.columns:
        _read_column(grid, column, header, missing, findings)
    _report_missing(grid, missing, findings)
    if from_csv:
        for index, (_, cells) in enumerate(header.rows):
            extra = [cell for cell in cells[header.width :] if not is_blank(cell)]
            if extra:
                grid.drop("row.too-many-cells", index, findings, value=extra[0])
    _check_dates(grid, findings)
    return grid


def _read_column(
    grid: Grid, column: Column, header: Header, missing: dict[int, list[Column]], findings: Findings
) -> None:
    read = cell_reader(column)
    position = header.positions.get(column.key)
    if position is None:
        grid.columns[column.key] = [read("").value] * len(header.rows)
        return
    raws = [cells[position] for _, cells in header.rows]
    # Most columns repeat few values, so each is read once. 1.0 and True are equal keys, yet not the same cell.
    keys = [(type(raw), raw) for raw in raws] if bool in set(map(type, raws)) else raws
    reads: dict[object, Read] = {key: read(raw) for key, raw in dict(zip(keys, raws, strict=True)).items()}
    values = {key: found.value for key, found in reads.items()}
    grid.columns[column.key] = [values[key] for key in keys]
    if column.required and any(found.empty for found in reads.values()):
        for index, key in enumerate(keys):
            if reads[key].empty:
                missing.setdefault(index, []).append(column)
    if any(found.problems for found in reads.values()):
        for index, key in enumerate(keys):
            for code, value, params in reads[key].problems:
                report = grid.drop if finding_types()[code].severity is Severity.ERROR else grid.remark
                report(code, index, findings, column, value=value or raws[index], **dict(params))


def _report_missing(grid: Grid, missing: dict[int, list[Column]], findings: Findings) -> None:
    required = sum(column.required for column in grid.table.columns)
    for index, columns in missing.items():
        if len(columns) >= 3 and len(columns) * 2 > required:
            names = "、".join(column.title for column in columns)
            grid.drop("row.half-empty", index, findings, missing=names)
        else:
            for column in columns:
                grid.drop("cell.missing", index, findings, column)


def _check_dates(grid: Grid, findings: Findings) -> None:
    for first_key, last_key in DATE_PAIRS:
        if first_key not in grid.columns or last_key not in grid.columns:
            continue
        column = grid.table.column(last_key)
        pairs = zip(grid.columns[first_key], grid.columns[last_key], strict=True)
        for index, (first, last) in enumerate(pairs):
            if isinstance(first, date) and isinstance(last, date) and last < first:
                grid.drop("row.dates-reversed", index, findings, column, value=last, first=first)


def drop_duplicates(grid: Grid, findings: Findings) -> None:
    """Leave out usable rows that repeat the key of an earlier usable one; remark on rows that look alike."""
    keys = grid.table.unique
    code = "row.duplicate" if keys else "row.repeated"
    _compare(grid, keys or tuple(grid.columns), code, findings)
    if grid.table.key in LOOKALIKES:
        _compare(grid, LOOKALIKES[grid.table.key], "row.lookalike", findings)


def _compare(grid: Grid, keys: tuple[str, ...], code: str, findings: Findings) -> None:
    seen: dict[tuple[object, ...], int] = {}
    act = grid.drop if code == "row.duplicate" else grid.remark
    rows = zip(*(grid.columns[key] for key in keys), strict=True)
    for index, row in enumerate(rows):
        if not grid.usable[index] or (code == "row.lookalike" and "" in row):
            continue
        first = seen.setdefault(row, index)
        if first != index:
            value = as_shown(" ".join(_shown(part) for part in row if part not in ("", (), None)))
            act(code, index, findings, value=value, first=grid.numbers[first])


def _shown(part: object) -> str:
    return ";".join(map(str, cast("tuple[object, ...]", part))) if isinstance(part, tuple) else str(part)
