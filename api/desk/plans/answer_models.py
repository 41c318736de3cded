"""Shapes of answers about plans: why, what differs, and the draws."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel

from api.desk.models import example
from planner.law.rules.distances import CAP, GAP

STATED: dict[str, Any] = {"plan_hash": "1b" * 32, "rulebook_version": "cn-sh-jinshan@2025-04-09#7b668423"}
CHANGED: dict[str, Any] = {"task": "T-2a7e5b59258e", "site": "91310116MA1-01", "before": "2026-06-01", "after": "out"}
ENTRY: dict[str, Any] = {
    "visit": "V-1d6028428e",
    "site": "91310116MA1-01",
    "day": "2026-06-01",
    "tasks": ["T-2a7e5b59258e"],
}
DRAW: dict[str, Any] = {
    "number": 0,
    "draw_id": "D-HBJ-2606",
    "filing_id": "HBJ-2606-02",
    "agency_id": "HBJ",
    "list_hash": "3d" * 32,
}


ExceptionKind = Literal["over_cap", "waiver"]
EXCEPTION: dict[str, Any] = {
    "kind": "over_cap",
    "site": "91310116MA1-01",
    "site_name": "(示例)某餐饮有限公司",
    "day": "2026-06-09",
    "units": ["SCJG-SP"],
    "filings": ["SCJG-2026-06-01"],
    "rule": CAP.id,
    "clauses": ["A01-4.1.1b"],
    "zh": "今年还可计划到场 0 次，本月安排 1 次；申报写明确需：群众关切",
    "en": "0 dates left this year, 1 planned; filed as needed: 群众关切",
}


class WhyOut(BaseModel):
    """What a plan decided on a task, why, and by which clauses."""

    model_config = example(
        {
            **STATED,
            "task": "T-1",
            "outcome": "left_out",
            "day": None,
            "visit": None,
            "company": [],
            "reason": {"rule": GAP.id, "clauses": ["A02-4.1.1c"], "blocked": []},
            "waits_until": None,
            "clauses": ["A02-4.1.1c"],
            "text": "与上次检查间隔不足",
        }
    )

    plan_hash: str
    rulebook_version: str
    task: str
    outcome: str
    day: str | None
    visit: str | None
    company: list[str]
    reason: dict[str, Any] | None
    waits_until: str | None
    clauses: list[str]
    text: str


class TaskChange(BaseModel):
    """A task with another answer: a date, later or out; None where that plan does not know it."""

    model_config = example(CHANGED)

    task: str
    site: str
    before: str | None
    after: str | None


class EntryOut(BaseModel):
    """A visit with the tasks that are done at it."""

    model_config = example(ENTRY)

    visit: str
    site: str
    day: str
    tasks: list[str]


class PlanDifference(BaseModel):
    """What a plan has otherwise than the one it is held against."""

    model_config = example(
        {
            **STATED,
            "plan": "5d0e4c",
            "against": "77aa",
            "against_hash": "4e" * 32,
            "tasks": [CHANGED],
            "visits_added": [],
            "visits_removed": [ENTRY],
            "visits_changed": [],
            "visits_same": 2840,
        }
    )

    plan_hash: str
    rulebook_version: str
    plan: str
    against: str
    against_hash: str
    tasks: list[TaskChange]
    visits_added: list[EntryOut]
    visits_removed: list[EntryOut]
    visits_changed: list[EntryOut]
    visits_same: int


class DrawOut(BaseModel):
    """A draw of sites that a plan rests on."""

    model_config = example(DRAW)

    number: int
    draw_id: str
    filing_id: str
    agency_id: str
    list_hash: str


class DrawRecordOut(BaseModel):
    """A draw with its whole record: `planner verify` replays it."""

    model_config = example({**STATED, "record": {"draw_id": "D-HBJ-2606", "filing_id": "HBJ-2606-02"}})

    plan_hash: str
    rulebook_version: str
    record: dict[str, Any]


class ExceptionOut(BaseModel):
    """Something that a plan lets through: a date beyond a yearly cap (`over_cap`), or one use of a signed `waiver`.

    `day` is empty for a waiver, which may serve several dates, and `site` where it is of a whole filing.
    """

    model_config = example(EXCEPTION)

    kind: ExceptionKind
    site: str
    site_name: str
    day: date | None
    units: list[str]
    filings: list[str]
    rule: str
    clauses: list[str]
    zh: str
    en: str


class ExceptionList(BaseModel):
    """A page of a plan's exceptions, with its hash and rulebook."""

    model_config = example({**STATED, "items": [EXCEPTION], "next": None})

    plan_hash: str
    rulebook_version: str
    items: list[ExceptionOut]
    next: str | None
