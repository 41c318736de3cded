"""Shapes of sites and their grades."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.desk.models import SITE, Reason, example
from planner.intake.tables.schema import GRADES
from planner.rulebook.offices import DOMAINS

Cell = Annotated[str, StringConstraints(max_length=5000, pattern=r"^[^\x00]*$")]
Why = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]
Domain = Literal["A01", "A02", "A03", "A04", "A05", "A06", "A07", "A08", "A09", "A10", "A11", "A12", "A13", "A14"]
Grade = Literal["A", "B", "C", "D", "green", "yellow", "red"]
assert (get_args(Domain), get_args(Grade)) == (tuple(dict(DOMAINS)), tuple(dict(GRADES)))

WHOLE: dict[str, Any] = {
    **SITE,
    "address": "漕廊公路 1 号",
    "tags": ["消防重点单位"],
    "join": "allowed",
    "status": "open",
    "lon": None,
    "lat": None,
}
GRADE: dict[str, Any] = {"domain": "A01", "name": "市场监管", "grade": "B", "valid_from": "2026-06-01"}


class SiteOut(BaseModel):
    """A site of the library."""

    model_config = example(WHOLE)

    id: str
    name: str
    town: str
    industry: str
    address: str
    tags: list[str]
    join: str
    status: str
    lon: float | None
    lat: float | None


class CellOut(BaseModel):
    """A cell in the workbook's words; `key` is what a change names it by."""

    key: str
    column: str
    text: str


class SiteDetail(SiteOut):
    """A site with all its cells."""

    model_config = example({**WHOLE, "cells": [{"key": "quiet_hours", "column": "避开时段", "text": "11:00-13:00"}]})

    cells: list[CellOut]


class SiteChange(BaseModel):
    """Cells by key, as they would be written in the workbook, and why; a cell that is not named stays."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"cells": {"quiet_hours": "11:00-13:00", "status": "停业"}, "reason": "企业来函"}
        },
    )

    cells: dict[Annotated[str, StringConstraints(max_length=40)], Cell] = Field(min_length=1, max_length=40)
    reason: Why = ""


class SiteOrder(BaseModel):
    """A site's cells by key, as they would be written in the workbook, and why it is added."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "cells": {"site_id": "91310116MA1-09", "name": "(示例)新厂", "town": "漕泾镇"},
                "reason": "摸底补入",
            }
        },
    )

    cells: dict[Annotated[str, StringConstraints(max_length=40)], Cell] = Field(min_length=1, max_length=40)
    reason: Why = ""


class RemovalOrder(BaseModel):
    """The decision by which a site leaves the library."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"document_no": "(示例)决〔2026〕3号", "reason": "停业两年，现场核实"}},
    )

    document_no: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]+$")]
    reason: Reason


class RestoreOrder(BaseModel):
    """Why a decision is taken back."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"reason": "已恢复经营"}})

    reason: Reason


class RemovalOut(BaseModel):
    """A site that is out of the library, and the decision that took it out."""

    model_config = example(
        {
            "site_id": "91310116MA1-09",
            "name": "(示例)旧厂",
            "document_no": "(示例)决〔2026〕3号",
            "reason": "停业两年，现场核实",
            "who": "li",
            "at": "2026-06-02T01:00:00Z",
            "clauses": ["D-2.3e"],
        }
    )

    site_id: str
    name: str
    document_no: str
    reason: str
    who: str
    at: datetime
    clauses: list[str]


class GradeOut(BaseModel):
    """A grade in a domain from a date on."""

    model_config = example(GRADE)

    domain: str
    name: str
    grade: str
    valid_from: date


class GradeList(BaseModel):
    """A site's grades by domain and date."""

    model_config = example({"items": [GRADE]})

    items: list[GradeOut]


class GradeOrder(BaseModel):
    """The grade that holds from a date on, and on which grounds."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"grade": "B", "valid_from": "2026-06-01", "reason": "年度评定"}},
    )

    grade: Grade
    valid_from: date
    reason: Why = ""
