"""The library: sites and agencies as they stand."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from api.desk.models import AgencyOut, SiteOut
from api.http.deps import Listed, PageDep, StoreDep, cursor_of
from api.http.routing import router as new_router
from api.rights import Who, allow
from api.store.errors import NotFoundError
from api.store.library import rows_of, versions_of
from planner.intake.records import AgencyRow, SiteRow

router = new_router("名录")


@router.get("/sites", operation_id="sites.list", summary="检查对象")
def list_sites(
    who: Annotated[Who, Depends(allow("sites.list"))],
    store: StoreDep,
    page: PageDep,
    town: Annotated[str | None, Query(max_length=200, description="街镇")] = None,
) -> Listed[SiteOut]:
    """Return sites by id; a town's account those of its town."""
    wanted = who.town if who.role == "town" else town
    with store.read() as tx:
        found = rows_of(tx, "sites", town=wanted, after=page.text() or "", limit=page.limit)
    more = cursor_of(found[-1][0]) if len(found) == page.limit else None
    return Listed(items=[_site(row) for _, row in found], next=more)


@router.get("/sites/{site_id}", operation_id="sites.get", summary="一个检查对象")
def get_site(site_id: str, who: Annotated[Who, Depends(allow("sites.get"))], store: StoreDep) -> SiteOut:
    """Return a site."""
    with store.read() as tx:
        found = [row for _, until, row in versions_of(tx, "sites", site_id) if until is None]
    if not found or (who.role == "town" and found[0].town != who.town):
        raise NotFoundError(f"没有检查对象 {site_id} / there is no site {site_id}")
    return _site(found[0])


@router.get("/agencies", operation_id="agencies.list", summary="检查主体")
def list_agencies(
    who: Annotated[Who, Depends(allow("agencies.list"))], store: StoreDep, page: PageDep
) -> Listed[AgencyOut]:
    """Return agencies and their sections by id."""
    with store.read() as tx:
        found = rows_of(tx, "agencies", after=page.text() or "", limit=page.limit)
    more = cursor_of(found[-1][0]) if len(found) == page.limit else None
    return Listed(items=[_agency(row) for _, row in found], next=more)


def _site(row: SiteRow) -> SiteOut:
    return SiteOut(
        id=row.site_id,
        name=row.name,
        town=row.town,
        industry=row.industry,
        address=row.address,
        tags=list(row.tags),
        join=row.join,
        status=row.status,
        lon=row.lon,
        lat=row.lat,
    )


def _agency(row: AgencyRow) -> AgencyOut:
    return AgencyOut(
        id=row.agency_id, name=row.name, level=row.level, town=row.town, parent=row.parent_id, domain=row.domain
    )
