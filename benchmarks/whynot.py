"""Processor seconds of "why not" and "what it would take" on a planned month.

Run: `nice python -m benchmarks.whynot PLAN.json [--count N] [--out FILE]`, PLAN.json of `planner demo`. All left-out
tasks are asked about, and N planned ones drawn by lot and taken out of the plan, whose days have to be walked. What is
timed is the proven set of one task, and after it the cheapest way, in one process that was warmed by one question.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.history import append
from benchmarks.machine import ROOT, machine, peak_mib
from planner.domain.plan import LEFT_OUT, Plan
from planner.explain.whynot.changes import Asked, waivable_of
from planner.explain.whynot.walking import carrier, proven_conflict
from planner.explain.whynot.ways import ways_of
from planner.law.words import together
from planner.operations.book import starts_in
from planner.service import restore_plan
from planner.service.month.planning import Planned
from planner.service.published.operating import starts_of

OUT = ROOT / "benchmarks" / "results" / "whynot.json"
LIMIT = 1.0
"""Seconds that the set of a task may take at the 95th percentile."""


def measure(planned: Planned, count: int, seed: int) -> dict[str, Any]:
    """Return the row of one run."""
    result, law = planned.result, planned.rulebook
    case, roster, plan = result.case, result.roster, result.plan
    if plan is None:
        raise SystemExit("the month has no plan")
    begin, waivable = starts_in(case, starts_of(result)), waivable_of([r.id for r in law.rules if r.waivable])
    out = [t for t in np.flatnonzero(plan.day == LEFT_OUT).tolist() if not case.tasks[t].follows_fire]
    free = np.flatnonzero((plan.day >= 0) & (case.columns.pinned == 0) & ~case.columns.follows_fire)
    drawn = np.random.default_rng(seed).choice(free, count, replace=False).tolist()
    sets, ways, verdicts, kinds = list[float](), list[float](), Counter[str](), Counter[str]()
    for task in (out[:1] or drawn[:1]) + out + drawn:
        day = plan.day.copy()
        day[sorted(together(case, task))] = LEFT_OUT
        start = time.process_time()
        conflict = proven_conflict(case, roster, Plan(day), task, begin)
        sets.append(time.process_time() - start)
        start = time.process_time()
        asked = Asked(case, roster, Plan(day), conflict, waivable)
        found = ways_of(asked, lambda changed, people: carrier(changed, people, begin), first=True)
        ways.append(time.process_time() - start)
        verdicts[conflict.verdict.value] += 1
        kinds[found.cheapest.change.kind.value if found.cheapest else "none"] += 1
    p95 = round(float(np.percentile(sets[1:], 95)), 3)
    return {
        "case": f"whynot-{case.n_tasks}",
        "tasks": case.n_tasks,
        "left_out": len(out),
        "taken_out": count,
        "set_seconds": _spread(sets[1:]),
        "cheapest_way_seconds": _spread(ways[1:]),
        "verdicts": dict(verdicts),
        "cheapest": dict(kinds),
        "limit": {"short": "" if p95 <= LIMIT else f"p95 of the set over {LIMIT} s"},
        "peak_mib": peak_mib(),
        **machine(),
    }


def _spread(seconds: list[float]) -> dict[str, float]:
    p50, p95 = np.percentile(seconds, [50, 95]).tolist()
    return {"p50": round(p50, 3), "p95": round(p95, 3), "max": round(max(seconds), 3)}


def main() -> int:
    """Measure, store and print the row; 1 where the set takes longer than its limit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.whynot", description=__doc__)
    parser.add_argument("plan", type=Path, help="plan.json of a month")
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=OUT, help="the file of results to add to")
    chosen = parser.parse_args()
    row = measure(restore_plan(chosen.plan), chosen.count, chosen.seed)
    append(chosen.out, datetime.now(UTC).isoformat(timespec="seconds"), [row])
    print(json.dumps(row, ensure_ascii=False, indent=1))
    return 1 if row["limit"]["short"] else 0


if __name__ == "__main__":
    sys.exit(main())
