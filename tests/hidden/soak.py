"""The two worlds over many seeds: other plans, other days by lot, the same answers.

Run: `python -m tests.hidden.soak [--count N] [--first SEED] [--json FILE]`; `--only` names operations where not all are
to be asked. Ends with 1 where an answer differs.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.hidden.opened import opened
from tests.hidden.told import transcript

SHOWN = 5
"""Differences of a seed that are printed."""


def compared(folder: Path, seed: int, only: set[str] | None) -> dict[str, Any]:
    """Return how many questions were asked in the worlds of a seed, and the first that were answered differently."""
    began = time.process_time()
    with opened(folder / "with", hidden=True, seed=seed) as full:
        told, day = transcript(full, only), full.day
    with opened(folder / "without", hidden=False, day=day, seed=seed) as plain:
        other = transcript(plain, only)
    both = zip(told, other, strict=False)
    differ = [[*map(str, one[:3]), one[3][:500], again[3][:500]] for one, again in both if one != again]
    row = {"seed": seed, "asked": len(told), "differ": len(differ) + abs(len(told) - len(other)), "day": day}
    return {**row, "seconds": round(time.process_time() - began, 1), "first": differ[:SHOWN]}


def main() -> int:
    """Compare and tell; 1 where an answer differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.hidden.soak", description=__doc__)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--only", default="", help="operations, with commas")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    rows = []
    for seed in range(chosen.first, chosen.first + chosen.count):
        with tempfile.TemporaryDirectory() as name:
            rows.append(compared(Path(name), seed, set(chosen.only.split(",")) if chosen.only else None))
        print(json.dumps(rows[-1], ensure_ascii=False), flush=True)
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return int(any(row["differ"] for row in rows))


if __name__ == "__main__":
    sys.exit(main())
