"""Plans over HTTP: a month from the workbook to what is published, and who sees how much of it."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from api.accounts import accounts, tokens
from api.desk.models import NOT_VISITED
from api.desk.plans.answer_models import EXCEPTION
from api.http.compress import MAY_BE, SMALLEST
from api.jobs.worker import Worker
from api.store import queue
from api.store.database.schema import plans
from api.store.planned.plans import add_plan, document_of, publish
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
    "not_visited": [
        {**NOT_VISITED, "unit": "A1", "parent": "A1", "kind": "recognised"},
        {**NOT_VISITED, "unit": "A1", "parent": "A1", "kind": "removed", "unannounced": True},
        {**NOT_VISITED, "unit": "B1", "parent": "B1", "kind": "off_site"},
    ],
    "exceptions": [EXCEPTION, {**EXCEPTION, "kind": "waiver", "day": None}],
}


def published(service: Service, draft: str, reason: str = "") -> str:
    """Have a draft checked and published by a run; return its id."""
    order = {"json": {"reason": reason}, "headers": {"If-Match": '"1"'}}
    job = ran(service, service.client("bureau").post(f"/v1/plans/{draft}/publish", **order))
    assert job["result"] == {"plan": draft, "published": True, "version": 2}
    return draft


@pytest.fixture
def standing(service: Service) -> str:
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


def test_each_sees_the_visits_that_are_its_to_see(service: Service, standing: str) -> None:
    seen = {login: ids(service.client(login), standing) for login in ("bureau", "a1", "b1", "town", "auditor")}
    assert seen == {
        "bureau": ["V-1", "V-2", "V-3", "V-4", "V-5"],
        "a1": ["V-1", "V-3", "V-5"],
        "b1": ["V-1", "V-2", "V-4"],
        "town": ["V-1", "V-5"],
        "auditor": ["V-1", "V-4", "V-5"],
    }
    assert service.client("admin").get(f"/v1/plans/{standing}/visits").status_code == 403


def test_of_a_partner_no_more_than_its_name_is_told(service: Service, standing: str) -> None:
    joint = service.client("a1").get(f"/v1/plans/{standing}/visits").json()["items"][0]
    assert joint["agencies"] == [
        {"id": "A1", "name": "A1", "units": ["A1 科"], "items": ["A1 事项"]},
        {"id": "B1", "name": "B1", "units": [], "items": []},
    ]
    assert {crew["agency"] for crew in joint["inspectors"]} == {"A1"}
    assert joint["tasks"] == joint["items"] == joint["plan_codes"] == []
    text = json.dumps(service.client("town").get(f"/v1/plans/{standing}/visits").json(), ensure_ascii=False)
    assert "张" not in text
    assert "事项" not in text


def test_filters_tell_nothing_of_what_is_hidden(service: Service, standing: str) -> None:
    bureau, a1 = service.client("bureau"), service.client("a1")
    assert ids(bureau, standing, day="2026-06-02") == ["V-2", "V-3"]
    assert ids(bureau, standing, joint=True) == ids(bureau, standing, site_id="S1") == ["V-1"]
    assert ids(bureau, standing, town="朱泾镇", agency_id="A1") == ["V-1", "V-3", "V-5"]
    assert ids(a1, standing, day="2026-06-02") == ["V-3"]
    assert ids(a1, standing, agency_id="B1") == ["V-1"]
    assert ids(a1, standing, site_id="S2") == ids(a1, standing, site_id="S4") == []


@pytest.mark.parametrize("login", ["bureau", "a1"])
def test_pages_of_visits(service: Service, standing: str, login: str) -> None:
    client, seen, cursor = service.client(login), [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = client.get(f"/v1/plans/{standing}/visits", params={"limit": 2, **more}).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ids(client, standing)


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


def test_what_is_not_visited_is_listed_to_whom_it_concerns(service: Service, standing: str) -> None:
    path = f"/v1/plans/{standing}/not-visited"

    def units(who: str, **asked: Any) -> list[tuple[str, str]]:
        answer = service.client(who).get(path, params=asked)
        assert answer.status_code == 200, answer.text
        return [(row["unit"], row["kind"]) for row in answer.json()["items"]]

    assert units("bureau") == [("A1", "recognised"), ("A1", "removed"), ("B1", "off_site")]
    assert units("bureau", kind="off_site") == [("B1", "off_site")]
    assert units("a1") == [("A1", "recognised"), ("A1", "removed")]
    assert units("auditor") == [("A1", "recognised"), ("B1", "off_site")]
    assert service.client("town").get(path).status_code == 403
    first = service.client("bureau").get(path, params={"limit": 2}).json()
    rest = service.client("bureau").get(path, params={"limit": 2, "cursor": first["next"]}).json()
    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [2, 1, None]


def test_what_was_let_through_is_the_coordinators_and_the_auditors(service: Service, standing: str) -> None:
    path = f"/v1/plans/{standing}/exceptions"

    def kinds(who: str, **asked: Any) -> list[str]:
        answer = service.client(who).get(path, params=asked)
        assert answer.status_code == 200, answer.text
        return [row["kind"] for row in answer.json()["items"]]

    assert kinds("bureau") == kinds("auditor") == ["over_cap", "waiver"]
    assert kinds("auditor", kind="waiver") == ["waiver"]
    first = service.client("auditor").get(path, params={"limit": 1}).json()
    rest = service.client("auditor").get(path, params={"limit": 1, "cursor": first["next"]}).json()
    assert [*first["items"], *rest["items"]] == DOCUMENT["exceptions"]
    assert [service.client(who).get(path).status_code for who in ("a1", "town", None)] == [403, 403, 401]


def test_a_list_in_brief_has_what_a_month_shows_and_no_more(service: Service, standing: str) -> None:
    for who in ("bureau", "a1", "auditor", "town"):
        whole, brief = (
            service.client(who).get(f"/v1/plans/{standing}/visits", params=asked).json()["items"]
            for asked in ({}, {"brief": True})
        )
        left = ("id", "day", "slot", "site", "joint", "unannounced")
        assert [[one[name] for name in left] for one in brief] == [[one[name] for name in left] for one in whole]
        empty = ("inspectors", "tasks", "items", "plan_codes", "clauses", "why")
        assert not any(one[name] for one in brief for name in empty)
        assert not any(party["items"] or party["units"] for one in brief for party in one["agencies"])


def test_only_what_nobody_can_add_to_is_compressed(service: Service, standing: str) -> None:
    paths = service.app.openapi()["paths"].items()
    reads = {item["get"]["operationId"]: path for path, item in paths if "get" in item}
    named = {"plan_id": standing, "month": MONTH, "rule_id": "r", "clause_id": "c", "code": "c"}
    may_be = {name for name, path in reads.items() if MAY_BE.fullmatch(path.format_map(defaultdict(str, named)))}
    assert may_be == {
        *("plans.get", "plans.visits", "plans.left-out", "plans.not-visited", "plans.exceptions", "plans.kpis"),
        *("public.visits", "rulebook.get", "rulebook.rules", "rulebook.rule", "rulebook.clauses", "rulebook.clause"),
        *("finding-types.list", "finding-types.get"),
    }
    bureau, with_gzip = service.client("bureau"), {"Accept-Encoding": "gzip"}
    visits = bureau.get(f"/v1/plans/{standing}/visits", headers=with_gzip)
    assert (visits.headers["Content-Encoding"], visits.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert "Content-Encoding" not in bureau.get(f"/v1/plans/{standing}/visits", headers={"Accept-Encoding": ""}).headers
    log = bureau.get("/v1/log", params={"limit": 500}, headers=with_gzip)
    assert len(log.content) > SMALLEST
    assert "Content-Encoding" not in log.headers


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
    _reasons(bureau, plan_id)
    path = f"/v1/plans/{plan_id}/publish"
    assert bureau.post(path, json={}).status_code == 428
    assert bureau.post(path, json={}, headers={"If-Match": '"9"'}).status_code == 412
    assert service.client("a1").post(path, json={}, headers={"If-Match": etag}).status_code == 403
    _while_it_is_checked(service, plan_id)
    done = bureau.get(f"/v1/plans/{plan_id}")
    assert (done.json()["plan"]["state"], done.json()["plan"]["published_by"]) == ("published", "bureau")
    assert bureau.post(path, json={}, headers={"If-Match": done.headers["ETag"]}).json()["code"] == "state"
    assert bureau.post(path, json={}, headers={"If-Match": etag}).status_code == 412
    _an_agencys_part(service, plan_id)
    files = bureau.get(f"/v1/plans/{plan_id}/files").json()["items"]
    document = next(one for one in files if one["name"] == "plan.json")
    content = bureau.get(f"/v1/plans/{plan_id}/files/{document['number']}")
    assert (len(content.content), content.json()["month"]) == (document["bytes"], MONTH)
    assert bureau.get(f"/v1/plans/{plan_id}/files/9999").status_code == 404


def _while_it_is_checked(service: Service, plan_id: str) -> None:
    """An order to publish is a run: told with the plan, not given twice; one that is stopped publishes nothing."""
    bureau, path = service.client("bureau"), f"/v1/plans/{plan_id}/publish"
    order = {"json": {"reason": "会商一致"}, "headers": {"If-Match": '"1"'}}
    first = bureau.post(path, **order)
    assert (first.status_code, first.json()["kind"], first.json()["state"]) == (202, "publish", "queued")
    assert bureau.get(f"/v1/plans/{plan_id}").json()["runs"] == [first.json()["id"]]
    assert service.client("auditor").get("/v1/jobs").json()["items"][0]["payload"] == {"month": MONTH}
    assert bureau.post(path, **order).json()["code"] == "publishing"
    assert bureau.delete(f"/v1/jobs/{first.json()['id']}").json()["state"] == "cancelled"
    assert bureau.get(f"/v1/plans/{plan_id}").json()["plan"]["state"] == "draft"
    ran(service, bureau.post(path, **order))
    assert bureau.get(f"/v1/plans/{plan_id}").json()["runs"] == []


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
    _reasons_of_its_own(agency, plan_id, own, [one for one in everything if one not in own])


def _reasons_of_its_own(
    agency: TestClient, plan_id: str, own: list[dict[str, Any]], others: list[dict[str, Any]]
) -> None:
    """It asks why of visits that it is in; another's visit is an unknown one, and it is asked about no pair."""
    path, (visit, *_) = f"/v1/plans/{plan_id}/why", own
    found = agency.get(path, params={"visit": visit["id"]}).json()["visit"]
    assert (found["visit"], found["day"]) == (visit["id"], visit["day"])
    told = agency.get(path, params={"site": visit["site"]["id"], "day": visit["day"]}).json()["site"]
    assert told["visits"] == [visit["id"]]
    for foreign in others:
        if not any(party["id"] == "SCJG" for party in foreign["agencies"]):
            assert agency.get(path, params={"visit": foreign["id"]}).status_code == 404
    pair = agency.get(path, params={"site": visit["site"]["id"], "agency": ["SCJG", "YJJ"]})
    assert (pair.status_code, pair.json()["code"]) == (422, "day-or-two-agencies")


