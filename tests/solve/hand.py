"""Hand-made months of three days for counterfactuals and reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from planner.domain.case import AgencyInfo, CapacityRow, Case, IntArray, TaskInfo
from planner.domain.case_builder import CaseParts, build_case
from tests.tiny import PERIOD, agency, site

DAYS = (date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 3))
UNITS = (agency("a"), agency("b", domain="A02"), agency("c", domain="A04"), agency("t"))


def day_range(first: int, last: int | None = None) -> tuple[date, date]:
    """Return the window from 1 to 3 June by day index."""
    return DAYS[first], DAYS[first if last is None else last]


def month(
    tasks: Iterable[TaskInfo],
    crews: Mapping[str, Sequence[int]] | None = None,
    skills: Mapping[tuple[str, str], Sequence[int]] | None = None,
    units: Sequence[AgencyInfo] = UNITS,
    **more: Any,
) -> Case:
    """Return a case on 1 to 3 June; units have one crew-day (24 quarters) a day and a quarter of set-up unless told."""
    given = dict(crews or {})
    capacity = {CapacityRow(u.id): given.get(u.id, [24] * 3) for u in units}
    capacity |= {CapacityRow(*key): left for key, left in (skills or {}).items()}
    return build_case(
        CaseParts(
            **{
                "name": "by hand",
                "period": PERIOD,
                "days": DAYS,
                "tasks": list(tasks),
                "sites": [site(s) for s in ("s1", "s2", "s3")],
                "units": units,
                "capacity": capacity,
                "setup_minutes": {u.id: 15 for u in units},
                **more,
            }
        )
    )


def days_of(case: Case, days: Mapping[str, int]) -> IntArray:
    """Return the day [T] of each task by its id."""
    return np.array([days[task.id] for task in case.tasks], dtype=np.int64)
