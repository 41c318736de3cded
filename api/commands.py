"""The service's commands for `planner`, found through the entry-point group `planner.commands`."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.session import Exit, session_of
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

db = typer.Typer(help="数据库：升级、退回、版本 / the database: upgrade, downgrade, current", no_args_is_help=True)
log_app = typer.Typer(help="日志：导出、核验、链头 / the log: export, verify, head", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command()(worker)
    app.command()(backup)
    app.command()(restore)
    from api.account_commands import account
    from api.serve_command import serve

    app.command()(serve)
    app.add_typer(account, name="account")
    app.add_typer(db, name="db")
    app.add_typer(log_app, name="log")


@contextmanager
def opened(database: str | None, data: Path | None, current: bool = True) -> Iterator[tuple[Store, Settings]]:
    """Give the store and the settings in force. Raises StateError where `current` and its schema is not ours."""
    from sqlalchemy.exc import OperationalError

    from api.settings import read_settings
    from api.store import Store
    from api.store.migrate import require_current

    settings = read_settings(database=database, data=data)
    store = Store(settings.database_url, pool=settings.pool, busy_seconds=settings.busy_seconds)
    try:
        if current:
            require_current(store)
        yield store, settings
    except OperationalError as error:
        raise InputError(f"数据库不可用：{error.orig} / the database cannot be used: {error.orig}") from error
    finally:
        store.close()


def worker(
    context: typer.Context,
    database: Database = None,
    data: Data = None,
    until_idle: Annotated[bool, typer.Option("--until-idle", help="没有任务时退出 / end when there is none")] = False,
) -> None:
    """运行排队的任务；可在任何能连到数据库的机器上运行多个 / run queued jobs. Ctrl-C 把手头任务放回队列."""
    import logging

    from api.jobs.worker import Worker

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    with opened(database, data) as (store, settings):
        one = Worker(store, settings)
        for number in (signal.SIGINT, signal.SIGTERM):
            if threading.current_thread() is threading.main_thread():
                signal.signal(number, lambda *_: one.stop.set())
        done = one.run(until_idle)
    session_of(context).show(f"{done} 个任务 / jobs")


@db.command()
def upgrade(context: typer.Context, database: Database = None, data: Data = None, to: str = "head") -> None:
    """建立数据库或升级到本程序的版本 / make the database, or bring it to this program's version."""
    _migrate(context, database, data, to)


@db.command()
def downgrade(
    context: typer.Context,
    to: Annotated[str, typer.Argument(help="版本，base 为清空 / revision; base drops every table")],
    database: Database = None,
    data: Data = None,
    yes: Annotated[bool, typer.Option("--yes", help="确认；先备份 / confirm; back up first")] = False,
) -> None:
    """把数据库退回较早的版本 / take the database back to an earlier version."""
    if not yes:
        raise InputError("退回会丢失新版本才有的数据：先备份，再加 --yes / back up first, then say --yes")
    _migrate(context, database, data, to)


@db.command()
def current(context: typer.Context, database: Database = None, data: Data = None, json_to: JsonTo = None) -> None:
    """数据库与程序的版本 / versions of database and program."""
    from api.store.migrate import revision_of

    with opened(database, data, current=False) as (store, _):
        found, wanted = revision_of(store)
    tell(context, json_to, f"{found or '-'} / {wanted}", {"database": found, "program": wanted})


def backup(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="FILE.zip|FILE.sqlite")],
    database: Database = None,
    data: Data = None,
    json_to: JsonTo = None,
) -> None:
    """备份整个数据库并核验；运行中也可 / back up the whole store and verify it, while it is in use."""
    from api.store.backup import backup as write

    with opened(database, data) as (store, _):
        counts = write(store, path)
    tell(context, json_to, f"{path}: {sum(counts.values()):,} 行 / rows", {"file": str(path), "rows": counts})


def restore(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="FILE.zip|FILE.sqlite")],
    database: Database = None,
    data: Data = None,
    json_to: JsonTo = None,
) -> None:
    """从备份恢复到空数据库 / restore a backup into an empty database."""
    from api.store.backup import restore as fill

    with opened(database, data, current=False) as (store, _):
        counts = fill(store, path)
    tell(context, json_to, f"{sum(counts.values()):,} 行 / rows", {"file": str(path), "rows": counts})


@log_app.command("export")
def log_export(
    context: typer.Context,
    path: Path,
    database: Database = None,
    data: Data = None,
    reserved: Annotated[
        bool, typer.Option("--reserved", help="含突击检查的条目 / with the entries on unannounced checks")
    ] = False,
    json_to: JsonTo = None,
) -> None:
    """导出日志(JSON lines) / export the log."""
    from api.log import write_file

    with opened(database, data) as (store, _):
        head = write_file(store, path, reserved=reserved)
    tell(context, json_to, f"{path}  #{head.seq} {head.hash}", {"file": str(path), "seq": head.seq, "hash": head.hash})


@log_app.command("verify")
def log_verify(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="导出的日志；不给则核验数据库 / an export; else the database")
    ] = None,
    head: Annotated[str, typer.Option(help="另存的链头 SEQ:HASH / a head kept elsewhere")] = "",
    database: Database = None,
    data: Data = None,
    json_to: JsonTo = None,
) -> None:
    """核验日志：改动、缺失、次序 / find any change, gap or reorder. 有问题时退出码 1."""
    from api import log

    kept = _head(head) if head else None
    if file is not None:
        problems = log.verify_file(file, kept)
    else:
        with opened(database, data) as (store, _):
            problems = log.verify_log(store, kept)
    session = session_of(context)
    lines = [problem.text(session.lang) for problem in problems] or ["日志完整 / the log is whole"]
    tell(context, json_to, "\n".join(lines), {"problems": [{"code": p.code, "seq": p.seq} for p in problems]})
    raise typer.Exit(Exit.FINDINGS if problems else Exit.OK)


@log_app.command("head")
def log_head(context: typer.Context, database: Database = None, data: Data = None, json_to: JsonTo = None) -> None:
    """链头：记在别处，末尾的删改也能发现 / the head: kept elsewhere, it shows what was cut off."""
    from api.log import head_of

    with opened(database, data) as (store, _):
        head = head_of(store)
    tell(context, json_to, f"{head.seq}:{head.hash}", {"seq": head.seq, "hash": head.hash})


def _migrate(context: typer.Context, database: str | None, data: Path | None, to: str) -> None:
    from api.store.migrate import migrate

    with opened(database, data, current=False) as (store, _):
        before, after = migrate(store, to)
    session_of(context).show(f"{before or '-'} → {after or '-'}")


def _head(text: str) -> Any:
    from api.log import Head

    seq, _, value = text.partition(":")
    if not seq.isdecimal() or len(value) != 64:
        raise InputError(f"链头应为 序号:哈希 / a head is SEQ:HASH, not {text}")
    return Head(int(seq), value)


def tell(context: typer.Context, json_to: str | None, line: str, values: Any) -> None:
    """Show a line to people, and the values to programs that asked for them."""
    session = session_of(context)
    session.json_to = json_to
    session.show(line)
    session.emit(values)
