"""The kind of job that plans a year by days.

`year` {period, year, first, published: [plan ids], revision, seed?}. What it came to is its one part, with the whole
plan as that part's document; the store's plans are months and stay so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.jobs.kinds import teller
from api.jobs.run import Ending, Run, kind
from api.store import queue
from api.store.inputs.library import tables_in
from api.store.planned.plans import Document, document_of
from planner.intake.tables.records import Tables

if TYPE_CHECKING:
    from planner.service import Planned


@kind("year")
def year(run: Run) -> Ending:
    """Plan a year of the store, its published months fixed. Stopped, it keeps its best."""
    payload = run.job.payload
    run.tell("read")
    with run.store.read() as tx:
        done = queue.parts_of(tx, run.job.id).get(1)
        tables = tables_in(tx, payload["first"], payload["revision"])
        published = [document_of(tx, plan) for plan in payload["published"]]
    told = done or _planned(run, tables, published)
    short = {name: told[name] for name in ("plan_hash", "status", "tasks", "scheduled", "left_out")}
    return lambda tx: {"year": payload["year"], "first": payload["first"], **short}


def _planned(run: Run, tables: Tables, published: Sequence[Document]) -> dict[str, Any]:
    """Plan the year, keep it as the run's part, and return its short."""
    from planner.service import fixed_by, plan_year_tables
    from planner.service.files.plan_file import plan_document

    payload = run.job.payload
    planned = plan_year_tables(
        tables,
        payload["period"],
        fixed_by(published),
        payload.get("seed"),
        tell=teller(run),
        cancel=run.cancelled,
        source=Path("input"),
    )
    run.tell("write")
    document = {} if planned.result.plan is None else plan_document(planned)
    told = _told(planned, document) | {"revision": payload["revision"]}
    queue.keep_part(run.store, run.job, 1, told, document)
    return told


def _told(planned: Planned, document: dict[str, Any]) -> dict[str, Any]:
    """Return the short of a year: levels, months, and each unit's weeks."""
    from planner.domain.result import LEFT_OUT_LEVELS
    from planner.report.figures.year_load import year_weeks

    result, case = planned.result, planned.result.case
    levels = {level.name: level for level in result.levels}
    weeks = [] if result.plan is None else year_weeks(case, result.plan)
    return {
        "plan_hash": result.plan_hash,
        "rulebook_version": case.rulebook_version,
        "status": result.status.value,
        "tasks": case.n_tasks,
        "scheduled": 0 if result.plan is None else int((result.plan.day >= 0).sum()),
        "left_out": [levels[name].value if name in levels else 0 for name in LEFT_OUT_LEVELS],
        "levels": [
            {"name": level.name, "value": level.value, "bound": level.bound_certified} for level in result.levels
        ],
        "months": document.get("months") or [],
        "weeks": [
            {
                **asdict(week),
                "unit_name": planned.names.agency(week.unit),
                "first": week.first.isoformat(),
                "until": week.until.isoformat(),
            }
            for week in weeks
        ],
        "notes": list(result.notes),
    }
