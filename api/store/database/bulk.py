"""Many rows at once: COPY on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, insert

from api.store.database.engine import Tx

MANY = 200
"""Rows from which it is worth going round SQLAlchemy's handling of each row's parameters."""


def insert_many(tx: Tx, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that have the same keys; columns that they do not name get their default."""
    if len(rows) < MANY:
        if rows:
            tx.run(insert(table), list(rows))
        return
    names = list(rows[0])
    dialect = tx.connection.dialect
    binds = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
    pairs = list(zip(names, binds, strict=True))
    values = ([row[name] if bind is None else bind(row[name]) for name, bind in pairs] for row in rows)
    quoted = ", ".join(f'"{name}"' for name in names)
    if tx.on_postgresql:
        cursor = tx.connection.connection.cursor()
        with cursor.copy(f'COPY "{table.name}" ({quoted}) FROM STDIN') as copy:
            for row in values:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(names))
    statement = f'INSERT INTO "{table.name}" ({quoted}) VALUES ({marks})'
    tx.connection.exec_driver_sql(statement, [tuple(row) for row in values])
