"""Shapes of living with a published plan: suggestions, bookings, refusals, the ledger and the gate."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.desk.models import Month, example
from api.store.planned.books import Booking
from planner.law.rules.distances import GAP

Id = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
Words = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")]
DeclineCode = Literal["crew", "schedule", "special", "site", "not_ready", "other"]

STATED: dict[str, Any] = {
    "plan": "5d0e4c",
    "plan_hash": "1b" * 32,
    "rulebook_version": "cn-sh-jinshan@2025-04-09#7b668423",
    "number": 3,
}
OFFER: dict[str, Any] = {
    "id": "9f86d081884c7d65",
    "tasks": ["T-77aa01"],
    "unit": "YJJ",
    "unit_name": "区应急管理局",
    "agency": "YJJ",
    "agency_name": "区应急管理局",
    "own": False,
    "left_out_saved": 0,
    "entries_saved": 1,
    "disturbance_saved": 6,
    "changes": 0,
    "days": ["2026-06-03", "2026-06-04"],
    "with_tasks": [],
    "clauses": ["A12-3.3.5a", "D-2.8a"],
    "text": "可带上区应急管理局的 1 项到期任务，2026-06-03等 2 天各方工时有余，排班以预定时核验为准；"
    "不带则该对象将多入企 1 次（A12-3.3.5a）",
}
SUGGESTIONS: dict[str, Any] = {
    "site_id": "91310116MA1-01",
    "site_name": "化工一厂",
    "town": "漕泾镇",
    "turn": 0,
    "tasks": ["T-2a7e5b59258e"],
    "day": "2026-06-03",
    "company": ["T-77aa01"],
    "days": ["2026-06-03", "2026-06-04"],
    "suggestions": [OFFER],
    "not_settled": "",
}
ORDER: dict[str, Any] = {
    "agency_id": "SCJG",
    "site_id": "91310116MA1-01",
    "day": "2026-06-03",
    "riders": ["T-77aa01"],
    "turn": 0,
}
DECLINE: dict[str, Any] = {
    "id": 12,
    "agency_id": "SCJG",
    "site_id": "91310116MA1-01",
    "riders": ["T-77aa01"],
    "rider_agency": "YJJ",
    "code": "crew",
    "code_name": "人手不足",
    "reason": "当周两组已外派",
    "entries": 1,
    "left_out": 0,
    "disturbance": 6,
    "month": "2026-06",
    "at": "2026-05-28T01:00:00Z",
    "who": "wang",
    "clauses": ["A06-2.2.3e", "D-2.8b"],
}
BARRIER: dict[str, Any] = {
    "rule": GAP.id,
    "clauses": ["A01-4.1.1c"],
    "text": "距 2026-05-20 的检查不足一个月",
    "remedy": "改在间隔期满之后",
    "waivable": False,
}
OTHERWISE: dict[str, Any] = {"day": "2026-06-22", "verdict": "yes", "with_tasks": [], "text": "2026-06-22 依规可去"}


class SuggestionOut(BaseModel):
    """Tasks that could ride along; `entries_saved` is the price of declining."""

    model_config = example(OFFER)

    id: str
    tasks: list[str]
    unit: str
    unit_name: str
    agency: str
    agency_name: str
    own: bool = Field(description="本单位其他科室、中队的任务")
    left_out_saved: int
    entries_saved: int = Field(description="不带将多入企几次（拒绝的代价）")
    disturbance_saved: int = Field(description="少占用对象的刻钟数（按敏感程度加权）")
    changes: int
    days: list[date] = Field(description="依规可行、各方工时有余的日期；能否排开以预定时核验为准")
    with_tasks: list[str] = Field(description="依规须同日前往的其他任务：接受时一并预定")
    clauses: list[str]
    text: str


class OtherwiseOut(BaseModel):
    """What else may be done where the gate says no: the first other day on which it does not, or that there is none."""

    model_config = example(OTHERWISE)

    day: date | None
    verdict: Literal["yes", "no", "if", "unknown", ""]
    with_tasks: list[str]
    text: str


class SuggestionsOut(BaseModel):
    """What could ride with an agency's tasks at one site, best first. `turn` goes back with the booking."""

    model_config = example(SUGGESTIONS)

    site_id: str
    site_name: str
    town: str
    turn: int
    tasks: list[str]
    day: date | None
    company: list[str]
    days: list[date]
    suggestions: list[SuggestionOut]
    not_settled: str = Field(description="任务过多、在限定的计算量内未能测算完时的说明，否则为空")
    otherwise: OtherwiseOut | None = Field(None, description="本单位任务没有一天可一次办完时另有什么办法")


