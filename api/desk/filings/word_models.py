"""Shapes of an agency's own words."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.desk.models import Reason, example

Said = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")]
ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f]+$")]

WORD: dict[str, Any] = {
    "agency_id": "SCJG",
    "column": "kind",
    "title": "计划类型",
    "said": "自由裁量",
    "meant": "日常",
    "reason": "本局习惯用语",
    "at": "2026-05-20T01:00:00Z",
    "who": "wang",
}


class WordOrder(BaseModel):
    """What a word means in a column of filings, by key or title; `agency_id` where the coordinator speaks for one."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"column": "计划类型", "said": "自由裁量", "meant": "日常", "reason": "本局习惯用语"}
        },
    )

    agency_id: Said | None = Field(None, description="检查主体编号；主体账号可省")
    column: ColumnName
    said: Said
    meant: Said
    reason: Reason


class WordOut(BaseModel):
    """A word that is read from now on."""

    model_config = example(WORD)

    agency_id: str
    column: str
    title: str
    said: str
    meant: str
    reason: str
    at: datetime
    who: str
