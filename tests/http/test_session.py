"""Logging in: cookies, CSRF, throttling, what ends a session; nothing tells whether a login exists."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select, update

from api.accounts import passwords, throttle
from api.accounts.uses import Uses
from api.app import create_app
from api.problems import Problem
from api.store import Store, log
from api.store.database.schema import accounts, login_failures, sessions
from tests.http.conftest import PASSWORD, Service


def enter(service: Service, login: str = "bureau", password: str = PASSWORD) -> TestClient:
    client = service.client()
    answer = client.post("/v1/session", json={"login": login, "password": password})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = client.cookies["planner_csrf"]
    return client


def test_a_session_from_login_to_logout(service: Service) -> None:
    client = enter(service)
    me = client.get("/v1/session").json()
    assert (me["login"], me["role"], me["role_name"]) == ("bureau", "bureau", "统筹部门")
    assert "jobs.cancel" in me["operations"]
    assert "accounts.add" not in me["operations"]
    cookie = client.cookies["planner_session"]
    assert client.delete("/v1/session").status_code == 200
    again = service.client()
    again.cookies.set("planner_session", cookie)
    assert again.get("/v1/session").status_code == 401
    acts = [entry["what"] for entry in log.entries(service.store, who="bureau")]
    assert acts == ["account.login", "account.logout"]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(service: Service) -> None:
    answer = service.client().post("/v1/session", json={"login": "bureau", "password": PASSWORD})
    session, csrf = answer.headers.get_list("set-cookie")
    assert session.startswith("planner_session=")
    for part in ("HttpOnly", "SameSite=strict", "Path=/"):
        assert part in session
    assert "HttpOnly" not in csrf


def test_over_https_the_cookies_are_for_https_alone(service: Service) -> None:
    client = TestClient(service.app, base_url="https://planner.example")
    answer = client.post("/v1/session", json={"login": "bureau", "password": PASSWORD})
    assert all("Secure" in cookie for cookie in answer.headers.get_list("set-cookie"))


def test_no_password_crosses_a_net_in_the_clear_unless_the_settings_say_so(service: Service) -> None:
    def login(allowed: int) -> int:
        app = create_app(replace(service.settings, plain_http=allowed))
        with TestClient(app, base_url="http://10.0.0.5") as client:
            return client.post("/v1/session", json={"login": "bureau", "password": PASSWORD}).status_code

    assert (login(0), login(1)) == (400, 200)


def test_a_write_of_the_page_needs_its_csrf_token(service: Service) -> None:
    client = enter(service)
    del client.headers["X-CSRF-Token"]
    body = {"label": "x", "scopes": ["read"], "days": 1}
    assert client.post("/v1/tokens", json=body).json()["code"] == "csrf"
    other = enter(service, "a1")
    client.headers["X-CSRF-Token"] = other.cookies["planner_csrf"]
    assert client.post("/v1/tokens", json=body).status_code == 403
    client.headers["X-CSRF-Token"] = client.cookies["planner_csrf"]
    assert client.post("/v1/tokens", json=body).status_code == 201


@pytest.mark.parametrize(("column", "hours"), [("expires_at", 13), ("seen_at", 1.1)])
def test_a_session_ends_by_itself(service: Service, column: str, hours: float) -> None:
    client = enter(service)
    assert client.get("/v1/session").status_code == 200
    with service.store.write() as tx:
        tx.run(update(sessions).values({column: tx.now() - timedelta(hours=hours)}))
    assert client.get("/v1/session").status_code == 401
    # A stale cookie keeps nobody from logging in, nor from what is public.
    assert client.get("/v1/rulebook").status_code == 200
    client.headers.pop("X-CSRF-Token")
    assert client.post("/v1/session", json={"login": "bureau", "password": PASSWORD}).status_code == 200


def test_use_keeps_a_session_awake(service: Service) -> None:
    client = enter(service)
    with service.store.write() as tx:
        tx.run(update(sessions).values(seen_at=tx.now() - timedelta(minutes=30)))
    assert client.get("/v1/session").status_code == 200
    uses: Uses = service.app.state.uses
    assert uses.write(service.store) == 1
    with service.store.read() as tx:
        assert tx.now() - tx.value(select(sessions.c.seen_at)) < timedelta(minutes=1)
    assert uses.write(service.store) == 0


def test_a_use_that_is_not_written_yet_keeps_a_session_awake(service: Service) -> None:
    client = enter(service)
    with service.store.write() as tx:
        long_ago, mark = tx.now() - timedelta(minutes=61), tx.value(select(sessions.c.hash))
        tx.run(update(sessions).values(seen_at=long_ago))
    service.app.state.uses.note("session", mark, long_ago + timedelta(minutes=30))
    assert client.get("/v1/session").status_code == 200


def test_reads_do_not_wait_for_who_writes(service: Service) -> None:
    """Somebody holds the right to write; reads with a session and a token last seen long ago are answered at once."""
    client, bureau = enter(service), service.client("bureau")
    with service.store.write() as tx:
        tx.run(update(sessions).values(seen_at=tx.now() - timedelta(minutes=30)))
    with service.store.write():
        began = time.monotonic()
        assert client.get("/v1/session").status_code == bureau.get("/v1/jobs").status_code == 200
        assert time.monotonic() - began < 2  # the right to write is waited for 30 seconds


def test_what_cannot_be_written_stays_noted_within_bounds(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uses = Uses()
    with service.store.read() as tx:
        now = tx.now()
    monkeypatch.setattr("api.accounts.uses.MOST", 3)
    for key in "abcd":
        uses.note("token", key, now)
    assert [uses.last("token", key) for key in "abcd"] == [None, now, now, now]
    away = Store(f"sqlite:///{tmp_path / 'none.sqlite'}", busy_seconds=0.2)
    assert uses.write(away) == 0
    assert uses.write(service.store) == 3


@pytest.mark.parametrize("body", [("nobody", PASSWORD), ("bureau", "wrong password"), ("disabled", PASSWORD)])
def test_a_failed_login_tells_nothing(service: Service, body: tuple[str, str]) -> None:
    with service.store.write() as tx:
        tx.run(update(accounts).where(accounts.c.login == "b1").values(login="disabled", active=False))
    answer = service.client().post("/v1/session", json=dict(zip(("login", "password"), body, strict=True)))
    assert answer.status_code == 401
    assert answer.json()["detail"] == "登录名或密码不对，或账号已停用。"
    assert "set-cookie" not in answer.headers


def test_guessing_is_slowed_down_and_the_owner_is_forgiven(service: Service) -> None:
    client = service.client()

    def attempt(login: str, password: str) -> int:
        return client.post("/v1/session", json={"login": login, "password": password}).status_code

    assert [attempt("bureau", "wrong") for _ in range(4)] == [401] * 4
    assert attempt("bureau", PASSWORD) == 200
    assert [attempt("bureau", "wrong") for _ in range(5)] == [401] * 5
    assert attempt("BUREAU", PASSWORD) == 429
    assert attempt("a1", PASSWORD) == 200
    with service.store.write() as tx:
        tx.run(update(login_failures).values(at=tx.now() - throttle.WINDOW - timedelta(seconds=1)))
    assert attempt("bureau", PASSWORD) == 200
    with service.store.read() as tx:
        assert tx.value(select(func.count()).select_from(login_failures)) == 0


def test_throttling_says_for_how_long(service: Service) -> None:
    client, began = service.client(), time.monotonic()
    for _ in range(5):
        client.post("/v1/session", json={"login": "nobody", "password": "wrong"})
    answer = client.post("/v1/session", json={"login": "nobody", "password": "wrong"})
    assert answer.status_code == 429
    took = time.monotonic() - began  # five passwords take their time
    assert 899 - took <= int(answer.headers["Retry-After"]) <= 900


def test_a_new_password_ends_the_other_sessions(service: Service) -> None:
    first, second = enter(service), enter(service)
    wrong = first.put("/v1/session/password", json={"old": "wrong", "new": "a new long password"})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "credentials")
    short = first.put("/v1/session/password", json={"old": PASSWORD, "new": "short"})
    assert short.status_code == 422
    assert first.put("/v1/session/password", json={"old": PASSWORD, "new": "a new long password"}).status_code == 200
    assert first.get("/v1/session").status_code == 200
    assert second.get("/v1/session").status_code == 401
    enter(service, password="a new long password")


def test_one_who_is_disabled_is_out_at_once(service: Service) -> None:
    client, admin = enter(service, "a1"), service.client("admin")
    account = next(a for a in admin.get("/v1/accounts").json()["items"] if a["login"] == "a1")
    path = f"/v1/accounts/{account['id']}"
    assert admin.patch(path, json={"active": False}).status_code == 428
    assert admin.patch(path, json={"active": False}, headers={"If-Match": '"7"'}).status_code == 412
    done = admin.patch(path, json={"active": False}, headers={"If-Match": f'"{account["version"]}"'})
    assert (done.status_code, done.json()["active"], done.headers["ETag"]) == (200, False, '"2"')
    assert client.get("/v1/session").status_code == 401
    assert service.client("a1").get("/v1/session").status_code == 401


def test_the_last_administrator_stays(service: Service) -> None:
    admin = service.client("admin")
    account = next(a for a in admin.get("/v1/accounts").json()["items"] if a["login"] == "admin")
    for change in ({"active": False}, {"role": "bureau"}):
        answer = admin.patch(f"/v1/accounts/{account['id']}", json=change, headers={"If-Match": '"1"'})
        assert (answer.status_code, answer.json()["code"]) == (409, "state")


def test_an_administrator_makes_accounts(service: Service) -> None:
    admin = service.client("admin")
    new = {"login": "c1", "name": "王五", "role": "agency", "agency_id": "B1", "password": PASSWORD}
    made = admin.post("/v1/accounts", json=new)
    assert (made.status_code, made.json()["agency_id"]) == (201, "B1")
    shut = service.client().post("/v1/session", json={"login": "c1", "password": PASSWORD})
    assert (shut.status_code, shut.json()["code"]) == (403, "held")
    released(service, made.json()["id"])
    assert enter(service, "c1").get("/v1/session").json()["agency_id"] == "B1"
    assert admin.post("/v1/accounts", json={**new, "login": "C1"}).json()["code"] == "conflict"
    for wrong in ({"agency_id": "ZZ"}, {"agency_id": None}, {"role": "bureau"}, {"role": "public"}, {"login": "a b"}):
        assert admin.post("/v1/accounts", json={**new, "login": "c2", **wrong}).status_code == 422
    reset = admin.put(f"/v1/accounts/{made.json()['id']}/password", json={"password": "another password"})
    assert reset.status_code == 200
    released(service, made.json()["id"])
    enter(service, "c1", "another password")


def released(service: Service, account: str) -> None:
    """Let the security administrator confirm what the system's did: that one cannot, nor may others."""
    path = f"/v1/accounts/{account}/release"
    for login in ("admin", "audit", "a1"):
        assert service.client(login).post(path).status_code == 403
    assert service.client("security").post(path).json()["held_by"] is None


