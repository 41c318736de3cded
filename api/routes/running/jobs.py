"""Durable runs: what runs, how far it is, and stopping it. They are started by the nouns that need them."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Annotated, Literal

from fastapi import Depends, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.http import streams
from api.http.deps import Listed, PageDep, SettingsDep, StoreDep
from api.http.models.jobs import JobOut
from api.http.routing import router as new_router
from api.marks import cursor_of
from api.rights import Who, allow, own_agencies
from api.store import Store, queue
from api.store.database.errors import NotFoundError
from api.store.queue import Job

router = new_router("运行任务")


def visible(store: Store, who: Who, job_id: str) -> Job:
    """Return a job that `who` may see. Raises NotFoundError, also where it is another's."""
    with store.read() as tx:
        job = queue.job_in(tx, job_id)
        agencies = own_agencies(tx, who)
    if agencies is None or job.created_by == who.login or job.agency_id in agencies:
        return job
    raise NotFoundError(f"没有任务 {job_id} / there is no job {job_id}")


def knows(who: Who, job: Job) -> bool:
    """Return whether the caller may know a job's grounds and outcome: its own, and all for the coordinator.

    Others are told that it runs: what it reads and counts holds unannounced checks.
    """
    return who.sees_all or job.created_by == who.login or (job.agency_id is not None and job.agency_id == who.agency_id)


@router.get("/jobs", operation_id="jobs.list", summary="任务列表，新的在前")
def list_jobs(
    who: Annotated[Who, Depends(allow("jobs.list"))],
    store: StoreDep,
    page: PageDep,
    state: Annotated[
        Literal["queued", "running", "finished", "failed", "cancelled"] | None, Query(description="状态")
    ] = None,
    kind: Annotated[str | None, Query(max_length=40, description="种类，如 plan、import")] = None,
) -> Listed[JobOut]:
    """Return the jobs that the caller may see: one's own and one's agency's; all for those who coordinate or audit."""
    with store.read() as tx:
        agencies = own_agencies(tx, who)
    found = queue.jobs_of(
        store,
        state=state,
        kind=kind,
        before=page.number(),
        limit=page.limit,
        agencies=agencies,
        by=who.login,
    )
    more = cursor_of(found[-1].number) if len(found) == page.limit else None
    return Listed(items=[JobOut.of(job, knows(who, job)) for job in found], next=more)


@router.get("/jobs/{job_id}", operation_id="jobs.get", summary="一个任务")
def get_job(job_id: str, who: Annotated[Who, Depends(allow("jobs.get"))], store: StoreDep) -> JobOut:
    """Return a job with its progress, and its result or why it failed."""
    job = visible(store, who, job_id)
    return JobOut.of(job, knows(who, job))


@router.delete("/jobs/{job_id}", operation_id="jobs.cancel", summary="停止任务，保留已有最好结果")
def cancel_job(job_id: str, who: Annotated[Who, Depends(allow("jobs.cancel"))], store: StoreDep) -> JobOut:
    """Ask a job to stop. One that has not begun is cancelled at once; one that has ended stays as it is."""
    whole = knows(who, visible(store, who, job_id))
    return JobOut.of(queue.ask_to_stop(store, job_id, who.login), whole)


def watched(job_id: str, who: Annotated[Who, Depends(allow("jobs.events"))], store: StoreDep) -> Job:
    """Return the job whose events are asked for, before the stream begins."""
    return visible(store, who, job_id)


@router.get(
    "/jobs/{job_id}/events",
    operation_id="jobs.events",
    summary="任务进度流（SSE）：阶段、当前最好值、下限",
    response_class=EventSourceResponse,
    responses={200: {"description": "每个事件的 data 是一个 JobEvent", "content": {"text/event-stream": {}}}},
)
async def job_events(
    job: Annotated[Job, Depends(watched)],
    who: Annotated[Who, Depends(allow("jobs.events"))],
    store: StoreDep,
    settings: SettingsDep,
    last: streams.LastEvent = None,
) -> AsyncIterable[ServerSentEvent]:
    """Stream the job's events until it has ended; a client that lost the connection goes on with `Last-Event-ID`."""
    whole = knows(who, job)
    async for event in streams.job_events(store, job.id, streams.after(last), settings.poll_seconds, whole):
        yield event
