"""Shapes of results of checks and of what they leave to do."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.desk.library.site_models import Cell, CellOut, Why
from api.desk.models import FINDING, FindingOut, example

ColumnKey = Annotated[str, StringConstraints(max_length=40)]
Cells = Annotated[dict[ColumnKey, Cell], Field(max_length=40)]

RESULT: dict[str, Any] = {
    "id": "R-1",
    "agency_id": "SCJG",
    "agency_name": "区市场监督管理局",
    "unit_id": "SCJG-SP",
    "site_id": "91310116MA1-01",
    "site_name": "化工一厂",
    "date": "2026-06-09",
    "trigger": "有计划",
    "mode": "现场",
    "result": "未发现问题",
    "check_code": "JCM-0001",
    "recorded_at": "2026-06-10 09:12",
    "version": 81237,
}
LINE: dict[str, Any] = {"item_id": "SCJG-101", "point": "", "finding": "未发现问题", "measure": ""}
LEFT: dict[str, Any] = {
    "kind": "add",
    "site_id": "91310116MA1-77",
    "agency_id": "SCJG",
    "day": "2026-06-09",
    "result": "R-1",
    "text": "2026-06-09 摸底的库外对象，请补入对象库",
    "clauses": ["D-2.3d"],
}
MISSING: dict[str, Any] = {
    "visit": "V-1d6028428e",
    "site_id": "91310116MA1-01",
    "site_name": "化工一厂",
    "agency_id": "SCJG",
    "units": ["食品科"],
    "items": ["SCJG-101"],
    "day": "2026-06-09",
    "due": "2026-06-16",
    "late": False,
    "hard": False,
    "check_code": "JCM-0001",
    "code_applied_at": "2026-06-08 16:20",
    "clauses": ["D-2.7a"],
}
DETAIL: dict[str, Any] = {
    **RESULT,
    "cells": [{"key": "result", "column": "检查结果", "text": "未发现问题"}],
    "lines": [LINE],
    "findings": [FINDING],
    "todos": [LEFT],
}


class ResultOut(BaseModel):
    """One check of one agency at one site, in the workbook's words."""

    model_config = example(RESULT)

    id: str
    agency_id: str
    agency_name: str
    unit_id: str
    site_id: str
    site_name: str
    date: date
    trigger: str
    mode: str
    result: str
    check_code: str
    recorded_at: str
    version: int


class ResultLine(BaseModel):
    """One item of a result, in the workbook's words."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": LINE})

    item_id: Cell
    point: Cell = ""
    finding: Cell = ""
    measure: Cell = ""


class TodoOut(BaseModel):
    """What a result leaves to do: remove 移出, add 补入, not-to-join 标注不愿联合, on-site 到场核查."""

    model_config = example(LEFT)

    kind: Literal["remove", "add", "not-to-join", "on-site"]
    site_id: str
    agency_id: str
    day: date
    result: str
    text: str
    clauses: list[str]


class ResultDetail(ResultOut):
    """A result with all its cells and lines, what is wrong with its code and times, and what it leaves to do."""

    model_config = example(DETAIL)

    cells: list[CellOut]
    lines: list[ResultLine]
    findings: list[FindingOut]
    todos: list[TodoOut]


class ResultOrder(BaseModel):
    """A result as its cells would be written in the workbook, by column key, and its lines.

    The agency is that of the account where it is left out. The id and the time of recording are the service's.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "cells": {"site_id": "91310116MA1-01", "date": "2026-06-09", "result": "未发现问题"},
                "lines": [LINE],
            }
        },
    )

    cells: Cells
    lines: list[ResultLine] = Field(default=[], max_length=500)


class ResultChange(BaseModel):
    """Cells that change, by key, and all lines where these change; what is not named stays."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"cells": {"result": "发现问题"}, "lines": [LINE], "reason": "录入有误"}},
    )

    cells: Cells = {}
    lines: list[ResultLine] | None = Field(None, max_length=500)
    reason: Why = ""


class MissingOut(BaseModel):
    """A published visit that was due and has no result of this agency yet. `due` is empty where no limit is set.

    `check_code` is the code that came back for it, if one did; it goes with the result that is entered.
    """

    model_config = example(MISSING)

    visit: str
    site_id: str
    site_name: str
    agency_id: str
    units: list[str]
    items: list[str]
    day: date
    due: date | None
    late: bool
    hard: bool = Field(description="附件规定了天数")
    check_code: str
    code_applied_at: str
    clauses: list[str]


class ResultTodos(BaseModel):
    """What is to do about the checks of a period: results to enter, what results lead to, what is wrong with them."""

    model_config = example(
        {"since": "2026-06-01", "until": "2026-06-30", "missing": [MISSING], "todos": [LEFT], "findings": [FINDING]}
    )

    since: date
    until: date
    missing: list[MissingOut]
    todos: list[TodoOut]
    findings: list[FindingOut]
