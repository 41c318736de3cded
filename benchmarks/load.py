"""Milliseconds that the service takes to answer 50 users at once while a month is planned beside them.

Run: `python -m benchmarks.load [--users N] [--seconds S] [--pause S] [--database URL] [--out FILE]`. The service is
`planner serve` with its embedded worker on 127.0.0.1, on the demonstration district with its month planned and
published; planning jobs follow each other all the while. The users are processes' threads of their own on the same
machine, so what is measured has them and the solver as rivals for the cores.

Every operation that reads is asked by every role that may, with ids that exist; streams and whole-log exports are not,
as they last as long as what they tell of. Writes issue and revoke tokens, log in with a password, and book what is
suggested to an agency. Everybody comes from an address of his own. Beside them strangers, from one more address, try
passwords without a pause. What was refused (4xx) is counted apart: it is answered sooner than what was asked for.
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
import psutil
from sqlalchemy import select

from api.accounts import accounts, passwords, tokens
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
WRITE_LIMIT_MS = 500.0
WRITE_SHARE = 0.1
WRITES = ("tokens.issue", "tokens.revoke", "session.login", "bookings.create")
STARVED = 0.25
"""Of the users' mean number of requests: whoever has fewer was starved."""
PASSWORD = "benchmark-31415926"
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
    """Answers: milliseconds of what was given and of what was refused, and statuses, by operation; requests by user."""

    ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    refused: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    asked: Counter[int] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, operation: str, status: int, seconds: float, user: int = -1) -> None:
        """Count one answer; `user` -1 is a stranger."""
        with self.lock:
            (self.refused if 400 <= status < 500 else self.ms)[operation].append(1000 * seconds)
            self.statuses[operation][status] += 1
            if user >= 0:
                self.asked[user] += 1


@dataclass(frozen=True)
class User:
    """Somebody at a desk."""

    role: str
    secret: str
    seed: int


def prepare(settings: Settings, users: int, source: Path | None) -> tuple[list[User], dict[str, list[str]]]:
    """Fill a new store with `source` or the demonstration district, its month planned and published, and accounts.

    Return the users, and ids that exist by the names that paths have for them.
    """
    store = Store(settings.database_url)
    migrate(store)
    first = ("import", {"path": str(source.resolve())}) if source else ("demo", {})
    queue.enqueue(store, *first, "benchmark")
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
    found, hashed = [], passwords.hash_password(PASSWORD)
    with store.write() as tx:
        for n, role in enumerate(roles):
            more = {"agency_id": agencies[n % len(agencies)]} if role == "agency" else {}
            more |= {"town": sites[0][1].town} if role == "town" else {}
            account = accounts.add(tx, f"user-{n}", f"用户{n}", role, hashed, "benchmark", **more)
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
        "day": [f"{MONTH}-{day:02d}" for day in range(1, 31)],
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
    held = {"Authorization": f"Bearer {user.secret}"}
    from_here = httpx2.HTTPTransport(local_address=f"127.0.1.{user.seed + 1}")
    with httpx2.Client(base_url=address, timeout=60, transport=from_here) as client:

        def timed(name: str, method: str, path: str, **more: Any) -> httpx2.Response:
            start = time.perf_counter()
            answer = client.request(method, path, **{"headers": held, **more})
            answer.read()
            tally.add(name, answer.status_code, time.perf_counter() - start, user.seed)
            return answer

        def token() -> None:
            body = {"label": "benchmark", "scopes": ["read"], "days": 1}
            made = timed("tokens.issue", "POST", "/v1/tokens", json=body)
            if made.status_code == 201:
                timed("tokens.revoke", "DELETE", f"/v1/tokens/{made.json()['token']['id']}")

        def login() -> None:
            body = {"login": f"user-{user.seed}", "password": PASSWORD}
            timed("session.login", "POST", "/v1/session", json=body, headers={})
            client.cookies.clear()

        def booking() -> None:
            offered = timed("suggestions.list", "GET", "/v1/suggestions", params={"month": MONTH})
            items = offered.json().get("items", []) if offered.status_code == 200 else []
            if items:
                one = rng.choice(items)
                best = one["suggestions"][0]
                body = {"month": MONTH, "site_id": one["site_id"], "turn": one["turn"], "riders": best["tasks"]}
                timed("bookings.create", "POST", "/v1/bookings", json={**body, "day": best["days"][0]})

        writes = [token, login, booking] if user.role == "agency" else [token, login]
        while time.monotonic() < until:
            time.sleep(rng.uniform(0.5, 1.5) * pause)
            if rng.random() < WRITE_SHARE:
                rng.choice(writes)()
                continue
            name = rng.choice(mine)
            path, required = asked[name]
            filled = re.sub(r"\{([^}]*)\}", lambda part: rng.choice(known[part[1]]), path)
            timed(name, "GET", filled, params={part: rng.choice(known[part]) for part in required})


def flood(address: str, until: float, tally: Tally) -> None:
    """Try wrong passwords of everybody's logins from one address, without a pause."""
    from_there = httpx2.HTTPTransport(local_address="127.0.2.1")
    with httpx2.Client(base_url=address, timeout=60, transport=from_there) as client:
        tried = 0
        while time.monotonic() < until:
            start, tried = time.perf_counter(), tried + 1
            body = {"login": f"user-{tried % 50}", "password": f"wrong-{tried}"}
            answer = client.post("/v1/session", json=body)
            tally.add("session.login by strangers", answer.status_code, time.perf_counter() - start)


