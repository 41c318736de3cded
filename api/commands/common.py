"""What the service's commands share: their options, the opened store, and how they answer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.session import session_of
from planner.domain.errors import InputError

if TYPE_CHECKING:
    from api.settings import Settings
    from api.store import Store

Database = Annotated[
    str | None, typer.Option("--database", help="数据库地址，默认见设置 / database URL, default: the settings'")
]
Data = Annotated[
    Path | None, typer.Option("--data", help="数据文件夹，默认见设置 / data folder, default: the settings'")
]
JsonTo = Annotated[
    str | None,
    typer.Option("--json", metavar="FILE", help="另存为 JSON,- 为标准输出 / values as JSON, - for standard output"),
]


OURS = ("planner.sqlite", "planner.sqlite-wal", "planner.sqlite-shm", "artefacts", "cases", "scratch", "uploads")
"""What the service keeps in its data folder, which may hold other things too."""


@contextmanager
def opened(
    database: str | None, data: Path | None, current: bool = True, create: bool = False
) -> Iterator[tuple[Store, Settings]]:
    """Give the store and the settings in force.

    Raises StateError where `current` and its schema is not ours, InputError where there is no database and `create` is
    False: a command in the wrong folder must not act on an empty one.
    """
    from sqlalchemy.exc import OperationalError

    from api.settings import read_settings
    from api.store import Store
    from api.store.database.migrate import require_current

    os.umask(0o077)  # database, plans, uploads and backups are nobody else's to read
    settings = read_settings(database=database, data=data)
    file = settings.database_url.removeprefix("sqlite:///")
    if file != settings.database_url and not create and not Path(file).exists():
        raise InputError(
            f"没有数据库 {file}：请用 --data 或 --database（或 PLANNER_DATA、PLANNER_DATABASE）指明服务的数据 / "
            f"there is no database {file}: name the service's with --data or --database"
        )
    _shut(settings.data)
    store = Store(settings.database_url, pool=settings.pool, busy_seconds=settings.busy_seconds)
    try:
        if current:
            require_current(store)
        yield store, settings
    except OperationalError as error:
        raise InputError(f"数据库不可用：{error.orig} / the database cannot be used: {error.orig}") from error
    finally:
        store.close()


def _shut(data: Path) -> None:
    """Take what the service keeps in its data folder from others, also where an earlier version left it open."""
    for name in OURS:
        with suppress(OSError):  # it is not there, or its owner's to shut
            mode = (data / name).stat().st_mode
            if mode & 0o077:
                (data / name).chmod(mode & 0o700)


def tell(context: typer.Context, json_to: str | None, line: str, values: Any) -> None:
    """Show a line to people, and the values to programs that asked for them."""
    session = session_of(context, json_to)
    session.show(line)
    session.emit(values)
