"""Shapes of changes to plans: operations, verdicts, lineage, and where a plan stands."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.desk.models import BreachOut, example
from api.desk.plans.patches import PATH

MOVE: dict[str, Any] = {"op": "replace", "path": "/visits/[id=V-1d6028428e]/day", "value": "2026-06-11"}
PIN: dict[str, Any] = {"op": "add", "path": "/visits/[id=V-07c1d2aa31]/pinned", "value": True}
UNPIN: dict[str, Any] = {"op": "remove", "path": "/visits/[id=V-07c1d2aa31]/pinned"}
DROP: dict[str, Any] = {"op": "remove", "path": "/visits/[id=V-3b8e5f9d02]"}
DROP_TASK: dict[str, Any] = {"op": "remove", "path": "/visits/[id=V-1d6028428e]/tasks/[id=T-2a7e5b59258e]"}
PLACE: dict[str, Any] = {"op": "replace", "path": "/tasks/[id=T-2a7e5b59258e]/day", "value": "2026-06-11"}
FREE: dict[str, Any] = {"op": "remove", "path": "/tasks/[id=T-2a7e5b59258e]/excluded"}
REASON = "市场监管局 6 月 3 日全员培训"

PATCHES: dict[str, Any] = {
    "move": {"summary": "改期：整次入企移到另一天，并锁定在那天", "value": {"operations": [MOVE], "reason": REASON}},
    "pin": {"summary": "锁定：重新统筹时日期不变", "value": {"operations": [PIN], "reason": "企业已约定"}},
    "unpin": {"summary": "解锁", "value": {"operations": [UNPIN], "reason": "企业改约"}},
    "exclude": {"summary": "调出：本月不去", "value": {"operations": [DROP], "reason": "企业停产检修"}},
    "exclude-task": {"summary": "只调出其中一项任务", "value": {"operations": [DROP_TASK], "reason": "设备送检"}},
    "place": {"summary": "把一项任务（含未安排的）排到某天", "value": {"operations": [PLACE], "reason": "补排"}},
    "free": {"summary": "撤销调出：重新统筹时可再排", "value": {"operations": [FREE], "reason": "恢复生产"}},
}
"""Named examples of what is sent to `from-patch`."""

STEP: dict[str, Any] = {
    "plan": "5d0e4c",
    "parent": "1a2b3c",
    "state": "draft",
    "plan_hash": "1b" * 32,
    "operation": "hold",
    "operations": [MOVE],
    "reason": REASON,
    "created_by": "li",
    "created_at": "2026-05-27T01:00:00Z",
}
HELD: dict[str, Any] = {"pinned": {"T-2a7e5b59258e": "2026-06-11"}, "excluded": []}
BREACH: dict[str, Any] = {"rule": "window", "title": "在申报的窗口内", "clauses": ["A01-3.1"], "count": 1}

PatchOperation = Literal["hold", "solve", "validate"]


class PatchStep(BaseModel):
    """One operation, as in JSON Patch; a visit or task is named by its id: `/visits/[id=V-1d60]/day`."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": MOVE})

    op: Literal["add", "replace", "remove"]
    path: Annotated[str, StringConstraints(pattern=PATH, max_length=500)]
    value: bool | Annotated[str, StringConstraints(max_length=20)] | None = Field(
        None, description="日期 YYYY-MM-DD，或 true / false"
    )


class PatchOrder(BaseModel):
    """Operations in order, and why; the reason goes into the log and stands with the new draft."""

    model_config = ConfigDict(extra="forbid")

    operations: list[PatchStep] = Field(min_length=1, max_length=500)
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00]+$")]


class HeldOut(BaseModel):
    """What solving anew keeps to: tasks held on a date, and tasks kept out of the month."""

    pinned: dict[str, str]
    excluded: list[str]


class PatchVerdict(BaseModel):
    """What the operations come to by the rules on days. Entries and left-out tasks are what the plan's counts gain."""

    model_config = example(
        {
            "plan_hash": "1b" * 32,
            "rulebook_version": "v",
            "lawful": False,
            "entries": 0,
            "left_out": 0,
            "breaches": [BREACH],
            "held": HELD,
        }
    )

    plan_hash: str
    rulebook_version: str
    lawful: bool
    entries: int
    left_out: int
    breaches: list[BreachOut]
    held: HeldOut


class LineageStep(BaseModel):
    """A plan, and what made it of its parent; `operations` are empty for one that was solved from the data alone."""

    plan: str
    parent: str | None
    state: str
    plan_hash: str
    operation: str = Field(description="hold：其余不动；solve：其余重新统筹；空：由数据统筹而成")
    operations: list[dict[str, Any]]
    reason: str
    created_by: str
    created_at: datetime


class Lineage(BaseModel):
    """Where a plan comes from, newest first, what is held in it, and the drafts that were made of it."""

    model_config = example(
        {"plan_hash": "1b" * 32, "rulebook_version": "v", "held": HELD, "items": [STEP], "made_of_it": []}
    )

    plan_hash: str
    rulebook_version: str
    held: HeldOut
    items: list[LineageStep]
    made_of_it: list[LineageStep]


class PlanMetadata(BaseModel):
    """Where a plan stands. While it is being made, stage, best and bound are its job's."""

    model_config = example(
        {
            "id": "5d0e4c",
            "state": "running",
            "month": "2026-06",
            "plan_hash": None,
            "rulebook_version": None,
            "version": None,
            "stage": "match",
            "level": "entries",
            "best": 2851,
            "bound": 2841,
            "detail": "",
            "clauses": [],
        }
    )

    id: str
    state: str = Field(
        description="queued、running：正在统筹；draft、published、superseded：已有方案；"
        "failed、cancelled、finished：任务已结束而没有方案，原因见 detail"
    )
    month: str
    plan_hash: str | None
    rulebook_version: str | None
    version: int | None
    stage: str
    level: str
    best: int | None
    bound: int | None
    detail: str
    clauses: list[str]
