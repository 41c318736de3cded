"""No cliff: the demonstration month with one unit at a time a fifth short of officers, beside the plain month.

`python -m benchmarks.shortages` matches the short month of every unit in turn; `--unit UNIT ...` names the units,
`--month` asks for all stages. Those who are missing, the first officers of the unit's in the input, are there as
auxiliaries, so that nothing else of the month changes. Processor time is compared, which other work on the machine
leaves alone. Every plan and certificate is checked; `results/shortages.json` grows by a run.
"""

from __future__ import annotations

import argparse
import copy
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from time import process_time
from typing import Any

from benchmarks.history import append
from benchmarks.machine import ROOT, machine
from benchmarks.month_cases import Month, tiny_month
from benchmarks.month_row import verify
from planner.domain.case import Strength
from planner.domain.errors import InputError
from planner.domain.plan import LEFT_OUT
from planner.domain.result import Progress
from planner.intake.make.prepare import prepare_month
from planner.intake.read.reader import read_tables
from planner.intake.write.writer import write_folder
from planner.rulebook.book import load_rulebook
from planner.solve.day.crew_names import CrewSeeds
from planner.solve.day.half_rows import strengthened
from planner.solve.match import solve_match
from planner.solve.month import LATER_STAGES, solve_month
from scenarios.demo import DEFAULT_SEED, Row, generate
from scenarios.parameters import DemoParameters

MISSING = 5
"""One of so many officers is missing, rounded up."""
SOLVER_SEED = 0
RESULTS = ROOT / "benchmarks" / "results" / "shortages.json"
MOST_TIMES = 3.0
MOST_OVER = 0.01
"""A short month takes at most so many times the plain one's time, and leaves out at most this share of its mandatory
points more than is proven, or a task."""


def short_of(tables: dict[str, list[Row]], unit: str) -> int:
    """Make one of MISSING officers of `unit` an auxiliary, in place; return how many that is."""
    officers = [row for row in tables["inspectors"] if row["agency_id"] == unit and row["role"] == "officer"]
    gone = officers[: -(-len(officers) // MISSING)]
    for row in gone:
        row["role"] = "auxiliary"
    return len(gone)


def month_of(tables: dict[str, list[Row]]) -> Month:
    """Return the month that the planner prepares from `tables`."""
    month = str(DemoParameters.read()["district"]["month"])
    with tempfile.TemporaryDirectory() as folder:
        write_folder(tables, Path(folder))
        read = read_tables(Path(folder))
    rules = load_rulebook()
    made = prepare_month(read, month, rules.at(date.fromisoformat(f"{month}-01")), DEFAULT_SEED)
    if made.case is None or made.roster is None:
        raise InputError("the demo district has nothing to plan")
    return Month(made.case, made.roster, None)


class _Clock:
    """Processor seconds by stage: the match tells its steps as levels, later stages their name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._stage, self._mark = "match", process_time()

    def __call__(self, step: Progress) -> None:
        now = process_time()
        self.seconds[self._stage] += now - self._mark
        later = step.level in LATER_STAGES
        self._mark, self._stage = now, step.level if later else "match"

    def stopped(self) -> dict[str, float]:
        """Return the seconds of each stage and their sum, now that the run has ended."""
        self.seconds[self._stage] += process_time() - self._mark
        return {
            **{stage: round(s, 2) for stage, s in self.seconds.items()},
            "all": round(sum(self.seconds.values()), 2),
        }


def measure(month: Month, whole: bool) -> dict[str, Any]:
    """Return the row of `month`, matched or planned through all stages, its plan and certificates checked."""
    clock = _Clock()
    if whole:
        match = solve_month(
            month.case, month.roster, CrewSeeds(SOLVER_SEED), lambda plan: plan.hash(month.case), SOLVER_SEED,
            progress=clock,
        ).match  # fmt: skip
    else:
        match = solve_match(strengthened(month.case, month.roster), SOLVER_SEED, progress=clock)
    seconds = clock.stopped()
    plan, objective, entries = verify(month.case, match, month.roster)
    columns, out = month.case.columns, plan.day == LEFT_OUT
    mandatory = match.levels[0]
    bound = max(mandatory.bound_certified or 0, mandatory.bound_solver or 0)
    least = int(columns.priority[out & (columns.strength == Strength.MANDATORY)].min(initial=1 << 30))
    over = objective.left_out[0] - bound
    return {
        "stages": "all" if whole else "match",
        "left_out": objective.left_out,
        "bounds": [lv.bound_certified for lv in match.levels[:4]],
        "bounds_solver": [lv.bound_solver for lv in match.levels[:4]],
        "left_out_tasks": int(out.sum()),
        "entries": entries.value,
        "met": over <= MOST_OVER * bound or over <= least,
        "status": match.status.value,
        "plan_hash": plan.hash(month.case),
        "cpu_seconds": seconds,
    }


def rows(units: Sequence[str], whole: bool) -> list[dict[str, Any]]:
    """Return the plain month's row and those of `units` in turn, all where none is named, each short of officers."""
    tables = generate(DemoParameters.read(), DEFAULT_SEED)
    measure(tiny_month(), True)
    plain = {"unit": "", "missing": 0, **measure(month_of(tables), whole)}
    _say(plain)
    found = [plain]
    officers = sorted({str(row["agency_id"]) for row in tables["inspectors"] if row["role"] == "officer"})
    for unit in units or officers:
        short = copy.deepcopy(tables)
        missing = short_of(short, unit)
        row = {"unit": unit, "missing": missing, **measure(month_of(short), whole)}
        row["times"] = round(row["cpu_seconds"]["all"] / plain["cpu_seconds"]["all"], 2)
        found.append(row)
        _say(row)
    return found


def _say(row: dict[str, Any]) -> None:
    keys = ("unit", "stages", "missing", "times", "left_out", "bounds", "met", "entries", "cpu_seconds")
    print(json.dumps({key: row.get(key) for key in keys}, ensure_ascii=False), flush=True)


def main() -> int:
    """Measure, store and print; 1 where a short month takes too long or leaves out more than it must."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--month", action="store_true", help="all stages, else the match alone")
    parser.add_argument("--unit", nargs="*", default=[], help="units that are short in turn; all where none is named")
    parser.add_argument("--out", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    found = rows(chosen.unit, chosen.month)
    append(chosen.out, datetime.now(UTC).date().isoformat(), [{**row, **machine()} for row in found])
    return int(any(not row["met"] or row.get("times", 0.0) > MOST_TIMES for row in found))


if __name__ == "__main__":
    sys.exit(main())
