"""Plans changed by hand over HTTP: refused with clauses, or another draft whose lineage tells what was done and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.jobs.worker import Worker
from tests.cli.district import MONTH
from tests.http.conftest import Service
from tests.http.test_plans import imported, published, ran

Operation = dict[str, Any]


def patch(client: TestClient, plan: str, *operations: Operation, how: str = "hold", reason: str = "会商") -> Any:
    body = {"operations": list(operations), "reason": reason}
    return client.post(f"/v1/plans/{plan}/from-patch", params={"operation": how}, json=body)


def move(visit: str, day: str) -> Operation:
    return {"op": "replace", "path": f"/visits/[id={visit}]/day", "value": day}


def visits(client: TestClient, plan: str) -> dict[str, dict[str, Any]]:
    items = client.get(f"/v1/plans/{plan}/visits", params={"limit": 500}).json()["items"]
    return {one["id"]: one for one in items}


@pytest.fixture
def plan(service: Service, tmp_path: Path) -> str:
    """A draft of the small district's month."""
    imported(service, tmp_path)
    answer = service.client("bureau").post("/v1/plans", json={"month": MONTH})
    job = ran(service, answer)
    assert job["result"]["plan"] == job["id"]  # the job's id is the plan's
    return str(job["id"])


def free_day(client: TestClient, plan: str, visit: str) -> str:
    told = client.get(f"/v1/plans/{plan}/visits/{visit}/verdicts").json()["items"]
    return next(one["day"] for one in reversed(told) if one["lawful"] and one["day"])


@pytest.mark.slow
def test_what_is_moved_and_dropped_makes_a_draft_that_can_be_published(service: Service, plan: str) -> None:
    bureau = service.client("bureau")
    before = visits(bureau, plan)
    moved, dropped, *_ = before.values()
    to = free_day(bureau, plan, moved["id"])
    asked = [move(moved["id"], to), {"op": "remove", "path": f"/visits/[id={dropped['id']}]"}]
    told = patch(bureau, plan, *asked, how="validate")
    assert (told.status_code, told.json()["lawful"]) == (200, True)
    assert told.json()["left_out"] == len(dropped["tasks"])
    job = ran(service, patch(bureau, plan, *asked, reason="企业停产"))
    made = job["id"]
    after = visits(bureau, made)
    assert {one["day"] for one in after.values() if moved["tasks"][0] in one["tasks"]} == {to}
    gone = bureau.get(f"/v1/plans/{made}/why/{dropped['tasks'][0]}").json()
    assert (gone["outcome"], "企业停产" in gone["text"]) == ("left_out", True)
    kept = before.keys() - {moved["id"], dropped["id"]}
    assert kept <= after.keys()
    assert all(after[name]["slot"] == before[name]["slot"] for name in kept)  # there was room: no start has changed
    found = bureau.get(f"/v1/plans/{made}/lineage").json()
    assert [step["plan"] for step in found["items"]] == [made, plan]
    assert (found["items"][0]["reason"], found["items"][0]["created_by"]) == ("企业停产", "bureau")
    assert [step["path"] for step in found["items"][0]["operations"]] == [step["path"] for step in asked]
    assert found["held"]["pinned"] == dict.fromkeys(sorted(moved["tasks"]), to)
    assert found["held"]["excluded"] == sorted(dropped["tasks"])
    assert [step["plan"] for step in bureau.get(f"/v1/plans/{plan}/lineage").json()["made_of_it"]] == [made]
    assert visits(bureau, plan) == before
    published(service, made)


@pytest.mark.slow
def test_solving_anew_keeps_to_what_is_held(service: Service, plan: str) -> None:
    bureau = service.client("bureau")
    before = visits(bureau, plan)
    first, second, *_ = before.values()
    to = free_day(bureau, plan, first["id"])
    asked = [move(first["id"], to), {"op": "remove", "path": f"/visits/[id={second['id']}]"}]
    one = ran(service, patch(bureau, plan, *asked))["id"]
    pin = {"op": "add", "path": f"/visits/[id={next(iter(visits(bureau, one)))}]/pinned", "value": True}
    again = ran(service, patch(bureau, one, pin, how="solve"))["id"]
    after = visits(bureau, again)
    held = bureau.get(f"/v1/plans/{again}/lineage").json()["held"]
    days = {task: visit["day"] for visit in after.values() for task in visit["tasks"]}
    assert {task: days[task] for task in held["pinned"]} == held["pinned"]
    assert set(first["tasks"]) < set(held["pinned"])
    assert not set(second["tasks"]) & days.keys()
    free = [{"op": "remove", "path": f"/tasks/[id={task}]/excluded"} for task in second["tasks"]]
    back = ran(service, patch(bureau, again, *free, how="solve"))["id"]
    assert set(second["tasks"]) <= {task for visit in visits(bureau, back).values() for task in visit["tasks"]}
    published(service, back)


