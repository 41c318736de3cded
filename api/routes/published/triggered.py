"""Triggered checks over HTTP: registering, their codes, and those without one."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Query, Response

from api.desk.published import triggered_checks as checks
from api.desk.published.triggered_models import CodeOrder, TriggeredOrder, TriggeredOut
from api.desk.published.triggering import register
from api.http.deps import IfMatch, Listed, PageDep, StoreDep, set_etag
from api.http.routing import router as new_router
from api.marks import cursor_of
from api.rights import Who, allow
from api.routes.published.suggestions import AgencyQuery, MonthQuery

router = new_router("触发式检查")
State = Literal["open", "done", "late", "overdue", "without_code"]


@router.post("/triggered", operation_id="triggered.create", summary="登记触发式检查", status_code=201)
def create_triggered(
    body: TriggeredOrder, who: Annotated[Who, Depends(allow("triggered.create"))], store: StoreDep, response: Response
) -> TriggeredOut:
    """Register a check: it goes whatever the plan says; open planned tasks ride along, covered ones are absorbed."""
    found = register(store, who, body)
    set_etag(response, found.version)
    return found


@router.get("/triggered", operation_id="triggered.list", summary="触发式检查及补码情况")
def list_triggered(
    who: Annotated[Who, Depends(allow("triggered.list"))],
    store: StoreDep,
    page: PageDep,
    month: MonthQuery = None,
    agency_id: AgencyQuery = None,
    state: Annotated[State | None, Query(description="without_code：无码入企（逾期未要码或补码超期）")] = None,
) -> Listed[TriggeredOut]:
    """Return register checks; an agency's account its own. `without_code` is the list of visits without a code."""
    with store.read() as tx:
        found = checks.listed(
            tx, who, month=month, state=state, agency_id=agency_id, after=page.texts(2), limit=page.limit
        )
    more = cursor_of([found[-1].at.isoformat(), found[-1].id]) if len(found) == page.limit else None
    return Listed(items=found, next=more)


@router.get("/triggered/{check_id}", operation_id="triggered.get", summary="一次触发式检查")
def get_triggered(
    check_id: str, who: Annotated[Who, Depends(allow("triggered.get"))], store: StoreDep, response: Response
) -> TriggeredOut:
    """Return a register check."""
    with store.read() as tx:
        found = checks.shown(checks.seen(tx, who, check_id))
    set_etag(response, found.version)
    return found


@router.put("/triggered/{check_id}/code", operation_id="triggered.code", summary="补记检查码")
def put_code(
    check_id: str,
    body: CodeOrder,
    version: IfMatch,
    who: Annotated[Who, Depends(allow("triggered.code"))],
    store: StoreDep,
    response: Response,
) -> TriggeredOut:
    """Keep when the check's code was applied for; too late is told as late."""
    found = checks.give_code(store, who, check_id, version, body)
    set_etag(response, found.version)
    return found
