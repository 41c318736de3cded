"""Plans: ordered as a job, read, published; their visits, what was left out, and their files."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Path, Query, Response
from fastapi.responses import FileResponse

from api.desk.models import (
    FileOut,
    LeftOutList,
    Month,
    NotVisitedKind,
    NotVisitedList,
    Operation,
    PlanEnvelope,
    PlanKpis,
    PlanOrder,
    PlanOut,
    PublishOrder,
    VerdictList,
    VisitList,
)
from api.desk.plans import plans as desk
from api.desk.plans.moves import verdicts_of
from api.desk.plans.publishing import order_publishing, under_way
from api.desk.published.giving_way import give_way
from api.desk.runs import order
from api.desk.years.planning import year_with
from api.http.deps import IfMatch, Listed, PageDep, SettingsDep, StoreDep, set_etag
from api.http.models.jobs import JobOut
from api.http.routing import router as new_router
from api.marks import cursor_of, matched
from api.problems import Problem
from api.rights import Who, allow, own_agencies
from api.store.planned.plans import plan_of, plans_of

router = new_router("方案")

KIND_OF: dict[Operation, str] = {"solve": "plan", "validate": "validate"}


@router.post("/plans", operation_id="plans.create", summary="统筹一个月（任务）", status_code=202)
def create_plan(
    body: PlanOrder,
    who: Annotated[Who, Depends(allow("plans.create"))],
    store: StoreDep,
    settings: SettingsDep,
    operation: Annotated[Operation, Query(description="solve：统筹；validate：只核查数据")] = "solve",
) -> JobOut:
    """Have a month planned from the data as they stand. The job's id is that of the draft it will make.

    Follow it at `/v1/plans/{id}/metadata` or `/events`. A month without a lawful plan has none, and the result says
    why. With `validate` nothing is planned: the result counts tasks, draws, and findings by kind with their clauses.
    """
    payload = {"month": body.month} | ({} if body.seed is None else {"seed": body.seed})
    if body.year is not None:
        with store.read() as tx:
            payload["year"] = year_with(tx, body.year, body.month)
    return JobOut.of(order(store, settings, who, KIND_OF[operation], payload))


@router.get("/plans", operation_id="plans.list", summary="方案列表，新的在前")
def list_plans(
    who: Annotated[Who, Depends(allow("plans.list"))],
    store: StoreDep,
    month: Annotated[Month | None, Query(description="月份")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Listed[PlanOut]:
    """Return plans; drafts to the coordinator alone."""
    states = (None,) if who.sees_all else ("published", "superseded")
    found = [row for state in states for row in plans_of(store, month=month, state=state, limit=limit)]
    found.sort(key=lambda row: row.created_at, reverse=True)
    return Listed(items=[desk.shown(row) for row in found[:limit]], next=None)


@router.get("/plans/{plan_id}", operation_id="plans.get", summary="一个方案及其指标")
def get_plan(
    plan_id: str, who: Annotated[Who, Depends(allow("plans.get"))], response: Response, store: StoreDep
) -> PlanEnvelope:
    """Return a plan with its figures: levels with bounds, entries against both counterfactuals, joint share."""
    with store.read() as tx:
        row = desk.visible(tx, who, plan_id)
        runs = [job.id for job in under_way(tx, row.id)] if who.sees_all else []
    set_etag(response, row.etag)
    figures = row.summary if who.sees_all else None
    files = len(row.artefacts) if who.sees_all else 0
    return PlanEnvelope(plan=desk.shown(row), figures=figures, files=files, runs=runs)


@router.get("/plans/{plan_id}/kpis", operation_id="plans.kpis", summary="方案的指标，按各自可知的口径")
def get_kpis(plan_id: str, who: Annotated[Who, Depends(allow("plans.kpis"))], store: StoreDep) -> PlanKpis:
    """Return figures; `own` are those of the caller's agency or town. None of them counts unannounced checks."""
    with store.read() as tx:
        row = desk.visible(tx, who, plan_id)
        found = desk.kpis_for(tx, who, row)
    return PlanKpis(plan_hash=row.plan_hash, rulebook_version=row.rulebook_version, figures=found)


