"""A scenario's plan taken over as a draft: what it changes of the plan that it was played from.

A scenario is played with other rows or rules than those in force. A draft is of what is in force, so only the dates
are taken over, as changes of the plan, and they are refused where a rule stands against them. A scenario that needs a
crew, a window or a rule that there is not is to be filed or recorded first, and the month planned anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.desk.plans.change_models import PatchVerdict
from api.desk.plans.changes import verdict_of
from api.desk.plans.moves import cases
from api.desk.plans.plans import parts, visible
from api.desk.scenarios.models import AdoptionOut
from api.desk.scenarios.playing import document_of
from api.problems import Problem
from api.rights import Who
from api.store import Store, queue
from api.store.planned.plans import PlanRow

AWAY = ("later", "out")


@dataclass(frozen=True, slots=True)
class Adoption:
    """A plan, the operations that give it a scenario's dates, what the rules say of these, and what is told of it."""

    plan: PlanRow
    operations: list[dict[str, Any]]
    verdict: PatchVerdict
    told: AdoptionOut


def adoption_of(store: Store, who: Who, set_id: str, number: int) -> Adoption:
    """Return what taking over a scenario's dates comes to.

    Raises NotFoundError; Problem 409 where the scenario has no plan, or one with no other date.
    """
    with store.read() as tx:
        document = document_of(tx, who, set_id, number).document
        job = queue.job_or_none(tx, set_id)
        assert job is not None
        plan = visible(tx, who, job.payload["plan"])
        before: Mapping[str, str] = parts.all_of(tx, plan.id)["plan"]
    after: Mapping[str, str] = document.get("plan") or {}
    moved = {task: after[task] for task in sorted(before) if after.get(task, before[task]) != before[task]}
    # Between later and left out there is nothing to change: neither has a date in the month.
    moved = {task: day for task, day in moved.items() if day not in AWAY or before[task] not in AWAY}
    if not moved:
        detail = "这个情景没有可以采用的改动：它没有排出方案，或各项任务的日期与基准相同。"
        raise Problem(409, "nothing-to-adopt", detail)
    operations = [_operation(task, day) for task, day in moved.items()]
    verdict = verdict_of(store, plan, operations)
    case = cases.of(store, plan).result.case
    touched = {case.parents[int(case.parent_of[t])] for t, task in enumerate(case.tasks) if task.id in moved}
    told = AdoptionOut(
        **verdict.model_dump(exclude={"held"}),
        plan=plan.id,
        moved=len(moved),
        away=sum(day in AWAY for day in moved.values()),
        only_there=len(after.keys() - before.keys()),
        agencies=sorted(touched),
    )
    return Adoption(plan, operations, verdict, told)


def _operation(task: str, day: str) -> dict[str, Any]:
    if day in AWAY:
        return {"op": "remove", "path": f"/tasks/[id={task}]"}
    return {"op": "replace", "path": f"/tasks/[id={task}]/day", "value": day}
