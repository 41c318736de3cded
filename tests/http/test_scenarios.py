"""Scenarios over HTTP: played by a real run, read by whom they are for, and not played again where a run is killed."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient

from api.app import create_app
from api.desk.plans.restoring import restored
from api.jobs.worker import Worker
from api.settings import Settings
from api.store import Store, queue
from api.store.database.migrate import migrate
from planner.service import Base, Planned, compare_plans, play, played_json, scenarios_of, verify_whatif
from planner.service.month.planning import days_text
from tests.cli.district import MONTH
from tests.http.conftest import Service, filled
from tests.http.test_plans import imported, published, ran
from tests.http.test_rounds import agency

FEWER = """\
format: whatif/1
name: fewer
title: 应急少一个班组
changes:
  - capacity: {unit: YJJ, crews: -1}
"""
OTHER = """\
format: whatif/1
name: cap
title: 每次至多一个单位
changes:
  - settings: {values: {max_agencies_per_visit: 1}}
"""
NOBODY = "format: whatif/1\nname: nobody\ntitle: 没有的单位\nchanges:\n  - capacity: {unit: NOPE, crews: 1}\n"


def plain(document: dict[str, Any]) -> Any:
    """Return a document as JSON has it, without how long it took."""
    return json.loads(json.dumps({key: value for key, value in document.items() if key != "seconds"}))


def base_of(service: Service, plan: str) -> Planned:
    found = restored(service.store, plan)
    assert found is not None
    return found


def days_of_plan(planned: Planned) -> list[str]:
    assert planned.result.plan is not None
    return days_text(planned.result.case, planned.result.plan.day)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for all tests here, on SQLite: what they ask of the database is tested on both with the queue."""
    folder = tmp_path_factory.mktemp("scenarios")
    store = Store(f"sqlite:///{folder / 'store.sqlite'}")
    migrate(store)
    secrets = filled(store)
    settings = Settings(
        data=folder / "data",
        database=store.url,
        workers=0,
        rate_per_second=10_000,
        rate_burst=10_000,
        poll_seconds=0.02,
        progress_seconds=0.0,
    )
    app = create_app(settings)
    with TestClient(app):
        yield Service(app, store, settings, secrets)
    store.close()


@pytest.fixture(scope="module")
def draft(service: Service, tmp_path_factory: pytest.TempPathFactory) -> str:
    imported(service, tmp_path_factory.mktemp("month"))
    made = ran(service, service.client("bureau").post("/v1/plans", json={"month": MONTH}))
    return str(made["result"]["plan"])


@pytest.mark.slow
def test_a_set_is_what_the_planner_plays(service: Service, draft: str) -> None:
    bureau, auditor = service.client("bureau"), service.client("auditor")
    order = {"plan": draft, "scenarios": [FEWER, OTHER, NOBODY]}
    job = ran(service, bureau.post("/v1/scenarios", json=order))
    assert job["result"] == {"plan": draft, "scenarios": 3, "played": 2, "refused": 1}
    with service.store.read() as tx:
        notes = [one["note"] for one in queue.events_of(service.store, job["id"]) if one["stage"] == "play"]
        kept = queue.parts_of(tx, job["id"])
    assert notes == ["1/3 应急少一个班组", "2/3 每次至多一个单位", "3/3 没有的单位"]
    assert list(kept) == [1, 2, 3]

    planned = base_of(service, draft)
    for number, text in enumerate((FEWER, OTHER), start=1):
        told = bureau.get(f"/v1/scenarios/{job['id']}/{number}").json()["document"]
        (one,) = scenarios_of(text)
        assert plain(told) == plain(played_json(planned, play(Base(planned), one)))
        assert verify_whatif(told, planned) == []

    found = bureau.get(f"/v1/scenarios/{job['id']}").json()
    assert (found["state"], found["finished"], found["plan"], found["depth"]) == ("finished", 3, draft, "at-once")
    fewer, cap, nobody = found["items"]
    assert fewer["entries"]["low"] <= fewer["entries"]["high"]
    assert fewer["touched"][0]["kind"] == "capacity"
    assert cap["verdict"]
    assert (nobody["entries"], "NOPE" in nobody["refused"]) == (None, True)

    # A draft's are the coordinator's, and no other set can be told from none at all.
    path = f"/v1/scenarios/{job['id']}"
    assert auditor.get(path).status_code == 404
    assert auditor.get("/v1/scenarios").json() == {"items": [], "next": None}
    assert [one["id"] for one in bureau.get("/v1/scenarios").json()["items"]] == [job["id"]]
    assert {service.client(who).get(path).status_code for who in ("a1", "town", "integrator", "admin")} == {403}
    assert bureau.get(f"/v1/scenarios/{draft}").status_code == 404  # a run of another kind

    # The worth of a crew is reckoned when it is ordered.
    advice = f"/v1/plans/{draft}/price-advice"
    assert bureau.get(advice).json()["code"] == "not-reckoned"
    ran(service, bureau.post(advice))
    crews = bureau.get(advice).json()["crews"]
    assert {one["unit"] for one in crews} == {unit.id for unit in planned.result.case.units}
    assert all(one["found"] is None or one["found"]["saves"] <= one["saves_at_most"] for one in crews)
    assert auditor.get(advice).status_code == 404

    # What the rules in force allow is taken over as a draft with the scenario's dates; the plan stays as it is.
    told = bureau.get(f"{path}/2/adoption").json()
    dates = bureau.get(f"{path}/2").json()["document"]["plan"]
    before = dict(zip((t.id for t in planned.result.case.tasks), days_of_plan(planned), strict=True))
    moved = {task for task in before if dates[task] != before[task]}
    assert (told["lawful"], told["moved"], told["only_there"], told["plan"]) == (True, len(moved), 0, draft)
    assert set(told["agencies"]) <= {"SCJG", "HBJ", "YJJ"}
    made = ran(service, bureau.post(f"{path}/2/adopt"))["result"]["plan"]
    again = base_of(service, made)
    assert dict(zip(before, days_of_plan(again), strict=True)) == dates
    assert dict(zip(before, days_of_plan(base_of(service, draft)), strict=True)) == before
    assert bureau.get(f"/v1/plans/{made}/lineage").json()["items"][0]["reason"] == f"采用情景 {job['id']}/2"
    assert bureau.get(f"{path}/3/adoption").json()["code"] == "nothing-to-adopt"
    assert {service.client(who).get(f"{path}/2/adoption").status_code for who in ("auditor", "a1", "town")} == {403}

    published(service, draft)
    assert auditor.get(path).json()["items"] == found["items"]
    assert auditor.get(advice).json()["crews"] == crews
    assert auditor.get(f"{path}/1").status_code == 403


