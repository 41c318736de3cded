"""Progress of a run as server-sent events, from the stored events: any process can stream any run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Header
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import ServerSentEvent

from api.http.models.jobs import JobEvent
from api.store import Store, queue

LONGEST_SECONDS = 900.0
"""A stream ends after this long; the browser comes again with the last id, and is asked again who it is."""

LastEvent = Annotated[str | None, Header(alias="Last-Event-ID", description="从这一事件之后继续")]


def after(last: str | None) -> int:
    """Return the id to go on from; what is none begins anew."""
    return int(last) if last and last.isascii() and last.isdecimal() and len(last) < 10 else 0


async def job_events(
    store: Store, job_id: str, start: int, poll_seconds: float, whole: bool = True
) -> AsyncIterator[ServerSentEvent]:
    """Yield the events of a run after id `start` as they come; end when the run has ended.

    Where the reader may not know the `whole`, only that it began and ended is among them.
    """
    until = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < until:
        # Whether it has ended is read first: what ended it is then among the events.
        job = await run_in_threadpool(queue.job_of, store, job_id)
        for event in await run_in_threadpool(queue.events_of, store, job_id, start):
            start = event["id"]
            if not whole:
                if event["event"] == "progress":
                    continue
                event |= {"stage": "", "level": "", "best": None, "bound": None, "note": "", "id": 0}
            yield ServerSentEvent(data=JobEvent(**event), event=event["event"], id=str(start))
        if job.ended:
            return
        await asyncio.sleep(poll_seconds)
