"""Commands about the input: template, check, draw."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.arguments import JsonTo, Month, Seed, Source
from planner.cli.reading import stages_of, tables_of
from planner.cli.session import Exit, Session, session_of
from planner.cli.showing import explain_in, show_account, show_held
from planner.domain.errors import InputError
from planner.domain.finding import Finding, Severity

if TYPE_CHECKING:
    from planner.intake.month.outcome import Prepared


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command()(template)
    app.command()(check)
    app.command()(draw)
    app.command()(identity)
    app.command()(tidy)
    app.command()(words)


def template(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="FILE.xlsx|FOLDER", help="写到哪里 / where to write it")],
    force: Annotated[bool, typer.Option("--force", help="覆盖已有文件 / replace what is there")] = False,
    json_to: JsonTo = None,
) -> None:
    """写出空白填报模板：工作簿，或(无 .xlsx 后缀时)CSV 文件夹 / write empty tables to fill in."""
    from planner.intake.write.template import write_template, write_template_folder

    session = session_of(context, json_to)
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

    session = session_of(context, json_to)
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
        show_account(session, prepared)
    session.show(session.word("findings_count", error=count["error"], warning=count["warning"], info=count["info"]))
    show_held(session, findings)
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

    session = session_of(context, json_to)
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


def tidy(
    context: typer.Context,
    source: Source,
    out: Annotated[Path, typer.Option(help="写到哪个工作簿 / workbook to write")],
    words_in: Annotated[
        Path | None, typer.Option("--words", help="该单位记下的用词(planner words) / the body's learned words")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="覆盖已有文件 / replace what is there")] = False,
    json_to: JsonTo = None,
) -> None:
    """把部门自己的表整理成模板，每处解读都标出 / a form as a filled template, every interpretation marked."""
    from planner.intake.read.forms.learned import Learned, read_words
    from planner.service.files.tidying import tidy as tidy_up

    session = session_of(context, json_to)
    if out.exists() and not force:
        raise InputError(f"{out} 已存在；加 --force 覆盖 / {out} is there already; --force replaces it")
    if words_in is not None and not words_in.exists():
        raise InputError(f"{words_in} 不存在 / there is no {words_in}")
    tables = tidy_up(source, out, Learned(read_words(words_in)[1] if words_in else ()))
    count = Counter(finding.severity.value for finding in tables.findings)
    session.show(session.word("findings_count", error=count["error"], warning=count["warning"], info=count["info"]))
    show_held(session, tables.findings)
    session.show(session.word("files"), f"  {out}")
    session.emit({"file": str(out), "counts": dict(count)})


def words(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="WORDS.json", help="一个单位的词表 / the words of one body")],
    tidied: Annotated[
        Path | None,
        typer.Option("--from", help="填了“确认为”的整理结果 / a tidied workbook with what words mean filled in"),
    ] = None,
    agency: Annotated[str, typer.Option(help="检查主体编号，新建词表时填 / whose words, for a new file")] = "",
    by: Annotated[str, typer.Option(help="谁确认的 / who says so")] = "",
    forget: Annotated[
        list[str] | None, typer.Option(help="撤销，写作 栏目=用词，可重复 / forget COLUMN=WORD, may repeat")
    ] = None,
    json_to: JsonTo = None,
) -> None:
    """一个单位的用词：看、从整理结果记下、撤销；下次整理照此读 / a body's words: listed, learned, forgotten."""
    from planner.intake.read.forms.learned import column_named, read_words, with_word, without_word, write_words
    from planner.service.files.tidying import confirmed_words

    session = session_of(context, json_to)
    whose, known = read_words(file)
    if agency and whose and agency != whose:
        raise InputError(f"{file.name} 是 {whose} 的词表，不是 {agency} 的 / these are the words of {whose}")
    learned = confirmed_words(tidied, by) if tidied else []
    if learned and not (whose or agency):
        raise InputError("新建词表请用 --agency 写明是哪个单位的 / --agency tells whose words a new file holds")
    after = list(known)
    for word in learned:
        after = with_word(after, word)
    for asked in forget or ():
        column, _, said = asked.partition("=")
        left = without_word(after, column_named(column).key, said)
        if len(left) == len(after):
            raise InputError(f"词表里没有“{asked}” / there is no {asked!r} to forget")
        after = left
    if after != known:
        write_words(file, whose or agency, after)
    session.show(*(f"  {column_named(w.column).title}：{w.said} → {w.meant} {w.by}".rstrip() for w in sorted(after)))
    session.show(session.word("words_known", count=len(after), agency=whose or agency))
    session.emit({"agency": whose or agency, "words": [asdict(word) for word in sorted(after)]})


def identity(
    context: typer.Context,
    source: Source,
    json_to: JsonTo = None,
) -> None:
    """几张名录里的同一对象：已合并的和待核定的，先少入企多的 / which rows are one premises, surely or perhaps."""
    from planner.intake.identity.union import joint_visits, one_register

    session = session_of(context, json_to)
    tables = tables_of(session, source)
    found = one_register(tables)
    saved = joint_visits(found.tables, found.doubtful)
    open_pairs = sorted(zip(saved, found.doubtful, strict=True), key=lambda one: (-one[0], one[1]))
    session.show(session.word("registers", merged=len(found.merged), doubtful=len(open_pairs)))
    session.show(*(f"  {pair.one} = {pair.other}：{pair.why}" for pair in found.merged))
    told = "可少入企 {0} 次" if session.lang == "zh" else "{0} entries"
    session.show(*(f"  {pair.one} ? {pair.other}：{pair.why}，{told.format(count)}" for count, pair in open_pairs))
    session.emit(
        {
            "merged": [[pair.one, pair.other, pair.why] for pair in found.merged],
            "doubtful": [[pair.one, pair.other, pair.why, count] for count, pair in open_pairs],
        }
    )


def vars_of(tables: Any) -> dict[str, Any]:
    """Return the tables by key."""
    from planner.intake.tables.schema import TABLES

    return {table.key: getattr(tables, table.key) for table in TABLES}


def _tasks(prepared: Prepared) -> dict[str, int]:
    return {
        "tasks": prepared.case.n_tasks if prepared.case else 0,
        "off_site": len(prepared.off_site),
        "summons": len(prepared.summons),
        "deferred": len(prepared.deferred),
        "removed": len(prepared.removed),
        "filed": prepared.account.filed,
    }


def _finding_json(session: Session, finding: Finding) -> dict[str, Any]:
    message, action = explain_in(session)(finding)
    return {**asdict(finding), "message": message, "action": action}
