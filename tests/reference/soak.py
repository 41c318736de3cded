"""A thousand small months, end to end: `python -m tests.reference.soak --count 1000 --json FILE` (also `make soak`).

`--seed N` looks at one month and, with `--dump FOLDER`, writes its tables there. A long run may be cut into slices:
`--rows FILE` keeps every month as a line of FILE, and `--join FILE` makes one row of results of all its lines.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.history import append
from benchmarks.machine import machine
from planner.intake.write.writer import write_folder
from tests.reference.compare import NO_PLAN, WRONG, Compared, compare
from tests.reference.months import small_month


def summary(rows: Sequence[Compared]) -> dict[str, Any]:
    """Return what the months came to together."""
    return {
        "case": "small-months",
        "months": len(rows),
        "verdicts": dict(sorted(Counter(row.verdict for row in rows).items())),
        "faults": dict(sorted(Counter(fault.partition(":")[0] for row in rows for fault in set(row.faults)).items())),
        "faulty": [row.seed for row in rows if row.faults],
        "seconds": {key: round(sum(row.seconds.get(key, 0.0) for row in rows), 1) for key in ("exact", "product")},
    }


def failed(row: Compared) -> bool:
    """Return whether the month shows a defect: a fault, no plan, or a plan called optimal that is not."""
    return bool(row.faults) or row.verdict in (WRONG, NO_PLAN)


def kept(file: Path) -> list[Compared]:
    """Return the months that slices kept in `file`, by seed; of one that was compared twice, the last counts."""
    lines = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())
    rows = {line["seed"]: Compared(**line) for line in lines}
    return [rows[seed] for seed in sorted(rows)]


def _compared(seeds: Sequence[int], workers: int, everything: bool, keep: Path | None) -> list[Compared]:
    rows = []
    with ProcessPoolExecutor(workers) as pool:
        for row in pool.map(compare, seeds):
            rows.append(row)
            line = json.dumps(asdict(row), ensure_ascii=False)
            if everything or row.faults or row.ours != row.exact:
                print(line, flush=True)
            if keep:
                with keep.open("a", encoding="utf-8") as file:
                    file.write(line + "\n")
    return rows


def main() -> int:
    """Compare the months and print what they came to; 1 where one shows a defect."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0, help="the first month")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--dump", type=Path, help="write the month's tables here, and do no more")
    parser.add_argument("--json", type=Path, help="the file of results to add to")
    parser.add_argument("--rows", type=Path, help="keep each month as a line of this file")
    parser.add_argument("--join", type=Path, help="compare nothing, sum up what slices kept in this file")
    parser.add_argument("--all", action="store_true", help="print every month, not only those that disagree")
    chosen = parser.parse_args()
    if chosen.dump:
        month = small_month(chosen.seed)
        write_folder(month.raw, chosen.dump)
        print(f"planner plan {chosen.dump} --month {month.month}", month.per_crew or "")
        return 0
    seeds = range(chosen.seed, chosen.seed + chosen.count)
    rows = kept(chosen.join) if chosen.join else _compared(seeds, chosen.workers, chosen.all, chosen.rows)
    told = summary(rows)
    print(json.dumps(told, ensure_ascii=False))
    if chosen.json:
        append(chosen.json, datetime.now(UTC).isoformat(timespec="seconds"), [{**told, **machine()}])
    return 1 if any(failed(row) for row in rows) else 0


if __name__ == "__main__":
    raise SystemExit(main())
