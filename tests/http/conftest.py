"""The service on each database, with an account for every role, and clients that speak for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.accounts import accounts, tokens
from api.accounts.passwords import hash_password
from api.accounts.who import SCOPES
from api.app import create_app
from api.settings import Settings
from api.store import Store
from api.store.inputs.library import Row, new_revision, put
from planner.domain.case import RowRef
from planner.intake.tables.records import AgencyRow
from tests.api.conftest import bare, emptied, migrated_database, migrated_file, postgres, store, url

__all__ = ["bare", "emptied", "migrated_database", "migrated_file", "postgres", "store", "url"]

PASSWORD = "correct horse battery"
AGENCIES = (("A1", "应急管理局", ""), ("A1-2", "执法二中队", "A1"), ("B1", "市场监管局", ""))
PEOPLE = {
    "admin": {"role": "admin"},
    "bureau": {"role": "bureau"},
    "a1": {"role": "agency", "agency_id": "A1"},
    "b1": {"role": "agency", "agency_id": "B1"},
    "town": {"role": "town", "town": "朱泾镇"},
    "auditor": {"role": "auditor"},
    "integrator": {"role": "integrator"},
    "security": {"role": "security"},
    "audit": {"role": "audit"},
}
"""Accounts by login: two agencies' beside one of each other role."""


@cache
def hashed() -> str:
    """Return the hash of `PASSWORD`, made once: it is slow on purpose."""
    return hash_password(PASSWORD)


@dataclass(frozen=True)
class Service:
    """A running service and its store."""

    app: FastAPI
    store: Store
    settings: Settings
    secrets: dict[str, str]

    def client(self, login: str | None = None) -> TestClient:
        """Return a client with the token of `login`, or with nothing. It raises nothing: what fails is an answer."""
        headers = {"Authorization": f"Bearer {self.secrets[login]}"} if login else {}
        return TestClient(self.app, raise_server_exceptions=False, headers=headers)


@pytest.fixture
def settings(url: str, tmp_path: Path) -> Settings:
    """Settings for a service without workers, that nobody asks too often."""
    return Settings(
        data=tmp_path / "data",
        database=url,
        workers=0,
        rate_per_second=10_000,
        rate_burst=10_000,
        poll_seconds=0.02,
        progress_seconds=0.0,
    )


def filled(store: Store) -> dict[str, str]:
    """Put `AGENCIES` and the accounts `PEOPLE` into a store; return a token of each for everything, by login."""
    password_hash, secrets = hashed(), dict[str, str]()
    with store.write() as tx:
        rows = [
            Row("agencies", AgencyRow(key, name, "district", "", parent, "", 0, "", RowRef("agencies", n)), n)
            for n, (key, name, parent) in enumerate(AGENCIES, 2)
        ]
        put(tx, new_revision(tx, "test", "import", "test"), rows)
        for login, more in PEOPLE.items():
            account = accounts.add(tx, login, f"{login} 的姓名", who="test", password_hash=password_hash, **more)
            secrets[login] = tokens.issue(tx, account, "test", SCOPES, 1, "test")[1]
    return secrets


@pytest.fixture
def service(store: Store, settings: Settings) -> Iterator[Service]:
    """The service with `AGENCIES` in its library, the accounts `PEOPLE`, and a token of each for everything."""
    secrets = filled(store)
    app = create_app(settings)
    with TestClient(app):
        yield Service(app, store, settings, secrets)
