"""Shapes of comparisons of two plans."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.desk.models import Code, example
from api.desk.scenarios.models import EFFECT, LEVEL, EffectOut, LevelOut

PLACE: dict[str, Any] = {"site": "S1", "day": "2026-06-12"}
FIGURE: dict[str, Any] = {"figure": "joint_visits", "before": 841, "after": 839, "difference": -2}
UNIT: dict[str, Any] = {
    "unit": "XF-JD",
    "visits_before": 96,
    "visits_after": 96,
    "quarters_before": 611,
    "quarters_after": 611,
    "new": [PLACE],
    "gone": [{"site": "S1", "day": "2026-06-11"}],
}
ROW: dict[str, Any] = {
    "id": "c61d2f",
    "first": "77aa",
    "second": "78bb",
    "month": "2026-06",
    "plan_hashes": ["1b" * 32, "2c" * 32],
    "state": "finished",
    "created_at": "2026-06-01T01:00:00Z",
    "ended_at": "2026-06-01T01:00:20Z",
}
WHOLE: dict[str, Any] = {
    "reason": "",
    "common": 6259,
    "entries": EFFECT,
    "holds_for": "排时派员之后的方案也成立",
    "verdict": "未能判定",
    "levels": [LEVEL],
    "figures": [FIGURE],
}


class ComparisonOrder(BaseModel):
    """Two plans of one month; what the second is beside the first is told."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"first": "77aa", "second": "78bb"}})

    first: Code
    second: Code


class PlaceOut(BaseModel):
    """A site on a date."""

    model_config = example(PLACE)

    site: str
    day: date


class FigureOut(BaseModel):
    """A figure of both plans: counted, not proven."""

    model_config = example(FIGURE)

    figure: str
    before: float
    after: float
    difference: float


class UnitBeside(BaseModel):
    """A unit's announced visits in both plans: `new` are those of the second alone, `gone` those of the first alone."""

    model_config = example(UNIT)

    unit: str
    visits_before: int
    visits_after: int
    quarters_before: int
    quarters_after: int
    new: list[PlaceOut]
    gone: list[PlaceOut]


class ComparisonRow(BaseModel):
    """A comparison as it stands; its id is that of its run."""

    model_config = example(ROW)

    id: str
    first: str
    second: str
    month: str
    plan_hashes: list[str] = Field(min_length=2, max_length=2)
    state: str
    created_at: datetime
    ended_at: datetime | None


class WholeBeside(BaseModel):
    """What is known of the whole: entries on the same service as an interval, levels, and figures that are counted.

    `reason` says why nothing can be compared (口径不同), "" where it can.
    """

    model_config = example(WHOLE)

    reason: str
    common: int | None = Field(description="两个方案共同完成的检查")
    entries: EffectOut | None = Field(description="同口径入企次数的差别")
    holds_for: str
    verdict: str | None
    levels: list[LevelOut]
    figures: list[FigureOut]


class ComparisonOut(ComparisonRow):
    """The same with what it came to, once it has: `whole` for coordinator and auditor, of `units` each its own."""

    model_config = example({**ROW, "whole": WHOLE, "units": [UNIT]})

    whole: WholeBeside | None
    units: list[UnitBeside] | None


class ComparisonDocument(BaseModel):
    """The whole document, as `planner compare` writes it."""

    model_config = example({"id": "c61d2f", "document": {"format": "joint-inspection-comparison/1"}})

    id: str
    document: dict[str, Any]
