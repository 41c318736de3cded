"""The library: sites and agencies as they stand."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Response

from api.desk.library import sites as desk
from api.desk.library.site_models import Domain, GradeList, GradeOrder, SiteChange, SiteDetail, SiteOut
from api.desk.models import AgencyOut
from api.http.deps import IfMatch, Listed, PageDep, StoreDep, set_etag
from api.http.routing import router as new_router
from api.marks import cursor_of, matched
from api.rights import Who, allow
from api.store.inputs.library import rows_of
from planner.intake.tables.records import AgencyRow

router = new_router("名录")


@router.get("/sites", operation_id="sites.list", summary="检查对象")
def list_sites(
    who: Annotated[Who, Depends(allow("sites.list"))],
    store: StoreDep,
    page: PageDep,
    town: Annotated[str | None, Query(max_length=200, description="街镇")] = None,
    q: Annotated[str, Query(max_length=200, description="名称或编号中的字样")] = "",
) -> Listed[SiteOut]:
    """Return sites by id; a town's account those of its town."""
    wanted = who.town if who.role == "town" else town
    with store.read() as tx:
        found = rows_of(tx, "sites", town=wanted, text=q.strip(), after=page.text() or "", limit=page.limit)
    more = cursor_of(found[-1][0]) if len(found) == page.limit else None
    return Listed(items=[desk.shown(row) for _, row in found], next=more)


@router.get("/sites/{site_id}", operation_id="sites.get", summary="一个检查对象，逐栏")
def get_site(
    site_id: str, who: Annotated[Who, Depends(allow("sites.get"))], response: Response, store: StoreDep
) -> SiteDetail:
    """Return a site; its version is the ETag."""
    with store.read() as tx:
        row, version = desk.site_of(tx, who, site_id)
    set_etag(response, version)
    return desk.detail(row)


@router.patch("/sites/{site_id}", operation_id="sites.change", summary="改一个检查对象的若干栏")
def change_site(
    site_id: str,
    body: SiteChange,
    version: IfMatch,
    who: Annotated[Who, Depends(allow("sites.change"))],
    response: Response,
    store: StoreDep,
) -> SiteDetail:
    """Change cells, read as the workbook's are; what stood there is kept as a revision, plans made of it stay whole."""
    with store.write() as tx:
        matched(version, desk.site_of(tx, who, site_id)[1])
        row, now = desk.change(tx, who, site_id, body.cells, body.reason)
    set_etag(response, now)
    return desk.detail(row)


@router.get("/sites/{site_id}/grades", operation_id="sites.grades", summary="一个检查对象的风险信用等级")
def get_grades(
    site_id: str, who: Annotated[Who, Depends(allow("sites.grades"))], response: Response, store: StoreDep
) -> GradeList:
    """Return a site's grades by domain and date; their version is the ETag."""
    with store.read() as tx:
        desk.site_of(tx, who, site_id)
        found, version = desk.grades_of(tx, site_id)
    set_etag(response, version)
    return GradeList(items=found)


@router.put("/sites/{site_id}/grades/{domain}", operation_id="sites.grade", summary="登记等级")
def put_grade(
    site_id: str,
    domain: Domain,
    body: GradeOrder,
    version: IfMatch,
    who: Annotated[Who, Depends(allow("sites.grade"))],
    response: Response,
    store: StoreDep,
) -> GradeList:
    """Enter the grade that holds from a date on; those of other dates are kept."""
    with store.write() as tx:
        desk.site_of(tx, who, site_id)
        matched(version, desk.grades_of(tx, site_id)[1])
        desk.grade(tx, who, site_id, domain, body)
        found, now = desk.grades_of(tx, site_id)
    set_etag(response, now)
    return GradeList(items=found)


@router.get("/agencies", operation_id="agencies.list", summary="检查主体")
def list_agencies(
    who: Annotated[Who, Depends(allow("agencies.list"))], store: StoreDep, page: PageDep
) -> Listed[AgencyOut]:
    """Return agencies and their sections by id."""
    with store.read() as tx:
        found = rows_of(tx, "agencies", after=page.text() or "", limit=page.limit)
    more = cursor_of(found[-1][0]) if len(found) == page.limit else None
    return Listed(items=[_agency(row) for _, row in found], next=more)


def _agency(row: AgencyRow) -> AgencyOut:
    return AgencyOut(
        id=row.agency_id, name=row.name, level=row.level, town=row.town, parent=row.parent_id, domain=row.domain
    )