@pytest.mark.slow
def test_a_draft_that_was_tampered_with_is_not_published(service: Service, tmp_path: Path) -> None:
    bureau = service.client("bureau")
    imported(service, tmp_path)
    plan_id = ran(service, bureau.post("/v1/plans", json={"month": MONTH}))["result"]["plan"]
    path = next(service.settings.artefacts.rglob("plan.json"))
    document = json.loads(path.read_text(encoding="utf-8"))
    document["visits"][0]["day"] = "2026-06-30"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert _refused(service, plan_id)[:2] == ("check-failed", {"file", "seal", "differs"})
    path.unlink()
    code, _, detail = _refused(service, plan_id)
    assert (code, "重新生成文件" in detail) == ("state", True)
    files = bureau.get(f"/v1/plans/{plan_id}/files").json()["items"]
    assert [one["name"] for one in files if not one["ready"]] == ["plan.json"]
    again = ran(service, bureau.post(f"/v1/plans/{plan_id}/export"))
    assert again["result"]["plan"] == plan_id
    written = bureau.get(f"/v1/plans/{plan_id}/files").json()["items"]
    assert all(one["ready"] for one in written)
    named = {one["name"]: one["sha256"] for one in files}
    assert named["plan.json"] == next(one["sha256"] for one in written if one["name"] == "plan.json")
    published(service, plan_id)


