"""Commands for analysts and newcomers: frames."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.cli.operation_commands import PlanFile
from planner.cli.plan_commands import CaseSource, JsonTo, stages_of
from planner.cli.session import session_of
from planner.domain.errors import InputError


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("frames")(frames)


def frames(
    context: typer.Context,
    file: PlanFile,
    out: Annotated[Path, typer.Option(help="输出文件夹 / output folder")],
    kind: Annotated[
        list[str] | None, typer.Option(help="csv、xlsx 或 parquet，可重复，默认 csv / formats, default csv")
    ] = None,
    agency: Annotated[str, typer.Option(help="只给这一检查主体能看的 / what this agency may see")] = "",
    whatif: Annotated[
        list[Path] | None,
        typer.Option(metavar="WHATIF.json", help="推演文件，可多个 / documents of scenarios"),
    ] = None,
    case: CaseSource = None,
    json_to: JsonTo = None,
) -> None:
    """把计划写成分析用的数据表 / a plan as tidy tables: CSV, workbook, Parquet, with a table of what columns mean."""
    from planner.frames import KINDS, frames_of, frames_of_whatifs, write_frames
    from planner.service import restore_plan

    session = session_of(context)
    session.json_to = json_to
    kinds = [known for known in KINDS if known in (kind or ["csv"])]
    if len(kinds) < len(set(kind or ["csv"])):
        raise InputError(f"格式只有 {'、'.join(KINDS)} / formats are {', '.join(KINDS)}")
    with session.progress(2) as tell:
        planned = restore_plan(file, case, stages_of(session, tell))
    found = frames_of(planned, "agency", agency) if agency else frames_of(planned)
    if whatif:
        found |= frames_of_whatifs(whatif)
    paths = write_frames(found, out, kinds)
    session.show(session.word("files"), *(f"  {path}" for path in paths))
    session.emit({"month": planned.month, "frames": {name: len(one) for name, one in found.items()}})
