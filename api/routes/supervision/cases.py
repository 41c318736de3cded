"""Cases of supervision, asked for by HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path

from api.desk.supervision import cases as desk
from api.desk.supervision.models import CaseAnswer, CaseOut, StepOrder
from api.http.deps import StoreDep
from api.http.routing import router as new_router
from api.rights import Who, allow

router = new_router("执法监督")


@router.get("/supervision", operation_id="supervision.list", summary="各件监督到了哪一步")
def list_cases(who: Annotated[Who, Depends(allow("supervision.list"))], store: StoreDep) -> list[CaseOut]:
    """Return the cases with their steps, as they stand today; a body sees its own."""
    with store.read() as tx:
        return desk.cases(tx, who)


@router.post("/supervision", operation_id="supervision.record", summary="登记一步：发现、发出、改正……")
def record_step(body: StepOrder, who: Annotated[Who, Depends(allow("supervision.record"))], store: StoreDep) -> CaseOut:
    """Record a step of a case; a step that those before do not allow is refused with what is wrong."""
    with store.write() as tx:
        return desk.record(tx, who, body)


@router.post("/supervision/{case_id}/answer", operation_id="supervision.answer", summary="反馈整改情况")
def answer_case(
    case_id: Annotated[str, Path(max_length=100)],
    body: CaseAnswer,
    who: Annotated[Who, Depends(allow("supervision.answer"))],
    store: StoreDep,
) -> CaseOut:
    """Record what the body concerned answers to the letter that it got."""
    with store.write() as tx:
        return desk.answer(tx, who, case_id, body)
