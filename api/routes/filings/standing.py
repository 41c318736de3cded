"""Who has filed for a month, and until when."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Response

from api.desk.filings import standing as desk
from api.desk.filings.proving import proofs
from api.desk.filings.proving_models import Proofs
from api.desk.filings.standing import DeadlineOrder, Standing
from api.http.deps import IfMatch, StoreDep, set_etag
from api.http.routing import router as new_router
from api.marks import matched
from api.rights import Who, allow
from api.store.inputs.deadlines import deadline_of, set_deadline

router = new_router("检查计划")

MonthPath = Annotated[str, Path(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="月份 YYYY-MM")]


@router.get("/months/{month}/filings", operation_id="filings.standing", summary="谁已申报，谁没有，期限")
def get_standing(
    month: MonthPath, who: Annotated[Who, Depends(allow("filings.standing"))], response: Response, store: StoreDep
) -> Standing:
    """Return who has filed, those who have not first; an agency sees itself alone. The ETag is the deadline's."""
    with store.read() as tx:
        found, version = desk.standing(tx, who, month)
    set_etag(response, version)
    return found


@router.get("/months/{month}/filings/proofs", operation_id="filings.proofs", summary="备案程序走到哪一步，能否公布")
def get_proofs(month: MonthPath, who: Annotated[Who, Depends(allow("filings.proofs"))], store: StoreDep) -> Proofs:
    """Return where each filing in force stands on its route and what bars its publishing; an agency sees its own."""
    with store.read() as tx:
        return proofs(tx, who, month)


@router.put("/months/{month}/deadline", operation_id="filings.deadline", summary="定申报期限")
def put_deadline(
    month: MonthPath,
    body: DeadlineOrder,
    version: IfMatch,
    who: Annotated[Who, Depends(allow("filings.deadline"))],
    response: Response,
    store: StoreDep,
) -> Standing:
    """Set the last day for filing for a month. Dates set before are kept."""
    with store.write() as tx:
        matched(version, deadline_of(tx, month).version)
        set_deadline(tx, month, body.day, version, who.login)
        found, now = desk.standing(tx, who, month)
    set_etag(response, now)
    return found
