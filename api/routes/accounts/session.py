"""Logging in and out of the page, and one's own password."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response

from api.accounts import accounts, passwords, sessions, throttle
from api.accounts.accounts import who_of
from api.accounts.limits import address_of, take
from api.accounts.who import PUBLIC, ROLE_NAMES
from api.http.deps import Listed, SettingsDep, StoreDep
from api.http.models.accounts import Done, Login, Me, PasswordChange, SessionOut
from api.http.routing import router as new_router
from api.problems import Problem
from api.rights import OPERATIONS, Who, allow, may
from api.store import log

router = new_router("登录")


def knock(request: Request) -> None:
    """Count a request of whoever is not in yet, by address. A stale session does not keep anybody from logging in."""
    take(request, PUBLIC)


@router.post("/session", operation_id="session.login", summary="登录", dependencies=[Depends(knock)])
def login(body: Login, request: Request, response: Response, store: StoreDep, settings: SettingsDep) -> Me:
    """Begin a session: two cookies; the second, `planner_csrf`, goes into the header `X-CSRF-Token` of every write."""
    sessions.in_the_clear(request, settings)
    throttle.attempt(store, body.login, address_of(request))
    with store.read() as tx:
        found = accounts.by_login(tx, body.login)
    with throttle.turn(address_of(request)):
        right = passwords.verify(body.password, found[1] if found else None)
    if not right or found is None or not found[0].active:
        raise Problem(401, "credentials", "登录名或密码不对，或账号已停用。")
    account = found[0]
    throttle.forget_failures(store, body.login, address_of(request))
    if account.held_by is not None:
        detail = f"此账号由 {account.held_by} 新建或改动，待另一位管理员或统筹部门确认后才能登录。"
        raise Problem(403, "held", detail)
    with store.write() as tx:
        cookie, csrf = sessions.begin(tx, account, settings)
        log.append(tx, account.login, "account.login", f"account:{account.id}", agency_id=account.agency_id or "")
    sessions.set_cookies(request, response, cookie, csrf, settings)
    return _me(who_of(account, "session"))


@router.get("/session", operation_id="session.me", summary="我是谁、能做什么")
def me(who: Annotated[Who, Depends(allow("session.me"))]) -> Me:
    """Return the account that asks."""
    return _me(who)


@router.delete("/session", operation_id="session.logout", summary="退出登录")
def logout(
    who: Annotated[Who, Depends(allow("session.logout"))], request: Request, response: Response, store: StoreDep
) -> Done:
    """End the session of the cookie; a token ends by being revoked."""
    cookie = sessions.cookie_of(request)
    if who.by == "session" and cookie is not None:
        with store.write() as tx:
            sessions.end(tx, cookie)
            log.append(tx, who.login, "account.logout", f"account:{who.account_id}", agency_id=who.agency_id or "")
    sessions.clear_cookies(response)
    return Done()


@router.put("/session/password", operation_id="session.password", summary="修改自己的密码")
def change_password(
    body: PasswordChange, who: Annotated[Who, Depends(allow("session.password"))], request: Request, store: StoreDep
) -> Done:
    """Change one's own password; all other sessions of the account end."""
    throttle.attempt(store, who.login, address_of(request))
    with store.read() as tx:
        found = accounts.by_login(tx, who.login)
    if not passwords.verify(body.old, found[1] if found else None):
        raise Problem(403, "credentials", "原密码不对。")
    throttle.forget_failures(store, who.login, address_of(request))
    password_hash = passwords.hash_password(body.new, who.login)
    with store.write() as tx:
        accounts.set_password_hash(tx, who.account_id, password_hash, who.login)
        sessions.end_all(tx, who.account_id, but=sessions.cookie_of(request))
    return Done()


@router.get("/sessions", operation_id="session.list", summary="自己账号的登录")
def list_sessions(
    who: Annotated[Who, Depends(allow("session.list"))], request: Request, store: StoreDep
) -> Listed[SessionOut]:
    """Return where one's own account is logged in."""
    with store.read() as tx:
        found = sessions.of_account(tx, who.account_id, sessions.cookie_of(request))
    return Listed(items=[SessionOut(**one) for one in found], next=None)


@router.delete("/sessions", operation_id="session.end-others", summary="退出自己账号的其他登录")
def end_other_sessions(
    who: Annotated[Who, Depends(allow("session.end-others"))], request: Request, store: StoreDep
) -> Done:
    """End every session of one's own account but the one that asks."""
    with store.write() as tx:
        sessions.end_all(tx, who.account_id, but=sessions.cookie_of(request))
        log.append(tx, who.login, "account.logout", f"account:{who.account_id}", agency_id=who.agency_id or "")
    return Done()


def _me(who: Who) -> Me:
    return Me(
        account_id=who.account_id,
        login=who.login,
        name=who.name,
        role=who.role,
        role_name=ROLE_NAMES[who.role],
        agency_id=who.agency_id,
        town=who.town,
        scopes=sorted(who.scopes),
        operations=sorted(name for name, right in OPERATIONS.items() if may(who, right) is None),
    )
