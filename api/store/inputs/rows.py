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
from planner.intake.read.cells import cell_reader
from planner.intake.read.forms.raw import raw_row, raw_tables
from planner.intake.tables.facts import cell_of, row_of
from planner.intake.tables.records import Scope
from planner.intake.tables.schema import TABLE_BY_KEY, Kind

__all__ = ["decode", "encode", "key_of", "raw_row", "raw_tables"]

LONGEST_KEY = 200


def encode(kind: str, row: Any) -> str:
    """Return a typed row of table `kind` as JSON text; equal rows give equal text."""
    table = TABLE_BY_KEY[kind]
    return _to_json({c.key: value for c in table.columns if (value := cell_of(table, c, row)) or c.default})


def decode(kind: str, text: str, number: int) -> Any:
    """Return the typed row of table `kind` that `encode` wrote, from row `number` of its source."""
    values = json.loads(text)
    cells = [
        empty if (value := values.get(key)) is None else value if read is None else read(value)
        for key, empty, read in _decoders(kind)
    ]
    return row_of(TABLE_BY_KEY[kind], cells, RowRef(kind, number))


def key_of(kind: str, row: Any, text: str) -> str:
    """Return what names a row in its table: its unique columns, or its contents where the table has none."""
    table = TABLE_BY_KEY[kind]
    unique = table.unique
    if len(unique) == 1:
        return str(getattr(row, unique[0]))
    if not unique:
        return hashlib.sha256(text.encode()).hexdigest()
    key = json.dumps([cell_of(table, table.column(part), row) for part in unique], ensure_ascii=False, default=_plain)
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()


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
