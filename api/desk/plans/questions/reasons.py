"""Reasons of a plan, proven when asked. A plan never changes, so what was proven once is kept and told again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from api.desk.plans.moves import cases
from api.desk.plans.patches import operations_of
from api.desk.plans.questions.reason_models import ReasonsOut, SiteReasons, TaskReasons, VisitReasons
from api.problems import Problem
from api.store import Store
from api.store.planned.plans import PlanRow
from planner.domain.errors import InputError

if TYPE_CHECKING:
    from planner.service import Planned
    from planner.service.published.seen import Own

KEPT = 200
"""Answers of some kilobytes."""


BUSY_SECONDS = 30.0
"""How long a question waits for others before it is refused."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about: a left-out task, a visit, or a site on a day or with two agencies."""

    task: str = ""
    visit: str = ""
    site: str = ""
    day: date | None = None
    agencies: tuple[str, ...] = ()


class _Answers:
    """Answers that were proven, those asked for last. One is proven at a time, so that questions cannot pile up."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, Question, Own | None], dict[str, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, store: Store, plan: PlanRow, asked: Question, own: Own | None) -> dict[str, Any]:
        """Return the answer as `own` may be told. Raises InputError where the plan has no such, Problem 503 where too
        many ask.
        """
        key = plan.id, asked, own
        if not self._lock.acquire(timeout=BUSY_SECONDS):
            detail = "正在核验别人的提问，请稍后再问。"
            raise Problem(503, "busy", detail, headers={"Retry-After": str(int(BUSY_SECONDS))})
        try:
            if key not in self._kept:
                self._kept[key] = _answered(cases.of(store, plan), asked, own)
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]
        finally:
            self._lock.release()


def _answered(planned: Planned, asked: Question, own: Own | None) -> dict[str, Any]:
    from planner.service import why_not, why_there, why_visit

    if asked.task:
        return why_not(planned, asked.task, own)
    if asked.visit:
        return why_visit(planned, asked.visit, own)
    return why_there(planned, asked.site, asked.day, asked.agencies, own)


_answers = _Answers()


def reasons_of(store: Store, plan: PlanRow, asked: Question, own: Own | None) -> ReasonsOut:
    """Return the reasons that are asked for; `own` is the agency that asks with its sections, None the coordinator.

    Raises Problem 422 unless one thing is named, 404 where the plan has no such, 409 where its case is not at hand.
    """
    if [bool(asked.task), bool(asked.visit), bool(asked.site)].count(True) != 1:
        detail = "请在 task（未安排任务的编号）、visit（入企编号）与 site（对象编号）中给出一个。"
        raise Problem(422, "one-of-task-visit-site", detail)
    if asked.site and (asked.day is None) is not (len(asked.agencies) == 2 and own is None):
        detail = "问对象时，请给出 day（可再给一个 agency）；统筹办公室也可不给 day 而给出两个 agency。"
        raise Problem(422, "day-or-two-agencies", detail)
    try:
        found = _answers.of(store, plan, asked, own)
    except InputError as error:
        raise Problem(404, "not-found", str(error).partition(" / ")[0]) from None
    return ReasonsOut(
        plan_hash=plan.plan_hash,
        rulebook_version=plan.rulebook_version,
        task=_task_reasons(found) if asked.task else None,
        visit=VisitReasons.model_validate(found) if asked.visit else None,
        site=SiteReasons.model_validate(found) if asked.site else None,
    )


def _task_reasons(found: dict[str, Any]) -> TaskReasons:
    """Return the reasons of a task, each way with the operations that make it a draft."""
    from planner.service.changes.revising import Change

    def operations(way: dict[str, Any]) -> list[dict[str, Any]]:
        days = ((one, date.fromisoformat(one["day"])) for one in way["moves"])
        return operations_of(Change("move", one["visit"], one["task"], day) for one, day in days)

    ways = [{**way, "operations": operations(way)} for way in found["ways"]]
    return TaskReasons.model_validate({**found, "ways": ways})