@pytest.mark.slow
def test_a_plan_that_was_changed_in_the_database_is_not_published(service: Service, tmp_path: Path) -> None:
    bureau = service.client("bureau")
    imported(service, tmp_path)
    plan_id = ran(service, bureau.post("/v1/plans", json={"month": MONTH}))["result"]["plan"]
    with service.store.write() as tx:
        document = document_of(tx, plan_id)
        document["visits"][0]["day"] = "2026-06-30"
        tx.run(update(plans).where(plans.c.id == plan_id).values(document=document))
    assert _refused(service, plan_id)[:2] == ("check-failed", {"document"})


def _refused(service: Service, plan_id: str) -> tuple[str, set[str], str]:
    """Order publishing, which must fail and change nothing; return the code, where it is wrong, and the words."""
    bureau = service.client("bureau")
    order = bureau.post(f"/v1/plans/{plan_id}/publish", json={}, headers={"If-Match": '"1"'})
    assert order.status_code == 202, order.text
    Worker(service.store, service.settings).run(until_idle=True)
    job = bureau.get(f"/v1/jobs/{order.json()['id']}").json()
    assert job["state"] == "failed"
    assert bureau.get(f"/v1/plans/{plan_id}").json()["plan"]["state"] == "draft"
    return job["error"]["code"], {one["where"] for one in job["error"]["errors"]}, job["error"]["detail"]


