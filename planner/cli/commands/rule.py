"""The commands `rules` and `atlas`: what the regulation asks, and how the planner answers it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from planner.cli.arguments import CaseSource, JsonTo
from planner.cli.reading import stages_of
from planner.cli.session import session_of


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command()(rules)
    app.command()(atlas)


def rules(
    context: typer.Context,
    identity: Annotated[
        str, typer.Argument(metavar="[ID]", help="规则或条款编号，如 gap.domain、A01-4.1.1c / a rule's or clause's id")
    ] = "",
    clauses: Annotated[bool, typer.Option("--clauses", help="列条款而不是规则 / list clauses, not rules")] = False,
    counts: Annotated[
        bool, typer.Option("--counts", help="各文件条款按处理方式计数 / count clauses by status")
    ] = False,
    doc: Annotated[str, typer.Option(help="文件：D 或 A01–A14 / document")] = "",
    status: Annotated[str, typer.Option(help="处理方式(条款) / status, of clauses")] = "",
    strength: Annotated[str, typer.Option(help="效力：强制、政策、偏好 / force")] = "",
    phase: Annotated[str, typer.Option(help="环节(规则) / phase, of rules")] = "",
    rule: Annotated[str, typer.Option(help="只列某规则的条款 / clauses of this rule")] = "",
    text: Annotated[str, typer.Option(help="含此文字 / containing this text")] = "",
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="哪天有效，默认今天 / in force on")] = None,
    json_to: JsonTo = None,
) -> None:
    """列出、筛选、查看规则和条款 / list, filter and show rules and clauses. 给出 --status 或 --rule 时列条款."""
    from planner.rulebook import listing
    from planner.rulebook.book import load_rulebook

    session = session_of(context, json_to)
    version = load_rulebook().at(on.date() if on else date.today())
    if identity:
        rows = listing.show(version, identity, session.lang)
        session.show(_table(rows, head=False))
        session.emit({"rulebook_version": version.version, "id": identity, "rows": rows})
        return
    if counts:
        rows, keys = listing.status_counts(version, session.lang), listing.status_counts(version, "en")[0]
    elif clauses or status or rule:
        chosen = listing.select_clauses(version, doc=doc, status=status, strength=strength, rule=rule, text=text)
        rows, keys = listing.clause_rows(chosen, session.lang), listing.clause_rows((), "en")[0]
    else:
        found = listing.select_rules(version, doc=doc, phase=phase, strength=strength, text=text)
        rows, keys = listing.rule_rows(version, found, session.lang), listing.rule_rows(version, (), "en")[0]
    session.show(_table(rows), session.word("selected", count=len(rows) - 1), version.version)
    values = [dict(zip(keys, row, strict=True)) for row in rows[1:]]
    session.emit({"rulebook_version": version.version, "rows": values})


def atlas(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="输出文件夹 / output folder")],
    plan: Annotated[
        Path | None,
        typer.Option(metavar="PLAN.json", help="计划文件：各条款用到几次 / a plan, whose use of them is told"),
    ] = None,
    case: CaseSource = None,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="哪天有效的规则库，默认今天 / rulebook in force on")
    ] = None,
    json_to: JsonTo = None,
) -> None:
    """把条款、规则、程序和示例写成网页；引用失效即失败 / clauses, rules, code and examples as static pages."""
    from planner.rulebook.book import load_rulebook
    from planner.service import atlas_of, restore_plan, write_atlas

    session = session_of(context, json_to)
    with session.progress(3) as tell:
        planned = None if plan is None else restore_plan(plan, case, stages_of(session, tell))
        law = load_rulebook().at(on.date() if on else date.today()) if planned is None else planned.rulebook
        tell("write", "")
        files = write_atlas(atlas_of(law, planned), out)
    session.show(session.word("files"), *(f"  {file}" for file in files))
    session.emit({"rulebook_version": law.version, "files": [str(file) for file in files]})


def _table(rows: list[tuple[str, ...]], head: bool = True) -> Table:
    table = Table(show_header=head)
    for column, title in enumerate(rows[0]):
        # Ids stay whole: they are there to be copied.
        table.add_column(Text(title if head else ""), no_wrap=column == 0, overflow="fold")
    for row in rows[1:] if head else rows:
        table.add_row(*map(Text, row))
    return table
