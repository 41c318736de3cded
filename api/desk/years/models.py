"""Shapes of years."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.desk.models import Code, Month, example

MONTH: dict[str, Any] = {"month": "2026-07", "entries": 2604, "joint_visits": 1410, "tasks": 5988, "left_out": 0}
MONTH |= {"days": 23, "published": False}
WEEK: dict[str, Any] = {
    "unit": "XF-JD",
    "unit_name": "区消防救援支队监督科",
    "first": "2026-07-06",
    "until": "2026-07-12",
    "used": 311,
    "room": 384,
    "due": 1204,
    "done": 1298,
}
LEVEL: dict[str, Any] = {"name": "entries", "value": 15820, "bound": 15744}
ROW: dict[str, Any] = {
    "id": "9a17c2",
    "year": "2026",
    "first": "2026-06",
    "published": ["77aa"],
    "state": "finished",
    "created_at": "2026-06-01T01:00:00Z",
    "ended_at": "2026-06-01T01:02:20Z",
}
FOUND: dict[str, Any] = {
    "plan_hash": "1b" * 32,
    "rulebook_version": "shanghai-jinshan-2025-12-01",
    "revision": 3,
    "status": "feasible",
    "tasks": 41021,
    "scheduled": 41009,
    "left_out": [12, 0, 0],
    "levels": [LEVEL],
    "months": [MONTH],
    "weeks": [WEEK],
    "notes": [],
}


class YearOrder(BaseModel):
    """The year to be planned, from `first` on; without it from where published months begin, else from this month."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"year": "2026", "first": "2026-06"}})

    year: str = Field(pattern="^20[0-9]{2}$")
    first: Month | None = Field(None, description="自哪个月起")
    seed: int | None = Field(None, ge=0, le=2**31 - 1)


class YearRow(BaseModel):
    """A year as it stands; its id is that of its run. `published` are the plans whose months are fixed in it."""

    model_config = example(ROW)

    id: Code
    year: str
    first: str
    published: list[str]
    state: str
    created_at: datetime
    ended_at: datetime | None


class YearMonthOut(BaseModel):
    """What the plan puts into a month; one that is `published` is fixed, others are a draft by days. `left_out` counts
    tasks without a day whose windows end in it.
    """

    model_config = example(MONTH)

    month: str
    days: int
    entries: int
    joint_visits: int
    tasks: int
    published: bool
    left_out: int


class UnitWeekOut(BaseModel):
    """A unit's week in crew quarter-hours. `due` and `done` are sums up to `until`, set-up apart."""

    model_config = example(WEEK)

    unit: str
    unit_name: str
    first: date
    until: date
    used: int = Field(description="排入的刻钟，含准备")
    room: int = Field(description="可用的刻钟")
    due: int = Field(description="截至该周期限已到的任务，现场刻钟")
    done: int = Field(description="截至该周方案已完成的任务，现场刻钟")


class YearLevel(BaseModel):
    """A level of the objective with the bound that the price list proves, None where none is known."""

    model_config = example(LEVEL)

    name: str
    value: int
    bound: int | None


class YearFound(BaseModel):
    """What a year came to. `left_out` are weights (must, should, may); `notes` say why there is no plan."""

    model_config = example(FOUND)

    plan_hash: str
    rulebook_version: str
    revision: int
    status: str
    tasks: int
    scheduled: int
    left_out: list[int]
    levels: list[YearLevel]
    months: list[YearMonthOut]
    weeks: list[UnitWeekOut]
    notes: list[str]


class YearOut(YearRow):
    """The same with what it came to, once it has."""

    model_config = example({**ROW, "found": FOUND})

    found: YearFound | None


class YearDocument(BaseModel):
    """The whole plan of the year, as `planner year` writes it."""

    model_config = example({"id": "9a17c2", "document": {"format": "joint-inspection-plan/1", "month": "2026-06~12"}})

    id: str
    document: dict[str, Any]
