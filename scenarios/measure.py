"""How full a generated month is: `python -m scenarios.measure FOLDER` prints it, to tune the parameters by.

What it counts is the least that each agency must do if it visits each of its sites once; a plan can need more, so a
share near one is a month that may not fit.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from planner.domain.case import Case
from planner.intake.make.prepare import prepare_month
from planner.intake.read.reader import read_tables
from planner.rulebook.book import load_rulebook
from scenarios.demo import DEFAULT_SEED
from scenarios.parameters import DemoParameters


@dataclass(frozen=True)
class Use:
    """What due tasks ask of one unit, or of those of its crews that have a skill. Loads are quarter-hours."""

    unit: str
    skill: str
    tasks: int
    load: int
    capacity: int
    """Crew time of the month."""
    tightest: float
    """Largest share of its crew time that the tasks of any stretch of days need, all of them inside it."""
    stretch: tuple[int, int]
    """First and last day index of that stretch."""

    @property
    def share(self) -> float:
        """Share of the month's crew time."""
        return self.load / max(self.capacity, 1)


def due_tasks(case: Case) -> list[int]:
    """Return the tasks that cannot wait for a later month."""
    return [n for n, task in enumerate(case.tasks) if task.waits_until is None]


def load_of(case: Case, tasks: list[int]) -> int:
    """Return the quarter-hours of `tasks`, each unit's set-up counted once a site."""
    visits = {(int(case.site_of[n]), int(case.unit_of[n])) for n in tasks}
    return int(case.quarters[tasks].sum()) + sum(int(case.setup[unit]) for _, unit in visits)


def use_of(case: Case, row: int) -> Use:
    """Return what is asked of capacity row `row`."""
    mine = [n for n in due_tasks(case) if row in (case.unit_of[n], case.skill_row_of[n])]
    tightest, stretch = 0.0, (0, 0)
    for first in np.unique(case.window_lo[mine]).tolist():
        for last in np.unique(case.window_hi[mine]).tolist():
            inside = [n for n in mine if first <= case.window_lo[n] and case.window_hi[n] <= last]
            if last < first or not inside:
                continue
            share = load_of(case, inside) / max(int(case.plan_capacity[row, first : last + 1].sum()), 1)
            if share > tightest:
                tightest, stretch = share, (first, last)
    info = case.rows[row]
    capacity = int(case.plan_capacity[row].sum())
    return Use(info.unit, info.skill, len(mine), load_of(case, mine), capacity, tightest, stretch)


def tasks_per_site(case: Case) -> dict[int, int]:
    """Return how many sites have how many due tasks: number of tasks → number of sites."""
    return dict(sorted(Counter(Counter(case.site_of[due_tasks(case)].tolist()).values()).items()))


def sites_with_several_bodies(case: Case) -> int:
    """Return how many sites have due tasks of two or more parent agencies."""
    bodies: dict[int, set[int]] = defaultdict(set)
    for n in due_tasks(case):
        bodies[int(case.site_of[n])].add(int(case.parent_of[n]))
    return sum(len(parents) > 1 for parents in bodies.values())


def show(case: Case, console: Console) -> None:
    """Print task counts and one line per unit and skill."""
    due = due_tasks(case)
    per_site = tasks_per_site(case)
    console.print(f"due {len(due)}, may wait {case.n_tasks - len(due)}, sites {sum(per_site.values())}")
    console.print(f"sites by number of due tasks: {per_site}; of several bodies: {sites_with_several_bodies(case)}")
    table = Table("unit", "skill", "tasks", "load", "capacity", "use", "tightest", "days")
    for row in range(len(case.rows)):
        use = use_of(case, row)
        days = "~".join(f"{case.days[day]:%d}" for day in use.stretch)
        counts = (str(number) for number in (use.tasks, use.load, use.capacity))
        table.add_row(use.unit, use.skill, *counts, f"{use.share:.0%}", f"{use.tightest:.0%}", days)
    console.print(table)


def main(arguments: list[str] | None = None) -> None:
    """Prepare the demo month of a folder or workbook and print how full it is."""
    parser = argparse.ArgumentParser(prog="python -m scenarios.measure", description="How full a demo month is.")
    parser.add_argument("source", type=Path, help="folder or workbook that scenarios.demo has written")
    parser.add_argument("--month", default=DemoParameters.read()["district"]["month"])
    chosen = parser.parse_args(arguments)
    rulebook = load_rulebook().at(date.fromisoformat(f"{chosen.month}-01"))
    case = prepare_month(read_tables(chosen.source), chosen.month, rulebook, DEFAULT_SEED).case
    if case is None:
        raise SystemExit("nothing to plan")
    show(case, Console())


if __name__ == "__main__":
    main()
