"""Registers triggered checks: never held up; who rides along is booked with them, what they cover is absorbed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from api.desk.published.kept_books import Kept, books, today
from api.desk.published.naming import own_id, site_named
from api.desk.published.suggesting import cells_by_name, entry_row, may_ask_for, who_comes
from api.desk.published.triggered_checks import row_of_check, shown
from api.desk.published.triggered_models import TriggeredOrder, TriggeredOut
from api.problems import Problem
from api.rights import Who, parent_of
from api.store import Store, log
from api.store.database.engine import Tx
from api.store.database.errors import ConflictError, NotFoundError
from api.store.database.schema import triggered
from api.store.inputs.filings import save
from api.store.inputs.library import row_of, rows_of
from api.store.inputs.rows import decode
from api.store.planned.books import Wish, book, open_book
from api.store.planned.hidden import book_hidden
from planner.domain.calendar import WorkCalendar
from planner.domain.errors import InputError
from planner.intake.month.working_days import make_calendar
from planner.rulebook.offices import EMERGENCY, cited

if TYPE_CHECKING:
    from planner.operations.triggered import CodeDeadline, Triggered, TriggeredAnswer

MOST_AGENCIES = 1000
TRIES = 5
"""Races that a registration may lose before it is kept without riders: the check itself waits for nobody."""


def register(store: Store, who: Who, order: TriggeredOrder) -> TriggeredOut:
    """Register a triggered check with what follows from it. It is kept in any case, whatever the plan says.

    Raises NotFoundError or Problem 422 where agency, site or items are unknown, or a day is missing.
    """
    from planner.service.published.triggering import visits_of

    month = f"{order.day or order.warned_on or today():%Y-%m}"
    with store.read() as tx:
        agency = may_ask_for(tx, who, order.agency_id)
        site_named(tx, order.site_id, agency)
    own, ids = own_id(store, month, order.site_id, agency)
    order = order.model_copy(update={"site_id": own})
    with store.read() as tx:
        check, place = _check(tx, agency, order, ids)
        calendar = _calendar(tx, check.day)
        past = [row for one in sorted(ids) for _, row in rows_of(tx, "history", site_id=one, limit=1000)]
        known = {row.agency_id: row for _, row in rows_of(tx, "agencies", limit=MOST_AGENCIES)}
    warned = None
    if check.source == "warning" and check.domain == EMERGENCY:
        visits = visits_of(known, agency, past)
        warned = _warned(store, check, order.warned_on or today(), visits)
        if order.day is None and warned["into"] != "this_month":
            return _put_off(store, who, check, calendar, warned)
    if order.day is None:
        if warned is None:
            raise Problem(422, "day", "请填检查日期（day）。")
        check = replace(check, day=_next_open(calendar, check.day))
    for _ in range(TRIES):
        wishes, answer, cells = _followed(store, check, place, calendar, order)
        answer["warned"] = warned
        try:
            return _store(store, who, check, calendar, answer, wishes, cells)
        except (ConflictError, IntegrityError):
            continue
    answer = {**_nothing(check), "warned": warned, "note": "同行任务一时被多方争用，请稍后再看建议。"}
    return _store(store, who, check, calendar, answer, (), {})


def _check(tx: Tx, agency: str, order: TriggeredOrder, ids: Iterable[str]) -> tuple[Triggered, dict[str, Any]]:
    """Return the check, and what a month that knows nothing of its site and unit is to be told of them.

    `ids` are all those of the premises: what any register does not let anybody join may not be joined.
    """
    from planner.operations.triggered import Triggered
    from planner.service.published.triggering import agency_domain, domain_of, site_to_json, unit_to_json

    own = row_of(tx, "agencies", agency)
    known = {row.agency_id: row for _, row in rows_of(tx, "agencies", limit=MOST_AGENCIES)} | {agency: own}
    unit = unit_to_json(own, known)
    site = site_named(tx, order.site_id)
    listed = [row for one in ids for _, row in rows_of(tx, "sites", site_id=one) if row.join == "discouraged"]
    items = [row_of(tx, "items", item) for item in order.items]
    day = order.day or order.warned_on or today()
    domains = {item.item_id: item.domain for item in items}
    check = Triggered(
        id=f"TR-{uuid.uuid4().hex[:12]}",
        site=site.site_id,
        unit=agency,
        domain=domain_of(order.items, domains, agency_domain(known, agency)),
        items=tuple(sorted(order.items)),
        day=day,
        source=order.source,
        minutes=order.minutes or sum(item.minutes for item in items) or 60,
        urgent=order.urgent,
        coded=order.coded_on,
        opted_in=all({agency, unit["parent"]} & set(row.opted_in) for row in listed or [site]),
    )
    return check, {"site": site_to_json(site), "unit": unit}


def _calendar(tx: Tx, day: date) -> WorkCalendar:
    rows = [row for _, row in rows_of(tx, "calendar", limit=2000)]
    return make_calendar((day.year - 1, day.year, day.year + 1), rows)


def _next_open(calendar: WorkCalendar, day: date) -> date:
    day += timedelta(days=1)
    while not calendar.is_working(day):
        day += timedelta(days=1)
    return day


def _deadline(check: Triggered, calendar: WorkCalendar) -> CodeDeadline:
    from planner.operations.triggered import code_deadline

    return code_deadline(check, calendar, today())


def _nothing(check: Triggered) -> dict[str, Any]:
    return {
        **{name: [] for name in ("riders", "absorbed", "forward", "staying")},
        "entries_saved": 0,
        "forward_saved": 0,
        "overfull": False,
        "note": "",
        "warned": None,
        "sent": check.unit,
        "sent_name": "",
    }


def _warned(store: Store, check: Triggered, warned_on: date, visits: Sequence[date]) -> dict[str, Any]:
    """Return where a warned site goes; without a published month, next month's plan."""
    from planner.operations.triggered import warned_site

    last = max((day for day in visits if day <= warned_on), default=None)
    try:
        with books.opened(store, f"{warned_on:%Y-%m}") as kept:
            found = warned_site(kept.book, check.site, warned_on, last)
    except NotFoundError:
        found = warned_site(None, check.site, warned_on, last)
    return {"into": found.into, "clauses": list(found.clauses), "text": found.text_zh, "filing": None}