def test_three_administrators_take_three_to_let_somebody_in_unseen(service: Service) -> None:
    """A second system's administrator confirms nothing, the security's makes nothing, the audit's sees both."""
    admin, security, audit = (service.client(login) for login in ("admin", "security", "audit"))
    body = {"login": "c9", "name": "王五", "role": "admin", "password": PASSWORD}
    for client in (security, audit):
        assert client.post("/v1/accounts", json=body).json()["code"] == "role"
    made = admin.post("/v1/accounts", json=body).json()
    released(service, made["id"])
    second = enter(service, "c9")
    third = {**body, "login": "c10", "role": "bureau"}
    made = admin.post("/v1/accounts", json=third).json()
    csrf = {"X-CSRF-Token": second.cookies.get("planner_csrf", "")}
    assert second.post(f"/v1/accounts/{made['id']}/release", headers=csrf).json()["code"] == "role"
    assert service.client().post("/v1/session", json={"login": "c10", "password": PASSWORD}).json()["code"] == "held"
    for client in (admin, security):
        assert client.get("/v1/log").json()["code"] == "role"
    told = [(one["who"], one["what"]) for one in audit.get("/v1/log", params={"limit": 500}).json()["items"]]
    assert {("admin", "account.add"), ("admin", "account.hold"), ("security", "account.release")} <= set(told)


