"""The program `planner`: its global options and its commands.

What the commands need is imported when they run: `planner --help` need not wait for solvers.
"""

from __future__ import annotations

from enum import StrEnum
from importlib.metadata import entry_points
from typing import Annotated

import typer

from planner import __version__
from planner.cli.commands import (
    analyst,
    bench,
    bureau,
    consult,
    filing,
    input,
    operation,
    plan,
    rule,
    whatif,
    why,
)
from planner.cli.session import Guarded, session_of

HELP = """涉企检查统筹：把各部门的检查计划合成一个依规、可核验的月度安排。

Coordinates a district's planned inspections: one entry, many checks, with a proof.

退出码 Exit codes: 0 完成 done · 1 填报有错误或核验不通过 the input has errors, or verification failed ·
2 参数、文件或月份不可用 wrong arguments, no such file, month or rulebook · 3 已公布的安排无合法方案 infeasible ·
4 求解与核验不一致 engines and checks disagree · 5 当月无任务 nothing is due · 70 程序出错 a defect ·
130 中断 interrupted
"""


class Language(StrEnum):
    """Languages of messages and tables; workbook and page are always Chinese."""

    ZH = "zh"
    EN = "en"


app = typer.Typer(
    cls=Guarded, help=HELP, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None
)  # fmt: skip


def _tell_version(asked: bool) -> None:
    """Print the version and end, where it was asked for."""
    if asked:
        typer.echo(f"planner {__version__}")
        raise typer.Exit


@app.callback()
def settings(
    context: typer.Context,
    lang: Annotated[
        Language, typer.Option(envvar="PLANNER_LANG", help="中文或英文 / language of messages and tables")
    ] = Language.ZH,
    debug: Annotated[bool, typer.Option("--debug", help="出错时显示详情 / show tracebacks")] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="显示版本 / tell the version"),
    ] = False,
) -> None:
    """Take the global options."""
    session = session_of(context)
    session.lang, session.debug = lang.value, debug


plan.register(app)
input.register(app)
consult.register(app)
filing.register(app)
bureau.register(app)
operation.register(app)
whatif.register(app)
why.register(app)
analyst.register(app)
rule.register(app)
bench.register(app)
for found in entry_points(group="planner.commands"):  # the service's, where it is installed
    found.load()(app)


def main() -> None:
    """Run the command line."""
    app(prog_name="planner")
