"""Sets of scenarios: ordered by the coordinator, read by it and by the auditor.

An auditor gets those of plans that are or were in force, as it gets the plans themselves. What a set tells is made of
what is announced; the whole documents, day by day, are the coordinator's.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from importlib.resources import files
from typing import Any

from api.desk.plans.plans import visible
from api.desk.scenarios.models import PriceAdvice, ScenarioDocument, ScenarioOrder, ScenarioOut, ScenarioSetOut
from api.desk.scenarios.models import ScenarioSetRow as SetRow
from api.problems import Problem
from api.rights import Who
from api.store import Store, queue
from api.store.database.engine import Tx
from api.store.database.errors import NotFoundError
from api.store.planned.plans import PlanRow
from api.store.queue import Job

KIND, WORTH = "whatif", "worth"
SHIPPED = files("scenarios.whatif")


def payload_of(plan: PlanRow, order: ScenarioOrder) -> dict[str, Any]:
    """Return what a run is given to play the order.

    Raises InputError, with line and nearest key, where a text is no scenario; Problem 422 where none is given, too many
    come together, or a name is unknown.
    """
    from planner.service import MOST_PLAYED, scenarios_of

    texts = [{"name": f"{name}.yaml", "text": text} for name, text in map(_shipped, order.shipped)]
    texts += [{"name": f"情景 {n}", "text": text} for n, text in enumerate(order.scenarios, start=1)]
    count = sum(len(scenarios_of(one["text"], one["name"])) for one in texts)
    if not 0 < count <= MOST_PLAYED:
        raise Problem(
            422, "scenarios", f"请在 scenarios 或 shipped 中给出 1 至 {MOST_PLAYED} 个情景，现有 {count} 个。"
        )
    return {"plan": plan.id, "month": plan.month, "depth": order.depth, "scenarios": texts}


def _shipped(name: str) -> tuple[str, str]:
    known = sorted(one.name.removesuffix(".yaml") for one in SHIPPED.iterdir() if one.name.endswith(".yaml"))
    if name not in known:
        near = get_close_matches(name, known, 1, 0.5)
        hint = f"最接近的是“{near[0]}”" if near else f"可用：{'、'.join(known)}"
        raise Problem(422, "shipped", f"没有名为“{name}”的情景，{hint}。")
    return name, (SHIPPED / f"{name}.yaml").read_text(encoding="utf-8")


def sets_of(store: Store, who: Who, before: int | None, limit: int) -> tuple[list[SetRow], int | None]:
    """Return the sets that the caller may read, newest first, and the number to go on from, None at the end."""
    found: list[tuple[Job, PlanRow]] = []
    more = False
    for job in _each(store, KIND, None, before):
        with store.read() as tx:
            plan = _plan_for(tx, who, job)
        if plan is not None:
            if len(found) == limit:
                more = True
                break
            found.append((job, plan))
    with store.read() as tx:
        counted = queue.parts_counted(tx, [job.id for job, _ in found])
    rows = [SetRow(**_head(job, plan), finished=counted.get(job.id, 0)) for job, plan in found]
    return rows, found[-1][0].number if more else None


def set_of(tx: Tx, who: Who, set_id: str) -> ScenarioSetOut:
    """Return a set with what each of its scenarios came to. Raises NotFoundError."""
    job, plan = _readable(tx, who, set_id)
    items = [ScenarioOut(number=number, **told) for number, told in queue.parts_of(tx, job.id).items()]
    return ScenarioSetOut(**_head(job, plan), finished=len(items), items=items)


def document_of(tx: Tx, who: Who, set_id: str, number: int) -> ScenarioDocument:
    """Return the whole document of a scenario. Raises NotFoundError, also where it is not played yet."""
    job, _ = _readable(tx, who, set_id)
    found = queue.part_of(tx, job.id, number)
    if found is None:
        raise NotFoundError(f"这组情景没有第 {number} 个结果 / the set has no result {number}")
    return ScenarioDocument(set=set_id, number=number, document=found)


def advice_of(store: Store, who: Who, plan_id: str) -> PriceAdvice:
    """Return what crews are worth by a plan's prices. Raises NotFoundError, Problem 404 before it is reckoned."""
    with store.read() as tx:
        plan = visible(tx, who, plan_id)
    for job in _each(store, WORTH, "finished", None):
        if job.payload["plan"] == plan_id:
            with store.read() as tx:
                found = queue.part_of(tx, job.id, 1)
            if found is not None:
                same = {name: found[name] for name in ("level", "entries", "crews")}
                return PriceAdvice(
                    plan=plan.id,
                    plan_hash=plan.plan_hash,
                    rulebook_version=plan.rulebook_version,
                    at=job.ended_at or job.created_at,
                    **same,
                )
    raise Problem(404, "not-reckoned", "这份方案的班组价值还没有测算。请统筹办公室以 POST 提交测算。")


def _each(store: Store, kind: str, state: str | None, before: int | None) -> Iterator[Job]:
    """Yield the runs of a kind, newest first."""
    while some := queue.jobs_of(store, kind=kind, state=state, before=before, limit=100):
        yield from some
        before = some[-1].number


def _readable(tx: Tx, who: Who, set_id: str) -> tuple[Job, PlanRow]:
    job = queue.job_or_none(tx, set_id)
    plan = _plan_for(tx, who, job) if job is not None and job.kind == KIND else None
    if job is None or plan is None:
        raise NotFoundError(f"没有情景组 {set_id} / there is no set of scenarios {set_id}")
    return job, plan


def _plan_for(tx: Tx, who: Who, job: Job) -> PlanRow | None:
    """Return the plan that a set was played from, None where the caller may not see it."""
    try:
        return visible(tx, who, job.payload["plan"])
    except NotFoundError:
        return None


def _head(job: Job, plan: PlanRow) -> dict[str, Any]:
    """Return what a set's row tells of its run and its plan."""
    return {
        "id": job.id,
        "plan": plan.id,
        "month": plan.month,
        "plan_hash": plan.plan_hash,
        "rulebook_version": plan.rulebook_version,
        "depth": job.payload["depth"],
        "state": job.state,
        "created_at": job.created_at,
        "created_by": job.created_by,
        "ended_at": job.ended_at,
    }
