"""The command why: why a left-out task has no day."""

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
    task: Annotated[str, typer.Option(help="未安排任务的编号 / id of a left-out task")],
    case: CaseSource = None,
    json_to: JsonTo = None,
) -> None:
    """任务为什么排不进：不可再少的一组理由 / why a task has no day: the smallest set of causes."""
    from planner.service import restore_plan, why_not

    session = session_of(context)
    session.json_to = json_to
    with session.progress(2) as tell:
        planned = restore_plan(file, case, stages_of(session, tell))
    found = why_not(planned, task)
    text = "text_zh" if session.lang == "zh" else "text_en"
    session.show(found[text], *(f"  {n}. {member[text]}" for n, member in enumerate(found["members"], start=1)))
    session.show(
        *(f"  → {way[text]}" for way in found["ways"]), found[f"ways_{session.lang}"]
    )
    session.emit({"month": planned.month, "plan_hash": planned.result.plan_hash, **found})
