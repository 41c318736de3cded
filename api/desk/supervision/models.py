"""Shapes of supervision: cases as they stand, steps to be recorded, answers."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.desk.models import Reason, example
from planner.rulebook.supervision import LETTER

CaseId = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")]
Step = Literal["noted", "heard", "drafted", "sent", "answered", "corrected", "requested", "closed"]
Text = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")]

STEP: dict[str, Any] = {
    "step": "sent",
    "date": "2026-07-08",
    "results": [],
    "note": "",
    "document_no": "(示例)监建〔2026〕1号",
    "reply_by": "2026-07-22",
    "by": "bureau",
}
CASE: dict[str, Any] = {
    "case_id": "JD-2026-01",
    "agency_id": "SCJG",
    "state": "sent",
    "state_zh": "已发出，待反馈",
    "due": "2026-07-22",
    "draft": False,
    "next": ["answered", "corrected"],
    "results": ["R-1"],
    "clauses": list(LETTER),
    "steps": [STEP],
}
ORDER: dict[str, Any] = {
    "case_id": "JD-2026-01",
    "agency_id": "SCJG",
    "step": "noted",
    "date": "2026-07-06",
    "results": ["R-1"],
    "note": "",
    "document_no": "",
    "reply_by": None,
}


class StepOrder(BaseModel):
    """One step of a case. `results` name the results that "noted" is about, `reply_by` the day that a letter names."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": ORDER})

    case_id: CaseId
    agency_id: CaseId
    step: Step
    date: datetime.date
    results: list[CaseId] = Field(default_factory=list, max_length=1000)
    note: Text = ""
    document_no: Text = ""
    reply_by: datetime.date | None = None


class CaseAnswer(BaseModel):
    """What the body concerned answers to a letter."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"note": "已补录检查码，并组织培训"}})

    note: Reason


class StepOut(BaseModel):
    """A step that was recorded, and by whom."""

    model_config = example(STEP)

    step: str
    date: datetime.date
    results: list[str]
    note: str
    document_no: str
    reply_by: datetime.date | None
    by: str


class GroundOut(BaseModel):
    """What the bureau may step in for: one ground against one body, the results that it rests on, and its clauses.

    `mandatory`: a letter may follow at once, else the body is heard first.
    """

    model_config = example(
        {
            "agency_id": "SCJG",
            "agency_name": "区市场监督管理局",
            "ground": "no-code",
            "mandatory": True,
            "results": ["R-1"],
            "day": "2026-07-03",
            "text": "没有检查码到场检查，也不属于可以事后补码的情形",
            "clauses": ["D-2.7b"],
        }
    )

    agency_id: str
    agency_name: str
    ground: str
    mandatory: bool
    results: list[str]
    day: datetime.date
    text: str
    clauses: list[str]


class CaseOut(BaseModel):
    """A case as it stands today. `due` is the day by which the body is to act, none where none is.

    `draft`: a letter is to be sent now, and `supervision.draft` gives it. `next` are the steps that may follow today.
    """

    model_config = example(CASE)

    case_id: str
    agency_id: str
    state: str
    state_zh: str
    due: datetime.date | None
    draft: bool
    next: list[str]
    results: list[str]
    clauses: list[str]
    steps: list[StepOut]
