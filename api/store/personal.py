"""Personal data that nothing rests on any more: which they are, and their removal.

What a stored plan was made of stays as long as the plan does, or it could not be verified. So three things go, each
after a time that a setting tells:

- *drafts* that nobody published, sealed, asked about or went on from, with their draws and the names in them;
- *rows of people* (inspectors, and when they are away) that were replaced or taken out of the library, where no stored
  plan was made while they held;
- what a *disabled account* says of its owner: name, identity at a provider, password. The login stays, as the log
  names it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, select, update

from api.store import log
from api.store.database.engine import Tx
from api.store.database.schema import accounts, crew_numbers, draws, jobs, library, plans, revisions, rounds
from api.store.database.schema import log as entries

PEOPLE = ("inspectors", "absences")
"""Tables of the library whose rows are about people."""
ERASED = "（已注销）"
"""The name of an account whose owner's is gone."""
BATCH = 500


@dataclass(frozen=True, slots=True)
class Personal:
    """What may go: ids of drafts, of rows of the library, of accounts."""

    drafts: list[str]
    rows: list[int]
    accounts: list[str]

    def counts(self) -> dict[str, int]:
        """Return how many there are of each."""
        return {"personal_drafts": len(self.drafts), "personal_rows": len(self.rows), "accounts": len(self.accounts)}


def due(tx: Tx, before: datetime) -> Personal:
    """Return what nothing rests on any more and nobody has touched since `before`. Nothing is changed."""
    drafts = _drafts(tx, before)
    return Personal(drafts, _rows(tx, before, drafts), _accounts(tx, before))


def erase(tx: Tx, found: Personal, who: str) -> None:
    """Remove what `due` has found; each account is told in the log."""
    for start in range(0, len(found.drafts), BATCH):
        some = found.drafts[start : start + BATCH]
        tx.run(delete(draws).where(draws.c.plan_id.in_(some)))
        tx.run(delete(plans).where(plans.c.id.in_(some)))
    for start in range(0, len(found.rows), BATCH):
        tx.run(delete(library).where(library.c.id.in_(found.rows[start : start + BATCH])))
    nothing = {"name": ERASED, "oidc_subject": None, "password_hash": None, "etag": accounts.c.etag + 1}
    for account in found.accounts:
        tx.run(update(accounts).where(accounts.c.id == account).values(nothing))
        log.append(tx, who, "account.erase", f"account:{account}")


def _drafts(tx: Tx, before: datetime) -> list[str]:
    """Return old drafts that are nobody's parent, were never sent out or sealed, and that no open run is about.

    One that was sealed once stays: its withdrawal is counted, and the numbers it called for are spent for it.
    """
    needed = {*tx.values(select(plans.c.parent)), *tx.values(select(rounds.c.plan_id))}
    needed |= {*tx.values(select(crew_numbers.c.plan_id))}
    waiting = tx.values(select(jobs.c.payload).where(jobs.c.state.in_(("queued", "running"))))
    needed |= {value for payload in waiting for value in payload.values() if isinstance(value, str)}
    old = select(plans.c.id).where(plans.c.state == "draft", plans.c.created_at < before).order_by(plans.c.id)
    return [one for one in tx.values(old) if one not in needed]


def _rows(tx: Tx, before: datetime, drafts: list[str]) -> list[int]:
    """Return ended rows of people that no stored plan but the old `drafts` was made of."""
    made = select(plans.c.revision).where(plans.c.revision.is_not(None), plans.c.id.not_in(drafts)).distinct()
    resting = sorted(tx.values(made))
    ended = select(library.c.id, library.c.since, library.c.until).join(revisions, revisions.c.id == library.c.until)
    rows = tx.rows(ended.where(library.c.kind.in_(PEOPLE), revisions.c.at < before).order_by(library.c.id))
    return [row["id"] for row in rows if not any(row["since"] <= n < row["until"] for n in resting)]


def _accounts(tx: Tx, before: datetime) -> list[str]:
    """Return disabled accounts that still tell of their owner and that the log has not told of since."""
    told: ColumnElement[str] = func.coalesce(func.max(entries.c.at), "")
    query = (
        select(accounts.c.id)
        .outerjoin(entries, and_(entries.c.object == "account:" + accounts.c.id))
        .where(~accounts.c.active, accounts.c.name != ERASED, accounts.c.created_at < before)
        .group_by(accounts.c.id)
        .having(told < before.isoformat(timespec="microseconds"))
        .order_by(accounts.c.id)
    )
    return list(tx.values(query))
