"""Triggered checks that cover planned ones of the same body: offered for a month, answered by the body, never taken.

The month that is planned next goes by the answer: without one the planned check is made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import select

from api.desk.published.kept_books import today
from api.desk.recorded.absorbing_models import OfferAnswer, OfferList, OfferOut
from api.desk.recorded.results import MOST, lines_of, names_of_sites, seen
from api.marks import matched
from api.rights import Who, own_agencies, parent_of
from api.store import log
from api.store.database.clock import local_date
from api.store.database.columns import member
from api.store.database.engine import Tx
from api.store.database.errors import NotFoundError
from api.store.database.schema import library
from api.store.inputs.library import Row, new_revision, put, remove, rows_of
from api.store.inputs.rows import decode, encode, key_of
from planner.domain.calendar import add_months, month_bounds, months_after
from planner.domain.case import RowRef
from planner.domain.hashing import sha256_hex
from planner.intake.recorded.effects import REAL, domains_of, items_of
from planner.intake.tables.records import AbsorptionRow, FilingRow, ResultRow
from planner.rulebook.recording import ABSORBED_MONTHS, absorbing

MOST_ROWS = 100_000
Key = tuple[str, str, date]
"""Site, parent agency and day of a triggered check."""


@dataclass(frozen=True, slots=True)
class _Check:
    key: Key
    items: frozenset[str]


def offers(tx: Tx, who: Who, month: str) -> OfferList:
    """Return the offers that bear on a month, of what the caller may see, unanswered ones first."""
    first, last = month_bounds(month)
    agencies = [row for _, row in rows_of(tx, "agencies", limit=MOST)]
    domains, names = domains_of(agencies), {row.agency_id: row.name for row in agencies}
    parents = {row.agency_id: parent_of(tx, row.agency_id) for row in agencies}
    own = own_agencies(tx, who)
    mine = None if own is None else {parents.get(one, one) for one in own}
    filings = _filings(tx, who, mine, parents, (first, last))
    said = {_key(row, parents): row for _, row in rows_of(tx, "absorptions", limit=MOST_ROWS) if not row.filing_id}
    found = []
    for check in _checks(tx, who, parents, (add_months(first, -ABSORBED_MONTHS), last)):
        site, parent, day = check.key
        clauses = absorbing().get(domains.get(parent, ""), ())
        until = months_after(day, ABSORBED_MONTHS)
        covered = [row for row in filings.get(parent, ()) if _covers(check, row, until)]
        if clauses and covered and until >= first and (mine is None or parent in mine):
            row = said.get(check.key)
            found.append(
                OfferOut(
                    site_id=site,
                    site_name=site,
                    agency_id=parent,
                    agency_name=names.get(parent, parent),
                    day=day,
                    until=until,
                    items=sorted(check.items),
                    filings=sorted(one.filing_id for one in covered),
                    answer=_answer(row),
                    by=row.by if row else "",
                    clauses=list(clauses),
                    version=_version(row),
                )
            )
    sites = names_of_sites(tx, {one.site_id for one in found})
    items = [one.model_copy(update={"site_name": sites.get(one.site_id, one.site_id)}) for one in found]
    items.sort(key=lambda one: (one.answer is not None, one.day, one.site_id, one.agency_id))
    return OfferList(month=month, open=sum(one.answer is None for one in items), items=items)


def answer(tx: Tx, who: Who, key: Key, version: int, order: OfferAnswer) -> OfferOut:
    """Keep the body's answer on an offer. Raises NotFoundError where there is no such offer, Problem 412."""
    site, agency, day = key
    found = _offered(tx, who, key)
    matched(version, found.version)
    row = AbsorptionRow(
        site_id=site,
        agency_id=agency,
        date=day,
        answer=order.answer or "",
        filing_id="",
        answered_on=local_date(tx.now()),
        by=who.login,
        ref=RowRef("absorptions", 0),
    )
    revision = new_revision(tx, who.login, "edit", f"absorption {site}")
    if order.answer is None:
        remove(tx, revision, "absorptions", key_of("absorptions", row, ""))
    else:
        put(tx, revision, [Row("absorptions", row, 0)])
    grounds = {"day": day.isoformat(), "answer": order.answer, "filings": found.filings}
    # Which filings it is about may be told to nobody else: some may be unannounced.
    log.append(tx, who.login, "absorption.answer", f"site:{site}", grounds, reserved=True, agency_id=agency)
    return _offered(tx, who, key)


