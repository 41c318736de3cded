"""Nothing heavy before the right is asked: who may not, or sends too much or too slowly, is refused by the headers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import pytest
from sqlalchemy import select

from api.accounts import throttle
from api.accounts.accounts import release
from api.accounts.passwords import is_weak
from api.http import observe
from api.problems import Problem
from api.store.database.schema import replies
from tests.cli.district import workbook
from tests.http.conftest import Service

pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


def sent(service: Service, path: str, login: str | None, parts: list[bytes] | None, **headers: str) -> tuple[int, int]:
    """Return (status, how many parts of the body were read) of a POST; parts None: they never come."""
    read, status = 0, 0
    given = {"content-type": "application/json", **headers}
    if login:
        given["authorization"] = f"Bearer {service.secrets[login]}"

    async def receive() -> dict[str, Any]:
        nonlocal read
        if parts is None:
            await anyio.sleep(30)
        body = (parts or [b""])[read]
        read += 1
        return {"type": "http.request", "body": body, "more_body": read < len(parts or [b""])}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "server": ("test", 80),
        "client": ("10.0.0.1", 1),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()],
    }
    anyio.run(service.app, scope, receive, send)
    return status, read


BIG = [b"[" + b"1," * 32_000] * 100


def test_without_the_right_no_body_is_read(service: Service) -> None:
    assert sent(service, "/v1/plans", None, BIG) == (401, 0)
    assert sent(service, "/v1/plans", "a1", BIG) == (403, 0)
    assert sent(service, "/v1/imports", "a1", BIG) == (403, 0)


def test_what_is_too_large_is_refused_by_its_header_or_where_it_gets_too_large(service: Service) -> None:
    assert sent(service, "/v1/plans", "bureau", BIG, content_length="6400100") == (413, 0)
    status, read = sent(service, "/v1/plans", "bureau", BIG)
    assert status == 413
    assert read <= 5
    assert sent(service, "/v1/session", None, BIG) == (413, 1)
    answer = service.client("bureau").post("/v1/plans", content=b" " * 300_000)
    assert (answer.status_code, answer.json()["title"]) == (413, "内容过大")


def test_a_body_that_does_not_come_is_not_waited_for(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observe, "BODY_SECONDS", 0.05)
    assert sent(service, "/v1/plans", "bureau", None)[0] == 408


def test_one_workbook_handed_in_by_several_at_once(service: Service, tmp_path: Path) -> None:
    content = workbook(tmp_path / "六月.xlsx").read_bytes()

    def upload(_: int) -> int:
        return service.client("bureau").post("/v1/imports", files={"file": ("六月.xlsx", content)}).status_code

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(upload, range(16))) == {202}


def test_the_secret_of_a_token_is_kept_nowhere_and_given_once(service: Service) -> None:
    order = {"label": "t", "scopes": ["read"], "days": 1}
    client, key = service.client("bureau"), {"Idempotency-Key": "k-1"}
    made = client.post("/v1/tokens", json=order, headers=key)
    assert made.status_code == 201
    again = client.post("/v1/tokens", json=order, headers=key)
    assert (again.status_code, again.json()["code"]) == (409, "told-once")
    with service.store.read() as tx:
        kept = b"".join(bytes(body) for body in tx.values(select(replies.c.body)))
    assert made.json()["secret"].encode() not in kept


def test_a_replay_asks_the_right_again(service: Service) -> None:
    bureau, admin, key = service.client("bureau"), service.client("admin"), {"Idempotency-Key": "k-2"}
    order = {"month": "2026-06"}
    assert bureau.post("/v1/plans", json=order, headers=key).status_code == 202
    assert bureau.post("/v1/plans", json=order, headers=key).headers["Idempotency-Replayed"] == "true"
    accounts = admin.get("/v1/accounts", params={"limit": 500}).json()["items"]
    account = next(one for one in accounts if one["login"] == "bureau")
    version = {"If-Match": f'"{account["version"]}"'}
    changed = admin.patch(f"/v1/accounts/{account['id']}", json={"role": "auditor"}, headers=version)
    assert changed.status_code == 200, changed.text
    with service.store.write() as tx:
        release(tx, account["id"], "another administrator")
    assert bureau.post("/v1/plans", json=order, headers=key).status_code == 403


def test_tokens_fall_with_a_reset_password(service: Service) -> None:
    admin = service.client("admin")
    accounts = admin.get("/v1/accounts", params={"limit": 500}).json()["items"]
    a1 = next(one["id"] for one in accounts if one["login"] == "a1")
    assert service.client("a1").get("/v1/session").status_code == 200
    done = admin.put(f"/v1/accounts/{a1}/password", json={"password": "nine blue boats sing"})
    assert done.status_code == 200, done.text
    assert service.client("a1").get("/v1/session").status_code == 401


@pytest.mark.parametrize(
    "password", ["1234567890", "password123", "Admin@12345", "qwertyuiop", "aaaaaaaaaaaa", "a123456789", "sifaju2026!"]
)
def test_weak_passwords_are_refused(service: Service, password: str) -> None:
    body = {"login": "wang", "name": "王", "role": "auditor", "password": password}
    answer = service.client("admin").post("/v1/accounts", json=body)
    assert answer.status_code == 422
    assert "容易被猜到" in answer.json()["detail"]


def test_passphrases_are_not(url: str) -> None:
    assert not any(is_weak(one) for one in ("correct horse battery", "nine blue boats sing", "Tr4ktor-unter-Birnen"))
    assert is_weak("wangxiaoming1", "wangxiaoming")


def _refused(service: Service, address: str) -> bool:
    try:
        throttle.attempt(service.store, "bureau", address)
    except Problem as problem:
        return problem.status == 429
    return False


def test_who_guesses_from_everywhere_does_not_shut_the_owner_out(service: Service) -> None:
    refused = [_refused(service, f"10.0.0.{n % 10}") for n in range(60)]
    assert sum(refused) >= 30  # each of the stranger's addresses is slowed down
    throttle.attempt(service.store, "bureau", "192.168.1.7")  # the owner's first try passes
