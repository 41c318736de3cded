"""Shapes of planned checks that a triggered one may stand for, and of the body's answer."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.desk.models import example

Answer = Literal["accept", "decline"]
OFFER: dict[str, Any] = {
    "site_id": "91310116MA1-01",
    "site_name": "化工一厂",
    "agency_id": "SCJG",
    "agency_name": "区市场监督管理局",
    "day": "2026-05-28",
    "until": "2026-06-28",
    "items": ["SCJG-101"],
    "filings": ["SCJG-2606-01"],
    "answer": None,
    "by": "",
    "clauses": ["A01-5.1c"],
    "version": 0,
}


class OfferOut(BaseModel):
    """A triggered check that covers planned ones of the same body: until `until` they may count as done.

    `filings` cover no more items than it did and may reach the site; `answer` null: nobody has answered, so they are
    planned as ever. `version` is what an answer has to name.
    """

    model_config = example(OFFER)

    site_id: str
    site_name: str
    agency_id: str
    agency_name: str
    day: date
    until: date
    items: list[str]
    filings: list[str]
    answer: Answer | None
    by: str
    clauses: list[str]
    version: int


class OfferList(BaseModel):
    """The offers of a month, unanswered ones first."""

    model_config = example({"month": "2026-06", "open": 1, "items": [OFFER]})

    month: str
    open: int
    items: list[OfferOut]


class OfferAnswer(BaseModel):
    """What the body answers: the planned checks count as done, or are made all the same; null takes it back."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"answer": "accept"}})

    answer: Answer | None = Field(description="accept 视为完成，decline 照常检查；空为撤回答复")