@router.post(
    "/plans/{plan_id}/publish", operation_id="plans.publish", summary="核验并发布方案（任务）", status_code=202
)
def publish_plan(
    plan_id: str,
    body: PublishOrder,
    version: IfMatch,
    who: Annotated[Who, Depends(allow("plans.publish"))],
    store: StoreDep,
    settings: SettingsDep,
) -> JobOut:
    """Have the draft checked once more, independently of the solver, and published in place of the month's plan before.

    A run does it: the plan is published when the run has finished with `published` in its result. It fails with
    `check-failed` and each thing that is wrong, or with `plan.route-open`, `plan.no-code` or `plan.unproven` and the
    filings for which no visit may be published yet; it changes nothing then.
    """
    with store.read() as tx:
        matched(version, plan_of(tx, plan_id).etag)
        row = order_publishing(tx, plan_id, version)
    payload = {"plan": row.id, "month": row.month, "version": version, "reason": body.reason}
    return JobOut.of(order(store, settings, who, "publish", payload))


@router.post(
    "/plans/{plan_id}/export", operation_id="plans.export", summary="重新生成方案的文件（任务）", status_code=202
)
def export_plan(
    plan_id: str, who: Annotated[Who, Depends(allow("plans.export"))], store: StoreDep, settings: SettingsDep
) -> JobOut:
    """Have all files of a plan written anew from the database, without solving; they take the place of those before."""
    with store.read() as tx:
        row = plan_of(tx, plan_id)
    return JobOut.of(order(store, settings, who, "export", {"plan": row.id, "month": row.month}))


@router.post(
    "/plans/{plan_id}/verify",
    operation_id="plans.verify",
    summary="现在重算：抽取、下限、方案、现状（任务）",
    status_code=202,
)
def verify_plan(
    plan_id: str,
    who: Annotated[Who, Depends(allow("plans.verify"))],
    store: StoreDep,
    settings: SettingsDep,
) -> JobOut:
    """Have a plan's draws, bounds, rules and figures worked out again, and what stands held against what was bound.

    The run changes nothing. Its result has a seal for each: how many there are, and what does not hold. It speaks of
    what is announced alone.
    """
    with store.read() as tx:
        row = desk.visible(tx, who, plan_id)
    return JobOut.of(order(store, settings, who, "verify", {"plan": row.id, "month": row.month}))


@router.get("/plans/{plan_id}/visits", operation_id="plans.visits", summary="入企安排，按日期与对象")
def list_visits(
    plan_id: str,
    who: Annotated[Who, Depends(allow("plans.visits"))],
    store: StoreDep,
    page: PageDep,
    day: Annotated[date | None, Query(description="日期")] = None,
    site_id: Annotated[str | None, Query(max_length=200, description="对象编号")] = None,
    town: Annotated[str | None, Query(max_length=200, description="街镇")] = None,
    agency_id: Annotated[str | None, Query(max_length=200, description="检查主体编号")] = None,
    joint: Annotated[bool | None, Query(description="是否联合")] = None,
    brief: Annotated[bool, Query(description="只要列表上看得到的：不含事项、人员、任务、依据")] = False,
) -> VisitList:
    """Return the plan's visits that the caller may see, with as much of each as is the caller's to know.

    In `brief`, units, items, people, tasks, codes, reasons and clauses are left empty.
    """
    wanted = desk.Wanted(day, site_id, town, agency_id, joint)
    with store.read() as tx:
        row = desk.visible(tx, who, plan_id)
        agencies = None if who.sees_all else own_agencies(tx, who) or frozenset()
    leeways = give_way(store, row, agencies) if row.state == "published" else {}
    with store.read() as tx:
        found = desk.visits_for(tx, who, row, wanted, page.texts(3), page.limit, brief=brief)
    if not brief:
        desk.tell_leeway(found, leeways)
    last = found[-1] if len(found) == page.limit else None
    return VisitList(
        plan_hash=row.plan_hash,
        rulebook_version=row.rulebook_version,
        items=found,
        next=None if last is None else cursor_of([last.day.isoformat(), last.site.id, last.id]),
    )


