"""What enterprises ask for, entered for them, answered by the visit's lead, and then replanned on by the coordinator.

Only announced visits can be asked about, on everybody's book: days and answers are functions of what everybody knows.
A request moves nothing by itself. It is a row of the decisions that is never changed: what came of it are further rows.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from api.desk.enterprises.models import (
    STATES,
    AnswerOrder,
    AnswerOut,
    OfferedDayOut,
    OfferedDays,
    RequestOrder,
    RequestOut,
    State,
)
from api.desk.published.kept_books import Kept, books, stated, today
from api.desk.published.naming import site_named
from api.desk.published.operation_models import AgencyName
from api.desk.published.replan_models import AskedEvent
from api.desk.published.reporting import of_event, versions_by_event
from api.problems import Problem
from api.rights import Who, parent_of
from api.store import Store, log
from api.store.database.engine import Tx
from api.store.database.errors import NotFoundError
from api.store.database.schema import decisions, plans, visits
from planner.domain.errors import InputError
from planner.rulebook.offices import cited, working_days

if TYPE_CHECKING:
    from planner.operations.book import Book
    from planner.service.published.asking import AskedVisit, OfferedDay

ASKED, ACCEPT, REFUSE, WITHDRAW = "request", "request-accept", "request-refuse", "request-withdraw"
NO_VISIT = "公布的安排里没有这家企业这天的入企。触发式检查和不预先告知的检查不因申请改期。"
"""Said wherever no announced visit stands, whatever else may."""


def offered(store: Store, who: Who, month: str, site_id: str, day: date, agency_id: str = "") -> OfferedDays:
    """Return who comes to a site on a day and on which days it may be instead, of `agency_id` alone if it is given.

    Raises NotFoundError where no announced visit stands there or it is not the caller's to ask about.
    """
    with store.read() as tx:
        site_id, name, _ = _site(tx, who, site_id)
    with books.opened(store, month) as kept:
        site_id = kept.book.id_of(site_id)
        visit = _visit(kept, site_id, day, agency_id)
        book, grounds, clauses = kept.book.snapshot(), stated(kept), _clauses(kept, visit, agency_id)
    with store.read() as tx:
        _takes_part(tx, who, [one for one, _ in visit.agencies])
    found = _days(book, site_id, day, agency_id)  # takes a second, for which nobody else waits
    return OfferedDays(
        **grounds,
        site_id=site_id,
        site_name=name,
        day=day,
        lead=AgencyName(id=visit.lead.party.id, name=visit.lead.party.name),
        agencies=_named(visit.agencies),
        items=[OfferedDayOut(day=one.day, entries=one.entries) for one in found],
        clauses=clauses,
    )


def ask(store: Store, who: Who, order: RequestOrder) -> RequestOut:
    """Enter a request. Raises as `offered`, Problem 422 for what cannot be asked, 409 where the same is asked."""
    with store.read() as tx:
        site_id, _, town = _site(tx, who, order.site_id)
    if (order.kind == "apart") is not bool(order.agency_id):
        raise Problem(422, "agency", "申请不联合的须写明哪个检查主体另行安排；申请改期的不写。")
    asked_on = order.asked_on or today()
    if asked_on > today():
        raise Problem(422, "future", f"申请日期 {asked_on} 还没有到。")
    with books.opened(store, order.month) as kept:
        site_id = kept.book.id_of(site_id)
        visit = _visit(kept, site_id, order.day, order.agency_id)
        if order.kind == "apart" and len(visit.agencies) == 1:
            raise Problem(422, "alone", "这次入企只有一个检查主体，不是联合检查。")
        due = kept.calendar.working_after(asked_on, working_days("answer-enterprise"))
        if not kept.case.synthetic:
            due = min(due, kept.calendar.working_before(order.day, 1))
        clauses = _clauses(kept, visit, order.agency_id)
    detail = {
        **order.model_dump(mode="json", exclude={"reason", "kind"}),
        "site_id": site_id,
        "town": town,
        "asked_on": asked_on.isoformat(),
        "due": due.isoformat(),
        "agencies": [list(one) for one in visit.agencies],
        "lead": [visit.lead.party.id, visit.lead.party.name],
        "clauses": clauses,
        "synthetic": kept.case.synthetic,
    }
    with store.write() as tx:
        _takes_part(tx, who, [one for one, _ in visit.agencies])
        for one in listed(tx, who, order.month):
            same = (one.site_id, one.day, one.agency_id) == (site_id, order.day, order.agency_id)
            if same and one.state in ("open", "overdue", "accepted"):
                raise Problem(409, "asked", f"同样的申请已登记，{one.state_zh}。", clauses=clauses)
        name = uuid.uuid4().hex
        _write(tx, who, name, visit.lead.party.id, ASKED, order.kind, order.reason, detail)
        return of_id(tx, who, name)


def answer(store: Store, who: Who, request_id: str, order: AnswerOrder) -> RequestOut:
    """Record the lead's answer. The coordinator answers once the lead's time is over.

    Raises NotFoundError, Problem 403 for another agency, 409 where it is answered or the day is not offered any more.
    """
    with store.read() as tx:
        one = of_id(tx, who, request_id)
    if not one.may_answer:
        if one.state not in ("open", "overdue"):
            raise Problem(409, "settled", f"这件申请{one.state_zh}，不能再答复。", clauses=one.clauses)
        until = f"；{one.due} 以后仍未答复的由统筹部门答复" if who.sees_all else ""
        raise Problem(403, "not-lead", f"由牵头主体{one.lead.name}答复{until}。", clauses=one.clauses)
    if order.answer == "refuse" and not order.reason.strip():
        raise Problem(422, "reason", "不同意的须写明理由。", clauses=one.clauses)
    if (order.answer == "accept") is not (order.day is not None):
        raise Problem(422, "day", "同意的须写明改到哪天，不同意的不写。")
    if order.day is not None:
        with books.opened(store, one.month) as kept:
            book = kept.book.snapshot()
        days = [found.day for found in _days(book, one.site_id, one.day, one.agency_id)]
        if order.day not in days:
            said = "、".join(map(str, days)) or "没有"
            raise Problem(409, "not-offered", f"{order.day} 不能安排。现在可选的日期：{said}。", clauses=one.clauses)
    with store.write() as tx:
        if not of_id(tx, who, request_id).may_answer:
            raise Problem(409, "settled", "这件申请刚被办理，请刷新。", clauses=one.clauses)
        detail = {"day": order.day.isoformat() if order.day else None}
        step = ACCEPT if order.answer == "accept" else REFUSE
        _write(tx, who, request_id, one.lead.id, step, one.kind, order.reason, detail)
        return of_id(tx, who, request_id)


def withdraw(tx: Tx, who: Who, request_id: str, reason: str) -> RequestOut:
    """Withdraw a request that nothing has come of yet. Raises NotFoundError, Problem 403 for others, 409 for settled.

    Whoever entered it may, the site's town and the coordinator: a partner who does not want to move may not.
    """
    one = of_id(tx, who, request_id)
    if one.entered_by != who.login and who.role not in ("bureau", "town"):
        raise Problem(403, "not-own", "由登记的人、所在街镇或统筹部门撤回。", clauses=one.clauses)
    if one.state not in ("open", "overdue", "accepted"):
        raise Problem(409, "settled", f"这件申请{one.state_zh}，不能撤回。", clauses=one.clauses)
    _write(tx, who, request_id, one.lead.id, WITHDRAW, one.kind, reason, {})
    return of_id(tx, who, request_id)


def of_id(tx: Tx, who: Who, request_id: str) -> RequestOut:
    """Return a request. Raises NotFoundError, also where it is not the caller's to see."""
    found = _shown(tx, who, _rows(tx, f"request:{request_id}"))
    if not found:
        raise NotFoundError(f"没有申请 {request_id} / there is no such request")
    return found[0]


