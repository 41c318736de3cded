"""Commands of the bureau's year: the demonstration year, letters, supervision."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.arguments import CaseSource, JsonTo, On, Source
from planner.cli.reading import stages_of, tables_of
from planner.cli.session import Exit, Session, session_of

if TYPE_CHECKING:
    from scenarios.lived.year import Carried

PERIODS = ("2026-H1", "2026-H2", "2026")
STEPS = 40
"""Of the progress shown: twelve months of some steps each, and the evaluations."""
BASE = 2024
FOLLOWING = 75
"""Days from a month's first that its results may still be recorded on."""


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("demo-year")(demo_year)
    app.command("letters")(letters)
    app.command("report")(report)
    app.command("supervise")(supervise)


def demo_year(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="输出文件夹 / output folder")] = Path("out/demo-year"),
    sites: Annotated[int, typer.Option(min=200, help="检查对象数 / enterprises of the district")] = 4_000,
    months: Annotated[int, typer.Option(min=1, max=12, help="自一月起的月数 / months from January on")] = 12,
    seed: Annotated[int | None, typer.Option(min=0, help="演示区的种子 / the district's seed")] = None,
    json_to: JsonTo = None,
) -> None:
    """演示区的一年：逐月统筹、检查、录入结果，到年度评估和报告 / the demo district's year, filings to yearly report."""
    from planner.service import evaluation_of, published_document, read_source, write_evaluation
    from planner.service.files.reports import write_reports
    from scenarios.demo import DEFAULT_SEED
    from scenarios.lived.year import live_year

    session = session_of(context, json_to)
    told: list[dict[str, object]] = []
    with session.progress(STEPS) as tell:

        def plan(source: Path, month: str) -> Carried:
            return _carried(session, source, month, out / "months" / month, told)

        chosen = DEFAULT_SEED if seed is None else seed
        source = live_year(out / "input", plan, range(1, months + 1), sites, chosen)
        tell("read", "")
        tables = read_source(source, stages_of(session, tell))
    recounted = True
    for period in PERIODS:
        found, document = evaluation_of(tables, period, BASE)
        files = write_evaluation(found, document, tables, out / "evaluation" / period)
        done = subprocess.run(
            [sys.executable, "-I", str(files[2]), str(files[0])], capture_output=True, text=True, check=False
        )
        recounted = recounted and done.returncode == 0
        plans = [published_document(folder) for folder in sorted((out / "months").iterdir())]
        write_reports(found, tables, plans, out / "reports" / period)
        session.show(f"{period}：{done.stdout.strip().splitlines()[-1] if done.stdout else done.stderr.strip()}")
    session.show(session.word("demo_note"))
    session.emit({"months": told, "results": len(tables.results), "recounted": recounted})
    raise typer.Exit(Exit.OK if recounted else Exit.MISMATCH)


def _carried(session: Session, source: Path, month: str, folder: Path, told: list[dict[str, object]]) -> Carried:
    """Plan a month of the lived year, write its files, and return what is carried out of it."""
    from dataclasses import replace

    from planner.service import MAP_CREDITS, plan_month_of_year, unit_stays, working_days, write_outputs
    from scenarios.lived.results import Stay
    from scenarios.lived.year import Carried

    planned = replace(plan_month_of_year(source, month), credits=MAP_CREDITS)
    write_outputs(planned, folder)
    first = date.fromisoformat(f"{month}-01")
    stays = unit_stays(planned)
    about: dict[str, object] = {
        "month": month,
        "status": planned.result.status.value,
        "tasks": planned.result.case.n_tasks,
        "visits": len(planned.result.visits),
        "stays": len(stays),
    }
    told.append(about)
    session.show("  ".join(f"{key} {value}" for key, value in about.items()))
    return Carried(
        tuple(
            Stay(
                *(one.site, max(one.window[0], first), one.body, one.unit, one.filing, one.items),
                *(one.officers, one.start, one.end, one.visit, one.joint, one.off_site),
            )
            for one in stays
        ),
        working_days(planned.tables, first, first + timedelta(days=FOLLOWING)),
    )


