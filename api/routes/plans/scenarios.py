"""What would be if: scenarios played from a plan, and what a crew more is worth."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path

from api.desk.plans.changes import refuse_unlawful
from api.desk.plans.plans import visible
from api.desk.runs import order
from api.desk.scenarios import playing as desk
from api.desk.scenarios.adopting import adoption_of
from api.desk.scenarios.models import (
    AdoptionOut,
    PriceAdvice,
    ScenarioDocument,
    ScenarioOrder,
    ScenarioSetOut,
    ScenarioSetRow,
)
from api.http.deps import Listed, PageDep, SettingsDep, StoreDep
from api.http.models.jobs import JobOut
from api.http.routing import router as new_router
from api.marks import cursor_of
from api.rights import Who, allow

router = new_router("情景推演")


@router.post("/scenarios", operation_id="scenarios.create", summary="推演一组情景（任务）", status_code=202)
def create_scenarios(
    body: ScenarioOrder,
    who: Annotated[Who, Depends(allow("scenarios.create"))],
    store: StoreDep,
    settings: SettingsDep,
) -> JobOut:
    """Have scenarios played from a plan, which stays as it is. The job's id is that of the set.

    Each is kept as it is finished: a run that was interrupted goes on after it. A text that is no scenario is refused
    at once, with its line and the nearest known key; a change that cannot be made is told with its scenario.
    """
    with store.read() as tx:
        row = visible(tx, who, body.plan)
    return JobOut.of(order(store, settings, who, desk.KIND, desk.payload_of(row, body)))


@router.get("/scenarios", operation_id="scenarios.list", summary="推演过的情景组，新的在前")
def list_scenarios(
    who: Annotated[Who, Depends(allow("scenarios.list"))], store: StoreDep, page: PageDep
) -> Listed[ScenarioSetRow]:
    """Return sets of scenarios; an auditor gets those of plans that are or were in force."""
    rows, more = desk.sets_of(store, who, page.number(), page.limit)
    return Listed(items=rows, next=None if more is None else cursor_of(more))


@router.get("/scenarios/{set_id}", operation_id="scenarios.get", summary="一组情景的结果")
def get_scenarios(set_id: str, who: Annotated[Who, Depends(allow("scenarios.get"))], store: StoreDep) -> ScenarioSetOut:
    """Return what each scenario came to, those that are finished: the effect as a proven interval, and the verdict."""
    with store.read() as tx:
        return desk.set_of(tx, who, set_id)


@router.get("/scenarios/{set_id}/{number}", operation_id="scenarios.document", summary="一个情景的推演文件")
def get_document(
    set_id: str,
    number: Annotated[int, Path(ge=1, le=10_000)],
    who: Annotated[Who, Depends(allow("scenarios.document"))],
    store: StoreDep,
) -> ScenarioDocument:
    """Return the whole document, with all that is needed to recompute it: `planner whatif --check`."""
    with store.read() as tx:
        return desk.document_of(tx, who, set_id, number)


@router.get("/scenarios/{set_id}/{number}/adoption", operation_id="scenarios.adoption", summary="采用一个情景会改什么")
def get_adoption(
    set_id: str,
    number: Annotated[int, Path(ge=1, le=10_000)],
    who: Annotated[Who, Depends(allow("scenarios.adoption"))],
    store: StoreDep,
) -> AdoptionOut:
    """Return what taking the scenario's dates over would change, which rules in force stand against it, and whom it
    touches; nothing is changed.
    """
    return adoption_of(store, who, set_id, number).told


@router.post(
    "/scenarios/{set_id}/{number}/adopt",
    operation_id="scenarios.adopt",
    summary="采用一个情景为草案（任务）",
    status_code=202,
)
def adopt_scenario(
    set_id: str,
    number: Annotated[int, Path(ge=1, le=10_000)],
    who: Annotated[Who, Depends(allow("scenarios.adopt"))],
    store: StoreDep,
    settings: SettingsDep,
) -> JobOut:
    """Have a draft made with the scenario's dates, of the plan that it was played from, which stays as it is.

    What breaks a rule in force is refused with 409 `unlawful`, as for changes by hand. The job's id is the draft's.
    """
    found = adoption_of(store, who, set_id, number)
    refuse_unlawful(found.verdict)
    payload = {
        "plan": found.plan.id,
        "month": found.plan.month,
        "operation": "hold",
        "operations": found.operations,
        "reason": f"采用情景 {set_id}/{number}",
    }
    return JobOut.of(order(store, settings, who, "revise", payload))


@router.post(
    "/plans/{plan_id}/price-advice",
    operation_id="plans.order-price-advice",
    summary="测算增加一个班组值多少（任务）",
    status_code=202,
)
def order_price_advice(
    plan_id: str,
    who: Annotated[Who, Depends(allow("plans.order-price-advice"))],
    store: StoreDep,
    settings: SettingsDep,
) -> JobOut:
    """Have it reckoned what a crew more of each unit in each week is worth; read it with GET at the same address."""
    with store.read() as tx:
        row = visible(tx, who, plan_id)
    return JobOut.of(order(store, settings, who, desk.WORTH, {"plan": row.id, "month": row.month}))


@router.get("/plans/{plan_id}/price-advice", operation_id="plans.price-advice", summary="增加一个班组值多少")
def get_price_advice(
    plan_id: str, who: Annotated[Who, Depends(allow("plans.price-advice"))], store: StoreDep
) -> PriceAdvice:
    """Return what crews are worth, as it was reckoned last: at most so many entries saved, and so many found."""
    return desk.advice_of(store, who, plan_id)
