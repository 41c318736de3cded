"""The commands `planner worker`, `backup`, `restore`, `db …` and `log …`: what is done to the store from its server."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.common import Data, Database, JsonTo, opened, tell
from planner.cli.session import Exit, session_of
from planner.domain.errors import InputError

db = typer.Typer(help="数据库：升级、退回、版本 / the database: upgrade, downgrade, current", no_args_is_help=True)
log_app = typer.Typer(help="日志：导出、核验、链头 / the log: export, verify, head", no_args_is_help=True)


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
    if to == "head":
        from api.store.log import bind_what_stands

        with opened(database, data) as (store, _):
            bind_what_stands(store)


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
    from api.store.database.migrate import revision_of

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
    from api.store.log import bind_what_stands

    with opened(database, data, current=False, create=True) as (store, _):
        counts = fill(store, path)
        bind_what_stands(store)
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
    from api.store.log import write_file

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
    state: Annotated[
        bool,
        typer.Option("--state", help="并核对已发布的安排、计划、预定和文件 / and what stands, against the log"),
    ] = False,
    database: Database = None,
    data: Data = None,
    json_to: JsonTo = None,
) -> None:
    """核验日志：改动、缺失、次序 / find any change, gap or reorder. 有问题时退出码 1."""
    from api.store import log
    from api.store.state.verify import StateProblem, verify_state

    if file is not None and state:
        raise InputError("--state 核验数据库，不能与导出的日志一起用 / --state is of the database, not of an export")
    kept = _head(head) if head else None
    against = list[StateProblem]()
    if file is not None:
        problems = log.verify_file(file, kept)
    else:
        with opened(database, data) as (store, settings):
            problems = log.verify_log(store, kept)
            if state:
                against = verify_state(store, settings.artefacts)
    session = session_of(context)
    whole = "日志完整，现状与日志相符 / log and state agree" if state else "日志完整 / the log is whole"
    lines = [one.text(session.lang) for one in problems] + [one.text(session.lang) for one in against] or [whole]
    told = {"problems": [{"code": p.code, "seq": p.seq} for p in problems]}
    if state:
        told |= {"state": [{"code": p.code, "kind": p.kind, "key": p.key} for p in against]}
    tell(context, json_to, "\n".join(lines), told)
    raise typer.Exit(Exit.FINDINGS if problems or against else Exit.OK)


@log_app.command("proof")
def log_proof(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.json", help="入企安排的证明 / the proof of a visit")],
    root: Annotated[str, typer.Option(help="已公布的状态根 / a root that was published")] = "",
    json_to: JsonTo = None,
) -> None:
    """核验一次入企安排的证明 / check that a visit is under a published root. 不符时退出码 1."""
    from api.store.state.proof import proven_root

    try:
        proof = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"无法读取 {file} / cannot read {file}: {error}") from error
    found = proven_root(proof)
    holds = bool(found) and root in ("", found)
    line = f"证明成立，状态根 / it holds under the root {found}" if holds else "证明不成立 / it does not hold"
    tell(context, json_to, line, {"holds": holds, "root": found})
    raise typer.Exit(Exit.OK if holds else Exit.FINDINGS)


@log_app.command("head")
def log_head(
    context: typer.Context,
    database: Database = None,
    data: Data = None,
    reserved: Annotated[
        bool, typer.Option("--reserved", help="突击检查条目的链头 / of the entries on unannounced checks")
    ] = False,
    state: Annotated[
        bool, typer.Option("--state", help="并给出状态根，供公布 / with the root over what stands, to be published")
    ] = False,
    json_to: JsonTo = None,
) -> None:
    """链头：记在别处，末尾的删改也能发现 / the head: kept elsewhere, it shows what was cut off."""
    from api.store.log import HIDDEN, head_of
    from api.store.state.bind import roots_of, state_root

    chain = HIDDEN if reserved else 1
    with opened(database, data) as (store, _):
        head = head_of(store, chain)
        with store.read() as tx:
            root = state_root(roots_of(tx, chain))
    line = f"{head.seq}:{head.hash}" + (f" {root or '-'}" if state else "")
    tell(context, json_to, line, {"seq": head.seq, "hash": head.hash, "state_root": root})


def _migrate(context: typer.Context, database: str | None, data: Path | None, to: str) -> None:
    from api.settings import is_named
    from api.store.database.migrate import migrate

    with opened(database, data, current=False, create=is_named(database=database, data=data)) as (store, _):
        before, after = migrate(store, to)
    session_of(context).show(f"{before or '-'} → {after or '-'}")


def _head(text: str) -> Any:
    from api.store.log import Head

    seq, _, value = text.partition(":")
    if not seq.isdecimal() or len(value) != 64:
        raise InputError(f"链头应为 序号:哈希 / a head is SEQ:HASH, not {text}")
    return Head(int(seq), value)
