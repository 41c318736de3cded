"""Cases of supervision, asked for by HTTP."""

from __future__ import annotations

from datetime import date
from pathlib import Path as FilePath
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import Depends, Path, Query, Response

from api.desk.supervision import cases as desk
from api.desk.supervision.models import CaseAnswer, CaseOut, GroundOut, StepOrder
from api.http.deps import Listed, SettingsDep, StoreDep
from api.http.downloads import WORD, attached
from api.http.routing import router as new_router
from api.problems import Problem
from api.rights import Who, allow

router = new_router("执法监督")
CaseId = Annotated[str, Path(max_length=100, description="监督编号")]
MOST_DAYS = 400


@router.get("/supervision", operation_id="supervision.list", summary="各件监督到了哪一步")
def list_cases(who: Annotated[Who, Depends(allow("supervision.list"))], store: StoreDep) -> list[CaseOut]:
    """Return the cases with their steps, as they stand today; a body sees its own."""
    with store.read() as tx:
        return desk.cases(tx, who)


@router.get("/supervision/grounds", operation_id="supervision.grounds", summary="检查结果里可以监督的情形")
def list_grounds(
    who: Annotated[Who, Depends(allow("supervision.grounds"))],
    store: StoreDep,
    since: Annotated[date, Query(alias="from", description="检查日期，从")],
    until: Annotated[date, Query(alias="to", description="检查日期，到")],
) -> Listed[GroundOut]:
    """Return what stands in results of some days and is in no case yet; lateness is counted by quarter."""
    if not 0 <= (until - since).days <= MOST_DAYS:
        raise Problem(422, "period", f"请给出不超过 {MOST_DAYS} 天的一段日期。")
    with store.read() as tx:
        return Listed(items=desk.grounds(tx, who, since, until), next=None)


@router.get(
    "/supervision/{case_id}/draft",
    operation_id="supervision.draft",
    summary="要发的文书草稿（Word）",
    responses=WORD,
    response_class=Response,
)
def get_draft(
    case_id: CaseId, who: Annotated[Who, Depends(allow("supervision.draft"))], store: StoreDep, settings: SettingsDep
) -> Response:
    """Return the letter while it is to be written, the request for a decision when the day for the answer is past."""
    templates = FilePath(settings.letters) if settings.letters else None
    with TemporaryDirectory() as folder, store.read() as tx:
        path = desk.draft(tx, who, case_id, FilePath(folder), templates)
        return attached(path.read_bytes(), path.name)


@router.post("/supervision", operation_id="supervision.record", summary="登记一步：发现、发出、改正……")
def record_step(body: StepOrder, who: Annotated[Who, Depends(allow("supervision.record"))], store: StoreDep) -> CaseOut:
    """Record a step of a case; a step that those before do not allow is refused with what is wrong."""
    with store.write() as tx:
        return desk.record(tx, who, body)


@router.post("/supervision/{case_id}/answer", operation_id="supervision.answer", summary="反馈整改情况")
def answer_case(
    case_id: CaseId,
    body: CaseAnswer,
    who: Annotated[Who, Depends(allow("supervision.answer"))],
    store: StoreDep,
) -> CaseOut:
    """Record what the body concerned answers to the letter that it got."""
    with store.write() as tx:
        return desk.answer(tx, who, case_id, body)
