"""All spoiled months: `python -m tests.spoiled.soak --count 200 --json FILE` (also `make soak`)."""

from __future__ import annotations

import argparse
import json
import traceback
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from tests.spoiled.judge import judged


def _one(seed: int) -> dict[str, Any]:
    try:
        return judged(seed)
    except Exception as error:
        return {"seed": seed, "error": f"{type(error).__name__}: {error}", "where": traceback.format_exc(limit=-3)}


def main() -> int:
    """Judge the months and print what they came to; 1 if one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    rows = []
    with ProcessPoolExecutor(chosen.workers) as pool:
        for row in pool.map(_one, range(chosen.first, chosen.first + chosen.count)):
            rows.append(row)
            print(json.dumps(row, ensure_ascii=False), flush=True)
    failed = [row for row in rows if "error" in row]
    fine = [row for row in rows if "error" not in row]
    told = {
        "months": len(rows),
        "failed": len(failed),
        "tasks": sum(row["tasks"] for row in fine),
        "left_out": sum(row["left_out"] for row in fine),
        "months_with_cuts": sum(row["cuts"] > 0 for row in fine),
        "cuts": sum(row["cuts"] for row in fine),
    }
    print(json.dumps(told))
    if chosen.json:
        chosen.json.parent.mkdir(parents=True, exist_ok=True)
        chosen.json.write_text(json.dumps({**told, "rows": rows}, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
