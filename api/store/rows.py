"""Typed rows of the input tables as JSON in the store, and as raw cells for a workbook or folder; both ways exact.

A stored row is an object by column key. Empty cells are left out, unless the column has a default, so that a column
added to the schema later reads as empty, or as its default, in rows that were stored before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from typing import Any

from planner.domain.case import RowRef
from planner.intake.cells import cell_reader
from planner.intake.grammar import ANY_GRADE
from planner.intake.layout import LIST_SEPARATOR
from planner.intake.reader import RECORDS
from planner.intake.records import Scope, Tables
from planner.intake.schema import TABLE_BY_KEY, TABLES, Column, Kind, Table
from planner.intake.writer import Rows

LONGEST_KEY = 200


def attribute(column: Column, table: Table) -> str:
    """Return the name of the column's field in the row type: Python's own words have a trailing underscore."""
    names = RECORDS[table.key].__slots__
    return column.key if column.key in names else column.key + "_"


def encode(kind: str, row: Any) -> str:
    """Return a typed row of table `kind` as JSON text; equal rows give equal text."""
    values = {key: value for key, name, always in _fields(kind) if (value := getattr(row, name)) or always}
    return _to_json(values)


def decode(kind: str, text: str, number: int) -> Any:
    """Return the typed row of table `kind` that `encode` wrote, from row `number` of its source."""
    values = json.loads(text)
    cells = [
        empty if (value := values.get(key)) is None else value if read is None else read(value)
        for key, empty, read in _decoders(kind)
    ]
    return RECORDS[kind](*cells, RowRef(kind, number))


def key_of(kind: str, row: Any, text: str) -> str:
    """Return what names a row in its table: its unique columns, or its contents where the table has none."""
    unique = TABLE_BY_KEY[kind].unique
    if len(unique) == 1:
        return str(getattr(row, unique[0]))
    if not unique:
        return hashlib.sha256(text.encode()).hexdigest()
    names = {key: name for key, name, _ in _fields(kind)}
    key = json.dumps([getattr(row, names[part]) for part in unique], ensure_ascii=False, default=_plain)
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()


def raw_tables(tables: Tables) -> dict[str, Rows]:
    """Return the rows as `planner.intake.writer` writes them; read back they are equal but for their row numbers."""
    return {table.key: [raw_row(table, row) for row in getattr(tables, table.key)] for table in TABLES}


def raw_row(table: Table, row: Any) -> dict[str, object]:
    """Return one typed row as raw cells by column key."""
    return {column.key: _raw(column, getattr(row, attribute(column, table))) for column in table.columns}


@cache
def _fields(kind: str) -> tuple[tuple[str, str, bool], ...]:
    """Return (key, field name, stored even if empty) of each column."""
    table = TABLE_BY_KEY[kind]
    return tuple((column.key, attribute(column, table), bool(column.default)) for column in table.columns)


@cache
def _decoders(kind: str) -> tuple[tuple[str, Any, Callable[[Any], Any] | None], ...]:
    """Return (key, value where it is missing, reader of the JSON value or None where that is the cell) by column."""
    return tuple((c.key, cell_reader(c)("").value, _READERS.get(c.kind)) for c in TABLE_BY_KEY[kind].columns)


def _pairs(value: Iterable[Any]) -> tuple[Any, ...]:
    return tuple((name, tuple(part) if isinstance(part, list) else part) for name, part in value)


_READERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.IDS: tuple,
    Kind.LIST: tuple,
    Kind.DATE: date.fromisoformat,
    Kind.DATES: lambda value: tuple((date.fromisoformat(a), date.fromisoformat(b)) for a, b in value),
    Kind.HOURS: lambda value: tuple((first, last) for first, last in value),
    Kind.SCOPE: lambda value: Scope(_pairs(value)),
    Kind.RATIO: _pairs,
    Kind.FREQUENCY: _pairs,
}


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Scope):
        return value.terms
    raise TypeError(f"cannot store a {type(value).__name__}")


_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode


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
            return _by_grade((grade, f"{checks}/{years}") for grade, (checks, years) in value)
        case Kind.IDS | Kind.LIST:
            return list(value)
        case _:
            return value


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _by_grade(parts: Iterable[tuple[str, str]]) -> str:
    return LIST_SEPARATOR.join(text if grade == ANY_GRADE else f"{grade}={text}" for grade, text in parts)
