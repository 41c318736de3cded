"""Shapes of consultation rounds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.desk.models import FINDING, VISIT, FindingOut, VisitOut, example
from api.desk.plans.change_models import MOVE
from planner.intake.read.consultation import REASONS

Text = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]
VisitId = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
Answer = Literal["agree", "move", "object"]
Why = Literal["", "staff", "recusal", "deadline", "campaign", "site", "means", "other"]
assert set(get_args(Why)) == {"", *dict(REASONS)}

STATUS: dict[str, Any] = {
    "agency_id": "SCJG",
    "name": "区市场监督管理局",
    "visits": 120,
    "agreed": 100,
    "moved": 2,
    "objected": 1,
    "unanswered": 17,
    "answered_at": "2026-05-27T02:00:00Z",
    "late": False,
}
ROUND: dict[str, Any] = {
    "id": "8c1f",
    "plan_id": "5d0e4c",
    "month": "2026-06",
    "opened_at": "2026-05-26T01:00:00Z",
    "opened_by": "li",
    "closes_on": "2026-05-29",
    "closed_at": None,
    "overdue": False,
    "agencies": [STATUS],
}
ANSWER: dict[str, Any] = {
    "visit": "V-1d6028428e",
    "answer": "move",
    "proposed": "2026-06-11",
    "reason": "staff",
    "note": "当天全员培训",
}
GIVEN: dict[str, Any] = {**ANSWER, "agency_id": "SCJG", "at": "2026-05-27T02:00:00Z", "who": "wang"}
PROPOSAL: dict[str, Any] = {
    "visit": "V-1d6028428e",
    "kind": "move",
    "day": "2026-06-11",
    "asked": True,
    "agencies": [],
    "operations": [MOVE],
    "rules": [],
    "answers": [GIVEN],
}


class RoundOrder(BaseModel):
    """Until when the agencies are asked to answer."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"closes_on": "2026-05-29"}})

    closes_on: date


class RoundStatus(BaseModel):
    """How far one agency is. `late`: the date has passed and it has not answered on every visit."""

    model_config = example(STATUS)

    agency_id: str
    name: str
    visits: int
    agreed: int
    moved: int
    objected: int
    unanswered: int
    answered_at: datetime | None
    late: bool


class RoundOut(BaseModel):
    """A round with how far each agency is: for the coordinator all of them, for an agency itself alone."""

    model_config = example(ROUND)

    id: str
    plan_id: str
    month: str
    opened_at: datetime
    opened_by: str
    closes_on: date
    closed_at: datetime | None
    overdue: bool
    agencies: list[RoundStatus]


class AnswerIn(BaseModel):
    """One visit's answer: agree; move, with the date that is proposed; object, with a coded reason."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": ANSWER})

    visit: VisitId
    answer: Answer
    proposed: date | None = None
    reason: Why = Field("", description="；".join(f"{code} {name}" for code, name in REASONS))
    note: Text = ""


class AnswerOrder(BaseModel):
    """Answers of one agency; the coordinator names the agency for which it enters them."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"answers": [ANSWER]}})

    answers: list[AnswerIn] = Field(min_length=1, max_length=5000)
    agency_id: VisitId | None = Field(None, description="仅统筹部门代填时给出")


class GivenOut(BaseModel):
    """An answer as given."""

    agency_id: str
    visit: str
    answer: str
    proposed: date | None
    reason: str
    note: str
    at: datetime
    who: str


class AskedVisit(BaseModel):
    """A visit of the draft as the caller may see it, with the answers that are the caller's to see."""

    visit: VisitOut
    answers: list[GivenOut]


class AskedList(BaseModel):
    """Visits of a round, by day and site."""

    model_config = example(
        {"plan_hash": "1b" * 32, "rulebook_version": "v", "items": [{"visit": VISIT, "answers": [GIVEN]}], "next": None}
    )

    plan_hash: str
    rulebook_version: str
    items: list[AskedVisit]
    next: str | None


class FormTaken(BaseModel):
    """What came of a marked workbook: how many answers were taken, and what was wrong with the others."""

    model_config = example({"taken": 118, "findings": [FINDING]})

    taken: int
    findings: list[FindingOut]


class ProposalOut(BaseModel):
    """What could be done about a visit: `operations` are for `from-patch`; none where the coordinator has to decide.

    `agencies`: only their tasks would move. `rules` stand against the day that was asked for.
    """

    visit: str
    kind: Literal["pin", "move", "decide"]
    day: date | None
    asked: bool
    agencies: list[str]
    operations: list[dict[str, Any]]
    rules: list[str]
    answers: list[GivenOut]


class ProposalList(BaseModel):
    """Proposals, in the plan's order."""

    model_config = example({"plan_hash": "1b" * 32, "rulebook_version": "v", "items": [PROPOSAL], "next": None})

    plan_hash: str
    rulebook_version: str
    items: list[ProposalOut]
    next: str | None
