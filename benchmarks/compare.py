"""Measure ours beside its peers, and ours as cases grow: `python -m benchmarks.compare [--part PART]`.

Parts: *goals* (ours alone on the cases that have a goal; ten minutes), *brief* (every family, months of 500 to 5,000
tasks with all peers, one of them at several budgets, years and city by ours alone; about 40 minutes), *small* (500 and
1,000 tasks, 10 s, all peers; 10 minutes), *peers* (months up to 5,000 tasks, 60 s, all peers; 80 minutes), *time*
(2,000 tasks at three budgets; 20 minutes), *scale* (ours alone from 1,000 to 1,000,000 tasks; half an hour), *all* (the
last three). Rows are added to the file of results one by one, so that an interrupted run keeps what it has; `--go-on`
leaves out what the file holds of this commit. `--readme benchmarks/README.md` measures nothing: it writes tables there
and plots beside the results.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.bench import FAMILY_NAMES, PEER_NAMES, run
from benchmarks.compare_table import BEGIN, END, newest, tables
from benchmarks.history import append, load, rewrite
from benchmarks.machine import ROOT, machine
from benchmarks.plots import size_plot, time_plot

OUT = ROOT / "benchmarks" / "results" / "peers.json"
ENGINES = ("ours", *PEER_NAMES)
SCALE = {
    ("slack", "month"): (1_000, 3_000, 12_000, 50_000),
    ("tight", "month"): (1_000, 2_000, 5_000, 12_000),
    ("slack", "year"): (5_000, 15_000, 50_000),
    ("tight", "year"): (5_000, 15_000, 50_000),
    ("overfull", "year"): (5_000, 15_000, 50_000),
    ("slack", "city"): (125_000, 250_000, 500_000, 1_000_000),
}
SCALE_SECONDS = 120.0
PLOTS = {"size": "Time and memory against tasks", "time": "Above the limit against time"}
BRIEF = {500: 4.0, 1_000: 8.0, 2_000: 12.0, 5_000: 20.0}
"""Seconds of a month by its size, the same for everybody."""
BRIEF_MORE = (("tight", 2_000, 4.0), ("tight", 2_000, 30.0))
"""Further budgets (family, tasks, seconds), for quality against time."""
BRIEF_SCALE = {
    ("slack", "month"): (12_000,),
    ("slack", "year"): (5_000, 15_000, 50_000),
    ("tight", "year"): (15_000, 50_000),
    ("overfull", "year"): (15_000, 50_000),
    ("slack", "city"): (125_000, 250_000, 500_000, 1_000_000),
}


GOALS = (
    ("slack", "month", 12_000, 60.0, (0,)),
    ("tight", "month", 5_000, 60.0, (0, 1, 2, 3, 4)),
    ("overfull", "month", 5_000, 600.0, (0,)),
    ("overfull", "year", 50_000, 180.0, (0,)),
    ("slack", "year", 50_000, 60.0, (0,)),
    ("tight", "year", 50_000, 120.0, (0, 1, 2)),
    ("slack", "city", 125_000, 150.0, (0,)),
    ("slack", "city", 1_000_000, 180.0, (0,)),
)
"""Family, horizon, tasks, seconds, seeds."""


class Job(NamedTuple):
    """One run: the arguments of `benchmarks.bench.run`."""

    family: str
    horizon: str
    tasks: int
    seconds: float
    seed: int
    peer: str


def jobs(part: str) -> Iterator[Job]:
    """Yield the runs of a part of the grid."""
    if part == "brief":
        yield from _brief()
        return
    if part == "goals":
        for family, horizon, tasks, seconds, seeds in GOALS:
            yield from (Job(family, horizon, tasks, seconds, seed, "ours") for seed in seeds)
        return
    if part == "small":
        sizes, budgets = (500, 1_000), (10.0,)
    elif part == "time":
        sizes, budgets = (2_000,), (5.0, 20.0, 60.0)
    else:
        sizes, budgets = (500, 2_000, 5_000), (60.0,)
    if part in ("small", "time", "peers", "all"):
        for family in FAMILY_NAMES:
            for tasks in sizes:
                for seconds in budgets:
                    yield from (Job(family, "month", tasks, seconds, 0, engine) for engine in ENGINES)
    if part == "all":
        yield from jobs("time")
    if part in ("scale", "all"):
        for (family, horizon), sizes in SCALE.items():
            yield from (Job(family, horizon, tasks, SCALE_SECONDS, 0, "ours") for tasks in sizes)


def _brief() -> Iterator[Job]:
    """Yield the runs that a table of every family needs, ours at scale last: what is cut short lacks the largest."""
    months = [(family, tasks, seconds) for family in FAMILY_NAMES for tasks, seconds in BRIEF.items()]
    for family, tasks, seconds in (*months, *BRIEF_MORE):
        yield from (Job(family, "month", tasks, seconds, 0, engine) for engine in ENGINES)
    for (family, horizon), sizes in BRIEF_SCALE.items():
        yield from (Job(family, horizon, tasks, SCALE_SECONDS, 0, "ours") for tasks in sizes)


def measured_at(runs: Iterable[dict[str, Any]], commit: object) -> set[Job]:
    """Return the jobs that the stored runs hold of `commit`, those that failed left out."""
    rows = (row for run in runs for row in run["rows"] if row.get("commit") == commit and "failed" not in row)
    return {
        Job(r["family"], r["horizon"], r["wanted_tasks"], r["limit_seconds"], r["seed"], r["peer"]) for r in rows
    }  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Measure and store; or write tables and plots. Exit code 1 where a run failed or a plan of ours is unlawful."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument("--part", choices=["goals", "brief", "small", "peers", "time", "scale", "all"], default="all")
    parser.add_argument("--engine", choices=ENGINES, help="only this one")
    parser.add_argument("--out", type=Path, default=OUT, help="the file of results to add to")
    parser.add_argument("--go-on", action="store_true", help="leave out what --out holds of this commit")
    parser.add_argument("--readme", type=Path, help="measure nothing; put the newest results of --out here")
    options = parser.parse_args(arguments)
    if options.readme:
        rows = newest(load(options.out))
        shown = [tables(rows)]
        for name, plot in (("size", size_plot(rows)), ("time", time_plot(rows))):
            if plot:
                file = options.out.with_name(f"{options.out.stem}-{name}.svg")
                file.write_text(plot, encoding="utf-8")
                way = Path(os.path.relpath(file.resolve(), options.readme.resolve().parent)).as_posix()
                shown.append(f"![{PLOTS[name]}]({way})")
        rewrite(options.readme, "\n\n".join(shown), BEGIN, END)
        return 0
    wrong, there = 0, measured_at(load(options.out), machine()["commit"]) if options.go_on else set()
    for job in jobs(options.part):
        if job in there or options.engine not in (None, job.peer):
            continue
        row = run(*job)
        append(options.out, datetime.now(UTC).isoformat(timespec="seconds"), [row])
        unlawful = job.peer == "ours" and (row.get("violations") or row.get("certificate_ok") is False)
        wrong += bool("failed" in row or unlawful)
        told = {key: row.get(key) for key in ("entries", "left_out", "bound_certified", "seconds", "missing", "failed")}
        print(*job, {key: value for key, value in told.items() if value is not None}, flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
