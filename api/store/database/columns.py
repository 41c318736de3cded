"""Column types that mean the same on SQLite and PostgreSQL, and the database's clock."""

from __future__ import annotations

import json
import zlib
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, ColumnElement, DateTime, Dialect, LargeBinary, Text, cast, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from planner.domain.hashing import canonical_json


class Moment(TypeDecorator[datetime]):
    """A point in time, kept in UTC. SQLite would drop the time zone; a value without one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return `value` in UTC as the database takes it. Raises ValueError where it has no time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a point in time without a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored time with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A JSON value as canonical text: the same characters on both databases, so that it can be hashed and compared."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Return canonical JSON; None stays NULL."""
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Return the value."""
        return None if value is None else json.loads(value)


def member(column: Any, *path: str, postgresql: bool) -> ColumnElement[str]:
    """Return a text inside a column of JSON text, by the keys that lead to it; NULL where there is none."""
    if postgresql:
        found: ColumnElement[str] = cast(cast(column, Text), JSON)[list(path)].as_string()
        return found
    return func.json_extract(cast(column, Text), "$." + ".".join(path))


class SharedJson(Json):
    """The same for a large value that readers ask for often and never change: it is read once, and shared."""

    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Return the value."""
        return None if value is None else _read_once(value)


@lru_cache(maxsize=32)
def _read_once(value: str) -> Any:
    return json.loads(value)


class Packed(TypeDecorator[Any]):
    """A large JSON value, compressed. A plan of 5,000 tasks is 10 MB as text and a tenth of that packed."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Return the value's text (key order kept), compressed; None stays NULL."""
        if value is None:
            return None
        return zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), 6)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        """Return the value."""
        return None if value is None else json.loads(zlib.decompress(value))


class DatabaseNow(FunctionElement[datetime]):
    """The database's clock, `seconds` from now. Leases are set and compared by this clock alone: clocks differ."""

    type = Moment()
    inherit_cache = False

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__()
        self.seconds = float(seconds)


@compiles(DatabaseNow, "sqlite")
def _sqlite_now(element: DatabaseNow, compiler: SQLCompiler, **options: Any) -> str:
    # As text in the form that SQLAlchemy writes, so that times compare as text.
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', '{element.seconds:+.3f} seconds')"


@compiles(DatabaseNow, "postgresql")
def _postgresql_now(element: DatabaseNow, compiler: SQLCompiler, **options: Any) -> str:
    # now() would be the start of the transaction, which may have waited.
    return f"(clock_timestamp() + make_interval(secs => {element.seconds:.3f}))"