@pytest.mark.slow
def test_what_is_no_scenario_is_refused_at_once_with_its_line(service: Service, draft: str) -> None:
    bureau = service.client("bureau")

    def refused(**order: Any) -> str:
        answer = bureau.post("/v1/scenarios", json={"plan": draft, **order})
        assert answer.status_code == 422, answer.text
        return str(answer.json()["detail"])

    detail = refused(scenarios=[FEWER, FEWER.replace("crews", "crew")])
    assert "情景 2 第 5 行：没有“crew”这个键，最接近的是“crews”" in detail
    assert "one-more-fire-crew" in refused(shipped=["one-more-fire-crews"])
    assert "现有 0 个" in refused()
    assert "层次过深" in refused(scenarios=["a: " + "[" * 60_000])
    lists = yaml.safe_dump(
        {
            "format": "whatif/1",
            "name": "grid",
            "title": "格",
            "changes": [{"capacity": {"unit": "YJJ", "crews": [0] * 999}}],
        }
    )
    assert "情景过多（999" in refused(scenarios=[lists])
    assert bureau.post("/v1/scenarios", json={"plan": "none", "scenarios": [FEWER]}).status_code == 404
    assert bureau.get("/v1/jobs", params={"kind": "whatif", "state": "queued"}).json()["items"] == []


@pytest.mark.slow
def test_a_killed_run_goes_on_after_what_is_finished(service: Service, draft: str) -> None:
    bureau = service.client("bureau")
    text = FEWER.replace("crews: -1", f"crews: {list(range(12))}")
    job_id = bureau.post("/v1/scenarios", json={"plan": draft, "scenarios": [text]}).json()["id"]
    worker = Worker(service.store, service.settings)
    thread = threading.Thread(target=worker.run)
    thread.start()
    end = time.monotonic() + 60
    try:
        while not (kept := _documents(service, job_id)):
            assert time.monotonic() < end
            time.sleep(0.01)
    finally:
        worker.stop.set()  # the process is killed in the midst of what it does
        thread.join(30)
    kept = _documents(service, job_id)
    assert 0 < len(kept) < 12
    assert bureau.get(f"/v1/scenarios/{job_id}").json()["state"] == "queued"

    Worker(service.store, service.settings).run(until_idle=True)
    found = bureau.get(f"/v1/scenarios/{job_id}").json()
    assert (found["state"], found["finished"]) == ("finished", 12)
    after = _documents(service, job_id)
    assert {n: after[n] for n in kept} == kept  # with the seconds that they took
    events = queue.events_of(service.store, job_id)
    again = [one["note"].partition("/")[0] for one in events if one["stage"] == "play" and one["attempt"] == 2]
    assert again == [str(n) for n in range(len(kept) + 1, 13)]


