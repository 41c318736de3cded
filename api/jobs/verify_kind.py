"""The kind of job that works a stored plan out again for somebody who doubts it, and changes nothing.

Payload: {plan, month}. Result: {plan, plan_hash, seals}, a seal for draws, bounds, plan and state: `name`, `count` of
what was held against its source, how many are `wrong`, and the first `problems` in words. It speaks of what is
announced alone, so that an auditor may read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.jobs.publish_kind import differences, file_of
from api.jobs.run import Ending, Run, kind
from api.store.planned.plans import case_source, document_of, draws_of, plan_of
from api.store.state.bind import hashes_of, roots_of
from api.store.state.rows import OPEN
from api.store.state.verify import verify_state
from planner.domain.finding import Severity

TOLD = 20
"""How many of the things wrong each seal names."""
DRAWS = frozenset({"draws", "draws-missing", "draws-other", "teams", "before-other"})
BOUNDS = frozenset({"certificate", "level", "status", "counterfactual"})


@kind("verify")
def verify(run: Run) -> Ending:
    """Work a plan out again. Fails where its file is gone."""
    from planner.service import verify_plan

    with run.store.read() as tx:
        row = plan_of(tx, run.job.payload["plan"])
        source = case_source(tx, row)
        document, draws = document_of(tx, row.id), draws_of(tx, row.id)
        bound = sum(len(hashes_of(tx, OPEN, tree)) for tree in roots_of(tx, OPEN))
    path = file_of(run, row)
    changed = [one["detail"] for one in differences(path, row, document)]
    found = verify_plan(path, tables=source and source[1], announced=True)
    wrong = [one for one in found if one.severity is Severity.ERROR]
    state = [one.text() for one in verify_state(run.store, reserved=False)]
    seals = [
        _seal("draws", len(draws), [one.text() for one in wrong if one.code in DRAWS]),
        _seal("bounds", _bounds(document), [one.text() for one in wrong if one.code in BOUNDS]),
        _seal(
            "plan", len(document["plan"]), [*changed, *(one.text() for one in wrong if one.code not in DRAWS | BOUNDS)]
        ),
        _seal("state", bound, state),
    ]
    return lambda _: {"plan": row.id, "plan_hash": row.plan_hash, "seals": seals}


def _bounds(document: Mapping[str, Any]) -> int:
    return len(document["certificates"]) + bool(document.get("common_limit"))


def _seal(name: str, count: int, problems: list[str]) -> dict[str, Any]:
    return {"name": name, "count": count, "wrong": len(problems), "problems": problems[:TOLD]}
