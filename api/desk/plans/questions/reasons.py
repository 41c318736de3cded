"""Reasons of a plan, proven when asked. A plan never changes, so what was proven once is kept and told again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

from api.desk.plans.moves import cases
from api.desk.plans.questions.reason_models import ReasonsOut, TaskReasons, VisitReasons
from api.problems import Problem
from api.store import Store
from api.store.planned.plans import PlanRow
from planner.domain.errors import InputError

KEPT = 200
"""Answers of some kilobytes."""


class _Answers:
    """Answers that were proven, those asked for last. One is proven at a time, so that questions cannot pile up."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, str], dict[str, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, store: Store, plan: PlanRow, kind: str, name: str) -> dict[str, Any]:
        """Return why a task is left out, or why a visit is as it is. Raises InputError where the plan has no such."""
        from planner.service import why_not, why_visit

        key = plan.id, kind, name
        with self._lock:
            if key not in self._kept:
                planned = cases.of(store, plan)
                self._kept[key] = why_not(planned, name) if kind == "task" else why_visit(planned, name)
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]


_answers = _Answers()


def reasons_of(store: Store, plan: PlanRow, task: str | None, visit: str | None) -> ReasonsOut:
    """Return the reasons of a left-out task or of a visit.

    Raises Problem 422 unless one of them is named, 404 where the plan has no such, 409 where its case is not at hand.
    """
    if bool(task) == bool(visit):
        detail = "请在 task（未安排任务的编号）与 visit（入企编号）中给出一个。"
        raise Problem(422, "one-of-task-and-visit", detail)
    try:
        found = _answers.of(store, plan, "task" if task else "visit", task or visit or "")
    except InputError as error:
        raise Problem(404, "not-found", str(error).partition(" / ")[0]) from None
    return ReasonsOut(
        plan_hash=plan.plan_hash,
        rulebook_version=plan.rulebook_version,
        task=TaskReasons.model_validate(found) if task else None,
        visit=VisitReasons.model_validate(found) if visit else None,
    )
