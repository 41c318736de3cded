"""Supervision over HTTP: who may see, record and answer, and which steps are refused."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest

from api.store import log
from api.store.inputs.library import Row, new_revision, put
from tests.http.conftest import Service
from tests.obligations.test_results import result

LONG_AGO = date(2026, 1, 12)


@pytest.fixture
def checked(service: Service) -> Service:
    """A district in which A1 made a check without a code and B1 one in order."""
    rows = [
        result("R1", LONG_AGO, agency_id="A1", check_code="", code_applied_at=""),
        result("R2", LONG_AGO, agency_id="B1", check_code="C2"),
    ]
    with service.store.write() as tx:
        put(
            tx, new_revision(tx, "test", "import", "results"), [Row("results", row, n) for n, row in enumerate(rows, 1)]
        )
    return service


def step(service: Service, name: str, day: date, login: str = "bureau", **cells: Any) -> Any:
    body = {"case_id": "JD-1", "agency_id": "A1", "step": name, "date": day.isoformat(), **cells}
    return service.client(login).post("/v1/supervision", json=body)


def listed(service: Service, login: str) -> list[tuple[str, str]]:
    answer = service.client(login).get("/v1/supervision")
    assert answer.status_code == 200, answer.text
    return [(one["case_id"], one["state"]) for one in answer.json()]


def test_a_case_is_noted_sent_answered_and_corrected(checked: Service) -> None:
    """D-3.4a: the body sees its own case and answers it; others learn nothing of it."""
    assert step(checked, "noted", LONG_AGO, results=["R1"]).json()["state"] == "letter"
    sent = step(checked, "sent", LONG_AGO + timedelta(days=1), document_no="监建1号", reply_by="2099-01-05")
    assert (sent.json()["state"], sent.json()["due"]) == ("sent", "2099-01-05")
    own, other = checked.client("a1"), checked.client("b1")
    assert [one["case_id"] for one in own.get("/v1/supervision").json()] == ["JD-1"]
    assert other.get("/v1/supervision").json() == []
    assert listed(checked, "bureau") == listed(checked, "auditor") == [("JD-1", "sent")]
    assert other.post("/v1/supervision/JD-1/answer", json={"note": "不是我"}).status_code == 404
    answered = own.post("/v1/supervision/JD-1/answer", json={"note": "已补录"})
    assert (answered.status_code, answered.json()["state"]) == (200, "answered")
    assert answered.json()["steps"][-1]["note"] == "已补录"
    today = answered.json()["steps"][-1]["date"]
    assert step(checked, "corrected", date.fromisoformat(today)).json()["state"] == "corrected"
    assert own.post("/v1/supervision/JD-1/answer", json={"note": "又补"}).status_code == 409
    told = [entry for entry in log.entries(checked.store) if entry["what"] == "supervision.step"]
    assert [entry["grounds"]["step"] for entry in told] == ["noted", "sent", "answered", "corrected"]
    assert "已补录" not in str(told)


def test_what_the_steps_do_not_allow_is_refused_and_kept_nowhere(checked: Service) -> None:
    refused = step(checked, "sent", LONG_AGO)
    assert (refused.status_code, refused.json()["code"]) == (409, "step")
    assert step(checked, "noted", LONG_AGO, results=["R2"]).status_code == 422  # another body's
    assert step(checked, "noted", LONG_AGO, results=["R9"]).status_code == 422
    assert step(checked, "noted", date(2099, 1, 1), results=["R1"]).status_code == 422
    assert step(checked, "noted", LONG_AGO, agency_id="ZZZ", results=["R1"]).status_code == 422
    assert listed(checked, "bureau") == []
    assert step(checked, "noted", LONG_AGO, results=["R1"]).status_code == 200
    assert step(checked, "noted", LONG_AGO, results=["R1"]).status_code == 409
    own = checked.client("a1")
    assert own.post("/v1/supervision/JD-1/answer", json={"note": "早了"}).status_code == 409


def test_a_letter_that_names_no_day_is_overdue_after_ten_working_days(checked: Service) -> None:
    step(checked, "noted", LONG_AGO, results=["R1"])
    sent = step(checked, "sent", LONG_AGO + timedelta(days=1)).json()
    assert (sent["state"], sent["due"]) == ("overdue", "2026-01-27")


@pytest.mark.parametrize("login", ["auditor", "admin", "integrator"])
def test_only_the_bureau_records(checked: Service, login: str) -> None:
    assert step(checked, "noted", LONG_AGO, login=login, results=["R1"]).status_code == 403
    own = checked.client("a1")
    body = {"case_id": "JD-1", "agency_id": "A1", "step": "noted", "date": "2026-01-12", "results": ["R1"]}
    assert own.post("/v1/supervision", json=body).status_code == 403


def test_what_may_be_stepped_in_for_is_listed_and_its_letter_is_a_draft(checked: Service) -> None:
    """D-2.7b, D-3.4a: the ground leads to a case, the case to a letter, and what is in a case is no open ground."""
    bureau, span = checked.client("bureau"), {"from": "2026-01-01", "to": "2026-03-31"}
    found = bureau.get("/v1/supervision/grounds", params=span)
    assert found.status_code == 200, found.text
    (ground,) = [one for one in found.json()["items"] if one["ground"] == "no-code"]
    assert (ground["agency_id"], ground["results"], ground["mandatory"]) == ("A1", ["R1"], True)
    assert ground["clauses"]
    assert checked.client("auditor").get("/v1/supervision/grounds", params=span).json() == found.json()
    assert checked.client("a1").get("/v1/supervision/grounds", params=span).status_code == 403
    none = bureau.get("/v1/supervision/grounds", params={"from": "2026-02-01", "to": "2026-03-31"})
    assert none.json()["items"] == []
    assert bureau.get("/v1/supervision/grounds", params={"from": "2024-01-01", "to": "2026-03-31"}).status_code == 422

    noted = step(checked, "noted", LONG_AGO, results=ground["results"]).json()
    assert (noted["draft"], noted["next"]) == (True, ["heard", "drafted", "sent", "closed"])
    left = bureau.get("/v1/supervision/grounds", params=span).json()["items"]
    assert "no-code" not in {one["ground"] for one in left}
    letter = bureau.get("/v1/supervision/JD-1/draft")
    assert letter.status_code == 200, letter.text
    with zipfile.ZipFile(io.BytesIO(letter.content)) as parts:
        text = parts.read("word/document.xml").decode()
    assert "应急管理局" in text
    assert ground["clauses"][0] in text
    assert checked.client("auditor").get("/v1/supervision/JD-1/draft").status_code == 403
    assert bureau.get("/v1/supervision/JD-9/draft").status_code == 404
    step(checked, "sent", LONG_AGO, reply_by="2099-01-05")
    assert bureau.get("/v1/supervision/JD-1/draft").json()["code"] == "no-draft"
