"""Bookings on a published plan: all of one or nothing, and never more crews than there are.

Who books says what it has seen: the book's turn of the site. Of two who saw the same turn one wins; the other gets a
ConflictError, and so does whoever finds a task booked, or a crew gone. The keys of the tables and a check on the crews
say so in the database itself, whatever a process believes.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update

from api.store.database.bulk import insert_many
from api.store.database.engine import Tx
from api.store.database.errors import ConflictError, NotFoundError
from api.store.database.schema import booked_tasks, bookings, books, crew_cells, plans, visit_agencies, visits
from api.store.state.bind import bind

Cell = tuple[str, str, date]
"""A unit, the skill of its crews ("" for all of them) and a day."""
TAKEN = "情况已变：该对象或人员刚被他人预定，请看最新建议后再定 / it was taken meanwhile: look again"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be booked. `turn` is how many bookings of the site were seen, `load` crew quarter-hours by cell.

    `kind`: "accept" (tasks go on the day), "triggered" (one comes that was not planned, with its riders, and takes
    crews if need be beyond their room) or "absorb" (tasks need no visit any more). `visit` is the site's entry of the
    day afterwards, None where nothing is left of it; `before` what stood on the days that tasks leave.
    """

    plan_id: str
    site_id: str
    turn: int
    kind: str
    agency_id: str
    day: date
    tasks: tuple[str, ...]
    load: Mapping[Cell, int]
    visits: Mapping[date, dict[str, Any] | None]
    detail: Mapping[str, Any]
    unannounced: bool = False


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking as it stands; `number` counts the plan's, `turn` the site's."""

    id: str
    plan_id: str
    number: int
    site_id: str
    turn: int
    kind: str
    agency_id: str
    day: date
    tasks: list[str]
    detail: dict[str, Any]
    unannounced: bool
    at: datetime
    who: str


_COLUMNS = [bookings.c[item.name] for item in fields(Booking)]


def published_plan(tx: Tx, month: str | None, today: date) -> str:
    """Return the id of the published plan of `month`; without one, of today's, else of the newest month.

    Raises NotFoundError where none is published.
    """
    query = select(plans.c.id, plans.c.month).where(plans.c.state == "published")
    found = {row["month"]: row["id"] for row in tx.rows(query)}
    chosen = month or (f"{today:%Y-%m}" if f"{today:%Y-%m}" in found else max(found, default=""))
    if chosen not in found:
        name = f"{month} 月" if month else ""
        raise NotFoundError(f"{name}没有已发布的方案：请先发布 / no plan is published")
    return str(found[chosen])


def number_of(tx: Tx, plan_id: str) -> tuple[int, date | None]:
    """Return how many bookings a plan has, and up to which day nothing moves."""
    row = tx.row(select(books.c.number, books.c.frozen_until).where(books.c.plan_id == plan_id))
    return (0, None) if row is None else (row["number"], row["frozen_until"])


def open_book(tx: Tx, plan_id: str, cells: Mapping[Cell, tuple[int, int]]) -> None:
    """Begin to keep the book of a plan, if it is not kept yet: `cells` are (room, used before any booking)."""
    if tx.value(select(books.c.plan_id).where(books.c.plan_id == plan_id)) is not None:
        return
    tx.run(insert(books).values(plan_id=plan_id, number=0, frozen_until=None))
    rows = [
        {"plan_id": plan_id, "unit": unit, "skill": skill, "day": day}
        | {"room": room, "used": used, "forced": used > room}
        for (unit, skill, day), (room, used) in cells.items()
    ]
    insert_many(tx, crew_cells, rows)


def freeze(tx: Tx, plan_id: str, until: date | None) -> None:
    """Let nothing of an open book move up to `until`, inclusive; None lifts it."""
    tx.run(update(books).where(books.c.plan_id == plan_id).values(frozen_until=until))


def book(tx: Tx, wish: Wish, who: str) -> Booking:
    """Store a booking of an open book with its tasks, crews and visits. Raises ConflictError where it came too late.

    A unique key that is met raises sqlalchemy's IntegrityError, which means the same.
    """
    standing = tx.value(select(plans.c.state).where(plans.c.id == wish.plan_id))
    if standing != "published":
        raise ConflictError("方案已被新版本替代，请刷新 / the plan has been superseded")
    turn = tx.value(
        select(func.count())
        .select_from(bookings)
        .where(bookings.c.plan_id == wish.plan_id, bookings.c.site_id == wish.site_id)
    )
    if turn != wish.turn:
        raise ConflictError(TAKEN)
    tx.run(update(books).where(books.c.plan_id == wish.plan_id).values(number=books.c.number + 1))
    number = tx.value(select(books.c.number).where(books.c.plan_id == wish.plan_id))
    booking_id = uuid.uuid4().hex
    tx.run(
        insert(bookings).values(
            id=booking_id,
            plan_id=wish.plan_id,
            number=number,
            site_id=wish.site_id,
            turn=wish.turn + 1,
            kind=wish.kind,
            agency_id=wish.agency_id,
            day=wish.day,
            tasks=list(wish.tasks),
            detail=dict(wish.detail),
            unannounced=wish.unannounced,
            at=tx.now(),
            who=who,
        )
    )
    rows = [{"plan_id": wish.plan_id, "task": task, "booking": booking_id} for task in wish.tasks]
    insert_many(tx, booked_tasks, rows)
    _take_crews(tx, wish)
    for day, row in wish.visits.items():
        _put_visit(tx, wish.plan_id, wish.site_id, day, row)
    at_site = select(visits.c.id).where(visits.c.plan_id == wish.plan_id, visits.c.site_id == wish.site_id)
    bind(tx, "visit", {str(key) for key in tx.values(at_site)})
    bind(tx, "booking", {booking_id})
    return booking_of(tx, booking_id)


def _take_crews(tx: Tx, wish: Wish) -> None:
    for (unit, skill, day), quarters in sorted(wish.load.items()):
        cell = (
            crew_cells.c.plan_id == wish.plan_id,
            crew_cells.c.unit == unit,
            crew_cells.c.skill == skill,
            crew_cells.c.day == day,
        )
        after = crew_cells.c.used + quarters
        change = update(crew_cells).where(*cell)
        if wish.kind == "triggered":  # never held up: who has less room now gives way by replanning
            done = tx.run(change.values(used=after, forced=or_(crew_cells.c.forced, after > crew_cells.c.room)))
        elif quarters <= 0:
            done = tx.run(change.values(used=after))
        else:
            done = tx.run(change.where(after <= crew_cells.c.room).values(used=after))
        if done.rowcount != 1 and wish.kind != "triggered":
            raise ConflictError(TAKEN)


def _put_visit(tx: Tx, plan_id: str, site_id: str, day: date, row: dict[str, Any] | None) -> None:
    """Make `row` the site's standing visit of the day; without one, none stands any more."""
    there = (visits.c.site_id == site_id, visits.c.day == day, visits.c.standing)
    found = tx.row(select(visits.c.id, visits.c.plan_id, visits.c.row).where(*there))
    if found is not None and found["plan_id"] != plan_id:
        raise ConflictError(TAKEN)
    if row is None:
        if found is not None:
            tx.run(update(visits).where(visits.c.id == found["id"]).values(standing=False))
        return
    if found is not None:
        row = _timed(row, found["row"])
    values = {
        "visit_id": row["id"],
        "town": row["site"]["town"],
        "standing": True,
        "unannounced": row["unannounced"],
        "joint": row["joint"],
        "row": row,
    }
    if found is None:  # one that stood before and was emptied stands again
        same = (visits.c.plan_id == plan_id, visits.c.site_id == site_id, visits.c.day == day)
        found = tx.row(select(visits.c.id).where(*same))
    if found is None:
        made = tx.run(insert(visits).values(plan_id=plan_id, site_id=site_id, day=day, **values))
        assert made.inserted_primary_key is not None
        number = made.inserted_primary_key[0]
    else:
        number = found["id"]
        tx.run(update(visits).where(visits.c.id == number).values(**values))
        tx.run(delete(visit_agencies).where(visit_agencies.c.visit == number))
    insert_many(
        tx,
        visit_agencies,
        [
            {"visit": number, "agency_id": unit, "parent_id": party["id"]}
            for party in row["agencies"]
            for unit in dict.fromkeys((*party["units"], party["id"]))
        ],
    )


