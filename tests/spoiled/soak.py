"""All spoiled months: `python -m tests.spoiled.soak --count 200 --json FILE` (also `make soak`).

FILE gathers: a month that was judged before is replaced, so that the two hundred can be judged in pieces.
"""

from __future__ import annotations

import argparse
import json
import traceback
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from tests.spoiled.judge import judged


def _one(seed: int) -> dict[str, Any]:
    try:
        return judged(seed)
    except Exception as error:
        return {"seed": seed, "error": f"{type(error).__name__}: {error}", "where": traceback.format_exc(limit=-3)}


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what the months came to together."""
    fine = [row for row in rows if "error" not in row]
    sums = {key: sum(row[key] for row in fine) for key in ("tasks", "visits", "left_out", "cuts", "draws")}
    return {
        "months": len(rows),
        "failed": len(rows) - len(fine),
        **sums,
        "months_with_cuts": sum(row["cuts"] > 0 for row in fine),
        "commits": sorted({row["commit"] for row in rows}),
    }


def _stored(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text("utf-8"))["rows"] if path.exists() else []


def _store(path: Path, rows: Sequence[dict[str, Any]], where: dict[str, Any]) -> None:
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    head = json.dumps({"summary": summary(rows), **where}, ensure_ascii=False)
    path.write_text(f'{head[:-1]}, "rows": [\n{lines}\n]}}\n', "utf-8")


def main() -> int:
    """Judge the months and print what they came to; 1 if one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    where = machine()
    commit = f"{where.pop('commit')}{'+' if where.pop('uncommitted') else ''}"
    rows = []
    with ProcessPoolExecutor(chosen.workers) as pool:
        for row in pool.map(_one, range(chosen.first, chosen.first + chosen.count)):
            rows.append({**row, "commit": commit})
            print(json.dumps(row, ensure_ascii=False), flush=True)
    if chosen.json:
        new = {row["seed"] for row in rows}
        kept = [row for row in _stored(chosen.json) if row["seed"] not in new]
        rows = sorted(kept + rows, key=lambda row: row["seed"])
        _store(chosen.json, rows, where)
    told = summary(rows)
    print(json.dumps(told))
    return 1 if told["failed"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
