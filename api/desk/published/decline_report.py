"""Refusals by agency: how many, why, at what price. They are counted; nothing else follows from them."""

from __future__ import annotations

from collections import Counter, defaultdict

from sqlalchemy import select

from api.desk.published.operation_models import DeclineOut, DeclineReport, DeclinesOfAgency
from api.desk.published.suggesting import DECLINES, agency_names, booked_by_agency, declines
from api.rights import Who, own_agencies
from api.store.database.engine import Tx
from api.store.database.schema import plans

EVERY = 1_000_000


def decline_report(tx: Tx, who: Who, month: str | None) -> DeclineReport:
    """Return what the caller may see: an agency its own line, coordinator and auditor all."""
    of_agency: dict[str, list[DeclineOut]] = defaultdict(list)
    for _, one in declines(tx, who, month, 0, EVERY):
        of_agency[one.agency_id].append(one)
    query = select(plans.c.id).where(plans.c.state.in_(("published", "superseded")))
    accepted: Counter[str] = Counter()
    for plan_id in tx.values(query if month is None else query.where(plans.c.month == month)):
        accepted.update(booked_by_agency(tx, plan_id))
    own, names = own_agencies(tx, who), agency_names(tx)
    seen = sorted({*of_agency, *accepted} if own is None else {*of_agency, *accepted} & own)
    return DeclineReport(
        month=month,
        codes=DECLINES,
        clauses=sorted({clause for found in of_agency.values() for one in found for clause in one.clauses}),
        items=[
            DeclinesOfAgency(
                agency_id=agency,
                agency_name=names.get(agency, agency),
                declined=len(of_agency[agency]),
                accepted=accepted[agency],
                entries=sum(one.entries for one in of_agency[agency]),
                by_code=dict(sorted(Counter(one.code for one in of_agency[agency]).items())),
            )
            for agency in seen
        ],
    )
