"""Arguments and options that several commands take, each worded once."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

DAY = ["%Y-%m-%d"]

JsonTo = Annotated[
    str | None,
    typer.Option("--json", metavar="FILE", help="另存为 JSON,- 为标准输出 / values as JSON, - for standard output"),
]
Source = Annotated[Path, typer.Argument(help="工作簿或 CSV 文件夹 / workbook or folder of CSV files")]
Month = Annotated[str, typer.Option(help="月份 YYYY-MM / month")]
Seed = Annotated[int | None, typer.Option(min=0, help="随机种子，默认取设置表 / default: the settings table's")]
On = Annotated[datetime, typer.Option("--on", formats=DAY, help="看到哪一天 / as seen on this day")]
PlanFile = Annotated[Path, typer.Argument(metavar="PLAN.json", help="计划文件 / plan file")]
CaseSource = Annotated[
    Path | None, typer.Option("--case", metavar="SOURCE", help="计划所依据的来源数据 / what the plan was made from")
]
