"""Who has filed for a month and who has not: agencies that file for themselves, each with its filings by state."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select

from api.desk.filings.filings import may_see
from api.desk.models import example
from api.rights import Who, own_agencies
from api.store.database.clock import local_date
from api.store.database.engine import Tx
from api.store.database.schema import filing_steps, filings
from api.store.inputs.deadlines import USUAL_CLAUSES, deadline_of
from api.store.inputs.filings import STATES, Filing
from api.store.inputs.library import rows_of
from planner.domain.calendar import month_bounds

ONE: dict[str, Any] = {
    "agency_id": "SCJG",
    "name": "区市场监督管理局",
    "states": {"submitted": 1, "accepted": 3},
    "first_filed_at": "2026-05-20T01:00:00Z",
    "filed": True,
    "late": False,
}
ALL: dict[str, Any] = {
    "month": "2026-06",
    "deadline": "2026-05-25",
    "usual": True,
    "clauses": [clause for clauses in USUAL_CLAUSES.values() for clause in clauses],
    "passed": False,
    "missing": 2,
    "items": [ONE],
}


class DeadlineOrder(BaseModel):
    """The last day for filing."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"day": "2026-05-22"}})

    day: date


class AgencyStanding(BaseModel):
    """How far an agency is. `late`: it first filed after the last day, or has not filed and the day has passed.

    When a filing was handed in that came with an import of data is not known: it makes nobody late.
    """

    model_config = example(ONE)

    agency_id: str
    name: str
    states: dict[str, int]
    first_filed_at: datetime | None
    filed: bool
    late: bool


class Standing(BaseModel):
    """Who has filed for a month; `usual`: nobody has set another last day than the clauses' own. `missing` have not."""

    model_config = example(ALL)

    month: str
    deadline: date
    usual: bool
    clauses: list[str]
    passed: bool
    missing: int
    items: list[AgencyStanding]


def standing(tx: Tx, who: Who, month: str) -> tuple[Standing, int]:
    """Return who has filed, as the caller may know it, those without first; and the version of the last day."""
    first, last = month_bounds(month)
    own = own_agencies(tx, who)
    limit = deadline_of(tx, month)
    passed = limit.day < local_date(tx.now())
    agencies = [row for _, row in rows_of(tx, "agencies", limit=100_000)]
    above = {row.parent_id for row in agencies}
    query = select(filings).where(filings.c.window_from <= last, filings.c.window_to >= first)
    by_agency: dict[str, list[Filing]] = defaultdict(list)
    for row in tx.rows(query):
        filing = Filing(**row)
        if may_see(who, own, filing):
            by_agency[filing.agency_id].append(filing)
    handed_in = _first_steps(tx)
    found = []
    for row in agencies:
        mine = by_agency.get(row.agency_id, [])
        if (own is not None and row.agency_id not in own) or (not mine and row.agency_id in above):
            continue
        states = Counter(filing.state for filing in mine)
        at = min((handed_in[f.filing_id] for f in mine if f.filing_id in handed_in), default=None)
        filed = any(state in ("submitted", "accepted") for state in states)
        late = (passed and not filed) if at is None else local_date(at) > limit.day
        counts = {state: states[state] for state in STATES if states[state]}
        one = AgencyStanding(
            agency_id=row.agency_id, name=row.name, states=counts, first_filed_at=at, filed=filed, late=late
        )
        found.append(one)
    found.sort(key=lambda one: (one.filed, not one.late, one.agency_id))
    shown = {one.agency_id for one in found}
    domains = sorted({row.domain for row in agencies if row.agency_id in shown})
    usual = [clause for domain in domains for clause in USUAL_CLAUSES.get(domain, ())]
    shape = Standing(
        month=month,
        deadline=limit.day,
        usual=limit.version == 0,
        clauses=usual if limit.version == 0 else [],
        passed=passed,
        missing=sum(not one.filed for one in found),
        items=found,
    )
    return shape, limit.version


def _first_steps(tx: Tx) -> dict[str, datetime]:
    """Return when each filing was first handed in; none of those that an import brought in as accepted."""
    steps = filing_steps.c
    query = select(steps.filing_id, func.min(steps.id)).where(steps.state.in_(("submitted", "accepted")))
    first = query.group_by(steps.filing_id).subquery()
    rows = tx.rows(select(steps.filing_id, steps.state, steps.at).join(first, steps.id == first.c[1]))
    return {row["filing_id"]: row["at"] for row in rows if row["state"] == "submitted"}
