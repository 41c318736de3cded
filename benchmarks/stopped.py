"""What is left out and what is proven when a match is stopped after some processor time.

`python -m benchmarks.stopped --family overfull --tasks 5000 --seconds 20 [--horizon year] [--json FILE]` prints the row
and adds it to FILE. Processor time of all threads is counted, so a busy machine changes the row little. Every
certificate is recomputed outside the solver where the case is no larger than `--recompute` tasks.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from time import process_time
from typing import Any

from benchmarks.families import plant
from benchmarks.knobs import FAMILIES, HORIZONS
from benchmarks.machine import machine
from benchmarks.month_cases import tiny_month
from planner.checks import check_plan
from planner.checks.certificate import verify_certificate
from planner.solve.match import solve_match
from planner.solve.prices.bound import level_values

RECOMPUTE = 5_000


def measure(family: str, horizon: str, tasks: int, seconds: float, recompute: int = RECOMPUTE) -> dict[str, Any]:
    """Return the row. Raises CertificateError where a bound does not recompute."""
    solve_match(tiny_month().case)  # compiles the kernels, or loads them
    case = plant(family, horizon, tasks, 0).case
    start = process_time()
    match = solve_match(case, 0, cancel=lambda: process_time() - start > seconds)
    taken = process_time() - start
    assert match.plan is not None
    assert match.objective is not None
    checked = case.n_tasks <= recompute
    for certificate in match.certificates if checked else ():
        verify_certificate(case, certificate, level_values(match.objective))
    return {
        "family": family,
        "horizon": horizon,
        "tasks": tasks,
        "limit_processor_seconds": seconds,
        "processor_seconds": round(taken, 1),
        "left_out": list(match.objective.left_out),
        "entries": match.objective.all_entries,
        "levels": [asdict(level) for level in match.levels],
        "violations": len(check_plan(case, match.plan)),
        "certificates_recomputed": checked,
        **machine(),
    }


def main() -> None:
    """Measure one case, print the row and keep it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stopped", description=__doc__)
    parser.add_argument("--family", choices=FAMILIES, required=True)
    parser.add_argument("--horizon", choices=HORIZONS, default="month")
    parser.add_argument("--tasks", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True, help="processor seconds")
    parser.add_argument("--recompute", type=int, default=RECOMPUTE)
    parser.add_argument("--json", type=Path, help="the file of rows to add to")
    chosen = parser.parse_args()
    row = measure(chosen.family, chosen.horizon, chosen.tasks, chosen.seconds, chosen.recompute)
    print(json.dumps(row, ensure_ascii=False))
    if chosen.json:
        rows = json.loads(chosen.json.read_text(encoding="utf-8")) if chosen.json.exists() else []
        text = ",\n".join(json.dumps(one, ensure_ascii=False) for one in [*rows, row])
        chosen.json.write_text(f"[\n{text}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
