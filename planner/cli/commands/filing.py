"""Commands about what is owed and recorded: filings, codes and results, duties, the evaluation."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.arguments import CaseSource, JsonTo, Month, On, PlanFile, Source
from planner.cli.reading import plan_of, tables_of
from planner.cli.session import Exit, session_of
from planner.cli.showing import explain_in
from planner.domain.errors import InputError
from planner.domain.finding import Severity


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("filings")(filings)
    app.command("results")(results)
    app.command("codes")(codes)
    app.command("duties")(duties)
    app.command("evaluate")(evaluate)


def filings(
    context: typer.Context,
    source: Source,
    month: Month,
    publish: Annotated[
        bool, typer.Option("--publish", help="有不得公布的计划时退出码 1 / exit 1 where one must not be published")
    ] = False,
    json_to: JsonTo = None,
) -> None:
    """各计划的备案状态，和公布前还缺什么 / where each filing stands, and what its publishing still lacks."""
    from planner.intake.routes.standing import STATE_ZH, may_publish
    from planner.service import filings_of_month

    session = session_of(context, json_to)
    tables = tables_of(session, source)
    found = filings_of_month(tables, month)
    refusals = {name: may_publish(one, one.shut) for name, one in found.items()}
    barred = sorted(name for name, told in refusals.items() if any(refusal.bars for refusal in told))
    chinese = session.lang == "zh"
    count = Counter(one.state for one in found.values())
    session.show(*(f"  {STATE_ZH[state] if chinese else state}：{number}" for state, number in sorted(count.items())))
    for told in refusals.values():
        session.show(*(f"  {one.zh if chinese else one.en}（{'、'.join(one.clauses)}）" for one in told))
    session.emit(
        {
            "month": month,
            "states": {str(state): number for state, number in sorted(count.items())},
            "barred": barred,
            "filings": [
                {
                    "filing": name,
                    "version": one.version,
                    "state": str(one.state),
                    "coded_on": one.coded_on,
                    "open_step": one.open_step,
                    "planned": one.planned,
                    "provisional": one.provisional,
                    "shut": sorted(one.shut),
                    "accepted": one.accepted,
                    "clauses": list(one.clauses),
                    "refusals": [{"code": r.code, "site": r.site, "bars": r.bars} for r in refusals[name]],
                }
                for name, one in found.items()
            ],
        }
    )
    raise typer.Exit(Exit.FINDINGS if publish and barred else Exit.OK)


def results(
    context: typer.Context,
    source: Source,
    on: On,
    limit: Annotated[int, typer.Option(min=1, help="最多显示几条 / findings shown")] = 30,
    json_to: JsonTo = None,
) -> None:
    """检查结果的码和时限，以及结果留下的待办 / codes and times of results, and what they leave to do."""
    from planner.report.console import findings_table
    from planner.service import results_read

    session = session_of(context, json_to)
    tables = tables_of(session, source)
    findings, todos = results_read(tables, on.date())
    count = Counter(finding.severity.value for finding in findings)
    session.show(findings_table(findings, explain_in(session), session.lang, limit=limit))
    session.show(session.word("findings_count", error=count["error"], warning=count["warning"], info=count["info"]))
    chinese = session.lang == "zh"
    session.show(
        *(f"  {one.site} {one.zh if chinese else one.en}（{'、'.join(one.clauses)}）" for one in todos[:limit])
    )
    session.emit(
        {
            "on": on.date(),
            "results": len(tables.results),
            "counts": {severity.value: count[severity.value] for severity in Severity},
            "findings": [{**asdict(one), "message": explain_in(session)(one)[0]} for one in findings],
            "todos": [asdict(todo) for todo in todos],
        }
    )
    raise typer.Exit(Exit.FINDINGS if count["error"] else Exit.OK)


def duties(
    context: typer.Context,
    source: Source,
    on: On,
    agency: Annotated[str, typer.Option(help="只看这个主体，司法局为 bureau / one body only")] = "",
    ics: Annotated[Path | None, typer.Option(help="另存为日历文件 / as a calendar file")] = None,
    json_to: JsonTo = None,
) -> None:
    """职责日历：谁在何时之前要办什么，办了没有 / who owes what by when, and what is done of it."""
    from planner.obligations.ics import duties_ics
    from planner.service import duties_of

    session = session_of(context, json_to)
    tables = tables_of(session, source)
    owed, calendar = duties_of(tables, on.date())
    owed = tuple(one for one in owed if agency in ("", one.agency, one.section))
    states = {"open": "待办", "done": "已办", "late": "超期", "waived": "免除"}
    chinese = session.lang == "zh"
    for one in owed:
        state, text = (states[one.state], one.zh) if chinese else (one.state, one.en)
        mark = " ⏰" if one.remind else ""
        session.show(f"  {one.due} {state}{mark} {one.section or one.agency} {text}（{'、'.join(one.clauses)}）")
    if ics is not None:
        try:
            ics.write_bytes(duties_ics(owed, calendar))
        except OSError as error:
            raise InputError(f"无法写入 {ics}：{error.strerror} / cannot write {ics}") from error
    count = Counter(one.state for one in owed)
    session.show("，".join(f"{states[key] if chinese else key} {count[key]}" for key in states))
    session.emit({"on": on.date(), "counts": {key: count[key] for key in states}, "duties": [asdict(o) for o in owed]})


def evaluate(
    context: typer.Context,
    source: Source,
    period: Annotated[str, typer.Option(help="2026、2026-H1、2026-Q2 或 2026-06 / year, half, quarter or month")],
    base: Annotated[int, typer.Option(help="基期年份 / base year")] = 2024,
    out: Annotated[Path | None, typer.Option(help="文件和工作簿写到这里 / document and workbook")] = None,
    json_to: JsonTo = None,
) -> None:
    """评估一个时期：各项指标的分子分母、分项、与基期比较 / a period's indicators, cuts, and the base year."""
    from planner.rulebook.indicators import INDICATORS
    from planner.service import evaluation_of, write_evaluation

    session = session_of(context, json_to)
    tables = tables_of(session, source)
    found, document = evaluation_of(tables, period, base)
    names = {one.key: one.zh if session.lang == "zh" else one.en for one in INDICATORS}
    for one in found.figures:
        if not one.cut:
            parts = "" if one.denominator is None else f"  {one.numerator:,} / {one.denominator:,}"
            session.show(f"  {names[one.key]} {one.text}{parts}（{'、'.join(one.clauses)}）")
    session.show(*(f"  {one.value} {one.text_zh}".replace("  ", " ") for one in found.compared))
    if out is not None:
        files = write_evaluation(found, document, tables, out)
        session.show(session.word("files"), *(f"  {file}" for file in files))
    session.emit({key: value for key, value in document.items() if key not in ("results", "columns")})


