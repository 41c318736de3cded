"""Scenarios at once, kind by kind: `python -m benchmarks.whatif PLAN.json` plays changes from one plan.

Units and days are drawn by a seed. Processor seconds are told, the engine's (repair and bounds) apart; reading the plan
and what is common to all scenarios is told apart, too. So is how wide the interval of entries on the same service is,
beside the base's gap. What is measured is written after each round of kinds, so that a run can be ended at any time.
The plan is one that `planner plan` wrote.
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
from typing import Any, NamedTuple

import numpy as np

from benchmarks.history import append
from benchmarks.machine import ROOT, machine
from planner.domain.result import ENTRIES
from planner.service import Base, play, restore_plan
from planner.service.whatif.scenario import Scenario, scenarios_of

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
        yield (
            "filings",
            f"filings: {{agency: {draw.choice(units)}, {draw.choice(('days_after: 7', 'whole_month: true'))}}}",
        )
        yield "grades", f"grades: {{steps: 1, domain: {draw.choice(('A01', 'A04', 'A07'))}}}"
        yield "refusals", f"refusals: {{share_percent: {draw.choice((10, 20, 30))}}}"


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
    entries = base.side.held[ENTRIES]
    row["base_gap"] = entries.high - entries.low
    took: dict[str, list[Played]] = {}
    for kind, change in changes(units, days, chosen.count, chosen.seed):
        scenario = scenarios_of(f"name: one\ntitle: one\nchanges:\n  - {change}\n")[0]
        took.setdefault(kind, []).append(one := measured(base, scenario))
        print(kind, *one, change, flush=True)
        row["kinds"] = {name: told(found, row["base_gap"] + entries.high // 1000) for name, found in took.items()}
        chosen.out.with_suffix(".partial.json").write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    print(json.dumps(row, ensure_ascii=False))
    append(chosen.out, datetime.now(UTC).date().isoformat(), [{**row, **machine()}])
    chosen.out.with_suffix(".partial.json").unlink()
    return 0


class Played(NamedTuple):
    """Processor seconds in all, for the month, for the engine; and the width of the interval, None without one."""

    seconds: float
    intake: float
    engine: float
    width: int | None


def measured(base: Base, scenario: Scenario) -> Played:
    """Return what playing the scenario at once took."""
    mark = process_time()
    played = play(base, scenario)
    seconds, same = process_time() - mark, played.comparison and played.comparison.same
    width = same.effect.high - same.effect.low if same else None
    return Played(round(seconds, 3), played.seconds["intake"], played.seconds.get("plan", 0.0), width)


def told(found: list[Played], allowed: int) -> dict[str, Any]:
    """Return the figures of one kind; `narrow` are intervals no wider than `allowed` (the base's gap and 0.1 %)."""
    widths = [one.width for one in found if one.width is not None]
    figures: dict[str, Any] = {"count": len(found), "compared": len(widths)}
    for name in ("seconds", "intake", "engine"):
        p50, p95 = np.percentile([getattr(one, name) for one in found], (50, 95)).round(2).tolist()
        figures[name] = {"p50": p50, "p95": p95, "most": round(max(getattr(one, name) for one in found), 2)}
    if widths:
        p50, p95 = np.percentile(widths, (50, 95)).round(1).tolist()
        figures["width"] = {"p50": p50, "p95": p95, "most": max(widths)}
        figures["narrow"] = sum(width <= allowed for width in widths)
    return figures


if __name__ == "__main__":
    sys.exit(main())
