"""Shapes of duties: what is owed by when, and marks on it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.desk.models import example

Text = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00]*$")]
BodyId = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f]*$")]
DutyState = Literal["open", "done", "late", "waived"]

DUTY: dict[str, Any] = {
    "agency_id": "XF",
    "agency_name": "区消防救援支队",
    "section": "",
    "section_name": "",
    "row": 7,
    "period": "2026-06",
    "due": "2026-06-05",
    "done_on": None,
    "evidence": "",
    "state": "open",
    "days_left": 3,
    "remind": True,
    "code": "duty.letter-late",
    "severity": "warning",
    "clauses": ["A03-4.2a"],
    "assumed": False,
    "text": "将本月消防检查计划函告有关部门",
    "version": 0,
}


class DutyOut(BaseModel):
    """One duty of one body for one period. `version` is what a mark on it has to name.

    `days_left`: working days to its last day, null once it is settled; `assumed`: the text sets no day.
    """

    model_config = example(DUTY)

    agency_id: str
    agency_name: str
    section: str
    section_name: str
    row: int
    period: str
    due: date
    done_on: date | None
    evidence: str
    state: DutyState
    days_left: int | None
    remind: bool
    code: str
    severity: str
    clauses: list[str]
    assumed: bool
    text: str
    version: int


class DutyList(BaseModel):
    """The duties of a year as they stand on a day, by last day."""

    model_config = example({"year": 2026, "on": "2026-06-02", "counts": {"open": 1}, "items": [DUTY]})

    year: int
    on: date
    counts: dict[str, int]
    items: list[DutyOut]


class DutyMark(BaseModel):
    """What is marked on a duty: done on a day with its evidence, or waived with a reason, which the bureau alone does.

    Empty fields take a mark back.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"agency_id": "XF", "done_on": "2026-06-05", "evidence": "函〔2026〕6号"}},
    )

    agency_id: BodyId | None = Field(None, description="检查主体编号；司法局为 bureau；留空为本单位")
    section: BodyId = ""
    done_on: date | None = None
    evidence: Text = ""
    waived: Text = Field("", description="免除理由，仅司法局")
