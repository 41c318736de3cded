"""Commands for analysts and newcomers: frames, adopt, causes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.cli.arguments import CaseSource, JsonTo, Month, PlanFile, Seed, Source
from planner.cli.reading import plan_of, stages_of
from planner.cli.session import Exit, session_of
from planner.domain.errors import InputError

MOST_SHOWN = 20
"""Breaches that are shown; workbook and JSON have all."""


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("frames")(frames)
    app.command("adopt")(adopt)
    app.command("causes")(causes)


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

    session = session_of(context, json_to)
    kinds = [known for known in KINDS if known in (kind or ["csv"])]
    if len(kinds) < len(set(kind or ["csv"])):
        raise InputError(f"格式只有 {'、'.join(KINDS)} / formats are {', '.join(KINDS)}")
    planned = plan_of(session, file, case)
    found = frames_of(planned, "agency", agency) if agency else frames_of(planned)
    if whatif:
        found |= frames_of_whatifs(whatif)
    paths = write_frames(found, out, kinds)
    session.show(session.word("files"), *(f"  {path}" for path in paths))
    session.emit({"month": planned.month, "frames": {name: len(one) for name, one in found.items()}})


def adopt(
    context: typer.Context,
    book: Annotated[Path, typer.Argument(metavar="WORKBOOK", help="手排的月度安排 / the month made by hand")],
    source: Source,
    month: Month,
    out: Annotated[Path | None, typer.Option(help="核对结果和修复后的方案写到这里 / findings, repaired month")] = None,
    seed: Seed = None,
    json_to: JsonTo = None,
) -> None:
    """第一次使用：读入手排的一个月，逐条核对，与别的安排对比，改动最少地修复 / check, score and mend a hand-made month.

    退出码 1：有违反规则或读不出之处 / exit code 1 where something is broken or cannot be read.
    """
    from planner.service import adopt_month, adoption_json, write_adopted

    session = session_of(context, json_to)
    with session.progress(5) as tell:
        adopted = adopt_month(book, source, month, seed, stages_of(session, tell))
    document = adoption_json(adopted)
    session.show(*document["told"][session.lang])
    for one in document["breaches"][:MOST_SHOWN]:
        where = "、".join(f"{place['sheet']}!{place['row']} {place['column']}" for place in one["places"][:3])
        session.show(f"  {where}  {one[session.lang]}  {'、'.join(one['clauses'])}")
    if out is not None:
        session.show(session.word("files"), *(f"  {path}" for path in write_adopted(adopted, out)))
    session.emit(document)
    if document["breaches"] or any(one["severity"] == "error" for one in document["findings"]):
        raise typer.Exit(Exit.FINDINGS)


def causes(
    context: typer.Context,
    file: PlanFile,
    letters: Annotated[int, typer.Option(min=0, help="给几个主体写放宽期限的信 / letters on windows")] = 3,
    case: CaseSource = None,
    json_to: JsonTo = None,
) -> None:
    """多进的门和未安排的任务归因：期限、标注、间隔、人手，各值多少 / why entries are more than sites, by cause."""
    from planner.service import Base, causes_json, restore_plan

    session = session_of(context, json_to)
    with session.progress(3) as tell:
        planned = restore_plan(file, case, stages_of(session, tell))
        document = causes_json(Base(planned), letters, lambda what: tell("explain", what))
    session.show(*(row["told"][session.lang] for row in document["causes"]))
    session.show(*(letter["text"] for letter in document["letters"]))
    session.emit(document)
