"""Transactions mean the same on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError, StatementError

from api.store import Store
from api.store.database.engine import NotSupportedError
from api.store.database.schema import accounts, login_failures

ACCOUNT = {
    "id": "a",
    "login": "a",
    "name": "",
    "role": "bureau",
    "active": True,
    "created_at": datetime(2026, 1, 1, tzinfo=UTC),
    "created_by": "",
}


def test_no_update_is_lost_among_fifty_writers(store: Store) -> None:
    with store.write() as tx:
        tx.run(insert(accounts).values(**ACCOUNT, etag=0))

    def add_ten(_: int) -> None:
        own = Store(store.url, pool=1, busy_seconds=60)
        for _ in range(10):
            with own.write() as tx:
                seen = tx.value(select(accounts.c.etag))
                tx.run(update(accounts).values(etag=seen + 1))
        own.close()

    with ThreadPoolExecutor(50) as threads:
        list(threads.map(add_ten, range(50)))
    with store.read() as tx:
        assert tx.value(select(accounts.c.etag)) == 500


def test_times_come_back_as_the_same_moment_with_their_zone(store: Store) -> None:
    shanghai = datetime(2026, 6, 1, 8, 30, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    with store.write() as tx:
        tx.run(insert(login_failures).values(login="x", address="", at=shanghai))
    with store.read() as tx:
        found = tx.value(select(login_failures.c.at))
    assert found == shanghai
    assert found.utcoffset() == timedelta(0)


def test_a_time_without_zone_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="time zone"), store.write() as tx:
        tx.run(insert(login_failures).values(login="x", address="", at=datetime(2026, 6, 1)))


def test_the_clock_is_the_databases_and_compares_with_what_is_stored(store: Store) -> None:
    with store.write() as tx:
        now = tx.now()
        tx.run(insert(login_failures).values(login="x", address="", at=now))
    assert abs((now - datetime.now(UTC)).total_seconds()) < 5
    from api.store.database.columns import DatabaseNow

    with store.read() as tx:
        assert tx.value(select(login_failures.c.at < DatabaseNow(1))) is True
        assert tx.value(select(login_failures.c.at > DatabaseNow(3600))) is False
        assert tx.value(select(login_failures.c.at > DatabaseNow(-3600))) is True


def test_a_read_cannot_write_and_sees_one_snapshot(store: Store) -> None:
    with pytest.raises(DBAPIError), store.read() as tx:
        tx.run(insert(accounts).values(**ACCOUNT, etag=0))
    with store.read() as tx:
        assert tx.values(select(accounts.c.id)) == []
        with store.write() as other:
            other.run(insert(accounts).values(**ACCOUNT, etag=0))
        assert tx.values(select(accounts.c.id)) == []
    with store.read() as tx:
        assert tx.values(select(accounts.c.id)) == ["a"]


def test_a_block_that_raises_leaves_nothing(store: Store) -> None:
    def spoiled() -> None:
        with store.write() as tx:
            tx.run(insert(accounts).values(**ACCOUNT, etag=0))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        spoiled()
    with store.read() as tx:
        assert tx.values(select(accounts.c.id)) == []


def test_a_write_inside_a_write_is_refused_at_once(store: Store) -> None:
    with store.write(), pytest.raises(RuntimeError, match="inside"), store.write():
        pass


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_sqlite_is_durable_and_keeps_references(store: Store) -> None:
    with store.write() as tx:
        assert tx.value(text("PRAGMA journal_mode")) == "wal"
        assert tx.value(text("PRAGMA synchronous")) == 2
        assert tx.value(text("PRAGMA foreign_keys")) == 1


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(NotSupportedError):
        Store(url)
