"""The kind of job that evaluates a period and keeps the answer for the page.

Payload: {period, base, on}; what others than the bureau may know is taken as of the day `on`. Result: {period, base,
checks}, counted from all results.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from api.desk.recorded.evaluating import OPEN, WHOLE, keep, worked_out
from api.jobs.run import Ending, Run, kind
from api.store import log
from api.store.database.engine import Tx


@kind("evaluate")
def evaluate(run: Run) -> Ending:
    """Evaluate a period for the bureau and for others. Fails where the base counts another unit."""
    period, base = run.job.payload["period"], run.job.payload["base"]
    on = date.fromisoformat(run.job.payload["on"])
    run.tell("read")
    with run.store.read() as tx:
        found = {audience: worked_out(tx, period, base, audience, on) for audience in (WHOLE, OPEN)}
    run.tell("store")

    def store(tx: Tx) -> Any:
        for audience, (evaluation, mark) in found.items():
            keep(tx, evaluation, audience, mark, run.job.created_by)
        log.append(tx, run.job.created_by, "evaluation.run", f"evaluation:{period}", {"base": base})
        return {"period": period, "base": base, "checks": found[WHOLE][0].checks}

    return store