@pytest.mark.slow
def test_what_the_law_forbids_is_refused_with_its_clauses(service: Service, plan: str) -> None:
    bureau = service.client("bureau")
    visit = next(one for one in visits(bureau, plan).values() if "SCJG-1" in one["items"])
    late = move(visit["id"], "2026-06-30")  # its filing ends on the 19th
    told = patch(bureau, plan, late, how="validate").json()
    assert (told["lawful"], [breach["rule"] for breach in told["breaches"]]) == (False, ["window"])
    for how in ("hold", "solve"):
        answer = patch(bureau, plan, late, how=how)
        assert (answer.status_code, answer.json()["code"]) == (409, "unlawful"), answer.text
        assert answer.json()["clauses"] == told["breaches"][0]["clauses"]
        assert answer.json()["errors"][0]["where"] == "window"
    assert bureau.get(f"/v1/plans/{plan}/lineage").json()["made_of_it"] == []


@pytest.mark.slow
def test_what_is_no_change_is_told_where_it_is_wrong(service: Service, plan: str) -> None:
    bureau = service.client("bureau")
    visit = next(iter(visits(bureau, plan)))
    for operation, detail in (
        (move("V-none", "2026-06-10"), "方案中没有入企 V-none"),
        (move(visit, "2026-06-07"), "不是本月的工作日"),
        (move(visit, "六月"), "不是 YYYY-MM-DD"),
        ({"op": "add", "path": f"/visits/[id={visit}]/day", "value": True}, "不相配"),
        ({"op": "remove", "path": f"/visits/[id={visit}]/day"}, "不相配"),
    ):
        answer = patch(bureau, plan, operation, how="validate")
        assert answer.status_code == 422, answer.text
        assert detail in answer.json()["detail"]
    answer = patch(bureau, plan, {"op": "remove", "path": "/filings/[id=F-S]"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    for login in ("a1", "town", "auditor"):
        assert patch(service.client(login), plan, move(visit, "2026-06-10")).status_code == 403


@pytest.mark.slow
def test_a_plan_in_the_making_answers_by_the_id_it_will_have(service: Service, tmp_path: Path) -> None:
    bureau = service.client("bureau")
    imported(service, tmp_path)
    making = bureau.post("/v1/plans", json={"month": MONTH}).json()["id"]
    path = f"/v1/plans/{making}"
    assert bureau.get(path).status_code == 404
    assert bureau.get(f"{path}/metadata").json()["state"] == "queued"
    assert service.client("a1").get(f"{path}/metadata").status_code == 404
    Worker(service.store, service.settings).run(until_idle=True)
    found = bureau.get(f"{path}/metadata").json()
    assert (found["state"], found["month"], found["version"]) == ("draft", MONTH, 1)
    assert found["best"] == found["bound"] == bureau.get(path).json()["figures"]["entries"]
    events = bureau.get(f"{path}/events").text
    assert '"event":"finished"' in events.replace(" ", "")
    assert bureau.delete(path).json()["state"] == "draft"  # the run has ended; nothing is deleted
    never = bureau.post("/v1/plans", json={"month": MONTH}).json()["id"]
    assert bureau.delete(f"/v1/plans/{never}").json()["state"] == "cancelled"


@pytest.mark.slow
def test_validating_a_month_counts_and_solves_nothing(service: Service, tmp_path: Path) -> None:
    bureau = service.client("bureau")
    imported(service, tmp_path)
    job = ran(service, bureau.post("/v1/plans", params={"operation": "validate"}, json={"month": MONTH}))
    found = job["result"]
    assert found["tasks"] > 0
    assert any(kind["severity"] == "error" and kind["count"] == 1 for kind in found["findings"])
    assert json.dumps(found, ensure_ascii=False).count("clauses") == len(found["findings"])
    assert bureau.get("/v1/plans").json()["items"] == []
