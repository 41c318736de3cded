"""The command that measures: bench. It is the one place of the product that knows the benchmarks."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from planner.cli.session import Exit, session_of

SHOWN = (
    "tasks",
    "entries",
    "bound_certified",
    "bound_solver",
    "gap",
    "left_out",
    "left_out_bound",
    "violations",
    "repaired",
    "seconds",
    "seconds_to_first",
    "peak_mib",
    "certificate_ok",
    "repeatable",
)


class Family(StrEnum):
    """Families of made-up cases."""

    SLACK = "slack"
    TIGHT = "tight"
    OVERFULL = "overfull"


class Horizon(StrEnum):
    """A month or year of a district, or the year of a city."""

    MONTH = "month"
    YEAR = "year"
    CITY = "city"


class Engine(StrEnum):
    """Who solves: our engine or a peer."""

    OURS = "ours"
    ALONE = "alone"
    FIRST_COME = "first-come"
    CPSAT = "cpsat"
    CPSAT_CUTS = "cpsat-cuts"
    MIP = "mip"
    TIMEFOLD = "timefold"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(bench)


def bench(
    context: typer.Context,
    family: Annotated[Family, typer.Option(help="案例类型 / family of cases")],
    tasks: Annotated[int, typer.Option(min=50, help="任务数 / number of tasks")],
    horizon: Annotated[Horizon, typer.Option(help="期限 / horizon")] = Horizon.MONTH,
    seconds: Annotated[float, typer.Option(min=0.1, help="求解时间上限 / time to solve")] = 60.0,
    seed: Annotated[int, typer.Option(min=0, help="案例和求解的种子 / seed of case and solver")] = 0,
    peer: Annotated[Engine, typer.Option(help="求解者 / who solves")] = Engine.OURS,
    json_to: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="另存为 JSON,- 为标准输出 / - for standard output")
    ] = None,
) -> None:
    """在一个自带合法方案的合成案例上测量求解器 / measure an engine on a made-up case that holds a lawful plan."""
    from benchmarks.bench import run

    session = session_of(context, json_to)
    row = run(family.value, horizon.value, tasks, seconds, seed, peer.value)
    session.emit(row)
    for reason in ("missing", "failed"):
        if reason in row:
            session.show(f"{peer.value}: {reason}: {row[reason]}")
            raise typer.Exit(Exit.UNUSABLE if reason == "missing" else Exit.UNEXPECTED)
    width = max(map(len, SHOWN))
    session.show(*(f"{name:{width}}  {row[name]}" for name in SHOWN))
    unlawful = row["entries"] is not None and (row["violations"] or row["certificate_ok"] is False)
    raise typer.Exit(Exit.MISMATCH if unlawful and peer is Engine.OURS else Exit.OK)
