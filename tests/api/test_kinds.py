"""The real kinds of jobs, run by a worker: a district is imported, its month planned, published and exported."""

from __future__ import annotations

import hashlib
import threading
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.jobs.worker import Worker
from api.settings import Settings
from api.store import ConflictError, StateError, Store, log, queue
from api.store.inputs.library import tables_of
from api.store.planned import plans as kept
from api.store.planned.sealing import seal
from planner.domain.finding import Severity
from planner.intake.write.writer import write_folder
from planner.service import verify_plan
from tests.cli.district import MONTH, district


@pytest.fixture
def settings(store: Store, tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", database=store.url, poll_seconds=0.05, progress_seconds=0.05)


def ran(store: Store, settings: Settings, kind: str, **payload: Any) -> queue.Job:
    made = queue.enqueue(store, kind, payload, "li")
    Worker(store, settings).run(until_idle=True)
    return queue.job_of(store, made.id)


@pytest.mark.slow
def test_demo_data_comes_by_a_job(store: Store, settings: Settings) -> None:
    job = ran(store, settings, "demo")
    assert (job.state, job.error) == ("finished", None)
    tables = tables_of(store, MONTH)
    assert tables.synthetic
    assert len(tables.sites) == job.result["rows"]["sites"]["added"] > 20_000
    assert not (settings.data / "scratch" / job.id).exists()


def test_a_file_that_is_not_there_fails_with_its_reason(store: Store, settings: Settings, tmp_path: Path) -> None:
    job = ran(store, settings, "import", path=str(tmp_path / "none.xlsx"))
    assert job.state == "failed"
    assert job.error is not None
    assert job.error["code"] == "input"
    assert "none.xlsx" in job.error["zh"]
    assert log.verify_log(store) == []


@pytest.mark.slow
def test_a_month_is_planned_published_and_exported(store: Store, settings: Settings, tmp_path: Path) -> None:
    raw = district()
    raw["filings"].append({**raw["filings"][0], "filing_id": "F-BAD", "items": "NONE-1"})  # not taken, but told
    write_folder(raw, tmp_path / "district")
    assert ran(store, settings, "import", path=str(tmp_path / "district")).state == "finished"
    first, second = (ran(store, settings, "plan", month=MONTH) for _ in range(2))
    assert (first.state, first.error) == ("finished", None)
    assert any(event["best"] is not None for event in queue.events_of(store, first.id))
    with store.read() as tx:
        plan, again = (kept.plan_of(tx, job.result["plan"]) for job in (first, second))
        document = kept.document_of(tx, plan.id)
        source = kept.case_source(tx, plan)
        assert source is not None
        assert source[0] == 1
        assert len(kept.draws_of(tx, plan.id)) == 1
    assert plan.plan_hash == again.plan_hash == document["plan_hash"]
    assert (plan.state, plan.job, plan.created_by) == ("draft", first.id, "li")
    for artefact in plan.artefacts:
        content = (settings.artefacts / artefact["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == artefact["sha256"]
    path = settings.artefacts / next(a["path"] for a in plan.artefacts if a["name"] == "plan.json")
    assert [p.text() for p in verify_plan(path) if p.severity is Severity.ERROR] == []
    with store.write() as tx:
        seal(tx, plan.id, "li", "run", "hash", 0)
        kept.publish(tx, plan.id, "li", plan.etag + 1)
    visits = kept.visits_of(store)
    assert {(v["site_id"], v["day"].isoformat()) for v in visits} == {
        (v["site"]["id"], v["day"]) for v in document["visits"]
    }
    with pytest.raises(StateError), store.write() as tx:
        kept.publish(tx, plan.id, "li", plan.etag + 2)
    with pytest.raises(ConflictError), store.write() as tx:
        kept.publish(tx, again.id, "li", again.etag + 1)
    with store.write() as tx:
        seal(tx, again.id, "wang", "run", "hash", 0)
        kept.publish(tx, again.id, "wang", again.etag + 1)
        assert kept.plan_of(tx, plan.id).superseded_by == again.id
        assert kept.plan_of(tx, plan.id).state == "superseded"
    assert {v["plan_id"] for v in kept.visits_of(store)} == {again.id}
    own = kept.visits_of(store, agency_id="HBJ")
    assert 0 < len(own) < len(visits)
    assert all("HBJ" in {party["id"] for party in v["row"]["agencies"]} for v in own)
    assert kept.visits_of(store, last=date(2026, 5, 31)) == []
    exported = ran(store, settings, "export", plan=plan.id)
    assert (exported.state, exported.error) == ("finished", None)
    assert {a["name"] for a in exported.result["artefacts"]} == {a["name"] for a in plan.artefacts}
    acts = [entry["what"] for entry in log.entries(store) if not entry["what"].startswith("job.")]
    sealed = ["plan.seal", "crews.reveal", "plan.publish"]
    second = ["crews.promise", *sealed]  # the first draft's number is spent with its seal
    assert acts == ["library.import", "plan.create", "crews.promise", "plan.create", *sealed, *second, "plan.export"]
    assert log.verify_log(store) == []


@pytest.mark.slow
def test_a_run_that_is_taken_over_goes_on_from_its_incumbent(store: Store, settings: Settings, tmp_path: Path) -> None:
    write_folder(district(), tmp_path / "district")
    assert ran(store, settings, "import", path=str(tmp_path / "district")).state == "finished"
    first = ran(store, settings, "plan", month=MONTH)
    incumbent = queue.incumbent_of(store, first.id)
    assert incumbent is not None
    job = queue.enqueue(store, "plan", {"month": MONTH}, "li", run_seconds=300, run_mib=4096)
    dead = queue.claim(store, "dead", 60)
    assert dead is not None
    queue.tell(store, dead, stage="match", incumbent=incumbent)
    queue.give_back(store, dead, died=True)
    Worker(store, settings).run(until_idle=True)
    again = queue.job_of(store, job.id)
    assert (again.state, again.attempt) == ("finished", 2), again.error
    with store.read() as tx:
        before, after = (kept.document_of(tx, one) for one in (first.id, job.id))
        assert kept.plan_of(tx, job.id).stopped  # not what a run from the beginning would give
    assert (before["repeatable"], after["repeatable"]) == (True, False)
    assert "接续" in after["notes"][0]
    assert after["objective"] == before["objective"]


@pytest.mark.slow
def test_a_run_that_is_stopped_keeps_its_best_as_a_draft(store: Store, settings: Settings, tmp_path: Path) -> None:
    """It is asked to stop as soon as it looks for days; what it has by then is timed, manned, checked and stored."""
    write_folder(district(), tmp_path / "district")
    assert ran(store, settings, "import", path=str(tmp_path / "district")).state == "finished"
    job = queue.enqueue(store, "plan", {"month": MONTH}, "li")
    worker = Worker(store, settings)
    thread = threading.Thread(target=worker.run, kwargs={"until_idle": True})
    thread.start()
    until = time.monotonic() + 120
    while "match" not in {event["stage"] for event in queue.events_of(store, job.id)}:
        assert time.monotonic() < until
        time.sleep(0.02)
    queue.ask_to_stop(store, job.id, "li")
    thread.join(timeout=120)
    done = queue.job_of(store, job.id)
    assert (done.state, done.error) == ("cancelled", None)
    with store.read() as tx:
        plan = kept.plan_of(tx, done.result["plan"])
        visits = kept.document_of(tx, plan.id)["visits"]
    assert (plan.state, bool(visits)) == ("draft", True)
    path = settings.artefacts / next(a["path"] for a in plan.artefacts if a["name"] == "plan.json")
    assert [p.text() for p in verify_plan(path) if p.severity is Severity.ERROR] == []
