"""Whether a triggered check stands for planned ones: offered to its body, and answered."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Path, Query, Response

from api.desk.models import Month
from api.desk.recorded import absorbing as desk
from api.desk.recorded.absorbing_models import OfferAnswer, OfferList, OfferOut
from api.http.deps import IfMatch, StoreDep, set_etag
from api.http.routing import router as new_router
from api.rights import Who, allow

router = new_router("检查结果")


@router.get("/absorptions", operation_id="absorptions.list", summary="触发式检查可抵的计划检查，和主体的答复")
def list_offers(
    who: Annotated[Who, Depends(allow("absorptions.list"))],
    store: StoreDep,
    month: Annotated[Month, Query(description="统筹的月份")],
) -> OfferList:
    """Return the offers that bear on a month; an agency its own. Without an answer the planned check is made."""
    with store.read() as tx:
        return desk.offers(tx, who, month)


@router.put(
    "/absorptions/{agency_id}/{site_id}/{day}",
    operation_id="absorptions.answer",
    summary="答复：视为完成，还是照常检查",
)
def answer_offer(
    agency_id: Annotated[str, Path(max_length=200)],
    site_id: Annotated[str, Path(max_length=200)],
    day: Annotated[date, Path(description="触发式检查日期")],
    body: OfferAnswer,
    version: IfMatch,
    who: Annotated[Who, Depends(allow("absorptions.answer"))],
    response: Response,
    store: StoreDep,
) -> OfferOut:
    """Answer an offer; months that are planned from now on go by it. The version is that of the list."""
    with store.write() as tx:
        found = desk.answer(tx, who, (site_id, agency_id, day), version, body)
    set_etag(response, found.version)
    return found
