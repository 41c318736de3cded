"""Guessing passwords is slowed down, for every process alike: failures are counted in the database.

An attempt counts as failed from its beginning until it has succeeded, so attempts at the same time count too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, func, insert, select

from api.http.problems import Problem
from api.store import Store
from api.store.schema import login_failures

WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class _Limit:
    """At most `most` failures in the window where `same` holds."""

    same: ColumnElement[bool]
    most: int


def attempt(store: Store, login: str, address: str) -> None:
    """Note an attempt. Raises Problem 429 where there were too many that failed.

    Five for a login from one address; more from elsewhere, so that a stranger does not shut its owner out at once.
    """
    table = login_failures
    login, address = login.lower()[:200], address[:200]
    by_login, by_address = table.c.login == login, table.c.address == address
    limits = (_Limit(and_(by_login, by_address), 5), _Limit(by_login, 20), _Limit(by_address, 50))
    with store.write() as tx:
        now = tx.now()
        tx.run(delete(table).where(table.c.at < now - WINDOW))
        for limit in limits:
            row = tx.row(select(func.count().label("n"), func.min(table.c.at).label("first")).where(limit.same))
            if row is not None and row["n"] >= limit.most:
                seconds = max(1, math.ceil((row["first"] + WINDOW - now).total_seconds()))
                detail = f"登录失败次数过多，请 {math.ceil(seconds / 60)} 分钟后再试，或请管理员重设密码。"
                raise Problem(429, "throttled", detail, headers={"Retry-After": str(seconds)})
        tx.run(insert(table).values(login=login, address=address, at=now))


def succeeded(store: Store, login: str) -> None:
    """Forget the failures of a login."""
    with store.write(alone=False) as tx:
        tx.run(delete(login_failures).where(login_failures.c.login == login.lower()[:200]))
