"""Replanning a published plan over HTTP, and the change notices."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Depends

from api.desk import replanning as desk
from api.desk.replan_models import EVENTS, NoticeList, ReplanOrder, ReplanOut
from api.desk.runs import order
from api.http.deps import SettingsDep, StoreDep
from api.http.models.jobs import JobOut
from api.http.routing import router as new_router
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
    itself is worked on twelve times as long, and may change less.
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
