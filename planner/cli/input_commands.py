"""Commands about the input: template, check, draw."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.plan_commands import JsonTo, Month, Seed, Source, explain_in, stages_of
from planner.cli.session import Exit, Session, session_of
from planner.domain.errors import InputError
from planner.domain.finding import Finding, Severity

if TYPE_CHECKING:
    from planner.intake.outcome import Prepared


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command()(template)
    app.command()(check)
    app.command()(draw)


def template(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="FILE.xlsx|FOLDER", help="写到哪里 / where to write it")],
    force: Annotated[bool, typer.Option("--force", help="覆盖已有文件 / replace what is there")] = False,
    json_to: JsonTo = None,
) -> None:
    """写出空白填报模板：工作簿，或(无 .xlsx 后缀时)CSV 文件夹 / write empty tables to fill in."""
    from planner.intake.template import write_template, write_template_folder

    session = session_of(context)
    session.json_to = json_to
    if path.exists() and not force:
        raise InputError(f"{path} 已存在；加 --force 覆盖 / {path} is there already; --force replaces it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        (write_template if path.suffix.lower() == ".xlsx" else write_template_folder)(path)
    except OSError as error:
        raise InputError(f"无法写入 {path}：{error.strerror} / cannot write {path}") from error
    session.show(session.word("files"), f"  {path}")
    session.emit({"file": str(path)})


def check(
    context: typer.Context,
    source: Source,
    month: Annotated[str | None, typer.Option(help="并做该月的法规筛查 / also screen this month by law")] = None,
    seed: Seed = None,
    limit: Annotated[int, typer.Option(min=1, help="最多显示几条 / findings shown")] = 30,
    json_to: JsonTo = None,
) -> None:
    """核对填报：格式，以及(给出月份时)法规 / check the input: form and, given a month, law. 有错误时退出码 1."""
    from planner.report.console import findings_table
    from planner.service import prepare_source, read_source

    session = session_of(context)
    session.json_to = json_to
    prepared: Prepared | None = None
    with session.progress(2) as tell:
        if month is None:
            tables = read_source(source, stages_of(session, tell))
            findings = tables.findings
        else:
            tables, prepared, _, _ = prepare_source(source, month, seed, stages_of(session, tell))
            findings = prepared.findings
    count = Counter(finding.severity.value for finding in findings)
    rows = {key: len(value) for key, value in vars_of(tables).items()}
    session.show(findings_table(findings, explain_in(session), session.lang, limit=limit))
    session.show(session.word("rows_read", rows=f"{sum(rows.values()):,}"))
    if prepared is None:
        session.show(session.word("month_not_given"))
    else:
        session.show(session.word("tasks_found", month=month, **_tasks(prepared)))
    session.show(session.word("findings_count", error=count["error"], warning=count["warning"], info=count["info"]))
    errors = count["error"] > 0
    session.emit(
        {
            "status": "findings" if errors else "ok",
            "month": month,
            "rows": rows,
            **(_tasks(prepared) if prepared else {}),
            "counts": {severity.value: count[severity.value] for severity in Severity},
            "findings": [_finding_json(session, finding) for finding in findings],
        }
    )
    raise typer.Exit(Exit.FINDINGS if errors else Exit.OK)


def draw(
    context: typer.Context,
    source: Source,
    month: Month,
    out: Annotated[Path, typer.Option(help="抽取记录写到哪里 / where the record goes")] = Path("draws.json"),
    seed: Seed = None,
    json_to: JsonTo = None,
) -> None:
    """双随机抽取检查对象，记录可重放 / draw the month's sites, recorded so that anyone can replay it."""
    from planner.draw.record import write_draws
    from planner.service import prepare_source

    session = session_of(context)
    session.json_to = json_to
    with session.progress(2) as tell:
        _, prepared, _, _ = prepare_source(source, month, seed, stages_of(session, tell))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        chain = write_draws(out, prepared.draws)
    except OSError as error:
        raise InputError(f"无法写入 {out}：{error.strerror} / cannot write {out}") from error
    told = {"draws": len(prepared.draws), "sites": sum(len(d.chosen) for d in prepared.draws), "chain": chain}
    session.show(session.word("drawn", **told), session.word("files"), f"  {out}")
    session.emit(
        {"month": month, "draws": told["draws"], "sites": told["sites"], "chain_hash": chain, "file": str(out)}
    )


def vars_of(tables: Any) -> dict[str, Any]:
    """Return the tables by key."""
    from planner.intake.schema import TABLES

    return {table.key: getattr(tables, table.key) for table in TABLES}


def _tasks(prepared: Prepared) -> dict[str, int]:
    return {
        "tasks": prepared.case.n_tasks if prepared.case else 0,
        "off_site": len(prepared.off_site),
        "summons": len(prepared.summons),
        "deferred": len(prepared.deferred),
        "removed": len(prepared.removed),
    }


def _finding_json(session: Session, finding: Finding) -> dict[str, Any]:
    message, action = explain_in(session)(finding)
    return {**asdict(finding), "message": message, "action": action}