def listed(tx: Tx, who: Who, month: str) -> list[RequestOut]:
    """Return the requests of a month that the caller may see, oldest first.

    An agency gets those about visits that it takes part in, a town its own, an integrator what it entered itself.
    """
    return [one for one in _shown(tx, who, _rows(tx)) if one.month == month]


def _site(tx: Tx, who: Who, site_id: str) -> tuple[str, str, str]:
    """Return a site's id, name and town. Raises NotFoundError, also where it lies in another town than the caller's."""
    row = site_named(tx, site_id, who.agency_id or "")
    if who.role == "town" and row.town != who.town:
        raise NotFoundError(f"没有检查对象 {site_id} / there is no site {site_id}")
    return row.site_id, row.name, row.town


def _visit(kept: Kept, site_id: str, day: date, agency_id: str) -> AskedVisit:
    from planner.service.published.asking import asked_visit

    try:
        visit = asked_visit(kept.book, kept.names, site_id, day)
    except InputError:
        raise Problem(404, "no-visit", NO_VISIT) from None
    if agency_id and agency_id not in {one for one, _ in visit.agencies}:
        raise Problem(404, "no-visit", NO_VISIT)
    if kept.book.day_index(day) < kept.book.first_day:
        raise Problem(409, "frozen", f"{day} 已过或已冻结，不能再改。", clauses=cited("enterprise-asks"))
    return visit


