"""What runs of random questions share: counting up to a number of questions, the options, the row that is stored."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.history import append
from benchmarks.machine import machine

Judged = Callable[[int, int], dict[str, Any]]
"""(seed, questions) → how many `questions` were asked, what was `told` how often, and the `faults`: disagreements."""


def row_of(judged: Judged, case: str, places: str, per_place: int, questions: int, first: int = 0) -> dict[str, Any]:
    """Return the row `case` of so many questions, at most `per_place` a seed; `places` names what seeds make."""
    told, found, count, seed = Counter[str](), list[str](), 0, first
    while count < questions:
        row = judged(seed, min(per_place, questions - count))
        told += row["told"]
        found += row["faults"]
        count += row["questions"]
        seed += 1
    return {
        "case": case,
        "questions": count,
        places: seed - first,
        "disagreements": found,
        "told": dict(sorted(told.items())),
    }


def command(doc: str | None, run_questions: Callable[[int, int], dict[str, Any]], questions: int) -> int:
    """Ask as the command line says, `questions` by default, store and print; 1 where there is a disagreement."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--questions", type=int, default=questions)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--json", type=Path, help="the file of results to add to")
    chosen = parser.parse_args()
    row = {**run_questions(chosen.questions, chosen.first), "first": chosen.first, **machine()}
    if chosen.json:
        append(chosen.json, datetime.now(UTC).isoformat(timespec="seconds"), [row])
    print(json.dumps(row, ensure_ascii=False, indent=1))
    return 1 if row["disagreements"] else 0
