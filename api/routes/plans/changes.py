"""Plans changed by hand, where they come from, and plans in the making by the id that they will have."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Annotated

from fastapi import Body, Depends, Query
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.desk.plans import changes as desk
from api.desk.plans.change_models import PATCHES, Lineage, PatchOperation, PatchOrder, PatchVerdict, PlanMetadata
from api.desk.plans.plans import visible
from api.desk.runs import order
from api.http import streams
from api.http.deps import SettingsDep, StoreDep
from api.http.models.jobs import JobOut
from api.http.routing import router as new_router
from api.rights import Who, allow
from api.store import queue
from api.store.queue import Job

router = new_router("方案")


@router.post(
    "/plans/{plan_id}/from-patch",
    operation_id="plans.from-patch",
    summary="由一个方案改出新草案：改期、锁定、调出（任务）",
    status_code=202,
    response_model=JobOut,
    responses={200: {"model": PatchVerdict, "description": "operation=validate：改动的结论，什么也不改"}},
)
def patch_plan(
    plan_id: str,
    body: Annotated[PatchOrder, Body(openapi_examples=PATCHES)],
    who: Annotated[Who, Depends(allow("plans.from-patch"))],
    store: StoreDep,
    settings: SettingsDep,
    operation: Annotated[
        PatchOperation,
        Query(description="hold：其余一概不动；solve：所改所锁不动，其余重新统筹；validate：只给结论"),
    ] = "hold",
) -> JobOut | JSONResponse:
    """Have a new draft made of a plan, which stays as it is: to undo a change, go on from its parent.

    The operations are checked at once: what breaks a rule is refused with 409 `unlawful`, its clauses, and each rule
    under `errors`. The job's id is the new draft's: follow `/v1/plans/{id}/metadata` or `/events`. With `hold` starts
    and crews change only where a day has no room as it stands; a day that cannot be walked ends the job as failed with
    the clauses. Moved and pinned tasks stay held in drafts made of this one.
    """
    with store.read() as tx:
        plan = visible(tx, who, plan_id)
    operations = [step.model_dump() for step in body.operations]
    verdict = desk.verdict_of(store, plan, operations)
    if operation == "validate":
        return JSONResponse(verdict.model_dump(mode="json"))
    desk.refuse_unlawful(verdict)
    payload = {
        "plan": plan.id,
        "month": plan.month,
        "operation": operation,
        "operations": operations,
        "reason": body.reason,
    }
    return JobOut.of(order(store, settings, who, "revise", payload))


@router.get("/plans/{plan_id}/lineage", operation_id="plans.lineage", summary="方案从哪里改来，又改出了哪些")
def get_lineage(plan_id: str, who: Annotated[Who, Depends(allow("plans.lineage"))], store: StoreDep) -> Lineage:
    """Return the plan, its parent and so on with operations, who and why; what is held; and the drafts made of it."""
    with store.read() as tx:
        return desk.lineage(tx, who, plan_id)


@router.get("/plans/{plan_id}/metadata", operation_id="plans.metadata", summary="方案的状态，供轮询")
def get_metadata(plan_id: str, who: Annotated[Who, Depends(allow("plans.metadata"))], store: StoreDep) -> PlanMetadata:
    """Return where a plan stands. A job's id is the id of the plan it makes, so this answers from the first moment."""
    with store.read() as tx:
        return desk.metadata(tx, who, plan_id)


@router.delete("/plans/{plan_id}", operation_id="plans.stop", summary="停止统筹，保留已有最好方案")
def stop_plan(plan_id: str, who: Annotated[Who, Depends(allow("plans.stop"))], store: StoreDep) -> PlanMetadata:
    """Ask the run that makes the plan to stop with the best it has. Of a plan that is there nothing is deleted."""
    with store.read() as tx:
        job = desk.making(tx, who, plan_id)
    queue.ask_to_stop(store, job.id, who.login)
    with store.read() as tx:
        return desk.metadata(tx, who, plan_id)


def watched(plan_id: str, who: Annotated[Who, Depends(allow("plans.events"))], store: StoreDep) -> Job:
    """Return the job that makes the plan, before the stream begins."""
    with store.read() as tx:
        return desk.making(tx, who, plan_id)


@router.get(
    "/plans/{plan_id}/events",
    operation_id="plans.events",
    summary="统筹进度流（SSE）：阶段、当前最好值、下限",
    response_class=EventSourceResponse,
    responses={200: {"description": "每个事件的 data 是一个 JobEvent", "content": {"text/event-stream": {}}}},
)
async def plan_events(
    job: Annotated[Job, Depends(watched)], store: StoreDep, settings: SettingsDep, last: streams.LastEvent = None
) -> AsyncIterable[ServerSentEvent]:
    """Stream the progress of the run that makes the plan until it has ended; as `/v1/jobs/{id}/events`."""
    async for event in streams.job_events(store, job.id, streams.after(last), settings.poll_seconds):
        yield event
