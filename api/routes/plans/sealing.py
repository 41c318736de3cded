"""Numbers promised for the draw of inspectors, and sealed plans taken back."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Response

from api.desk.models import Month, PlanOut
from api.desk.plans.plans import shown
from api.desk.plans.publishing import under_way
from api.desk.plans.sealing import CrewNumberOrder, CrewNumbersOut, WithdrawOrder, crew_numbers, hand_in
from api.http.deps import IfMatch, StoreDep, set_etag
from api.http.routing import router as new_router
from api.marks import matched
from api.problems import Problem
from api.rights import Who, allow
from api.store.planned.plans import plan_of
from api.store.planned.sealing import withdraw

router = new_router("方案")

MonthPath = Annotated[Month, Path(description="月份")]


@router.get("/crew-numbers/{month}", operation_id="crew-numbers.get", summary="一个月派员抽取的承诺、公布与封存")
def get_crew_numbers(
    month: MonthPath, who: Annotated[Who, Depends(allow("crew-numbers.get"))], store: StoreDep
) -> CrewNumbersOut:
    """Return who has promised a number for the draw of inspectors, what is revealed, and each seal and withdrawal."""
    with store.read() as tx:
        return crew_numbers(tx, month)


@router.put("/crew-numbers/{month}", operation_id="crew-numbers.hand-in", summary="承诺或公布派员随机数")
def put_crew_number(
    month: MonthPath,
    body: CrewNumberOrder,
    who: Annotated[Who, Depends(allow("crew-numbers.hand-in"))],
    store: StoreDep,
) -> CrewNumbersOut:
    """Promise a number before the month's plan is sealed, or reveal it after. Taking part is a body's own choice.

    Whoever has promised is waited for until the time that the seal tells; after that the inspectors are drawn without.
    """
    with store.write() as tx:
        return hand_in(tx, who, month, body)


@router.post("/plans/{plan_id}/withdraw", operation_id="plans.withdraw", summary="撤回封存，恢复为草案")
def withdraw_plan(
    plan_id: str,
    body: WithdrawOrder,
    version: IfMatch,
    who: Annotated[Who, Depends(allow("plans.withdraw"))],
    response: Response,
    store: StoreDep,
) -> PlanOut:
    """Take back the seal of a plan that is not published yet: it is a draft again. It is logged, and counted for the
    auditor; numbers that were called for are spent, and bodies promise new ones.
    """
    with store.write() as tx:
        matched(version, plan_of(tx, plan_id).etag)
        if any(job.kind == "publish" for job in under_way(tx, plan_id)):
            raise Problem(409, "publishing", "此方案正在核验、抽取或发布。请等该任务结束，或先停止它。")
        row = withdraw(tx, plan_id, who.login, version, body.reason)
    set_etag(response, row.etag)
    return shown(row)
