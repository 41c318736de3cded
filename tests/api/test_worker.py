"""Workers and their children, with real processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import select

from api.jobs.worker import Worker
from api.settings import Settings
from api.store import Store, queue
from api.store.database.schema import decisions
from api.store.queue import Job

KINDS = ("tests.api.kinds_for_tests",)


@pytest.fixture
def settings(store: Store, tmp_path: Path) -> Settings:
    return Settings(
        data=tmp_path / "data",
        database=store.url,
        lease_seconds=3.0,
        poll_seconds=0.05,
        progress_seconds=0.02,
        grace_seconds=1.0,
    )


@contextmanager
def working(store: Store, settings: Settings) -> Iterator[Worker]:
    worker = Worker(store, settings, KINDS)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop.set()
        thread.join(30)
        assert not thread.is_alive()


def waited(store: Store, job_id: str, until: Callable[[Job], bool], seconds: float = 30.0) -> Job:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        job = queue.job_of(store, job_id)
        if until(job):
            return job
        time.sleep(0.03)
    raise AssertionError(f"still {queue.job_of(store, job_id)}")


def ended(job: Job) -> bool:
    return job.ended


def counted(store: Store) -> list[dict[str, Any]]:
    with store.read() as tx:
        return list(tx.values(select(decisions.c.detail)))


def children() -> list[psutil.Process]:
    """Return the runs' processes: what the process that they are forked from has forked."""
    below = psutil.Process().children()
    return [run for one in below if "forkserver" in " ".join(one.cmdline()) for run in one.children()]


def test_a_job_runs_in_a_child_and_ends_with_its_result(store: Store, settings: Settings) -> None:
    made = queue.enqueue(store, "count", {"to": 20}, "li")
    assert Worker(store, settings, KINDS).run(until_idle=True) == 1
    end = queue.job_of(store, made.id)
    assert (end.state, end.result, end.best) == ("finished", {"number": 20, "began": 0}, 20)
    assert counted(store) == [{"number": 20}]
    best = [e["best"] for e in queue.events_of(store, made.id) if e["event"] == "progress"]
    assert best == sorted(best)
    assert best[-1] == 20


def test_a_stop_keeps_the_best(store: Store, settings: Settings) -> None:
    made = queue.enqueue(store, "count", {"to": 100_000}, "li")
    with working(store, settings):
        waited(store, made.id, lambda job: (job.best or 0) > 5)
        queue.ask_to_stop(store, made.id, "li")
        end = waited(store, made.id, ended)
    assert end.state == "cancelled"
    assert 5 < end.result["number"] < 100_000
    assert counted(store) == [{"number": end.result["number"]}]


def test_a_killed_child_is_followed_by_one_that_goes_on_from_the_incumbent(store: Store, settings: Settings) -> None:
    made = queue.enqueue(store, "count", {"to": 60}, "li")
    with working(store, settings):
        before = waited(store, made.id, lambda job: (job.best or 0) > 10)
        (child,) = children()
        child.kill()
        end = waited(store, made.id, ended)
    assert (end.state, end.attempt, end.deaths) == ("finished", 2, 1)
    assert before.best is not None
    assert end.result["began"] >= before.best
    assert counted(store) == [{"number": 60}]


def test_a_job_survives_the_process_that_its_child_was_forked_from(store: Store, settings: Settings) -> None:
    made = queue.enqueue(store, "count", {"to": 40}, "li")
    with working(store, settings):
        waited(store, made.id, lambda job: (job.best or 0) > 5)
        (child,) = children()
        origin = child.parent()
        assert origin is not None
        origin.kill()
        end = waited(store, made.id, ended, 60)
        assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    assert (end.state, end.attempt) == ("finished", 2)
    assert counted(store) == [{"number": 40}]


def test_a_child_that_always_dies_is_given_up(store: Store, settings: Settings) -> None:
    made = queue.enqueue(store, "die", {}, "li", max_deaths=2)
    Worker(store, settings, KINDS).run(until_idle=True)
    end = queue.job_of(store, made.id)
    assert (end.state, end.attempt) == ("failed", 2)
    assert end.error is not None
    assert end.error["code"] == "gave-up"


@pytest.mark.parametrize(
    ("kind", "code", "text"), [("refuse", "input", "no such file"), ("break", "defect", "ZeroDivisionError")]
)
def test_a_failure_is_stored_with_its_reason(store: Store, settings: Settings, kind: str, code: str, text: str) -> None:
    made = queue.enqueue(store, kind, {}, "li")
    Worker(store, settings, KINDS).run(until_idle=True)
    end = queue.job_of(store, made.id)
    assert end.state == "failed"
    assert end.error is not None
    assert end.error["code"] == code
    assert text in end.error["en"]


@pytest.mark.slow
def test_a_run_over_its_memory_fails_and_one_over_its_time_too(store: Store, settings: Settings) -> None:
    eats = queue.enqueue(store, "eat", {}, "li", run_mib=300)
    hangs = queue.enqueue(store, "hang", {}, "li", run_seconds=6.0)
    counts = queue.enqueue(store, "count", {"to": 100_000}, "li", run_seconds=6.0)
    Worker(store, settings, KINDS).run(until_idle=True)
    for job_id, code in ((eats.id, "memory"), (hangs.id, "time")):
        end = queue.job_of(store, job_id)
        assert end.state == "failed"
        assert end.error is not None
        assert end.error["code"] == code
    assert queue.incumbent_of(store, hangs.id) == b"7"
    end = queue.job_of(store, counts.id)
    assert (end.state, end.stop) == ("cancelled", "time")
    assert end.result["number"] > 0


def test_a_worker_that_is_shut_down_gives_its_job_back_and_leaves_no_child(store: Store, settings: Settings) -> None:
    made = queue.enqueue(store, "count", {"to": 100_000}, "li")
    with working(store, settings):
        waited(store, made.id, lambda job: (job.best or 0) > 5)
    assert children() == []
    job = queue.job_of(store, made.id)
    assert (job.state, job.deaths) == ("queued", 0)
    assert int(queue.incumbent_of(store, made.id) or b"0") > 5


def test_a_child_ends_with_its_worker(store: Store, settings: Settings) -> None:
    """The worker's end is the end of its connection to the child, however the worker ended."""
    queue.enqueue(store, "hang", {}, "li")
    worker = Worker(store, settings, KINDS)
    job = queue.claim(store, worker.name, 60)
    assert job is not None
    from api.jobs.worker import Child, _Watch

    watch = _Watch(worker, job, Child())
    waited(store, job.id, lambda job: job.stage == "hang")
    watch.child.tie.close()
    watch.child.process.join(10)
    assert watch.child.process.exitcode == 17
