"""Until when agencies are to file for a month. A date that is set again is another version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import insert, select

from api.store import log
from api.store.database.engine import Tx
from api.store.database.errors import ConflictError
from api.store.database.schema import deadlines
from planner.domain.calendar import month_bounds
from planner.rulebook.offices import cited_by_domain

USUAL_DAY = 25
USUAL_CLAUSES = cited_by_domain("usual-deadline")
"""Two annexes have next month's plan handed in by the twenty-fifth; where nothing is set, it is asked of all."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day for filing; `version` 0 is the usual day, which nobody has set."""

    month: str
    day: date
    version: int


def deadline_of(tx: Tx, month: str) -> Deadline:
    """Return the last day for filing for a month (`YYYY-MM`)."""
    query = select(deadlines.c.day, deadlines.c.version).where(deadlines.c.month == month)
    row = tx.row(query.order_by(deadlines.c.version.desc()).limit(1))
    if row is not None:
        return Deadline(month, row["day"], row["version"])
    before = month_bounds(month)[0] - timedelta(days=1)
    return Deadline(month, before.replace(day=USUAL_DAY), 0)


def set_deadline(tx: Tx, month: str, day: date, version: int, who: str) -> Deadline:
    """Set the last day. Raises ConflictError where `version` is not what is there."""
    there = deadline_of(tx, month)
    if there.version != version:
        raise ConflictError("申报期限已被他人改动 / the deadline was changed by someone else")
    values = {"month": month, "version": version + 1, "day": day, "at": tx.now(), "who": who}
    tx.run(insert(deadlines).values(values))
    log.append(tx, who, "filing.deadline", f"month:{month}", {"day": day.isoformat(), "before": there.day.isoformat()})
    return deadline_of(tx, month)
