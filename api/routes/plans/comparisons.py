"""Two plans of a month beside each other."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.desk.runs import order
from api.desk.scenarios import comparing as desk
from api.desk.scenarios.comparison_models import ComparisonDocument, ComparisonOrder, ComparisonOut, ComparisonRow
from api.http.deps import Listed, PageDep, SettingsDep, StoreDep
from api.http.models.jobs import JobOut
from api.http.routing import router as new_router
from api.marks import cursor_of
from api.rights import Who, allow

router = new_router("情景推演")


@router.post("/comparisons", operation_id="comparisons.create", summary="比较同月的两份方案（任务）", status_code=202)
def create_comparison(
    body: ComparisonOrder,
    who: Annotated[Who, Depends(allow("comparisons.create"))],
    store: StoreDep,
    settings: SettingsDep,
) -> JobOut:
    """Have the second plan set beside the first, on the same service. The job's id is that of the comparison.

    A scenario beside its base is read with the scenario itself.
    """
    with store.read() as tx:
        payload = desk.payload_of(tx, who, body)
    return JobOut.of(order(store, settings, who, desk.KIND, payload))


@router.get("/comparisons", operation_id="comparisons.list", summary="比较过的方案，新的在前")
def list_comparisons(
    who: Annotated[Who, Depends(allow("comparisons.list"))], store: StoreDep, page: PageDep
) -> Listed[ComparisonRow]:
    """Return the comparisons of plans that the caller may see."""
    rows, more = desk.rows_of(store, who, page.number(), page.limit)
    return Listed(items=rows, next=None if more is None else cursor_of(more))


@router.get("/comparisons/{comparison_id}", operation_id="comparisons.get", summary="两份方案的差别")
def get_comparison(
    comparison_id: str, who: Annotated[Who, Depends(allow("comparisons.get"))], store: StoreDep
) -> ComparisonOut:
    """Return what the comparison came to: the whole for coordinator and auditor, its own visits for an agency."""
    with store.read() as tx:
        return desk.comparison_of(tx, who, comparison_id)


@router.get("/comparisons/{comparison_id}/document", operation_id="comparisons.document", summary="两份方案比较的文件")
def get_document(
    comparison_id: str, who: Annotated[Who, Depends(allow("comparisons.document"))], store: StoreDep
) -> ComparisonDocument:
    """Return the whole document: who gains and loses, what moved, prices that prove the interval."""
    with store.read() as tx:
        return desk.document_of(tx, who, comparison_id)
