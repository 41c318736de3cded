"""Suggestions, and what comes of them: one booking for all who take part, or a refusal with reason and price."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from api.desk.published.kept_books import Kept, books, has_own, stated, today
from api.desk.published.naming import meant
from api.desk.published.operation_models import (
    BookingOrder,
    BookingOut,
    DeclineOrder,
    DeclineOut,
    OtherwiseOut,
    SuggestionList,
    SuggestionOut,
    SuggestionsOut,
)
from api.problems import Problem
from api.rights import Who, own_agencies
from api.store import Store, log
from api.store.database.engine import Tx
from api.store.database.errors import ConflictError, NotFoundError
from api.store.database.schema import bookings, decisions, library
from api.store.inputs.rows import decode
from api.store.planned.books import Booking, Cell, Wish, book, bookings_of, open_book, published_plan
from planner.domain.case import Case
from planner.domain.errors import InputError
from planner.rulebook.citing import declining_clauses

if TYPE_CHECKING:
    from planner.operations.ledger import Otherwise
    from planner.operations.suggest import Suggestion, Suggestions

DECLINES = {
    "crew": "人手不足",
    "schedule": "日期不便",
    "special": "检查方式或专业要求不宜合并",
    "site": "对象要求分开检查",
    "not_ready": "检查准备未就绪",
    "other": "其他（须说明）",
}
"""Why an agency does not take others along: codes and words (A06-2.2.3e, A08-2.7.2b)."""


def may_ask_for(tx: Tx, who: Who, agency_id: str | None) -> str:
    """Return the agency in whose name `who` asks, its own where it names none.

    Raises Problem 403 for an account that is of no agency and neither coordinates nor audits, 422 where one of these
    names none, NotFoundError for another's agency.
    """
    own = own_agencies(tx, who)
    if who.sees_all or who.role == "auditor":
        if not agency_id:
            raise Problem(422, "agency", "请指明检查主体（agency_id）。")
        return agency_id
    if who.agency_id is None or own is None:
        raise Problem(403, "own-agency", "此账号不属于任何检查主体，不能以检查主体名义查询。")
    if agency_id and agency_id not in own:
        raise NotFoundError(f"没有检查主体 {agency_id} / there is no agency {agency_id}")
    return agency_id or who.agency_id


def suggested(
    store: Store,
    who: Who,
    *,
    month: str | None,
    agency_id: str | None,
    site_id: str | None,
    window: tuple[date | None, date | None],
    items: Sequence[str],
    limit: int,
) -> SuggestionList:
    """Return what could ride along, for one site or for all at which the agency has open tasks. Raises InputError."""
    from planner.operations.suggest import suggest, suggest_all

    with store.read() as tx:
        agency = may_ask_for(tx, who, agency_id)
        site_id = None if site_id is None else meant(tx, site_id, agency)
    with books.opened(store, month) as kept:
        first, last = kept.case.period
        span = (window[0] or first, window[1] or last)
        if site_id is not None:
            found: tuple[Suggestions, ...] = (suggest(kept.book, kept.law, site_id, agency, span, items),)
        else:
            found = suggest_all(kept.book, kept.law, agency, span, limit)
        return SuggestionList(**stated(kept), agency_id=agency, items=[_shown(kept, agency, one) for one in found])


def accept(store: Store, who: Who, order: BookingOrder) -> BookingOut:
    """Book the agency's open tasks and the riders that it was offered on one day, for all who take part.

    Raises Problem 409 with a fresh list where somebody was quicker or the day is not to be had, InputError.
    """
    from planner.operations.booking import NotBookable, bookable

    with store.read() as tx:
        agency = may_ask_for(tx, who, order.agency_id)
        site_id = meant(tx, order.site_id, agency)
    with books.opened(store, order.month) as kept:
        order = order.model_copy(update={"site_id": kept.book.id_of(site_id)})
        stale = order.turn != kept.turns[order.site_id]
        asked = bookable(kept.book, kept.law, order.site_id, agency, order.day, order.riders, order.items, stale=stale)
        if isinstance(asked, NotBookable):
            raise _too_late(order, kept, agency, asked.text_zh, asked.clauses)
        saved = {"entries_saved": asked.entries_saved}
        wish = wish_of(kept, asked.site, asked.day, asked.tasks, "accept", agency, saved)
        cells, own = kept.cells, has_own(store, kept, agency)
    if own:
        _mind_own_secrets(store, order, agency, wish)
    try:
        done = store_booking(store, who, wish, cells)
    except (ConflictError, IntegrityError):
        with books.opened(store, order.month) as fresh:
            raise _too_late(order, fresh, agency, "刚被他人预定，请看最新建议后再定。") from None
    return BookingOut.of(done, kept.names.agencies, None)


def _mind_own_secrets(store: Store, order: BookingOrder, agency: str, wish: Wish) -> None:
    """Raise Problem 409 where an agency's own unannounced or triggered checks stand against what it books.

    Those of others do not: they give way. What is booked was made of everybody's book, so nothing of them gets into it.
    """
    from planner.operations.gate import Gate

    with books.opened(store, order.month, agency) as kept:
        book_, case = kept.book, kept.case
        tasks = [t for t in case.tasks_at(book_.site(wish.site_id)) if case.tasks[t].id in wish.tasks]
        for barrier in Gate(book_, kept.law).barred(tasks, book_.day_index(wish.day), book_.parent_of(agency)):
            raise _too_late(order, kept, agency, f"该日不能这样安排：{barrier.text_zh}。", barrier.clauses)


def store_booking(store: Store, who: Who, wish: Wish, cells: Any) -> Booking:
    """Store a booking with its entry in the log, all or nothing. Raises ConflictError, IntegrityError."""
    with store.write() as tx:
        open_book(tx, wish.plan_id, cells)
        done = book(tx, wish, who.login)
        grounds = {"plan": wish.plan_id, "site": wish.site_id, "day": wish.day.isoformat(), "tasks": list(wish.tasks)}
        log.append(
            tx,
            who.login,
            f"booking.{wish.kind}",
            f"booking:{done.id}",
            {**grounds, **{k: v for k, v in wish.detail.items() if k in ("entries_saved", "reason")}},
            reserved=wish.unannounced,
            agency_id=wish.agency_id,
        )
        return done


def wish_of(
    kept: Kept, site: int, day: int, tasks: Sequence[int], kind: str, agency: str, detail: dict[str, Any]
) -> Wish:
    """Return the wish to have `tasks` of a site on the day with index `day`, with crews and the visits' new rows."""
    case, now = kept.case, kept.book
    load = now.change(site, dict.fromkeys(tasks, day))
    left = {int(now.day[t]) for t in tasks if now.published[t]} - {day}
    then = now.snapshot()
    then.book(tasks, day)
    rows = {case.days[d]: entry_row(kept, then, site, d) for d in sorted({day, *left})}
    return Wish(
        plan_id=kept.plan.id,
        site_id=case.sites[site].id,
        turn=kept.turns[case.sites[site].id],
        kind=kind,
        agency_id=agency,
        day=case.days[day],
        tasks=tuple(case.tasks[t].id for t in tasks),
        load=cells_by_name(kept, load),
        visits=rows,
        detail={**detail, **who_comes(case, tasks)},
        unannounced=any(case.tasks[t].unannounced for t in tasks),
    )


