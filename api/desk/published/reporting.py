"""What agencies report of a published plan: kept for the coordinator to replan on, it moves nothing by itself."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, or_, select

from api.desk.plans.plans import visible
from api.desk.published.naming import own_id
from api.desk.published.replan_models import AwayEvent, VisitEvent
from api.desk.published.replanning import published
from api.desk.published.report_models import ReportOrder, ReportOut
from api.desk.published.suggesting import may_ask_for
from api.rights import Who, own_agencies, parent_of
from api.store import Store, log
from api.store.database.engine import Tx
from api.store.database.errors import NotFoundError
from api.store.database.schema import decisions, plans, visit_agencies, visits
from api.store.inputs.library import row_of
from api.store.planned.hidden import hidden_of
from api.store.planned.plans import PlanRow


def report(store: Store, who: Who, plan_id: str, order: ReportOrder) -> ReportOut:
    """Keep what has happened. Raises NotFoundError for another's visit or crews, Problem 409 where no plan stands."""
    with store.read() as tx:
        agency = may_ask_for(tx, who, order.agency)
        row_of(tx, "agencies", agency)
        if isinstance(order.event, AwayEvent):
            _inspector(tx, order.event)
    plan = published(store, plan_id)
    if isinstance(order.event, VisitEvent):
        site, _ = own_id(store, plan.month, order.event.site, agency)
        order = order.model_copy(update={"event": order.event.model_copy(update={"site": site})})
    with store.write() as tx:
        hidden = isinstance(order.event, VisitEvent) and _visit(tx, plan, order.event)
        event = order.plain()
        detail = {"plan": plan.id, "month": plan.month, "event": event, "hidden": hidden}
        values = {"object": f"month:{plan.month}", "agency_id": agency, "decision": "report", "code": event["kind"]}
        made = tx.run(
            insert(decisions).values(**values, reason=order.reason, detail=detail, at=tx.now(), who=who.login)
        )
        assert made.inserted_primary_key is not None
        grounds = {"event": event, "reason": order.reason}
        log.append(tx, who.login, "event.report", f"plan:{plan.id}", grounds, reserved=hidden, agency_id=agency)
        number = int(made.inserted_primary_key[0])
        row = tx.row(select(decisions).where(decisions.c.id == number))
        assert row is not None
        return _out(row, {}, len(_seen(tx, who, plan.month)))


def _inspector(tx: Tx, event: AwayEvent) -> None:
    """Raise NotFoundError where the unit has no such inspector: of others' people nothing is told."""
    try:
        unit = row_of(tx, "inspectors", event.inspector).agency_id
    except NotFoundError:
        unit = ""
    if unit != event.unit:
        raise NotFoundError(
            f"主体“{event.unit}”没有检查人员“{event.inspector}”：请核对编号 / no such inspector of the unit"
        )


def _visit(tx: Tx, plan: PlanRow, event: VisitEvent) -> bool:
    """Return whether the agency's visit is unannounced. Raises NotFoundError where it has none there."""
    comes = or_(visit_agencies.c.agency_id == event.agency, visit_agencies.c.parent_id == event.agency)
    at = (visits.c.plan_id == plan.id, visits.c.standing, visits.c.site_id == event.site, visits.c.day == event.day)
    query = select(visits.c.unannounced).join(visit_agencies, visit_agencies.c.visit == visits.c.id)
    row = tx.row(query.where(*at, comes).limit(1))
    if row is None:
        own = hidden_of(tx, plan.id, frozenset({event.agency, parent_of(tx, event.agency)}))
        if any((one["site_id"], one["day"]) == (event.site, event.day) for one in own):
            return True
        raise NotFoundError("方案里没有该主体在这天对这个对象的入企 / no such visit of the agency is planned")
    return bool(row["unannounced"])


def reports(tx: Tx, who: Who, plan_id: str, after: int, limit: int) -> list[ReportOut]:
    """Return what was reported in the plan's month after the first `after`: an agency its own, the coordinator all.

    They are numbered among what the caller gets: others' leave no gap.
    """
    plan = visible(tx, who, plan_id)
    versions = versions_by_event(tx, plan.month)
    rows = _seen(tx, who, plan.month)[after : after + limit]
    return [_out(row, versions, number) for number, row in enumerate(rows, after + 1)]


def _seen(tx: Tx, who: Who, month: str) -> list[dict[str, Any]]:
    """Return the reports of a month that the caller may see; those on unannounced checks are no integrator's."""
    query = select(decisions).where(decisions.c.decision == "report", decisions.c.object == f"month:{month}")
    own = own_agencies(tx, who)
    if own is not None:
        query = query.where(decisions.c.agency_id.in_(own))
    rows = tx.rows(query.order_by(decisions.c.id))
    return [row for row in rows if who.sees_all or own is not None or not row["detail"].get("hidden")]


def versions_by_event(tx: Tx, month: str) -> dict[str, str]:
    """Return by event, as text, the published version that came of it."""
    query = select(plans.c.id, plans.c.change).where(
        plans.c.month == month, plans.c.state.in_(("published", "superseded")), plans.c.change.is_not(None)
    )
    changes = [(row["id"], row["change"] or {}) for row in tx.rows(query)]
    return {of_event(event): made for made, change in changes for event in change.get("operations", [])}


def of_event(event: dict[str, Any]) -> str:
    """Return an event as text: its fields in order, without those that say nothing."""
    return repr(sorted((name, value) for name, value in event.items() if value not in (None, [], 0)))


def _out(row: dict[str, Any], versions: dict[str, str], number: int) -> ReportOut:
    detail = row["detail"]
    return ReportOut(
        id=number,
        **{name: detail[name] for name in ("plan", "month", "event")},
        **{name: row[name] for name in ("agency_id", "reason", "at", "who")},
        version=versions.get(of_event(detail["event"])),
    )