class SuggestionList(BaseModel):
    """Suggestions of one agency on one published plan, sites that save most first."""

    model_config = example({**STATED, "agency_id": "SCJG", "items": [SUGGESTIONS]})

    plan: str
    plan_hash: str
    rulebook_version: str
    number: int
    agency_id: str
    items: list[SuggestionsOut]


class Asked(BaseModel):
    """In whose name, where and for what; the month and the agency are the caller's own where none is named."""

    model_config = ConfigDict(extra="forbid")

    month: Month | None = None
    agency_id: Id | None = None
    site_id: Id
    items: list[Id] = Field(default_factory=list, max_length=100)


class BookingOrder(Asked):
    """The agency's open tasks at the site, with those that it takes along, on one day. `turn` is what was seen."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": ORDER})

    day: date
    riders: list[Id] = Field(default_factory=list, max_length=50)
    turn: int = Field(ge=0, le=2**31 - 1)


class DeclineOrder(Asked):
    """That riders are not taken along, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "agency_id": "SCJG",
                "site_id": "91310116MA1-01",
                "riders": ["T-77aa01"],
                "code": "crew",
                "reason": "当周两组已外派",
            }
        },
    )

    riders: list[Id] = Field(min_length=1, max_length=50)
    code: DeclineCode
    reason: Words = ""


class AgencyName(BaseModel):
    """An agency by id and name."""

    id: str
    name: str


class BookingOut(BaseModel):
    """A booking; to an agency that takes part, its own tasks of it. `agencies` are all who come."""

    model_config = example(
        {
            "id": "b00c",
            "plan": "5d0e4c",
            "number": 4,
            "kind": "accept",
            "site_id": "91310116MA1-01",
            "agency_id": "SCJG",
            "day": "2026-06-03",
            "tasks": ["T-2a7e5b59258e", "T-77aa01"],
            "agencies": [{"id": "SCJG", "name": "区市场监督管理局"}, {"id": "YJJ", "name": "区应急管理局"}],
            "turn": 1,
            "at": "2026-05-28T01:00:00Z",
            "who": "wang",
        }
    )

    id: str
    plan: str
    number: int
    kind: str = Field(description="accept、triggered、absorb")
    site_id: str
    agency_id: str
    day: date
    tasks: list[str]
    agencies: list[AgencyName]
    turn: int
    at: datetime
    who: str

    @classmethod
    def of(cls, one: Booking, name_of: Mapping[str, str], own: Collection[str] | None) -> BookingOut:
        """Return the shape of a booking; `own` are the units of whoever asks, None sees all of it."""
        tasks = one.tasks
        if own is not None and one.agency_id not in own:
            tasks = [task for unit, part in one.detail.get("by_unit", {}).items() if unit in own for task in part]
        return cls(
            id=one.id,
            plan=one.plan_id,
            number=one.number,
            kind=one.kind,
            site_id=one.site_id,
            agency_id=one.agency_id,
            day=one.day,
            tasks=tasks,
            agencies=[AgencyName(id=a, name=name_of.get(a, a)) for a in one.detail.get("agencies", [])],
            turn=one.turn,
            at=one.at,
            who=one.who,
        )


class DeclineOut(BaseModel):
    """A refusal as it was kept, with what it cost at the time."""

    model_config = example(DECLINE)

    id: int
    agency_id: str
    site_id: str
    riders: list[str]
    rider_agency: str
    code: str
    code_name: str
    reason: str
    entries: int = Field(description="因此多入企几次")
    left_out: int
    disturbance: int
    month: str
    at: datetime
    who: str
    clauses: list[str]


class DeclinesOfAgency(BaseModel):
    """One agency's refusals: how many, by code, what they cost, beside what it accepted."""

    agency_id: str
    agency_name: str
    declined: int
    accepted: int
    entries: int
    by_code: dict[str, int]