def _days(book: Book, site_id: str, day: date, agency_id: str) -> tuple[OfferedDay, ...]:
    from planner.service.published.asking import offered_days

    try:
        return offered_days(book, site_id, day, agency_id)
    except InputError:
        raise Problem(404, "no-visit", NO_VISIT) from None


def _takes_part(tx: Tx, who: Who, agencies: Iterable[str]) -> None:
    """Raise Problem 403 where an agency asks about a visit that it takes no part in."""
    if who.agency_id is not None and parent_of(tx, who.agency_id) not in agencies:
        raise Problem(403, "not-own", "本单位不参加这次入企，申请由参加的单位、街镇或统筹部门登记。")


def _clauses(kept: Kept, visit: AskedVisit, agency_id: str) -> list[str]:
    """Return what a request rests on, and of one not to be visited jointly what those who come say of such wishes."""
    from planner.law.rules.company import NOT_TO_JOIN

    found = [visit.lead.clause] if visit.lead.clause else []
    if agency_id:
        domains = sorted({task.domain for task in visit.tasks})
        found += [clause for domain in domains for clause in kept.law.clauses_for(NOT_TO_JOIN.id, domain)]
    return list(dict.fromkeys((*cited("enterprise-asks"), *found)))


def _named(agencies: Iterable[Iterable[str]]) -> list[AgencyName]:
    return [AgencyName(id=one, name=name) for one, name in agencies]


def _write(
    tx: Tx, who: Who, name: str, lead: str, step: str, kind: str, reason: str, detail: Mapping[str, Any]
) -> None:
    values = {"object": f"request:{name}", "agency_id": lead, "decision": step, "code": kind, "reason": reason}
    tx.run(insert(decisions).values(**values, detail=dict(detail), at=tx.now(), who=who.login))
    told = {key: detail[key] for key in ("site_id", "day", "agency_id") if detail.get(key)}
    what = step.replace("-", ".") if "-" in step else "request.ask"
    log.append(tx, who.login, what, f"request:{name}", {"kind": kind, **told}, agency_id=lead)


def _rows(tx: Tx, object: str | None = None) -> list[dict[str, Any]]:
    query = select(decisions).where(decisions.c.decision.in_((ASKED, ACCEPT, REFUSE, WITHDRAW)))
    if object is not None:
        query = query.where(decisions.c.object == object)
    return tx.rows(query.order_by(decisions.c.id))


