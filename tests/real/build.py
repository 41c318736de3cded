"""Small hand-made records of the same form, and the planted plan as a Plan."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.real.records import RealCase
from planner.domain.plan import LATER, Plan


def write(path: Path, columns: Sequence[str], *rows: Sequence[object]) -> None:
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])


def planted_plan(real: RealCase) -> Plan:
    """Every due task on its planted date, all others wait."""
    case = real.case
    index = {day: n for n, day in enumerate(case.days)}
    return Plan(np.array([index[real.planted[t.id]] if t.id in real.planted else LATER for t in case.tasks]))
