"""Many rows at once: COPY on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, insert

from api.store.engine import Tx

COPY_FROM = 200
"""Rows from which COPY is worth its set-up."""


def insert_many(tx: Tx, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that have the same keys; columns that they do not name get their default."""
    if not rows:
        return
    if not tx.on_postgresql or len(rows) < COPY_FROM:
        tx.run(insert(table), list(rows))
        return
    names = list(rows[0])
    binds = [
        table.c[name].type.dialect_impl(tx.connection.dialect).bind_processor(tx.connection.dialect) for name in names
    ]
    quoted = ", ".join(f'"{name}"' for name in names)
    cursor = tx.connection.connection.cursor()
    with cursor.copy(f'COPY "{table.name}" ({quoted}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(
                [row[name] if bind is None else bind(row[name]) for name, bind in zip(names, binds, strict=True)]
            )
