"""Shapes of plans and visits, and words that all shapes use."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from planner.law.rules.distances import GAP

Month = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00]+$")]
Code = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")]

SITE: dict[str, Any] = {"id": "91310116MA1-01", "name": "化工一厂", "town": "漕泾镇", "industry": "化工"}
PLAN: dict[str, Any] = {
    "id": "5d0e4c",
    "month": "2026-06",
    "state": "draft",
    "status": "optimal",
    "plan_hash": "1b" * 32,
    "case_hash": "2c" * 32,
    "rulebook_version": "cn-sh-jinshan@2025-04-09#7b668423",
    "stopped": False,
    "parent": None,
    "job": "77aa",
    "created_at": "2026-05-26T01:00:00Z",
    "created_by": "li",
    "published_at": None,
    "published_by": None,
    "superseded_by": None,
    "version": 1,
}
VISIT: dict[str, Any] = {
    "id": "V-1d6028428e",
    "day": "2026-06-01",
    "day_text": "2026-06-01 周一",
    "slot": {"start": "09:00", "end": "10:30"},
    "half": "am",
    "site": SITE,
    "agencies": [{"id": "SCJG", "name": "区市场监督管理局", "units": ["食品科"], "items": ["食品安全检查"]}],
    "inspectors": [],
    "tasks": ["T-2a7e5b59258e"],
    "items": ["SCJG-103"],
    "plan_codes": ["JH-SCJG-03"],
    "clauses": ["A01-4.1.3c"],
    "why": [
        {
            "question": "due",
            "agency": "SCJG",
            "text": "食品科的计划JH-SCJG-03要求在6月1日至6月30日内检查。"
            "依据：附件1四(一)3“随机清单事项每年按比例抽”（A01-4.1.3c）。",
            "clauses": ["A01-4.1.3c"],
        }
    ],
    "minutes": 90,
    "joint": False,
    "cross_domain": False,
    "unannounced": False,
}
FINDING: dict[str, Any] = {
    "code": "cell.date",
    "severity": "error",
    "title": "日期不可读",
    "message": "“六月”不是日期",
    "action": "请改为 2026-06-01 这样的日期",
    "table": "filings",
    "row": 3,
    "column": "开始日期",
    "value": "六月",
    "clauses": [],
    "opened": [],
}


def example(values: dict[str, Any]) -> ConfigDict:
    """Return a model's configuration with its example."""
    return ConfigDict(json_schema_extra={"example": values})


class PlanOrder(BaseModel):
    """The month to be planned; the same seed and the same data give the same plan."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"month": "2026-06"}})

    month: Month
    seed: int | None = Field(None, ge=0, le=2**31 - 1)
    year: Code | None = Field(None, description="按哪个年度统筹：排在当月的任务须当月完成")


class PlanOut(BaseModel):
    """A plan without its contents; `version` is its ETag."""

    model_config = example(PLAN)

    id: str
    month: str
    state: str = Field(description="draft、published、superseded")
    status: str
    plan_hash: str
    case_hash: str
    rulebook_version: str
    stopped: bool
    parent: str | None
    job: str | None
    created_at: datetime
    created_by: str
    published_at: datetime | None
    published_by: str | None
    superseded_by: str | None
    version: int


class PlanEnvelope(BaseModel):
    """A plan with its figures. Figures count unannounced checks too, so they are the coordinator's alone."""

    model_config = example(
        {"plan": PLAN, "figures": {"entries": 2841, "bound_certified": 2841}, "files": 12, "runs": []}
    )

    plan: PlanOut
    figures: dict[str, Any] | None
    files: int
    runs: list[str] = Field([], description="正在核验发布或生成文件的任务编号；只给统筹部门")


class PlanKpis(BaseModel):
    """A plan's figures as the caller may know them."""

    model_config = example(
        {
            "plan_hash": "1b" * 32,
            "rulebook_version": "v",
            "figures": {"entries": 2790, "joint_share": 0.54, "own": {"id": "SCJG", "tasks": 812, "entries": 640}},
        }
    )

    plan_hash: str
    rulebook_version: str
    figures: dict[str, Any]


class PublishOrder(BaseModel):
    """Why the plan is published, for the log."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"reason": "六月会商一致"}})

    reason: str = Field("", max_length=2000, pattern=r"^[^\x00]*$")


class Slot(BaseModel):
    """Start and end of a stay."""

    start: str
    end: str


class VisitSite(BaseModel):
    """Where."""

    id: str
    name: str
    town: str
    industry: str


class VisitAgency(BaseModel):
    """Who comes; units and items are told to that agency and to the coordinator."""

    id: str
    name: str
    units: list[str]
    items: list[str]


class WhyOut(BaseModel):
    """Why a visit is as it is, in a sentence that opens its clauses.

    `question`: "due" (why the task of `agency` is due), "together" (why they come together) or "day" (why that day);
    of an unannounced one also "yields" (where it can go if others book its day).
    """

    question: str
    agency: str
    text: str
    clauses: list[str]


class VisitOut(BaseModel):
    """One entry: a site on a day, with all who come. What is not the caller's to know is left empty."""

    model_config = example(VISIT)

    id: str
    day: date
    day_text: str
    slot: Slot | None
    half: str | None
    site: VisitSite
    agencies: list[VisitAgency]
    inspectors: list[dict[str, Any]]
    tasks: list[str]
    items: list[str]
    plan_codes: list[str]
    clauses: list[str]
    why: list[WhyOut]
    minutes: int | None
    joint: bool
    cross_domain: bool
    unannounced: bool