@router.get("/plans/{plan_id}/visits/{visit_id}/verdicts", operation_id="plans.verdicts", summary="试改一次入企的日期")
def list_verdicts(
    plan_id: str, visit_id: str, who: Annotated[Who, Depends(allow("plans.verdicts"))], store: StoreDep
) -> VerdictList:
    """Return what moving the visit to each other open day, or dropping it, would break and change; nothing is changed.

    The first question about a plan takes seconds, as its case is made anew; those that follow are instant.
    """
    with store.read() as tx:
        row = desk.visible(tx, who, plan_id)
    return verdicts_of(store, row, visit_id)


@router.get("/plans/{plan_id}/left-out", operation_id="plans.left-out", summary="未安排的任务及原因")
def list_left_out(plan_id: str, who: Annotated[Who, Depends(allow("plans.left-out"))], store: StoreDep) -> LeftOutList:
    """Return the tasks that have no lawful day, unannounced checks after the others."""
    with store.read() as tx:
        row = desk.visible(tx, who, plan_id)
        items = [*desk.parts.of(tx, plan_id, "left_out"), *desk.hidden_part(tx, plan_id).get("left_out", ())]
    return LeftOutList(plan_hash=row.plan_hash, rulebook_version=row.rulebook_version, items=items)


@router.get("/plans/{plan_id}/not-visited", operation_id="plans.not-visited", summary="不安排到场的任务及依据")
def list_not_visited(
    plan_id: str,
    who: Annotated[Who, Depends(allow("plans.not-visited"))],
    store: StoreDep,
    page: PageDep,
    kind: Annotated[NotVisitedKind | None, Query(description="去向")] = None,
) -> NotVisitedList:
    """Return what was filed and makes no visit: off-site work, summons, what other checks answer for, what is barred.

    An agency gets its own, an auditor what is announced.
    """
    with store.read() as tx:
        row = desk.visible(tx, who, plan_id)
        found = desk.not_visited_for(tx, who, row, kind, page.number() or 0, page.limit)
    return NotVisitedList(
        plan_hash=row.plan_hash,
        rulebook_version=row.rulebook_version,
        items=[one for _, one in found],
        next=cursor_of(found[-1][0]) if len(found) == page.limit else None,
    )


@router.get("/plans/{plan_id}/files", operation_id="plans.files", summary="方案的文件")
def list_files(
    plan_id: str, who: Annotated[Who, Depends(allow("plans.files"))], store: StoreDep, settings: SettingsDep
) -> Listed[FileOut]:
    """Return the files that are the caller's: all are the coordinator's, workbook and calendar an agency's, its list a
    town's; the public list is everybody's. One that is not ready is gone from the server, or being written anew.
    """
    with store.read() as tx:
        found = desk.files_for(tx, who, desk.visible(tx, who, plan_id))
    files = [
        FileOut(
            number=number,
            name=one["name"],
            sha256=one["sha256"],
            bytes=one["bytes"],
            ready=desk.is_ready(settings, one),
        )
        for number, one in found
    ]
    return Listed(items=files, next=None)


@router.get(
    "/plans/{plan_id}/files/{number}",
    operation_id="plans.file",
    summary="下载一个文件",
    response_class=FileResponse,
    responses={200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
)
def get_file(
    plan_id: str,
    number: Annotated[int, Path(ge=0, le=10_000)],
    who: Annotated[Who, Depends(allow("plans.file"))],
    store: StoreDep,
    settings: SettingsDep,
) -> FileResponse:
    """Return a file by its number in the list."""
    with store.read() as tx:
        row = desk.visible(tx, who, plan_id)
        own = dict(desk.files_for(tx, who, row))
    if number not in own:
        raise Problem(404, "not-found", f"方案没有第 {number} 个文件。")
    name = own[number]["name"]
    path = desk.file_of(settings, row, name)
    return FileResponse(path, media_type="application/octet-stream", filename=path.name)
