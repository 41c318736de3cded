"""An enterprise asks for another day, or not to be visited jointly."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Path, Query

from api.desk.enterprises import requests as desk
from api.desk.enterprises.models import AnswerOrder, OfferedDays, RequestOrder, RequestOut, WithdrawalOrder
from api.desk.models import Month
from api.http.deps import Listed, StoreDep
from api.http.routing import router as new_router
from api.rights import Who, allow

router = new_router("企业申请")
RequestId = Annotated[str, Path(max_length=64, description="申请编号")]


@router.get("/requests/days", operation_id="requests.days", summary="企业申请改期：可选哪些日期，由谁答复")
def list_days(
    who: Annotated[Who, Depends(allow("requests.days"))],
    store: StoreDep,
    month: Annotated[Month, Query(description="月份 YYYY-MM")],
    site_id: Annotated[str, Query(max_length=200, description="对象编号")],
    day: Annotated[date, Query(description="已公布的入企日期")],
    agency_id: Annotated[str, Query(max_length=200, description="只改这个检查主体的；空为整次入企")] = "",
) -> OfferedDays:
    """Return the days to which an announced visit, or one agency's part of it, may be moved by every rule."""
    return desk.offered(store, who, month, site_id, day, agency_id)


@router.get("/requests", operation_id="requests.list", summary="企业申请及其办理")
def list_requests(
    who: Annotated[Who, Depends(allow("requests.list"))],
    store: StoreDep,
    month: Annotated[Month, Query(description="月份 YYYY-MM")],
) -> Listed[RequestOut]:
    """Return a month's requests as they stand: agencies those about their own visits, towns their own town's."""
    with store.read() as tx:
        return Listed(items=desk.listed(tx, who, month), next=None)


@router.post("/requests", operation_id="requests.create", summary="登记企业的申请：改期，或不联合", status_code=201)
def create_request(
    body: RequestOrder, who: Annotated[Who, Depends(allow("requests.create"))], store: StoreDep
) -> RequestOut:
    """Enter what an enterprise asks for; the visit's lead answers by the day named. Nothing moves before."""
    return desk.ask(store, who, body)


@router.post("/requests/{request_id}/answer", operation_id="requests.answer", summary="答复企业的申请（牵头主体）")
def answer_request(
    request_id: RequestId,
    body: AnswerOrder,
    who: Annotated[Who, Depends(allow("requests.answer"))],
    store: StoreDep,
) -> RequestOut:
    """Record the lead's answer; the coordinator replans on the event of one that is accepted."""
    return desk.answer(store, who, request_id, body)


@router.post("/requests/{request_id}/withdrawal", operation_id="requests.withdraw", summary="撤回企业的申请")
def withdraw_request(
    request_id: RequestId,
    body: WithdrawalOrder,
    who: Annotated[Who, Depends(allow("requests.withdraw"))],
    store: StoreDep,
) -> RequestOut:
    """Withdraw a request that nothing has come of yet."""
    with store.write() as tx:
        return desk.withdraw(tx, who, request_id, body.reason)
