"""Filings: handed in as a workbook, returned for correction, accepted under a code; every version is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from fastapi import Depends, Query, Response, UploadFile

from api.desk.filings import filings as desk
from api.desk.filings.filing_models import AcceptOrder, FilingDetail, FilingOut, ReturnOrder, Uploaded
from api.desk.filings.proving import accept_unproven
from api.desk.filings.proving_models import Accepted, AcceptUnproven
from api.desk.filings.uploads import kept_small
from api.desk.models import Month
from api.http.deps import IfMatch, Listed, PageDep, SettingsDep, StoreDep, set_etag
from api.http.routing import router as new_router
from api.marks import cursor_of, matched
from api.rights import Who, allow
from api.store.inputs.filings import accept, give_back, withdraw

router = new_router("检查计划")

State = Literal["draft", "submitted", "returned", "accepted", "withdrawn"]


@router.get("/filings", operation_id="filings.list", summary="检查计划列表")
def list_filings(
    who: Annotated[Who, Depends(allow("filings.list"))],
    store: StoreDep,
    page: PageDep,
    month: Annotated[Month | None, Query(description="计划窗口涉及的月份")] = None,
    state: Annotated[State | None, Query(description="状态")] = None,
    agency_id: Annotated[str | None, Query(max_length=200, description="检查主体编号")] = None,
) -> Listed[FilingOut]:
    """Return filings by id, those that the caller may see."""
    found = desk.listed(
        store, who, agency_id=agency_id, state=state, month=month, after=page.text() or "", limit=page.limit
    )
    more = cursor_of(found[-1].filing_id) if len(found) == page.limit else None
    return Listed(items=[desk.shown(filing) for filing in found], next=more)


@router.post("/filings", operation_id="filings.upload", summary="上传检查计划（工作簿）")
def upload_filings(
    file: UploadFile,
    who: Annotated[Who, Depends(allow("filings.upload"))],
    store: StoreDep,
    settings: SettingsDep,
    agency_id: Annotated[str | None, Query(max_length=200, description="替哪个主体上传，按其用词读")] = None,
) -> Uploaded:
    """Hand in the filings of a workbook. Rows with errors are told and not taken; a changed row is a new version.

    An agency's own words and the ids of its own register are read as what they mean, each with a notice.
    """
    return desk.upload(store, who, Path(kept_small(file, settings)), agency_id)


@router.post("/filings/accept-unproven", operation_id="filings.accept-unproven", summary="认可没有备案凭据的计划")
def accept_unproven_filings(
    body: AcceptUnproven, who: Annotated[Who, Depends(allow("filings.accept-unproven"))], store: StoreDep
) -> Accepted:
    """Accept filings that have neither code nor steps, with a reason, so that visits for them may be published.

    All or none: a filing that needs no acceptance refuses the whole order. A filing that changes needs it again.
    """
    with store.write() as tx:
        return accept_unproven(tx, who, body)


@router.get("/filings/{filing_id}", operation_id="filings.get", summary="一份计划：内容、改动、经过、问题")
def get_filing(
    filing_id: str, who: Annotated[Who, Depends(allow("filings.get"))], response: Response, store: StoreDep
) -> FilingDetail:
    """Return a filing; its version is the ETag."""
    with store.read() as tx:
        filing = desk.visible(tx, who, filing_id)
        found = desk.detail(tx, filing)
    set_etag(response, filing.version)
    return found


@router.post("/filings/{filing_id}/return", operation_id="filings.return", summary="退回修改")
def return_filing(
    filing_id: str,
    body: ReturnOrder,
    version: IfMatch,
    who: Annotated[Who, Depends(allow("filings.return"))],
    store: StoreDep,
) -> FilingOut:
    """Return a filing for correction with a reason; what was accepted before stays in force."""
    with store.write() as tx:
        matched(version, desk.visible(tx, who, filing_id).version)
        return desk.shown(give_back(tx, filing_id, version, who.login, body.reason))


@router.post("/filings/{filing_id}/accept", operation_id="filings.accept", summary="接受并赋码")
def accept_filing(
    filing_id: str,
    body: AcceptOrder,
    version: IfMatch,
    who: Annotated[Who, Depends(allow("filings.accept"))],
    store: StoreDep,
) -> FilingOut:
    """Accept a filing under its code; from then on it is in force."""
    with store.write() as tx:
        matched(version, desk.visible(tx, who, filing_id).version)
        return desk.shown(accept(tx, filing_id, version, who.login, body.code)[0])


@router.post("/filings/{filing_id}/withdraw", operation_id="filings.withdraw", summary="撤回计划")
def withdraw_filing(
    filing_id: str,
    body: ReturnOrder,
    version: IfMatch,
    who: Annotated[Who, Depends(allow("filings.withdraw"))],
    store: StoreDep,
) -> FilingOut:
    """Withdraw a filing with a reason; it is no longer in force."""
    with store.write() as tx:
        matched(version, desk.visible(tx, who, filing_id).version)
        return desk.shown(withdraw(tx, filing_id, version, who.login, body.reason)[0])
