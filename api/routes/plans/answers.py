"""What people ask of a plan: why, what is otherwise than in another, and which draws it rests on."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Path, Query

from api.desk.plans import answers as desk
from api.desk.plans.answer_models import DrawOut, DrawRecordOut, ExceptionKind, ExceptionList, PlanDifference, WhyOut
from api.desk.plans.plans import hidden_part, visible
from api.desk.plans.questions.reason_models import ReasonsOut
from api.desk.plans.questions.reasons import Question, reasons_of
from api.http.deps import Listed, PageDep, StoreDep
from api.http.routing import router as new_router
from api.marks import cursor_of
from api.problems import Problem
from api.rights import Who, allow, own_agencies

router = new_router("方案")


@router.get("/plans/{plan_id}/why/{task_id}", operation_id="plans.why", summary="一项任务为何这样安排")
def get_why(plan_id: str, task_id: str, who: Annotated[Who, Depends(allow("plans.why"))], store: StoreDep) -> WhyOut:
    """Return what the plan decided on a task, with reason and clauses."""
    with store.read() as tx:
        return desk.why(tx, who, plan_id, task_id)


@router.get(
    "/plans/{plan_id}/why",
    operation_id="plans.reasons",
    summary="为何排不进、怎样才能排进；入企为何在这天；为何不去、不同去",
)
def get_reasons(
    plan_id: str,
    who: Annotated[Who, Depends(allow("plans.reasons"))],
    store: StoreDep,
    task: Annotated[str, Query(max_length=64, description="未安排任务的编号")] = "",
    visit: Annotated[str, Query(max_length=120, description="入企编号，或 对象编号@日期")] = "",
    site: Annotated[str, Query(max_length=64, description="对象编号：与 day 或两个 agency 同用")] = "",
    day: Annotated[date | None, Query(description="该对象（某主体）这天为何没人去")] = None,
    agency: Annotated[list[str] | None, Query(max_length=2, description="检查主体；给两个则问为何不同去")] = None,
) -> ReasonsOut:
    """Return why a left-out task has no day and what it would take, why a visit is on its day, why nobody or an agency
    is not at a site on a day, or why two agencies do not come there together; proven when asked.

    An agency asks of its own tasks and visits in a published plan. It is answered from what it sees: its own tasks and
    what is published of others. The first question about a plan takes longer, as its case is made anew.
    """
    with store.read() as tx:
        row, own = visible(tx, who, plan_id), own_agencies(tx, who)
        left_out = hidden_part(tx, plan_id).get("left_out", ()) if task else ()
    if any(one["task"] == task and (own is None or one["unit"] in own) for one in left_out):
        detail = "突击检查不在公布的方案里，怎样才能排进已写在它的原因中。"
        raise Problem(409, "unannounced", detail)
    return reasons_of(store, row, Question(task, visit, site, day, tuple(agency or ())), own)


@router.get("/plans/{plan_id}/diff", operation_id="plans.diff", summary="与同月另一方案的不同")
def get_diff(
    plan_id: str,
    against: Annotated[str, Query(max_length=64, description="另一方案的编号，视为之前")],
    who: Annotated[Who, Depends(allow("plans.diff"))],
    store: StoreDep,
) -> PlanDifference:
    """Return, task by task and visit by visit, what this plan has otherwise than `against`."""
    with store.read() as tx:
        return desk.difference(tx, who, plan_id, against)


@router.get("/plans/{plan_id}/exceptions", operation_id="plans.exceptions", summary="超上限的入企、用了的豁免")
def list_exceptions(
    plan_id: str,
    who: Annotated[Who, Depends(allow("plans.exceptions"))],
    store: StoreDep,
    page: PageDep,
    kind: Annotated[ExceptionKind | None, Query(description="哪一类")] = None,
) -> ExceptionList:
    """Return the plan's dates beyond a yearly cap and its uses of signed waivers, each with its grounds and clauses."""
    with store.read() as tx:
        row = visible(tx, who, plan_id)
        found = desk.exceptions(tx, row.id, kind, page.number() or 0, page.limit)
    return ExceptionList(
        plan_hash=row.plan_hash,
        rulebook_version=row.rulebook_version,
        items=[one for _, one in found],
        next=cursor_of(found[-1][0]) if len(found) == page.limit else None,
    )


@router.get("/plans/{plan_id}/draws", operation_id="plans.draws", summary="方案所依据的抽取")
def list_draws(plan_id: str, who: Annotated[Who, Depends(allow("plans.draws"))], store: StoreDep) -> Listed[DrawOut]:
    """Return the draws of sites for announced checks, the coordinator's and the auditor's to replay."""
    with store.read() as tx:
        return Listed(items=desk.draws(tx, who, plan_id), next=None)


@router.get("/plans/{plan_id}/draws/{number}", operation_id="plans.draw", summary="一次抽取及其证明")
def get_draw(
    plan_id: str,
    number: Annotated[int, Path(ge=0, le=100_000)],
    who: Annotated[Who, Depends(allow("plans.draw"))],
    store: StoreDep,
) -> DrawRecordOut:
    """Return a draw by its number in the list, with all that replaying it takes."""
    with store.read() as tx:
        return desk.draw(tx, who, plan_id, number)
