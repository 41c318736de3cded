"""Results of checks: entered on the spot, imported as a workbook, listed, and what is still missing."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Query, Response, UploadFile

from api.desk.filings.uploads import kept
from api.desk.recorded import entering
from api.desk.recorded import results as desk
from api.desk.recorded.missing import todos
from api.desk.recorded.result_models import ResultChange, ResultDetail, ResultOrder, ResultOut, ResultTodos
from api.desk.runs import order
from api.http.deps import IfMatch, Listed, PageDep, SettingsDep, StoreDep, set_etag
from api.http.models.jobs import JobOut
from api.http.routing import router as new_router
from api.marks import cursor_of, matched
from api.rights import Who, allow

router = new_router("检查结果")
Since = Annotated[date | None, Query(alias="from", description="从哪一天，含当日")]
Until = Annotated[date | None, Query(alias="to", description="到哪一天，含当日")]
Agency = Annotated[str | None, Query(max_length=200, description="只看这个主体或实施单位")]


@router.get("/results", operation_id="results.list", summary="检查结果，新的在前")
def list_results(
    who: Annotated[Who, Depends(allow("results.list"))],
    store: StoreDep,
    page: PageDep,
    since: Since = None,
    until: Until = None,
    site_id: Annotated[str | None, Query(max_length=200, description="只看这个对象")] = None,
    agency_id: Agency = None,
) -> Listed[ResultOut]:
    """Return results by day, the newest first; an agency's account and its sections' their own."""
    with store.read() as tx:
        rows = desk.listed(
            tx,
            who,
            since=since,
            until=until,
            site_id=site_id,
            agency_id=agency_id,
            after=page.texts(2),
            limit=page.limit,
        )
        found = desk.shown(tx, rows)
    more = cursor_of([rows[-1].date.isoformat(), rows[-1].result_id]) if len(rows) == page.limit else None
    return Listed(items=found, next=more)


@router.get("/results/todos", operation_id="results.todos", summary="待办：没有录入的结果，和结果留下的事")
def list_todos(
    who: Annotated[Who, Depends(allow("results.todos"))],
    store: StoreDep,
    since: Since = None,
    until: Until = None,
    agency_id: Agency = None,
) -> ResultTodos:
    """Return published visits without a result, what results lead to and what is wrong with them, late codes too.

    Of the last 62 days where no day is named.
    """
    with store.read() as tx:
        return todos(tx, who, since, until, agency_id)


@router.post("/results", operation_id="results.enter", summary="录入一条检查结果", status_code=201)
def enter_result(
    body: ResultOrder, who: Annotated[Who, Depends(allow("results.enter"))], response: Response, store: StoreDep
) -> ResultDetail:
    """Enter one result with its lines; what is wrong is told cell by cell and nothing is stored."""
    with store.write() as tx:
        row, lines, version = entering.enter(tx, who, body)
        found = desk.detail(tx, row, lines)
    set_etag(response, version)
    return found


@router.post("/results/import", operation_id="results.import", summary="导入检查结果（工作簿，任务）", status_code=202)
def import_results(
    file: UploadFile,
    who: Annotated[Who, Depends(allow("results.import"))],
    store: StoreDep,
    settings: SettingsDep,
) -> JobOut:
    """Import a workbook's results with their lines; rows of others and of days to come are told and not taken."""
    path = kept(file, settings)
    return JobOut.of(order(store, settings, who, "results", {"path": path}))


@router.get("/results/{result_id}", operation_id="results.get", summary="一条检查结果：逐栏、明细、问题、待办")
def get_result(
    result_id: str, who: Annotated[Who, Depends(allow("results.get"))], response: Response, store: StoreDep
) -> ResultDetail:
    """Return a result; its version is the ETag."""
    with store.read() as tx:
        row, lines, version = desk.result_of(tx, who, result_id)
        found = desk.detail(tx, row, lines)
    set_etag(response, version)
    return found


@router.patch("/results/{result_id}", operation_id="results.change", summary="改一条检查结果")
def change_result(
    result_id: str,
    body: ResultChange,
    version: IfMatch,
    who: Annotated[Who, Depends(allow("results.change"))],
    response: Response,
    store: StoreDep,
) -> ResultDetail:
    """Change cells of a result, or its lines as a whole; what stood there is kept as a revision and in the log."""
    with store.write() as tx:
        row, lines, current = desk.result_of(tx, who, result_id)
        matched(version, current)
        row, lines, now = entering.change(tx, who, row, lines, body)
        found = desk.detail(tx, row, lines)
    set_etag(response, now)
    return found
