"""The log over HTTP: entries, whether it is whole, and a file that verifies anywhere.

Entries on unannounced checks go to the coordinator and to the agency whose checks they are, to nobody else: they are a
chain of their own, and the other tells nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import StreamingResponse

from api.http.deps import Listed, PageDep, StoreDep
from api.http.models.log import LogEntry, LogHead, LogProblem, LogVerdict
from api.http.routing import router as new_router
from api.marks import cursor_of
from api.rights import Who, allow, own_agencies
from api.store import log
from planner.domain.hashing import canonical_json

JSON_LINES = "application/jsonl"
KEPT_HEAD = r"^[0-9]{1,9}:[0-9a-f]{64}$"

router = new_router("日志")


@router.get("/log", operation_id="log.list", summary="日志条目，旧的在前")
def list_log(
    who: Annotated[Who, Depends(allow("log.list"))],
    store: StoreDep,
    page: PageDep,
    object: Annotated[str | None, Query(max_length=200, description="对象，如 plan:5d0e4c")] = None,
    by: Annotated[str | None, Query(max_length=200, description="操作人登录名")] = None,
    what: Annotated[str | None, Query(max_length=80, description="动作，如 plan.publish")] = None,
) -> Listed[LogEntry]:
    """Return the entries that the caller may see; an agency's account those that concern its agency."""
    with store.read() as tx:
        agencies = own_agencies(tx, who)
    found = log.entries(
        store,
        after=page.text() or "",
        limit=page.limit,
        object=object,
        who=by,
        what=what,
        reserved=who.sees_all,
        agencies=agencies,
    )
    more = cursor_of(log.place_of(found[-1])) if len(found) == page.limit else None
    return Listed(items=[LogEntry(**entry) for entry in found], next=more)


@router.get("/log/head", operation_id="log.head", summary="链头：记在别处，可发现末尾的删改")
def log_head(who: Annotated[Who, Depends(allow("log.head"))], store: StoreDep) -> LogHead:
    """Return the last link of the chain."""
    head = log.head_of(store)
    return LogHead(seq=head.seq, hash=head.hash)


@router.get("/log/verify", operation_id="log.verify", summary="核验日志：改动、缺失、次序")
def verify_log(
    who: Annotated[Who, Depends(allow("log.verify"))],
    store: StoreDep,
    head: Annotated[str | None, Query(pattern=KEPT_HEAD, description="另存的链头 序号:哈希")] = None,
) -> LogVerdict:
    """Recompute the whole chain, and hold it against a head that was kept elsewhere."""
    kept = None
    if head is not None:
        seq, _, value = head.partition(":")
        kept = log.Head(int(seq), value)
    problems = log.verify_log(store, kept, reserved=who.sees_all)
    now = log.head_of(store)
    told = [LogProblem(code=problem.code, seq=problem.seq, detail=problem.text()) for problem in problems]
    return LogVerdict(whole=not told, problems=told, head=LogHead(seq=now.seq, hash=now.hash))


@router.get(
    "/log/export",
    operation_id="log.export",
    summary="导出日志（JSON lines），可独立核验",
    response_class=StreamingResponse,
    responses={200: {"content": {JSON_LINES: {"schema": {"type": "string"}, "example": '{"head":{"seq":0}}\n'}}}},
)
def export_log(who: Annotated[Who, Depends(allow("log.export"))], store: StoreDep) -> StreamingResponse:
    """Return the whole log as a file for `planner log verify`; a coordinator's has the hidden chain after it."""

    def lines() -> Iterator[str]:
        for value in log.export(store, reserved=who.sees_all):
            yield canonical_json(value) + "\n"

    named = {"Content-Disposition": 'attachment; filename="log.jsonl"'}
    return StreamingResponse(lines(), media_type=JSON_LINES, headers=named)