def letters(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="PLAN.json", help="计划文件 / plan file")] = None,
    out: Annotated[Path | None, typer.Option(help="函件写到这里 / folder of the letters")] = None,
    templates: Annotated[
        Path | None,
        typer.Option(help="自己的模板；没有 PLAN 时把默认模板写到这里 / your templates; no PLAN: written here"),
    ] = None,
    case: CaseSource = None,
    json_to: JsonTo = None,
) -> None:
    """函件草稿：消防月函、联合方案、告知书、备案表，Word 可改 / a month's letters as Word drafts, from templates."""
    from planner.letters.templates import write_templates
    from planner.service import restore_plan
    from planner.service.files.letters import write_letters

    session = session_of(context, json_to)
    if file is None or out is None:
        if file is not None or out is not None or templates is None:
            raise typer.BadParameter("请给出 PLAN.json 和 --out，或 --templates / give both, or --templates", context)
        paths = write_templates(templates)
    else:
        with session.progress(3) as tell:
            planned = restore_plan(file, case, stages_of(session, tell))
        paths = [out / name for name in write_letters(planned, out, templates)]
    session.show(session.word("files"), *(f"  {path}" for path in paths))
    session.emit({"files": [str(path) for path in paths]})


def report(
    context: typer.Context,
    source: Source,
    period: Annotated[str, typer.Option(help="2026 或 2026-H1 / a year or half year")],
    out: Annotated[Path, typer.Option(help="报告写到这里 / folder of the reports")],
    plans: Annotated[
        list[Path] | None, typer.Option("--plan", metavar="PLAN", help="各月计划，用于比较 / plans of the months")
    ] = None,
    base: Annotated[int, typer.Option(help="基期年份 / base year")] = BASE,
    json_to: JsonTo = None,
) -> None:
    """评估报告：全区和各主体的 Word 与带图表的工作簿 / reports of a period as Word and as workbooks with charts."""
    from planner.service import evaluation_of, published_document
    from planner.service.files.reports import write_reports

    session = session_of(context, json_to)
    tables = tables_of(session, source)
    found, _ = evaluation_of(tables, period, base)
    paths = write_reports(found, tables, [published_document(path) for path in plans or ()], out)
    session.show(session.word("files"), *(f"  {path}" for path in paths))
    session.emit({"files": [str(path) for path in paths]})


def supervise(
    context: typer.Context,
    source: Source,
    on: On,
    out: Annotated[Path | None, typer.Option(help="建议书、请示的草稿写到这里 / folder of drafts")] = None,
    templates: Annotated[Path | None, typer.Option(help="自己的模板 / folder of your templates")] = None,
    json_to: JsonTo = None,
) -> None:
    """执法监督：可以监督的情形、各件到了哪一步、该发什么 / what to step in for, where each case stands, drafts."""
    from planner.obligations.supervision import ZH
    from planner.service.files.supervision import supervised, write_supervision

    session = session_of(context, json_to)
    tables = tables_of(session, source)
    found = supervised(tables, on.date())
    chinese = session.lang == "zh"
    for ground in found.open:
        text = ground.zh if chinese else ground.en
        clauses = "、".join(ground.clauses)
        session.show(f"  {ground.day} {ground.agency} {text}（{clauses}） {'、'.join(ground.results)}")
    for case in found.cases:
        state = ZH[case.state] if chinese else case.state
        session.show(
            f"  {case.case} {case.agency} {state} {case.due or ''}".rstrip(), *(f"    {w}" for w in case.wrong)
        )
    if out is not None:
        paths = write_supervision(found, tables, out, templates)
        session.show(session.word("files"), *(f"  {path}" for path in paths))
    session.emit(
        {
            "on": on.date(),
            "open": [asdict(ground) for ground in found.open],
            "cases": [asdict(case) for case in found.cases],
        }
    )
    raise typer.Exit(Exit.FINDINGS if any(case.wrong for case in found.cases) else Exit.OK)
