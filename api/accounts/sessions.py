"""Sessions of the page: an HttpOnly cookie, and a CSRF token that every write has to show in a header."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import Request, Response
from sqlalchemy import delete, insert, select, update

from api.accounts.accounts import Account, account_in, who_of
from api.accounts.secrets import digest, new_secret
from api.accounts.uses import Uses
from api.accounts.who import Who
from api.problems import Problem
from api.settings import Settings
from api.store.database.columns import DatabaseNow
from api.store.database.engine import Store, Tx
from api.store.database.schema import sessions

COOKIE, CSRF_COOKIE = "planner_session", "planner_csrf"
"""The second can be read by the page's own scripts, which send it back as a header; nobody else's can."""

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "testserver"})
SEEN_SECONDS = 60
"""How often use of a session is noted."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session that holds."""

    who: Who
    csrf_hash: str

    def proves(self, csrf: str) -> bool:
        """Return whether `csrf` is this session's token."""
        return hmac.compare_digest(digest(csrf), self.csrf_hash)


def begin(tx: Tx, account: Account, settings: Settings) -> tuple[str, str]:
    """Begin a session; return (cookie, CSRF token). Sessions that ended long ago are cleared away."""
    cookie, csrf, now = new_secret(), new_secret(), tx.now()
    tx.run(delete(sessions).where(sessions.c.expires_at < now - timedelta(days=1)))
    row = {
        "hash": digest(cookie),
        "account_id": account.id,
        "csrf_hash": digest(csrf),
        "created_at": now,
        "seen_at": now,
        "expires_at": now + timedelta(hours=settings.session_hours),
    }
    tx.run(insert(sessions).values(row))
    return cookie, csrf


def look_up(store: Store, cookie: str, settings: Settings, uses: Uses) -> Session | None:
    """Return the session of a cookie, None where there is none, it has ended, or its account is disabled.

    That it was used is noted in `uses`, and a use that is noted there counts: nothing is written here.
    """
    with store.read() as tx:
        row = tx.row(select(sessions).where(sessions.c.hash == digest(cookie), sessions.c.ended_at.is_(None)))
        if row is None:
            return None
        now = tx.now()
        idle = now - max(row["seen_at"], uses.last("session", row["hash"]) or row["seen_at"])
        if now >= row["expires_at"] or idle > timedelta(minutes=settings.idle_minutes):
            return None
        account = account_in(tx, row["account_id"])
    if not account.usable:
        return None
    if idle > timedelta(seconds=SEEN_SECONDS):
        uses.note("session", row["hash"], now)
    return Session(who_of(account, "session"), row["csrf_hash"])


def end(tx: Tx, cookie: str) -> None:
    """End a session."""
    tx.run(update(sessions).where(sessions.c.hash == digest(cookie)).values(ended_at=DatabaseNow()))


def end_all(tx: Tx, account_id: str, but: str | None = None) -> None:
    """End every session of an account, except that of the cookie `but`."""
    query = update(sessions).where(sessions.c.account_id == account_id, sessions.c.ended_at.is_(None))
    if but is not None:
        query = query.where(sessions.c.hash != digest(but))
    tx.run(query.values(ended_at=DatabaseNow()))


def of_account(tx: Tx, account_id: str, cookie: str | None) -> list[dict[str, Any]]:
    """Return the sessions of an account that hold, the newest first; `current` is that of the cookie."""
    table, now = sessions.c, tx.now()
    query = select(table.hash, table.created_at, table.seen_at, table.expires_at)
    query = query.where(table.account_id == account_id, table.ended_at.is_(None), table.expires_at > now)
    current = digest(cookie) if cookie else ""
    rows = tx.rows(query.order_by(table.created_at.desc()))
    return [{**{k: row[k] for k in row if k != "hash"}, "current": row["hash"] == current} for row in rows]


def cookie_of(request: Request) -> str | None:
    """Return the session cookie's value."""
    return request.cookies.get(COOKIE)


def set_cookies(request: Request, response: Response, cookie: str, csrf: str, settings: Settings) -> None:
    """Put the session's cookies into a response. Raises Problem 400 where they would cross a net in the clear."""
    secure = not in_the_clear(request, settings)
    age = round(settings.session_hours * 3600)
    for name, value, hidden in ((COOKIE, cookie, True), (CSRF_COOKIE, csrf, False)):
        response.set_cookie(name, value, max_age=age, secure=secure, httponly=hidden, samesite="strict")


def clear_cookies(response: Response) -> None:
    """Take the session's cookies back."""
    response.delete_cookie(COOKIE, path="/")
    response.delete_cookie(CSRF_COOKIE, path="/")


def in_the_clear(request: Request, settings: Settings) -> bool:
    """Return whether the request came over plain HTTP: from this machine, or as the settings allow.

    Raises Problem 400 where it came from another machine and they do not.
    """
    if request.url.scheme == "https":
        return False
    if request.url.hostname in LOOPBACK or settings.plain_http:
        return True
    detail = "不能在未加密的连接上登录。请经 HTTPS 访问；仅限内部网络时可设 PLANNER_PLAIN_HTTP=1。"
    raise Problem(400, "https", detail)
