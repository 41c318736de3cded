"""Shapes of reasons: why a task has no day and what it would take, why a visit is on its day, and why not there."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, Field

from api.desk.models import example
from api.desk.plans.change_models import PatchStep
from planner.law.rules.distances import GAP

Could = Literal["possible", "barred", "unwalked", "unsettled"]
"""Whether something could be otherwise; "unwalked" is said of a visit's other days alone."""
TOLD: dict[str, Any] = {"text_zh": "（一句中文）", "text_en": "(one sentence)"}
WAY: dict[str, Any] = {
    "kind": "window",
    "day": "2026-06-22",
    "tasks": ["T-1"],
    "entries": 1,
    "disturbance": 8,
    "site": None,
    "from": None,
    "to": None,
    "days": 10,
    "unit": None,
    "half": None,
    "rule": None,
    "operations": [],
    **TOLD,
}
MEMBER: dict[str, Any] = {
    "rule": GAP.id,
    "subjects": ["91310116MA1-01"],
    "days": ["2026-06-22"],
    "numbers": [],
    "clauses": ["A02-4.1.1c"],
    **TOLD,
}
OTHERWISE: dict[str, Any] = {
    "could": "possible",
    "more": {"left_out": [0, 0, 0], "entries": 1, "disturbance": 8, "crowding": 40},
    "rules": [],
    **TOLD,
}
TASK: dict[str, Any] = {
    "task": "T-1",
    "site": "91310116MA1-01",
    "unit": "SCJG-SP",
    "with": [],
    "window": ["2026-06-01", "2026-06-12"],
    "verdict": "blocked",
    "others": "no",
    "members": [MEMBER],
    "ways": [WAY],
    "none_exists": False,
    "cheapest_proven": True,
    "unsettled": [],
    "ways_zh": "（一句中文）",
    "ways_en": "(one sentence)",
    **TOLD,
}
VISIT: dict[str, Any] = {
    "visit": "V-1d6028428e",
    "site": "91310116MA1-01",
    "site_name": "(示例)某餐饮有限公司",
    "day": "2026-06-01",
    "tasks": ["T-2"],
    "why": [{"question": "due", "clauses": ["D-2.6a"], **TOLD}],
    "days": [{"day": "2026-06-02", **OTHERWISE}],
    "absent": [{"tasks": ["T-3"], **OTHERWISE}],
    "firm_zh": "（一句中文）",
    "firm_en": "(one sentence)",
}
ITEM: dict[str, Any] = {
    "tasks": ["T-3"],
    "could": "barred",
    "day": None,
    "more": None,
    "members": [MEMBER],
    **TOLD,
}
SITE: dict[str, Any] = {
    "site": "91310116MA1-01",
    "site_name": "(示例)某餐饮有限公司",
    "day": "2026-06-22",
    "agencies": [],
    "visits": [],
    "items": [ITEM],
    **TOLD,
}


class Told(BaseModel):
    """A sentence in Chinese and in English."""

    text_zh: str
    text_en: str


class MemberOut(Told):
    """One fact of the smallest set that stands against the task, with the days that it bars."""

    model_config = example(MEMBER)

    rule: str
    subjects: list[str]
    days: list[date]
    numbers: list[list[int]] = Field(description="人手：逐日（需要，只有），单位为刻钟；其他规则为空")
    clauses: list[str]


class WayOut(Told):
    """One change that gives the task a day, proven by doing it. What does not belong to its kind is null."""

    model_config = example(WAY)

    kind: Literal["day", "visit", "window", "consent", "crew", "waiver", "both"]
    day: date = Field(description="任务随后排在哪天")
    tasks: list[str] = Field(description="改日期、变更备案、同意联合或豁免的任务")
    entries: int = Field(description="入企增加几次")
    disturbance: int = Field(description="打扰增加多少（刻钟×敏感度）")
    site: str | None = None
    from_: date | None = Field(None, alias="from")
    to: date | None = None
    days: int | None = Field(None, description="期限放宽几天")
    unit: str | None = None
    half: str | None = None
    rule: str | None = Field(None, description="签批豁免的政策类规则")
    operations: list[PatchStep] = Field(
        default_factory=list, description="照此改动：可直接交给 from-patch 的操作；须先变更备案、同意、增派或豁免的为空"
    )


class TaskReasons(Told):
    """Why a task has no day (the smallest set of facts, proven) and what it would take, cheapest first."""

    model_config = example(TASK)

    task: str
    site: str
    unit: str
    with_: list[str] = Field(alias="with", description="必须同去的任务")
    window: list[date]
    verdict: Literal["blocked", "free", "unknown"]
    others: Literal["no", "unknown"] = Field(description="移动其他安排、不挤掉同级或更高一级的检查，行不行")
    members: list[MemberOut]
    ways: list[WayOut]
    none_exists: bool = Field(description="只改一处的办法、移动一次入企并变更期限的办法已逐一试尽，没有一个可行")
    cheapest_proven: bool
    unsettled: list[str] = Field(description="没有判明的办法种类")
    ways_zh: str
    ways_en: str


class WhySaid(Told):
    """Why the tasks are due, why they go together, or why that day."""

    question: Literal["due", "together", "day"]
    clauses: list[str]


class MoreOut(BaseModel):
    """What the plan would have more, level by level; left-out priorities are mandatory, accepted, optional."""

    left_out: list[int]
    entries: int
    disturbance: int
    crowding: int = Field(description="各日忙闲不均，百分之一刻钟")


class OtherwiseOut(Told):
    """Whether it could be otherwise, all else staying: at what cost, or which rules bar it."""

    could: Could
    more: MoreOut | None
    rules: list[str]


class OtherDayOut(OtherwiseOut):
    """The visit on another day."""

    day: date


class AbsentOut(OtherwiseOut):
    """Tasks of the site that are not at the visit, had they come along."""

    tasks: list[str]


class VisitReasons(BaseModel):
    """Why a visit is on its day, every other day of the common window, who is not there, and how firm the choice is."""

    model_config = example(VISIT)

    visit: str
    site: str
    site_name: str
    day: date
    tasks: list[str]
    why: list[WhySaid]
    days: list[OtherDayOut]
    absent: list[AbsentOut]
    firm_zh: str
    firm_en: str


class SiteItem(Told):
    """Tasks that come together and are not at the site that day, or tasks of two agencies that are apart."""

    model_config = example(ITEM)

    tasks: list[str]
    could: Could
    day: date | None = Field(description="可行的日子中代价最小的一天")
    more: MoreOut | None
    members: list[MemberOut] = Field(description="问一天：每条各自已足以排除；问两家：合起来排除每一天，缺一不可")


class SiteReasons(Told):
    """Why nobody, or an agency, is not at a site on a day, or why two agencies do not come there together."""

    model_config = example(SITE)

    site: str
    site_name: str
    day: date | None
    agencies: list[str]
    visits: list[str] = Field(description="所问的入企其实有：编号，可再按 visit 提问")
    items: list[SiteItem]


class ReasonsOut(BaseModel):
    """The reasons of what was asked about: a left-out task, a visit, or a site. The others are null."""

    model_config = example({"plan_hash": "1b" * 32, "rulebook_version": "v", "task": TASK, "visit": None, "site": None})

    plan_hash: str
    rulebook_version: str
    task: TaskReasons | None
    visit: VisitReasons | None
    site: SiteReasons | None
