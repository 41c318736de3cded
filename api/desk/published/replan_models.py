"""Shapes of replanning: events, what they come to, and the notices to agencies."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.desk.models import example
from api.desk.published.operation_models import Id, Words

PLAN: dict[str, Any] = {"plan": "5d0e4c", "plan_hash": "1b" * 32, "rulebook_version": "cn-sh-jinshan@2025-04-09"}
EVENTS: dict[str, Any] = {
    "absence": {
        "summary": "人员缺勤而不知是谁：某科室某些天只剩 left 个检查组刻钟",
        "value": {"event": {"kind": "absence", "unit": "SCJG", "days": ["2026-06-03"]}, "reason": "全员培训"},
    },
    "away": {
        "summary": "某位检查人员缺勤：整天 day、上午 am 或下午 pm；其科室余下的人手重新计算，够用就不改期",
        "value": {
            "event": {"kind": "away", "unit": "SCJG", "inspector": "SCJG-07", "days": ["2026-06-03"], "half": "am"},
            "reason": "病假",
        },
    },
    "emergency": {
        "summary": "紧急叫停；取消为 cancelled，对象停业为 closed",
        "value": {"event": {"kind": "emergency", "site": "91310116MA1-01", "days": ["2026-06-03"]}},
    },
    "no_show": {
        "summary": "未到场；不参加为 refused，未办完为 partly_done，已办结为 done，不再需要入企为 settled",
        "value": {"event": {"kind": "no_show", "agency": "YJJ", "site": "91310116MA1-01", "day": "2026-06-03"}},
    },
    "triggered": {
        "summary": "触发式检查占用了人员：其他安排让路",
        "value": {"event": {"kind": "triggered", "id": "TR-0f3a9c2b7d11"}},
    },
    "accepted": {
        "summary": "发布后新受理的计划纳入本月：已公布的安排不动（不能试算，直接重排）",
        "value": {"event": {"kind": "accepted"}, "reason": "市级部署的专项检查"},
    },
    "asked": {
        "summary": "企业申请改期或不联合，牵头主体已同意（事件原样取自该申请）",
        "value": {
            "event": {
                "kind": "asked",
                "site": "91310116MA1-01",
                "day": "2026-06-03",
                "to": "2026-06-10",
                "agency": "",
                "request": "5d0e4c",
            },
            "reason": "当天全厂停电检修",
        },
    },
    "new_task": {
        "summary": "新任务（只可试算；正式排入须先备案受理）",
        "value": {
            "event": {
                "kind": "new_task",
                "id": "T-new",
                "site": "91310116MA1-01",
                "unit": "SCJG",
                "items": ["SCJG-103"],
                "from": "2026-06-10",
                "to": "2026-06-20",
            }
        },
    },
}
NOTICE: dict[str, Any] = {
    "agency": "YJJ",
    "changes": [
        {
            "task": "T-77aa01",
            "site": "91310116MA1-01",
            "kind": "moved",
            "before": "2026-06-03",
            "after": "2026-06-04",
            "text_zh": "化工一厂 由 2026-06-03 改到 2026-06-04",
        }
    ],
    "why_zh": "区市场监督管理局 2026-06-03 人员缺勤",
    "clauses": ["D-2.6b"],
    "text_zh": "因区市场监督管理局 2026-06-03 人员缺勤：化工一厂 由 2026-06-03 改到 2026-06-04。依据：D-2.6b。",
}
Dates = Annotated[list[date], Field(min_length=1, max_length=60)]


class _Event(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AbsenceEvent(_Event):
    """A unit has only `left` crew quarter-hours on some days, whoever is missing: nobody leaves the draw for it."""

    kind: Literal["absence"]
    unit: Id
    days: Dates
    left: int = Field(0, ge=0, le=100_000)


class AwayEvent(_Event):
    """An inspector of a unit is away on some days, or for half of each; who is left is drawn where that person was."""

    kind: Literal["away"]
    unit: Id
    inspector: Id
    days: Dates
    half: Literal["day", "am", "pm"] = "day"


class StopEvent(_Event):
    """Nobody enters a site on some days."""

    kind: Literal["cancelled", "closed", "emergency"]
    site: Id
    days: Dates


class VisitEvent(_Event):
    """What became of an agency's tasks at a visit; no `tasks`: all of them."""

    kind: Literal["no_show", "refused", "partly_done", "done", "settled"]
    agency: Id
    site: Id
    day: date
    tasks: list[Id] = Field(default_factory=list, max_length=100)


