"""Scenarios at once, kind by kind: `python -m benchmarks.whatif PLAN.json` plays changes from one plan.

Units and days are drawn by a seed. Processor seconds are told, which other work on the machine leaves alone; reading
the plan and what is common to all scenarios is told apart. The plan is one that `planner plan` wrote.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from benchmarks.history import append
from benchmarks.machine import ROOT, machine
from planner.service import Base, play, restore_plan
from planner.service.whatif.scenario import scenarios_of

RESULTS = ROOT / "benchmarks" / "results" / "whatif.json"


def changes(units: list[str], days: list[str], count: int, seed: int) -> Iterator[tuple[str, str]]:
    """Yield (kind, change as YAML), `count` of each kind."""
    draw = random.Random(seed)
    for n in range(count):
        first = draw.randrange(len(days) - 5)
        week = f"from: {days[first]}, to: {days[first + 4]}"
        yield "capacity", f"capacity: {{unit: {draw.choice(units)}, crews: {draw.choice((-1, 1))}, {week}}}"
        yield "people", f"people: {{unit: {draw.choice(units)}, {week}, share_percent: {draw.choice((30, 50, 100))}}}"
        yield "settings", f"settings: {{values: {{entry_cap: {n % 3 + 2}}}}}"
        yield "rule", f"rule: {{id: gap.domain, param: gap_months, domain: A07, value: {n % 3 + 2}}}"
        yield "lists", "lists: {drop_not_to_join: true}"
        yield "calendar", f"calendar: {{closed: [{draw.choice(days)}]}}"


def main() -> int:
    """Measure, store and print; 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plan", type=Path)
    parser.add_argument("--count", type=int, default=20, help="changes of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    mark = process_time()
    base = Base(restore_plan(chosen.plan))
    row: dict[str, Any] = {"case": "whatif-at-once", "restore_cpu_seconds": round(process_time() - mark, 2)}
    case = base.planned.result.case
    mark = process_time()
    base.prepare(base.inputs)
    row |= {"tasks": case.n_tasks, "common_cpu_seconds": round(process_time() - mark, 2), "kinds": {}}
    units, days = [unit.id for unit in case.units], [day.isoformat() for day in case.days]
    play(base, scenarios_of("name: warm\ntitle: warm\nchanges: []\n")[0])
    took: dict[str, list[float]] = {}
    for kind, change in changes(units, days, chosen.count, chosen.seed):
        scenario = scenarios_of(f"name: one\ntitle: one\nchanges:\n  - {change}\n")[0]
        mark = process_time()
        played = play(base, scenario)
        took.setdefault(kind, []).append(process_time() - mark)
        print(kind, round(took[kind][-1], 2), played.status.value, played.reason, change, flush=True)
    for kind, seconds in took.items():
        p50, p95 = np.percentile(seconds, (50, 95)).round(2).tolist()
        row["kinds"][kind] = {"count": len(seconds), "p50": p50, "p95": p95, "most": round(max(seconds), 2)}
    print(json.dumps(row, ensure_ascii=False))
    append(chosen.out, datetime.now(UTC).date().isoformat(), [{**row, **machine()}])
    return 0


if __name__ == "__main__":
    sys.exit(main())