def test_an_administrator_cannot_become_the_bureau(service: Service) -> None:
    """Whatever an administrator does to get in as the coordinator needs somebody else's word, and stands in the log."""
    admin = service.client("admin")
    bureau = next(a for a in admin.get("/v1/accounts").json()["items"] if a["login"] == "bureau")
    path, new = f"/v1/accounts/{bureau['id']}", "nine blue boats sing"
    token = {"label": "x", "scopes": ["read"], "days": 1, "account_id": bureau["id"]}
    assert admin.post("/v1/tokens", json=token).json()["code"] == "consent"
    assert admin.put(f"{path}/password", json={"password": new}).status_code == 200
    own = {"login": "puppet", "name": "x", "password": new}
    for role in ("bureau", "admin", "auditor"):
        made = admin.post("/v1/accounts", json={**own, "login": f"puppet-{role}", "role": role})
        assert made.json()["held_by"] == "admin"
    a1 = next(a for a in admin.get("/v1/accounts").json()["items"] if a["login"] == "a1")
    turned = {"role": "bureau", "agency_id": None}
    version = {"If-Match": f'"{a1["version"]}"'}
    assert admin.patch(f"/v1/accounts/{a1['id']}", json=turned, headers=version).json()["held_by"] == "admin"
    for login in ("bureau", "puppet-bureau", "puppet-admin", "puppet-auditor"):
        shut = service.client().post("/v1/session", json={"login": login, "password": new})
        assert (shut.status_code, shut.json()["code"]) == (403, "held")
    assert service.client().post("/v1/session", json={"login": "a1", "password": PASSWORD}).status_code == 403
    assert service.client("a1").get("/v1/session").status_code == 401
    assert admin.post(f"{path}/release").status_code == 403
    held = [entry["object"] for entry in log.entries(service.store) if entry["what"] == "account.hold"]
    assert len(held) == 5


