"""Guessing passwords is slowed down, for every process alike: failures are counted in the database.

An attempt counts as failed from its beginning until it has succeeded, so attempts at the same time count too.
"""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, func, insert, select

from api.problems import Problem
from api.store import Store, Tx
from api.store.database.schema import login_failures

WINDOW = timedelta(minutes=15)
AT_ONCE = 4
"""Passwords that one address may have checked at the same time."""
_checking: Counter[str] = Counter()
_lock = threading.Lock()
MANY = 20
"""Failures of one login from all addresses from which on each has but one try."""


@dataclass(frozen=True, slots=True)
class _Limit:
    """At most `most` failures in the window where `same` holds."""

    same: ColumnElement[bool]
    most: int


def attempt(store: Store, login: str, address: str) -> None:
    """Note an attempt. Raises Problem 429 where there were too many that failed.

    Five for a login from one address, fifty from an address for all logins. Where a login is tried from everywhere,
    each address has one try: a stranger, however many addresses he has, does not shut its owner out.
    """
    login, address = login.lower()[:200], address[:200]
    with store.read() as tx:  # whoever is refused anyway does not hold up those who write
        _refuse(tx, login, address)
    with store.write() as tx:
        now = tx.now()
        tx.run(delete(login_failures).where(login_failures.c.at < now - WINDOW))
        _refuse(tx, login, address)
        tx.run(insert(login_failures).values(login=login, address=address, at=now))


def _refuse(tx: Tx, login: str, address: str) -> None:
    """Raise Problem 429 where a login or an address has failed too often of late."""
    table, now = login_failures, tx.now()
    late = table.c.at >= now - WINDOW
    by_login, by_address = and_(table.c.login == login, late), and_(table.c.address == address, late)
    everywhere = tx.value(select(func.count()).select_from(table).where(by_login))
    limits = (_Limit(and_(by_login, by_address), 5 if everywhere < MANY else 1), _Limit(by_address, 50))
    for limit in limits:
        row = tx.row(select(func.count().label("n"), func.min(table.c.at).label("first")).where(limit.same))
        if row is not None and row["n"] >= limit.most:
            seconds = max(1, math.ceil((row["first"] + WINDOW - now).total_seconds()))
            detail = f"登录失败次数过多，请 {math.ceil(seconds / 60)} 分钟后再试，或请管理员重设密码。"
            raise Problem(429, "throttled", detail, headers={"Retry-After": str(seconds)})


@contextmanager
def turn(address: str) -> Iterator[None]:
    """Let an address check a password. Raises Problem 429 where it checks `AT_ONCE` already.

    Checks are slow on purpose, and few run at once: whoever sends many would have everybody else wait behind them.
    """
    with _lock:
        if _checking[address] >= AT_ONCE:
            detail = "此地址正在登录的次数过多，请几秒后再试。"
            raise Problem(429, "login-busy", detail, headers={"Retry-After": "2"})
        _checking[address] += 1
    try:
        yield
    finally:
        with _lock:
            _checking[address] -= 1
            if not _checking[address]:
                del _checking[address]


def forget_failures(store: Store, login: str, address: str | None = None) -> None:
    """Forget the failures of a login from an address (None: from all): others' tries go on counting against them."""
    query = delete(login_failures).where(login_failures.c.login == login.lower()[:200])
    if address is not None:
        query = query.where(login_failures.c.address == address[:200])
    with store.write(alone=False) as tx:
        tx.run(query)
