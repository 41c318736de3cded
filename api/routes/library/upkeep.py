"""Sites added to the library, taken out by a decision, and put back."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Response

from api.desk.library import sites as sites_desk
from api.desk.library import upkeep as desk
from api.desk.library.site_models import RemovalOrder, RemovalOut, RestoreOrder, SiteDetail, SiteOrder
from api.http.deps import IfMatch, Listed, StoreDep, set_etag
from api.http.routing import router as new_router
from api.marks import matched
from api.rights import Who, allow

router = new_router("名录")


@router.post("/sites", operation_id="sites.add", summary="补入一个检查对象", status_code=201)
def add_site(
    body: SiteOrder, who: Annotated[Who, Depends(allow("sites.add"))], response: Response, store: StoreDep
) -> SiteDetail:
    """Add a site, its cells read as the workbook's are."""
    with store.write() as tx:
        row, version = desk.add(tx, who, body.cells, body.reason)
    set_etag(response, version)
    return sites_desk.detail(row)


@router.post("/sites/{site_id}/removal", operation_id="sites.remove", summary="按决定移出名录", status_code=204)
def remove_site(
    site_id: str,
    body: RemovalOrder,
    version: IfMatch,
    who: Annotated[Who, Depends(allow("sites.remove"))],
    store: StoreDep,
) -> None:
    """Take a site out of the library; what is known of it is kept, and it may be put back."""
    with store.write() as tx:
        matched(version, sites_desk.site_of(tx, who, site_id)[1])
        desk.take_out(tx, who, site_id, body.document_no, body.reason)


@router.post("/sites/{site_id}/restoration", operation_id="sites.restore", summary="撤销移出")
def restore_site(
    site_id: str,
    body: RestoreOrder,
    who: Annotated[Who, Depends(allow("sites.restore"))],
    response: Response,
    store: StoreDep,
) -> SiteDetail:
    """Put a site back that was taken out, as it was then."""
    with store.write() as tx:
        row, version = desk.put_back(tx, who, site_id, body.reason)
    set_etag(response, version)
    return sites_desk.detail(row)


@router.get("/library/removals", operation_id="sites.removed", summary="已移出名录的检查对象及决定")
def list_removals(who: Annotated[Who, Depends(allow("sites.removed"))], store: StoreDep) -> Listed[RemovalOut]:
    """Return the decisions by which sites are out of the library now, the newest first."""
    with store.read() as tx:
        return Listed(items=desk.taken_out(tx), next=None)