def _offered(tx: Tx, who: Who, key: Key) -> OfferOut:
    """Return one offer, of the month of the check or the next."""
    site, agency, day = key
    for near in (day, months_after(day, ABSORBED_MONTHS)):
        for one in offers(tx, who, f"{near:%Y-%m}").items:
            if (one.site_id, one.agency_id, one.day) == key:
                return one
    raise NotFoundError(f"{agency} {day} 在 {site} 没有可答复的触发式检查 / there is no such offer")


def _filings(
    tx: Tx, who: Who, mine: set[str] | None, parents: dict[str, str], month: tuple[date, date]
) -> dict[str, list[FilingRow]]:
    """Return the on-site filings in force that meet a month, by parent agency: of unannounced ones an agency's own."""
    found: dict[str, list[FilingRow]] = {}
    for _, row in rows_of(tx, "filings", limit=MOST_ROWS):
        parent = parents.get(row.agency_id, row.agency_id)
        told = who.sees_all or not row.unannounced or (mine is not None and parent in mine)
        if told and row.mode == "on_site" and row.window_from <= month[1] and row.window_to >= month[0]:
            found.setdefault(parent, []).append(row)
    return found


def _covers(check: _Check, filing: FilingRow, until: date) -> bool:
    """Return whether a filing asks for no more than the check did, may reach its site, and is due by `until`.

    A filing by scope or draw reaches sites that only the planning of the month knows: the offer is told all the same.
    """
    reaches = not filing.sites or check.key[0] in filing.sites
    return reaches and bool(filing.items) and set(filing.items) <= check.items and filing.window_from <= until


def _checks(tx: Tx, who: Who, parents: dict[str, str], span: tuple[date, date]) -> list[_Check]:
    """Return the triggered on-site checks of a span that took place, from the history and from results."""
    part = partial(member, library.c.row, postgresql=tx.on_postgresql)
    last = min(span[1], today())
    done = (part("trigger") == "triggered", part("mode") == "on_site", part("result").in_(sorted(REAL)))
    days = (part("date") >= span[0].isoformat(), part("date") <= last.isoformat())
    past = (library.c.kind == "history", library.c.until.is_(None))
    rows = select(library.c.row, library.c.number)
    history = [decode("history", *row) for row in tx.connection.execute(rows.where(*past, *done, *days))]
    results: list[ResultRow] = [
        decode("results", *row) for row in tx.connection.execute(rows.where(*seen(tx, who), *done, *days))
    ]
    looked = items_of(lines_of(tx, [row.result_id for row in results]))
    found = [_Check(_key(row, parents), frozenset(row.items)) for row in history]
    found += [_Check(_key(row, parents), frozenset(looked.get(row.result_id, ()))) for row in results]
    return _joined(found)


def _joined(checks: Iterable[_Check]) -> list[_Check]:
    """Return the checks one by place and day: one answer holds for all that a body did there on a day."""
    by_key: dict[Key, frozenset[str]] = {}
    for check in checks:
        by_key[check.key] = by_key.get(check.key, frozenset()) | check.items
    return [_Check(key, items) for key, items in sorted(by_key.items())]


def _key(row: Any, parents: dict[str, str]) -> Key:
    return row.site_id, parents.get(row.agency_id, row.agency_id), row.date


def _answer(row: AbsorptionRow | None) -> Any:
    return None if row is None else row.answer


def _version(row: AbsorptionRow | None) -> int:
    """Return a number made of the answer, 0 where there is none: a count of changes would tell of others'."""
    return 0 if row is None else int(sha256_hex(encode("absorptions", row))[:7], 16)
