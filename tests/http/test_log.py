"""The log over HTTP: what is withheld from whom, that it verifies all the same, and that changes are found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from api.store import log
from tests.http.conftest import Service


@pytest.fixture
def told(service: Service) -> Service:
    """The service with an open and a reserved entry of each agency."""
    with service.store.write() as tx:
        for agency in ("A1", "A1-2", "B1"):
            log.append(tx, "x", "filing.accept", f"filing:open-{agency}", {}, agency_id=agency)
            log.append(tx, "x", "event.report", f"visit:secret-{agency}", {}, reserved=True, agency_id=agency)
        log.append(tx, "x", "plan.publish", "plan:p", {})
    return service


def objects(service: Service, login: str) -> set[str]:
    answer = service.client(login).get("/v1/log", params={"by": "x", "limit": 500})
    assert answer.status_code == 200
    return {entry["object"] for entry in answer.json()["items"]}


def test_who_sees_what(told: Service) -> None:
    opened = {"filing:open-A1", "filing:open-A1-2", "filing:open-B1", "plan:p"}
    secret = {"visit:secret-A1", "visit:secret-A1-2", "visit:secret-B1"}
    assert objects(told, "bureau") == opened | secret
    assert objects(told, "auditor") == objects(told, "audit") == opened
    assert objects(told, "b1") == {"filing:open-B1", "visit:secret-B1"}
    assert objects(told, "a1") == {"filing:open-A1", "filing:open-A1-2", "visit:secret-A1", "visit:secret-A1-2"}
    for login in ("town", "integrator", "admin", "security"):
        assert told.client(login).get("/v1/log").status_code == 403
    assert told.client().get("/v1/log").status_code == 401


def test_filters_and_pages(told: Service) -> None:
    client = told.client("bureau")
    found = client.get("/v1/log", params={"what": "filing.accept", "object": "filing:open-B1"}).json()["items"]
    assert [entry["object"] for entry in found] == ["filing:open-B1"]
    seen, cursor = [], None
    while True:
        page = client.get("/v1/log", params={"limit": 5, **({"cursor": cursor} if cursor else {})}).json()
        seen += [(entry["reserved"], entry["seq"]) for entry in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    for reserved, chain in ((False, 1), (True, log.HIDDEN)):
        whole = range(1, log.head_of(told.store, chain).seq + 1)
        assert [seq for hidden, seq in seen if hidden is reserved] == list(whole)


@pytest.mark.parametrize("login", ["bureau", "auditor", "audit"])
def test_an_export_verifies_whatever_is_withheld(told: Service, tmp_path: Path, login: str) -> None:
    answer = told.client(login).get("/v1/log/export")
    assert answer.headers["content-type"] == "application/jsonl"
    file = tmp_path / "log.jsonl"
    file.write_text(answer.text, encoding="utf-8")
    assert log.verify_file(file) == []
    assert "withheld" not in answer.text
    assert ("visit:secret-B1" in answer.text) == (login == "bureau")
    lines = answer.text.splitlines()
    changed = [*lines[:2], json.dumps({**json.loads(lines[2]), "who": "someone else"}), *lines[3:]]
    file.write_text("\n".join(changed), encoding="utf-8")
    assert [(problem.code, problem.seq) for problem in log.verify_file(file)] == [("content", 3)]


def test_verifying_finds_a_change_in_the_database(told: Service) -> None:
    client = told.client("auditor")
    head = client.get("/v1/log/head").json()
    assert client.get("/v1/log/verify").json() == {"whole": True, "problems": [], "head": head}
    kept = f"{head['seq']}:{head['hash']}"
    assert client.get("/v1/log/verify", params={"head": kept}).json()["whole"] is True
    elsewhere = f"{head['seq']}:{'0' * 64}"
    assert client.get("/v1/log/verify", params={"head": elsewhere}).json()["problems"][0]["code"] == "head"
    assert client.get("/v1/log/verify", params={"head": "x"}).status_code == 422
    with told.store.write() as tx:
        if tx.on_postgresql:
            tx.run(text("ALTER TABLE log DISABLE TRIGGER log_no_change"))
        else:
            tx.run(text("DROP TRIGGER log_no_update"))
        tx.run(text("UPDATE log SET who = 'someone else' WHERE seq = 4"))
    verdict = client.get("/v1/log/verify").json()
    assert (verdict["whole"], [(p["code"], p["seq"]) for p in verdict["problems"]]) == (False, [("content", 4)])
    assert "改动" in verdict["problems"][0]["detail"]
    assert told.client("b1").get("/v1/log/verify").status_code == 403
