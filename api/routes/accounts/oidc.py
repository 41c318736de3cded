"""Login by the organisation's own identity provider, where the settings name one."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.accounts import oidc, sessions
from api.http.deps import SettingsDep, StoreDep
from api.http.routing import router as new_router
from api.problems import Problem
from api.rights import Who, allow
from api.settings import Settings
from api.store import log

router = new_router("登录")

BACK = "/v1/session/oidc/callback"
HOME = '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/"><a href="/">进入系统</a>'
"""A page of ours that goes home: strict cookies do not go along on the provider's own redirect."""


def provider_of(request: Request, settings: Settings) -> oidc.Provider:
    """Return the provider. Raises Problem 404 where the settings name none."""
    if not settings.signs_on_elsewhere:
        raise Problem(404, "not-found", "本系统没有设置统一认证，请用密码登录。")
    found: oidc.Provider = request.app.state.oidc
    return found


@router.get(
    "/session/oidc",
    operation_id="session.oidc",
    summary="用统一认证登录",
    status_code=302,
    response_class=RedirectResponse,
    responses={302: {"description": "转到认证方"}, 404: {"description": "没有设置统一认证"}},
)
def begin(who: Annotated[Who, Depends(allow("session.oidc"))], request: Request, settings: SettingsDep) -> Response:
    """Send the browser to the identity provider."""
    provider = provider_of(request, settings)
    secure = not sessions.in_the_clear(request, settings)
    going = oidc.Going.new()
    response = RedirectResponse(provider.way_there(going, _back(request, settings)), 302)
    # Lax: the provider sends the browser back from another site.
    response.set_cookie(
        oidc.COOKIE,
        going.cookie(),
        max_age=oidc.COOKIE_SECONDS,
        secure=secure,
        httponly=True,
        samesite="lax",
        path=BACK,
    )
    return response


@router.get(
    "/session/oidc/callback",
    operation_id="session.oidc-callback",
    summary="由认证方返回",
    response_class=HTMLResponse,
    responses={200: {"content": {"text/html": {"example": HOME}}}, 404: {"description": "没有设置统一认证"}},
)
def come_back(
    who: Annotated[Who, Depends(allow("session.oidc-callback"))],
    request: Request,
    store: StoreDep,
    settings: SettingsDep,
    state: Annotated[str, Query(max_length=500)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
) -> Response:
    """Begin a session of the account that is linked to whoever comes back."""
    provider = provider_of(request, settings)
    going = oidc.Going.of_cookie(request.cookies.get(oidc.COOKIE))
    if going is None or not code or not state.isascii():
        raise oidc.refused("登录没有完成或等得太久")
    subject = provider.subject(going, state, code, _back(request, settings))
    with store.write() as tx:
        account = oidc.linked(tx, subject)
        cookie, csrf = sessions.begin(tx, account, settings)
        grounds = {"by": "oidc"}
        log.append(
            tx, account.login, "account.login", f"account:{account.id}", grounds, agency_id=account.agency_id or ""
        )
    response = HTMLResponse(HOME)
    sessions.set_cookies(request, response, cookie, csrf, settings)
    response.delete_cookie(oidc.COOKIE, path=BACK)
    return response


def _back(request: Request, settings: Settings) -> str:
    return f"{settings.public_url.rstrip('/') or str(request.base_url).rstrip('/')}{BACK}"
