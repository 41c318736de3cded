"""What is to do about checks: results that are missing, what those that are there lead to, what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from api.desk.filings.filings import told
from api.desk.models import VisitAgency, VisitOut
from api.desk.plans.plans import Wanted, visits_for
from api.desk.published.kept_books import today
from api.desk.recorded.codes import codes_at
from api.desk.recorded.result_models import MissingOut, ResultTodos
from api.desk.recorded.results import MOST, listed, read_over, seen, todo_out
from api.rights import Who, own_agencies, parent_of
from api.store.database.columns import member
from api.store.database.engine import Tx
from api.store.database.schema import library, plans
from api.store.inputs.library import rows_of
from api.store.planned.plans import plan_of
from planner.domain.calendar import WorkCalendar
from planner.intake.month.working_days import make_calendar
from planner.intake.recorded.effects import domains_of
from planner.rulebook.recording import recording_of

USUAL_DAYS = 62
"""So far back it is looked where no day is named."""
MOST_VISITS = 100_000
MOST_READ = 20_000
"""Results of a period that are read over; a longer list is asked for month by month."""


def todos(tx: Tx, who: Who, since: date | None, until: date | None, agency_id: str | None) -> ResultTodos:
    """Return what is to do about the checks from `since` to `until` (today at most), of what the caller may see."""
    last = min(until or today(), today())
    first = since or last - timedelta(days=USUAL_DAYS)
    rows = listed(tx, who, since=first, until=last, agency_id=agency_id, limit=MOST_READ)
    findings, left = read_over(tx, rows, today())
    return ResultTodos(
        since=first,
        until=last,
        missing=missing(tx, who, first, last, agency_id),
        todos=[todo_out(one) for one in left],
        findings=[told(one) for one in findings],
    )


def missing(tx: Tx, who: Who, first: date, last: date, agency_id: str | None) -> list[MissingOut]:
    """Return the published visits of a period that have no result of one who came, those overdue first."""
    months = (plans.c.month >= f"{first:%Y-%m}", plans.c.month <= f"{last:%Y-%m}")
    published = tx.values(select(plans.c.id).where(plans.c.state == "published", *months).order_by(plans.c.month))
    part = partial(member, library.c.row, postgresql=tx.on_postgresql)
    days = (part("date") >= first.isoformat(), part("date") <= last.isoformat())
    query = select(library.c.agency_id, library.c.site_id, part("date").label("day")).where(*seen(tx, who), *days)
    found_in = [(row["agency_id"], row["site_id"], row["day"]) for row in tx.rows(query)]
    above = {one: parent_of(tx, one) for one in {agency for agency, _, _ in found_in}}
    done = {(above[agency], site, date.fromisoformat(day)) for agency, site, day in found_in}
    own = own_agencies(tx, who)
    parents = None if own is None else frozenset(parent_of(tx, one) for one in own)
    # Codes tell of unannounced checks too: they go to those alone whose batch it is.
    codes = codes_at(tx, parents, first, last) if who.sees_all or parents is not None else {}
    agencies = [row for _, row in rows_of(tx, "agencies", limit=MOST)]
    asking = _Asking(
        calendar=make_calendar(
            range(first.year, last.year + 2), [row for _, row in rows_of(tx, "calendar", limit=5000)]
        ),
        domains=domains_of(agencies),
        limits={row.name: row.result_days for _, row in rows_of(tx, "items", limit=MOST_VISITS)},
        codes=codes,
    )
    found = []
    for plan_id in published:
        for visit in visits_for(tx, who, plan_of(tx, plan_id), Wanted(agency_id=agency_id), None, MOST_VISITS):
            found += [
                asking.told(visit, party)
                for party in visit.agencies
                if first <= visit.day <= last and party.units and (party.id, visit.site.id, visit.day) not in done
            ]
    return sorted(found, key=lambda one: (not one.late, one.day, one.site_id, one.agency_id))


class _Asking:
    """What it takes to tell by when a visit's result is due."""

    def __init__(
        self,
        calendar: WorkCalendar,
        domains: Mapping[str, str],
        limits: Mapping[str, int],
        codes: Mapping[tuple[str, str, date], Any],
    ) -> None:
        self._calendar, self._domains, self._limits, self._codes = calendar, domains, limits, codes

    def told(self, visit: VisitOut, party: VisitAgency) -> MissingOut:
        """Return the missing result of one who came."""
        rule = recording_of(self._domains.get(party.id, ""))
        days = min((n for n in (self._limits.get(item, 0) for item in party.items) if n), default=0)
        wait = days if rule.own else rule.days
        due = self._calendar.working_after(visit.day, wait) if wait else None
        code = self._codes.get((party.id, visit.site.id, visit.day))
        return MissingOut(
            visit=visit.id,
            site_id=visit.site.id,
            site_name=visit.site.name,
            agency_id=party.id,
            units=party.units,
            items=party.items,
            day=visit.day,
            due=due,
            late=due is not None and today() > due,
            hard=rule.hard,
            check_code=code["code"] if code else "",
            code_applied_at=code["applied_at"] if code else "",
            clauses=list(rule.clauses),
        )
