"""Shapes of what enterprises ask for: the days offered, the request, its answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.desk.models import Month, Reason, example
from api.desk.published.operation_models import AgencyName, Id, Words

Kind = Literal["another-day", "apart"]
Channel = Literal["phone", "letter", "counter", "town", "portal"]
State = Literal["open", "overdue", "accepted", "refused", "done", "withdrawn", "lapsed"]
STATES: dict[State, str] = {
    "open": "待答复",
    "overdue": "超期未答复",
    "accepted": "已同意，待重排",
    "refused": "未同意",
    "done": "已改期",
    "withdrawn": "已撤回",
    "lapsed": "原安排已变动或已过，不再办理",
}
LEAD: dict[str, str] = {"id": "SCJG", "name": "区市场监督管理局"}
ORDER: dict[str, Any] = {
    "month": "2026-06",
    "site_id": "91310116MA1-01",
    "day": "2026-06-03",
    "kind": "another-day",
    "agency_id": "",
    "days": ["2026-06-10"],
    "channel": "phone",
    "asked_on": "2026-05-29",
    "reason": "当天全厂停电检修",
}
ANSWER: dict[str, Any] = {"answer": "accept", "day": "2026-06-10", "reason": ""}
EVENT: dict[str, Any] = {
    "kind": "asked",
    "site": "91310116MA1-01",
    "day": "2026-06-03",
    "to": "2026-06-10",
    "agency": "",
    "request": "5d0e4c",
}
REQUEST: dict[str, Any] = {
    **ORDER,
    "id": "5d0e4c",
    "site_name": "化工一厂",
    "town": "漕泾镇",
    "lead": LEAD,
    "agencies": [LEAD],
    "due": "2026-06-02",
    "state": "accepted",
    "state_zh": STATES["accepted"],
    "entered_by": "li",
    "at": "2026-05-29T01:00:00Z",
    "answer": {**ANSWER, "by": "zhang", "at": "2026-05-30T01:00:00Z"},
    "may_answer": False,
    "event": EVENT,
    "version": None,
    "clauses": ["D-2.6d"],
}


class OfferedDayOut(BaseModel):
    """A day on which the visit may come instead; `entries` more or fewer at the site."""

    model_config = example({"day": "2026-06-10", "entries": 0})

    day: date
    entries: int


class OfferedDays(BaseModel):
    """Who comes to an enterprise on a day, who leads, and on which days it may be instead; days are by date.

    A day that is offered breaks no rule and has room; whether others must move for it the coordinator's trial tells.
    """

    model_config = example(
        {
            "plan": "5d0e4c",
            "plan_hash": "1b" * 32,
            "rulebook_version": "cn-sh-jinshan@2025-04-09#7b668423",
            "number": 3,
            "site_id": "91310116MA1-01",
            "site_name": "化工一厂",
            "day": "2026-06-03",
            "lead": LEAD,
            "agencies": [LEAD],
            "items": [{"day": "2026-06-10", "entries": 0}],
            "clauses": ["D-2.6d"],
        }
    )

    plan: str
    plan_hash: str
    rulebook_version: str
    number: int
    site_id: str
    site_name: str
    day: date
    lead: AgencyName
    agencies: list[AgencyName]
    items: list[OfferedDayOut]
    clauses: list[str]


class RequestOrder(BaseModel):
    """What an enterprise asks for, and how it was told. `kind` apart: `agency_id` is to come on a day of its own.

    `days` are those it would like, in its order; `asked_on` is today where it is not given.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": ORDER})

    month: Month
    site_id: Id
    day: date
    kind: Kind
    agency_id: Id | Literal[""] = ""
    days: list[date] = Field(default_factory=list, max_length=10)
    channel: Channel
    asked_on: date | None = None
    reason: Reason


class AnswerOrder(BaseModel):
    """The lead's answer. `day` is the day agreed to, for accept alone; a refusal needs its reason."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": ANSWER})

    answer: Literal["accept", "refuse"]
    day: date | None = None
    reason: Words = ""


class WithdrawalOrder(BaseModel):
    """Why a request is withdrawn."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"reason": "企业来电：不用改了"}})

    reason: Reason


class AnswerOut(BaseModel):
    """An answer as it was given."""

    answer: Literal["accept", "refuse"]
    day: date | None
    reason: str
    by: str
    at: datetime


class RequestOut(BaseModel):
    """A request as it stands. `event` is what the coordinator replans on, once it is accepted; `version` the published
    plan that came of it. `due` is the day by which the lead answers.
    """

    model_config = example(REQUEST)

    id: str
    month: str
    site_id: str
    site_name: str
    town: str
    day: date
    kind: Kind
    agency_id: str
    days: list[date]
    channel: Channel
    asked_on: date
    reason: str
    lead: AgencyName
    agencies: list[AgencyName]
    due: date
    state: State
    state_zh: str
    entered_by: str
    at: datetime
    answer: AnswerOut | None
    may_answer: Annotated[bool, Field(description="现在是否由读取者答复")]
    event: dict[str, Any] | None
    version: str | None
    clauses: list[str]
