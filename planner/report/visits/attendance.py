"""When visits begin and who goes: a result's starts and teams by visit and unit, with the words people use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from planner.domain.case import Case
from planner.domain.duty import NO_START, stays_of
from planner.domain.plan import Visit
from planner.domain.result import MonthResult
from planner.domain.roster import HALF_QUARTERS, Clock

Half = Literal["", "am", "pm", "day"]
"""Which half of the day a visit takes; "day" runs across the break, "" has no start."""


@dataclass(frozen=True, slots=True)
class Person:
    """An inspector at a visit."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Crew:
    """One unit at one visit. `number` counts the unit's crews of the day from 1, 0 where no team was set."""

    unit: str
    unit_name: str
    number: int
    quarters: int
    end: str
    """`HH:MM` at which it leaves, "" without a start."""
    people: tuple[Person, ...]


@dataclass(frozen=True, eq=False)
class Attendance:
    """Starts by visit id, (crew, team) by (visit id, unit index); empty where the result has no duty."""

    case: Case
    clock: Clock
    starts: dict[str, int]
    teams: dict[tuple[str, int], tuple[int, tuple[Person, ...]]]

    def start(self, visit: str) -> int:
        """Return the quarter at which a visit begins, NO_START where it has none."""
        return self.starts.get(visit, NO_START)

    def label(self, visit: str) -> str:
        """Return `HH:MM` at which a visit begins, "" where it has no start."""
        start = self.start(visit)
        return "" if start == NO_START else self.clock.label(start)

    def end_label(self, visit: str, quarters: int) -> str:
        """Return `HH:MM` at which a stay of `quarters` at the visit ends, "" where it has no start."""
        start = self.start(visit)
        return "" if start == NO_START else self.clock.label(start + quarters, end=True)

    def half(self, visit: str, quarters: int) -> Half:
        """Return the half of the day that a visit of `quarters` takes."""
        start = self.start(visit)
        if start == NO_START:
            return ""
        if start >= HALF_QUARTERS:
            return "pm"
        return "am" if start + quarters <= HALF_QUARTERS else "day"

    def crews(self, visits: Sequence[Visit]) -> dict[str, tuple[Crew, ...]]:
        """Return the crews of each of `visits` by id, units in order. A visit may hold fewer tasks than planned."""
        found: dict[str, list[Crew]] = {visit.id: [] for visit in visits}
        for stay in stays_of(self.case, visits):
            visit, unit = visits[stay.visit].id, self.case.units[stay.unit]
            number, people = self.teams.get((visit, stay.unit), (NO_START, ()))
            end = self.end_label(visit, stay.quarters)
            found[visit].append(Crew(unit.id, unit.name, number + 1, stay.quarters, end, people))
        return {visit: tuple(crews) for visit, crews in found.items()}


@lru_cache(maxsize=1)
def attendance_of(result: MonthResult) -> Attendance:
    """Return the result's starts and, once they are drawn, teams. Every agency's view of a month asks for the same."""
    case, duty, roster = result.case, result.duty, result.roster
    if duty is None or roster is None:
        return Attendance(case, Clock(), {}, {})
    people = [Person(i.id, i.name) for i in roster.inspectors]
    starts = {visit.id: start for visit, start in zip(result.visits, duty.start.tolist(), strict=True)}
    stays = stays_of(case, result.visits)
    teams = {
        (result.visits[stay.visit].id, stay.unit): (crew, tuple(people[i] for i in team) if result.named else ())
        for stay, crew, team in zip(stays, duty.crew.tolist(), duty.team, strict=True)
    }
    return Attendance(case, roster.clock, starts, teams)