class TriggeredEvent(_Event):
    """A registered triggered check took crews: others give way."""

    kind: Literal["triggered"]
    id: Id


class NewTaskEvent(_Event):
    """A task that has come up; it can be tried, and has to be filed to be planned."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    kind: Literal["new_task"]
    id: Id
    site: Id
    unit: Id
    items: list[Id] = Field(min_length=1, max_length=100)
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    minutes: int | None = Field(None, ge=1, le=1440)
    strength: int = Field(1, ge=0, le=2)
    priority: int = Field(5, ge=1, le=9)
    unannounced: bool = False


class AcceptedEvent(_Event):
    """Plans were accepted since the month was published: they come into what is left, and nothing published moves."""

    kind: Literal["accepted"]


class AskedEvent(_Event):
    """An enterprise asked, and the visit's lead agreed: what was to come on `day` comes on `to`, or `agency`'s part."""

    kind: Literal["asked"]
    site: Id
    day: date
    to: date
    agency: Id | Literal[""] = ""
    request: Id


AnyEvent = Annotated[
    AbsenceEvent | AwayEvent | StopEvent | VisitEvent | TriggeredEvent | NewTaskEvent | AcceptedEvent | AskedEvent,
    Field(discriminator="kind"),
]


class ReplanOrder(BaseModel):
    """What has happened to a published plan, and why, for the log and the version's lineage."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EVENTS["absence"]["value"]})

    event: AnyEvent
    reason: Words = ""

    def plain(self) -> dict[str, Any]:
        """Return the event as `planner.service.event_from` reads it."""
        return self.event.model_dump(mode="json", by_alias=True, exclude_none=True)


class ChangedVisit(BaseModel):
    """A published visit that does not stand as told."""

    site: str
    day: date


class TaskChangeOut(BaseModel):
    """A task with another answer: a date, later or out."""

    task: str
    site: str
    unit: str
    before: str
    after: str


class ChangeOut(BaseModel):
    """One change in a notice: moved, placed, deferred, left_out, or company (others come along, or no longer)."""

    task: str
    site: str
    kind: Literal["moved", "placed", "deferred", "left_out", "company"]
    before: date | None
    after: date | None
    text_zh: str


class NoticeOut(BaseModel):
    """What one agency is told: its own changes, why, and the clauses."""

    model_config = example(NOTICE)

    agency: str
    changes: list[ChangeOut]
    why_zh: str
    clauses: list[str]
    text_zh: str


class ReplanOut(BaseModel):
    """What an event comes to. `proven`: no lawful plan leaves out less, nor one as little with fewer changed visits."""

    model_config = example(
        {
            **PLAN,
            "number": 3,
            "next_hash": "2c" * 32,
            "changed_visits": [{"site": "91310116MA1-01", "day": "2026-06-03"}],
            "proven": True,
            "entries_proven": True,
            "left_out": [0, 0, 0],
            "entries": 2841,
            "later_entries": 0,
            "notices": [NOTICE],
            "diff": [
                {
                    "task": "T-77aa01",
                    "site": "91310116MA1-01",
                    "unit": "YJJ",
                    "before": "2026-06-03",
                    "after": "2026-06-04",
                }
            ],
        }
    )

    plan: str
    plan_hash: str
    rulebook_version: str
    number: int
    next_hash: str
    changed_visits: list[ChangedVisit]
    proven: bool
    entries_proven: bool
    left_out: list[int]
    entries: int
    later_entries: int
    notices: list[NoticeOut]
    diff: list[TaskChangeOut]


class NoticeList(BaseModel):
    """The notices of a plan that came of an event; none for a plan that did not."""

    model_config = example({**PLAN, "parent": "1a2b3c", "items": [NOTICE]})

    plan: str
    plan_hash: str
    rulebook_version: str
    parent: str | None
    items: list[NoticeOut]
