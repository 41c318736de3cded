"""Shapes of plans, visits, filings and the library."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Month = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00]+$")]
Code = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")]

SITE: dict[str, Any] = {"id": "91310116MA1-01", "name": "化工一厂", "town": "漕泾镇", "industry": "化工"}
PLAN: dict[str, Any] = {
    "id": "5d0e4c",
    "month": "2026-06",
    "state": "draft",
    "status": "optimal",
    "plan_hash": "1b" * 32,
    "case_hash": "2c" * 32,
    "rulebook_version": "cn-sh-jinshan@2025-04-09#7b668423",
    "stopped": False,
    "parent": None,
    "job": "77aa",
    "created_at": "2026-05-26T01:00:00Z",
    "created_by": "li",
    "published_at": None,
    "published_by": None,
    "superseded_by": None,
    "version": 1,
}
VISIT: dict[str, Any] = {
    "id": "V-1d6028428e",
    "day": "2026-06-01",
    "day_text": "2026-06-01 周一",
    "slot": {"start": "09:00", "end": "10:30"},
    "half": "am",
    "site": SITE,
    "agencies": [{"id": "SCJG", "name": "区市场监督管理局", "units": ["食品科"], "items": ["食品安全检查"]}],
    "inspectors": [],
    "tasks": ["T-2a7e5b59258e"],
    "items": ["SCJG-103"],
    "plan_codes": ["JH-SCJG-03"],
    "clauses": ["A01-3.3.2"],
    "minutes": 90,
    "joint": False,
    "cross_domain": False,
    "unannounced": False,
}
FILING: dict[str, Any] = {
    "filing_id": "SCJG-2606-01",
    "agency_id": "SCJG",
    "state": "submitted",
    "version": 1,
    "accepted_version": None,
    "code": "",
    "window_from": "2026-06-01",
    "window_to": "2026-06-30",
    "unannounced": False,
}
FINDING: dict[str, Any] = {
    "code": "cell.date",
    "severity": "error",
    "title": "日期不可读",
    "message": "“六月”不是日期",
    "action": "请改为 2026-06-01 这样的日期",
    "table": "filings",
    "row": 3,
    "column": "开始日期",
    "value": "六月",
    "clauses": [],
}


def example(values: dict[str, Any]) -> ConfigDict:
    """Return a model's configuration with its example."""
    return ConfigDict(json_schema_extra={"example": values})


class PlanOrder(BaseModel):
    """The month to be planned; the same seed and the same data give the same plan."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"month": "2026-06"}})

    month: Month
    seed: int | None = Field(None, ge=0, le=2**31 - 1)


class PlanOut(BaseModel):
    """A plan without its contents; `version` is its ETag."""

    model_config = example(PLAN)

    id: str
    month: str
    state: str = Field(description="draft、published、superseded")
    status: str
    plan_hash: str
    case_hash: str
    rulebook_version: str
    stopped: bool
    parent: str | None
    job: str | None
    created_at: datetime
    created_by: str
    published_at: datetime | None
    published_by: str | None
    superseded_by: str | None
    version: int


class PlanEnvelope(BaseModel):
    """A plan with its figures. Figures count unannounced checks too, so they are the coordinator's alone."""

    model_config = example({"plan": PLAN, "figures": {"entries": 2841, "bound_certified": 2841}, "files": 12})

    plan: PlanOut
    figures: dict[str, Any] | None
    files: int


class PlanKpis(BaseModel):
    """A plan's figures as the caller may know them."""

    model_config = example(
        {
            "plan_hash": "1b" * 32,
            "rulebook_version": "v",
            "figures": {"entries": 2790, "joint_share": 0.54, "own": {"id": "SCJG", "tasks": 812, "entries": 640}},
        }
    )

    plan_hash: str
    rulebook_version: str
    figures: dict[str, Any]


class PublishOrder(BaseModel):
    """Why the plan is published, for the log."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"reason": "六月会商一致"}})

    reason: str = Field("", max_length=2000, pattern=r"^[^\x00]*$")


class Slot(BaseModel):
    """Start and end of a stay."""

    start: str
    end: str


class VisitSite(BaseModel):
    """Where."""

    id: str
    name: str
    town: str
    industry: str


class VisitAgency(BaseModel):
    """Who comes; units and items are told to that agency and to the coordinator."""

    id: str
    name: str
    units: list[str]
    items: list[str]


class VisitOut(BaseModel):
    """One entry: a site on a day, with all who come. What is not the caller's to know is left empty."""

    model_config = example(VISIT)

    id: str
    day: date
    day_text: str
    slot: Slot | None
    half: str | None
    site: VisitSite
    agencies: list[VisitAgency]
    inspectors: list[dict[str, Any]]
    tasks: list[str]
    items: list[str]
    plan_codes: list[str]
    clauses: list[str]
    minutes: int | None
    joint: bool
    cross_domain: bool
    unannounced: bool


