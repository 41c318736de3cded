"""Plans over HTTP: a month from the workbook to what is published, and who sees how much of it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.accounts import accounts, tokens
from api.jobs import queue
from api.jobs.worker import Worker
from api.store.plans import add_plan, publish
from tests.cli.district import MONTH, district, workbook
from tests.http.conftest import Service


def visit(number: int, day: str, agencies: list[str], unannounced: bool = False) -> dict[str, Any]:
    town = "朱泾镇" if number % 2 else "漕泾镇"
    return {
        "id": f"V-{number}",
        "day": day,
        "day_text": day,
        "slot": {"start": "09:00", "end": "10:00"},
        "half": "am",
        "site": {"id": f"S{number}", "name": f"化工{number}厂", "town": town, "industry": "化工"},
        "agencies": [{"id": a, "name": a, "units": [f"{a} 科"], "items": [f"{a} 事项"]} for a in agencies],
        "inspectors": [
            {"agency": a, "unit": a, "crew": 1, "end": "10:00", "people": [{"id": f"{a}-P1", "name": f"{a} 张"}]}
            for a in agencies
        ],
        "tasks": [f"T-{number}"],
        "items": [f"{a}-1" for a in agencies],
        "plan_codes": [f"JH-{a}" for a in agencies],
        "clauses": ["D-1"],
        "minutes": 60,
        "joint": len(agencies) > 1,
        "cross_domain": False,
        "unannounced": unannounced,
    }


VISITS = [
    visit(1, "2026-06-01", ["A1", "B1"]),
    visit(2, "2026-06-02", ["B1"], unannounced=True),
    visit(3, "2026-06-02", ["A1"], unannounced=True),
    visit(4, "2026-06-03", ["B1"]),
    visit(5, "2026-06-03", ["A1"]),
]
DOCUMENT = {
    "month": MONTH,
    "case_hash": "c" * 64,
    "plan_hash": "d" * 64,
    "rulebook_version": "r@1",
    "status": "optimal",
    "repeatable": True,
    "summary": {"entries": 5, "unannounced_visits": 2},
    "visits": VISITS,
    "left_out": [{"task": "T-9", "agency": {"id": "A1"}, "reason": None}],
}


@pytest.fixture
def published(service: Service) -> str:
    """A published plan with joint, single and unannounced visits of two agencies."""
    with service.store.write() as tx:
        plan = add_plan(tx, DOCUMENT, "li", revision=1, synthetic=True)
        publish(tx, plan.id, "li", 1)
    return plan.id


def ids(client: TestClient, plan: str, **asked: Any) -> list[str]:
    answer = client.get(f"/v1/plans/{plan}/visits", params=asked)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["plan_hash"], answer.json()["rulebook_version"]) == ("d" * 64, "r@1")
    return [one["id"] for one in answer.json()["items"]]


def test_each_sees_the_visits_that_are_its_to_see(service: Service, published: str) -> None:
    seen = {login: ids(service.client(login), published) for login in ("bureau", "a1", "b1", "town", "auditor")}
    assert seen == {
        "bureau": ["V-1", "V-2", "V-3", "V-4", "V-5"],
        "a1": ["V-1", "V-3", "V-5"],
        "b1": ["V-1", "V-2", "V-4"],
        "town": ["V-1", "V-5"],
        "auditor": ["V-1", "V-4", "V-5"],
    }
    assert service.client("admin").get(f"/v1/plans/{published}/visits").status_code == 403


def test_of_a_partner_no_more_than_its_name_is_told(service: Service, published: str) -> None:
    joint = service.client("a1").get(f"/v1/plans/{published}/visits").json()["items"][0]
    assert joint["agencies"] == [
        {"id": "A1", "name": "A1", "units": ["A1 科"], "items": ["A1 事项"]},
        {"id": "B1", "name": "B1", "units": [], "items": []},
    ]
    assert {crew["agency"] for crew in joint["inspectors"]} == {"A1"}
    assert joint["tasks"] == joint["items"] == joint["plan_codes"] == []
    text = json.dumps(service.client("town").get(f"/v1/plans/{published}/visits").json(), ensure_ascii=False)
    assert "张" not in text
    assert "事项" not in text


def test_filters_tell_nothing_of_what_is_hidden(service: Service, published: str) -> None:
    bureau, a1 = service.client("bureau"), service.client("a1")
    assert ids(bureau, published, day="2026-06-02") == ["V-2", "V-3"]
    assert ids(bureau, published, joint=True) == ids(bureau, published, site_id="S1") == ["V-1"]
    assert ids(bureau, published, town="朱泾镇", agency_id="A1") == ["V-1", "V-3", "V-5"]
    assert ids(a1, published, day="2026-06-02") == ["V-3"]
    assert ids(a1, published, agency_id="B1") == ["V-1"]
    assert ids(a1, published, site_id="S2") == ids(a1, published, site_id="S4") == []


@pytest.mark.parametrize("login", ["bureau", "a1"])
def test_pages_of_visits(service: Service, published: str, login: str) -> None:
    client, seen, cursor = service.client(login), [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = client.get(f"/v1/plans/{published}/visits", params={"limit": 2, **more}).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ids(client, published)


def test_drafts_and_figures_are_the_coordinators(service: Service) -> None:
    with service.store.write() as tx:
        plan = add_plan(tx, DOCUMENT, "li", revision=1, synthetic=True)
    bureau, a1 = service.client("bureau"), service.client("a1")
    assert bureau.get(f"/v1/plans/{plan.id}").json()["figures"]["entries"] == 5
    for path in ("", "/visits"):
        hidden, nothing = a1.get(f"/v1/plans/{plan.id}{path}"), a1.get(f"/v1/plans/{'0' * 32}{path}")
        assert hidden.status_code == nothing.status_code == 404
        assert hidden.json()["detail"].replace(plan.id, "0" * 32) == nothing.json()["detail"]
    assert a1.get("/v1/plans").json()["items"] == []
    with service.store.write() as tx:
        publish(tx, plan.id, "li", 1)
    assert a1.get(f"/v1/plans/{plan.id}").json()["figures"] is None
    assert [one["state"] for one in a1.get("/v1/plans", params={"month": MONTH}).json()["items"]] == ["published"]
    assert bureau.get(f"/v1/plans/{plan.id}/left-out").json()["items"][0]["task"] == "T-9"


def imported(service: Service, folder: Path, **settings: str) -> dict[str, Any]:
    raw = district()
    raw["settings"] += [{"key": key, "value": value} for key, value in settings.items()]
    raw["filings"][0]["window_to"] = date(2026, 6, 19)
    raw["filings"].append({**raw["filings"][0], "filing_id": "F-BAD", "items": "NONE-1"})  # not taken, but told
    bureau, file = service.client("bureau"), workbook(folder / "六月 申报.xlsx", raw)
    with file.open("rb") as stream:
        return ran(service, bureau.post("/v1/imports", files={"file": (file.name, stream)}))


def ran(service: Service, answer: Any) -> dict[str, Any]:
    assert answer.status_code == 202, answer.text
    Worker(service.store, service.settings).run(until_idle=True)
    job: dict[str, Any] = service.client("bureau").get(f"/v1/jobs/{answer.json()['id']}").json()
    assert job["state"] == "finished", job["error"]
    return job


@pytest.mark.slow
def test_a_month_from_the_workbook_to_what_is_published(service: Service, tmp_path: Path) -> None:
    bureau = service.client("bureau")
    path = imported(service, tmp_path)["payload"]["path"]
    assert path == "六月_申报.xlsx"
    plan_id = ran(service, bureau.post("/v1/plans", json={"month": MONTH}))["result"]["plan"]
    envelope = bureau.get(f"/v1/plans/{plan_id}")
    etag = envelope.headers["ETag"]
    assert envelope.json()["figures"]["plan_hash"] == envelope.json()["plan"]["plan_hash"]
    _moves(bureau, plan_id)
    path = f"/v1/plans/{plan_id}/publish"
    assert bureau.post(path, json={}).status_code == 428
    assert bureau.post(path, json={}, headers={"If-Match": '"9"'}).status_code == 412
    assert service.client("a1").post(path, json={}, headers={"If-Match": etag}).status_code == 403
    done = bureau.post(path, json={"reason": "会商一致"}, headers={"If-Match": etag})
    assert (done.status_code, done.json()["state"], done.json()["published_by"]) == (200, "published", "bureau")
    assert bureau.post(path, json={}, headers={"If-Match": done.headers["ETag"]}).json()["code"] == "state"
    _an_agencys_part(service, plan_id)
    files = bureau.get(f"/v1/plans/{plan_id}/files").json()["items"]
    document = next(one for one in files if one["name"] == "plan.json")
    content = bureau.get(f"/v1/plans/{plan_id}/files/{document['number']}")
    assert (len(content.content), content.json()["month"]) == (document["bytes"], MONTH)
    assert bureau.get(f"/v1/plans/{plan_id}/files/9999").status_code == 404


def _an_agencys_part(service: Service, plan_id: str) -> None:
    with service.store.write() as tx:
        account = accounts.add(tx, "scjg", "市场", "agency", None, "test", agency_id="SCJG")
        secret = tokens.issue(tx, account, "t", ["read"], 1, "test")[1]
    agency = service.client()
    agency.headers["Authorization"] = f"Bearer {secret}"
    path, asked = f"/v1/plans/{plan_id}/visits", {"limit": 500}
    everything = service.client("bureau").get(path, params=asked).json()["items"]
    own = agency.get(path, params=asked).json()["items"]
    assert own
    assert {one["id"] for one in own} == {
        one["id"] for one in everything if any(party["id"] == "SCJG" for party in one["agencies"])
    }


@pytest.mark.slow
def test_a_draft_that_was_tampered_with_is_not_published(service: Service, tmp_path: Path) -> None:
    bureau = service.client("bureau")
    imported(service, tmp_path)
    plan_id = ran(service, bureau.post("/v1/plans", json={"month": MONTH}))["result"]["plan"]
    path = next(service.settings.artefacts.rglob("plan.json"))
    document = json.loads(path.read_text(encoding="utf-8"))
    document["visits"][0]["day"] = "2026-06-30"
    path.write_text(json.dumps(document), encoding="utf-8")
    answer = bureau.post(f"/v1/plans/{plan_id}/publish", json={}, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["code"]) == (409, "check-failed")
    assert "seal" in {error["where"] for error in answer.json()["errors"]}
    assert bureau.get(f"/v1/plans/{plan_id}").json()["plan"]["state"] == "draft"


def test_what_is_no_workbook_is_refused_and_demo_data_are_a_job(service: Service) -> None:
    bureau = service.client("bureau")
    answer = bureau.post("/v1/imports", files={"file": ("../../x.xlsx", b"not a workbook")})
    assert (answer.status_code, answer.json()["code"]) == (415, "not-a-workbook")
    key = {"Idempotency-Key": "once"}
    made = [bureau.post("/v1/demo", headers=key).json()["id"] for _ in range(2)]
    assert made[0] == made[1]
    assert queue.job_of(service.store, made[0]).kind == "demo"


def _moves(bureau: TestClient, plan_id: str) -> None:
    """Every other open day of the month has its verdict, and so has dropping the visit; nothing comes of asking."""
    visit = bureau.get(f"/v1/plans/{plan_id}/visits").json()["items"][0]
    told = bureau.get(f"/v1/plans/{plan_id}/visits/{visit['id']}/verdicts").json()
    assert told["day"] == visit["day"]
    assert visit["day"] not in {one["day"] for one in told["items"]}
    *days, dropped = told["items"]
    assert len(days) > 15
    assert all(one["entries"] == 0 for one in days if one["lawful"])
    assert any(one["lawful"] for one in days)
    assert (dropped["day"], dropped["entries"], dropped["left_out"]) == (None, -1, len(visit["tasks"]))
    gone = bureau.get(f"/v1/plans/{plan_id}/visits/V-none/verdicts")
    assert (gone.status_code, gone.json()["detail"]) == (404, "方案中没有入企 V-none")
