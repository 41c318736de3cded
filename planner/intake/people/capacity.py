"""Crews: quarter-hours on site that a unit's certified inspectors give on each day (rules capacity.crew, .skill)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from planner.domain.case import DAY_QUARTERS, CapacityRow
from planner.intake.tables.records import AbsenceRow, InspectorRow

HALVES = ("am", "pm")
HALF_QUARTERS = DAY_QUARTERS // 2


def is_certified(inspector: InspectorRow, day: date) -> bool:
    """Return whether the inspector may be one of a crew on `day`: an officer with a certificate valid on it.

    Auxiliary staff and third parties never count (A01-3.1.3b and its parallels).
    """
    return (
        inspector.role == "officer"
        and bool(inspector.certificate_no)
        and (inspector.valid_from is None or inspector.valid_from <= day)
        and (inspector.valid_to is None or day <= inspector.valid_to)
    )


def crew_quarters(
    inspectors: Iterable[InspectorRow],
    absences: Iterable[AbsenceRow],
    days: Sequence[date],
    per_crew: Mapping[str, int],
    skills: Iterable[tuple[str, str]] = (),
) -> dict[CapacityRow, tuple[int, ...]]:
    """Return crew quarter-hours of every unit, and of every (unit, skill) asked for, on each of `days`.

    Each half-day has ⌊able inspectors ÷ per_crew[unit]⌋ crews of three hours; a crew for a skill is made of inspectors
    who all have it.
    """
    away: dict[str, set[tuple[date, str]]] = defaultdict(set)
    for absence in absences:
        halves = HALVES if absence.half == "day" else (absence.half,)
        away[absence.inspector_id].update(
            (day, half) for day in days if absence.from_ <= day <= absence.to for half in halves
        )
    by_unit: dict[str, list[InspectorRow]] = defaultdict(list)
    for inspector in inspectors:
        if inspector.agency_id in per_crew:
            by_unit[inspector.agency_id].append(inspector)

    def quarters(unit: str, people: Sequence[InspectorRow]) -> tuple[int, ...]:
        size = per_crew[unit]
        able = [
            sum(is_certified(p, day) and (day, half) not in away[p.inspector_id] for p in people)
            for day in days
            for half in HALVES
        ]
        return tuple((am // size + pm // size) * HALF_QUARTERS for am, pm in zip(able[::2], able[1::2], strict=True))

    rows = {CapacityRow(unit): quarters(unit, people) for unit, people in by_unit.items()}
    for unit, skill in sorted(set(skills)):
        rows[CapacityRow(unit, skill)] = quarters(unit, [p for p in by_unit[unit] if skill in p.skills])
    return rows
