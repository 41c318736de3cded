"""Every operation × every role × tokens of every scope: what the table says is what happens, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from api.accounts.identify import SAFE
from api.accounts.who import SCOPES
from api.app import create_app
from api.http.routing import UNASKED
from api.rights import OPERATIONS, ROLES, Role, allow, own_agencies
from api.settings import Settings
from tests.http.conftest import Service

PUBLIC = {
    "healthz",
    "readyz",
    "session.login",
    "session.oidc",
    "session.oidc-callback",
    "rulebook.get",
    "rulebook.rules",
    "rulebook.rule",
    "rulebook.clauses",
    "rulebook.clause",
    "finding-types.list",
    "finding-types.get",
    "public.months",
    "public.visits",
    "public.proofs",
}
"""All that may be done without an account. An operation that is to join them has to be written here too."""

OF_ONESELF = {
    "session.login",
    "session.logout",
    "session.password",
    "session.end-others",
    "tokens.issue",
    "tokens.revoke",
}
"""Writes that touch nothing but the account that asks."""

CHECKS = {"plans.verify"}
"""Writes that order a check: a run which reads, and leaves nothing but its own verdict."""

LOGINS: dict[Role, str | None] = {
    "admin": "admin",
    "bureau": "bureau",
    "agency": "a1",
    "town": "town",
    "auditor": "auditor",
    "integrator": "integrator",
    "security": "security",
    "audit": "audit",
    "public": None,
}
REFUSALS = ("login", "role", "scope")


def routes() -> dict[str, tuple[str, str]]:
    """Return (method, path with ids that nothing has) of every operation."""
    app = create_app(Settings(data=Path("unused"), workers=0))
    found = {}
    for path, item in app.openapi()["paths"].items():
        for method, operation in item.items():
            found[operation["operationId"]] = (method.upper(), re.sub(r"\{[^}]*\}", "0", path))
    return found


ROUTES = routes()


def refusal(client: TestClient, operation: str) -> str:
    """Return why the operation is refused to a client, "" where it is not: then whatever else may be wrong with it."""
    method, path = ROUTES[operation]
    answer = client.request(method, path)
    assert answer.status_code < 500, answer.text
    if answer.status_code not in (401, 403):
        return ""
    code = str(answer.json()["code"])
    return code if code in REFUSALS else ""


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_what_the_table_says(service: Service, role: Role) -> None:
    client = service.client(LOGINS[role])
    for operation, right in OPERATIONS.items():
        expected = "" if role in right.roles else "login" if role == "public" else "role"
        assert refusal(client, operation) == expected, operation


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_is_good_for_its_scope_alone(service: Service, scope: str) -> None:
    for role in ("bureau", "admin"):
        login = LOGINS[role]  # type: ignore[index]
        body = {"label": scope, "scopes": [scope], "days": 1}
        client = service.client()
        secret = service.client(login).post("/v1/tokens", json=body).json()["secret"]
        client.headers["Authorization"] = f"Bearer {secret}"
        for operation, right in OPERATIONS.items():
            if role in right.roles:
                good = right.scope == scope or "public" in right.roles
                assert refusal(client, operation) == ("" if good else "scope"), operation


def test_what_the_public_may_do_is_written_down_twice() -> None:
    assert {operation for operation, right in OPERATIONS.items() if "public" in right.roles} <= PUBLIC


def test_auditors_change_nothing_and_reading_tokens_neither() -> None:
    for operation, right in OPERATIONS.items():
        if ROUTES[operation][0] not in SAFE and operation not in OF_ONESELF:
            assert "auditor" not in right.roles or operation in CHECKS, operation
            assert right.scope != "read", operation


OWN = {
    *("session.me", "session.list", "session.end-others", "session.logout", "session.password"),
    *("tokens.list", "tokens.issue", "tokens.revoke"),
}
"""What every account does for itself."""
RUNS = {"jobs.list", "jobs.get", "jobs.events"}
"""Runs, of which an account sees what concerns it: neither the security nor the audit administrator any."""


def test_no_administrator_does_the_part_of_another() -> None:
    """The system's makes and changes accounts, the security's confirms, the audit's reads the log: none plans."""
    open_to_all = {operation for operation, right in OPERATIONS.items() if "public" in right.roles}
    parts = {
        role: {operation for operation, right in OPERATIONS.items() if role in right.roles} - open_to_all - OWN - RUNS
        for role in ("admin", "security", "audit")
    }
    assert parts["audit"] == {"log.list", "log.head", "log.verify", "log.export"}
    assert parts["security"] == {"accounts.list", "accounts.get", "accounts.release"}
    making = {"accounts.add", "accounts.change", "accounts.password"}
    assert parts["admin"] == {"accounts.list", "accounts.get", *making, "jobs.cancel", "metrics", "storage.get"}
    writes = {role: {one for one in part if ROUTES[one][0] not in SAFE} for role, part in parts.items()}
    assert not writes["admin"] & writes["security"]
    assert writes["audit"] == set()


def test_an_operation_without_a_row_cannot_be_built() -> None:
    with pytest.raises(KeyError):
        allow("nothing.of-the-kind")


def test_every_route_under_v1_asks_who_is_there() -> None:
    for route in create_app(Settings(data=Path("unused"), workers=0)).routes:
        if isinstance(route, APIRoute) and route.include_in_schema and route.operation_id not in UNASKED:
            assert route.dependant.dependencies[0].call is allow(str(route.operation_id))


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("a1", {"A1", "A1-2"}),
        ("b1", {"B1"}),
        ("town", set()),
        ("bureau", None),
        ("auditor", None),
        ("integrator", None),
        ("audit", None),
        ("security", set()),
    ],
)
def test_an_agencys_rows_are_those_of_its_sections_too(service: Service, login: str, expected: set[str] | None) -> None:
    from api.accounts.accounts import by_login, who_of

    with service.store.read() as tx:
        found = by_login(tx, login)
        assert found is not None
        assert own_agencies(tx, who_of(found[0], "token")) == expected
