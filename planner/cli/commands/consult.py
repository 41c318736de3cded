"""Commands of the consultation round: drafts out, marked workbooks in."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.arguments import CaseSource, JsonTo, PlanFile
from planner.cli.reading import stages_of
from planner.cli.session import Exit, session_of
from planner.cli.showing import explain_in
from planner.domain.finding import Severity


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = typer.Typer(help="征求意见：发出、收回 / consult the agencies", no_args_is_help=True)
    group.command()(draft)
    group.command()(read)
    app.add_typer(group, name="consult")


def draft(
    context: typer.Context,
    file: PlanFile,
    out: Annotated[
        Path, typer.Option(help="一个 .xlsx(不含突击)，或每主体一份的文件夹 / one workbook, or a folder with one each")
    ],
    case: CaseSource = None,
    json_to: JsonTo = None,
) -> None:
    """写出征求意见稿 / write the draft that agencies mark."""
    from planner.service import draft_consultation, restore_plan

    session = session_of(context, json_to)
    with session.progress(3) as tell:
        planned = restore_plan(file, case, stages_of(session, tell))
        tell("write", "")
        paths = draft_consultation(planned, out)
    session.show(session.word("files"), *(f"  {path}" for path in paths))
    session.emit({"month": planned.month, "plan_hash": planned.result.plan_hash, "files": [str(p) for p in paths]})


def read(
    context: typer.Context,
    file: PlanFile,
    marked: Annotated[list[Path], typer.Argument(metavar="MARKED.xlsx...", help="收回的工作簿 / marked workbooks")],
    out: Annotated[Path | None, typer.Option(help="锁定表写到哪里，.csv 或 .xlsx / where the pins table goes")] = None,
    case: CaseSource = None,
    json_to: JsonTo = None,
) -> None:
    """读回答复，成为锁定 / read answers back as pins. 有错误时退出码 1."""
    from planner.report.console import findings_table
    from planner.service import diff_of, read_consultation, restore_plan, write_pins

    session = session_of(context, json_to)
    with session.progress(3) as tell:
        planned = restore_plan(file, case, stages_of(session, tell))
        tell("read", "")
        consulted = read_consultation(planned, marked)
        if out is not None:
            write_pins(consulted, out)
    diff = diff_of(consulted)
    explain = explain_in(session)
    if consulted.findings:
        session.show(findings_table(consulted.findings, explain, session.lang))
    for agency, entry in diff["agencies"].items():
        counts = {verdict: len(rows) for verdict, rows in entry.items()}
        session.show(session.word("consulted", name=planned.names.agency(agency), **counts))
        for verdict in ("move", "object"):
            session.show(*(f"  {_line(session.word(verdict), told)}" for told in entry[verdict]))
    session.show(session.word("consulted_pins", pins=consulted.new_pins))
    if out is not None:
        session.show(session.word("files"), f"  {out}", session.word("consulted_next"))
    failed = any(finding.severity is Severity.ERROR for finding in consulted.findings)
    findings = [{**asdict(f), "message": explain(f)[0], "action": explain(f)[1]} for f in consulted.findings]
    session.emit(
        {
            "month": planned.month,
            "plan_hash": planned.result.plan_hash,
            **diff,
            "findings": findings,
            "file": None if out is None else str(out),
        }
    )
    raise typer.Exit(Exit.FINDINGS if failed else Exit.OK)


def _line(verdict: str, told: dict[str, object]) -> str:
    parts = (verdict, told["visit"], told["site"], told["day"])
    moved = f"→ {told['proposed']}" if told.get("proposed") else ""
    return " ".join(str(part) for part in (*parts, moved, told.get("reason", ""), told.get("note", "")) if part)
