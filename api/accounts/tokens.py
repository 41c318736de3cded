"""Tokens for programs: opaque, scoped, with an end, revocable. Only their SHA-256 is kept."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from api.accounts.accounts import Account, account_in, who_of
from api.accounts.secrets import digest, new_secret
from api.accounts.uses import Uses
from api.accounts.who import SCOPES, Who
from api.store import log
from api.store.database.engine import Store, Tx
from api.store.database.errors import NotFoundError
from api.store.database.schema import tokens
from planner.domain.errors import InputError

PREFIX = "zhc_"
"""By it a token that lies about is recognised as one."""
LONGEST_DAYS = 366
USED_SECONDS = 600
"""How often use of a token is noted."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as stored: everything but the secret."""

    id: str
    account_id: str
    label: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


_COLUMNS = [tokens.c[item.name] for item in fields(Token)]


def issue(tx: Tx, account: Account, label: str, scopes: Sequence[str], days: int, who: str) -> tuple[Token, str]:
    """Make a token of an account that is good for `scopes` and `days`; return it and the secret, which is not kept.

    Raises InputError on an unknown scope or a life that is too long.
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise InputError(f"令牌权限应为 {'、'.join(SCOPES)} 中的若干项 / scopes are some of {', '.join(SCOPES)}")
    if not 1 <= days <= LONGEST_DAYS:
        raise InputError(f"令牌有效期应为 1–{LONGEST_DAYS} 天 / a token lives 1 to {LONGEST_DAYS} days")
    secret, now = new_secret(PREFIX), tx.now()
    row = {
        "id": uuid.uuid4().hex,
        "hash": digest(secret),
        "account_id": account.id,
        "label": label,
        "scopes": sorted(set(scopes)),
        "created_at": now,
        "expires_at": now + timedelta(days=days),
    }
    tx.run(insert(tokens).values(row))
    grounds = {"account": account.login, "label": label, "scopes": row["scopes"], "days": days}
    log.append(tx, who, "key.issue", f"key:{row['id']}", grounds, agency_id=account.agency_id or "")
    return token_in(tx, str(row["id"])), secret


def token_in(tx: Tx, token_id: str) -> Token:
    """Return a token. Raises NotFoundError."""
    row = tx.row(select(*_COLUMNS).where(tokens.c.id == token_id))
    if row is None:
        raise NotFoundError(f"没有令牌 {token_id} / there is no token {token_id}")
    return Token(**row)


def tokens_of(tx: Tx, account_id: str | None = None) -> list[Token]:
    """Return tokens, newest first, of one account if given."""
    query = select(*_COLUMNS).order_by(tokens.c.created_at.desc(), tokens.c.id)
    if account_id is not None:
        query = query.where(tokens.c.account_id == account_id)
    return [Token(**row) for row in tx.rows(query)]


def revoke(tx: Tx, token_id: str, who: str) -> Token:
    """Revoke a token at once; one that is revoked stays so. Raises NotFoundError."""
    token = token_in(tx, token_id)
    if token.revoked_at is None:
        tx.run(update(tokens).where(tokens.c.id == token_id).values(revoked_at=tx.now()))
        owner = account_in(tx, token.account_id)
        log.append(tx, who, "key.revoke", f"key:{token_id}", {"label": token.label}, agency_id=owner.agency_id or "")
    return token_in(tx, token_id)


def revoke_all(tx: Tx, account_id: str, who: str) -> None:
    """Revoke all tokens of an account that are good: whoever knew its password may have issued some."""
    for token in tokens_of(tx, account_id):
        if token.revoked_at is None:
            revoke(tx, token.id, who)


def look_up(store: Store, secret: str, uses: Uses) -> Who | None:
    """Return whom a secret speaks for; None where it is unknown, revoked, expired, or its account is disabled.

    That it was used is noted in `uses`: nothing is written here.
    """
    if not secret.startswith(PREFIX):
        return None
    with store.read() as tx:
        row = tx.row(select(*_COLUMNS).where(tokens.c.hash == digest(secret)))
        if row is None:
            return None
        token, now = Token(**row), tx.now()
        if token.revoked_at is not None or now >= token.expires_at:
            return None
        account = account_in(tx, token.account_id)
    if not account.usable:
        return None
    if token.used_at is None or now - token.used_at > timedelta(seconds=USED_SECONDS):
        uses.note("token", token.id, now)
    return replace(who_of(account, "token"), scopes=frozenset(token.scopes))
