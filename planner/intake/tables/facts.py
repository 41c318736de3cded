"""Rows from cells and cells of rows, column by column: a column has a field of the row, or is one of its facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from planner.domain.case import RowRef
from planner.intake.tables import records
from planner.intake.tables.schema import Column, Table

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
    "identities": records.IdentityRow,
    "filing_steps": records.FilingStepRow,
    "results": records.ResultRow,
    "result_items": records.ResultItemRow,
    "baseline": records.BaselineRow,
    "duties": records.DutyRow,
    "absorptions": records.AbsorptionRow,
    "supervision": records.SupervisionRow,
}
"""Row type by table; its fields are the table's columns that are no facts, in order, then `ref`, then the facts."""


def row_of(table: Table, cells: Sequence[Any], ref: RowRef) -> Any:
    """Return the typed row of these cells, one per column of the table."""
    record = RECORDS[table.key]
    if not any(column.fact for column in table.columns):
        return record(*cells, ref)
    by_column = list(zip(table.columns, cells, strict=True))
    facts = {column.key: cell for column, cell in by_column if column.fact}
    return record(*(cell for column, cell in by_column if not column.fact), ref, _filled(facts))


def cell_of(table: Table, column: Column, row: Any) -> Any:
    """Return the cell of a typed row in a column."""
    return row.fact(column.key) if column.fact else getattr(row, attribute(column, table))


def with_cells(table: Table, row: Any, cells: Mapping[str, Any], ref: RowRef) -> Any:
    """Return the row with other cells, by column key."""
    values = {attribute(c, table): cells[c.key] for c in table.columns if c.key in cells and not c.fact}
    facts = {c.key: cells[c.key] for c in table.columns if c.key in cells and c.fact}
    if facts:
        values["facts"] = _filled(dict(row.facts) | facts)
    return replace(row, **values, ref=ref)


def attribute(column: Column, table: Table) -> str:
    """Return the name of the column's field in the row type: Python's own words have a trailing underscore."""
    names = RECORDS[table.key].__slots__
    return column.key if column.key in names else column.key + "_"


def _filled(facts: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted((key, value) for key, value in facts.items() if value not in (None, "", ())))
