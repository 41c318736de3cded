"""The command why: why a left-out task has no day and what it would take, and why a visit is as it is."""

from __future__ import annotations

from typing import Annotated

import typer

from planner.cli.operation_commands import PlanFile
from planner.cli.plan_commands import CaseSource, JsonTo, stages_of
from planner.cli.session import session_of


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("why")(why)


def why(
    context: typer.Context,
    file: PlanFile,
    task: Annotated[str, typer.Option(help="未安排任务的编号 / id of a left-out task")] = "",
    visit: Annotated[str, typer.Option(help="入企编号，或 对象编号@日期 / a visit's id, or SITE@DATE")] = "",
    case: CaseSource = None,
    json_to: JsonTo = None,
) -> None:
    """任务为什么排不进、怎样才能排进；入企为什么在这天 / why a task has no day, what it would take; why a visit."""
    from planner.domain.errors import InputError
    from planner.service import restore_plan, why_not, why_visit

    if bool(task) == bool(visit):
        raise InputError("请给出 --task 或 --visit 中的一个 / give one of --task and --visit")
    session = session_of(context)
    session.json_to = json_to
    with session.progress(2) as tell:
        planned = restore_plan(file, case, stages_of(session, tell))
    lang, text = session.lang, f"text_{session.lang}"
    if task:
        found = why_not(planned, task)
        session.show(found[text], *(f"  {n}. {member[text]}" for n, member in enumerate(found["members"], start=1)))
        session.show(*(f"  → {way[text]}" for way in found["ways"]), found[f"ways_{lang}"])
    else:
        found = why_visit(planned, visit)
        session.show(f"{found['site_name']} {found['day']}", *(f"  {one[text]}" for one in found["why"]))
        session.show(*(f"  · {one[text]}" for one in (*found["days"], *found["absent"])), found[f"firm_{lang}"])
    session.emit({"month": planned.month, "plan_hash": planned.result.plan_hash, **found})
