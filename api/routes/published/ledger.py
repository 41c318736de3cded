"""The entry ledger and the gate, asked before a code is issued; and the freeze of a published plan."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Query

from api.desk.published import ledgers as desk
from api.desk.published.operation_models import FreezeOrder, FreezeOut, GateOut, LedgerOut
from api.http.deps import StoreDep
from api.http.routing import router as new_router
from api.rights import Who, allow
from api.routes.published.suggestions import AgencyQuery, ItemsQuery, MonthQuery

router = new_router("入企台账")


@router.get("/sites/{site_id}/ledger", operation_id="sites.ledger", summary="入企台账：以往、将来、下次可查日期与余额")
def get_ledger(
    site_id: str,
    who: Annotated[Who, Depends(allow("sites.ledger"))],
    store: StoreDep,
    month: MonthQuery = None,
    agency_id: AgencyQuery = None,
) -> LedgerOut:
    """Return a site's past and coming entries, and when the agency may come next under gap and cap, with clauses."""
    return desk.ledger(store, who, site_id, month, agency_id)


@router.get("/sites/{site_id}/gate", operation_id="sites.gate", summary="这个主体这天可以进这个对象吗")
def ask_gate(
    site_id: str,
    day: Annotated[date, Query(description="日期")],
    who: Annotated[Who, Depends(allow("sites.gate"))],
    store: StoreDep,
    month: MonthQuery = None,
    agency_id: AgencyQuery = None,
    item: ItemsQuery = None,
) -> GateOut:
    """Return yes, no because, or yes if, with clauses and what to do. A triggered check needs no leave."""
    return desk.gate(store, who, site_id, day, month or f"{day:%Y-%m}", agency_id, item or ())


@router.put("/freeze", operation_id="freeze.set", summary="冻结：此日及以前的已公布安排不再变动")
def set_freeze(body: FreezeOrder, who: Annotated[Who, Depends(allow("freeze.set"))], store: StoreDep) -> FreezeOut:
    """Set the day up to which nothing is placed, moved or replanned."""
    return desk.frozen(store, who, body)
