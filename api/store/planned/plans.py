"""Cases, plans with their draws, and the visits of plans that were published. A plan's document never changes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update

from api.store import log
from api.store.database.bulk import insert_many
from api.store.database.engine import Store, Tx
from api.store.database.errors import ConflictError, NotFoundError, StateError
from api.store.database.schema import cases, draws, plans, visit_agencies, visits
from api.store.inputs.library import tables_in
from api.store.planned.books import bookings_of, not_kept
from api.store.planned.hidden import publish_hidden
from api.store.state.bind import bind
from planner.intake.tables.records import Tables

Document = dict[str, Any]
STATE_NAMES = {"draft": "是草案", "published": "已发布", "superseded": "已被替代"}


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan without its document. `state` is draft, published or superseded; `stopped`: not run to its end."""

    id: str
    month: str
    state: str
    parent: str | None
    job: str | None
    case_hash: str
    plan_hash: str
    rulebook_version: str
    status: str
    stopped: bool
    created_at: datetime
    created_by: str
    published_at: datetime | None
    published_by: str | None
    superseded_by: str | None
    etag: int
    summary: dict[str, Any]
    artefacts: list[dict[str, Any]]
    change: dict[str, Any] | None
    """What made it of its parent by hand: operation, operations, reason, held; None for a plan that was solved."""


_COLUMNS = [plans.c[item.name] for item in fields(PlanRow)]


@dataclass(frozen=True, slots=True)
class Made:
    """A job that made a plan, what files it left of it, and the plan's figures by audience."""

    job: str
    artefacts: Sequence[Mapping[str, Any]]
    figures: Mapping[str, Any]


def add_plan(
    tx: Tx,
    document: Document,
    who: str,
    *,
    revision: int | None,
    synthetic: bool,
    draw_records: Sequence[Mapping[str, Any]] = (),
    parent: str | None = None,
    made: Made | None = None,
    change: Mapping[str, Any] | None = None,
) -> PlanRow:
    """Store a plan document (`planner.service.files.plan_file`) as a draft with its case and draws, and log it.

    `revision` is the library's that it was planned from. A plan has the id of the job that made it, if one did.
    """
    now = tx.now()
    job = made.job if made else None
    case_hash = document["case_hash"]
    if tx.value(select(cases.c.hash).where(cases.c.hash == case_hash)) is None:
        values = {"hash": case_hash, "month": document["month"], "revision": revision, "synthetic": synthetic}
        tx.run(insert(cases).values(**values, rulebook_version=document["rulebook_version"], at=now))
    plan_id = job or uuid.uuid4().hex
    tx.run(
        insert(plans).values(
            id=plan_id,
            month=document["month"],
            state="draft",
            parent=parent,
            job=job,
            case_hash=case_hash,
            plan_hash=document["plan_hash"],
            rulebook_version=document["rulebook_version"],
            status=document["status"],
            stopped=not document["repeatable"],
            created_at=now,
            created_by=who,
            etag=1,
            summary=document["summary"],
            document=document,
            artefacts=list(made.artefacts) if made else [],
            change=change,
            figures=made.figures if made else None,
            revision=revision,
        )
    )
    insert_many(
        tx,
        draws,
        [
            {
                "draw_id": record["draw_id"],
                "plan_id": plan_id,
                "month": document["month"],
                "filing_id": record["filing_id"],
                "agency_id": record["agency_id"],
                "list_hash": record["list_hash"],
                "record": dict(record),
            }
            for record in draw_records
        ],
    )
    grounds = {"month": document["month"], "plan_hash": document["plan_hash"], "parent": parent, "job": job}
    if change is not None:
        grounds["reason"] = change["reason"]
    log.append(tx, who, "plan.create", f"plan:{plan_id}", {**grounds, "rulebook": document["rulebook_version"]})
    return plan_of(tx, plan_id)


def replace_files(tx: Tx, plan_id: str, artefacts: Sequence[Mapping[str, Any]], who: str) -> None:
    """Store that a plan's files are these from now on, written anew, and log it. The plan itself is as it was."""
    plan = plan_of(tx, plan_id)
    tx.run(update(plans).where(plans.c.id == plan_id).values(artefacts=list(artefacts)))
    bind(tx, "plan", {plan_id})
    log.append(tx, who, "plan.export", f"plan:{plan_id}", {"month": plan.month, "plan_hash": plan.plan_hash})


def plan_of(tx: Tx, plan_id: str) -> PlanRow:
    """Return a plan. Raises NotFoundError."""
    row = tx.row(select(*_COLUMNS).where(plans.c.id == plan_id))
    if row is None:
        raise NotFoundError(f"没有方案 {plan_id} / there is no plan {plan_id}")
    return PlanRow(**row)


