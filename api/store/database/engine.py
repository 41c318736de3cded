"""Opens a database and gives transactions that mean the same on SQLite and PostgreSQL.

`store.read()` sees one unchanging snapshot and cannot write. `store.write()` is alone: of all processes, one at a time
is in it, so what it reads stays true until it commits, no update is lost, and the log is one chain. SQLite gives that
by BEGIN IMMEDIATE (by default it begins to write only at the first change, and loses updates), PostgreSQL by one
advisory lock. The bureau's writes are short and few; what is frequent (claims, heartbeats, progress) uses
`store.write(alone=False)`, in which every statement has to be right by itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, Executable, create_engine, event, make_url, select, text
from sqlalchemy.pool import QueuePool

from api.store.database.columns import DatabaseNow
from planner.domain.errors import InputError

WRITE_LOCK = 7_240_119_033
"""Key of the advisory lock that makes writers take turns on PostgreSQL."""

SHORT_LOCK_SECONDS = 5
"""How long a write that is not alone waits for a row that another holds."""

OLDEST_POSTGRESQL = 15

_writing: ContextVar[str] = ContextVar("writing", default="")


class NotSupportedError(InputError):
    """The database is of a kind or version that the service does not run on."""


@dataclass(frozen=True, slots=True)
class Tx:
    """One transaction. `alone` says that no other writer runs until it ends; only then may the log be written."""

    connection: Connection
    alone: bool = False

    @property
    def on_postgresql(self) -> bool:
        """Return whether the database is PostgreSQL."""
        return self.connection.dialect.name == "postgresql"

    def run(self, statement: Executable, values: Any = None) -> CursorResult[Any]:
        """Execute a statement; a list of dicts as `values` executes it for each."""
        result: CursorResult[Any] = self.connection.execute(statement, values)
        return result

    def rows(self, statement: Executable) -> list[dict[str, Any]]:
        """Return the rows as dicts by column name."""
        return [dict(row) for row in self.connection.execute(statement).mappings()]

    def row(self, statement: Executable) -> dict[str, Any] | None:
        """Return the first row as a dict, None where there is none."""
        found = self.connection.execute(statement).mappings().first()
        return None if found is None else dict(found)

    def value(self, statement: Executable) -> Any:
        """Return the first column of the first row, None where there is none."""
        return self.connection.execute(statement).scalar()

    def values(self, statement: Executable) -> Sequence[Any]:
        """Return the first column."""
        return self.connection.execute(statement).scalars().all()

    def now(self) -> datetime:
        """Return the time by the database's clock."""
        found: datetime = self.value(select(DatabaseNow()))
        return found


class Store:
    """An open database. Safe to use from several threads; each process opens its own."""

    def __init__(self, url: str, *, pool: int = 8, busy_seconds: float = 30.0, beside: Path | None = None) -> None:
        """Open `url`, a SQLAlchemy URL; `postgresql://` takes the driver psycopg 3.

        `pool` is the number of connections, `busy_seconds` how long a write waits for its turn, `beside` a folder of
        this machine for what can be made again from the database; None: nothing is kept. Raises
        NotSupportedError on other databases and on PostgreSQL older than 15.
        """
        parsed = make_url(url)
        backend = parsed.get_backend_name()
        if backend not in ("sqlite", "postgresql"):
            raise NotSupportedError(f"不支持的数据库 {backend} / unsupported database {backend}")
        self.url = url
        self.on_postgresql = backend == "postgresql"
        self.busy_seconds = busy_seconds
        self.beside = beside
        if self.on_postgresql:
            parsed = parsed.set(drivername="postgresql+psycopg")
            engine = create_engine(parsed, pool_size=pool, max_overflow=pool, pool_pre_ping=True, pool_timeout=60)
            self._reader = self._writer = engine
        else:
            if not parsed.database or parsed.database == ":memory:":
                raise NotSupportedError("SQLite 数据库必须是文件 / an SQLite database has to be a file")
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            arguments = {"timeout": busy_seconds, "check_same_thread": False}
            self._reader = create_engine(
                parsed, poolclass=QueuePool, pool_size=pool, max_overflow=pool, connect_args=arguments
            )
            # One writing connection: threads of this process queue up for it instead of polling the file's lock.
            self._writer = create_engine(
                parsed,
                poolclass=QueuePool,
                pool_size=1,
                max_overflow=0,
                pool_timeout=2 * busy_seconds,
                connect_args=arguments,
            )
            prepare_sqlite(self._reader, "BEGIN", ("query_only=ON",))
            prepare_sqlite(self._writer, "BEGIN IMMEDIATE")
        self._checked = False

    @property
    def sqlite_file(self) -> Path:
        """Return the file of an SQLite database."""
        assert not self.on_postgresql
        return Path(str(make_url(self.url).database))

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Give a transaction that sees one snapshot and may not write."""
        with self._reader.connect() as connection:
            if self.on_postgresql:
                self._check_version(connection)
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield Tx(connection)

    @contextmanager
    def write(self, alone: bool = True) -> Iterator[Tx]:
        """Give a transaction that commits at the end of the block and leaves nothing behind if the block raises.

        `alone` False does not wait for other writers on PostgreSQL: what it reads may change before it commits. Raises
        RuntimeError inside another write of the same store: the inner one would wait for the outer one.
        """
        if _writing.get() == self.url:
            raise RuntimeError("a write inside a write: hand on the transaction instead")
        mark = _writing.set(self.url)
        try:
            with self._writer.connect() as connection:
                if self.on_postgresql:
                    self._check_version(connection)
                with connection.begin():
                    if self.on_postgresql:
                        wait = self.busy_seconds if alone else SHORT_LOCK_SECONDS
                        connection.execute(text(f"SET LOCAL lock_timeout = {round(wait * 1000)}"))
                        if alone:
                            # In a statement of its own: the next one then sees what the writer before committed.
                            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITE_LOCK})
                    yield Tx(connection, alone or not self.on_postgresql)
        finally:
            _writing.reset(mark)

    def is_writable(self) -> bool:
        """Return whether the database takes writes, as far as can be told without one."""
        if self.on_postgresql:
            with self.read() as tx:
                return tx.value(text("SELECT NOT pg_is_in_recovery()")) is True
        return os.access(self.sqlite_file, os.W_OK) and os.access(self.sqlite_file.parent, os.W_OK)

    def close(self) -> None:
        """Close the connections."""
        self._reader.dispose()
        self._writer.dispose()

    def _check_version(self, connection: Connection) -> None:
        if not self._checked:
            version = connection.dialect.server_version_info
            if version and int(version[0]) < OLDEST_POSTGRESQL:
                raise NotSupportedError(f"需要 PostgreSQL {OLDEST_POSTGRESQL} 以上 / PostgreSQL 15 or later is needed")
            self._checked = True


def prepare_sqlite(engine: Engine, begin: str, pragmas: tuple[str, ...] = (), foreign_keys: bool = True) -> None:
    """Make an SQLite engine begin its transactions with `begin` and its connections durable and patient."""

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # else the driver begins transactions by itself, and late
        cursor = connection.cursor()
        # FULL: what was accepted survives a power cut, not only a killed process.
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
            *pragmas,
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
