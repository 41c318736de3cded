"""What has to hold before a plan is published, and which runs on a plan are under way."""

from __future__ import annotations

from api.problems import Problem
from api.store import queue
from api.store.database.engine import Tx
from api.store.database.errors import ConflictError, StateError
from api.store.planned.plans import STATE_NAMES, UNPUBLISHED, PlanRow, plan_of
from api.store.planned.rounds import open_of

ON_A_PLAN = ("publish", "export")
"""Kinds of runs that change what a plan is or has, without making another one."""


def refuse_unpublishable(tx: Tx, plan_id: str, version: int, job: str = "") -> PlanRow:
    """Return a draft that may be checked, sealed and published, or one that is sealed already.

    Raises NotFoundError, StateError where it is neither or still out for consultation, ConflictError where it has
    changed since `version`, but for the seal of the run `job` itself.
    """
    row = plan_of(tx, plan_id)
    if row.state not in UNPUBLISHED:
        raise StateError(f"方案{STATE_NAMES[row.state]}，不能再发布。请刷新后看现行方案 / the plan is {row.state}")
    sealed_by = (row.sealed or {}).get("job")
    if row.etag != version and not (job and job == sealed_by):
        raise ConflictError(f"方案已被他人改动 / the plan was changed by someone else: {plan_id}")
    if open_of(tx, plan_id) is not None:
        raise StateError("草案正在征求意见。请先结束征求意见再发布 / the draft is out for consultation")
    return row


def order_publishing(tx: Tx, plan_id: str, version: int) -> PlanRow:
    """Return a draft, or a sealed plan, whose publishing may be ordered.

    Raises Problem 409, and as `refuse_unpublishable`.
    """
    row = plan_of(tx, plan_id)
    if open_of(tx, plan_id) is not None:
        raise Problem(409, "round-open", "草案正在征求意见。请先结束征求意见再发布。", plan_hash=row.plan_hash)
    row = refuse_unpublishable(tx, plan_id, version)
    if "publish" in {job.kind for job in under_way(tx, plan_id)}:
        raise Problem(409, "publishing", "此方案正在核验，核验通过即发布。请等该任务结束。", plan_hash=row.plan_hash)
    return row


def under_way(tx: Tx, plan_id: str) -> list[queue.Job]:
    """Return the runs that publish a plan or write its files, queued or running, oldest first."""
    return [job for job in queue.open_jobs(tx, ON_A_PLAN) if job.payload.get("plan") == plan_id]
