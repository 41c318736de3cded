"""A plan is sealed before its inspectors are drawn: numbers promised for the draw, revealed or kept back, withdrawals.

The bureau's number is the service's own: made and promised with the month's first draft, shown to nobody until a plan
is sealed. A body may promise one too, and reveals it after the seal. A number that was called for by a seal is spent.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from api.store import log
from api.store.database.engine import Tx
from api.store.database.errors import ConflictError, StateError
from api.store.database.schema import crew_numbers, plans
from api.store.database.schema import log as entries
from api.store.planned.plans import STATE_NAMES, PlanRow, plan_of
from planner.draw.sites import BUREAU, commitment_of

SEAL, WITHDRAW, PROMISE, REVEAL = "plan.seal", "plan.withdraw", "crews.promise", "crews.reveal"


@dataclass(frozen=True, slots=True)
class Promise:
    """A number promised by a holder. `number` is not to be shown before `revealed_at`; `plan_id` has called for it."""

    id: int
    month: str
    holder: str
    commitment: str
    promised_at: datetime
    number: str | None
    revealed_at: datetime | None
    plan_id: str | None


def promises_of(tx: Tx, month: str) -> list[Promise]:
    """Return the month's promises, oldest first."""
    columns = [crew_numbers.c[name] for name in Promise.__slots__]
    query = select(*columns).where(crew_numbers.c.month == month).order_by(crew_numbers.c.id)
    return [Promise(**row) for row in tx.rows(query)]


def promise_of_bureau(tx: Tx, month: str, who: str, number: str = "") -> None:
    """Promise a number of the service's own, the system's chance where none is given, if none is open for the month."""
    if not any(one.holder == BUREAU and one.plan_id is None for one in promises_of(tx, month)):
        number = number or secrets.token_hex(32)
        _add(tx, month, BUREAU, commitment_of(number), who, number)


def promise(tx: Tx, month: str, holder: str, commitment: str, who: str) -> None:
    """Store a body's promise; one that no seal has called for yet is replaced, and the log keeps both.

    Raises StateError while a plan of the month is sealed: the plan is known, and a number could be chosen by it.
    """
    if sealed_of(tx, month) is not None:
        raise StateError(
            "本月方案已经封存，此时不能再承诺随机数；发布或撤回封存之后可为下一次承诺 / a plan of the month is sealed"
        )
    open_ = crew_numbers.c.plan_id.is_(None) & (crew_numbers.c.holder == holder) & (crew_numbers.c.month == month)
    tx.run(crew_numbers.delete().where(open_))
    _add(tx, month, holder, commitment, who, None)


def reveal(tx: Tx, month: str, holder: str, number: str, who: str) -> None:
    """Store the number that a body had promised, once a plan is sealed.

    Raises StateError where no sealed plan calls for it, or it is revealed already, ConflictError where it is not the
    promised one.
    """
    plan = sealed_of(tx, month)
    called = [one for one in called_by(tx, plan) if one.holder == holder] if plan else []
    if not called or called[0].revealed_at is not None:
        raise StateError(
            "现在没有要公布的随机数：封存以前请勿公布；已公布的不必再报 / no sealed plan calls for this body's number"
        )
    if commitment_of(number) != called[0].commitment:
        raise ConflictError(
            "随机数与承诺值不符：请核对后重报（SHA-256 须等于承诺值） / the number is not the one committed to"
        )
    revealed = {"number": number, "revealed_at": tx.now()}
    tx.run(update(crew_numbers).where(crew_numbers.c.id == called[0].id).values(**revealed))
    about = {"month": month, "holder": holder, "number": number}
    log.append(tx, who, REVEAL, f"month:{month}", about, agency_id=holder)


def sealed_of(tx: Tx, month: str) -> PlanRow | None:
    """Return the month's sealed plan, None where none is."""
    found = tx.value(select(plans.c.id).where(plans.c.month == month, plans.c.state == "sealed"))
    return None if found is None else plan_of(tx, found)


