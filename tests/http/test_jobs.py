"""Jobs over HTTP: who sees which, stopping, and progress as it comes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

from fastapi.testclient import TestClient

from api.store import queue
from api.store.queue import Job
from tests.http.conftest import Service


def test_each_sees_ones_own_and_the_coordinator_all(service: Service) -> None:
    for who, agency in (("a1", "A1"), ("b1", "B1"), ("bureau", None), ("town", None), ("other", "A1-2")):
        queue.enqueue(service.store, "demo", {}, who, agency_id=agency)
    seen = {
        login: {job["created_by"] for job in service.client(login).get("/v1/jobs").json()["items"]}
        for login in ("a1", "b1", "town", "bureau", "auditor", "admin", "integrator")
    }
    everyone = {"a1", "b1", "bureau", "town", "other"}
    assert seen == {
        "a1": {"a1", "other"},
        "b1": {"b1"},
        "town": {"town"},
        **dict.fromkeys(("bureau", "auditor", "admin", "integrator"), everyone),
    }


def test_anothers_job_is_not_there(service: Service) -> None:
    job = queue.enqueue(service.store, "demo", {}, "a1", agency_id="A1")
    b1 = service.client("b1")
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/events")):
        theirs = b1.request(method, f"/v1/jobs/{job.id}{path}")
        nothing = b1.request(method, f"/v1/jobs/{'0' * 32}{path}")
        assert theirs.status_code == nothing.status_code == 404
        assert theirs.json()["detail"].replace(job.id, "0" * 32) == nothing.json()["detail"]
    assert queue.job_of(service.store, job.id).state == "queued"
    assert service.client("auditor").delete(f"/v1/jobs/{job.id}").status_code == 403


def test_stopping_a_job_that_has_not_begun(service: Service) -> None:
    job = queue.enqueue(service.store, "plan", {"month": "2026-06"}, "bureau")
    client = service.client("bureau")
    assert client.delete(f"/v1/jobs/{job.id}").json()["state"] == "cancelled"
    assert client.delete(f"/v1/jobs/{job.id}").json()["state"] == "cancelled"
    assert client.get("/v1/jobs", params={"state": "cancelled", "kind": "plan"}).json()["items"][0]["id"] == job.id


def test_pages_go_on_where_the_last_one_ended(service: Service) -> None:
    made = [queue.enqueue(service.store, "demo", {"seed": n}, "bureau").id for n in range(7)]
    client, seen, cursor = service.client("bureau"), [], None
    while True:
        page = client.get("/v1/jobs", params={"limit": 3, **({"cursor": cursor} if cursor else {})}).json()
        seen += [job["id"] for job in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == made[::-1]
    for wrong in ("x", "e30", "IngiCg", "MTAwMDAwMDAwMDAwMDAwMDAwMDAwMA"):
        assert client.get("/v1/jobs", params={"cursor": wrong}).json()["code"] == "cursor"


def test_paths_on_the_server_are_not_told_and_errors_are_in_chinese(service: Service) -> None:
    made = queue.enqueue(service.store, "import", {"path": "/srv/planner/in/六月.xlsx"}, "bureau")
    job = queue.claim(service.store, "w", 60)
    assert job is not None
    queue.fail(service.store, job, "input", "不是工作簿", "no workbook")
    found = service.client("bureau").get(f"/v1/jobs/{made.id}").json()
    assert found["payload"] == {"path": "六月.xlsx"}
    assert found["error"] == {"code": "input", "detail": "不是工作簿", "clauses": [], "errors": []}


def test_progress_is_streamed_until_the_job_has_ended(service: Service) -> None:
    job_id = queue.enqueue(service.store, "plan", {"month": "2026-06"}, "bureau").id

    def work() -> None:
        job = queue.claim(service.store, "w", 60)
        assert job is not None
        for best in (30, 20, 10):
            queue.tell(service.store, job, stage="solve", level="entries", best=best, bound=9)
            time.sleep(0.05)
        with queue.ending(service.store, job) as (_, kept):
            kept["result"] = {"plan": "p"}

    worker = threading.Thread(target=work)
    worker.start()
    events = list(stream(service.client("bureau"), job_id))
    worker.join()
    assert [name for name, _ in events] == ["queued", "running", *["progress"] * 3, "finished"]
    assert [data["best"] for name, data in events if name == "progress"] == [30, 20, 10]
    assert {data["job_id"] for _, data in events} == {job_id}
    # A client that lost the connection after the second event hears the rest, and the same once more in full.
    third = stream(service.client("bureau"), job_id, {"Last-Event-ID": str(events[1][1]["id"])})
    assert list(third) == events[2:]
    assert list(stream(service.client("bureau"), job_id, {"Last-Event-ID": "no number"})) == events


def stream(client: TestClient, job_id: str, headers: dict[str, str] | None = None) -> Iterator[tuple[str, Any]]:
    with client.stream("GET", f"/v1/jobs/{job_id}/events", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in answer.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, json.loads(line.removeprefix("data: "))


def test_an_ended_jobs_stream_ends(service: Service) -> None:
    made: Job = queue.enqueue(service.store, "demo", {}, "bureau")
    queue.ask_to_stop(service.store, made.id, "bureau")
    assert [name for name, _ in stream(service.client("bureau"), made.id)] == ["queued", "cancelled"]
