"""Planned month by month, what may wait does not starve: nothing is left out that a plan of all months keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from planner.domain.calendar import month_bounds
from planner.domain.result import Status
from planner.intake.tables.records import AbsenceRow, Tables
from planner.service import Planned, plan_tables
from planner.service.year import plan_year_tables
from tests.ahead.district import OPEN, asked, calendar, district
from tests.intake_law.build import inspector, item, past, row

JULY = [day for day in OPEN if day.month == 7]
AUGUST = date(2026, 8, 31)


def _planned(source: Tables, month: str) -> Planned:
    planned = plan_tables(source, month, seed=1)
    assert planned.result.plan is not None, planned.result.notes
    return planned


def _done(planned: Planned) -> list[Any]:
    """Return the history that a month's plan becomes."""
    result = planned.result
    assert result.plan is not None
    return [
        past(result.case.days[day], task.unit, task.site, items=task.items)
        for task, day in zip(result.case.tasks, result.plan.day.tolist(), strict=True)
        if day >= 0
    ]


def _by_months(source: Tables) -> tuple[int, int]:
    """Return how many mandatory tasks are done from June to August, and how many are never done."""
    history: list[Any] = []
    lost = 0
    for month in ("2026-06", "2026-07", "2026-08"):
        planned = plan_tables(replace(source, history=tuple(history)), month, seed=1)
        result = planned.result
        if result.plan is not None:
            history += _done(planned)
            end = month_bounds(month)[1]
            days = zip(result.case.tasks, result.plan.day.tolist(), strict=True)
            lost += sum(day < 0 and task.window[1] <= end for task, day in days)
    return len(history), lost


AWAY = [row(AbsenceRow, "absences", inspector_id=f"P{n}", from_=JULY[0], to=JULY[-1], half="am") for n in (0, 1)]
SKILLED = [inspector(f"P{n}", "SCJG", skills=("医疗",) if n < 2 else ()) for n in range(4)]
KINDS: dict[str, Tables] = {
    "idle June": district(20),
    "stays of 105 minutes": district(20, minutes=90),
    "more than both hold": district(10, calendar=calendar([OPEN[0], OPEN[3]])),
    "a later holiday": district(16, calendar=calendar([*OPEN[:3], JULY[0], *OPEN[6:]])),
    "half-absences in July": district(20, absences=AWAY),
    "few with the skill": district(11, inspectors=SKILLED, items=[item(minutes=165, skill="医疗")]),
    "three months, later filings": district(
        0,
        filings=[
            asked("F1", range(10), last=AUGUST),
            asked("F2", range(10, 22), first=date(2026, 7, 1)),
            asked("F3", range(22, 34), first=date(2026, 8, 1), last=AUGUST),
        ],
    ),
    "nothing waits": district(0, filings=[asked("F1", range(4), last=date(2026, 6, 30))]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_months_leave_out_no_more_than_the_year_must(kind: str) -> None:
    source = KINDS[kind]
    year = plan_year_tables(source, "2026-06~12", seed=1).result
    assert year.status is Status.OPTIMAL, "the year's own least has to be proven"
    done, lost = _by_months(source)
    total = sum(len(filed.sites) for filed in source.filings)
    assert (lost * 5, done + lost) == (year.levels[0].value, total)
