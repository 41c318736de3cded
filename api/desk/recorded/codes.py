"""Check codes of a published month: what an agency applies for, and what came back, kept and written into its results.

An agency's batch holds its unannounced checks too, so it is the agency's and the coordinator's alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from api.desk.filings.proving import barred
from api.desk.plans.moves import cases
from api.desk.plans.plans import names_of, place_of
from api.desk.recorded.code_models import CodeBatch, CodeRow, CodesTaken, WrongRow
from api.desk.recorded.results import MOST
from api.problems import Problem
from api.rights import Who, own_agencies, parent_of
from api.store import Store, log
from api.store.database.engine import Tx
from api.store.database.errors import NotFoundError
from api.store.database.schema import check_codes, filings, visit_agencies, visits
from api.store.inputs.library import Row, new_revision, put, rows_of
from api.store.planned.hidden import hidden_of
from api.store.planned.plans import PlanRow, standing_of
from planner.domain.case import TaskInfo
from planner.intake.tables.records import ResultRow

if TYPE_CHECKING:
    from planner.service import Planned


@dataclass(frozen=True, slots=True)
class Batch:
    """An agency's rows for the city (keys of `code_batch.toml`), and the codes that came back by task."""

    month: str
    agency: str
    rows: list[dict[str, str]]
    codes: Mapping[str, Mapping[str, Any]]


def batch_of(store: Store, who: Who, month: str, agency_id: str | None) -> Batch:
    """Return the batch of the caller's agency, a section's own tasks; the coordinator names an agency.

    A task whose filing must not be published gives no row: its gate is shut. Raises NotFoundError where no plan is
    published or the agency is another's, Problem 422 where none is named, 409 as `cases`.
    """
    with store.read() as tx:
        plan = standing_of(tx, month)
        own = own_agencies(tx, who)
        asked = agency_id or who.agency_id
        if asked is None:
            raise Problem(422, "agency", "请写明检查主体编号（agency_id）。")
        if own is not None and asked not in own:
            raise NotFoundError(f"没有检查主体 {asked} / there is no agency {asked}")
        parent = parent_of(tx, asked)
    if plan is None:
        raise NotFoundError(f"{month} 没有已发布的方案 / no plan of {month} is published")
    planned = cases.of(store, plan)
    with store.read() as tx:
        rows = _rows(tx, planned, plan, parent, None if asked == parent else asked)
        kept = tx.rows(select(check_codes).where(check_codes.c.month == month, check_codes.c.agency_id == parent))
        return Batch(month, parent, rows, {row["task"]: row for row in kept})


def _rows(tx: Tx, planned: Planned, plan: PlanRow, parent: str, section: str | None) -> list[dict[str, str]]:
    from planner.service import rows_for

    tasks = _tasks(planned, parent, section)
    wanted = {name: {task.site for task in tasks.values() if name in task.filings} for name in _filings(tasks)}
    shut = {(one.filing, one.site) for one in barred(tx, plan.month, wanted, wanted)}
    open_ = {
        name: task
        for name, task in tasks.items()
        if not any({(one, ""), (one, task.site)} & shut for one in task.filings)
    }
    people = {row.inspector_id: row.certificate_no for _, row in rows_of(tx, "inspectors", limit=100_000)}
    coded = select(filings.c.filing_id, filings.c.code).where(filings.c.filing_id.in_(_filings(tasks)))
    codes = {row["filing_id"]: row["code"] for row in tx.rows(coded) if row["code"]}
    steps = [row for _, row in rows_of(tx, "filing_steps", limit=100_000)]
    codes |= {step.filing_id: step.code for step in steps if step.step == "code" and step.code}
    return rows_for(parent, _visits(tx, plan.id, parent), open_, people, codes)


def _tasks(planned: Planned, parent: str, section: str | None) -> dict[str, TaskInfo]:
    """Return the tasks of an agency or a section of it, unannounced ones among them."""
    found = {}
    hidden = planned.hidden.months.get(parent) if planned.hidden else None
    for result in (planned.result, *([hidden] if hidden else [])):
        parents = {unit.id: unit.parent for unit in result.case.units}
        for task in result.case.tasks:
            if parents[task.unit] == parent and section in (None, task.unit):
                found[task.id] = task
    return found


def _filings(tasks: Mapping[str, TaskInfo]) -> set[str]:
    return {name for task in tasks.values() for name in task.filings}


