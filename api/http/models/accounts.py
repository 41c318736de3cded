"""Shapes of sessions, accounts and tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.accounts.accounts import Account
from api.accounts.passwords import LONGEST, SHORTEST
from api.accounts.tokens import LONGEST_DAYS, Token
from api.accounts.who import ROLE_NAMES, Role, Scope

Text = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""A line of text that databases and people can take."""
Password = Annotated[str, StringConstraints(min_length=SHORTEST, max_length=LONGEST)]


def _example(**values: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"example": values})


class Login(BaseModel):
    """Login and password."""

    model_config = _example(login="li", password="春风不度玉门关-2026")

    login: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]


class Me(BaseModel):
    """Who is asking, and what that one may do; `operations` are the operation ids of this document."""

    model_config = _example(
        account_id="0f9c",
        login="li",
        name="李敏",
        role="bureau",
        role_name="统筹部门",
        agency_id=None,
        town=None,
        scopes=["filings", "plans", "publish", "read"],
        operations=["jobs.list", "session.me"],
    )

    account_id: str
    login: str
    name: str
    role: Role
    role_name: str
    agency_id: str | None
    town: str | None
    scopes: list[str]
    operations: list[str]


class PasswordChange(BaseModel):
    """One's own password: the one that holds, and the new one."""

    model_config = _example(old="春风不度玉门关-2026", new="羌笛何须怨杨柳-2026")

    old: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]
    new: Password


class SessionOut(BaseModel):
    """A login of one's own account that holds."""

    model_config = _example(
        created_at="2026-06-01T01:00:00Z",
        seen_at="2026-06-01T02:00:00Z",
        expires_at="2026-06-01T13:00:00Z",
        current=True,
    )

    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    current: bool = Field(description="是否就是提出此请求的登录")


class AccountOut(BaseModel):
    """An account."""

    model_config = _example(
        id="0f9c",
        login="yingji-zhang",
        name="张强",
        role="agency",
        role_name="检查主体",
        agency_id="YJ",
        town=None,
        active=True,
        created_at="2026-06-01T01:00:00Z",
        created_by="admin",
        version=1,
        held_by=None,
    )

    id: str
    login: str
    name: str
    role: Role
    role_name: str
    agency_id: str | None
    town: str | None
    active: bool
    created_at: datetime
    created_by: str
    version: int
    held_by: str | None = Field(description="改动此账号的管理员：待他人确认；空为可用")

    @classmethod
    def of(cls, account: Account) -> AccountOut:
        """Return the shape of an account."""
        return cls(
            id=account.id,
            login=account.login,
            name=account.name,
            role=account.role,
            role_name=ROLE_NAMES[account.role],
            agency_id=account.agency_id,
            town=account.town,
            active=account.active,
            created_at=account.created_at,
            created_by=account.created_by,
            version=account.etag,
            held_by=account.held_by,
        )


class AccountNew(BaseModel):
    """An account to be made. Without a password it can only be used with tokens."""

    model_config = _example(
        login="yingji-zhang", name="张强", role="agency", agency_id="YJ", password="一行白鹭上青天-2026"
    )

    login: Text
    name: Text
    role: Role
    agency_id: Text | None = None
    town: Text | None = None
    password: Password | None = None


class AccountChange(BaseModel):
    """What is to be changed; what is left out stays."""

    model_config = _example(active=False)

    name: Text | None = None
    role: Role | None = None
    agency_id: Text | None = None
    town: Text | None = None
    active: bool | None = None


class NewPassword(BaseModel):
    """A password that an administrator sets."""

    model_config = _example(password="两个黄鹂鸣翠柳-2026")

    password: Password


class TokenOut(BaseModel):
    """A token without its secret."""

    model_config = _example(
        id="7a21",
        account_id="0f9c",
        label="与行政执法平台对接",
        scopes=["filings", "read"],
        created_at="2026-06-01T01:00:00Z",
        expires_at="2026-12-01T01:00:00Z",
        used_at=None,
        revoked_at=None,
    )

    id: str
    account_id: str
    label: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of(cls, token: Token) -> TokenOut:
        """Return the shape of a token."""
        return cls(**{name: getattr(token, name) for name in cls.model_fields})


class TokenNew(BaseModel):
    """A token to be issued; for another account by an administrator only."""

    model_config = _example(label="与行政执法平台对接", scopes=["filings", "read"], days=180)

    label: Text
    scopes: list[Scope] = Field(min_length=1, max_length=10)
    days: int = Field(90, ge=1, le=LONGEST_DAYS)
    account_id: Text | None = None


class TokenIssued(BaseModel):
    """A new token. The secret is shown this once and not kept."""

    model_config = _example(token=TokenOut.model_config["json_schema_extra"]["example"], secret="zhc_3Q…")  # type: ignore[index]

    token: TokenOut
    secret: str


class Done(BaseModel):
    """It is done."""

    model_config = _example(status="done")

    status: Literal["done"] = "done"