def _timed(row: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return a visit's row with the start and the people that it had; it ends as much later as it is longer."""
    slot = before.get("slot")
    if slot is not None:
        end = datetime.strptime(slot["end"], "%H:%M") + timedelta(minutes=row["minutes"] - before["minutes"])
        slot = {"start": slot["start"], "end": f"{end:%H:%M}"}
    return {**row, "slot": slot, "half": before.get("half"), "inspectors": before.get("inspectors", [])}


def booking_of(tx: Tx, booking_id: str) -> Booking:
    """Return a booking. Raises NotFoundError."""
    row = tx.row(select(*_COLUMNS).where(bookings.c.id == booking_id))
    if row is None:
        raise NotFoundError(f"没有预定 {booking_id} / there is no booking {booking_id}")
    return Booking(**row)


def bookings_of(tx: Tx, plan_id: str, after: int = 0, limit: int | None = None) -> list[Booking]:
    """Return a plan's bookings after number `after`, in order."""
    query = select(*_COLUMNS).where(bookings.c.plan_id == plan_id, bookings.c.number > after)
    return [Booking(**row) for row in tx.rows(query.order_by(bookings.c.number).limit(limit))]


def triggered_before(tx: Tx, month: str, plan_id: str) -> list[Booking]:
    """Return the bookings of triggered checks on other plans of a month, oldest first."""
    query = select(*_COLUMNS).join(plans, plans.c.id == bookings.c.plan_id)
    query = query.where(plans.c.month == month, plans.c.id != plan_id, bookings.c.kind == "triggered")
    return [Booking(**row) for row in tx.rows(query.order_by(bookings.c.at, bookings.c.number))]


def cells_of(tx: Tx, plan_id: str) -> dict[Cell, tuple[int, int]]:
    """Return (room, used) of a plan's crews by cell."""
    rows = tx.rows(select(crew_cells).where(crew_cells.c.plan_id == plan_id))
    return {(r["unit"], r["skill"], r["day"]): (r["room"], r["used"]) for r in rows}


def not_kept(document: Mapping[str, Any], booked: Iterable[Booking]) -> Sequence[str]:
    """Return the booked tasks that a plan's document has not on their days."""
    standing: dict[str, str] = {}
    for one in booked:
        gone = set(one.tasks if one.kind == "absorb" else one.detail.get("absorbed", ()))
        standing |= {task: one.day.isoformat() for task in one.tasks if task not in gone}
    if not standing:
        return []
    return sorted(task for task, day in standing.items() if document["plan"].get(task) != day)
