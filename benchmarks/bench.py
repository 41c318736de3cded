"""Runs one measurement in a process of its own. What needs solvers is imported there, not here."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from benchmarks.machine import ROOT

FAMILY_NAMES = ("slack", "tight", "overfull")
HORIZON_NAMES = ("month", "year", "city")
PEER_NAMES = ("alone", "first-come", "cpsat", "cpsat-cuts", "mip", "timefold")
"""Written out, not imported: a process that stays small lets its children's peak memory be their own."""


def run(family: str, horizon: str, tasks: int, seconds: float, seed: int = 0, peer: str = "ours") -> dict[str, Any]:
    """Return the row of one run (see `benchmarks.bench_row`).

    A run that fails gives a row with `failed`, the last line of what it said; a peer that is not there one with
    `missing`.
    """
    options = {"family": family, "horizon": horizon, "tasks": tasks, "seconds": seconds, "seed": seed, "peer": peer}
    command = [sys.executable, "-m", "benchmarks.bench_row"]
    command += [part for name, value in options.items() for part in (f"--{name}", str(value))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        return {**options, "wanted_tasks": tasks, "limit_seconds": seconds, "failed": said[-1]}
    row: dict[str, Any] = json.loads(done.stdout)
    return row
