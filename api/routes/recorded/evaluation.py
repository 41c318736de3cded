"""The evaluation of a period: worked out by a run, read at once."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Query

from api.desk.recorded import evaluating as desk
from api.desk.recorded.evaluation_models import EvaluationOrder, EvaluationOut
from api.desk.runs import order
from api.http.deps import SettingsDep, StoreDep
from api.http.models.jobs import JobOut
from api.http.routing import router as new_router
from api.rights import Who, allow

router = new_router("评估")


@router.get("/evaluation", operation_id="evaluation.get", summary="一个时期的评估：各指标的分子、分母、口径、条款")
def get_evaluation(
    who: Annotated[Who, Depends(allow("evaluation.get"))],
    store: StoreDep,
    first: Annotated[date, Query(alias="from", description="首日")],
    last: Annotated[date, Query(alias="to", description="末日；须为自然月、季度、半年或年")],
    base: Annotated[int, Query(ge=2000, le=2100, description="基期年份")] = 2024,
    figure: Annotated[str | None, Query(max_length=100, description="只要这个指标")] = None,
) -> EvaluationOut:
    """Return the evaluation that was worked out last; figures of penalties, cases and fines are refused."""
    desk.refuse_forbidden(figure)
    period = desk.period_of(first, last)
    with store.read() as tx:
        return desk.shown(tx, who, period, base, figure)


@router.post("/evaluation", operation_id="evaluation.order", summary="计算一个时期的评估（任务）", status_code=202)
def order_evaluation(
    body: EvaluationOrder,
    who: Annotated[Who, Depends(allow("evaluation.order"))],
    store: StoreDep,
    settings: SettingsDep,
) -> JobOut:
    """Work a period out from the results as they stand; the answer is kept for everybody who may read it."""
    return JobOut.of(order(store, settings, who, "evaluate", desk.asked_of_run(body)))
