"""Registered triggered checks, as each may see them, and when their codes were applied for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select, update

from api.desk.published.kept_books import today
from api.desk.published.triggered_models import CodeOrder, CodeState, TriggeredOut
from api.marks import matched
from api.problems import Problem
from api.rights import Who, own_agencies
from api.store import Store, log
from api.store.database.engine import Tx
from api.store.database.errors import NotFoundError
from api.store.database.schema import triggered


def row_of_check(tx: Tx, check_id: str) -> dict[str, Any]:
    """Return a registered check as it is kept. Raises NotFoundError."""
    row = tx.row(select(triggered).where(triggered.c.id == check_id))
    if row is None:
        raise NotFoundError(f"没有触发式检查 {check_id} / there is no triggered check {check_id}")
    return row


def shown(row: dict[str, Any]) -> TriggeredOut:
    """Return the shape of a registered check, with the state of its code today."""
    due, coded = row["code_due"], row["coded_on"]
    state: CodeState = ("done" if coded <= due else "late") if coded else "overdue" if today() > due else "open"
    if row["answer"].get("code_untimed"):
        due, state = None, "done" if coded else "open"
    answer = {"forward": [], "forward_saved": 0, "staying": [], "sent": row["agency_id"], "sent_name": ""}
    answer |= row["answer"]
    return TriggeredOut(
        **{name: row[name] for name in ("id", "month", "site_id", "agency_id", "domain", "items", "day", "source")},
        **{name: row[name] for name in ("urgent", "minutes", "coded_on", "code", "at", "who")},
        **{name: answer[name] for name in ("riders", "absorbed", "entries_saved", "overfull", "note", "warned")},
        **{name: answer[name] for name in ("sent", "sent_name", "forward", "forward_saved", "staying")},
        code_due=due,
        code_state=state,
        code_clauses=answer["code_clauses"],
        version=row["etag"],
    )


def seen(tx: Tx, who: Who, check_id: str) -> dict[str, Any]:
    """Return a registered check that the caller may see. Raises NotFoundError."""
    row = row_of_check(tx, check_id)
    own = own_agencies(tx, who)
    early = who.role == "auditor" and row["day"] > today()
    if early or (own is not None and row["agency_id"] not in own):
        raise NotFoundError(f"没有触发式检查 {check_id} / there is no triggered check {check_id}")
    return row


def listed(
    tx: Tx,
    who: Who,
    *,
    month: str | None,
    state: str | None,
    agency_id: str | None,
    after: tuple[str, str] | None,
    limit: int,
) -> list[TriggeredOut]:
    """Return checks as they were registered: an agency its own, the coordinator all, the auditor those whose day is
    here.
    """
    query = select(triggered).order_by(triggered.c.at, triggered.c.id)
    if after:
        at = _moment(after[0])
        query = query.where(or_(triggered.c.at > at, and_(triggered.c.at == at, triggered.c.id > after[1])))
    own = own_agencies(tx, who)
    if own is not None:
        query = query.where(triggered.c.agency_id.in_(own))
    elif not who.sees_all:
        query = query.where(triggered.c.day <= today())
    if month is not None:
        query = query.where(triggered.c.month == month)
    if agency_id is not None:
        query = query.where(triggered.c.agency_id == agency_id)
    found = []
    for row in tx.connection.execution_options(yield_per=500).execute(query).mappings():
        one = shown(dict(row))
        uncoded = one.code_state in ("late", "overdue")
        if state is None or one.code_state == state or (state == "without_code" and uncoded):
            found.append(one)
            if len(found) == limit:
                break
    return found


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Problem(400, "cursor", "游标不可用。请从第一页重新读取。") from None


def give_code(store: Store, who: Who, check_id: str, version: int, order: CodeOrder) -> TriggeredOut:
    """Keep when a check's code was applied for. Raises NotFoundError, Problem 412."""
    with store.write() as tx:
        row = seen(tx, who, check_id)
        matched(version, row["etag"])
        values = {"code": order.code, "coded_on": order.coded_on, "etag": row["etag"] + 1}
        tx.run(update(triggered).where(triggered.c.id == check_id).values(**values))
        grounds = {"code": order.code, "coded_on": order.coded_on.isoformat(), "due": row["code_due"].isoformat()}
        log.append(
            tx,
            who.login,
            "triggered.code",
            f"triggered:{check_id}",
            grounds,
            reserved=True,
            agency_id=row["agency_id"],
        )
        return shown(row_of_check(tx, check_id))
