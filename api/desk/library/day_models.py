"""Shapes of a month's days."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from api.desk.models import example


class DayOut(BaseModel):
    """A date: work, make-up (a weekend with work), off, or closed (a working day without inspections)."""

    day: date
    kind: Literal["work", "make-up", "off", "closed"]
    name: str = Field(description="节日、调休或停查的名称；平常的日子为空")


class MonthDays(BaseModel):
    """The days of a month. `provisional`: the year's holidays are not official yet."""

    model_config = example(
        {
            "month": "2026-06",
            "provisional": False,
            "days": [{"day": "2026-06-19", "kind": "off", "name": "端午节"}],
        }
    )

    month: str
    provisional: bool
    days: list[DayOut]
