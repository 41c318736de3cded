"""Consultation rounds: a draft is shown to its agencies, who answer visit by visit until the round is closed.

Answers are never overwritten: what an agency sends is another version, and for each visit its newest one counts.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from api.store import log
from api.store.database.engine import Tx
from api.store.database.errors import NotFoundError, StateError
from api.store.database.schema import plans, round_answers, rounds


@dataclass(frozen=True, slots=True)
class Round:
    """A round; `agencies` are the parent agencies asked, `closes_on` the date by which they are to answer."""

    id: str
    plan_id: str
    month: str
    opened_at: datetime
    opened_by: str
    closes_on: date
    agencies: tuple[str, ...]
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Given:
    """What an agency said last about a visit: agree, move or object."""

    agency_id: str
    visit: str
    answer: str
    proposed: str | None
    reason: str
    note: str
    at: datetime
    who: str


def open_round(tx: Tx, plan_id: str, closes_on: date, agencies: Sequence[str], who: str) -> Round:
    """Open a round on a plan. Raises StateError where one is open."""
    if open_of(tx, plan_id) is not None:
        raise StateError("该草案正在征求意见，请先结束 / the draft is in consultation already")
    round_id = uuid.uuid4().hex
    values = {"id": round_id, "plan_id": plan_id, "opened_at": tx.now(), "opened_by": who, "closes_on": closes_on}
    tx.run(insert(rounds).values(**values, agencies=sorted(agencies)))
    grounds = {"plan": plan_id, "closes_on": closes_on.isoformat(), "agencies": len(agencies)}
    log.append(tx, who, "round.open", f"round:{round_id}", grounds)
    return round_of(tx, round_id)


def open_of(tx: Tx, plan_id: str) -> str | None:
    """Return the id of the round that is open on a plan, None where none is."""
    found: str | None = tx.value(select(rounds.c.id).where(rounds.c.plan_id == plan_id, rounds.c.closed_at.is_(None)))
    return found


def round_of(tx: Tx, round_id: str) -> Round:
    """Return a round. Raises NotFoundError."""
    row = tx.row(_rounds().where(rounds.c.id == round_id))
    if row is None:
        raise NotFoundError(f"没有征求意见 {round_id} / there is no round {round_id}")
    return _round(row)


def rounds_of(tx: Tx, *, month: str | None = None, plan_id: str | None = None) -> list[Round]:
    """Return rounds, newest first."""
    query = _rounds().order_by(rounds.c.opened_at.desc(), rounds.c.id)
    if month is not None:
        query = query.where(plans.c.month == month)
    if plan_id is not None:
        query = query.where(rounds.c.plan_id == plan_id)
    return [_round(row) for row in tx.rows(query)]


def add_answers(tx: Tx, asked: Round, agency_id: str, answers: Sequence[Mapping[str, Any]], who: str) -> None:
    """Store an agency's answers (`visit`, `answer`, `proposed`, `reason`, `note`). Raises StateError once it is closed.

    The log names no visit: whoever reads it may not be told of unannounced ones.
    """
    if round_of(tx, asked.id).closed_at is not None:
        raise StateError("征求意见已结束，不再收答复 / the round is closed")
    same = (round_answers.c.round_id == asked.id, round_answers.c.agency_id == agency_id)
    version = (tx.value(select(func.max(round_answers.c.version)).where(*same)) or 0) + 1
    against = sum(one["answer"] != "agree" for one in answers)
    values = {"round_id": asked.id, "agency_id": agency_id, "version": version, "at": tx.now(), "who": who}
    answer = "object" if against else "agree"
    tx.run(insert(round_answers).values(**values, answer=answer, visits=[dict(a) for a in answers], reason=""))
    grounds = {"agency": agency_id, "version": version, "answers": len(answers), "against": against}
    log.append(tx, who, "round.answer", f"round:{asked.id}", grounds, agency_id=agency_id)


def answers_of(tx: Tx, round_id: str, agencies: Collection[str] | None = None) -> dict[tuple[str, str], Given]:
    """Return the newest answer by (visit, agency), of some agencies or all."""
    query = select(round_answers).where(round_answers.c.round_id == round_id)
    if agencies is not None:
        query = query.where(round_answers.c.agency_id.in_(agencies))
    found = {}
    for row in tx.rows(query.order_by(round_answers.c.version)):
        for one in row["visits"]:
            given = Given(row["agency_id"], **one, at=row["at"], who=row["who"])
            found[given.visit, given.agency_id] = given
    return found


def close_round(tx: Tx, round_id: str, who: str, reason: str) -> Round:
    """Close a round: no more answers are taken. Raises StateError where it is closed."""
    if round_of(tx, round_id).closed_at is not None:
        raise StateError("征求意见已结束 / the round is closed already")
    tx.run(update(rounds).where(rounds.c.id == round_id).values(closed_at=tx.now()))
    log.append(tx, who, "round.close", f"round:{round_id}", {"reason": reason})
    return round_of(tx, round_id)


def _rounds() -> Any:
    return select(rounds, plans.c.month).join(plans, plans.c.id == rounds.c.plan_id)


def _round(row: Mapping[str, Any]) -> Round:
    return Round(**{**row, "agencies": tuple(row["agencies"])})
