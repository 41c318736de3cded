"""Unannounced checks and triggered ones that nobody joins, in tables that no other row's number or key depends on."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, update

from api.store import log
from api.store.database.bulk import insert_many
from api.store.database.engine import Tx
from api.store.database.schema import hidden_bookings, hidden_visits, plans
from api.store.planned.books import Booking, Wish
from api.store.state.bind import bind

Part = Mapping[str, Any]
"""The part `hidden` of a plan's document."""


def publish_hidden(
    tx: Tx, plan_id: str, part: Part | None, before: str | None, who: str, unproven: Mapping[str, str]
) -> None:
    """Let the unannounced checks of a plan stand, and those of the plan `before` no longer; the hidden chain tells.

    `unproven` are tasks whose filing is not proven yet, with its id: their visits are withheld.
    """
    if before is not None:
        none = {"standing": False, "withheld": False}
        tx.run(update(hidden_visits).where(hidden_visits.c.plan_id == before).values(none))
    rows = [_values(plan_id, row) for row in (part or {}).get("visits", ())]
    for row in rows:
        row["withheld"] = not unproven.keys().isdisjoint(row["tasks"])
        row["standing"] = not row["withheld"]
    insert_many(tx, hidden_visits, rows)
    bind(tx, "hidden_visit")
    if rows or before is not None:
        log.append(tx, who, "hidden.publish", f"plan:{plan_id}", {"supersedes": before}, reserved=True)
    if unproven:
        filings = sorted(set(unproven.values()))
        log.append(tx, who, "hidden.withhold", f"plan:{plan_id}", {"filings": filings}, reserved=True)


def hidden_of(tx: Tx, plan_id: str, agencies: frozenset[str] | None) -> list[dict[str, Any]]:
    """Return the standing unannounced checks of `agencies` (None: all), by day and site."""
    query = select(hidden_visits).where(hidden_visits.c.plan_id == plan_id, hidden_visits.c.standing)
    if agencies is not None:
        query = query.where(hidden_visits.c.agency_id.in_(agencies))
    return tx.rows(query.order_by(hidden_visits.c.day, hidden_visits.c.site_id))


def withheld_of(tx: Tx, plan_id: str, agencies: frozenset[str] | None) -> list[dict[str, Any]]:
    """Return the unannounced checks of `agencies` (None: all) that wait for what proves their filing."""
    query = select(hidden_visits).where(hidden_visits.c.plan_id == plan_id, hidden_visits.c.withheld)
    if agencies is not None:
        query = query.where(hidden_visits.c.agency_id.in_(agencies))
    return tx.rows(query.order_by(hidden_visits.c.day, hidden_visits.c.site_id))


def let_go(tx: Tx, ids: Iterable[str]) -> None:
    """Withhold these no longer: what proves their filing has come."""
    tx.run(update(hidden_visits).where(hidden_visits.c.id.in_(list(ids))).values(withheld=False))


def replace_hidden(tx: Tx, plan_id: str, agency: str, rows: list[dict[str, Any]]) -> None:
    """Let `rows` be the agency's unannounced checks from now on."""
    own = (hidden_visits.c.plan_id == plan_id, hidden_visits.c.agency_id == agency)
    tx.run(update(hidden_visits).where(*own).values(standing=False))
    insert_many(tx, hidden_visits, [_values(plan_id, row) for row in rows])
    bind(tx, "hidden_visit")


def _values(plan_id: str, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": uuid.uuid4().hex,
        "plan_id": plan_id,
        "agency_id": row["agencies"][0]["id"],
        "site_id": row["site"]["id"],
        "day": date.fromisoformat(row["day"]),
        "tasks": list(row["tasks"]),
        "standing": True,
        "row": row,
        "withheld": False,
    }


def book_hidden(tx: Tx, wish: Wish, parent: str, who: str) -> str:
    """Keep a triggered check that nobody joins; return its id. `parent` is the agency in whose name it is made."""
    number = tx.value(
        select(func.count()).select_from(hidden_bookings).where(hidden_bookings.c.plan_id == wish.plan_id)
    )
    booking = uuid.uuid4().hex
    tx.run(
        insert(hidden_bookings).values(
            id=booking,
            plan_id=wish.plan_id,
            number=number + 1,
            site_id=wish.site_id,
            agency_id=parent,
            day=wish.day,
            tasks=list(wish.tasks),
            detail=dict(wish.detail),
            at=tx.now(),
            who=who,
        )
    )
    bind(tx, "hidden_booking", {booking})
    return booking


def hidden_bookings_of(tx: Tx, plan_id: str, agency: str | None, after: int = 0) -> list[Booking]:
    """Return the triggered checks that nobody joins of a plan, an agency's or (None) all, after number `after`."""
    query = select(hidden_bookings).where(hidden_bookings.c.plan_id == plan_id, hidden_bookings.c.number > after)
    return [_booking(row) for row in tx.rows(_of(query, agency).order_by(hidden_bookings.c.number))]


def hidden_before(tx: Tx, month: str, plan_id: str, agency: str | None) -> list[Booking]:
    """Return those on other plans of a month, oldest first: they are tasks of no plan and stay."""
    query = select(hidden_bookings).join(plans, plans.c.id == hidden_bookings.c.plan_id)
    query = query.where(plans.c.month == month, plans.c.id != plan_id)
    return [_booking(row) for row in tx.rows(_of(query, agency).order_by(hidden_bookings.c.at))]


def _of(query: Any, agency: str | None) -> Any:
    return query if agency is None else query.where(hidden_bookings.c.agency_id == agency)


def _booking(row: Mapping[str, Any]) -> Booking:
    """Return the row in the shape of a booking, which a book takes up."""
    return Booking(**{**row, "turn": 0, "kind": "triggered", "unannounced": True})
