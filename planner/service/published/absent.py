"""Who is away, translated: the crews that a unit has without that person are the roster's matter, worked out as when
the month is prepared with the absence filed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from planner.domain.errors import InputError
from planner.intake.make.given import AwayDay, Given
from planner.intake.people.capacity import HALVES
from planner.operations.events import HALVES_ZH, Away
from planner.service.month.planning import Planned, prepare_tables


def away_from(event: Mapping[str, Any], planned: Planned) -> Away:
    """Return the event that an inspector is away (unit, inspector, days, half) on those days on which it matters.

    Raises InputError for a person who is none of the unit's inspectors, or is not on duty then anyway, and where none
    of the days is open; KeyError, TypeError or ValueError where the event is not in form.
    """
    unit, who, half = str(event["unit"]), str(event["inspector"]), str(event.get("half", "day"))
    asked = {date.fromisoformat(day) for day in event["days"]}
    if half not in HALVES_ZH:
        raise ValueError(f"half 须为 {'、'.join(HALVES_ZH)} 之一")
    case, roster = planned.result.case, planned.result.roster
    assert roster is not None
    if who not in {row.inspector_id for row in planned.tables.inspectors if row.agency_id == unit}:
        raise InputError(f"主体“{unit}”没有检查人员“{who}”：请核对编号 / unit {unit!r} has no inspector {who!r}")
    if unit not in {one.id for one in case.units}:
        raise InputError(f"主体“{unit}”本期没有任务：请核对编号 / no unit {unit!r} in this period")
    days = [(d, day) for d, day in enumerate(case.days) if day in asked]
    if not days:
        raise InputError("所给日期都不是本期可检查的工作日：请核对日期 / none of the dates is an open day")
    halves = [n for n, name in enumerate(HALVES) if half in ("day", name)]
    index = next((n for n, person in enumerate(roster.inspectors) if person.id == who), None)
    there = [] if index is None else [day for d, day in days if roster.present[index, d, halves].any()]
    if not there:
        raise InputError(
            f"检查人员“{who}”所给日期本来就不在岗（已登记缺勤，或不是持有效证件的执法人员）：不必再报 / "
            f"inspector {who!r} is not on duty then anyway: absent already, or without a valid certificate"
        )
    pinned = replace(planned.given, published=(), through=None)
    found, _, _ = prepare_tables(
        planned.tables, planned.month, planned.result.seed, None, with_away(pinned, who, there, half)
    )
    assert found.case is not None
    return Away(unit, who, tuple(there), half, found.case, found.roster)


def with_away(given: Given, inspector: str, days: Iterable[date], half: str) -> Given:
    """Return what is given with one more absence."""
    more = {AwayDay(inspector, day, half) for day in days}
    return replace(given, away=tuple(sorted({*given.away, *more})))
