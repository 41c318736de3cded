"""Milliseconds of suggestions, gate and ledger on a published year of a district with 200,000 sites.

Run: `nice python -m benchmarks.suggestions [--tasks N] [--questions N] [--out FILE]`. The year is a made-up one of the
family *slack* with the plan that it was grown around; about 70 % of its visits are published, the rest is open. Each
question is about a random site with something open and one of the agencies due there, in a window of a month or the
whole year. What is timed is the call of the engine, in one process, after one call of each kind has compiled it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.families import plant
from benchmarks.history import append
from benchmarks.machine import ROOT, machine, peak_mib
from planner.domain.case import Case
from planner.domain.plan import LEFT_OUT, Plan
from planner.operations.book import Book
from planner.operations.gate import Gate
from planner.operations.ledger import ledger_of
from planner.operations.suggest import suggest
from planner.rulebook.book import load_rulebook

OUT = ROOT / "benchmarks" / "results" / "suggestions.json"
TASKS = 560_000
"""So many tasks have some 200,000 sites."""
LIMIT_MS = 5.0
PUBLISHED = 0.7
MONTH = timedelta(days=30)


def published_year(tasks: int, seed: int) -> Book:
    """Return the book: whole visits published at random, everything else open."""
    planted = plant("slack", "year", tasks, seed)
    case, day = planted.case, planted.plan.day
    rng = np.random.default_rng(seed)
    _, visit = np.unique(case.site_of * (case.n_days + 2) + day, return_inverse=True)
    told = (rng.random(int(visit.max()) + 1) < PUBLISHED)[visit] & (day >= 0)
    return Book(case, Plan(np.where(told, day, LEFT_OUT)), told)


def questions(book: Book, count: int, rng: np.random.Generator) -> list[tuple[str, str, int]]:
    """Return random (site id, unit id, task) of open tasks."""
    case = book.case
    chosen = rng.choice(np.flatnonzero(~book.published & ~book.arrays.outside[case.site_of]), count)
    return [(case.tasks[t].site, case.tasks[t].unit, t) for t in chosen.tolist()]


def timed(calls: list[Callable[[], Any]]) -> tuple[dict[str, float], list[Any]]:
    """Return milliseconds of the calls at the median, the 99th percentile and most, and what they returned."""
    calls[0]()
    spent, answers = [], []
    for call in calls:
        start = time.perf_counter()
        answers.append(call())
        spent.append(1000 * (time.perf_counter() - start))
    p50, p99 = np.percentile(spent, [50, 99]).tolist()
    return {"p50_ms": round(p50, 3), "p99_ms": round(p99, 3), "max_ms": round(max(spent), 3)}, answers


def a_month_of(case: Case, task: int) -> tuple[Any, Any]:
    """Return the first month of a task's window, or all of it where it is shorter."""
    first, last = case.tasks[task].window
    return max(first, case.period[0]), min(last, first + MONTH, case.period[1])


def measure(tasks: int, count: int, seed: int = 0) -> dict[str, Any]:
    """Return the row of one run."""
    start = time.perf_counter()
    book = published_year(tasks, seed)
    built = round(time.perf_counter() - start, 1)
    case, law = book.case, load_rulebook().at(book.case.days[0])
    asked, gate = questions(book, count, np.random.default_rng(seed + 1)), Gate(book, law)
    windows = [a_month_of(case, t) for _, _, t in asked]
    month, answers = timed(
        [lambda s=s, u=u, w=w: suggest(book, law, s, u, w) for (s, u, _), w in zip(asked, windows, strict=True)]
    )
    year, _ = timed([lambda s=s, u=u: suggest(book, law, s, u) for s, u, _ in asked])
    days = [case.days[int(case.window_lo[t])] for _, _, t in asked]
    gates, _ = timed([lambda s=s, u=u, d=d: gate.ask(u, s, d) for (s, u, _), d in zip(asked, days, strict=True)])
    ledgers, _ = timed([lambda s=s, u=u: ledger_of(book, law, s, u) for s, u, _ in asked])
    offered = sum(bool(answer.suggestions) for answer in answers)
    short = "" if max(month["p99_ms"], year["p99_ms"]) <= LIMIT_MS else f"p99 over {LIMIT_MS} ms"
    return {
        "case": f"suggestions-{len(case.sites)}",
        "sites": len(case.sites),
        "tasks": case.n_tasks,
        "published_tasks": int(book.published.sum()),
        "days": case.n_days,
        "questions": count,
        "with_suggestions": offered,
        "suggest_month": month,
        "suggest_year": year,
        "gate": gates,
        "ledger": ledgers,
        "build_seconds": built,
        "limit": {"short": short},
        "peak_mib": peak_mib(),
        **machine(),
    }


def main() -> int:
    """Measure, store and print the row; 1 where the 99th percentile of suggestions is over its limit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.suggestions", description=__doc__)
    parser.add_argument("--tasks", type=int, default=TASKS)
    parser.add_argument("--questions", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=OUT, help="the file of results to add to")
    chosen = parser.parse_args()
    row = measure(chosen.tasks, chosen.questions, chosen.seed)
    append(chosen.out, datetime.now(UTC).isoformat(timespec="seconds"), [row])
    print(json.dumps(row, ensure_ascii=False, indent=1))
    return 1 if row["limit"]["short"] else 0


if __name__ == "__main__":
    sys.exit(main())
