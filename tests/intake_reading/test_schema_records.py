"""Schema and row types agree, field by field."""

from __future__ import annotations

import dataclasses
import typing
from datetime import date

import pytest

from planner.domain.case import RowRef
from planner.intake.read.cells import cell_reader
from planner.intake.read.held import strictest
from planner.intake.tables import records
from planner.intake.tables.facts import RECORDS
from planner.intake.tables.records import Scope, Tables
from planner.intake.tables.schema import TABLE_BY_KEY, TABLES, Column, Kind, Table

TYPES: dict[Kind, object] = {
    Kind.TEXT: str,
    Kind.ID: str,
    Kind.CHOICE: str,
    Kind.IDS: tuple[str, ...],
    Kind.LIST: tuple[str, ...],
    Kind.DATES: tuple[tuple[date, date], ...],
    Kind.HOURS: tuple[tuple[int, int], ...],
    Kind.INT: int,
    Kind.BOOL: bool,
    Kind.SCOPE: Scope,
    Kind.RATIO: tuple[tuple[str, int], ...],
    Kind.FREQUENCY: tuple[tuple[str, tuple[int, int]], ...],
}


def _may_be_unread(table: Table, column: Column) -> bool:
    """Whether an unreadable date keeps its row, and nothing stands for it."""
    return bool(column.bars) and strictest(table, column, "") is None


def _type_of(table: Table, column: Column) -> object:
    if column.kind is Kind.DATE:
        return date if column.required and not _may_be_unread(table, column) else date | None
    if column.kind is Kind.FLOAT:
        return float if column.required else float | None
    return TYPES[column.kind]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.key)
def test_row_type_has_the_columns_in_order_and_their_types(table: Table) -> None:
    fields = dataclasses.fields(RECORDS[table.key])
    columns, facts = [c for c in table.columns if not c.fact], ["facts"] * (table.key == "sites")
    assert [field.name.rstrip("_") for field in fields] == [*(column.key for column in columns), "ref", *facts]
    # A field named `date` would hide the type of that name while annotations are resolved in the class.
    hints = typing.get_type_hints(RECORDS[table.key], vars(records), {})
    assert hints.pop("ref") is RowRef
    hints.pop("facts", None)
    assert list(hints.values()) == [_type_of(table, column) for column in columns]


def test_tables_holds_every_table() -> None:
    names = {field.name for field in dataclasses.fields(Tables)}
    assert names - {"source", "findings"} == set(TABLE_BY_KEY)


@pytest.mark.parametrize(
    ("table", "column"), [(t, c) for t in TABLES for c in t.columns], ids=lambda value: getattr(value, "key", "")
)
def test_defaults_examples_and_references_of_the_schema_are_readable(table: Table, column: Column) -> None:
    read = cell_reader(column)
    for text in (column.default, column.example):
        found = read(text)
        assert found.problems == ()
        assert found.empty == (not text)
    assert not column.refers or TABLE_BY_KEY[column.refers].columns[0].kind is Kind.ID
    assert {*table.unique} <= {c.key for c in table.columns}
