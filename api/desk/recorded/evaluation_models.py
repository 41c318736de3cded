"""Shapes of the evaluation of a period."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.desk.models import example

FIGURE: dict[str, Any] = {
    "key": "joint_rate",
    "name": "联合率",
    "cut": "",
    "value": "",
    "value_name": "",
    "numerator": 1540,
    "denominator": 2831,
    "ratio": 0.544,
    "of": ["与他家同日到场的有计划到场户次", "有计划到场户次"],
    "clauses": ["A01-7.5"],
}
COMPARED: dict[str, Any] = {
    "cut": "",
    "value": "",
    "value_name": "",
    "planned": [300, 400],
    "triggered": [160, 50],
    "change": -0.25,
    "total_change": 0.022,
    "relabelled": True,
    "text": "有计划到场 -25.0%，到场合计 +2.2%；有计划到场减少而合计没有减少，不能说明检查减少",
    "documents": ["2024年统计表"],
    "clauses": ["D-1"],
}
BURDENED: dict[str, Any] = {"site_id": "91310116MA1-01", "site_name": "化工一厂", "checks": 9, "entries": 4}
EVALUATION: dict[str, Any] = {
    "period": "2026-H1",
    "from": "2026-01-01",
    "to": "2026-06-30",
    "base": 2024,
    "formulas": "1",
    "at": "2026-07-01T01:00:00Z",
    "stale": False,
    "checks": 2831,
    "figures": [FIGURE],
    "compared": [COMPARED],
    "burdened": [BURDENED],
}


class FigureOut(BaseModel):
    """One indicator of the district or of one part of it; `denominator` is null for a count, `ratio` where it is 0.

    `cut`: "" 全区, agency 主体, domain 领域, town 街镇, industry 行业, grade 等级. `of` says what is counted over what.
    """

    model_config = example(FIGURE)

    key: str
    name: str
    cut: str
    value: str
    value_name: str
    numerator: int
    denominator: int | None
    ratio: float | None
    of: tuple[str, str]
    clauses: list[str]


class ComparedOut(BaseModel):
    """One part against the base year: (now, then) on-site checks. It never says "clearly": the text has no number."""

    model_config = example(COMPARED)

    cut: str
    value: str
    value_name: str
    planned: tuple[int, int]
    triggered: tuple[int, int]
    change: float | None
    total_change: float | None
    relabelled: bool
    text: str
    documents: list[str]
    clauses: list[str]


class BurdenedOut(BaseModel):
    """One of the most-checked sites, to be guided."""

    model_config = example(BURDENED)

    site_id: str
    site_name: str
    checks: int
    entries: int


class EvaluationOut(BaseModel):
    """The evaluation of a period as it was worked out last. `stale`: results have changed since then.

    An agency gets the district's figures and its own; comparisons of others and the most-checked sites are the
    bureau's and the auditor's. Results of unannounced filings still open are counted for the bureau alone.
    """

    model_config = ConfigDict(populate_by_name=True, json_schema_extra={"example": EVALUATION})

    period: str
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    base: int
    formulas: str
    at: datetime
    stale: bool
    checks: int
    figures: list[FigureOut]
    compared: list[ComparedOut]
    burdened: list[BurdenedOut]


class EvaluationOrder(BaseModel):
    """The calendar period to work out: a month, quarter, half or year, and the base year."""

    model_config = ConfigDict(
        extra="forbid",
        populate_by_name=True,
        json_schema_extra={"example": {"from": "2026-01-01", "to": "2026-06-30", "base": 2024}},
    )

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    base: int = Field(2024, ge=2000, le=2100)
