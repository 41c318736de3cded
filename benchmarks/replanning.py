"""Seconds to replan a published month after one event, with the proof that no fewer visits can change.

Run: `nice python -m benchmarks.replanning PLAN.json [--events N] [--out FILE]`; PLAN.json is a planned month, such as
that of `make demo`. Events are random, of every kind in turn: a crew is absent for a day, a visit is stopped, an agency
does not come or is not done, reports a result, a triggered check takes crews, a task is new. Reading the plan, and
bringing a triggered check into the book, are not counted. Seconds are those of the processor, one thread, so that what
else the machine does is not counted; rows without `clock` are by the wall clock.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.history import append
from benchmarks.machine import ROOT, machine, peak_mib
from planner.operations.book import Book
from planner.operations.events import Absence, Event, GiveWay, Missed, NewTask, Reported, Stopped
from planner.operations.replan import replan
from planner.operations.triggered import Triggered
from planner.service import book_of, restore_plan
from planner.service.published.triggering import triggered_to_json, with_triggered

OUT = ROOT / "benchmarks" / "results" / "replanning.json"
LIMIT_SECONDS = 2.0
KINDS = (
    *("absence", "cancelled", "closed", "emergency", "no_show", "refused", "partly_done", "done", "settled"),
    *("triggered", "new_task"),
)


def event_of(book: Book, n: int, r: random.Random, placed: list[int]) -> tuple[Book, Event, str]:
    """Return the n-th random event and its kind: it hits the visit of a random planned task. The book is that on which
    it happens: a triggered check is in it already.
    """
    case, t = book.case, r.choice(placed)
    task, day = case.tasks[t], case.days[int(book.day[t])]
    kind = KINDS[n % len(KINDS)]
    match kind:
        case "absence":
            return book, Absence(task.unit, (day,)), kind
        case "cancelled" | "closed" | "emergency":
            return book, Stopped(task.site, (day,), kind), kind
        case "no_show" | "refused" | "partly_done":
            tasks = (task.id,) if kind == "partly_done" else ()
            return book, Missed(task.unit, task.site, day, kind, tasks), kind
        case "done" | "settled":
            return book, Reported(task.unit, task.site, day, kind, (task.id,)), kind
        case "triggered":
            check = Triggered(f"TR-{n}", task.site, task.unit, task.domain, task.items, day, "complaint", task.minutes)
            detail = {"check": triggered_to_json(check)}
            return with_triggered(book, detail), GiveWay(check.id), kind
    new = replace(task, id="new", pinned=None, joint_group="", follows_fire=False, waits_until=None)
    return book, NewTask((new,)), kind


def measure(plan: Path, events: int, seed: int) -> dict[str, Any]:
    """Return the row of one run."""
    planned = restore_plan(plan)
    book = book_of(planned)
    r, placed = random.Random(seed), np.flatnonzero(book.day >= 0).tolist()
    spent: dict[str, list[float]] = defaultdict(list)
    proven, changed, entries_proven, unproven = 0, 0, 0, list[str]()
    for n in range(events):
        then, event, kind = event_of(book, n, r, placed)
        start = time.process_time()
        done = replan(then, event)
        spent[kind].append(time.process_time() - start)
        proven, changed = proven + done.proven, changed + len(done.changed)
        entries_proven += done.entries_proven
        if not done.proven:
            unproven.append(kind)
    every = [second for seconds in spent.values() for second in seconds]
    p95 = float(np.percentile(every, 95))
    return {
        "case": f"replanning-{planned.month}",
        "clock": "processor",
        "tasks": book.case.n_tasks,
        "sites": len(book.case.sites),
        "events": events,
        "changed_visits": changed,
        "changes_proven": proven,
        "unproven": unproven,
        "entries_proven": entries_proven,
        "p50_seconds": round(float(np.percentile(every, 50)), 3),
        "p95_seconds": round(p95, 3),
        "max_seconds": round(max(every), 3),
        "p95_by_event": {name: round(float(np.percentile(s, 95)), 3) for name, s in sorted(spent.items())},
        "limit": {"short": "" if p95 <= LIMIT_SECONDS else f"p95 over {LIMIT_SECONDS} s"},
        "peak_mib": peak_mib(),
        **machine(),
    }


def main() -> int:
    """Measure, store and print the row; 1 where the 95th percentile is over its limit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replanning", description=__doc__)
    parser.add_argument("plan", type=Path)
    parser.add_argument("--events", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=OUT, help="the file of results to add to")
    chosen = parser.parse_args()
    row = measure(chosen.plan, chosen.events, chosen.seed)
    append(chosen.out, datetime.now(UTC).isoformat(timespec="seconds"), [row])
    print(json.dumps(row, ensure_ascii=False, indent=1))
    return 1 if row["limit"]["short"] else 0


if __name__ == "__main__":
    sys.exit(main())
