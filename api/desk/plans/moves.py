"""What moving a visit of a plan would do. The plan's case is fetched once and kept: the rest is instant."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from api.desk.models import BreachOut, VerdictList, VerdictOut
from api.desk.plans.restoring import restored
from api.problems import Problem
from api.store import Store
from api.store.planned.plans import PlanRow
from planner.domain.errors import InputError

if TYPE_CHECKING:
    from planner.service import Planned
    from planner.service.published.moving import Breach

KEPT = 2
"""A month's case holds some 100 MiB."""


class _Cases:
    """Plans with their cases, those asked for last. A plan changes once, when it is published with its inspectors."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, datetime | None], Planned] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, store: Store, plan: PlanRow) -> Planned:
        """Return the plan restored. Raises Problem 409 where it was not made from the store, or the law differs."""
        key = plan.id, plan.published_at
        with self._lock:  # one restores, others wait for it
            if key not in self._kept:
                planned = restored(store, plan.id)
                if planned is None:
                    detail = "该方案不是由现有名录和法规库排出的，不能试改。请重新统筹后再试。"
                    raise Problem(409, "other-source", detail, plan_hash=plan.plan_hash)
                self._kept[key] = planned
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]


cases = _Cases()


def verdicts_of(store: Store, plan: PlanRow, visit_id: str) -> VerdictList:
    """Return the verdicts on a visit. Raises Problem 404 where the plan has no such visit, 409 as `_Cases.of`."""
    from planner.service.published.moving import verdicts

    try:
        day, found = verdicts(cases.of(store, plan), visit_id)
    except InputError as error:
        raise Problem(404, "not-found", str(error).partition(" / ")[0]) from None
    return VerdictList(
        plan_hash=plan.plan_hash,
        rulebook_version=plan.rulebook_version,
        day=day,
        items=[
            VerdictOut(
                day=one.day,
                lawful=one.lawful,
                sure=one.sure,
                entries=one.entries,
                left_out=one.left_out,
                breaches=breaches_of(one.breaches),
            )
            for one in found
        ],
    )


def breaches_of(breaches: Iterable[Breach]) -> list[BreachOut]:
    """Return the shapes of breaches."""
    return [BreachOut(rule=b.rule, title=b.title, clauses=list(b.clauses), count=b.count) for b in breaches]
