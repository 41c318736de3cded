"""Repair beside solving anew: the demonstration month with one unit at three quarters for a week, unit by unit.

`python -m benchmarks.repair` repairs the matched month for every unit in turn; the units of `--anew` are also matched
from scratch. Processor time is compared, which other work on the machine leaves alone; what numba compiles on the way
is done before. Every certificate is recomputed in plain Python for the units matched anew; `results/repair.json` grows.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from benchmarks.history import append
from benchmarks.machine import ROOT, machine
from benchmarks.month_cases import Month
from benchmarks.shortages import SOLVER_SEED, month_of
from planner.checks import check_plan
from planner.checks.certificate import verify_certificate
from planner.checks.same_service import link_tasks
from planner.domain.case import Case
from planner.domain.plan import loads_of
from planner.solve.day.half_rows import strengthened
from planner.solve.match import solve_match
from planner.solve.matched import Match
from planner.solve.prices.bound import level_values
from planner.solve.repair.carry import carried_days, carried_lists
from planner.solve.repair.search import Repaired, repair
from scenarios.demo import DEFAULT_SEED, generate
from scenarios.parameters import DemoParameters

RESULTS = ROOT / "benchmarks" / "results" / "repair.json"
WEEK = slice(5, 10)
"""Open days of the month in which a unit is short."""


def short_week(case: Case, unit: int) -> Case:
    """Return the case in which the unit's own crews have three quarters of their hours in the week."""
    capacity = case.capacity.copy()
    capacity[unit, WEEK] = capacity[unit, WEEK] * 3 // 4
    return replace(case, capacity=capacity, plan_capacity=capacity)


def repaired(base: Case, match: Match, after: Case) -> tuple[Repaired, float]:
    """Return the repair of the matched month and its processor seconds, carrying included."""
    assert match.plan is not None
    mark = process_time()
    links = link_tasks(base, after)
    day, new = carried_days(base, match.plan.day, after, links)
    found = repair(after, day, carried_lists(match.certificates, base, after), new, SOLVER_SEED)
    return found, process_time() - mark


def rows(month: Month, anew: Sequence[str]) -> list[dict[str, Any]]:
    """Return a row for each unit, and one of all of them together."""
    base = strengthened(month.case, month.roster)
    match = solve_match(base, SOLVER_SEED)
    assert match.plan is not None
    repaired(month.case, match, base)
    load, found = loads_of(base, match.plan), []
    for number, unit in enumerate(base.units):
        after = short_week(base, number)
        result, seconds = repaired(month.case, match, after)
        assert result.plan is not None
        assert not check_plan(after, result.plan)
        row: dict[str, Any] = {
            "unit": unit.id,
            "over_quarters": int(np.maximum(load[number] - after.capacity[number], 0).sum()),
            "touched_sites": len(result.touched),
            "moved_tasks": len(result.moved),
            "widened": result.widened,
            "values": [level.value for level in result.levels],
            "bounds": [level.bound_certified for level in result.levels],
            "status": result.status.value,
            "cpu_seconds": round(seconds, 3),
            "steps": {step: round(spent, 3) for step, spent in result.seconds.items()},
        }
        if unit.id in anew:
            assert result.objective is not None
            plain = replace(
                after,
                capacity=after.capacity[: len(after.rows)],
                plan_capacity=after.plan_capacity[: len(after.rows)],
                half_rows=(),
            )
            for one in result.certificates:
                verify_certificate(plain, one, level_values(result.objective), month.roster)
            mark = process_time()
            other = solve_match(after, SOLVER_SEED)
            assert other.plan is not None
            row["anew"] = {
                "values": [level.value for level in other.levels],
                "bounds": [level.bound_certified for level in other.levels],
                "moved_tasks": int(np.count_nonzero(other.plan.day != match.plan.day)),
                "cpu_seconds": round(process_time() - mark, 3),
            }
        print(json.dumps(row, ensure_ascii=False), flush=True)
        found.append(row)
    return found


def main() -> int:
    """Measure, store and print; 1 where a repair is not proven."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--anew", nargs="*", default=[], help="units whose month is also matched from scratch")
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    found = rows(month_of(generate(DemoParameters.read(), DEFAULT_SEED)), chosen.anew)
    append(chosen.out, datetime.now(UTC).date().isoformat(), [{**row, **machine()} for row in found])
    return int(any(row["status"] != "optimal" for row in found))


if __name__ == "__main__":
    sys.exit(main())
