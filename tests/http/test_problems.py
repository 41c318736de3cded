"""Whatever goes wrong is a problem document with Chinese words, and never tells of the inside; keys do a write once."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import InvalidToken
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from api.accounts.limits import Buckets
from api.http.page import NONCE, SIGN_ON, mount
from api.http.routing import KEPT, OnceRoute
from api.http.sealing import Seal
from api.problems import MEDIA_TYPE, Problem
from api.store import queue
from api.store.database.errors import ConflictError, NotFoundError, StateError
from api.store.database.schema import accounts, replies
from planner.domain.errors import InputError, MismatchError, RulebookGap
from planner.intake.words.catalogue import finding_types, input_error
from tests.http.conftest import Service


class Unasked(OnceRoute):
    """A route of the tests, which has no row in the table of rights."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **{**options, "operation_id": "healthz"})


class Body(BaseModel):
    number: int


def with_routes(service: Service) -> TestClient:
    """Add operations that fail in every way, before the page's route that takes what is left."""
    more = APIRouter(route_class=Unasked)

    @more.post("/raise/{kind}", include_in_schema=False)
    def raising(kind: str) -> None:
        raise ERRORS[kind]

    @more.post("/take", include_in_schema=False)
    def take(body: Body) -> int:
        return body.number

    _first(service.app, more)
    return service.client("bureau")


def _first(app: FastAPI, more: Any) -> None:
    kept = list(app.router.routes)
    app.router.routes.clear()
    app.include_router(more, prefix="/v1")
    app.router.routes.extend(kept)


