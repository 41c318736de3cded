"""Answers about plans, as the coordinator gets them: why, what differs; draws also as the auditor does."""

from __future__ import annotations

from itertools import islice
from typing import Any

from api.desk.plans.answer_models import DrawOut, DrawRecordOut, ExceptionOut, PlanDifference, WhyOut
from api.desk.plans.plans import may_replay, parts, visible
from api.problems import Problem
from api.rights import Who
from api.store.database.engine import Tx
from api.store.database.errors import NotFoundError


def why(tx: Tx, who: Who, plan_id: str, task: str) -> WhyOut:
    """Return what a plan decided on a task. Raises NotFoundError where the plan knows no such task."""
    from planner.service import why_of

    row = visible(tx, who, plan_id)
    found = why_of(parts.all_of(tx, plan_id), task)
    if found is None:
        raise NotFoundError(f"方案中没有任务 {task}，请核对编号 / the plan knows no task {task}")
    return WhyOut(plan_hash=row.plan_hash, rulebook_version=row.rulebook_version, **found)


def difference(tx: Tx, who: Who, plan_id: str, against: str) -> PlanDifference:
    """Return what a plan has otherwise than `against`. Raises Problem 422 where they are of different months."""
    from planner.service import difference_of

    row, other = visible(tx, who, plan_id), visible(tx, who, against)
    if row.month != other.month:
        detail = f"两个方案不是同一个月的（{row.month} 与 {other.month}），不能比较。请选同月方案。"
        raise Problem(422, "month-differs", detail)
    found = difference_of(parts.all_of(tx, against), parts.all_of(tx, plan_id))
    return PlanDifference(
        plan_hash=row.plan_hash,
        rulebook_version=row.rulebook_version,
        plan=row.id,
        against=other.id,
        against_hash=other.plan_hash,
        **found,
    )


def draws(tx: Tx, who: Who, plan_id: str) -> list[DrawOut]:
    """Return the draws that a plan rests on, by id."""
    records = _records(tx, who, visible(tx, who, plan_id).id)
    names = ("draw_id", "filing_id", "agency_id", "list_hash")
    return [DrawOut(number=number, **{name: record[name] for name in names}) for number, record in enumerate(records)]


def draw(tx: Tx, who: Who, plan_id: str, number: int) -> DrawRecordOut:
    """Return one draw with its record. Raises Problem 404 where there is none of that number."""
    row = visible(tx, who, plan_id)
    records = _records(tx, who, row.id)
    if number >= len(records):
        raise Problem(404, "not-found", f"方案没有第 {number} 次抽取。")
    return DrawRecordOut(plan_hash=row.plan_hash, rulebook_version=row.rulebook_version, record=records[number])


def exceptions(tx: Tx, plan_id: str, kind: str | None, after: int, limit: int) -> list[tuple[int, ExceptionOut]]:
    """Return (place in the list, row) of what a plan lets through, after place `after`; all of it is announced."""
    rows = parts.all_of(tx, plan_id).get("exceptions") or ()
    asked = islice(enumerate((row for row in rows if kind in (None, row["kind"])), 1), after, after + limit)
    return [(place, ExceptionOut(**row)) for place, row in asked]


def _records(tx: Tx, who: Who, plan_id: str) -> list[dict[str, Any]]:
    return parts.of(tx, plan_id, "draws") if may_replay(tx, who, plan_id) else []
