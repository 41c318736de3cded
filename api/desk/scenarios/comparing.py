"""Two plans of a month beside each other: ordered by the coordinator, read by whoever may see both plans.

Coordinator and auditor read the whole, an agency what becomes of its own visits and of those of its sections. All is
made of what is announced.
"""

from __future__ import annotations

from typing import Any

from api.desk.plans.plans import visible
from api.desk.scenarios.comparison_models import (
    ComparisonDocument,
    ComparisonOrder,
    ComparisonOut,
    ComparisonRow,
    WholeBeside,
)
from api.problems import Problem
from api.rights import Who, own_agencies
from api.store import Store, queue
from api.store.database.engine import Tx
from api.store.database.errors import NotFoundError
from api.store.planned.plans import PlanRow
from api.store.queue import Job

KIND = "compare"
Found = tuple[Job, PlanRow, PlanRow]


def payload_of(tx: Tx, who: Who, order: ComparisonOrder) -> dict[str, Any]:
    """Return what a run is given. Raises NotFoundError, Problem 422 where the plans are of two months."""
    first, second = visible(tx, who, order.first), visible(tx, who, order.second)
    if first.month != second.month:
        raise Problem(
            422, "month", f"两份方案须是同一个月的：{order.first} 是 {first.month}，{order.second} 是 {second.month}。"
        )
    return {"plan": first.id, "other": second.id, "month": first.month}


def rows_of(store: Store, who: Who, before: int | None, limit: int) -> tuple[list[ComparisonRow], int | None]:
    """Return the comparisons that the caller may read, newest first, and the number to go on from, None at the end."""
    found: list[Found] = []
    while some := queue.jobs_of(store, kind=KIND, before=before, limit=100):
        with store.read() as tx:
            for job in some:
                plans = _plans_for(tx, who, job)
                if plans is not None and len(found) == limit:
                    return [ComparisonRow(**_head(*one)) for one in found], found[-1][0].number
                if plans is not None:
                    found.append((job, *plans))
        before = some[-1].number
    return [ComparisonRow(**_head(*one)) for one in found], None


def comparison_of(tx: Tx, who: Who, comparison_id: str) -> ComparisonOut:
    """Return a comparison, as far as it is the caller's to read. Raises NotFoundError."""
    found = _readable(tx, who, comparison_id)
    told, own = queue.parts_of(tx, comparison_id).get(1), own_agencies(tx, who)
    units = None if told is None else [row for row in told["units"] if own is None or row["unit"] in own]
    whole = WholeBeside.model_validate(told) if told is not None and own is None else None
    return ComparisonOut(**_head(*found), whole=whole, units=units)


def document_of(tx: Tx, who: Who, comparison_id: str) -> ComparisonDocument:
    """Return the whole document. Raises NotFoundError, also where it is not there yet."""
    _readable(tx, who, comparison_id)
    found = queue.part_of(tx, comparison_id, 1)
    if found is None:
        raise NotFoundError(f"比较 {comparison_id} 还没有结果 / comparison {comparison_id} has no result yet")
    return ComparisonDocument(id=comparison_id, document=found)


def _readable(tx: Tx, who: Who, comparison_id: str) -> Found:
    job = queue.job_or_none(tx, comparison_id)
    plans = _plans_for(tx, who, job) if job is not None and job.kind == KIND else None
    if job is None or plans is None:
        raise NotFoundError(f"没有比较 {comparison_id} / there is no comparison {comparison_id}")
    return job, *plans


def _plans_for(tx: Tx, who: Who, job: Job) -> tuple[PlanRow, PlanRow] | None:
    """Return both plans, None where the caller may not see one of them."""
    try:
        return visible(tx, who, job.payload["plan"]), visible(tx, who, job.payload["other"])
    except NotFoundError:
        return None


def _head(job: Job, first: PlanRow, second: PlanRow) -> dict[str, Any]:
    return {
        "id": job.id,
        "first": first.id,
        "second": second.id,
        "month": first.month,
        "plan_hashes": [first.plan_hash, second.plan_hash],
        "state": job.state,
        "created_at": job.created_at,
        "ended_at": job.ended_at,
    }
