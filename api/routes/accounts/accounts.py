"""Accounts, for the administrator. They are disabled, never deleted: records name them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Response

from api.accounts import accounts, passwords, sessions, tokens
from api.http.deps import IfMatch, Listed, PageDep, StoreDep, set_etag
from api.http.models.accounts import AccountChange, AccountNew, AccountOut, Done, NewPassword
from api.http.routing import router as new_router
from api.marks import cursor_of, matched
from api.rights import Who, allow

router = new_router("账号")
HELD_FOR = {"role", "agency_id", "town", "active"}
"""Changes of an account that let it do more, or let it in."""


@router.get("/accounts", operation_id="accounts.list", summary="账号列表")
def list_accounts(
    who: Annotated[Who, Depends(allow("accounts.list"))], store: StoreDep, page: PageDep
) -> Listed[AccountOut]:
    """Return accounts in order of login."""
    with store.read() as tx:
        found = accounts.accounts_in(tx, page.text() or "", page.limit)
    more = cursor_of(found[-1].login) if len(found) == page.limit else None
    return Listed(items=[AccountOut.of(account) for account in found], next=more)


@router.post("/accounts", operation_id="accounts.add", summary="新建账号", status_code=201)
def add_account(
    body: AccountNew, who: Annotated[Who, Depends(allow("accounts.add"))], response: Response, store: StoreDep
) -> AccountOut:
    """Make an account; it is in the log who made it. It is held until somebody else confirms it, as `held_by` tells."""
    password_hash = None if body.password is None else passwords.hash_password(body.password, body.login)
    with store.write() as tx:
        account = accounts.add(
            tx, body.login, body.name, body.role, password_hash, who.login, agency_id=body.agency_id, town=body.town
        )
        account = accounts.hold(tx, account, who.login)
    set_etag(response, account.etag)
    return AccountOut.of(account)


@router.get("/accounts/{account_id}", operation_id="accounts.get", summary="一个账号")
def get_account(
    account_id: str, who: Annotated[Who, Depends(allow("accounts.get"))], response: Response, store: StoreDep
) -> AccountOut:
    """Return an account; its version is the ETag."""
    with store.read() as tx:
        account = accounts.account_in(tx, account_id)
    set_etag(response, account.etag)
    return AccountOut.of(account)


@router.patch("/accounts/{account_id}", operation_id="accounts.change", summary="修改、停用、启用账号")
def change_account(
    account_id: str,
    body: AccountChange,
    version: IfMatch,
    who: Annotated[Who, Depends(allow("accounts.change"))],
    response: Response,
    store: StoreDep,
) -> AccountOut:
    """Change what is given. One who is disabled is out at once; one whose role, agency or town changes, or who is
    enabled, is held until somebody else confirms it.
    """
    values = body.model_dump(exclude_unset=True)
    values = {key: value for key, value in values.items() if value is not None or key in ("agency_id", "town")}
    with store.write() as tx:
        matched(version, accounts.account_in(tx, account_id).etag)
        account = accounts.change(tx, account_id, version, values, who.login)
        if HELD_FOR & values.keys() and values.get("active", True):
            account = accounts.hold(tx, account, who.login)
        if not account.usable:
            sessions.end_all(tx, account_id)
    set_etag(response, account.etag)
    return AccountOut.of(account)


@router.put("/accounts/{account_id}/password", operation_id="accounts.password", summary="重设密码")
def set_password(
    account_id: str, body: NewPassword, who: Annotated[Who, Depends(allow("accounts.password"))], store: StoreDep
) -> Done:
    """Set an account's password; its sessions end, its tokens are revoked, and it is held until somebody else confirms
    it: who sets a password knows it.
    """
    with store.read() as tx:
        login = accounts.account_in(tx, account_id).login
    password_hash = passwords.hash_password(body.password, login)
    with store.write() as tx:
        accounts.set_password_hash(tx, account_id, password_hash, who.login)
        if account_id != who.account_id:
            accounts.hold(tx, accounts.account_in(tx, account_id), who.login)
        sessions.end_all(tx, account_id)
        tokens.revoke_all(tx, account_id, who.login)
    return Done()


@router.post("/accounts/{account_id}/release", operation_id="accounts.release", summary="确认他人对账号的改动")
def release_account(
    account_id: str, who: Annotated[Who, Depends(allow("accounts.release"))], response: Response, store: StoreDep
) -> AccountOut:
    """Confirm what the system's administrator did to an account, which may be used from then on.

    That is the part of the security administrator, or of the bureau, and of no system's administrator.
    """
    with store.write() as tx:
        account = accounts.release(tx, account_id, who.login)
    set_etag(response, account.etag)
    return AccountOut.of(account)
