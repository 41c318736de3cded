"""Shapes of what has been and will be at one site."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from api.desk.library.site_models import WHOLE, SiteOut
from api.desk.models import VISIT, Slot, WhyOut, example

PAST: dict[str, Any] = {
    "day": "2026-03-02",
    "agency": "YJJ",
    "agency_name": "区应急管理局",
    "planned": True,
    "result": "clear",
}
COMING: dict[str, Any] = {
    "month": "2026-06",
    "plan": "5d0e4c",
    "visit": VISIT["id"],
    "day": "2026-06-01",
    "half": "am",
    "slot": {"start": "09:00", "end": "10:30"},
    "agencies": ["区市场监督管理局"],
    "items": ["食品安全检查"],
    "joint": False,
    "unannounced": False,
    "why": VISIT["why"],
}


class PastEntry(BaseModel):
    """An earlier check on the spot."""

    model_config = example(PAST)

    day: date
    agency: str
    agency_name: str
    planned: bool
    result: str = Field(description="结果；街镇账号不显示")


class PlannedEntry(BaseModel):
    """An entry of a published plan: what the public list tells, and where it is the caller's to know, hours and why."""

    model_config = example(COMING)

    month: str
    plan: str
    visit: str | None = Field(description="可查看全部内容时的入企编号")
    day: date
    half: str | None
    slot: Slot | None
    agencies: list[str]
    items: list[str]
    joint: bool
    unannounced: bool
    why: list[WhyOut]


class SiteEntries(BaseModel):
    """A site with its earlier checks and the entries of the published months, both by day."""

    model_config = example({"site": WHOLE, "past": [PAST], "planned": [COMING]})

    site: SiteOut
    past: list[PastEntry]
    planned: list[PlannedEntry]
