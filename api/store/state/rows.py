"""The rows that are bound: which stand, in which chain and tree they belong, and what of them a proof shows.

A row of unannounced checks belongs to the hidden chain: the roots in the log are a function of what is announced.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, select

from api.store.database.engine import Tx
from api.store.database.schema import (
    bookings,
    filing_versions,
    filings,
    hidden_bookings,
    hidden_visits,
    library,
    plans,
    visits,
)

OPEN, HIDDEN = 1, 2
"""The numbers of the log's chains (`api.store.log`)."""
BATCH = 500


@dataclass(frozen=True, slots=True)
class Bound:
    """A row that stands: its chain, its tree (a month, or "filings"), what a proof shows and what it keeps."""

    kind: str
    key: str
    chain: int
    tree: str
    shown: dict[str, Any]
    rest: Any


KINDS = ("visit", "hidden_visit", "filing", "booking", "hidden_booking", "plan")


def bound_rows(tx: Tx, kind: str, keys: Collection[str] | None = None) -> Iterator[Bound]:
    """Yield the rows of a kind that stand, of `keys` (None: all); of a key without such a row, nothing."""
    query, key, read = _QUERIES[kind]
    if keys is None:
        yield from map(read, tx.connection.execute(query).mappings())
        return
    listed: list[Any] = sorted(keys)
    if kind == "visit":
        listed = [int(one) for one in listed]
    for start in range(0, len(listed), BATCH):
        asked = query.where(key.in_(listed[start : start + BATCH]))
        yield from map(read, tx.connection.execute(asked).mappings())


def public_part(row: dict[str, Any]) -> dict[str, Any]:
    """Return what the public list tells of a visit: day, half-day, site, town, agencies, items, joint. No people."""
    return {
        "day": row["day"],
        "half": row["half"],
        "site": row["site"]["name"],
        "town": row["site"]["town"],
        "agencies": [party["name"] for party in row["agencies"]],
        "items": sorted({item for party in row["agencies"] for item in party["items"]}),
        "joint": row["joint"],
    }


def _visit(row: Any) -> Bound:
    chain = HIDDEN if row["unannounced"] else OPEN
    rest = [row["plan_id"], row["site_id"], row["day"], row["visit_id"], row["row"]]
    return Bound("visit", str(row["id"]), chain, f"{row['day']:%Y-%m}", public_part(row["row"]), rest)


def _hidden_visit(row: Any) -> Bound:
    rest = [row["plan_id"], row["site_id"], row["day"], row["agency_id"], row["tasks"], row["row"]]
    return Bound("hidden_visit", row["id"], HIDDEN, f"{row['day']:%Y-%m}", {}, rest)


def _filing(row: Any) -> Bound:
    names = ("agency_id", "state", "version", "accepted_version", "code", "window_from", "window_to", "row", "in_force")
    chain = HIDDEN if row["unannounced"] else OPEN
    return Bound("filing", row["filing_id"], chain, "filings", {}, {name: row[name] for name in names})


def _booking(row: Any) -> Bound:
    names = ("plan_id", "number", "site_id", "turn", "kind", "agency_id", "day", "tasks", "detail", "who")
    chain = HIDDEN if row["unannounced"] else OPEN
    return Bound("booking", row["id"], chain, row["month"], {}, {name: row[name] for name in names})


def _hidden_booking(row: Any) -> Bound:
    names = ("plan_id", "number", "site_id", "agency_id", "day", "tasks", "detail", "who")
    return Bound("hidden_booking", row["id"], HIDDEN, row["month"], {}, {name: row[name] for name in names})


def _plan(row: Any) -> Bound:
    files = sorted((one["name"], one["sha256"]) for one in row["artefacts"])
    rest = [row["case_hash"], row["plan_hash"], row["rulebook_version"], row["published_by"], files]
    return Bound("plan", row["id"], OPEN, row["month"], {}, rest)


def _filings() -> Select[Any]:
    newest = and_(filing_versions.c.filing_id == filings.c.filing_id, filing_versions.c.version == filings.c.version)
    current = and_(library.c.kind == "filings", library.c.key == filings.c.filing_id, library.c.until.is_(None))
    columns = (*filings.c, filing_versions.c.row, library.c.row.label("in_force"))
    return select(*columns).join(filing_versions, newest).outerjoin(library, current)


_QUERIES: dict[str, tuple[Select[Any], Any, Any]] = {
    "visit": (select(visits).where(visits.c.standing), visits.c.id, _visit),
    "hidden_visit": (select(hidden_visits).where(hidden_visits.c.standing), hidden_visits.c.id, _hidden_visit),
    "filing": (_filings(), filings.c.filing_id, _filing),
    "booking": (
        select(bookings, plans.c.month).join(plans, plans.c.id == bookings.c.plan_id),
        bookings.c.id,
        _booking,
    ),
    "hidden_booking": (
        select(hidden_bookings, plans.c.month).join(plans, plans.c.id == hidden_bookings.c.plan_id),
        hidden_bookings.c.id,
        _hidden_booking,
    ),
    "plan": (select(plans).where(plans.c.state == "published"), plans.c.id, _plan),
}