SECRET = "postgresql://planner:hunter2@10.0.0.1"
ERRORS: dict[str, Exception] = {
    "problem": Problem(409, "full", "当日人员已排满。", clauses=("D-1",), errors=[{"where": "day", "detail": "x"}]),
    "missing": NotFoundError("没有方案 p / there is no plan p"),
    "conflict": ConflictError("已被改动 / changed"),
    "state": StateError("不能公布 / cannot publish"),
    "input": InputError("文件不可读 / cannot read"),
    "finding": input_error(next(iter(finding_types())), "六月.xlsx"),
    "gap": RulebookGap("no rule 'x'"),
    "busy": OperationalError(f"SELECT {SECRET}", {}, Exception("database is locked")),
    "mismatch": MismatchError(f"{SECRET} differs"),
    "defect": ZeroDivisionError(SECRET),
}
ANSWERS = {
    "problem": (409, "full"),
    "missing": (404, "not-found"),
    "conflict": (409, "conflict"),
    "state": (409, "state"),
    "input": (422, "input"),
    "finding": (422, next(iter(finding_types()))),
    "gap": (404, "rulebook-gap"),
    "busy": (503, "database"),
    "mismatch": (500, "defect"),
    "defect": (500, "defect"),
}


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_is_a_problem(service: Service, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    answer = with_routes(service).post(f"/v1/raise/{kind}")
    body = answer.json()
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert (answer.status_code, body["code"]) == ANSWERS[kind]
    assert body["status"] == answer.status_code
    assert {"type", "title", "detail", "clauses", "errors"} <= body.keys()
    assert " / " not in body["detail"]
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text
    if answer.status_code == 500:
        assert body["incident"] in body["detail"]
        assert any(body["incident"] in record.getMessage() and record.exc_info for record in caplog.records)


def test_a_problem_names_its_clauses_and_its_type(service: Service) -> None:
    client = with_routes(service)
    assert client.post("/v1/raise/problem").json()["clauses"] == ["D-1"]
    found = client.post("/v1/raise/finding").json()
    assert client.get(found["type"]).json()["code"] == found["code"]


@pytest.mark.parametrize(
    ("content", "status", "where"),
    [
        (b"{", 422, "body.1"),
        (b"{}", 422, "body.number"),
        (b'{"number": "x"}', 422, "body.number"),
        (b"\xff", 400, ""),
    ],
)
def test_a_body_that_does_not_fit_is_told_where(service: Service, content: bytes, status: int, where: str) -> None:
    answer = with_routes(service).post("/v1/take", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text
    assert [error["where"] for error in answer.json()["errors"]] == ([where] if where else [])


def test_unknown_addresses_and_methods(service: Service) -> None:
    client = service.client("bureau")
    for method, path, status in (("GET", "/v1/nothing", 404), ("PUT", "/v1/jobs", 405), ("GET", "/x.js", 404)):
        answer = client.request(method, path)
        assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA_TYPE), path


def test_what_is_too_large_is_refused_before_it_is_read(service: Service) -> None:
    client, limit = with_routes(service), service.settings.upload_mib * 2**20

    def parts() -> Any:
        for _ in range(service.settings.upload_mib + 1):
            yield b"x" * 2**20

    assert client.post("/v1/take", headers={"Content-Length": str(limit + 1)}).status_code == 413
    assert client.post("/v1/take", content=parts(), headers={"Content-Type": "application/json"}).status_code == 413


def test_every_answer_has_safe_headers(service: Service) -> None:
    for path in ("/", "/v1/jobs", "/v1/nothing", "/healthz"):
        headers = service.client().get(path).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert len(headers["X-Request-ID"]) == 16
    assert service.client().get("/v1/jobs").headers["Cache-Control"] == "no-store"


NEW = {"login": "c1", "name": "王五", "role": "auditor"}


def count(service: Service, login: str = "c1") -> int:
    with service.store.read() as tx:
        return int(tx.value(select(func.count()).select_from(accounts).where(accounts.c.login == login)))


def test_a_write_with_a_key_is_done_once_and_answered_again(service: Service) -> None:
    admin, headers = service.client("admin"), {"Idempotency-Key": "k-1"}
    first = admin.post("/v1/accounts", json=NEW, headers=headers)
    again = admin.post("/v1/accounts", json=NEW, headers=headers)
    assert (first.status_code, again.status_code, count(service)) == (201, 201, 1)
    assert (again.json(), again.headers["ETag"]) == (first.json(), first.headers["ETag"])
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    other = admin.post("/v1/accounts", json={**NEW, "login": "c2"}, headers=headers)
    assert (other.status_code, other.json()["code"], count(service, "c2")) == (422, "idempotency-reused", 0)


def test_what_is_kept_for_a_key_can_be_read_by_nobody_without_it(service: Service) -> None:
    """Not in the rows of the database and not in its file: neither key nor answer nor, by trying, the request."""
    admin, key = service.client("admin"), "9f8e7d6c-kept"
    made = admin.post("/v1/accounts", json={**NEW, "name": "赵无极"}, headers={"Idempotency-Key": key})
    assert made.status_code == 201
    with service.store.read() as tx:
        (row,) = tx.rows(select(replies))
    told = repr(row)
    body = bytes(row["body"])
    assert key not in told
    assert made.json()["id"] not in told
    assert "赵无极".encode() not in body
    assert "赵无极".encode("unicode_escape") not in body
    with pytest.raises(InvalidToken):
        Seal.of(row["account"], "another key").opened(body)
    headers, opened = Seal.of(row["account"], key).opened(body)
    assert (json.loads(opened), headers["etag"]) == (made.json(), made.headers["ETag"])


def test_keys_are_each_accounts_own_and_end(service: Service) -> None:
    headers = {"Idempotency-Key": "k-1"}
    body = {"label": "x", "scopes": ["read"], "days": 1}
    made = [service.client(login).post("/v1/tokens", json=body, headers=headers).json() for login in ("a1", "b1")]
    ids = {one["token"]["id"] for one in made}
    assert len(ids) == 2
    with service.store.write() as tx:
        tx.run(update(replies).values(at=tx.now() - KEPT * 2))
    later = service.client("a1").post("/v1/tokens", json=body, headers=headers)
    assert later.json()["token"]["id"] not in ids


def test_what_failed_may_be_tried_again_and_what_is_unknown_may_not(service: Service) -> None:
    admin, headers = service.client("admin"), {"Idempotency-Key": "k-1"}
    assert admin.post("/v1/accounts", json={**NEW, "agency_id": "ZZ"}, headers=headers).status_code == 422
    assert admin.post("/v1/accounts", json=NEW, headers=headers).status_code == 201
    client = with_routes(service)
    assert client.post("/v1/raise/defect", headers=headers).status_code == 500
    # What a defect has done is not known: it is not done a second time.
    assert client.post("/v1/raise/defect", headers=headers).json()["code"] == "idempotency-open"
    for key in ("", "x" * 201, "a\tb"):
        assert admin.post("/v1/accounts", json=NEW, headers={"Idempotency-Key": key}).status_code == 400


def test_the_same_key_sent_many_times_at_once_is_done_once(service: Service) -> None:
    answers: list[int] = []

    def send() -> None:
        answer = service.client("admin").post("/v1/accounts", json=NEW, headers={"Idempotency-Key": "k"})
        answers.append(answer.status_code)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(service) == 1
    assert set(answers) <= {201, 409}
    assert 201 in answers


def test_buckets_fill_up_again() -> None:
    now = [0.0]
    buckets = Buckets(2.0, 3, lambda: now[0])
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert buckets.take("b") == 0
    now[0] = 0.5
    assert [buckets.take("a"), buckets.take("a") > 0] == [0, True]


def test_who_asks_too_often_is_told_when_to_come_again(service: Service) -> None:
    service.app.state.buckets = Buckets(0.1, 2)
    client = service.client("bureau")
    answers = [client.get("/v1/jobs") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2].headers["Retry-After"]) == 10
    assert service.client("a1").get("/v1/jobs").status_code == 200
    assert client.get("/healthz").status_code == 200


def test_health_readiness_and_figures(service: Service) -> None:
    queue.enqueue(service.store, "demo", {}, "bureau")
    assert service.client().get("/healthz").json()["status"] == "ok"
    ready = service.client().get("/readyz").json()
    assert (ready["status"], ready["set_up"], ready["workers"]) == ("ready", True, 0)
    assert service.client().get("/metrics").status_code == 401
    figures = service.client("admin").get("/metrics").text
    assert 'planner_jobs{state="queued"} 1.0' in figures
    assert 'planner_requests_total{operation="healthz",status="200"} 1.0' in figures
    assert "planner_log_entries" in figures


def test_the_page_s_first_file_has_a_nonce_of_its_own_each_time(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(f'<meta name="csp-nonce" content="{NONCE}">{SIGN_ON}', encoding="utf-8")
    app = FastAPI()
    mount(app, tmp_path, "/v1/there")
    client, seen = TestClient(app), set()
    for path in ("/", "/months/2026-06", "/index.html"):
        answer = client.get(path)
        (nonce,) = re.findall(r'content="(.{16,})"', answer.text)
        assert f"style-src 'self' 'nonce-{nonce}';" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.text.endswith(">/v1/there")
        seen.add(nonce)
    assert len(seen) == 3