def seal(tx: Tx, plan_id: str, who: str, job: str, timetable_hash: str, hours: float, reason: str = "") -> PlanRow:
    """Seal a draft: its hashes stand in the log, nothing changes it any more, and the promised numbers are called for.

    Bodies have `hours` to reveal theirs. Raises StateError where it is no draft, or another of the month is sealed.
    """
    plan = plan_of(tx, plan_id)
    other = sealed_of(tx, plan.month)
    if plan.state != "draft" or other is not None:
        raise StateError(
            f"方案{STATE_NAMES[plan.state]}，不能封存"
            if plan.state != "draft"
            else "本月另有一个方案已经封存：请先发布或撤回它 / another plan of the month is sealed"
        )
    promise_of_bureau(tx, plan.month, who)  # of a month planned before there were such numbers
    now = tx.now()
    called = [one for one in promises_of(tx, plan.month) if one.plan_id is None]
    holders = sorted(one.holder for one in called)
    own = next(one for one in called if one.holder == BUREAU)
    tx.run(update(crew_numbers).where(crew_numbers.c.id.in_([one.id for one in called])).values(plan_id=plan_id))
    tx.run(update(crew_numbers).where(crew_numbers.c.id == own.id).values(revealed_at=now))
    until = now + timedelta(hours=hours)
    sealed = {
        "at": now.isoformat(),
        "timetable_hash": timetable_hash,
        "until": until.isoformat(),
        "called": holders,
        "numbers": [one.id for one in called],
        "job": job,
    }
    tx.run(update(plans).where(plans.c.id == plan_id).values(state="sealed", sealed=sealed, etag=plan.etag + 1))
    about: dict[str, Any] = {
        "month": plan.month,
        "plan_hash": plan.plan_hash,
        "timetable_hash": timetable_hash,
        "called": holders,
        "until": until.isoformat(),
        "reason": reason,
    }
    log.append(tx, who, SEAL, f"plan:{plan_id}", about)
    about = {"month": plan.month, "holder": BUREAU, "number": own.number}
    log.append(tx, who, REVEAL, f"month:{plan.month}", about)
    return plan_of(tx, plan_id)


def called_by(tx: Tx, plan: PlanRow) -> list[Promise]:
    """Return the promises that the seal of a plan has called for; those of a seal withdrawn before are not."""
    numbers = (plan.sealed or {}).get("numbers", ())
    return [one for one in promises_of(tx, plan.month) if one.id in numbers]


def waiting_for(tx: Tx, plan: PlanRow) -> list[str]:
    """Return the bodies whose promised numbers a sealed plan still waits for; nobody once their time is over."""
    assert plan.sealed is not None
    if tx.now() >= datetime.fromisoformat(plan.sealed["until"]):
        return []
    return sorted(one.holder for one in called_by(tx, plan) if one.revealed_at is None)


def withdraw(tx: Tx, plan_id: str, who: str, etag: int, reason: str) -> PlanRow:
    """Make a sealed plan a draft again; the numbers that it called for are spent. It is logged and counted.

    Raises StateError where it is not sealed, ConflictError where it has changed since `etag`.
    """
    plan = plan_of(tx, plan_id)
    if plan.etag != etag:
        raise ConflictError(f"方案已被他人改动 / the plan was changed by someone else: {plan_id}")
    if plan.state != "sealed":
        raise StateError(f"方案{STATE_NAMES[plan.state]}，没有可撤回的封存 / the plan is {plan.state}, not sealed")
    tx.run(update(plans).where(plans.c.id == plan_id).values(state="draft", sealed=None, etag=etag + 1))
    log.append(
        tx, who, WITHDRAW, f"plan:{plan_id}", {"month": plan.month, "plan_hash": plan.plan_hash, "reason": reason}
    )
    promise_of_bureau(tx, plan.month, who)
    return plan_of(tx, plan_id)


def seals_of(tx: Tx, month: str) -> list[Mapping[str, Any]]:
    """Return the month's seals and withdrawals as the log has them, oldest first: what, who, at, reason."""
    columns = (entries.c.what, entries.c.who, entries.c.at, entries.c.object, entries.c.grounds)
    query = select(*columns).where(entries.c.what.in_((SEAL, WITHDRAW))).order_by(entries.c.seq)
    ours = {f"plan:{one}" for one in tx.values(select(plans.c.id).where(plans.c.month == month))}
    return [row for row in tx.rows(query) if row["object"] in ours]


def _add(tx: Tx, month: str, holder: str, commitment: str, who: str, number: str | None) -> None:
    values = {"month": month, "holder": holder, "commitment": commitment, "promised_at": tx.now(), "number": number}
    tx.run(insert(crew_numbers).values(values))
    about = {"month": month, "holder": holder, "commitment": commitment}
    log.append(tx, who, PROMISE, f"month:{month}", about, agency_id="" if holder == BUREAU else holder)
