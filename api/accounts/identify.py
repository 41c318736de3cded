"""Request → who asks: a token in the header `Authorization`, or the page's session cookie."""

from __future__ import annotations

from fastapi import Request

from api.accounts import sessions, tokens
from api.accounts.who import PUBLIC, Who
from api.problems import Problem
from api.store import Store

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "X-CSRF-Token"


def identify(request: Request) -> Who:
    """Return who asks, the public where the request carries nothing. Looked up once for each request.

    Raises Problem 401 where what it carries is wrong or expired, 403 where a write of the page lacks its CSRF token.
    """
    known = getattr(request.state, "who", None)
    if isinstance(known, Who):
        return known
    store: Store = request.app.state.store
    header = request.headers.get("Authorization", "")
    if header:
        kind, _, value = header.partition(" ")
        found = tokens.look_up(store, value.strip(), request.app.state.uses) if kind.lower() == "bearer" else None
        if found is None:
            raise Problem(
                401, "token", "令牌无效、已撤销或已过期。请申请新的令牌。", headers={"WWW-Authenticate": "Bearer"}
            )
    else:
        found = _of_session(request, store)
    request.state.who = found
    return found


def _of_session(request: Request, store: Store) -> Who:
    value = sessions.cookie_of(request)
    if value is None:
        return PUBLIC
    session = sessions.look_up(store, value, request.app.state.settings, request.app.state.uses)
    if session is None:
        # A stale cookie must not shut its owner out of what everybody may do, such as logging in.
        return PUBLIC
    if request.method not in SAFE and not session.proves(request.headers.get(CSRF_HEADER, "")):
        raise Problem(403, "csrf", f"缺少或不符的防伪标记（请求头 {CSRF_HEADER}）。请刷新页面后重试。")
    return session.who
