"""Kills the whole service in a loop, in the middle of writes and runs, and checks that nothing it answered for is lost.

Run: `python -m tests.http.server_kills [--count 100]` (PLANNER_TEST_POSTGRES names a server; else one is started). Half
of the kills fall on each database. Exit code 1 where anything answered is missing or there twice, a run is left
running, or the log is broken.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import psutil
from sqlalchemy import select

from api.accounts import accounts, tokens
from api.accounts.who import SCOPES
from api.store import Store, log, queue
from api.store.database.migrate import migrate
from api.store.database.schema import tokens as token_table
from tests.api.kills import both_databases

RUN_EVERY = 10
"""Kills from one accepted run to the next."""


@dataclass
class Outcome:
    """What a loop of kills came to; `wrong` is empty where all is well."""

    kills: int = 0
    answered: int = 0
    """Writes that the service had answered for before it was killed."""
    unanswered: int = 0
    """Writes that were done although the kill came before the answer."""
    runs: Counter[str] = field(default_factory=Counter)
    attempts: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


def run(store: Store, secret: str, folder: Path, count: int, seed: int = 7) -> Outcome:
    """Kill the service on a migrated store `count` times; `secret` is a coordinator's token."""
    rng, began, outcome = random.Random(seed), time.monotonic(), Outcome()
    answered, accepted, port = set[str](), set[str](), _free_port()
    for kill in range(count):
        process = serve(store, port, folder)
        try:
            # Counted from the first answer: how long a service takes to begin is the machine's matter.
            bomb = threading.Timer(rng.uniform(0.0, 1.2), _kill, [process])
            _write_until_dead(port, secret, kill, (answered, accepted), bomb.start)
        finally:
            _kill(process)
        outcome.kills += 1
    process = serve(store, port, folder)
    try:
        until = time.monotonic() + 300
        while any(not queue.job_of(store, name).ended for name in accepted) and time.monotonic() < until:
            time.sleep(0.2)
    finally:
        process.terminate()
        process.wait(60)
    _judge(store, answered, accepted, outcome)
    outcome.seconds = round(time.monotonic() - began, 1)
    return outcome


def serve(store: Store, port: int, folder: Path) -> subprocess.Popen[bytes]:
    """Start the service with one embedded worker and wait until it answers."""
    words = ["serve", "--port", str(port), "--workers", "1", "--database", store.url, "--data", str(folder)]
    environment = {**os.environ, "PLANNER_LEASE_SECONDS": "2", "PLANNER_POLL_SECONDS": "0.1"}
    with (folder / "serve.log").open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "planner", *words], stdout=out, stderr=subprocess.STDOUT, env=environment
        )
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AssertionError((folder / "serve.log").read_text(encoding="utf-8"))
        try:
            if httpx2.get(f"http://127.0.0.1:{port}/healthz").status_code == 200:
                return process
        except httpx2.TransportError:
            time.sleep(0.05)
    process.kill()
    raise AssertionError("the service did not answer")


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the service and all that it started, as a machine that loses its power does."""
    try:
        children = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return
    process.kill()
    for child in children:
        try:
            child.kill()
        except psutil.NoSuchProcess:
            continue
    process.wait()


def _write_until_dead(
    port: int, secret: str, kill: int, kept: tuple[set[str], set[str]], begin: Callable[[], None]
) -> None:
    """Write as fast as is answered and note in `kept` what was answered and which runs were accepted; call `begin`
    after the first answer.
    """
    answered, accepted = kept
    headers = {"Authorization": f"Bearer {secret}"}
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=10) as client:
        try:
            if kill % RUN_EVERY == 0:
                started = client.post("/v1/demo", headers={"Idempotency-Key": f"run-{kill}"})
                assert started.status_code == 202, started.text
                accepted.add(started.json()["id"])
            for number in range(100_000):
                label = f"kill-{kill}-{number}"
                body = {"label": label, "scopes": ["read"], "days": 1}
                answer = client.post("/v1/tokens", json=body, headers={"Idempotency-Key": label})
                assert answer.status_code == 201, answer.text
                answered.add(label)
                if number == 0:
                    begin()
        except httpx2.TransportError:
            return


def _judge(store: Store, answered: set[str], accepted: set[str], outcome: Outcome) -> None:
    with store.read() as tx:
        made = [str(label) for label in tx.values(select(token_table.c.label)) if str(label).startswith("kill-")]
    outcome.answered, outcome.unanswered = len(answered), len(set(made) - answered)
    wrong = [f"{label} was answered for and is not there" for label in sorted(answered - set(made))]
    wrong += [f"{label} is there {n} times" for label, n in Counter(made).items() if n > 1]
    if outcome.unanswered > outcome.kills:
        wrong.append(f"{outcome.unanswered} writes without an answer in {outcome.kills} kills")
    for job in (queue.job_of(store, name) for name in sorted(accepted)):
        outcome.runs[job.state] += 1
        outcome.attempts += job.attempt
        if job.state not in ("finished", "failed") or (job.state == "failed" and not job.error):
            wrong.append(f"run {job.id} is {job.state}: {job.error}")
    outcome.wrong = wrong + [problem.text("en") for problem in log.verify_log(store)]


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def main() -> int:
    """Kill on both databases and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.http.server_kills", description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as name, both_databases(Path(name)) as databases:
        for label, url in databases:
            store, data = Store(url), Path(name) / label
            data.mkdir()
            migrate(store)
            with store.write() as tx:
                account = accounts.add(tx, "li", "李", "bureau", None, "test")
                secret = tokens.issue(tx, account, "test", SCOPES, 1, "test")[1]
            outcome = run(store, secret, data, -(-chosen.count // 2), chosen.seed)
            store.close()
            print(json.dumps({"database": label, **vars(outcome)}, ensure_ascii=False), flush=True)
            wrong += len(outcome.wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
