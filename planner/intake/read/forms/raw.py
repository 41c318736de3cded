"""Typed rows as raw cells, for a workbook or folder: read back they are the same rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from planner.intake.read.grammar import ANY_GRADE, frequency_text
from planner.intake.tables.facts import cell_of
from planner.intake.tables.layout import LIST_SEPARATOR
from planner.intake.tables.records import Tables
from planner.intake.tables.schema import TABLES, Column, Kind, Table
from planner.intake.write.writer import Rows


def raw_tables(tables: Tables) -> dict[str, Rows]:
    """Return the rows as `planner.intake.write` writes them; read back they are equal but for their row numbers."""
    return {table.key: [raw_row(table, row) for row in getattr(tables, table.key)] for table in TABLES}


def raw_row(table: Table, row: Any) -> dict[str, object]:
    """Return one typed row as raw cells by column key."""
    return {column.key: _raw(column, cell_of(table, column, row)) for column in table.columns}


def _raw(column: Column, value: Any) -> object:
    if value in (None, (), ""):
        return None
    match column.kind:
        case Kind.DATES:
            return LIST_SEPARATOR.join(f"{a.isoformat()}~{b.isoformat()}" for a, b in value)
        case Kind.HOURS:
            return LIST_SEPARATOR.join(f"{_clock(first)}-{_clock(last)}" for first, last in value)
        case Kind.SCOPE:
            return LIST_SEPARATOR.join(f"{key}={'|'.join(values)}" for key, values in value.terms) or None
        case Kind.RATIO:
            return _by_grade((grade, f"{parts // 100}.{parts % 100:02d}%") for grade, parts in value)
        case Kind.FREQUENCY:
            return _by_grade((grade, frequency_text(asked)) for grade, asked in value)
        case Kind.IDS | Kind.LIST:
            return list(value)
        case _:
            return value


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _by_grade(parts: Iterable[tuple[str, str]]) -> str:
    return LIST_SEPARATOR.join(text if grade == ANY_GRADE else f"{grade}={text}" for grade, text in parts)
