"""Brings a database to the schema of this version of the program, or back, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, make_url, text

from api.store.database.engine import WRITE_LOCK, Store, prepare_sqlite
from api.store.database.errors import StateError, StoreError

SCRIPTS = Path(__file__).parent / "migrations"


def migrate(store: Store, to: str = "head") -> tuple[str, str]:
    """Move the database to revision `to` ("head", "base" or an id), up or down; return (before, after), "" for none.

    Several processes may call it at once: one does it, the others find it done. Raises StateError where the database is
    of a newer version of the program, StoreError where rows would be left that refer to nothing.
    """
    with _connection(store) as connection:
        before = _at(connection)
        scripts = ScriptDirectory.from_config(_config(connection))
        known = {script.revision: n for n, script in enumerate(reversed(list(scripts.walk_revisions())))}
        if before and before not in known:
            raise StateError(f"数据库版本 {before} 比程序新 / the database ({before}) is newer than this program")
        target = {"head": scripts.get_current_head() or "", "base": ""}.get(to, to)
        if target != before:
            down = not target or (before and known[target] < known[before])
            (command.downgrade if down else command.upgrade)(_config(connection), to)
        if not store.on_postgresql:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if broken is not None:
                raise StoreError(
                    f"迁移后引用失效：{broken[0]} / a migration left a reference to nothing in {broken[0]}"
                )
        return before, _at(connection)


def revision_of(store: Store) -> tuple[str, str]:
    """Return (the database's revision, "" for none; the program's)."""
    with store.read() as tx:
        return _at(tx.connection), _head()


def require_current(store: Store) -> str:
    """Return the program's revision. Raises StateError where the database is at another."""
    found, wanted = revision_of(store)
    if found != wanted:
        raise StateError(
            f"数据库版本为“{found or '空'}”，程序需要 {wanted}：请运行 planner db upgrade / "
            f"the database is at {found or 'nothing'}, the program needs {wanted}: run planner db upgrade"
        )
    return found


def prepare(store: Store) -> None:
    """Make the tables of a new database. Raises StateError where an older one has to be upgraded by its operator."""
    if not revision_of(store)[0]:
        migrate(store)
    require_current(store)


@cache
def _head() -> str:
    """Return the program's revision; the scripts do not change while it runs, and reading them is slow."""
    return ScriptDirectory(str(SCRIPTS)).get_current_head() or ""


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return config


def _at(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""


@contextmanager
def _connection(store: Store) -> Iterator[Connection]:
    """Give a connection on which nobody else writes. SQLite rebuilds tables, which needs foreign keys off."""
    url = make_url(store.url)
    if store.on_postgresql:
        with store.write() as tx:
            tx.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITE_LOCK})
            yield tx.connection
        return
    engine = create_engine(url, connect_args={"timeout": store.busy_seconds})
    prepare_sqlite(engine, "BEGIN IMMEDIATE", foreign_keys=False)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()
