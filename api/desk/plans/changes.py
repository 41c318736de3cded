"""Plans changed by hand, and plans in the making, as the coordinator gets them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.desk.plans.change_models import HeldOut, Lineage, LineageStep, PatchVerdict, PlanMetadata
from api.desk.plans.moves import breaches_of, cases
from api.desk.plans.patches import changes_of, held_of
from api.desk.plans.plans import visible
from api.problems import Problem
from api.rights import Who
from api.store import Store, queue
from api.store.database.engine import Tx
from api.store.database.errors import NotFoundError
from api.store.planned.plans import PlanRow, lineage_of, made_of, plan_of
from api.store.queue import Job

MAKING = ("plan", "revise", "replan")
"""Kinds of jobs that make a plan, which gets the job's id."""


def verdict_of(store: Store, plan: PlanRow, operations: Sequence[Mapping[str, Any]]) -> PatchVerdict:
    """Return what the operations come to. Raises Problem 409 where the plan's case cannot be made again, InputError
    where an operation names what is not there.
    """
    from planner.service.changes.revising import apply_changes

    changed = apply_changes(cases.of(store, plan), changes_of(operations), held_of(plan))
    verdict = changed.verdict
    return PatchVerdict(
        plan_hash=plan.plan_hash,
        rulebook_version=plan.rulebook_version,
        lawful=verdict.lawful,
        entries=verdict.entries,
        left_out=verdict.left_out,
        breaches=breaches_of(verdict.breaches),
        held=HeldOut(pinned=dict(changed.held.pinned), excluded=list(changed.held.excluded)),
    )


def refuse_unlawful(verdict: PatchVerdict) -> None:
    """Raise Problem 409 with rules and clauses where the changed plan would break what the plan keeps."""
    if verdict.lawful:
        return
    errors = [{"where": b.rule, "detail": f"{b.title}（{b.count} 处）", "clauses": b.clauses} for b in verdict.breaches]
    named = "、".join(b.title for b in verdict.breaches[:3])
    raise Problem(
        409,
        "unlawful",
        f"改动后的方案违反 {len(verdict.breaches)} 条规则：{named}。未改动。",
        clauses=sorted({clause for b in verdict.breaches for clause in b.clauses}),
        errors=errors,
        plan_hash=verdict.plan_hash,
        rulebook_version=verdict.rulebook_version,
    )


def lineage(tx: Tx, who: Who, plan_id: str) -> Lineage:
    """Return where a plan comes from and what came of it."""
    row = visible(tx, who, plan_id)
    held = held_of(row)
    return Lineage(
        plan_hash=row.plan_hash,
        rulebook_version=row.rulebook_version,
        held=HeldOut(pinned=dict(held.pinned), excluded=list(held.excluded)),
        items=[_step(one) for one in lineage_of(tx, row.id)],
        made_of_it=[_step(one) for one in made_of(tx, row.id)],
    )


def metadata(tx: Tx, who: Who, plan_id: str) -> PlanMetadata:
    """Return where a plan stands, or where the job stands that makes it. Raises NotFoundError."""
    try:
        row = visible(tx, who, plan_id)
    except NotFoundError:
        job = making(tx, who, plan_id)
        error = job.error or {"zh": "；".join((job.result or {}).get("notes", ())), "clauses": []}
        return PlanMetadata(
            id=job.id,
            state=job.state,
            month=job.payload.get("month", ""),
            plan_hash=None,
            rulebook_version=None,
            version=None,
            stage=job.stage,
            level=job.level,
            best=job.best,
            bound=job.bound,
            detail=error["zh"],
            clauses=list(error.get("clauses", ())),
        )
    entries: dict[str, Any] = next((level for level in row.summary.get("levels", ()) if level["name"] == "entries"), {})
    return PlanMetadata(
        id=row.id,
        state=row.state,
        month=row.month,
        plan_hash=row.plan_hash,
        rulebook_version=row.rulebook_version,
        version=row.etag,
        stage="",
        level="entries" if who.sees_all else "",
        best=entries.get("value") if who.sees_all else None,
        bound=entries.get("bound_certified") if who.sees_all else None,
        detail="",
        clauses=[],
    )


def making(tx: Tx, who: Who, plan_id: str) -> Job:
    """Return the job that makes, or made, a plan. Raises NotFoundError, also where it is not the caller's to see."""
    job = None
    if who.sees_all:
        row = plan_or_none(tx, plan_id)
        job = queue.job_or_none(tx, plan_id if row is None or row.job is None else row.job)
    if job is None or job.kind not in MAKING:
        raise NotFoundError(f"没有方案 {plan_id} / there is no plan {plan_id}")
    return job


def plan_or_none(tx: Tx, plan_id: str) -> PlanRow | None:
    """Return a plan, None where there is none."""
    try:
        return plan_of(tx, plan_id)
    except NotFoundError:
        return None


def _step(row: PlanRow) -> LineageStep:
    change = row.change or {}
    return LineageStep(
        plan=row.id,
        parent=row.parent,
        state=row.state,
        plan_hash=row.plan_hash,
        operation=change.get("operation", ""),
        operations=change.get("operations", []),
        reason=change.get("reason", ""),
        created_by=row.created_by,
        created_at=row.created_at,
    )
