"""All entries of one site, past and planned, as each may know them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from api.desk.library.sites import shown, site_of
from api.desk.models import VisitOut
from api.desk.plans.plans import Wanted, visits_for
from api.desk.plans.questions.entry_models import PastEntry, PlannedEntry, SiteEntries
from api.rights import Who
from api.store.database.engine import Tx
from api.store.database.schema import visits
from api.store.inputs.library import rows_of
from api.store.planned.plans import PlanRow
from api.store.state.rows import public_part

MOST = 500
"""Earlier checks and agencies that are read at most."""


def entries_of(tx: Tx, who: Who, site_id: str, standing: Iterable[PlanRow]) -> SiteEntries:
    """Return a site's earlier checks and its entries in the published plans `standing`, by day.

    Of an announced entry everybody is told what the public list tells, whoever comes; hours, reasons and unannounced
    entries go to those who get the visit itself. Raises NotFoundError, also for a site of another town.
    """
    row, _ = site_of(tx, who, site_id)
    names = {agency.agency_id: agency.name for _, agency in rows_of(tx, "agencies", limit=MOST)}
    history = [one for _, one in rows_of(tx, "history", site_id=row.site_id, limit=MOST) if one.mode == "on_site"]
    past = [
        PastEntry(
            day=one.date,
            agency=one.agency_id,
            agency_name=names.get(one.agency_id, one.agency_id),
            planned=one.trigger == "planned",
            result="" if who.role == "town" else one.result,
        )
        for one in sorted(history, key=lambda one: (one.date, one.agency_id))
    ]
    planned = [entry for plan in standing for entry in _planned(tx, who, plan, row.site_id)]
    planned.sort(key=lambda one: (one.day, one.unannounced))
    return SiteEntries(site=shown(row), past=past, planned=planned)


def _planned(tx: Tx, who: Who, plan: PlanRow, site_id: str) -> list[PlannedEntry]:
    own = {one.id: one for one in visits_for(tx, who, plan, Wanted(site_id=site_id), None, MOST)}
    query = select(visits.c.row).where(visits.c.plan_id == plan.id, visits.c.site_id == site_id)
    announced = tx.values(query.where(visits.c.standing, ~visits.c.unannounced))
    told = {row["id"]: {**public_part(row), "unannounced": False} for row in announced}
    told |= {visit: _of(one) for visit, one in own.items() if visit not in told}
    return [
        PlannedEntry(
            month=plan.month,
            plan=plan.id,
            visit=visit if visit in own else None,
            slot=own[visit].slot if visit in own else None,
            why=own[visit].why if visit in own else [],
            **{name: part[name] for name in ("day", "half", "agencies", "items", "joint", "unannounced")},
        )
        for visit, part in told.items()
    ]


def _of(one: VisitOut) -> dict[str, object]:
    items = sorted({item for party in one.agencies for item in party.items})
    same = {name: getattr(one, name) for name in ("day", "half", "joint", "unannounced")}
    return {**same, "agencies": [party.name for party in one.agencies], "items": items}
