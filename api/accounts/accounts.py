"""Accounts: made on the command line or by an administrator, never by themselves; disabled, never deleted."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, insert, select, update

from api.accounts.who import ROLE_NAMES, ROLES, SCOPES, Role, Who
from api.store import log
from api.store.database.engine import Tx
from api.store.database.errors import ConflictError, NotFoundError, StateError
from api.store.database.schema import accounts, library
from planner.domain.errors import InputError

LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{1,63}")


@dataclass(frozen=True, slots=True)
class Account:
    """An account as stored, without its password."""

    id: str
    login: str
    name: str
    role: Role
    agency_id: str | None
    town: str | None
    active: bool
    created_at: datetime
    created_by: str
    etag: int
    held_by: str | None
    """The administrator who made or changed it, as long as nobody else has confirmed that; until then it is shut."""

    @property
    def usable(self) -> bool:
        """Return whether it may be used: neither disabled nor held."""
        return self.active and self.held_by is None


_COLUMNS = [accounts.c[item.name] for item in fields(Account)]


def add(
    tx: Tx,
    login: str,
    name: str,
    role: str,
    password_hash: str | None,
    who: str,
    *,
    agency_id: str | None = None,
    town: str | None = None,
) -> Account:
    """Make an account. Raises InputError where it makes no sense, ConflictError where the login is taken."""
    _sensible(tx, login, name, role, agency_id, town)
    if tx.value(select(accounts.c.id).where(func.lower(accounts.c.login) == login.lower())) is not None:
        raise ConflictError(f"登录名 {login} 已被使用 / the login {login} is taken")
    row = {
        "id": uuid.uuid4().hex,
        "login": login,
        "name": name,
        "role": role,
        "agency_id": agency_id,
        "town": town,
        "password_hash": password_hash,
        "active": True,
        "created_at": tx.now(),
        "created_by": who,
        "etag": 1,
    }
    tx.run(insert(accounts).values(row))
    grounds = {"login": login, "role": role, "agency": agency_id, "town": town}
    log.append(tx, who, "account.add", f"account:{row['id']}", grounds, agency_id=agency_id or "")
    return account_in(tx, str(row["id"]))


def change(tx: Tx, account_id: str, etag: int, values: Mapping[str, Any], who: str) -> Account:
    """Change name, role, agency, town or `active`. Raises NotFoundError, ConflictError where `etag` is old, InputError.

    The last active administrator stays one: StateError.
    """
    account = account_in(tx, account_id)
    if account.etag != etag:
        raise ConflictError(f"账号 {account.login} 已被他人改动 / account {account.login} was changed meanwhile")
    new: dict[str, Any] = {name: getattr(account, name) for name in ("name", "role", "agency_id", "town")}
    new |= values
    _sensible(tx, account.login, new["name"], new["role"], new["agency_id"], new["town"])
    ceases = account.role == "admin" and account.active and (new["role"] != "admin" or not new.get("active", True))
    if ceases and _admins(tx) == 1:
        raise StateError("这是最后一个系统管理员，不能停用或改为其他角色 / the last administrator has to stay one")
    tx.run(update(accounts).where(accounts.c.id == account_id).values(**new, etag=etag + 1))
    log.append(tx, who, "account.change", f"account:{account_id}", dict(values), agency_id=new["agency_id"] or "")
    return account_in(tx, account_id)


def set_password_hash(tx: Tx, account_id: str, password_hash: str, who: str) -> None:
    """Store a new password's hash, and say in the log that there is one."""
    account = account_in(tx, account_id)
    tx.run(update(accounts).where(accounts.c.id == account_id).values(password_hash=password_hash))
    what = {"login": account.login}
    log.append(tx, who, "account.password", f"account:{account_id}", what, agency_id=account.agency_id or "")