def who_comes(case: Case, tasks: Sequence[int]) -> dict[str, Any]:
    """Return the agencies of tasks, and the tasks by unit and by agency: each is told its own."""
    by_unit: dict[str, list[str]] = {}
    for t in tasks:
        unit = case.units[int(case.unit_of[t])]
        for name in dict.fromkeys((unit.id, unit.parent)):
            by_unit.setdefault(name, []).append(case.tasks[t].id)
    return {"by_unit": by_unit, "agencies": sorted({case.units[int(case.unit_of[t])].parent for t in tasks})}


def cells_by_name(kept: Kept, load: dict[tuple[int, int], int]) -> dict[Cell, int]:
    """Return loads by the names of their cells."""
    case = kept.case
    return {(case.rows[r].unit, case.rows[r].skill, case.days[d]): q for (r, d), q in load.items()}


def entry_row(kept: Kept, book_: Any, site: int, day: int) -> dict[str, Any] | None:
    """Return the row of what is published at a site on a day in `book_`, None where nothing is."""
    from planner.report.figures.summary import visit_json
    from planner.report.visits.view import row_of

    visit = book_.visit(site, day)
    return None if visit is None else visit_json(row_of(book_.case, kept.names, visit))


def _shown(kept: Kept, agency: str, one: Suggestions) -> SuggestionsOut:
    case, names = kept.case, kept.names
    site = case.sites[kept.book.site(one.site)]
    return SuggestionsOut(
        site_id=one.site,
        site_name=site.name,
        town=site.town,
        turn=kept.turns[one.site],
        tasks=list(one.tasks),
        day=one.day,
        company=list(one.company),
        days=list(one.days),
        suggestions=[
            SuggestionOut(
                id=key_of(one.site, agency, offer.tasks),
                tasks=list(offer.tasks),
                unit=offer.unit,
                unit_name=names.agency(offer.unit),
                agency=offer.parent,
                agency_name=names.agency(offer.parent),
                own=offer.own,
                left_out_saved=offer.left_out_saved,
                entries_saved=offer.entries_saved,
                disturbance_saved=offer.disturbance_saved,
                changes=offer.changes,
                days=list(offer.days),
                with_tasks=list(offer.with_tasks),
                clauses=list(offer.clauses),
                text=offer.text_zh,
            )
            for offer in one.suggestions
        ],
        otherwise=None if one.otherwise is None else otherwise_out(one.otherwise),
        not_settled=one.not_settled_zh,
    )