@contextmanager
def serving(settings: Settings, port: int, folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Give the address of `planner serve` with one worker, and its process."""
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
        yield address, psutil.Process(process.pid)
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
    for name in sorted(tally.statuses):
        ms, refused = sorted(tally.ms[name]), tally.refused[name]
        found.append(
            {
                "operation": name,
                "count": len(ms),
                "p50_ms": part_of(ms, 50),
                "p95_ms": part_of(ms, 95),
                "max_ms": round(max(ms, default=0.0), 1),
                "refused": len(refused),
                "refused_p95_ms": part_of(refused, 95),
                "statuses": {str(status): n for status, n in sorted(tally.statuses[name].items())},
            }
        )
    return found


def spent(process: psutil.Process) -> float:
    """Return the processor seconds of the process that answers, its runs not among them."""
    times = process.cpu_times()
    return float(times.user + times.system)


def part_of(ms: list[float], percent: int) -> float:
    """Return a percentile of some times, 0 of none."""
    if len(ms) < 2:
        return round(sum(ms), 1)
    return round(statistics.quantiles(ms, n=100, method="inclusive")[percent - 1], 1)


def measure(chosen: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Return the run's row."""
    seconds, pause, strangers, source = chosen.seconds, chosen.pause, chosen.strangers, chosen.source
    settings = Settings(data=folder / "data", database=chosen.database, poll_seconds=0.1)
    people, known = prepare(settings, chosen.users, source)
    asked, left = readings(settings, known)
    tally, solved = Tally(), []
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    began = time.perf_counter()
    with serving(settings, port, folder) as (address, process):
        ready = time.perf_counter() - began
        store = Store(settings.database_url)
        until, used = time.monotonic() + seconds, spent(process)
        threads = [threading.Thread(target=use, args=(u, address, asked, known, pause, until, tally)) for u in people]
        threads.append(threading.Thread(target=keep_solving, args=(store, until, solved)))
        threads += [threading.Thread(target=flood, args=(address, until, tally)) for _ in range(strangers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        used = spent(process) - used
        memory = process.memory_info().rss >> 20
        planned = [queue.job_of(store, job_id).state for job_id in solved]
        store.close()
    operations = rows(tally)
    errors = sum(n for row in operations for status, n in row["statuses"].items() if status >= "500")
    slow = [row["operation"] for row in operations if row["operation"] in asked and row["p95_ms"] > READ_LIMIT_MS]
    reads = [ms for name in asked for ms in tally.ms[name]]
    writes = [ms for name in WRITES for ms in tally.ms[name]]
    logins, counts = tally.statuses["session.login"], [tally.asked[user.seed] for user in people]
    starved = sum(one < STARVED * statistics.mean(counts) for one in counts)
    short = [f"{errors} answers of 5xx"] if errors else []
    short += [f"p95 over {READ_LIMIT_MS:g} ms: {', '.join(slow)}"] if slow else []
    short += [f"writes' p95 over {WRITE_LIMIT_MS:g} ms"] if part_of(writes, 95) > WRITE_LIMIT_MS else []
    short += [f"{starved} users starved"] if starved else []
    short += ["good logins refused"] if logins.keys() - {200} else []
    return {
        "case": "load-postgresql" if chosen.database.startswith("postgresql") else "load-sqlite",
        "district": source.stem if source else "demo",
        "label": f"{len(people)} users, {strangers} strangers, pause {pause:g} s, {seconds:g} s",
        "ready_seconds": round(ready, 2),
        "requests": sum(row["count"] + row["refused"] for row in operations),
        "processor_ms_of_a_request": round(1000 * used / sum(sum(one.values()) for one in tally.statuses.values()), 1),
        "memory_mib": memory,
        "reads_p95_ms": part_of(reads, 95),
        "writes_p95_ms": part_of(writes, 95),
        "requests_of_a_user": [min(counts), round(statistics.mean(counts), 1), max(counts)],
        "logins": {str(status): n for status, n in sorted(logins.items())},
        "runs_beside": dict(Counter(planned)),
        "not_asked": {name: NOT_ASKED.get(name, "nothing of that kind in the district") for name in left},
        "operations": operations,
        "gate": {"short": "; ".join(short)},
        **machine(),
    }


def main() -> int:
    """Measure, store and print; 1 where an answer was a 5xx, somebody was starved or shut out, or it was too slow."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--pause", type=float, default=1.0, help="seconds that a user thinks, on average")
    parser.add_argument("--strangers", type=int, default=4, help="who try passwords meanwhile")
    parser.add_argument("--database", default="", help="an empty database's URL; default: SQLite in a temporary folder")
    parser.add_argument("--source", type=Path, help="a workbook of June 2026; default: the demonstration district")
    parser.add_argument("--out", type=Path, default=OUT, help="the file of results to add to")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        row = measure(chosen, Path(name))
    append(chosen.out, datetime.now(UTC).isoformat(timespec="seconds"), [row])
    told = (
        "label",
        "requests",
        "processor_ms_of_a_request",
        "memory_mib",
        "reads_p95_ms",
        "writes_p95_ms",
        "requests_of_a_user",
        "logins",
        "runs_beside",
        "gate",
    )
    print(json.dumps({key: row[key] for key in told}))
    for one in row["operations"]:
        print(f"{one['operation']:<28}{one['count']:>6}{one['p50_ms']:>10}{one['p95_ms']:>10}  {one['statuses']}")
    return 1 if row["gate"]["short"] else 0


if __name__ == "__main__":
    sys.exit(main())