def document_of(tx: Tx, plan_id: str) -> Document:
    """Return a plan's document. Raises NotFoundError."""
    found: Document | None = tx.value(select(plans.c.document).where(plans.c.id == plan_id))
    if found is None:
        raise NotFoundError(f"没有方案 {plan_id} / there is no plan {plan_id}")
    return found


def draws_of(tx: Tx, plan_id: str) -> list[dict[str, Any]]:
    """Return the draws' records, by draw id."""
    return list(tx.values(select(draws.c.record).where(draws.c.plan_id == plan_id).order_by(draws.c.draw_id)))


def case_source(tx: Tx, plan: PlanRow) -> tuple[int, Tables] | None:
    """Return the revision and the rows that give a plan's case again, None where it was planned from a file."""
    revision: int | None = tx.value(select(plans.c.revision).where(plans.c.id == plan.id))
    return None if revision is None else (revision, tables_in(tx, plan.month, revision))


def figures_of(tx: Tx, plan_id: str) -> dict[str, dict[str, Any]]:
    """Return a plan's figures by audience, {} where they were not kept."""
    return tx.value(select(plans.c.figures).where(plans.c.id == plan_id)) or {}


def lineage_of(tx: Tx, plan_id: str) -> list[PlanRow]:
    """Return a plan and those that it was made of by hand, newest first. Raises NotFoundError."""
    found = [plan_of(tx, plan_id)]
    while (parent := found[-1].parent) is not None:
        found.append(plan_of(tx, parent))
    return found


def made_of(tx: Tx, plan_id: str) -> list[PlanRow]:
    """Return the plans that were made of a plan by hand, oldest first."""
    query = select(*_COLUMNS).where(plans.c.parent == plan_id).order_by(plans.c.created_at, plans.c.id)
    return [PlanRow(**row) for row in tx.rows(query)]


def plans_of(
    store: Store,
    *,
    month: str | None = None,
    state: str | None = None,
    before: datetime | None = None,
    limit: int = 50,
) -> list[PlanRow]:
    """Return plans, newest first, made before `before`."""
    query = select(*_COLUMNS).order_by(plans.c.created_at.desc(), plans.c.id).limit(limit)
    if month is not None:
        query = query.where(plans.c.month == month)
    if state is not None:
        query = query.where(plans.c.state == state)
    if before is not None:
        query = query.where(plans.c.created_at < before)
    with store.read() as tx:
        return [PlanRow(**row) for row in tx.rows(query)]


def publish(
    tx: Tx,
    plan_id: str,
    who: str,
    etag: int,
    reason: str = "",
    unproven: Mapping[str, str] | None = None,
    refused: Sequence[str] = (),
) -> PlanRow:
    """Publish a draft: its visits stand, and those of the month's plan published before no longer do.

    Unannounced visits for the tasks `unproven`, each with its filing's id, are withheld. Where `refused` names what the
    check found wrong with the unannounced visits, none of them stands.

    Raises NotFoundError, ConflictError where `etag` is not the plan's, a visit meets one of another month's plan at its
    site on its day, or what was booked on the plan before would be lost, StateError where it is no draft.
    """
    plan = plan_of(tx, plan_id)
    if plan.etag != etag:
        raise ConflictError(f"方案已被他人改动 / the plan was changed by someone else: {plan_id}")
    if plan.state != "draft":
        raise StateError(f"方案{STATE_NAMES[plan.state]}，不能再发布。请刷新后看现行方案 / the plan is {plan.state}")
    before = tx.value(select(plans.c.id).where(plans.c.month == plan.month, plans.c.state == "published"))
    document = document_of(tx, plan_id)
    if before is not None:
        lost = not_kept(document, bookings_of(tx, before))
        if lost:
            raise ConflictError(
                f"现行方案有 {len(lost)} 项已预定的任务不在此方案的原定日期（如 {lost[0]}），发布会使预定落空："
                "请在现行方案上重排后再发布 / bookings would be lost"
            )
        old = {"state": "superseded", "superseded_by": plan_id, "etag": plans.c.etag + 1}
        tx.run(update(plans).where(plans.c.id == before).values(old))
        tx.run(update(visits).where(visits.c.plan_id == before).values(standing=False))
    new = {"state": "published", "published_at": tx.now(), "published_by": who, "etag": etag + 1}
    tx.run(update(plans).where(plans.c.id == plan_id).values(new))
    _add_visits(tx, plan_id, document["visits"])
    publish_hidden(tx, plan_id, None if refused else document.get("hidden"), before, who, unproven or {})
    if refused:
        log.append(tx, who, "hidden.refuse", f"plan:{plan_id}", {"problems": list(refused)}, reserved=True)
    bind(tx, "plan", {one for one in (plan_id, before) if one is not None})
    bind(tx, "visit", _visit_keys(tx, plan_id, before))
    grounds = {"month": plan.month, "plan_hash": plan.plan_hash, "rulebook": plan.rulebook_version, "reason": reason}
    log.append(tx, who, "plan.publish", f"plan:{plan_id}", {**grounds, "supersedes": before})
    back = (document.get("hidden") or {}).get("stood_back", ())
    if back:  # each lets a body infer that an unannounced check is there (decision 0050)
        told = {"count": len(back), "units": sorted({row["unit"] for row in back})}
        log.append(tx, who, "hidden.stood-back", f"plan:{plan_id}", told, reserved=True)
    return plan_of(tx, plan_id)


