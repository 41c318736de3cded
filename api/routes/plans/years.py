"""The district's year by days, from which a month takes what it has to do."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.desk.published.kept_books import today
from api.desk.runs import order
from api.desk.years import planning as desk
from api.desk.years.models import YearDocument, YearOrder, YearOut, YearRow
from api.http.deps import Listed, PageDep, SettingsDep, StoreDep
from api.http.models.jobs import JobOut
from api.http.routing import router as new_router
from api.marks import cursor_of
from api.rights import Who, allow

router = new_router("年度")


@router.post("/years", operation_id="years.create", summary="统筹全年（任务）", status_code=202)
def create_year(
    body: YearOrder, who: Annotated[Who, Depends(allow("years.create"))], store: StoreDep, settings: SettingsDep
) -> JobOut:
    """Have a year planned by days from the data as they stand. The job's id is that of the year.

    Published months stay as they are; a month planned with `year` does what this year puts into it.
    """
    with store.read() as tx:
        payload = desk.payload_of(tx, body, today())
    return JobOut.of(order(store, settings, who, desk.KIND, payload))


@router.get("/years", operation_id="years.list", summary="统筹过的年度，新的在前")
def list_years(who: Annotated[Who, Depends(allow("years.list"))], store: StoreDep, page: PageDep) -> Listed[YearRow]:
    """Return the years that were ordered."""
    rows, more = desk.years_of(store, page.number(), page.limit)
    return Listed(items=rows, next=None if more is None else cursor_of(more))


@router.get("/years/{year_id}", operation_id="years.get", summary="年度：逐月安排，各单位逐周工作量")
def get_year(year_id: str, who: Annotated[Who, Depends(allow("years.get"))], store: StoreDep) -> YearOut:
    """Return what a year came to: levels with their bounds, months, and the load of each unit week by week."""
    with store.read() as tx:
        return desk.year_of(tx, year_id)


@router.get("/years/{year_id}/document", operation_id="years.document", summary="年度方案全文")
def get_document(year_id: str, who: Annotated[Who, Depends(allow("years.document"))], store: StoreDep) -> YearDocument:
    """Return the whole plan with its price lists, as `planner year` writes it."""
    with store.read() as tx:
        return desk.document_of_year(tx, year_id)
