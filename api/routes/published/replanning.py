"""What has happened to a published plan, replanning it over HTTP, and the change notices."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Depends

from api.desk.published import replanning as desk
from api.desk.published import reporting
from api.desk.published.replan_models import EVENTS, NoticeList, ReplanOrder, ReplanOut
from api.desk.published.report_models import ReportOrder, ReportOut
from api.desk.runs import order
from api.http.deps import Listed, PageDep, SettingsDep, StoreDep
from api.http.models.jobs import JobOut
from api.http.routing import router as new_router
from api.marks import cursor_of
from api.rights import Who, allow

router = new_router("重排")
OrderBody = Annotated[ReplanOrder, Body(openapi_examples=EVENTS)]


@router.post(
    "/plans/{plan_id}/replan/preview", operation_id="plans.replan-preview", summary="试算：出了变化怎样改动最少"
)
def preview_replan(
    plan_id: str, body: OrderBody, who: Annotated[Who, Depends(allow("plans.replan-preview"))], store: StoreDep
) -> ReplanOut:
    """Return the fewest changes with their proof, and each agency's notice; nothing is stored.

    Published visits stay unless they must move; frozen days and pins stay. The first question about a plan takes
    seconds, as its case is made anew. A change that is hard to prove comes back unproven (`proven` false): the version
    itself is worked on for longer, and may change less.
    """
    return desk.previewed(store, plan_id, body)


@router.post("/plans/{plan_id}/replan", operation_id="plans.replan", summary="重排为新版本（任务）", status_code=202)
def create_replan(
    plan_id: str,
    body: OrderBody,
    who: Annotated[Who, Depends(allow("plans.replan"))],
    store: StoreDep,
    settings: SettingsDep,
) -> JobOut:
    """Have the next version of a published plan made: a draft with lineage, diff and notices, to be published."""
    row = desk.published(store, plan_id)
    payload = {"plan": plan_id, "month": row.month, "event": body.plain(), "reason": body.reason}
    return JobOut.of(order(store, settings, who, "replan", payload))


@router.get("/plans/{plan_id}/notices", operation_id="plans.notices", summary="变更通知：各单位各看自己的")
def list_notices(plan_id: str, who: Annotated[Who, Depends(allow("plans.notices"))], store: StoreDep) -> NoticeList:
    """Return what each agency is told of a plan that came of an event; an agency gets its own notice alone."""
    with store.read() as tx:
        return desk.notices(tx, who, plan_id)


@router.post("/plans/{plan_id}/reports", operation_id="reports.create", summary="上报变化（各单位）", status_code=201)
def create_report(
    plan_id: str, body: ReportOrder, who: Annotated[Who, Depends(allow("reports.create"))], store: StoreDep
) -> ReportOut:
    """Keep what has happened to an agency's own visit or crews; the coordinator sees it and replans."""
    return reporting.report(store, who, plan_id, body)


@router.get("/plans/{plan_id}/reports", operation_id="reports.list", summary="各单位上报的变化")
def list_reports(
    plan_id: str, who: Annotated[Who, Depends(allow("reports.list"))], store: StoreDep, page: PageDep
) -> Listed[ReportOut]:
    """Return what was reported in the plan's month, oldest first; an agency gets its own alone."""
    with store.read() as tx:
        found = reporting.reports(tx, who, plan_id, page.number() or 0, page.limit)
    more = cursor_of(found[-1].id) if len(found) == page.limit else None
    return Listed(items=found, next=more)
