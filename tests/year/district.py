"""A tiny district's year: three bodies, a few sites, and so few open days that every pattern can be tried."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from planner.checks import is_lawful
from planner.checks.objective import objective_of
from planner.domain.case import Case
from planner.domain.plan import Plan
from planner.intake.make.given import NOTHING, Given
from planner.intake.tables.records import Tables
from planner.service import Planned
from planner.service.year import plan_year_tables
from planner.solve.exact.subcase import one_site
from tests.intake_law.build import agency, closed, filing, inspector, item, site, tables

YEAR = 2026
BODIES = ("SCJG", "WJ", "YJ")
OPEN = tuple(date(YEAR, month, day) for month in range(1, 13) for day in (13, 14, 15, 26, 27, 28))
"""Dates of which the working days are open: two to six a month."""


def often(checks: int) -> tuple[tuple[str, tuple[int, int]], ...]:
    """Return the frequency of so many checks a year, whatever the grade."""
    return (("*", (checks, 1)),)


def district(sites: int = 5, **rows: Any) -> Tables:
    """Return a year's tables: market supervision comes twice to each site, another once, the last to every second."""
    ids = tuple(f"S{n}" for n in range(sites))
    year = {"period": "year", "window_from": date(YEAR, 1, 1), "window_to": date(YEAR, 12, 31)}
    every_day = (date(YEAR, 1, 1) + timedelta(days=n) for n in range(365))
    base: dict[str, Any] = {
        "agencies": [agency(body, domain) for body, domain in zip(BODIES, ("A01", "A10", "A02"), strict=True)],
        "inspectors": [inspector(f"{body}-{n}", body) for body in BODIES for n in range(6)],
        "sites": [site(name) for name in ids],
        "items": [item(f"I-{body}", body) for body in BODIES],
        "filings": [
            # A filed need lifts the cap of one a year; the gap of a month stays.
            filing(
                "F1", "SCJG", items=("I-SCJG",), sites=ids, frequency=often(2), necessity="示例", needed=True, **year
            ),
            filing("F2", "WJ", items=("I-WJ",), sites=ids, **{**year, "window_from": date(YEAR, 4, 20)}),
            filing("F3", "YJ", items=("I-YJ",), sites=ids[::2], **{**year, "window_to": date(YEAR, 3, 31)}),
        ],
        "calendar": [closed(day) for day in every_day if day not in OPEN],
    }
    return tables(**(base | rows))


def planned_year(given: Given = NOTHING, period: str = str(YEAR), rows: Tables | None = None) -> Planned:
    """Return the year's plan; there is one."""
    planned = plan_year_tables(rows or district(), period, given, seed=1, source=Path())
    assert planned.result.plan is not None, planned.result.notes
    return planned


def dates_of(planned: Planned) -> dict[str, date | None]:
    """Return task → its date, None where it has none."""
    assert planned.result.plan is not None
    case = planned.result.case
    days = planned.result.plan.day.tolist()
    return {task.id: case.days[d] if d >= 0 else None for task, d in zip(case.tasks, days, strict=True)}


def fewest_entries(case: Case) -> int:
    """Return the fewest entries of all lawful plans that serve everything, by trying every pattern of every site.

    Crews must be ample: sites are tried one by one.
    """
    total = 0
    for s in range(len(case.sites)):
        alone = one_site(case, s, case.plan_capacity)
        windows = [range(int(lo), int(hi) + 1) for lo, hi in zip(alone.window_lo, alone.window_hi, strict=True)]
        plans = (Plan(np.array(days, dtype=np.int64)) for days in product(*windows))
        fewest = sorted((len(set(plan.day.tolist())), n, plan) for n, plan in enumerate(plans))
        best = next(plan for _, _, plan in fewest if is_lawful(alone, plan))
        total += objective_of(alone, best).all_entries
    return total


__all__ = ["OPEN", "dates_of", "district", "fewest_entries", "often", "planned_year"]
