"""Commands for scenarios: whatif, compare."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.arguments import CaseSource, JsonTo, PlanFile
from planner.cli.reading import plan_of
from planner.cli.session import Exit, Session, session_of
from planner.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.service import Planned

MOST_CREWS = 20
"""Crews that are shown; the JSON has all."""
DEPTHS = ("at-once", "matched", "whole")


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("whatif")(whatif)
    app.command("compare")(compare)


def whatif(
    context: typer.Context,
    file: PlanFile,
    scenarios: Annotated[
        list[Path] | None, typer.Argument(metavar="SCENARIO.yaml…", help="情景文件，可多个 / scenario files")
    ] = None,
    depth: Annotated[
        str, typer.Option(help="at-once 即时修补，matched 撮合到位，whole 排时派员 / how far it is played")
    ] = "at-once",
    out: Annotated[Path | None, typer.Option(help="网页、工作簿和推演文件写到这里 / page, workbook, documents")] = None,
    check: Annotated[
        list[Path] | None, typer.Option("--check", metavar="WHATIF.json", help="复算推演文件 / check documents")
    ] = None,
    worth: Annotated[
        bool, typer.Option("--worth", help="每个主体每周多一个班组值多少 / what a crew more is worth, by unit and week")
    ] = False,
    case: CaseSource = None,
    json_to: JsonTo = None,
) -> None:
    """如果……会怎样：改动之后入企多少次，哪些已证明 / what would be if, with intervals that are proven."""
    from planner.service import read_scenarios

    session = session_of(context, json_to)
    if depth not in DEPTHS:
        raise InputError(f"没有深度“{depth}”，可用：{'、'.join(DEPTHS)} / no depth {depth!r}: {', '.join(DEPTHS)}")
    chosen = [one for path in scenarios or () for one in read_scenarios(path)]
    if not chosen and not check and not worth:
        raise InputError("请给出情景文件 / name a scenario file")
    planned = _restored(session, file, case)
    wrong = _checked(session, check or [], planned)
    documents = _played(session, planned, chosen, depth)
    _write(session, documents, out)
    told = {"month": planned.month, "scenarios": documents, "checked": wrong}
    session.emit(told | {"worth": _worth(session, planned)} if worth else told)
    if any(wrong.values()):
        raise typer.Exit(Exit.FINDINGS)


def compare(
    context: typer.Context,
    first: PlanFile,
    second: Annotated[Path, typer.Argument(metavar="OTHER.json", help="另一份计划 / the other plan")],
    case: CaseSource = None,
    second_case: Annotated[
        Path | None, typer.Option("--second-case", metavar="SOURCE", help="另一份计划的来源数据 / the other's source")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="网页和工作簿写到这里 / page and workbook")] = None,
    json_to: JsonTo = None,
) -> None:
    """两份月度计划的差别：同口径入企次数的区间、谁得谁失、动了什么 / two plans compared on the same service."""
    from planner.service import compare_plans

    session = session_of(context, json_to)
    plans = _restored(session, first, case), _restored(session, second, second_case)
    document = compare_plans(*plans, second.name)
    _show(session, document)
    _write(session, [document], out)
    session.emit(document)


def _restored(session: Session, file: Path, case: Path | None) -> Planned:

    planned = plan_of(session, file, case)
    if planned.result.violations:
        raise InputError(f"{file.name}：计划违反规则，不能作基准 / the plan breaks rules and is no base")
    return planned


def _checked(session: Session, files: list[Path], planned: Planned) -> dict[str, list[str]]:
    """Return what is wrong with each document, and show it."""
    from planner.service import verify_whatif

    wrong = {}
    for path in files:
        try:
            document = json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise InputError(f"{path.name}：读不出 / cannot be read: {error}") from error
        wrong[path.name] = verify_whatif(document if isinstance(document, dict) else {}, planned)
        n = 0 if session.lang == "zh" else 1
        good = ("复算一致", "holds")[n]
        lines = [text.split(" / ")[n] for text in wrong[path.name]]
        session.show(f"{path.name}：{'；'.join(lines) or good}")
    return wrong


def _played(session: Session, planned: Planned, chosen: list[Any], depth: str) -> list[dict[str, Any]]:
    from planner.service import Base, Depth, play, played_json

    documents, base = [], Base(planned)
    for one in chosen:
        documents.append(played_json(planned, play(base, one, Depth(depth))))
        _show(session, documents[-1])
    return documents


def _worth(session: Session, planned: Planned) -> dict[str, Any]:
    """Return what crews are worth, and show those that may be worth anything."""
    from planner.service import Base, worth_json

    document = worth_json(Base(planned))
    shown = [row for row in document["crews"] if row["saves_at_most"] or row["serves_at_most"]]
    session.show(*(row[session.lang] for row in shown[:MOST_CREWS]))
    if not shown:
        session.show(("已证明：任何主体任何一周增加一个班组，都省不了入企", "proven: no crew more saves an entry")[
            session.lang != "zh"
        ])  # fmt: skip
    return document


def _show(session: Session, document: Mapping[str, Any]) -> None:
    """Print what a document comes to."""
    n = 0 if session.lang == "zh" else 1
    session.show(f"{document['scenario']['name']}：{document['scenario']['title']}")
    session.show(*(f"  {text.split(' / ')[n]}" for text in document["findings"]))
    if not document.get("verdict"):
        session.show(f"  {document['reason_zh'] if n == 0 else document['reason']}")
        return
    same = document["same_service"]
    if same is None:
        session.show(f"  {document['not_comparable_zh'] if n == 0 else document['not_comparable']}")
    else:
        effect, common = same["effect"], document["requirements"]["common"]
        told = effect["text"] if n == 0 else f"{effect['low']} to {effect['high']} ({effect['word']})"
        session.show(
            f"  {('同口径入企次数', 'entries, same service')[n]} {told}"
            f"（{('共同检查', 'common requirements')[n]} {common}）"
        )
    session.show(f"  {document['verdict']['zh' if n == 0 else 'en']}")


def _write(session: Session, documents: list[dict[str, Any]], out: Path | None) -> None:
    if out is None or not documents:
        return
    from planner.service import write_whatif

    for path in write_whatif(documents, out):
        session.show(f"  {path}")
