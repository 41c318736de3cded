"""An agency's own words in its filings, told once."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from api.desk.filings import words as desk
from api.desk.filings.word_models import ColumnName, Said, WordOrder, WordOut
from api.http.deps import Listed, StoreDep
from api.http.routing import router as new_router
from api.rights import Who, allow

router = new_router("检查计划")

AgencyQuery = Annotated[Said | None, Query(description="检查主体编号；主体账号可省")]


@router.get("/words", operation_id="words.list", summary="本单位记下的用词")
def list_words(
    who: Annotated[Who, Depends(allow("words.list"))], store: StoreDep, agency_id: AgencyQuery = None
) -> Listed[WordOut]:
    """Return what the words of an agency mean in its filings, ids of its own register among them."""
    with store.read() as tx:
        return Listed(items=desk.listed(tx, who, agency_id), next=None)


@router.post("/words", operation_id="words.learn", summary="记下一个用词的含义", status_code=201)
def learn_word(body: WordOrder, who: Annotated[Who, Depends(allow("words.learn"))], store: StoreDep) -> WordOut:
    """Tell once what a word means: uploads are read by it from then on, each time with a notice."""
    with store.write() as tx:
        return desk.told(tx, who, body)


@router.delete("/words", operation_id="words.forget", summary="撤销一个用词", status_code=204)
def forget_word(
    column: Annotated[ColumnName, Query(description="栏目")],
    said: Annotated[Said, Query(description="用词")],
    who: Annotated[Who, Depends(allow("words.forget"))],
    store: StoreDep,
    agency_id: AgencyQuery = None,
) -> None:
    """Forget a word; filings that were read by it stay as they are."""
    with store.write() as tx:
        desk.forgotten(tx, who, agency_id, column, said)
