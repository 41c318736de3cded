"""Login by an OpenID Connect provider: authorization code with PKCE; who may come in is still a matter of accounts.

A provider says who somebody is, never what that one may do: its subject has to be linked to an account beforehand
(`planner account link`). What is kept between going and coming back (state, nonce, verifier) lies in a short-lived
cookie of the browser that went, so that nobody can be logged in by another's link.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

import httpx2
from sqlalchemy import select, update

from api.accounts.accounts import Account, account_in
from api.accounts.secrets import new_secret
from api.problems import Problem
from api.settings import Settings
from api.store import log
from api.store.database.engine import Tx
from api.store.database.errors import ConflictError
from api.store.database.schema import accounts
from planner.domain.errors import InputError

COOKIE = "planner_oidc"
COOKIE_SECONDS = 600
LEEWAY_SECONDS = 60
KEPT_SECONDS = 3600.0
"""How long what the provider says of itself is kept."""
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""Signatures that are taken; never none, and none by a shared secret."""


@dataclass(frozen=True, slots=True)
class Going:
    """What is remembered between going to the provider and coming back."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Going:
        """Return fresh values."""
        return cls(new_secret(), new_secret(), new_secret() + new_secret())

    @classmethod
    def of_cookie(cls, text: str | None) -> Going | None:
        """Return what a cookie holds, None where it holds something else."""
        parts = (text or "").split("|")
        return cls(*parts) if len(parts) == 3 and all(parts) else None

    def cookie(self) -> str:
        """Return the cookie's value."""
        return "|".join((self.state, self.nonce, self.verifier))


class Provider:
    """The provider of the settings; what it says of itself is asked for when needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._told: tuple[float, dict[str, Any], Any] | None = None

    def way_there(self, going: Going, back: str) -> str:
        """Return the address that the browser goes to; `back` is where the provider sends it again."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(going.verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "response_type": "code",
            "client_id": self._settings.oidc_client_id,
            "redirect_uri": back,
            "scope": "openid",
            "state": going.state,
            "nonce": going.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        address = str(self._metadata()[0]["authorization_endpoint"])
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    def subject(self, going: Going, state: str, code: str, back: str) -> str:
        """Return who came back, as the provider names it. Raises Problem 401 where anything does not fit."""
        if not hmac.compare_digest(going.state.encode(), state.encode()):
            raise refused("登录请求与返回不符")
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": going.verifier,
        }
        auth = (self._settings.oidc_client_id, self._settings.oidc_client_secret)
        answer = _asked(lambda client: client.post(str(self._metadata()[0]["token_endpoint"]), data=form, auth=auth))
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise refused("认证方没有给出身份凭据")
        return self._verified(token, going.nonce)

    def _verified(self, token: str, nonce: str) -> str:
        from joserfc import jwt
        from joserfc.errors import JoseError

        for again in (False, True):  # keys are changed now and then: they are asked for once more
            metadata, keys = self._metadata(fresh=again)
            try:
                claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
                break
            except (JoseError, ValueError):
                if again:
                    raise refused("身份凭据的签名不符") from None
        wanted: Any = {
            "iss": {"essential": True, "value": metadata["issuer"]},
            "sub": {"essential": True},
            "exp": {"essential": True},
            "nonce": {"essential": True, "value": nonce},
        }
        try:
            jwt.JWTClaimsRegistry(leeway=LEEWAY_SECONDS, **wanted).validate(claims)
        except (JoseError, ValueError, TypeError):
            raise refused("身份凭据不是给本系统这次登录的，或已过期") from None
        audience = claims.get("aud")
        ours, several = self._settings.oidc_client_id, isinstance(audience, list) and len(audience) > 1
        meant = ours in audience if isinstance(audience, list) else audience == ours
        if not meant or (several and claims.get("azp") != ours):
            raise refused("身份凭据不是给本系统的")
        return str(claims["sub"])

    def _metadata(self, fresh: bool = False) -> tuple[dict[str, Any], Any]:
        from joserfc.jwk import KeySet

        with self._lock:
            if self._told is None or fresh or time.monotonic() - self._told[0] > KEPT_SECONDS:
                issuer = self._settings.oidc_issuer.rstrip("/")
                told = _asked(lambda client: client.get(f"{issuer}/.well-known/openid-configuration"))
                if str(told.get("issuer", "")).rstrip("/") != issuer:
                    raise refused("认证方自报的地址与设置不符")
                keys = _asked(lambda client: client.get(str(told["jwks_uri"])))
                self._told = time.monotonic(), told, KeySet.import_key_set(cast("Any", keys))
            _, told, known = self._told
            return told, known


def link(tx: Tx, account: Account, subject: str | None, who: str) -> None:
    """Link an account to a provider's subject, or to none. Raises ConflictError where another account has it."""
    if subject is not None and not 1 <= len(subject) <= 200:
        raise InputError("认证方的用户标识应为 1–200 个字符 / a subject has 1 to 200 characters")
    holder = None if subject is None else tx.value(select(accounts.c.id).where(accounts.c.oidc_subject == subject))
    if holder not in (None, account.id):
        raise ConflictError("该标识已与另一账号关联 / another account has this subject")
    tx.run(update(accounts).where(accounts.c.id == account.id).values(oidc_subject=subject))
    grounds = {"login": account.login, "linked": subject is not None}
    log.append(tx, who, "account.link", f"account:{account.id}", grounds, agency_id=account.agency_id or "")


def linked(tx: Tx, subject: str) -> Account:
    """Return the account of a subject. Raises Problem 401 where none is linked, or it is disabled."""
    found: str | None = tx.value(select(accounts.c.id).where(accounts.c.oidc_subject == subject))
    account = None if found is None else account_in(tx, found)
    if account is None or not account.usable:
        raise refused("没有与此身份关联的账号，或账号已停用")
    return account


def refused(why: str) -> Problem:
    """Return the problem of a login that failed."""
    return Problem(401, "oidc", f"{why}。请重新登录，仍不行请找管理员。")


def _asked(ask: Callable[[httpx2.Client], httpx2.Response]) -> dict[str, Any]:
    """Return the JSON object that the provider answers with. Raises Problem 503 where it cannot be had."""
    try:
        with httpx2.Client(timeout=10) as client:
            answer = ask(client)
            if answer.status_code == 400:
                raise refused("认证方不接受这次登录")
            answer.raise_for_status()
            value = answer.json()
    except (httpx2.HTTPError, ValueError, KeyError):
        raise Problem(503, "oidc-provider", "统一认证暂时不可用。请稍后再试，或用密码登录。") from None
    if not isinstance(value, dict):
        raise Problem(503, "oidc-provider", "统一认证的答复不可用。请稍后再试，或用密码登录。")
    return value