def otherwise_out(other: Otherwise) -> OtherwiseOut:
    """Return the way out of a "no" as it is shown."""
    return OtherwiseOut(day=other.day, verdict=other.verdict, with_tasks=list(other.with_tasks), text=other.text_zh)


def key_of(site: str, agency: str, riders: Iterable[str]) -> str:
    """Return by what a suggestion is known: the same riders for the same asker at the same site."""
    return hashlib.sha256("\n".join((site, agency, *sorted(riders))).encode()).hexdigest()[:16]


def _too_late(
    order: BookingOrder,
    kept: Kept,
    agency: str,
    detail: str,
    clauses: Sequence[str] = (),
) -> Problem:
    """Return the refusal of a booking, with what can be had now."""
    from planner.operations.suggest import suggest

    try:
        fresh = [_shown(kept, agency, suggest(kept.book, kept.law, order.site_id, agency, None, order.items))]
    except InputError:
        fresh = []
    answer = SuggestionList(**stated(kept), agency_id=agency, items=fresh)
    return Problem(
        409, "taken", detail, clauses=tuple(dict.fromkeys(clauses)), suggestions=answer.model_dump(mode="json")
    )


def decline(store: Store, who: Who, order: DeclineOrder) -> DeclineOut:
    """Keep that an agency does not take riders along, why, and what it costs. Nothing else comes of it.

    Raises Problem 404 where that was not offered, 422 where the code asks for words.
    """
    from planner.operations.suggest import suggest

    if order.code == "other" and not order.reason.strip():
        raise Problem(422, "reason", "选择“其他”时请说明理由。", clauses=declining_clauses(()))
    with store.read() as tx:
        agency = may_ask_for(tx, who, order.agency_id)
        site_id = meant(tx, order.site_id, agency)
    with books.opened(store, order.month) as kept:
        order = order.model_copy(update={"site_id": kept.book.id_of(site_id)})
        answer = suggest(kept.book, kept.law, order.site_id, agency, None, order.items)
        offer: Suggestion | None = next((o for o in answer.suggestions if set(o.tasks) == set(order.riders)), None)
        if offer is None:
            raise Problem(404, "not-offered", "没有这条建议，或已不成立。请看最新建议。")
        detail = {
            "site": order.site_id,
            "riders": list(offer.tasks),
            "rider_agency": offer.parent,
            "left_out": offer.left_out_saved,
            "entries": offer.entries_saved,
            "disturbance": offer.disturbance_saved,
            "month": kept.plan.month,
        }
        present = {task.domain for task in kept.case.tasks if task.id in answer.tasks}
        detail["clauses"] = list(declining_clauses(present))
    key = key_of(order.site_id, agency, offer.tasks)
    with store.write() as tx:
        values = {"object": f"suggestion:{key}", "agency_id": agency, "decision": "decline", "code": order.code}
        made = tx.run(
            insert(decisions).values(**values, reason=order.reason, detail=detail, at=tx.now(), who=who.login)
        )
        assert made.inserted_primary_key is not None
        number = int(made.inserted_primary_key[0])
        grounds = {"code": order.code, "reason": order.reason, "site": order.site_id, "entries": offer.entries_saved}
        log.append(tx, who.login, "suggestion.decline", f"suggestion:{key}", grounds, agency_id=agency)
        row = tx.row(select(decisions).where(decisions.c.id == number))
        place = sum(one["detail"]["month"] == detail["month"] for one in _declines(tx, who))
    assert row is not None
    return decline_out(row, place)