def _shown(tx: Tx, who: Who, rows: Iterable[Mapping[str, Any]]) -> list[RequestOut]:
    by_request: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_request.setdefault(row["object"], []).append(row)
    own = None if who.agency_id is None else parent_of(tx, who.agency_id)
    versions: dict[str, dict[str, str]] = {}
    found = []
    for steps in by_request.values():
        first, detail = steps[0], steps[0]["detail"]
        if not _may_see(who, own, first):
            continue
        month = detail["month"]
        if month not in versions:
            versions[month] = versions_by_event(tx, month)
        found.append(_out(tx, who, own, steps, versions[month]))
    return found


def _may_see(who: Who, own: str | None, first: Mapping[str, Any]) -> bool:
    if who.role in ("bureau", "auditor"):
        return True
    if own is not None:
        return own in {one for one, _ in first["detail"]["agencies"]}
    if who.role == "town":
        return bool(first["detail"]["town"] == who.town)
    return bool(first["who"] == who.login)


def _out(tx: Tx, who: Who, own: str | None, steps: list[Mapping[str, Any]], versions: Mapping[str, str]) -> RequestOut:
    first, detail = steps[0], steps[0]["detail"]
    given = next((one for one in reversed(steps) if one["decision"] in (ACCEPT, REFUSE)), None)
    name = first["object"].removeprefix("request:")
    event = version = None
    if given is not None and given["decision"] == ACCEPT:
        asked = AskedEvent(
            kind="asked",
            site=detail["site_id"],
            day=detail["day"],
            to=given["detail"]["day"],
            agency=detail["agency_id"],
            request=name,
        )
        event = asked.model_dump(mode="json")
        version = versions.get(of_event(event))
    state = _state(tx, steps, version)
    lead = AgencyName(id=detail["lead"][0], name=detail["lead"][1])
    told = ("month", "site_id", "town", "day", "agency_id", "days", "channel", "asked_on", "due", "clauses")
    return RequestOut(
        id=name,
        **{key: detail[key] for key in told},
        site_name=site_named(tx, detail["site_id"]).name,
        kind=first["code"],
        reason=first["reason"],
        lead=lead,
        agencies=_named(detail["agencies"]),
        state=state,
        state_zh=STATES[state],
        entered_by=first["who"],
        at=first["at"],
        answer=None
        if given is None
        else AnswerOut(
            answer="accept" if event else "refuse",
            day=given["detail"]["day"],
            reason=given["reason"],
            by=given["who"],
            at=given["at"],
        ),
        may_answer=state in ("open", "overdue") and (own == lead.id or (who.sees_all and state == "overdue")),
        event=event,
        version=version,
    )


def _state(tx: Tx, steps: list[Mapping[str, Any]], version: str | None) -> State:
    detail, said = steps[0]["detail"], {one["decision"] for one in steps}
    if version is not None:
        return "done"
    if WITHDRAW in said:
        return "withdrawn"
    if REFUSE in said:
        return "refused"
    now, day = today(), date.fromisoformat(detail["day"])
    if (day < now and not detail["synthetic"]) or not _stands(tx, detail["month"], detail["site_id"], day):
        return "lapsed"
    if ACCEPT in said:
        return "accepted"
    return "overdue" if now > date.fromisoformat(detail["due"]) else "open"


def _stands(tx: Tx, month: str, site_id: str, day: date) -> bool:
    """Return whether an announced visit of the month's published plan stands at a site on a day."""
    published = select(plans.c.id).where(plans.c.month == month, plans.c.state == "published")
    at = (visits.c.standing, ~visits.c.unannounced, visits.c.site_id == site_id, visits.c.day == day)
    return tx.row(select(visits.c.plan_id).where(visits.c.plan_id.in_(published), *at).limit(1)) is not None
