"""Measure the months: `python -m benchmarks.months [--case demo|tight|yunlin|taoyuan|restaurants|reading|all]`.

Each case is planned through all three stages in a process of its own, checked, its certificates recomputed, set beside
its rivals, and stored. A name stands for its tight variant too. `--readme benchmarks/README.md` measures
nothing: it writes the stored table there.
Exit codes: 0 done, 1 a plan falls short of its gate or is wrong, 2 usage. Nothing is asserted about seconds.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.history import READING, Row, append, load, newest, rewrite, table
from benchmarks.machine import ROOT

ORDER = (
    "demo",
    "tight",
    "yunlin",
    "yunlin-tight",
    "taoyuan",
    "taoyuan-tight",
    "restaurants",
    "restaurants-tight",
    READING,
)
"""Written out, not imported: a process that stays small lets its children's peak memory be their own."""
RECORDS = {"yunlin": "plants", "taoyuan": "plants", "restaurants": "restaurants"}
DATA = ROOT.parent / "shared" / "data"
OUT = ROOT / "benchmarks" / "results" / "months.json"


def chosen_cases(name: str) -> list[str]:
    """Return the cases that `name` stands for."""
    return [case for case in ORDER if name in ("all", case, case.partition("-")[0])]


def measured(case: str, data: Path) -> Row:
    """Return the row of `case`, or one that says why it was not run. Raises CalledProcessError where it fails."""
    records = RECORDS.get(case.partition("-")[0])
    if records and not (data / records).is_dir():
        print(f"{case}: not run, there are no real records in {data / records}", file=sys.stderr)
        return {"case": case, "label": case, "not_run": "not run: data absent"}
    command = ["benchmarks.read_50k", "--json"] if case == READING else ["benchmarks.month_row", case, "--data", data]
    run = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    row: Row = json.loads(run.stdout)
    return row


def main(arguments: list[str] | None = None) -> int:
    """Measure, store and print; or write the table into a README."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.months", description=__doc__)
    parser.add_argument("--case", choices=[*ORDER, "all"], default="all")
    parser.add_argument("--out", type=Path, default=OUT, help="the file of results to add to")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of real records")
    parser.add_argument("--readme", type=Path, help="measure nothing; put the newest results of --out here")
    options = parser.parse_args(arguments)
    if options.readme:
        rewrite(options.readme, table(newest(load(options.out), ORDER)))
        return 0
    when = datetime.now(UTC).isoformat(timespec="seconds")
    rows, failed = [], []
    for case in chosen_cases(options.case):
        try:
            rows.append(measured(case, options.data.resolve()))
        except subprocess.CalledProcessError as error:
            print(f"{case}: failed with exit code {error.returncode}", file=sys.stderr)
            failed.append(case)
    if rows:
        append(options.out, when, rows)
        print(table([{**row, "when": when} for row in rows]))
    short = [row["case"] for row in rows if row.get("gate", {}).get("short")]
    return 1 if failed or short else 0


if __name__ == "__main__":
    sys.exit(main())