class DeclineReport(BaseModel):
    """Refusals by agency, for the yearly evaluation. They are counted, and nothing else follows from them."""

    model_config = example(
        {
            "month": "2026-06",
            "codes": {"crew": "人手不足"},
            "clauses": ["A06-2.2.3e", "D-2.8b"],
            "items": [
                {
                    "agency_id": "SCJG",
                    "agency_name": "区市场监督管理局",
                    "declined": 2,
                    "accepted": 9,
                    "entries": 2,
                    "by_code": {"crew": 2},
                }
            ],
        }
    )

    month: str | None
    codes: dict[str, str]
    clauses: list[str]
    items: list[DeclinesOfAgency]


class BarrierOut(BaseModel):
    """What stands against an entry, its clauses, and what to do."""

    model_config = example(BARRIER)

    rule: str
    clauses: list[str]
    text: str
    remedy: str
    waivable: bool


class GateOut(BaseModel):
    """Whether an agency may enter a site on a day: yes, no, if (with others, or for only some tasks), or unknown:
    lawful, and booking decides whether the day can carry it.
    """

    model_config = example(
        {
            **STATED,
            "agency_id": "SCJG",
            "site_id": "91310116MA1-01",
            "day": "2026-06-03",
            "verdict": "no",
            "tasks": [],
            "with_tasks": [],
            "barriers": [BARRIER],
            "text": "不可以：化工一厂 2026-06-03：距 2026-05-20 的检查不足一个月（A01-4.1.1c），办法：改在间隔期满之后",
            "otherwise": OTHERWISE,
        }
    )

    plan: str
    plan_hash: str
    rulebook_version: str
    number: int
    agency_id: str
    site_id: str
    day: date
    verdict: Literal["yes", "no", "if", "unknown"]
    tasks: list[str]
    with_tasks: list[str]
    barriers: list[BarrierOut]
    text: str
    otherwise: OtherwiseOut | None = Field(description="结论为 no 时另有什么办法")


class PastOut(BaseModel):
    """An earlier on-site check."""

    day: date
    agency: str
    agency_name: str
    planned: bool
    result: str


class ComingOut(BaseModel):
    """An entry of the plan that is still to come."""

    day: date
    agencies: list[AgencyName]
    tasks: list[str]
    state: str


class QuotaOut(BaseModel):
    """What a domain may still do at the site: dates left this year (null: no cap) and the months between two."""

    domain: str
    remaining: int | None
    gap_months: int
    history: list[date]
    clauses: list[str]


class LedgerOut(BaseModel):
    """A site's entries as one agency may see them, and when it may come next."""

    model_config = example(
        {
            **STATED,
            "agency_id": "SCJG",
            "site_id": "91310116MA1-01",
            "site_name": "化工一厂",
            "past": [
                {
                    "day": "2026-03-02",
                    "agency": "YJJ",
                    "agency_name": "区应急管理局",
                    "planned": True,
                    "result": "未发现问题",
                }
            ],
            "coming": [
                {
                    "day": "2026-06-03",
                    "agencies": [{"id": "YJJ", "name": "区应急管理局"}],
                    "tasks": ["T-77aa01"],
                    "state": "published",
                }
            ],
            "quotas": [{"domain": "A01", "remaining": 1, "gap_months": 1, "history": [], "clauses": ["A01-4.1.1b"]}],
            "next_lawful": "2026-06-03",
            "next_verdict": "if",
            "next_with": ["T-77aa01"],
            "open_tasks": ["T-2a7e5b59258e"],
            "entries_remaining": None,
            "clauses": [],
        }
    )

    plan: str
    plan_hash: str
    rulebook_version: str
    number: int
    agency_id: str
    site_id: str
    site_name: str
    past: list[PastOut]
    coming: list[ComingOut]
    quotas: list[QuotaOut]
    next_lawful: date | None
    next_verdict: Literal["yes", "no", "if", "unknown", ""] = Field(
        description="该日入企核验的结论；没有这样的日期时为空"
    )
    next_with: list[str] = Field(description="该日须同去的其他主体的任务")
    open_tasks: list[str]
    entries_remaining: int | None
    clauses: list[str]


class FreezeOrder(BaseModel):
    """Up to which day, inclusive, nothing of the published plan moves; null lifts it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"until": "2026-06-05"}})

    month: Month | None = None
    until: date | None


class FreezeOut(BaseModel):
    """The freeze in force."""

    model_config = example({**STATED, "until": "2026-06-05"})

    plan: str
    plan_hash: str
    rulebook_version: str
    number: int
    until: date | None