def test_what_is_no_workbook_is_refused_and_demo_data_are_a_job(service: Service) -> None:
    bureau = service.client("bureau")
    answer = bureau.post("/v1/imports", files={"file": ("../../x.xlsx", b"not a workbook")})
    assert (answer.status_code, answer.json()["code"]) == (415, "not-a-workbook")
    key = {"Idempotency-Key": "once"}
    made = [bureau.post("/v1/demo", headers=key).json()["id"] for _ in range(2)]
    assert made[0] == made[1]
    assert queue.job_of(service.store, made[0]).kind == "demo"


def _reasons(bureau: TestClient, plan_id: str) -> None:
    """A visit is told with its other days; a task that has a day, and nothing at all, are told apart."""
    visit = bureau.get(f"/v1/plans/{plan_id}/visits").json()["items"][0]
    found = bureau.get(f"/v1/plans/{plan_id}/why", params={"visit": visit["id"]}).json()
    assert (found["task"], found["visit"]["day"]) == (None, visit["day"])
    assert {"due", "day"} <= {one["question"] for one in found["visit"]["why"]}
    assert len(found["visit"]["days"]) > 10
    assert found["visit"]["firm_zh"].startswith("确定程度")
    placed = bureau.get(f"/v1/plans/{plan_id}/why", params={"task": visit["tasks"][0]})
    assert (placed.status_code, "没有漏排" in placed.json()["detail"]) == (404, True)
    site, day = visit["site"]["id"], visit["day"]
    there = bureau.get(f"/v1/plans/{plan_id}/why", params={"site": site, "day": day}).json()["site"]
    assert (there["visits"], there["site"]) == ([visit["id"]], site)
    other = next(one["day"] for one in found["visit"]["days"])
    away = bureau.get(f"/v1/plans/{plan_id}/why", params={"site": site, "day": other}).json()["site"]
    assert set(visit["tasks"]) <= {task for one in away["items"] for task in one["tasks"]}
    pair = bureau.get(f"/v1/plans/{plan_id}/why", params={"site": site, "agency": ["SCJG", "YJJ"]})
    assert pair.status_code == 200, pair.text
    for wrong in ({}, {"site": site}, {"task": "T", "visit": "V"}, {"site": site, "day": day, "agency": ["A", "B"]}):
        assert bureau.get(f"/v1/plans/{plan_id}/why", params=wrong).status_code == 422


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