def _visits(tx: Tx, plan_id: str, parent: str) -> list[dict[str, Any]]:
    """Return an agency's visits as they stand now, unannounced ones among them, by day and site."""
    known = {parent, *names_of(tx, frozenset({parent}))}
    comes = (visit_agencies.c.agency_id.in_(known)) | (visit_agencies.c.parent_id == parent)
    query = select(visits.c.row).where(visits.c.plan_id == plan_id, visits.c.standing)
    rows = list(tx.values(query.where(visits.c.id.in_(select(visit_agencies.c.visit).where(comes)))))
    # An unannounced check that comes with its own agency's visit is told in that visit's place, with all its tasks.
    there = {place_of(row): row for row in rows}
    there |= {place_of(one["row"]): one["row"] for one in hidden_of(tx, plan_id, frozenset({parent}))}
    return [there[place] for place in sorted(there)]


def shown(batch: Batch) -> CodeBatch:
    """Return the shape of a batch."""
    items = [
        CodeRow(
            task=row["task_id"],
            unit=row["unit"],
            site_id=row["site"],
            site_name=row["site_name"],
            items=row["items"].split("、"),
            day=date.fromisoformat(row["date"]),
            code=code["code"] if code else "",
            applied_at=code["applied_at"] if code else "",
        )
        for row in batch.rows
        for code in [batch.codes.get(row["task_id"])]
    ]
    coded = sum(bool(one.code) for one in items)
    return CodeBatch(month=batch.month, agency_id=batch.agency, coded=coded, items=items)


def taken_back(store: Store, who: Who, batch: Batch, content: bytes, name: str) -> CodesTaken:
    """Keep the codes of a file that came back, and write each into the result of its check where that has none.

    Rows that are wrong are told and the others taken. Raises InputError where the file cannot be read.
    """
    from planner.service import codes_back

    rows = {row["task_id"]: row for row in batch.rows}
    sites = {task: row["site"] for task, row in rows.items()}
    before = {kept["code"]: kept["site_id"] for kept in batch.codes.values()}
    coded, wrong = codes_back(content, name, sites, before)
    values = [
        {
            "task": one.task,
            "month": batch.month,
            "site_id": sites[one.task],
            "agency_id": batch.agency,
            "day": date.fromisoformat(rows[one.task]["date"]),
            "code": one.check_code,
            "applied_at": one.applied_at[:40],
            "who": who.login,
        }
        for one in coded
    ]
    written = 0
    if values:
        with store.write() as tx:
            names = [one["task"] for one in values]
            for n in range(0, len(names), MOST):
                ended = (check_codes.c.month == batch.month, check_codes.c.task.in_(names[n : n + MOST]))
                tx.run(delete(check_codes).where(*ended))
            tx.run(insert(check_codes), [{**one, "at": tx.now()} for one in values])
            written = _into_results(tx, who, batch.agency, values)
            grounds = {"month": batch.month, "codes": len(values), "results": written}
            about = f"agency:{batch.agency}"
            log.append(tx, who.login, "codes.return", about, grounds, reserved=True, agency_id=batch.agency)
    told = [
        WrongRow(row=one.row, task=one.task, code=one.code, detail=one.zh, clauses=list(one.clauses)) for one in wrong
    ]
    return CodesTaken(taken=len(values), results=written, wrong=told)


def _into_results(tx: Tx, who: Who, agency: str, coded: Sequence[Mapping[str, Any]]) -> int:
    """Write codes into the results of the same agency, site and day that have none; return how many."""
    by_place = {(one["site_id"], one["day"]): one for one in coded}
    changed: list[ResultRow] = []
    for site in {one["site_id"] for one in coded}:
        for _, row in rows_of(tx, "results", site_id=site, agency_id=agency, limit=MOST):
            one = by_place.get((site, row.date))
            if one is not None and not row.check_code:
                changed.append(replace(row, check_code=one["code"], code_applied_at=one["applied_at"]))
    if changed:
        revision = new_revision(tx, who.login, "edit", f"codes {agency}")
        put(tx, revision, [Row("results", row, row.ref.row) for row in changed])
    return len(changed)


def codes_at(tx: Tx, agencies: frozenset[str] | None, since: date, until: date) -> dict[tuple[str, str, date], Any]:
    """Return the codes that came back for checks of a period, by (parent agency, site, day)."""
    query = select(check_codes).where(check_codes.c.day >= since, check_codes.c.day <= until)
    if agencies is not None:
        query = query.where(check_codes.c.agency_id.in_(agencies))
    return {(row["agency_id"], row["site_id"], row["day"]): row for row in tx.rows(query)}
