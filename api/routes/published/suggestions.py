"""Merge suggestions over HTTP: what could ride along, booking it for all, declining it with a reason."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Query

from api.desk.models import Month
from api.desk.published import suggesting as desk
from api.desk.published.decline_report import decline_report
from api.desk.published.operation_models import (
    BookingOrder,
    BookingOut,
    DeclineOrder,
    DeclineOut,
    DeclineReport,
    SuggestionList,
)
from api.http.deps import Listed, PageDep, StoreDep
from api.http.routing import router as new_router
from api.marks import cursor_of
from api.rights import Who, allow

router = new_router("同行建议")

MonthQuery = Annotated[Month | None, Query(description="月份；不给则为当月，当月未发布则为最近已发布的月份")]
AgencyQuery = Annotated[str | None, Query(max_length=200, description="检查主体编号；不给则为本单位")]
ItemsQuery = Annotated[list[str] | None, Query(alias="item", max_length=100, description="只问这些事项，可重复")]


@router.get("/suggestions", operation_id="suggestions.list", summary="申请检查码之前：哪些到期任务可以一并带上")
def list_suggestions(
    who: Annotated[Who, Depends(allow("suggestions.list"))],
    store: StoreDep,
    month: MonthQuery = None,
    agency_id: AgencyQuery = None,
    site_id: Annotated[str | None, Query(max_length=200, description="对象编号；不给则为全部未安排的对象")] = None,
    first: Annotated[date | None, Query(alias="from", description="自")] = None,
    last: Annotated[date | None, Query(alias="to", description="至")] = None,
    item: ItemsQuery = None,
    limit: Annotated[int, Query(ge=1, le=500, description="至多多少个对象")] = 100,
) -> SuggestionList:
    """Return what could ride along with the agency's tasks, at a site or at all where it has open ones.

    Never offered: sites not to be joined at, unannounced checks, agencies with nothing due.
    """
    window = (first, last)
    return desk.suggested(
        store, who, month=month, agency_id=agency_id, site_id=site_id, window=window, items=item or (), limit=limit
    )


@router.post("/bookings", operation_id="bookings.create", summary="接受建议：为各方一次预定", status_code=201)
def create_booking(
    body: BookingOrder, who: Annotated[Who, Depends(allow("bookings.create"))], store: StoreDep
) -> BookingOut:
    """Book the agency's open tasks at the site with the riders, all or nothing; crews are counted to the quarter-hour.

    Of two who book the same, one gets 409 with a fresh list in `suggestions`.
    """
    return desk.accept(store, who, body)


@router.get("/bookings", operation_id="bookings.list", summary="预定，按先后")
def list_bookings(
    who: Annotated[Who, Depends(allow("bookings.list"))], store: StoreDep, page: PageDep, month: MonthQuery = None
) -> Listed[BookingOut]:
    """Return the bookings on the published plan: an agency's account those it made or takes part in."""
    found = desk.bookings_shown(store, who, month, page.number() or 0, page.limit)
    more = cursor_of(found[-1].number) if len(found) == page.limit else None
    return Listed(items=found, next=more)


@router.post("/declines", operation_id="declines.create", summary="不采纳建议（须选理由）", status_code=201)
def create_decline(
    body: DeclineOrder, who: Annotated[Who, Depends(allow("declines.create"))], store: StoreDep
) -> DeclineOut:
    """Keep that riders are not taken along, with a coded reason and what it costs in entries. It bars nothing later."""
    return desk.decline(store, who, body)


@router.get("/declines", operation_id="declines.list", summary="不采纳的建议及理由")
def list_declines(
    who: Annotated[Who, Depends(allow("declines.list"))], store: StoreDep, page: PageDep, month: MonthQuery = None
) -> Listed[DeclineOut]:
    """Return refusals, oldest first; an agency's account its own."""
    with store.read() as tx:
        found = desk.declines(tx, who, month, page.number() or 0, page.limit)
    more = cursor_of(found[-1][0]) if len(found) == page.limit else None
    return Listed(items=[one for _, one in found], next=more)


@router.get("/declines/report", operation_id="declines.report", summary="各主体不采纳情况")
def report_declines(
    who: Annotated[Who, Depends(allow("declines.report"))], store: StoreDep, month: MonthQuery = None
) -> DeclineReport:
    """Return refusals by agency and code with their cost, beside what was accepted; an agency's account its own line.

    Without `month`, of all months.
    """
    with store.read() as tx:
        return decline_report(tx, who, month)
