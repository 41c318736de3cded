"""Premises that stand in several registers: listed, decided once, taken back."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from api.desk.library import identities as desk
from api.desk.library.identity_models import DecisionOut, IdentityOrder, PairOut, SiteId, State
from api.desk.models import Reason
from api.http.deps import Listed, PageDep, StoreDep
from api.http.routing import router as new_router
from api.marks import cursor_of
from api.rights import Who, allow
from api.store.inputs.identities import decide, take_back

router = new_router("名录")


@router.get("/identities", operation_id="identities.list", summary="几张名录里的同一对象：待核定、已合并、已核定")
def list_identities(
    who: Annotated[Who, Depends(allow("identities.list"))],
    store: StoreDep,
    page: PageDep,
    state: Annotated[State | None, Query(description="open 待核定，merged 已合并，same、different 已核定")] = None,
) -> Listed[PairOut]:
    """Return pairs of sites that are or may be one premises; open ones first, by the entries that they would save."""
    pairs = desk.listed(desk.premises_of(store), state)
    after = max(0, page.number() or 0)
    more = cursor_of(after + page.limit) if len(pairs) > after + page.limit else None
    return Listed(items=pairs[after : after + page.limit], next=more)


@router.post("/identities", operation_id="identities.decide", summary="核定两个编号是否同一对象", status_code=201)
def decide_identity(
    body: IdentityOrder, who: Annotated[Who, Depends(allow("identities.decide"))], store: StoreDep
) -> DecisionOut:
    """Decide once: every month planned from now on keeps to it, plans made before stay as they are."""
    with store.write() as tx:
        return desk.decision(decide(tx, who.login, body.one, body.other, body.verdict, body.reason))


@router.delete("/identities", operation_id="identities.take-back", summary="撤销一项核定")
def take_identity_back(
    one: Annotated[SiteId, Query(description="对象编号")],
    other: Annotated[SiteId, Query(description="另一编号")],
    reason: Annotated[Reason, Query(description="理由")],
    who: Annotated[Who, Depends(allow("identities.take-back"))],
    store: StoreDep,
) -> DecisionOut:
    """Take a decision back: the pair is judged again as if nobody had decided. Return what it was."""
    with store.write() as tx:
        return desk.decision(take_back(tx, who.login, one, other, reason))