def decline_out(row: dict[str, Any], number: int) -> DeclineOut:
    """Return the shape of a stored refusal, the `number`-th of those that the caller gets."""
    detail = row["detail"]
    return DeclineOut(
        id=number,
        agency_id=row["agency_id"],
        site_id=detail["site"],
        riders=detail["riders"],
        rider_agency=detail["rider_agency"],
        code=row["code"],
        code_name=DECLINES.get(row["code"], row["code"]),
        reason=row["reason"],
        entries=detail["entries"],
        left_out=detail["left_out"],
        disturbance=detail["disturbance"],
        month=detail["month"],
        at=row["at"],
        who=row["who"],
        clauses=detail.get("clauses", list(declining_clauses(()))),
    )


def declines(tx: Tx, who: Who, month: str | None, after: int, limit: int) -> list[tuple[int, DeclineOut]]:
    """Return (number, refusal) of what the caller may see after the first `after`: an agency its own, the coordinator
    and the auditor all. They are numbered among these: others' leave no gap.
    """
    rows = [row for row in _declines(tx, who) if month is None or row["detail"]["month"] == month]
    part = enumerate(rows[after : after + limit], after + 1)
    return [(number, decline_out(row, number)) for number, row in part]


def _declines(tx: Tx, who: Who) -> list[dict[str, Any]]:
    query = select(decisions).where(decisions.c.decision == "decline")
    own = own_agencies(tx, who)
    if own is not None:
        query = query.where(decisions.c.agency_id.in_(own))
    return tx.rows(query.order_by(decisions.c.id))


def bookings_shown(store: Store, who: Who, month: str | None, after: int, limit: int) -> list[BookingOut]:
    """Return the published plan's bookings after the first `after` that the caller may see, numbered among these.

    An agency sees those it made or takes part in, of the latter its own tasks.
    """
    with store.read() as tx:
        own = own_agencies(tx, who)
        rows = bookings_of(tx, published_plan(tx, month, today()))
        found = [one for one in rows if _takes_part(who, own, one)]
        names = agency_names(tx)
    part = enumerate(found[after : after + limit], after + 1)
    return [BookingOut.of(replace(one, number=number), names, own) for number, one in part]


def _takes_part(who: Who, own: frozenset[str] | None, one: Booking) -> bool:
    part = own is None or one.agency_id in own or bool(own & one.detail.get("by_unit", {}).keys())
    return part and (who.sees_all or not one.unannounced or (own is not None and one.agency_id in own))


def agency_names(tx: Tx) -> dict[str, str]:
    """Return the names of agencies and sections by id."""
    current = select(library.c.row, library.c.number).where(library.c.kind == "agencies", library.c.until.is_(None))
    rows = [decode("agencies", row["row"], row["number"]) for row in tx.rows(current)]
    return {row.agency_id: row.name for row in rows}


def booked_by_agency(tx: Tx, plan_id: str) -> dict[str, int]:
    """Return how many accepted suggestions each agency booked on a plan."""
    query = select(bookings.c.agency_id, func.count()).where(
        bookings.c.plan_id == plan_id, bookings.c.kind == "accept", ~bookings.c.unannounced
    )
    return {row[0]: row[1] for row in tx.connection.execute(query.group_by(bookings.c.agency_id))}
