"""Commands that make, rewrite and check plans: demo, plan, export, verify."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.arguments import CaseSource, JsonTo, Month, Seed, Source
from planner.cli.commands.service import export_stored, verify_log
from planner.cli.reading import stages_of
from planner.cli.session import Exit, Session, session_of, until_interrupted
from planner.cli.showing import explain_in, show_account, show_files, show_held
from planner.domain.finding import Finding, Severity
from planner.domain.result import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planner.draw.record import DrawProblem
    from planner.draw.team_record import TeamProblem
    from planner.service import Given, Planned, Step, Told
    from planner.service.files.verifying import Problem

DEMO_MONTH = "2026-06"
STAGES = 9
"""generate, read, prepare, match, timetable, crew, compare, explain, write"""


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command()(demo)
    app.command()(plan)
    app.command()(year)
    app.command()(export)
    app.command()(verify)


def demo(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="输出文件夹 / output folder")] = Path("out/demo"),
    json_to: JsonTo = None,
    seed: Annotated[int | None, typer.Option(min=0, help="演示区的种子 / the district's seed")] = None,
    year: Annotated[bool, typer.Option("--year", help="改为统筹 2026 全年 / plan its year 2026 instead")] = False,
) -> None:
    """生成演示区并统筹 2026 年 6 月 / make the demo district and plan its June 2026."""
    from planner.service import MAP_CREDITS
    from scenarios.demo import DEFAULT_SEED, write_demo
    from scenarios.year import YEAR, write_year

    session = session_of(context, json_to)
    source = out / "input"
    with session.progress(1) as tell:
        tell("generate", "")
        (write_year if year else write_demo)(source, seed=DEFAULT_SEED if seed is None else seed)
    session.show(session.word("demo_note"))
    if year:
        raise typer.Exit(plan_year_and_show(session, source, str(YEAR), [], out, seed=None, credits=MAP_CREDITS))
    code = _plan_and_show(session, source, DEMO_MONTH, out, seed=None, strict=False, credits=MAP_CREDITS)
    # The district is filed with slips on purpose, so that there is something to see.
    raise typer.Exit(Exit.OK if code is Exit.FINDINGS else code)


def plan(
    context: typer.Context,
    source: Source,
    month: Month,
    out: Annotated[Path | None, typer.Option(help="输出文件夹，默认 out/月份 / output folder")] = None,
    json_to: JsonTo = None,
    seed: Seed = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="有错误时不生成计划 / no plan while there are errors")
    ] = False,
    year_plan: Annotated[
        Path | None,
        typer.Option("--year-plan", metavar="PLAN.json", help="年度计划：排在当月的任务须当月完成 / the year's plan"),
    ] = None,
    before: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="上一版的文件夹，日历据此更新或取消 / the version before"),
    ] = None,
) -> None:
    """统筹一个月 / plan a month. Ctrl-C 保留目前最好的方案 keeps the best plan so far."""
    session = session_of(context, json_to)
    given = None
    if year_plan is not None:
        from planner.service import due_in, published_document

        given = due_in(month, published_document(year_plan))
    folder = out or Path("out") / month
    raise typer.Exit(_plan_and_show(session, source, month, folder, seed, strict, given=given, before=before))


def year(
    context: typer.Context,
    source: Source,
    year: Annotated[str, typer.Option(metavar="YYYY", help="年份 / year")],
    first: Annotated[
        str | None, typer.Option("--from", metavar="YYYY-MM", help="自哪个月起，默认一月 / first month")
    ] = None,
    published: Annotated[
        list[Path] | None,
        typer.Option(metavar="PLAN", help="已公布月份的计划文件或文件夹，可多次 / plans of published months"),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="输出文件夹，默认 out/年份 / output folder")] = None,
    json_to: JsonTo = None,
    seed: Seed = None,
) -> None:
    """统筹全年：到日，不定时刻；已公布的月份不动 / plan a year by days; published months stay fixed."""
    session = session_of(context, json_to)
    raise typer.Exit(
        plan_year_and_show(session, source, year, published or [], out or Path("out") / year, seed, first=first)
    )


def export(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="PLAN.json", help="计划文件 / plan file")] = None,
    out: Annotated[Path | None, typer.Option(help="输出文件夹 / output folder")] = None,
    case: CaseSource = None,
    plan: Annotated[
        str,
        typer.Option("--plan", metavar="ID", help="服务中的方案，文件写回服务 / a plan of the service, in its place"),
    ] = "",
    json_to: JsonTo = None,
) -> None:
    """由计划文件重写工作簿和报告，不重新求解 / write workbook and report anew from a plan, without solving."""
    if plan:
        export_stored(context, plan, json_to)
        return
    if file is None or out is None:
        raise typer.BadParameter("请给出 PLAN.json 和 --out，或 --plan / PLAN.json and --out, or --plan", context)
    from planner.service import describe_visits, restore_plan, write_outputs

    session = session_of(context, json_to)
    with session.progress(3) as tell:
        planned = restore_plan(file, case, stages_of(session, tell))
        if planned.result.violations:
            session.show(session.word("violations", count=planned.result.violations))
            raise typer.Exit(Exit.FINDINGS)
        tell("write", "")
        paths = write_outputs(planned, out)
    show_files(session, paths)
    session.emit({**describe_visits(planned), "files": [str(path) for path in paths]})


def verify(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="计划文件或其文件夹，或抽取记录 / plan.json or its folder, or draws.json"),
    ] = None,
    case: CaseSource = None,
    log: Annotated[
        bool,
        typer.Option(
            "--log", help="核验服务的日志：导出的 FILE，不给则数据库 / the service's log: an export, else its database"
        ),
    ] = False,
    state: Annotated[
        bool,
        typer.Option("--state", help="与 --log 一起：并核对现状与日志 / with --log: and what stands, against the log"),
    ] = False,
    before: Annotated[
        Path | None, typer.Option(help="上一版计划文件：核对留任人员 / the version before, for who stays")
    ] = None,
    neighbourhoods: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="另由独立模型连同时刻、人员重解 N 处争用 / solve N contested parts anew, with times and people",
        ),
    ] = None,
    json_to: JsonTo = None,
) -> None:
    """复算并核验计划、对象抽取、人员抽取或日志 / recompute and check a plan, draws or the log, without a solver."""
    if log:
        verify_log(context, file, json_to, state)
        return
    if file is None:
        raise typer.BadParameter("缺少 FILE / FILE is missing", context)
    from planner.draw.record import read_draws, verify_draws
    from planner.draw.team_record import is_team_draws, read_team_draws, verify_team_draws
    from planner.service import is_plan_file, reprove, verify_plan

    session = session_of(context, json_to)
    file = file / "plan.json" if file.is_dir() else file
    if neighbourhoods and not is_plan_file(file):
        raise typer.BadParameter("--neighbourhoods 只用于计划文件 / is for plan files", context)
    kind = "plan" if is_plan_file(file) else "crews" if is_team_draws(file) else "draws"
    problems: Sequence[Problem | DrawProblem | TeamProblem]
    with session.progress(8) as tell:
        tell("verify", "")
        if kind == "plan":
            problems = verify_plan(file, case, stages_of(session, tell), before=before)
        else:
            problems = verify_team_draws(file) if kind == "crews" else verify_draws(file)
        failed = [problem for problem in problems if problem.severity is Severity.ERROR]
        told = reprove(file, case, neighbourhoods, stages_of(session, tell)) if neighbourhoods and not failed else []
    what = session.word("what_plan")
    if kind != "plan" and not failed:
        what = session.word("what_draws", draws=len(read_team_draws(file) if kind == "crews" else read_draws(file)))
    session.show(session.word("fails") if failed else session.word("holds", what=what))
    session.show(*(f"  {problem.text(session.lang)}" for problem in problems))
    better = _show_rulings(session, told) if neighbourhoods and not failed else 0
    session.emit(
        {
            "kind": kind,
            "ok": not failed and not better,
            "problems": [
                {"code": p.code, "severity": p.severity.value, "text": p.text(session.lang)} for p in problems
            ],
            "neighbourhoods": [one.as_json() for one in told],
        }
    )
    raise typer.Exit(Exit.FINDINGS if failed or better else Exit.OK)


def _show_rulings(session: Session, told: Sequence[Told]) -> int:
    """Say how many neighbourhoods agreed, and name those that can be planned better; return how many these are."""
    from planner.service import ruling_counts

    found = ruling_counts(told)
    session.show(session.word("reproved", count=len(told), **found))
    for one in told:
        ruling = one.ruling
        if ruling.best is not None:
            moves = "、".join(f"{task} → {day}" for task, day in ruling.moves)
            days, sites = "、".join(one.days), "、".join(one.sites)
            ours, best = ruling.ours.key(), ruling.best.key()
            about = {"subject": ruling.where.subject, "days": days, "sites": sites, "visits": ruling.visits}
            session.show("  " + session.word("better_there", ours=ours, best=best, moves=moves, **about))
    return found["better"]


def _plan_and_show(
    session: Session,
    source: Path,
    month: str,
    out: Path,
    seed: int | None,
    strict: bool,
    credits: str = "",
    given: Given | None = None,
    before: Path | None = None,
) -> Exit:
    from planner.service import NOTHING, plan_month

    def planned(tell: Callable[[Step], None], cancel: Callable[[], bool]) -> Planned:
        settled = given or NOTHING
        return plan_month(source, month, seed, tell=tell, cancel=cancel, credits=credits, given=settled)

    return _show(session, planned, source, out, strict, before)


def plan_year_and_show(
    session: Session,
    source: Path,
    year: str,
    published: Sequence[Path],
    out: Path,
    seed: int | None,
    first: str | None = None,
    credits: str = "",
) -> Exit:
    """Plan a year, write and show it; return how it ended."""
    from planner.service import fixed_by, plan_year, published_document, year_period

    documents = [published_document(path) for path in published]
    period = year_period(year, first, documents)

    def planned(tell: Callable[[Step], None], cancel: Callable[[], bool]) -> Planned:
        return plan_year(source, period, fixed_by(documents), seed, tell, cancel, credits)

    return _show(session, planned, source, out, strict=False)


def _show(
    session: Session,
    plan: Callable[[Callable[[Step], None], Callable[[], bool]], Planned],
    source: Path,
    out: Path,
    strict: bool,
    before: Path | None = None,
) -> Exit:
    from planner.service import describe_visits, write_outputs

    with session.progress(STAGES) as tell:
        with until_interrupted(session) as cancel:
            planned = plan(stages_of(session, tell), cancel)
        errors = sum(finding.severity is Severity.ERROR for finding in _all_findings(planned))
        refused = strict and errors > 0
        if not refused:
            tell("write", "")
        paths = [] if refused else write_outputs(planned, out, before)
    code = _exit_code(planned, errors, refused)
    _show_result(session, planned, refused, errors)
    show_account(session, planned.prepared)
    show_held(session, planned.result.findings)
    _show_hidden(session, planned)
    if _all_findings(planned):
        session.show(session.word("findings_how", source=source, month=planned.month))
    show_files(session, paths)
    session.emit({**describe_visits(planned), "files": [str(path) for path in paths], "exit_code": code})
    return code


def _all_findings(planned: Planned) -> tuple[Finding, ...]:
    """Return what screening said of all filings: who plans is the coordinator, who may know of unannounced checks."""
    return *planned.result.findings, *(planned.hidden.findings if planned.hidden else ())


def _show_hidden(session: Session, planned: Planned) -> None:
    """Tell of unannounced checks apart: how many have a day, and what is wrong with their filings."""
    from planner.report.console import findings_table

    hidden = planned.hidden
    if hidden is None:
        return
    days = list(hidden.days.values())
    left = sum(day is None for day in days)
    session.show(session.word("hidden", tasks=len(days), placed=len(days) - left, left=left))
    if hidden.findings:
        session.show(findings_table(hidden.findings, explain_in(session), session.lang))


def _exit_code(planned: Planned, errors: int, refused: bool) -> Exit:
    from planner.intake.month.account import lost_duties
    from planner.intake.words.held import stops_publishing

    if refused:
        return Exit.FINDINGS
    found = _all_findings(planned)
    if planned.result.plan is not None and (lost_duties(found) or stops_publishing(found)):
        return Exit.FINDINGS
    return {
        Status.INFEASIBLE: Exit.INFEASIBLE,
        Status.OUT_OF_TIME: Exit.INTERRUPTED,
        Status.INVALID: Exit.FINDINGS if errors else Exit.NO_TASKS,
    }.get(planned.result.status, Exit.OK)


def _show_result(session: Session, planned: Planned, refused: bool, errors: int) -> None:
    from planner.report.console import before_after_table, findings_table, levels_table
    from planner.report.figures.ahead import ahead_lines
    from planner.report.figures.wording import day_tests_text, given_back_text, left_out_text, status_text
    from planner.report.words.texts import percent
    from planner.service import describe, figures

    result, month = planned.result, planned.month
    count = Counter(finding.severity.value for finding in result.findings)
    if result.plan is None:
        if result.findings:
            session.show(findings_table(result.findings, explain_in(session), session.lang))
        key = {Status.INFEASIBLE: "infeasible", Status.OUT_OF_TIME: "out_of_time"}.get(
            result.status, "nothing_usable" if errors else "no_task"
        )
        session.show(session.word(key, month=month), *(f"  {note}" for note in result.notes))
        return
    values, kpis = describe(planned), figures(planned)
    session.show(before_after_table(result, kpis, session.lang), levels_table(result, session.lang))
    told = {key: f"{values[key]:,}" for key in ("tasks", "scheduled", "deferred", "violations", "entries")} | {
        "month": values["month"],
        "status": status_text(result, session.lang),
        "left_out": left_out_text(kpis.left_out_by, session.lang),
        "in_month": f"{kpis.entries:,}",
        "later": f"{kpis.later_entries:,}",
        "joint": f"{kpis.joint_visits:,}",
    }
    first = kpis.against("first_come")
    if first is not None:
        counts = {"common": first.common_tasks, "before": first.entries_common, "after": first.ours_common}
        shown = {key: f"{count:,}" for key, count in {**counts, "avoided": first.avoided}.items()}
        session.show(session.word("lead", **shown, percent=percent(first.avoided_share)))
    session.show(
        session.word("headline", **told, total=result.seconds["total"]),
        *ahead_lines(result, planned.names.with_case(result.case), session.lang),
        *filter(None, (given_back_text(result, session.lang), day_tests_text(result, session.lang))),
        session.word("findings_count", error=count["error"], warning=count["warning"], info=count["info"]),
        session.word("plan_hash", hash=result.plan_hash),
        *result.notes,
    )
    if refused:
        session.show(session.word("strict"))
