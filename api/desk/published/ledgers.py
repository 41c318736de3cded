"""The entry ledger of a site and the gate, as each may ask them; asked before a code is issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from api.desk.published.giving_way import give_way
from api.desk.published.kept_books import Kept, books, stated, today
from api.desk.published.naming import site_named
from api.desk.published.operation_models import (
    AgencyName,
    BarrierOut,
    ComingOut,
    FreezeOrder,
    FreezeOut,
    GateOut,
    LedgerOut,
    OtherwiseOut,
    PastOut,
    QuotaOut,
)
from api.desk.published.suggesting import may_ask_for, otherwise_out
from api.rights import Who
from api.store import Store
from api.store.database.engine import Tx
from api.store.inputs.library import row_of, rows_of
from api.store.planned.books import freeze, open_book, published_plan
from api.store.planned.plans import plan_of
from planner.domain.errors import InputError

MOST_PAST = 1000


def ledger(store: Store, who: Who, site_id: str, month: str | None, agency_id: str | None) -> LedgerOut:
    """Return the ledger of a site for an agency. Raises NotFoundError where the library has neither site nor agency."""
    from planner.operations.ledger import PastEntry, ledger_of

    with store.read() as tx:
        agency = may_ask_for(tx, who, agency_id)
        name, site_id = _known(tx, site_id, agency)
    with books.opened(store, month, "" if who.role == "auditor" else agency) as kept:
        site_id, ids = kept.book.id_of(site_id), kept.book.ids_of(site_id)
        with store.read() as tx:
            rows = [row for one in sorted(ids) for _, row in rows_of(tx, "history", site_id=one, limit=MOST_PAST)]
        past = [
            PastEntry(row.site_id, row.date, row.agency_id, row.trigger == "planned", row.result)
            for row in rows
            if row.mode == "on_site"
        ]
        say = kept.names.agency
        shown = [
            PastOut(day=e.day, agency=e.agency, agency_name=say(e.agency), planned=e.planned, result=e.result)
            for e in sorted(past, key=lambda e: (e.day, e.agency))
        ]
        same: dict[str, Any] = {**stated(kept), "agency_id": agency, "site_id": site_id, "past": shown}
        if not _in_the_month(kept, site_id, agency):
            return LedgerOut(**same, site_name=name, **_NOTHING_DUE)
        found = ledger_of(kept.book, kept.law, site_id, agency)
        return LedgerOut(
            **same,
            site_name=found.name,
            coming=[
                ComingOut(
                    day=e.day,
                    agencies=[AgencyName(id=a, name=say(a)) for a in e.agencies],
                    tasks=list(e.tasks),
                    state=e.state,
                )
                for e in found.coming
            ],
            quotas=[
                QuotaOut(
                    domain=q.domain,
                    remaining=q.remaining,
                    gap_months=q.gap_months,
                    history=list(q.history),
                    clauses=list(q.clauses),
                )
                for q in found.quotas
            ],
            next_lawful=found.next_lawful,
            next_verdict=found.next_verdict,
            next_with=list(found.next_with),
            open_tasks=list(found.open_tasks),
            entries_remaining=found.entries_remaining,
            clauses=list(found.clauses),
        )


_NOTHING_DUE: dict[str, Any] = {
    "coming": [],
    "quotas": [],
    "next_lawful": None,
    "next_verdict": "",
    "next_with": [],
    "open_tasks": [],
    "entries_remaining": None,
    "clauses": [],
}


def gate(
    store: Store, who: Who, site_id: str, day: date, month: str | None, agency_id: str | None, items: Sequence[str]
) -> GateOut:
    """Return whether an agency may enter a site on a day. Raises NotFoundError as `ledger`, InputError."""
    from planner.operations.gate import NO_PLAN, NO_PLAN_REMEDY, Gate
    from planner.operations.ledger import otherwise

    with store.read() as tx:
        agency = may_ask_for(tx, who, agency_id)
        name, site_id = _known(tx, site_id, agency)
    with books.opened(store, month, agency) as kept:
        site_id = kept.book.id_of(site_id)
        same: dict[str, Any] = {**stated(kept), "agency_id": agency, "site_id": site_id, "day": day}
        if not _in_the_month(kept, site_id, agency):
            clauses = list(kept.law.clauses_for(NO_PLAN, ""))
            text, remedy = "该主体本期在此没有到期的备案任务", NO_PLAN_REMEDY
            barrier = BarrierOut(rule=NO_PLAN, clauses=clauses, text=text, remedy=remedy, waivable=False)
            said = f"不可以：{name} {day}：{text}，办法：{remedy}"
            none = OtherwiseOut(day=None, verdict="", with_tasks=[], text=remedy)
            return GateOut(**same, verdict="no", tasks=[], with_tasks=[], barriers=[barrier], text=said, otherwise=none)
        found = Gate(kept.book, kept.law).ask(agency, site_id, day, items)
        other = otherwise(kept.book, kept.law, site_id, agency, items) if found.verdict == "no" else None
        return GateOut(
            **same,
            verdict=found.verdict,
            tasks=list(found.tasks),
            with_tasks=list(found.with_tasks),
            barriers=[
                BarrierOut(
                    rule=b.rule, clauses=list(b.clauses), text=b.text_zh, remedy=b.remedy_zh, waivable=b.waivable
                )
                for b in found.barriers
            ],
            text=found.text_zh,
            otherwise=None if other is None else otherwise_out(other),
        )


def frozen(store: Store, who: Who, order: FreezeOrder) -> FreezeOut:
    """Let nothing of the published plan move up to a day.

    Unannounced checks give way to what was booked so far before that: afterwards they stay, and would meet it.
    """
    with store.read() as tx:
        plan = plan_of(tx, published_plan(tx, order.month, today()))
    give_way(store, plan, None)
    with books.opened(store, order.month) as kept, store.write() as tx:
        open_book(tx, kept.plan.id, kept.cells)
        freeze(tx, kept.plan.id, order.until)
        return FreezeOut(**stated(kept), until=order.until)


def _known(tx: Tx, site_id: str, agency_id: str) -> tuple[str, str]:
    """Return a site's name and the id of its row. Raises NotFoundError where the library has no such site or agency."""
    row_of(tx, "agencies", agency_id)
    row = site_named(tx, site_id, agency_id)
    return row.name, row.site_id


def _in_the_month(kept: Kept, site_id: str, agency: str) -> bool:
    """Return whether the month has a task at the site, and one of the agency anywhere."""
    try:
        kept.book.site(site_id)
        kept.book.units_of(agency)
    except InputError:
        return False
    return True