def codes(
    context: typer.Context,
    file: PlanFile,
    out: Annotated[Path | None, typer.Option(help="要码批次写到这里，每个主体一份 / batches, one per agency")] = None,
    back: Annotated[list[Path] | None, typer.Option(help="返回的文件，可重复 / files that came back")] = None,
    case: CaseSource = None,
    json_to: JsonTo = None,
) -> None:
    """检查码批次：每个主体送出的，和返回的核对 / batches of check codes to the city system, and what came back."""
    from planner.service import batch_rows, read_back, write_batches

    session = session_of(context, json_to)
    planned = plan_of(session, file, case)
    sent = batch_rows(planned)
    if out is not None:
        session.show(session.word("files"), *(f"  {path}" for path in write_batches(planned, out)))
    read = [read_back(path, sent) for path in back or ()]
    coded, wrong = [one for found, _ in read for one in found], [one for _, found in read for one in found]
    chinese = session.lang == "zh"
    session.show(*(f"  [{one.code}] {one.row}：{one.zh if chinese else one.en}" for one in wrong))
    session.show(f"{sum(map(len, sent.values()))} → {len(coded)}")
    session.emit(
        {
            "sent": {agency: len(rows) for agency, rows in sent.items()},
            "coded": [asdict(one) for one in coded],
            "wrong": [asdict(one) for one in wrong],
        }
    )
    raise typer.Exit(Exit.FINDINGS if wrong else Exit.OK)