def _documents(service: Service, job_id: str) -> dict[int, Any]:
    with service.store.read() as tx:
        return {number: queue.part_of(tx, job_id, number) for number in queue.parts_of(tx, job_id)}


@pytest.mark.slow
def test_a_stopped_set_keeps_what_is_finished(service: Service, draft: str) -> None:
    bureau = service.client("bureau")
    text = FEWER.replace("crews: -1", f"crews: {list(range(40))}")
    job_id = bureau.post("/v1/scenarios", json={"plan": draft, "scenarios": [text]}).json()["id"]
    thread = threading.Thread(target=Worker(service.store, service.settings).run, kwargs={"until_idle": True})
    thread.start()
    end = time.monotonic() + 60
    while not _documents(service, job_id):
        assert time.monotonic() < end
        time.sleep(0.01)
    assert bureau.delete(f"/v1/jobs/{job_id}").json()["stopping"]
    thread.join(60)
    found = bureau.get(f"/v1/scenarios/{job_id}").json()
    assert found["state"] == "cancelled"
    assert 0 < found["finished"] < 40
    assert [one["number"] for one in found["items"]] == list(range(1, found["finished"] + 1))


@pytest.mark.slow
def test_two_plans_are_compared_and_each_reads_its_own_part(service: Service, draft: str, tmp_path: Path) -> None:
    bureau, auditor = service.client("bureau"), service.client("auditor")
    imported(service, tmp_path, max_agencies_per_visit="1")
    alone = str(ran(service, bureau.post("/v1/plans", json={"month": MONTH}))["result"]["plan"])
    job = ran(service, bureau.post("/v1/comparisons", json={"first": draft, "second": alone}))
    path = f"/v1/comparisons/{job['id']}"
    found = bureau.get(path).json()
    assert (found["first"], found["second"], found["month"], found["state"]) == (draft, alone, MONTH, "finished")

    # It is what `planner compare` says of them.
    plans = base_of(service, draft), base_of(service, alone)
    document = compare_plans(*plans, alone)
    assert plain(bureau.get(f"{path}/document").json()["document"]) == plain(document)
    assert found["whole"]["entries"] == document["same_service"]["effect"]
    assert found["whole"]["entries"]["low"] > 0, "no two bodies together: more entries for the same"
    assert found["whole"]["verdict"]

    # Each unit's visits are those of the plans.
    visits = [bureau.get(f"/v1/plans/{plan}/visits", params={"limit": 500}).json()["items"] for plan in (draft, alone)]
    assert all(found["units"])
    for row in found["units"]:
        old, new = (
            {(v["site"]["id"], v["day"]) for v in some if row["unit"] in {one["id"] for one in v["agencies"]}}
            for some in visits
        )
        assert (row["visits_before"], row["visits_after"]) == (len(old), len(new))
        assert {(one["site"], one["day"]) for one in row["new"]} == new - old
        assert {(one["site"], one["day"]) for one in row["gone"]} == old - new
    assert any(row["new"] for row in found["units"])

    # A draft is the coordinator's; where both plans are public, an agency reads its own row and nothing of the whole.
    hbj = agency(service, "HBJ")
    assert {who.get(path).status_code for who in (hbj, auditor)} == {404}
    assert hbj.get("/v1/comparisons").json()["items"] == auditor.get("/v1/comparisons").json()["items"] == []
    assert {service.client(who).get(path).status_code for who in ("town", "integrator", "admin")} == {403}
    if auditor.get(f"/v1/plans/{draft}").status_code == 404:
        published(service, draft)
    with_itself = ran(service, bureau.post("/v1/comparisons", json={"first": draft, "second": draft}))
    same = f"/v1/comparisons/{with_itself['id']}"
    own = hbj.get(same).json()
    (row,) = own["units"]
    assert (own["whole"], row["unit"], row["new"], row["gone"]) == (None, "HBJ", [], [])
    assert row["visits_before"] == row["visits_after"] > 0
    assert auditor.get(same).json()["whole"]["entries"]["word"] == "none"
    assert auditor.get(same).json()["units"] == bureau.get(same).json()["units"]
    assert {who.get(f"{same}/document").status_code for who in (hbj, auditor)} == {403}
    assert [one["id"] for one in hbj.get("/v1/comparisons").json()["items"]] == [with_itself["id"]]
    assert len(bureau.get("/v1/comparisons").json()["items"]) == 2

    refused = bureau.post("/v1/comparisons", json={"first": draft, "second": "none"})
    assert refused.status_code == 404
    assert hbj.post("/v1/comparisons", json={"first": draft, "second": draft}).status_code == 403
    assert bureau.get(f"/v1/comparisons/{draft}").status_code == 404