def standing_of(tx: Tx, month: str) -> PlanRow | None:
    """Return the published plan of a month, None where none is."""
    found = tx.value(select(plans.c.id).where(plans.c.month == month, plans.c.state == "published"))
    return None if found is None else plan_of(tx, found)


def with_artefacts(tx: Tx, plan_id: str, artefacts: Sequence[Mapping[str, Any]]) -> PlanRow:
    """Let these be the files of a plan from now on; return it."""
    tx.run(update(plans).where(plans.c.id == plan_id).values(artefacts=[dict(one) for one in artefacts]))
    return plan_of(tx, plan_id)


def visits_of(
    store: Store,
    *,
    site_id: str | None = None,
    agency_id: str | None = None,
    town: str | None = None,
    first: date | None = None,
    last: date | None = None,
    unannounced_of: str | None = "",
    after: int = 0,
    limit: int = 200,
) -> list[dict[str, Any]]:
    """Return standing visits of published plans, in order of storing (`id`, for `after`).

    `agency_id` takes a unit or the agency in whose name it acts. Unannounced visits are among them only where
    `unannounced_of` is that of their agency, or None, which is the bureau's eye.
    """
    query = select(visits).where(visits.c.standing, visits.c.id > after)
    if site_id is not None:
        query = query.where(visits.c.site_id == site_id)
    if town is not None:
        query = query.where(visits.c.town == town)
    if first is not None:
        query = query.where(visits.c.day >= first)
    if last is not None:
        query = query.where(visits.c.day <= last)
    if agency_id is not None:
        query = query.where(visits.c.id.in_(_with_agency(agency_id)))
    if unannounced_of is not None:
        query = query.where(~visits.c.unannounced | visits.c.id.in_(_with_agency(unannounced_of)))
    with store.read() as tx:
        return tx.rows(query.order_by(visits.c.id).limit(limit))


def _with_agency(agency_id: str) -> Any:
    comes = (visit_agencies.c.agency_id == agency_id) | (visit_agencies.c.parent_id == agency_id)
    return select(visit_agencies.c.visit).where(comes)


def _visit_keys(tx: Tx, *plan_ids: str | None) -> set[str]:
    return {str(key) for key in tx.values(select(visits.c.id).where(visits.c.plan_id.in_(plan_ids)))}


def _add_visits(tx: Tx, plan_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    days = sorted({date.fromisoformat(row["day"]) for row in rows})
    wanted = {(row["site"]["id"], date.fromisoformat(row["day"])) for row in rows}
    there = select(visits.c.site_id, visits.c.day).where(visits.c.standing, visits.c.day.in_(days))
    for site, day in tx.connection.execute(there):
        if (site, day) in wanted:
            raise ConflictError(f"{site} 在 {day} 已有公布的入企安排 / {site} already has a published visit on {day}")
    values = [
        {
            "plan_id": plan_id,
            "visit_id": row["id"],
            "site_id": row["site"]["id"],
            "town": row["site"]["town"],
            "day": date.fromisoformat(row["day"]),
            "standing": True,
            "unannounced": row["unannounced"],
            "joint": row["joint"],
            "row": dict(row),
        }
        for row in rows
    ]
    insert_many(tx, visits, values)
    numbers = dict(
        tx.connection.execute(select(visits.c.visit_id, visits.c.id).where(visits.c.plan_id == plan_id)).all()
    )
    insert_many(
        tx,
        visit_agencies,
        [
            {"visit": numbers[row["id"]], "agency_id": unit, "parent_id": party["id"]}
            for row in rows
            for party in row["agencies"]
            for unit in dict.fromkeys((*party["units"], party["id"]))
        ],
    )