def _put_off(store: Store, who: Who, check: Triggered, calendar: WorkCalendar, warned: dict[str, Any]) -> TriggeredOut:
    """Keep a warning that makes no visit now: off-site, or a draft filing of next month for the office to hand in."""
    first = date(check.day.year + check.day.month // 12, check.day.month % 12 + 1, 1)
    last = date(first.year + first.month // 12, first.month % 12 + 1, 1) - timedelta(days=1)
    row = {
        "filing_id": f"{check.unit}-{first:%y%m}-{check.id}",
        "agency_id": check.unit,
        "kind": "special",
        "period": "month",
        "source": "own",
        "basis": f"风险预警（{'、'.join(cited('warned-this-month'))}）",
        "items": list(check.items),
        "sites": [check.site],
        "mode": "off_site" if warned["into"] == "off_site" else "on_site",
        "window_from": first.isoformat(),
        "window_to": last.isoformat(),
        "priority": 8,
        "strength": "accepted",
    }
    with store.write() as tx:
        if warned["into"] == "next_month":
            filing = decode("filings", json.dumps(row, ensure_ascii=False), 0)
            save(tx, [filing], who.login, f"预警 {check.id}")
            warned = {**warned, "filing": filing.filing_id}
        answer = {**_nothing(check), "warned": warned}
        return _keep(tx, who, check, calendar, answer, None)


def _followed(
    store: Store, check: Triggered, place: dict[str, Any], calendar: WorkCalendar, order: TriggeredOrder
) -> tuple[Sequence[Wish], dict[str, Any], Any]:
    """Return the bookings that go with a check, what is told of it, and the plan's crews; none without a book."""
    nothing = _nothing(check)
    try:
        with books.opened(store, f"{check.day:%Y-%m}") as kept:
            wishes, answer = _wishes(kept, check, place, calendar, order)
            return wishes, {**nothing, **answer}, kept.cells
    except NotFoundError:
        return (), {**nothing, "note": "该月尚无已发布的方案：只登记。"}, {}
    except (InputError, Problem) as error:
        return (), {**nothing, "note": str(error).partition(" / ")[0]}, {}


def _wishes(
    kept: Kept, check: Triggered, place: dict[str, Any], calendar: WorkCalendar, order: TriggeredOrder
) -> tuple[Sequence[Wish], dict[str, Any]]:
    """Return the booking of a check and of those who come along, none where no plan is concerned; and what is told.

    A check that nobody joins is booked where none but its agency and the coordinator look; what it absorbs is taken off
    the plan by a booking that says no more.
    """
    from planner.operations.triggered import register
    from planner.service.published.triggering import beside_from, sent, triggered_to_json, with_triggered

    before, opens = kept.book, check.day in kept.case.days
    going = sent(before, check, place["site"]["town"])
    found = register(before, kept.law, calendar, going, today(), beside_from(kept.case, going, place))
    riders = [ride.task for ride in found.riders] if order.take_riders else []
    early = [v for v in found.forward if order.pull_forward and not kept.booked & set(v.tasks)]
    coming = [*riders, *(name for visit in early for name in visit.tasks)]
    gone = [one.task for one in found.absorbed] if order.absorb else []
    answer = _told(kept, found, going.unit, bool(riders), {visit.day for visit in early}, bool(gone))
    if not opens and not gone:
        return (), answer
    detail: dict[str, Any] = {"check": triggered_to_json(going), **place, "absorbed": gone}
    then = with_triggered(before, detail)
    site = then.site(check.site)
    index = {then.case.tasks[t].id: t for t in then.case.tasks_at(site)}
    left = {int(then.day[index[name]]) for name in (*gone, *coming) if then.published[index[name]]}
    d = then.day_index(check.day) if opens else None
    if coming and d is not None:
        then.book([index[name] for name in coming], d)
    if gone:
        then = then.without_need([index[name] for name in gone])
    use = then.use - before.use if then.use.shape == before.use.shape else _grown(kept, then)
    load = cells_by_name(kept, {(int(r), int(c)): int(use[r, c]) for r, c in np.argwhere(use).tolist()})
    days = sorted({*left, *([d] if coming and d is not None else [])})
    wish = Wish(
        plan_id=kept.plan.id,
        site_id=check.site,
        turn=kept.turns[check.site],
        kind="triggered",
        agency_id=check.unit,
        day=check.day,
        tasks=(*coming, *gone),
        load=load,
        visits={then.case.days[day]: entry_row(kept, then, site, day) for day in days},
        detail={**detail, **who_comes(then.case, [index[name] for name in ([check.id] if opens else []) + coming])},
        unannounced=False,
    )
    wishes = [wish] if coming else [*_absorbing(kept, wish, gone), *([_alone(wish)] if opens else [])]
    if d is not None and (then.use > then.case.plan_capacity)[:, d].any():
        over = "当日人员已超出可用量：请统筹办公室重排，其他安排让路。"
        return wishes, {**answer, "overfull": True, "note": over + answer["note"]}
    return wishes, answer


def _alone(wish: Wish) -> Wish:
    """Return the booking of a check that nobody joins: it takes nothing of what others are told."""
    detail = {**wish.detail, "absorbed": []}
    return replace(wish, tasks=(), load={}, visits={}, detail=detail, unannounced=True)


def _absorbing(kept: Kept, wish: Wish, gone: Sequence[str]) -> list[Wish]:
    """Return the booking that takes off the plan what a check absorbs; none where that is nothing."""
    if not gone:
        return []
    before, case = kept.book, kept.case
    site = before.site(wish.site_id)
    index = {case.tasks[t].id: t for t in case.tasks_at(site)}
    tasks = [index[name] for name in gone]
    then = before.without_need(tasks)
    use = then.use - before.use
    load = cells_by_name(kept, {(int(r), int(c)): int(use[r, c]) for r, c in np.argwhere(use).tolist()})
    days = sorted({int(before.day[t]) for t in tasks if before.published[t]})
    visits = {case.days[day]: entry_row(kept, then, site, day) for day in days}
    detail = who_comes(case, tasks)
    return [replace(wish, kind="absorb", tasks=tuple(gone), load=load, visits=visits, detail=detail)]


def _told(
    kept: Kept, found: TriggeredAnswer, sent: str, riding: bool, early: set[date], absorbed: bool
) -> dict[str, Any]:
    """Return what is told of a check; `early` are the days of the visits that come forward."""
    say = kept.names.agency
    return {
        "riders": [
            {
                "task": r.task,
                "unit": r.unit,
                "unit_name": say(r.unit),
                "clauses": list(r.clauses),
                "booked": riding,
            }
            for r in found.riders
        ],
        "forward": [
            {
                "day": v.day.isoformat(),
                "tasks": list(v.tasks),
                "units": list(v.units),
                "unit_names": [say(unit) for unit in v.units],
                "whole": v.whole,
                "clauses": list(v.clauses),
                "text": v.text_zh,
                "booked": v.day in early,
            }
            for v in found.forward
        ],
        "staying": [
            {
                "task": s.task,
                "unit": s.unit,
                "unit_name": say(s.unit),
                "clauses": list(s.clauses),
                "text": s.text_zh,
            }
            for s in found.staying
        ],
        "absorbed": [
            {"task": a.task, "clauses": list(a.clauses), "text": a.text_zh, "done": absorbed} for a in found.absorbed
        ],
        "entries_saved": found.entries_saved,
        "forward_saved": found.forward_saved,
        "overfull": False,
        "note": found.note,
        "sent": sent,
        "sent_name": say(sent),
    }


def _grown(kept: Kept, then: Any) -> Any:
    """Return the difference of loads by the rows of the kept case: a check brings no crews of its own.

    A unit without any task has no row in the book that has grown, and no load.
    """
    place = {row: n for n, row in enumerate(then.case.rows)}
    use = np.zeros_like(kept.book.use)
    for n, row in enumerate(kept.case.rows):
        if row in place:
            use[n] = then.use[place[row]]
    return use - kept.book.use


def _store(
    store: Store,
    who: Who,
    check: Triggered,
    calendar: WorkCalendar,
    answer: dict[str, Any],
    wishes: Sequence[Wish],
    cells: Any,
) -> TriggeredOut:
    with store.write() as tx:
        booking = None
        for wish in wishes:
            if wish.unannounced:
                book_hidden(tx, wish, parent_of(tx, check.unit), who.login)
            else:
                open_book(tx, wish.plan_id, cells)
                booking = book(tx, wish, who.login).id
        return _keep(tx, who, check, calendar, answer, booking)


def _keep(
    tx: Tx, who: Who, check: Triggered, calendar: WorkCalendar, answer: dict[str, Any], booking: str | None
) -> TriggeredOut:
    due = _deadline(check, calendar)
    answer = {**answer, "code_clauses": list(due.clauses), "code_untimed": due.due is None}
    tx.run(
        insert(triggered).values(
            id=check.id,
            month=f"{check.day:%Y-%m}",
            site_id=check.site,
            agency_id=check.unit,
            domain=check.domain,
            items=list(check.items),
            day=check.day,
            source=check.source,
            urgent=check.urgent,
            minutes=check.minutes,
            code_due=due.due or check.day,
            coded_on=check.coded,
            code="",
            booking=booking,
            answer=answer,
            at=tx.now(),
            who=who.login,
            etag=1,
        )
    )
    grounds = {"site": check.site, "day": check.day.isoformat(), "source": check.source, "items": list(check.items)}
    # Before its day nobody but the agency and the coordinator is to read of it.
    log.append(
        tx, who.login, "triggered.register", f"triggered:{check.id}", grounds, reserved=True, agency_id=check.unit
    )
    return shown(row_of_check(tx, check.id))
