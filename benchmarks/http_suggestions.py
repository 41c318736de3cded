"""Milliseconds of suggestions over HTTP at a fixed rate, on a published year of a district with 200,000 sites.

Run: `nice python -m benchmarks.http_suggestions [--tasks N] [--rate R] [--seconds S] [--out FILE]`. The service runs in
a process of its own behind a real socket, with SQLite; its book of the published year is put there, since a year is not
planned over HTTP yet. Everything else is as served: who asks is identified by a token, the database is asked which plan
is published and how many bookings it has, the answer is JSON. Requests are sent when they are due, whether those before
are answered or not, so that waiting in line counts. Nine in ten ask for suggestions, one in ten the gate.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.history import append
from benchmarks.machine import ROOT, machine
from benchmarks.suggestions import TASKS, a_month_of, published_year, questions

OUT = ROOT / "benchmarks" / "results" / "http_suggestions.json"
LIMIT_MS = 50.0
CALLERS = 24


def serve(folder: Path, tasks: int, count: int, seed: int) -> None:
    """Serve the year until standard input ends; print the port, a token and the questions."""
    import uvicorn

    from api.accounts import accounts, tokens
    from api.app import create_app
    from api.desk.published.kept_books import Kept, books, cells_of_book
    from api.settings import Settings
    from api.store import Store
    from api.store.database.migrate import migrate
    from api.store.inputs.library import Row, new_revision, put
    from api.store.inputs.rows import decode
    from api.store.planned.plans import add_plan, plan_of, publish
    from planner.domain.calendar import WorkCalendar
    from planner.report.words.names import Names
    from planner.rulebook.book import load_rulebook

    book = published_year(tasks, seed)
    case, law = book.case, load_rulebook().at(book.case.days[0])
    settings = Settings(data=folder, workers=0, rate_per_second=10_000, rate_burst=10_000)
    store = Store(settings.database_url)
    migrate(store)
    document = {
        "month": f"{case.period[0]:%Y-%m}",
        "case_hash": "c" * 64,
        "plan_hash": "d" * 64,
        "rulebook_version": law.version,
        "status": "feasible",
        "repeatable": True,
        "summary": {},
        "plan": {},
        "visits": [],
        "left_out": [],
    }
    sites = [{"site_id": s.id, "name": s.name, "town": s.town} for s in case.sites]
    agencies = [{"agency_id": u.id, "name": u.name, "level": "district"} for u in case.units]
    with store.write() as tx:
        for kind, rows in (("agencies", agencies), ("sites", sites)):
            typed = [Row(kind, decode(kind, json.dumps(row), n), n) for n, row in enumerate(rows, 2)]
            put(tx, new_revision(tx, "bench", "import", kind), typed)
        row = add_plan(tx, document, "bench", revision=None, synthetic=True)
        publish(tx, row.id, "bench", 1)
        account = accounts.add(tx, "bench", "bench", "bureau", None, "bench")
        secret = tokens.issue(tx, account, "bench", ["read"], 1, "bench")[1]
        plan = plan_of(tx, row.id)
    books.put(Kept(plan, book, law, Names().with_case(case), WorkCalendar(), cells_of_book(book)))
    asked = []
    for n, (site, unit, t) in enumerate(questions(book, count, np.random.default_rng(seed + 1))):
        first, last = a_month_of(case, t)
        if n % 10 == 9:
            day, month = case.days[int(case.window_lo[t])].isoformat(), document["month"]
            asked.append(
                f"/v1/sites/{site}/gate?" + urllib.parse.urlencode({"agency_id": unit, "day": day, "month": month})
            )
        else:
            query = {"site_id": site, "agency_id": unit, "from": first.isoformat(), "to": last.isoformat()}
            asked.append("/v1/suggestions?" + urllib.parse.urlencode(query))
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    # A caller that has nothing to ask for a while keeps its line.
    config = uvicorn.Config(create_app(settings), port=port, log_config=None, ws="none", timeout_keep_alive=300)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    print(json.dumps({"port": port, "secret": secret, "asked": asked, "sites": len(case.sites), "tasks": case.n_tasks}))
    sys.stdout.flush()
    sys.stdin.read()
    server.should_exit = True
    thread.join()


def measure(tasks: int, rate: float, seconds: float, seed: int = 0) -> dict[str, Any]:
    """Return the row of one run."""
    count = round(rate * seconds)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.http_suggestions", "--serve", folder]
        command += ["--tasks", str(tasks), "--count", str(count), "--seed", str(seed)]
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ)
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            told = json.loads(server.stdout.readline())
            spent, statuses = _asked(told["port"], told["secret"], told["asked"], rate)
        finally:
            server.stdin.close()
            server.wait(timeout=60)
    p50, p99 = np.percentile(spent, [50, 99]).tolist()
    failed = sum(status != 200 for status in statuses)
    short = f"p99 over {LIMIT_MS} ms" if p99 > LIMIT_MS else f"{failed} requests failed" if failed else ""
    return {
        "case": f"http-suggestions-{told['sites']}",
        "sites": told["sites"],
        "tasks": told["tasks"],
        "rate": rate,
        "requests": count,
        "failed": failed,
        "p50_ms": round(p50, 2),
        "p99_ms": round(p99, 2),
        "max_ms": round(max(spent), 2),
        "limit": {"short": short},
        **machine(),
    }


def _asked(port: int, secret: str, paths: list[str], rate: float) -> tuple[list[float], list[int]]:
    """Send each request when it is due; return milliseconds from then to its answer, and the statuses."""
    local, headers = threading.local(), {"Authorization": f"Bearer {secret}"}

    def ask(path: str, due: float) -> tuple[float, int]:
        if not hasattr(local, "line"):
            local.line = HTTPConnection("127.0.0.1", port, timeout=60)
        local.line.request("GET", path, headers=headers)
        answer = local.line.getresponse()
        answer.read()
        return 1000 * (time.perf_counter() - due), answer.status

    for path in [*paths[:20], *[p for p in paths if "/gate" in p][:5]]:
        ask(path, 0.0)  # compiles what is compiled on first use
    with ThreadPoolExecutor(CALLERS) as pool:
        start, runs = time.perf_counter() + 0.1, []
        for n, path in enumerate(paths):
            due = start + n / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            runs.append(pool.submit(ask, path, due))
        found = [run.result() for run in runs]
    return [ms for ms, _ in found], [status for _, status in found]


def main() -> int:
    """Measure, store and print the row; 1 where the 99th percentile is over its limit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.http_suggestions", description=__doc__)
    parser.add_argument("--tasks", type=int, default=TASKS)
    parser.add_argument("--rate", type=float, default=50.0, help="requests a second")
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=OUT, help="the file of results to add to")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--count", type=int, default=0, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        serve(chosen.serve, chosen.tasks, chosen.count, chosen.seed)
        return 0
    row = measure(chosen.tasks, chosen.rate, chosen.seconds, chosen.seed)
    append(chosen.out, datetime.now(UTC).isoformat(timespec="seconds"), [row])
    print(json.dumps(row, ensure_ascii=False, indent=1))
    return 1 if row["limit"]["short"] else 0


if __name__ == "__main__":
    sys.exit(main())