def hold(tx: Tx, account: Account, who: str) -> Account:
    """Shut an account until somebody else than the administrator `who` confirms what that one did to it.

    An administrator who sets a password, gives a role or makes an account knows how to get in: alone that would make
    each of them the coordinator. What programs use is not held: an integrator decides nothing.
    """
    if account.role == "integrator":
        return account
    tx.run(update(accounts).where(accounts.c.id == account.id).values(held_by=who))
    log.append(tx, who, "account.hold", f"account:{account.id}", {"login": account.login})
    return account_in(tx, account.id)


def release(tx: Tx, account_id: str, who: str) -> Account:
    """Confirm what an administrator did to an account. Raises NotFoundError, StateError where `who` is that one."""
    account = account_in(tx, account_id)
    if account.held_by is None:
        return account
    if account.held_by == who:
        raise StateError("须由他人（安全管理员或统筹部门）确认，不能自己确认自己的改动 / somebody else has to confirm")
    tx.run(update(accounts).where(accounts.c.id == account_id).values(held_by=None))
    what = {"login": account.login, "held_by": account.held_by}
    log.append(tx, who, "account.release", f"account:{account_id}", what, agency_id=account.agency_id or "")
    return account_in(tx, account_id)


def account_in(tx: Tx, account_id: str) -> Account:
    """Return an account. Raises NotFoundError."""
    row = tx.row(select(*_COLUMNS).where(accounts.c.id == account_id))
    if row is None:
        raise NotFoundError(f"没有账号 {account_id} / there is no account {account_id}")
    return Account(**row)


def by_login(tx: Tx, login: str) -> tuple[Account, str | None] | None:
    """Return the account of a login (capitals do not count) with its password's hash, None where there is none."""
    row = tx.row(select(*_COLUMNS, accounts.c.password_hash).where(func.lower(accounts.c.login) == login.lower()))
    if row is None:
        return None
    password_hash = row.pop("password_hash")
    return Account(**row), password_hash


def accounts_in(tx: Tx, after: str = "", limit: int = 100) -> list[Account]:
    """Return accounts by login, those after `after`."""
    query = select(*_COLUMNS).where(accounts.c.login > after).order_by(accounts.c.login).limit(limit)
    return [Account(**row) for row in tx.rows(query)]


def count(tx: Tx) -> int:
    """Return the number of accounts."""
    return int(tx.value(select(func.count()).select_from(accounts)) or 0)


def who_of(account: Account, by: Literal["session", "token"]) -> Who:
    """Return the account as a request knows it."""
    return Who(
        account.id, account.login, account.name, account.role, account.agency_id, account.town, frozenset(SCOPES), by
    )


def _admins(tx: Tx) -> int:
    query = select(func.count()).select_from(accounts).where(accounts.c.role == "admin", accounts.c.active)
    return int(tx.value(query) or 0)


def _sensible(tx: Tx, login: str, name: str, role: str, agency_id: str | None, town: str | None) -> None:
    """Raise InputError where an account with these values makes no sense."""
    if not LOGIN.fullmatch(login):
        raise InputError("登录名应为 2–64 个字母、数字或 . _ @ - / a login is 2 to 64 letters, digits or . _ @ -")
    if not name.strip():
        raise InputError("请填写姓名 / a name is needed")
    if role not in ROLES or role == "public":
        known = "、".join(f"{r}({ROLE_NAMES[r]})" for r in ROLES if r != "public")
        raise InputError(f"角色应为 {known} 之一 / a role is one of {known}")
    if (role == "agency") != (agency_id is not None) and role != "integrator":
        raise InputError(
            "检查主体账号须写明主体编号，其他账号不写 / an agency's account names its agency, others do not"
        )
    if (role == "town") != (town is not None):
        raise InputError("街镇账号须写明街镇，其他账号不写 / a town's account, and no other, names its town")
    if agency_id is not None and agency_id not in _agencies(tx):
        raise InputError(f"没有检查主体 {agency_id} / there is no agency {agency_id}")


def _agencies(tx: Tx) -> set[str]:
    query = select(library.c.key).where(library.c.kind == "agencies", library.c.until.is_(None))
    return set(tx.values(query))
