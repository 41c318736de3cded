"""The command why: why a left-out task has no day and what it would take, why a visit is as it is, and why not."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.arguments import DAY, CaseSource, JsonTo, PlanFile
from planner.cli.reading import plan_of
from planner.cli.session import session_of


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("why")(why)


def why(
    context: typer.Context,
    file: PlanFile,
    task: Annotated[str, typer.Option(help="未安排任务的编号 / id of a left-out task")] = "",
    visit: Annotated[str, typer.Option(help="入企编号，或 对象编号@日期 / a visit's id, or SITE@DATE")] = "",
    site: Annotated[str, typer.Option(help="对象编号，与 --day 或 --pair 同用 / a site, with --day or --pair")] = "",
    day: Annotated[
        datetime | None, typer.Option(formats=DAY, help="该对象这天为何没人去 / why nobody comes that day")
    ] = None,
    agency: Annotated[str, typer.Option(help="只问这个检查主体 / this agency only, with --site and --day")] = "",
    pair: Annotated[
        tuple[str, str] | None, typer.Option(help="两个检查主体为何不同去 / why two agencies do not come together")
    ] = None,
    draft: Annotated[
        Path | None,
        typer.Option(help="与 --task 同用：把只动日期的办法做成草案写到此文件夹 / do it: write the draft here"),
    ] = None,
    case: CaseSource = None,
    json_to: JsonTo = None,
) -> None:
    """任务为何排不进、怎样才能排进；入企为何在这天；对象那天为何没人去，两家为何不同去 / why and why not."""
    from planner.domain.errors import InputError
    from planner.service import do_way, why_not, why_there, why_visit, write_outputs

    on = None if day is None else day.date()
    if (
        [bool(task), bool(visit), bool(site)].count(True) != 1
        or ((on or agency or pair) and not site)
        or (draft and not task)
    ):
        raise InputError(
            "请给出 --task、--visit 或 --site 中的一个；--day、--agency、--pair 与 --site 同用 / "
            "give one of --task, --visit and --site; --day, --agency and --pair go with --site"
        )
    session = session_of(context, json_to)
    planned = plan_of(session, file, case)
    lang, text = session.lang, f"text_{session.lang}"
    if task:
        found = why_not(planned, task)
        session.show(found[text], *(f"  {n}. {member[text]}" for n, member in enumerate(found["members"], start=1)))
        session.show(*(f"  → {way[text]}" for way in found["ways"]), found[f"ways_{lang}"])
        if draft is not None:
            write_outputs(do_way(planned, found), draft, before=file.parent)
            session.show(f"→ {draft / 'plan.json'}")
    elif site:
        found = why_there(planned, site, on, [*([agency] if agency else []), *(pair or ())])
        session.show(found[text])
        for one in found["items"]:
            session.show(
                f"  {one[text]}", *(f"    {n}. {fact[text]}" for n, fact in enumerate(one["members"], start=1))
            )
        for one in found["visits"]:
            session.show(f"  → planner why {file.name} --visit {one}")
    else:
        found = why_visit(planned, visit)
        session.show(f"{found['site_name']} {found['day']}", *(f"  {one[text]}" for one in found["why"]))
        session.show(*(f"  · {one[text]}" for one in (*found["days"], *found["absent"])), found[f"firm_{lang}"])
    session.emit({"month": planned.month, "plan_hash": planned.result.plan_hash, **found})
