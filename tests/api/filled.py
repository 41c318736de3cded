"""A store with rows in every table."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, DateTime, Float, Integer, LargeBinary, func, insert, select
from sqlalchemy.sql.schema import Column

from api.store import Store, log
from api.store.database.columns import Json, Packed
from api.store.database.schema import metadata


def fill(store: Store) -> dict[str, int]:
    """Put a row into every table that has none, and three entries into the log; return the rows by table."""
    with store.write() as tx:
        for _ in range(3):
            log.append(tx, "li", "x", "y", {"中文": 1})
        made: dict[str, dict[str, Any]] = {}
        for table in metadata.sorted_tables:
            if table.name in ("log", "log_head"):
                continue
            row = {column.name: _value(column, made) for column in table.columns if column.name != "superseded_by"}
            made[table.name] = row
            tx.run(insert(table).values(row))
    return rows(store)


def rows(store: Store) -> dict[str, int]:
    """Return the number of rows by table."""
    with store.read() as tx:
        return {t.name: tx.value(select(func.count()).select_from(t)) for t in metadata.sorted_tables}


def contents(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Return everything."""
    with store.read() as tx:
        return {t.name: tx.rows(select(t).order_by(*t.primary_key)) for t in metadata.sorted_tables}


def _value(column: Column[Any], made: dict[str, dict[str, Any]]) -> Any:
    if column.foreign_keys:
        target = next(iter(column.foreign_keys)).column
        return made.get(target.table.name, {}).get(target.name)  # a table's reference to itself stays empty
    kind = column.type
    if isinstance(kind, (Json, Packed)):
        return {"名": ["值", 1, None], "x": 1.5}
    if isinstance(kind, LargeBinary):
        return b"\x00\xff"
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, Integer):
        return 7
    if isinstance(kind, Float):
        return 1.5
    if isinstance(kind, Date):
        return date(2026, 6, 1)
    if isinstance(getattr(kind, "impl", kind), DateTime):
        return datetime(2026, 6, 1, 8, 0, 0, 5, tzinfo=UTC)
    return "文" if getattr(kind, "length", None) != 64 else "a" * 64