class VisitList(BaseModel):
    """Visits of one plan, by day and site."""

    model_config = example({"plan_hash": "1b" * 32, "rulebook_version": "v", "items": [VISIT], "next": None})

    plan_hash: str
    rulebook_version: str
    items: list[VisitOut]
    next: str | None


class BreachOut(BaseModel):
    """A rule that a change would break, how often, and its clauses."""

    rule: str
    title: str
    clauses: list[str]
    count: int


class VerdictOut(BaseModel):
    """What comes of having a visit on another day (null: not at all): breaches, and what the plan's counts gain."""

    day: date | None
    lawful: bool
    sure: bool = Field(description="当日人手能否排开已判定；否则以保存新版本时的排班为准")
    entries: int
    left_out: int
    breaches: list[BreachOut]


class VerdictList(BaseModel):
    """The day of a visit, and the verdict on every other open day of the month and, last, on dropping it."""

    model_config = example(
        {
            "plan_hash": "1b" * 32,
            "rulebook_version": "v",
            "day": "2026-06-01",
            "items": [
                {
                    "day": "2026-06-02",
                    "lawful": False,
                    "sure": True,
                    "entries": 0,
                    "left_out": 0,
                    "breaches": [{"rule": "window", "title": "在申报的窗口内", "clauses": ["A01-3.1"], "count": 1}],
                }
            ],
        }
    )

    plan_hash: str
    rulebook_version: str
    day: date
    items: list[VerdictOut]


class LeftOutList(BaseModel):
    """Tasks that have no lawful day, with the reason and its clauses."""

    model_config = example(
        {
            "plan_hash": "1b" * 32,
            "rulebook_version": "v",
            "items": [{"task": "T-1", "site": SITE, "reason": {"rule": "gap.domain", "clauses": ["A02-4.1.1c"]}}],
        }
    )

    plan_hash: str
    rulebook_version: str
    items: list[dict[str, Any]]


class FileOut(BaseModel):
    """A file that a run has made of a plan."""

    model_config = example({"number": 0, "name": "统筹计划-2026-06.xlsx", "sha256": "ab" * 32, "bytes": 51200})

    number: int
    name: str
    sha256: str
    bytes: int


class FindingOut(BaseModel):
    """Something about the input that a person should know: what, where, by which clause, and what to do."""

    model_config = example(FINDING)

    code: str
    severity: str
    title: str
    message: str
    action: str
    table: str
    row: int
    column: str
    value: str
    clauses: list[str]


class FilingOut(BaseModel):
    """A filing as it stands. `version` counts from 1 and is its ETag."""

    model_config = example(FILING)

    filing_id: str
    agency_id: str
    state: str = Field(description="draft、submitted、returned、accepted、withdrawn")
    version: int
    accepted_version: int | None
    code: str
    window_from: date
    window_to: date
    unannounced: bool


class FilingStep(BaseModel):
    """A state that a filing went through."""

    version: int
    state: str
    at: datetime
    who: str
    reason: str
    code: str


class FilingCell(BaseModel):
    """A cell of a filing in the workbook's words; `before` is what the version before said, where that was another."""

    column: str
    text: str
    before: str | None


class FilingDetail(BaseModel):
    """A filing with its contents, what its newest version changed, its way so far and its findings."""

    model_config = example(
        {
            "filing": FILING,
            "row": {"filing_id": "SCJG-2606-01", "items": "SCJG-103"},
            "cells": [{"column": "结束日期", "text": "2026-06-30", "before": "2026-06-20"}],
            "changes": {"window_to": ["2026-06-20", "2026-06-30"]},
            "steps": [],
            "findings": [FINDING],
        }
    )

    filing: FilingOut
    row: dict[str, Any]
    cells: list[FilingCell]
    changes: dict[str, list[Any]]
    steps: list[FilingStep]
    findings: list[FindingOut]


class Uploaded(BaseModel):
    """What an upload of filings did. Rows with errors are not taken; the others are."""

    model_config = example({"filings": [FILING], "findings": [FINDING]})

    filings: list[FilingOut]
    findings: list[FindingOut]


class ReturnOrder(BaseModel):
    """Why a filing goes back."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"reason": "缺少检查依据"}})

    reason: Reason


class AcceptOrder(BaseModel):
    """The code under which a filing is accepted."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"code": "JH-SCJG-03"}})

    code: Code


class AgencyOut(BaseModel):
    """An agency or one of its sections."""

    model_config = example(
        {"id": "SCJG", "name": "区市场监督管理局", "level": "区级", "town": "", "parent": "", "domain": "市场监管"}
    )

    id: str
    name: str
    level: str
    town: str
    parent: str
    domain: str


Operation = Literal["solve", "validate"]
