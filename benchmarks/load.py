"""Milliseconds that the service takes to answer 50 users at once while a month is planned beside them.

Run: `python -m benchmarks.load [--users N] [--seconds S] [--pause S] [--database URL] [--out FILE]`. The service is
`planner serve` with its embedded worker on 127.0.0.1, on the demonstration district with its month planned and
published; planning jobs follow each other all the while. The users are processes' threads of their own on the same
machine, so what is measured has them and the solver as rivals for the cores.

Every operation that reads is asked by every role that may, with ids that exist; streams and whole-log exports are not,
as they last as long as what they tell of. Writes issue and revoke tokens, each an entry in the log, and add and change
nothing else that another user's reading would meet.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import select

from api.accounts import accounts, tokens
from api.accounts.who import SCOPES
from api.app import create_app
from api.jobs.worker import Worker
from api.rights import OPERATIONS
from api.settings import Settings
from api.store import Store, queue
from api.store.database.migrate import migrate
from api.store.database.schema import filings
from api.store.inputs.library import rows_of
from api.store.planned.plans import document_of, draws_of, plans_of, publish, visits_of
from api.store.planned.rounds import close_round, open_round, rounds_of
from benchmarks.history import append
from benchmarks.machine import ROOT, machine
from planner.intake.words.catalogue import finding_types
from planner.rulebook.book import load_rulebook

OUT = ROOT / "benchmarks" / "results" / "load.json"
MONTH = "2026-06"
READ_LIMIT_MS = 200.0
WRITE_SHARE = 0.1
NOT_ASKED = {
    "jobs.events": "a stream",
    "plans.events": "a stream",
    "log.export": "the whole log",
    "log.verify": "the whole log",
}
ROLES = {"bureau": 0.2, "agency": 0.6, "town": 0.1, "auditor": 0.1}
"""Shares of the users."""


@dataclass
class Tally:
    """Answers: milliseconds by operation, and statuses by operation."""

    ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, operation: str, status: int, seconds: float) -> None:
        """Count one answer."""
        with self.lock:
            self.ms[operation].append(1000 * seconds)
            self.statuses[operation][status] += 1


@dataclass(frozen=True)
class User:
    """Somebody at a desk."""

    role: str
    secret: str
    seed: int


def prepare(settings: Settings, users: int) -> tuple[list[User], dict[str, list[str]]]:
    """Fill a new store with the demonstration district, its month planned and published, and accounts.

    Return the users, and ids that exist by the names that paths have for them.
    """
    store = Store(settings.database_url)
    migrate(store)
    queue.enqueue(store, "demo", {}, "benchmark")
    job = queue.enqueue(store, "plan", {"month": MONTH}, "benchmark")
    Worker(store, settings).run(until_idle=True)
    planned = queue.job_of(store, job.id)
    assert planned.state == "finished", planned.error
    with store.read() as tx:
        everyone = [key for key, row in rows_of(tx, "agencies", limit=500) if not row.parent_id]
    with store.write() as tx:
        asked = open_round(tx, planned.result["plan"], date(2026, 5, 29), everyone, "benchmark")
        close_round(tx, asked.id, "benchmark", "")
        publish(tx, planned.result["plan"], "benchmark", 1)
    people = _people(store, users)
    known = _known(store, job.id)
    store.close()
    return people, known


def _people(store: Store, users: int) -> list[User]:
    with store.read() as tx:
        sites = rows_of(tx, "sites", limit=1)
        agencies = [key for key, row in rows_of(tx, "agencies", limit=500) if not row.parent_id]
    roles = [role for role, share in ROLES.items() for _ in range(round(share * users))]
    found = []
    with store.write() as tx:
        for n, role in enumerate(roles):
            more = {"agency_id": agencies[n % len(agencies)]} if role == "agency" else {}
            more |= {"town": sites[0][1].town} if role == "town" else {}
            account = accounts.add(tx, f"user-{n}", f"用户{n}", role, None, "benchmark", **more)
            found.append(User(role, tokens.issue(tx, account, "benchmark", SCOPES, 1, "benchmark")[1], n))
    return found


def _known(store: Store, job_id: str) -> dict[str, list[str]]:
    plan = plans_of(store, month=MONTH, limit=1)[0]
    book = load_rulebook().at(datetime.fromisoformat(f"{MONTH}-01").date())
    with store.read() as tx:
        ids = {
            "site_id": [key for key, _ in rows_of(tx, "sites", limit=200)],
            "agency_id": [key for key, _ in rows_of(tx, "agencies", limit=100)],
            "filing_id": [str(key) for key in tx.values(select(filings.c.filing_id).limit(200))],
            "draw_id": [record["draw_id"] for record in draws_of(tx, plan.id)],
        }
        rounds = [one.id for one in rounds_of(tx)]
        tasks = [task for visit in document_of(tx, plan.id)["visits"][:200] for task in visit["tasks"]]
    return {
        **ids,
        "plan_id": [plan.id],
        "job_id": [job_id],
        "visit_id": [row["visit_id"] for row in visits_of(store, unannounced_of=None, limit=200)],
        "month": [MONTH],
        "round_id": rounds,
        "number": ["0"],
        "task_id": tasks,
        "rule_id": [rule.id for rule in book.rules],
        "clause_id": [clause.id for clause in book.clauses],
        "code": list(finding_types()),
        "name": [file["name"] for file in plan.artefacts],
        "version": ["1"],
    }


def readings(settings: Settings, known: dict[str, list[str]]) -> tuple[dict[str, tuple[str, list[str]]], list[str]]:
    """Return (path, required query parameters) of every operation that reads, and those that cannot be asked."""
    found, left = {}, []
    for path, item in create_app(settings).openapi()["paths"].items():
        operation = item.get("get")
        if operation is None:
            continue
        name = operation["operationId"]
        required = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query" and p.get("required")]
        needed = [*re.findall(r"\{([^}]*)\}", path), *required]
        if name in NOT_ASKED or any(not known.get(part) for part in needed):
            left.append(name)
        else:
            found[name] = (path, required)
    return found, left


def use(
    user: User,
    address: str,
    asked: dict[str, tuple[str, list[str]]],
    known: dict[str, list[str]],
    pause: float,
    until: float,
    tally: Tally,
) -> None:
    """Ask and write at random until the time is up, thinking `pause` seconds between, more or less."""
    rng = random.Random(user.seed)
    mine = [name for name in asked if user.role in OPERATIONS[name].roles]
    with httpx2.Client(base_url=address, headers={"Authorization": f"Bearer {user.secret}"}, timeout=60) as client:

        def timed(name: str, method: str, path: str, **more: Any) -> httpx2.Response:
            start = time.perf_counter()
            answer = client.request(method, path, **more)
            answer.read()
            tally.add(name, answer.status_code, time.perf_counter() - start)
            return answer

        while time.monotonic() < until:
            time.sleep(rng.uniform(0.5, 1.5) * pause)
            if rng.random() < WRITE_SHARE:
                body = {"label": "benchmark", "scopes": ["read"], "days": 1}
                made = timed("tokens.issue", "POST", "/v1/tokens", json=body)
                if made.status_code == 201:
                    timed("tokens.revoke", "DELETE", f"/v1/tokens/{made.json()['token']['id']}")
                continue
            name = rng.choice(mine)
            path, required = asked[name]
            filled = re.sub(r"\{([^}]*)\}", lambda part: rng.choice(known[part[1]]), path)
            timed(name, "GET", filled, params={part: rng.choice(known[part]) for part in required})


@contextmanager
def serving(settings: Settings, port: int, folder: Path) -> Iterator[str]:
    """Give the address of `planner serve` with one worker."""
    command = [sys.executable, "-m", "planner", "serve", "--port", str(port), "--data", str(settings.data)]
    command += ["--database", settings.database] if settings.database else []
    with (folder / "serve.log").open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        while not _answers(address):
            if process.poll() is not None:
                raise RuntimeError((folder / "serve.log").read_text())
            time.sleep(0.02)
        yield address
    finally:
        process.terminate()
        process.wait(60)


def _answers(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/readyz").status_code == 200
    except httpx2.TransportError:
        return False


def keep_solving(store: Store, until: float, solved: list[str]) -> None:
    """Have a month planned all the time; each run begins when the one before has ended."""
    job = None
    while time.monotonic() < until:
        if job is None or queue.job_of(store, job.id).ended:
            job = queue.enqueue(store, "plan", {"month": MONTH, "seed": len(solved) + 1}, "benchmark")
            solved.append(job.id)
        time.sleep(0.2)
    if job is not None:
        queue.ask_to_stop(store, job.id, "benchmark")


def rows(tally: Tally) -> list[dict[str, Any]]:
    """Return a row for each operation: how often, how long, which statuses."""
    found = []
    for name in sorted(tally.ms):
        ms = sorted(tally.ms[name])
        cuts = statistics.quantiles(ms, n=100, method="inclusive") if len(ms) > 1 else ms * 99
        found.append(
            {
                "operation": name,
                "count": len(ms),
                "p50_ms": round(cuts[49], 1),
                "p95_ms": round(cuts[94], 1),
                "max_ms": round(ms[-1], 1),
                "statuses": {str(status): n for status, n in sorted(tally.statuses[name].items())},
            }
        )
    return found


def measure(users: int, seconds: float, pause: float, database: str, folder: Path) -> dict[str, Any]:
    """Return the run's row."""
    settings = Settings(data=folder / "data", database=database, poll_seconds=0.1)
    people, known = prepare(settings, users)
    asked, left = readings(settings, known)
    tally, solved = Tally(), []
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    began = time.perf_counter()
    with serving(settings, port, folder) as address:
        ready = time.perf_counter() - began
        store = Store(settings.database_url)
        until = time.monotonic() + seconds
        threads = [threading.Thread(target=use, args=(u, address, asked, known, pause, until, tally)) for u in people]
        threads.append(threading.Thread(target=keep_solving, args=(store, until, solved)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        planned = [queue.job_of(store, job_id).state for job_id in solved]
        store.close()
    operations = rows(tally)
    errors = sum(n for row in operations for status, n in row["statuses"].items() if status >= "500")
    slow = [row["operation"] for row in operations if row["operation"] in asked and row["p95_ms"] > READ_LIMIT_MS]
    reads = sorted(ms for name in asked for ms in tally.ms[name])
    short = [f"{errors} answers of 5xx"] if errors else []
    short += [f"p95 over {READ_LIMIT_MS:g} ms: {', '.join(slow)}"] if slow else []
    return {
        "case": "load-postgresql" if database.startswith("postgresql") else "load-sqlite",
        "label": f"{len(people)} users, pause {pause:g} s, {seconds:g} s",
        "ready_seconds": round(ready, 2),
        "requests": sum(row["count"] for row in operations),
        "reads_p95_ms": round(statistics.quantiles(reads, n=100)[94], 1),
        "runs_beside": dict(Counter(planned)),
        "not_asked": {name: NOT_ASKED.get(name, "nothing of that kind in the district") for name in left},
        "operations": operations,
        "gate": {"short": "; ".join(short)},
        **machine(),
    }


def main() -> int:
    """Measure, store and print; 1 where an answer was a 5xx or an operation's reads were too slow."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--pause", type=float, default=1.0, help="seconds that a user thinks, on average")
    parser.add_argument("--database", default="", help="an empty database's URL; default: SQLite in a temporary folder")
    parser.add_argument("--out", type=Path, default=OUT, help="the file of results to add to")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        row = measure(chosen.users, chosen.seconds, chosen.pause, chosen.database, Path(name))
    append(chosen.out, datetime.now(UTC).isoformat(timespec="seconds"), [row])
    print(json.dumps({key: row[key] for key in ("label", "requests", "reads_p95_ms", "runs_beside", "gate")}))
    for one in row["operations"]:
        print(f"{one['operation']:<28}{one['count']:>6}{one['p50_ms']:>10}{one['p95_ms']:>10}  {one['statuses']}")
    return 1 if row["gate"]["short"] else 0


if __name__ == "__main__":
    sys.exit(main())
