"""What both readings of real records share: reading them, and duty rosters that hold a lawful plan."""

from __future__ import annotations

import csv
import gzip
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from planner.domain.case import DAY_QUARTERS, Case
from planner.domain.errors import InputError

USE_PERCENT = 85
"""Share of the crews' time that the month's due tasks take, as far as whole blocks of duty allow, unless told."""


@dataclass(frozen=True, eq=False)
class RealCase:
    """A month made of real records: the case, a lawful plan that it is known to hold, and what was counted on the way.

    `planted` is the date of each task due in the month; the others wait. `counts` are numbers of records by what became
    of them, for tests and tables.
    """

    case: Case
    planted: Mapping[str, date] = field(repr=False)
    counts: Mapping[str, int]


def read_records(folder: Path, name: str, columns: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows of `folder/name` (gzipped CSV, UTF-8). Raises InputError where it is absent or lacks a column."""
    path = folder / name
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError as error:
        raise InputError(f"real records are absent: there is no {name} in {folder}") from error
    missing = set(columns) - set(rows[0] if rows else ())
    if missing:
        raise InputError(f"{path} has no rows or lacks the columns {', '.join(sorted(missing))}")
    return rows


def seeded(seed: int, *names: object) -> random.Random:
    """Return a generator that depends on `seed` and `names` alone, not on the order in which things are read."""
    return random.Random(":".join(map(str, (seed, *names))))


@dataclass(frozen=True, slots=True)
class Stay:
    """One unit's due work at one site: `quarters` with set-up, to be done between two day indexes, both inclusive."""

    task: str
    quarters: int
    first: int
    last: int


def first_fit(stays: Sequence[Stay], n_days: int, block: int, rng: random.Random) -> tuple[dict[str, int], list[int]]:
    """Return a day for each stay and the duty hours opened for it, [D] in quarter-hours, in whole blocks.

    Stays are taken by deadline; each goes to the first day of its window with room on duty, else duty is opened on a
    day of its window. The result is one agency's own lawful plan, with little slack.
    """
    room, duty, day_of = [0] * n_days, [0] * n_days, {}
    for stay in sorted(stays, key=lambda s: (s.last, s.first, s.task)):
        window = range(stay.first, stay.last + 1)
        day = next((d for d in window if room[d] >= stay.quarters), None)
        if day is None:
            day = rng.choice(window)
            opened = -(-(stay.quarters - room[day]) // block) * block
            room[day] += opened
            duty[day] += opened
        room[day] -= stay.quarters
        day_of[stay.task] = day
    return day_of, duty


def add_spare(
    duty: Sequence[int],
    load: int,
    block: int,
    weights: Sequence[int],
    rng: random.Random,
    use_percent: int = USE_PERCENT,
) -> list[int]:
    """Return `duty` with blocks added on random days, by weight, until `load` takes `use_percent` of it or less."""
    full = list(duty)
    while load * 100 > use_percent * sum(full):
        full[rng.choices(range(len(full)), weights)[0]] += block
    return full


def longest_minutes(setup_minutes: int) -> int:
    """Return the longest time of a task that one crew can do in a day, set-up taken off."""
    return DAY_QUARTERS * 15 - setup_minutes