def test_neither_password_nor_secret_is_kept(service: Service) -> None:
    client = enter(service)
    with service.store.read() as tx:
        rows = tx.rows(select(accounts)) + tx.rows(select(sessions))
    text = repr(rows) + repr(log.entries(service.store))
    assert PASSWORD not in text
    assert client.cookies["planner_session"] not in text
    assert "$argon2id$" in text


def test_turns_come_in_order_of_arrival_and_are_handed_on() -> None:
    """Who comes again at once waits behind those who wait already; who waits too long is told, and holds nobody up."""
    turns, order = passwords.Turns(1, 60.0), list[str]()

    def take(name: str) -> None:
        with turns.turn():
            order.append(name)

    with ThreadPoolExecutor(3) as threads:
        with turns.turn():
            waiting = []
            for n, name in enumerate(("first", "second", "third")):
                waiting.append(threads.submit(take, name))
                until = time.monotonic() + 60
                while len(turns._waiting) <= n:
                    assert time.monotonic() < until, f"{name} never waited"
                    time.sleep(0.001)
        take("again")
        for one in waiting:
            one.result(60)
    assert order == ["first", "second", "third", "again"]
    short = passwords.Turns(1, 0.01)
    with short.turn(), pytest.raises(Problem) as told, short.turn():
        pass
    assert (told.value.status, told.value.code) == (503, "busy")
    with short.turn():
        pass
