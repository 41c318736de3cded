"""Shapes of triggered checks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.desk.models import example
from api.desk.published.operation_models import Id

Source = Literal["complaint", "assignment", "transfer", "remote", "sample", "accident", "warning", "violation_found"]
CodeState = Literal["open", "done", "late", "overdue"]
ORDER: dict[str, Any] = {
    "agency_id": "SCJG",
    "site_id": "91310116MA1-01",
    "items": ["SCJG-103"],
    "day": "2026-06-03",
    "source": "complaint",
    "urgent": True,
}
TRIGGERED: dict[str, Any] = {
    **ORDER,
    "id": "TR-0f3a9c2b7d11",
    "month": "2026-06",
    "domain": "A01",
    "minutes": 60,
    "code": "",
    "coded_on": None,
    "code_due": "2026-06-08",
    "code_state": "open",
    "code_clauses": ["A01-3.4.3b"],
    "riders": [{"task": "T-77aa01", "unit": "YJJ", "unit_name": "区应急管理局", "clauses": ["D-2.8a"], "booked": True}],
    "absorbed": [
        {"task": "T-2a7e5b59258e", "clauses": ["A01-4.1.4"], "text": "触发式检查已覆盖全部事项", "done": True}
    ],
    "sent": "SCJG",
    "sent_name": "区市场监督管理局",
    "entries_saved": 1,
    "forward": [
        {
            "day": "2026-06-10",
            "tasks": ["T-5b10aa"],
            "units": ["HJ"],
            "unit_names": ["区生态环境局"],
            "whole": True,
            "clauses": ["A07-6.3d"],
            "text": "区生态环境局已公布在 2026-06-10 的入企可提前到 2026-06-03 一并进行，少入企 1 次（A07-6.3d）",
            "booked": False,
        }
    ],
    "forward_saved": 1,
    "staying": [
        {"task": "T-91c2d0", "unit": "GA", "unit_name": "公安分局", "clauses": ["D-2.6a"], "text": "不在办理期限内"}
    ],
    "overfull": False,
    "note": "",
    "warned": None,
    "at": "2026-06-02T01:00:00Z",
    "who": "wang",
    "version": 1,
}


class TriggeredOrder(BaseModel):
    """A triggered check: where it comes from, how urgent, what is checked. It is never held up.

    `source`: complaint 投诉举报, assignment 上级交办, transfer 部门移送, remote 远程监管线索, sample 抽检不合格,
    accident 事故, warning 风险预警, violation_found 当场发现. A warning (附12) may leave `day` out: it is then told
    where the site goes: this month, next month's plan, or off-site.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": ORDER})

    agency_id: Id | None = None
    site_id: Id
    items: list[Id] = Field(min_length=1, max_length=100)
    day: date | None = None
    source: Source
    urgent: bool = Field(False, description="紧急：可先检查后补码（按附件）")
    minutes: int | None = Field(None, ge=1, le=1440)
    coded_on: date | None = Field(None, description="要码日期；尚未要码留空")
    warned_on: date | None = None
    take_riders: bool = Field(True, description="把可同行的未安排任务一并带上")
    pull_forward: bool = Field(False, description="把已公布在以后日期、可以提前的入企一并提前到当日")
    absorb: bool = Field(False, description="本主体同意：已覆盖且一个月内到期的计划任务视为完成（按附件）")


class RiderOut(BaseModel):
    """An open planned task that rides along."""

    task: str
    unit: str
    unit_name: str
    clauses: list[str]
    booked: bool


class ForwardOut(BaseModel):
    """A published visit of a later day that could come with the check instead; `booked`: it does."""

    day: date
    tasks: list[str]
    units: list[str]
    unit_names: list[str]
    whole: bool = Field(description="原日期不再有人入企；否则仅本单位部分提前")
    clauses: list[str]
    text: str
    booked: bool


class StayingOut(BaseModel):
    """A task that does not come along, and why."""

    task: str
    unit: str
    unit_name: str
    clauses: list[str]
    text: str


class AbsorbedOut(BaseModel):
    """A planned task that the check has done as well."""

    task: str
    clauses: list[str]
    text: str
    done: bool


class WarnedOut(BaseModel):
    """Where a warned site goes; `filing` is the draft that was made for next month."""

    into: Literal["off_site", "this_month", "next_month"]
    clauses: list[str]
    text: str
    filing: str | None


class TriggeredOut(BaseModel):
    """A triggered check as it is registered, what followed from it, and the state of its code today."""

    model_config = example(TRIGGERED)

    id: str
    month: str
    site_id: str
    agency_id: str
    domain: str
    items: list[str]
    day: date
    source: Source
    urgent: bool
    minutes: int
    code: str
    coded_on: date | None
    code_due: date | None = Field(description="最迟要码日期；附件未定期限的为空")
    code_state: CodeState
    code_clauses: list[str]
    riders: list[RiderOut]
    absorbed: list[AbsorbedOut]
    sent: str = Field(description="派出检查组的主体：主体自身没有人员时为其内设机构")
    sent_name: str
    entries_saved: int
    forward: list[ForwardOut]
    forward_saved: int = Field(description="全部提前可再少入企几次")
    staying: list[StayingOut]
    overfull: bool = Field(description="当日人员超出可用量：须重排")
    note: str
    warned: WarnedOut | None
    at: datetime
    who: str
    version: int


class CodeOrder(BaseModel):
    """The code that a check was given, and when it was applied for."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"code": "JCM-20260603-01", "coded_on": "2026-06-04"}}
    )

    code: Id
    coded_on: date
