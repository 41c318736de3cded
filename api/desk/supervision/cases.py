"""Cases of supervision: read by bureau, auditor and the body concerned; the bureau writes, and that body answers.

A case rests on results. What they are a ground for is judged anew at each reading: a case says no more than they do.
One that rests on a result of unannounced checks which are not over yet is told to whom that result is told: the bureau
and the body itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from api.desk.published.kept_books import today
from api.desk.recorded.results import unannounced_on
from api.desk.supervision.models import CaseAnswer, CaseOut, StepOrder, StepOut
from api.problems import Problem
from api.rights import Who, own_agencies
from api.store import log
from api.store.database.clock import local_date
from api.store.database.engine import Tx
from api.store.database.errors import NotFoundError
from api.store.database.schema import library
from api.store.inputs.library import Row, held_since, new_revision, put
from api.store.inputs.rows import decode
from planner.domain.case import RowRef
from planner.intake.month.working_days import make_calendar
from planner.intake.tables.records import SupervisionRow, Tables
from planner.obligations.grounds import grounds_on
from planner.obligations.supervision import ZH, CaseState, cases_on
from planner.rulebook.supervision import LETTER

READ = ("agencies", "items", "filings", "filing_steps", "lists", "calendar")
"""Tables that say what a result is a ground for."""


def cases(tx: Tx, who: Who) -> list[CaseOut]:
    """Return the cases that the caller may see, by id: a body sees its own."""
    own = own_agencies(tx, who)
    rows = [row for row in _rows(tx) if own is None or row.agency_id in own]
    if own is None and not who.sees_all:
        secret = _secret(tx, rows)
        rows = [row for row in rows if row.case_id not in secret]
    return _shown(tx, rows)


def record(tx: Tx, who: Who, order: StepOrder) -> CaseOut:
    """Record a step and return its case. Nothing is recorded that the steps before do not allow.

    Raises Problem 422 for a body or results that are not there, 409 for a step that cannot be, or is there already.
    """
    bodies = {row.agency_id: row.parent_id or row.agency_id for _, row in held_since(tx, "agencies")}
    if bodies.get(order.agency_id) != order.agency_id:
        raise Problem(422, "unknown", f"没有主体“{order.agency_id}”，或它是内设机构；请填上级主体。")
    found = {row.result_id: row for row in _results(tx, order.results)}
    foreign = [n for n in order.results if n not in found or bodies.get(found[n].agency_id) != order.agency_id]
    if foreign:
        errors = [{"where": name, "detail": "没有这条检查结果，或不是该主体的"} for name in foreign]
        raise Problem(422, "unknown", "所涉检查结果有误，未登记。", errors=errors)
    if order.date > local_date(tx.now()):
        raise Problem(422, "future", f"{order.date} 还没有到，不能登记。")
    step = SupervisionRow(
        case_id=order.case_id,
        agency_id=order.agency_id,
        step=order.step,
        date=order.date,
        results=tuple(dict.fromkeys(order.results)),
        note=order.note,
        document_no=order.document_no,
        reply_by=order.reply_by,
        by=who.login,
        ref=RowRef("supervision", 1),
    )
    return _recorded(tx, who, step)


def answer(tx: Tx, who: Who, case_id: str, given: CaseAnswer) -> CaseOut:
    """Record the answer of the body concerned.

    Raises NotFoundError where the case is not the caller's, Problem 409 where no letter was sent or it is settled.
    """
    mine = [one for one in cases(tx, who) if one.case_id == case_id]
    if not mine:
        raise NotFoundError("没有这件监督。")
    if mine[0].state not in ("sent", "answered", "overdue"):
        raise Problem(409, "not-sent", f"“{mine[0].state_zh}”，现在不能反馈。", clauses=LETTER)
    step = SupervisionRow(
        case_id=case_id,
        agency_id=mine[0].agency_id,
        step="answered",
        date=local_date(tx.now()),
        results=(),
        note=given.note,
        document_no="",
        reply_by=None,
        by=who.login,
        ref=RowRef("supervision", 1),
    )
    return _recorded(tx, who, step)


def _recorded(tx: Tx, who: Who, step: SupervisionRow) -> CaseOut:
    rows = [row for row in _rows(tx) if row.case_id == step.case_id]
    if any((row.step, row.date) == (step.step, step.date) for row in rows):
        raise Problem(409, "recorded", "这一步当天已登记。", clauses=LETTER)
    wrong = _states(tx, [*rows, step])[0].wrong
    if wrong:
        errors = [{"where": step.case_id, "detail": one} for one in wrong]
        raise Problem(409, "step", "这一步现在不能登记：" + "；".join(wrong), clauses=LETTER, errors=errors)
    put(tx, new_revision(tx, who.login, "supervise", step.case_id), [Row("supervision", step, len(rows) + 1)])
    about = {"step": step.step, "date": step.date.isoformat(), "results": list(step.results)}
    secret = bool(_secret(tx, [*rows, step]))
    case, agency = f"supervision:{step.case_id}", step.agency_id
    log.append(tx, who.login, "supervision.step", case, about, reserved=secret, agency_id=agency)
    return _shown(tx, [*rows, step])[0]


def _secret(tx: Tx, rows: Collection[SupervisionRow]) -> set[str]:
    """Return the cases that rest on a result which others than the bureau and its own body do not get yet."""
    closed = unannounced_on(tx, today())
    found = _results(tx, {name for row in rows for name in row.results}) if closed else ()
    secret = {one.result_id for one in found if one.agency_id in closed.get(one.filing_id, ())}
    return {row.case_id for row in rows if not secret.isdisjoint(row.results)}


def _rows(tx: Tx) -> list[SupervisionRow]:
    return [row for _, row in held_since(tx, "supervision")]


def _results(tx: Tx, names: Collection[str]) -> list[Any]:
    """Return the results so named: their table may be long."""
    query = select(library.c.key, library.c.row, library.c.number).where(
        library.c.kind == "results", library.c.until.is_(None), library.c.key.in_(sorted(set(names)))
    )
    return [decode("results", row["row"], row["number"]) for row in tx.rows(query)]


def _states(tx: Tx, rows: list[SupervisionRow]) -> tuple[CaseState, ...]:
    read: dict[str, Any] = {kind: tuple(row for _, row in held_since(tx, kind)) for kind in READ}
    results = tuple(_results(tx, {name for row in rows for name in row.results}))
    tables = Tables(source="library", results=results, **read)
    today = local_date(tx.now())
    first = min((row.date.year for row in (*results, *rows)), default=today.year)
    calendar = make_calendar(range(first, today.year + 2), tables.calendar)
    return cases_on(rows, grounds_on(tables, calendar, today), calendar, today)


def _shown(tx: Tx, rows: list[SupervisionRow]) -> list[CaseOut]:
    steps: dict[str, list[SupervisionRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda one: one.date):
        steps[row.case_id].append(row)
    return [
        CaseOut(
            case_id=one.case,
            agency_id=one.agency,
            state=one.state,
            state_zh=ZH[one.state],
            due=one.due,
            results=list(one.results),
            clauses=list(one.clauses),
            steps=[
                StepOut(
                    step=row.step,
                    date=row.date,
                    results=list(row.results),
                    note=row.note,
                    document_no=row.document_no,
                    reply_by=row.reply_by,
                    by=row.by,
                )
                for row in steps[one.case]
            ],
        )
        for one in _states(tx, rows)
    ]
