"""One site's entries over HTTP: what has been and what will be."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.desk.plans.questions.entries import entries_of
from api.desk.plans.questions.entry_models import SiteEntries
from api.desk.published.giving_way import give_way
from api.desk.published.naming import site_named
from api.http.deps import StoreDep
from api.http.routing import router as new_router
from api.rights import Who, allow, own_agencies
from api.store.planned.plans import plans_of

MONTHS = 13
"""How many published months are looked through, the newest first."""
router = new_router("入企台账")


@router.get("/sites/{site_id}/entries", operation_id="sites.entries", summary="一个对象以往和将来的入企")
def get_entries(site_id: str, who: Annotated[Who, Depends(allow("sites.entries"))], store: StoreDep) -> SiteEntries:
    """Return a site's earlier checks and its entries in the published months; a town's account its own town's."""
    with store.read() as tx:
        agencies = None if who.sees_all else own_agencies(tx, who) or frozenset()
        site = site_named(tx, site_id, who.agency_id or "").site_id
    standing = plans_of(store, state="published", limit=MONTHS)
    for plan in standing:
        give_way(store, plan, agencies)
    with store.read() as tx:
        return entries_of(tx, who, site, standing)