class VisitList(BaseModel):
    """Visits of one plan, by day and site."""

    model_config = example({"plan_hash": "1b" * 32, "rulebook_version": "v", "items": [VISIT], "next": None})

    plan_hash: str
    rulebook_version: str
    items: list[VisitOut]
    next: str | None


class BreachOut(BaseModel):
    """A rule that a change would break, how often, and its clauses."""

    rule: str
    title: str
    clauses: list[str]
    count: int


class VerdictOut(BaseModel):
    """What comes of having a visit on another day (null: not at all): breaches, and what the plan's counts gain."""

    day: date | None
    lawful: bool
    sure: bool = Field(description="当日人手能否排开已判定；否则以保存新版本时的排班为准")
    entries: int
    left_out: int
    breaches: list[BreachOut]


class VerdictList(BaseModel):
    """The day of a visit, and the verdict on every other open day of the month and, last, on dropping it."""

    model_config = example(
        {
            "plan_hash": "1b" * 32,
            "rulebook_version": "v",
            "day": "2026-06-01",
            "items": [
                {
                    "day": "2026-06-02",
                    "lawful": False,
                    "sure": True,
                    "entries": 0,
                    "left_out": 0,
                    "breaches": [{"rule": "window", "title": "在申报的窗口内", "clauses": ["A01-3.1"], "count": 1}],
                }
            ],
        }
    )

    plan_hash: str
    rulebook_version: str
    day: date
    items: list[VerdictOut]


class LeftOutList(BaseModel):
    """Tasks that have no lawful day, with the reason and its clauses."""

    model_config = example(
        {
            "plan_hash": "1b" * 32,
            "rulebook_version": "v",
            "items": [{"task": "T-1", "site": SITE, "reason": {"rule": GAP.id, "clauses": ["A02-4.1.1c"]}}],
        }
    )

    plan_hash: str
    rulebook_version: str
    items: list[dict[str, Any]]


NotVisitedKind = Literal["off_site", "summons", "recognised", "absorbed", "done", "done_off_site", "fire", "removed"]
NOT_VISITED: dict[str, Any] = {
    "kind": "recognised",
    "rule": "recognition",
    "site": "91310116MA1-01",
    "site_name": "(示例)某餐饮有限公司",
    "town": "朱泾镇",
    "unit": "SCJG-SP",
    "parent": "SCJG",
    "domain": "A01",
    "items": ["SCJG-101"],
    "filings": ["SCJG-2026-06-01"],
    "window": ["2026-06-01", "2026-06-19"],
    "clauses": ["A01-3.1.2"],
    "on": "2026-05-20",
    "zh": "2026-05-20 的市区检查结果互认至 2026-06-20",
    "en": "the result of city or district of 2026-05-20 is recognised until 2026-06-20",
    "unannounced": False,
    "task": "",
}


class NotVisitedOut(BaseModel):
    """Something filed that makes no visit: what becomes of it, where, why, by which clause, and the date it rests on.

    `kind`: off_site 非现场检查, summons 传唤, recognised 市区互认, absorbed 触发式已覆盖, done 本主体已查,
    done_off_site 非现场已查无问题, fire 消防查一次, removed 依规不安排. `site` is empty for a whole filing.
    """

    model_config = example(NOT_VISITED)

    kind: NotVisitedKind
    rule: str
    site: str
    site_name: str
    town: str
    unit: str
    parent: str
    domain: str
    items: list[str]
    filings: list[str]
    window: tuple[date, date] | None
    clauses: list[str]
    on: date | None
    zh: str
    en: str
    unannounced: bool
    task: str


class NotVisitedList(BaseModel):
    """A page of what a plan does not visit, with the plan's hash and rulebook."""

    model_config = example({"plan_hash": "1b" * 32, "rulebook_version": "v", "items": [NOT_VISITED], "next": None})

    plan_hash: str
    rulebook_version: str
    items: list[NotVisitedOut]
    next: str | None


class FileOut(BaseModel):
    """A file that a run has made of a plan."""

    model_config = example(
        {"number": 0, "name": "统筹计划-2026-06.xlsx", "sha256": "ab" * 32, "bytes": 51200, "ready": True}
    )

    number: int
    name: str
    sha256: str
    bytes: int
    ready: bool = Field(description="文件是否在服务器上、可以下载")


class FindingOut(BaseModel):
    """Something about the input that a person should know: what, where, by which clause, and what to do."""

    model_config = example(FINDING)

    code: str
    severity: str
    title: str
    message: str
    action: str
    table: str
    row: int
    column: str
    value: str
    clauses: list[str]
    opened: list[str] = Field(description="各条款的位置、要旨与编号")


class AgencyOut(BaseModel):
    """An agency or one of its sections."""

    model_config = example(
        {"id": "SCJG", "name": "区市场监督管理局", "level": "区级", "town": "", "parent": "", "domain": "市场监管"}
    )

    id: str
    name: str
    level: str
    town: str
    parent: str
    domain: str


Operation = Literal["solve", "validate"]
