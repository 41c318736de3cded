"""The commands `planner retention` and, behind `planner export --plan`, the files of a stored plan written anew."""

from __future__ import annotations

from typing import Annotated

import typer

from api.commands.common import Data, Database, JsonTo, opened, tell
from planner.cli.session import Exit
from planner.domain.errors import InputError

COMMAND_LINE = "command-line"


def retention(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="确认删除；不加只列出 / remove; without it, only tell")] = False,
    database: Database = None,
    data: Data = None,
    json_to: JsonTo = None,
) -> None:
    """清理到期的上传、草案文件、任务和会话；不加 --yes 只列出 / remove what need not be kept; dry without --yes."""
    from api.store import retention as kept

    with opened(database, data) as (store, settings):
        found = kept.remove(store, settings, COMMAND_LINE) if yes else kept.removable(store, settings)
        folders = {kind: [str(one) for one in some] for kind, some in found.folders.items()}
    head = "已清理 / removed" if yes else "可清理（加 --yes 执行） / could be removed, with --yes"
    lines = [f"{kind}: {len(some)} 个文件夹 / folders" for kind, some in folders.items()]
    lines += [f"{table}: {count} 行 / rows" for table, count in found.rows.items()]
    tell(context, json_to, "\n".join((head, *lines)), {"removed": yes, "rows": found.rows, "paths": folders})


def export_stored(
    context: typer.Context,
    plan: Annotated[str, typer.Argument(help="方案编号 / the plan's id")],
    database: Database = None,
    data: Data = None,
    json_to: JsonTo = None,
) -> None:
    """由数据库重写一个方案的全部文件 / write all files of a stored plan anew. 排队的其他任务也一并运行."""
    from api.jobs.worker import Worker
    from api.store import queue
    from api.store.planned.plans import plan_of

    with opened(database, data) as (store, settings):
        with store.read() as tx:
            row = plan_of(tx, plan)
        job = queue.enqueue(
            store,
            "export",
            {"plan": row.id, "month": row.month},
            COMMAND_LINE,
            priority=9,
            run_seconds=settings.run_seconds,
            run_mib=settings.run_mib,
            max_deaths=settings.deaths,
        )
        Worker(store, settings).run(until_idle=True)
        done = queue.job_of(store, job.id)
        folder = settings.artefacts
    if done.state != "finished":
        said = done.error["zh"] if done.error else done.state
        raise InputError(f"文件未生成：{said} / the files were not written")
    files = [str(folder / one["path"]) for one in done.result["artefacts"]]
    tell(context, json_to, f"{len(files)} 个文件 / files: {folder}", {"plan": plan, "files": files})
    raise typer.Exit(Exit.OK)
