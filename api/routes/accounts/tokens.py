"""Tokens of programs. Everybody has one's own; an administrator revokes anybody's and issues those of integrators."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from api.accounts import accounts, tokens
from api.http.deps import Listed, StoreDep
from api.http.models.accounts import TokenIssued, TokenNew, TokenOut
from api.http.routing import router as new_router
from api.problems import Problem
from api.rights import Who, allow
from api.store.database.errors import NotFoundError

router = new_router("令牌")


@router.get("/tokens", operation_id="tokens.list", summary="令牌列表")
def list_tokens(
    who: Annotated[Who, Depends(allow("tokens.list"))],
    store: StoreDep,
    account_id: Annotated[str | None, Query(max_length=64, description="他人账号；仅限管理员")] = None,
) -> Listed[TokenOut]:
    """Return one's own tokens, or an account's for an administrator; secrets are in nobody's reach."""
    with store.read() as tx:
        found = tokens.tokens_of(tx, _owner(who, account_id))
    return Listed(items=[TokenOut.of(token) for token in found], next=None)


@router.post("/tokens", operation_id="tokens.issue", summary="申请令牌", status_code=201)
def issue_token(body: TokenNew, who: Annotated[Who, Depends(allow("tokens.issue"))], store: StoreDep) -> TokenIssued:
    """Issue a token. It can do no more than who asks for it; for another account only where that is an integrator's."""
    beyond = sorted(set(body.scopes) - who.scopes)
    if beyond:
        raise Problem(403, "scope", f"不能申请自己没有的权限：{'、'.join(beyond)}。")
    with store.write() as tx:
        owner = accounts.account_in(tx, _owner(who, body.account_id))
        if owner.id != who.account_id and owner.role != "integrator":
            # Whoever holds a token acts in its owner's name.
            raise Problem(403, "consent", "不能替他人申请令牌。请本人登录后申请；管理员只能为“系统对接”账号申请。")
        token, secret = tokens.issue(tx, owner, body.label, body.scopes, body.days, who.login)
    return TokenIssued(token=TokenOut.of(token), secret=secret)


@router.delete("/tokens/{token_id}", operation_id="tokens.revoke", summary="撤销令牌")
def revoke_token(token_id: str, who: Annotated[Who, Depends(allow("tokens.revoke"))], store: StoreDep) -> TokenOut:
    """Revoke a token; the next request with it is refused."""
    with store.write() as tx:
        token = tokens.token_in(tx, token_id)
        if who.role not in ("admin", "security") and token.account_id != who.account_id:
            # That it exists is nobody else's business.
            raise NotFoundError(f"没有令牌 {token_id} / there is no token {token_id}")
        return TokenOut.of(tokens.revoke(tx, token_id, who.login))


def _owner(who: Who, account_id: str | None) -> str:
    if account_id in (None, who.account_id):
        return who.account_id
    if who.role != "admin":
        raise Problem(403, "role", "只有系统管理员能处理他人的令牌。")
    return str(account_id)
