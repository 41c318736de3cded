"""The duty roster: the start of each visit, and the inspectors of each unit at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.domain.case import Case, IntArray
from planner.domain.hashing import sha256_hex
from planner.domain.plan import Visit

NO_START = -1
"""The visit has no start: its day could not be timed."""


@dataclass(frozen=True, slots=True)
class Stay:
    """One unit at one visit: set-up, then its items one after the other. Joint visits: all units start together."""

    visit: int
    """Index into the plan's visits."""
    unit: int
    day: int
    site: int
    tasks: tuple[int, ...]
    quarters: int
    skills: tuple[str, ...]
    """Skills that its items need; each is asked of a whole crew (rule `capacity.skill`)."""


def stays_of(case: Case, visits: Sequence[Visit]) -> tuple[Stay, ...]:
    """Return the stays of `visits` (as `visits_of` gives them), in their order, units in order within each."""
    stays = []
    for number, visit in enumerate(visits):
        for unit in visit.units:
            tasks = tuple(t for t in visit.tasks if case.unit_of[t] == unit)
            quarters = int(case.setup[unit]) + sum(int(case.quarters[t]) for t in tasks)
            skills = tuple(sorted({case.tasks[t].skill for t in tasks if case.tasks[t].skill}))
            stays.append(Stay(number, unit, visit.day, visit.site, tasks, quarters, skills))
    return tuple(stays)


@dataclass(frozen=True, eq=False)
class Duty:
    """Starts [V] in quarters of the day, crew numbers and teams [Y] by stay.

    A crew is a unit's people of one day: crew 0, 1, … of (unit, day). Its team is the same at all its stays of the day,
    unless absences or recusal make them change.
    """

    start: IntArray = field(repr=False)
    crew: IntArray = field(repr=False)
    team: tuple[tuple[int, ...], ...] = field(repr=False)
    """Inspectors (indexes of the roster) of each stay, ascending."""

    def unnamed(self) -> Duty:
        """Return the same starts and crews with nobody named."""
        return Duty(self.start, self.crew, ((),) * len(self.team))

    def hash(self, case: Case, visits: Sequence[Visit], inspectors: Sequence[str]) -> str:
        """Return a hash by content: visit, start, unit, crew and people's ids. `inspectors` are the roster's ids."""
        rows = [
            [visits[s.visit].id, int(self.start[s.visit]), case.units[s.unit].id, crew, [inspectors[i] for i in team]]
            for s, crew, team in zip(stays_of(case, visits), self.crew.tolist(), self.team, strict=True)
        ]
        return sha256_hex(rows)


def empty_duty(n_visits: int, n_stays: int) -> Duty:
    """Return a duty in which nothing is timed and nobody goes."""
    return Duty(
        np.full(n_visits, NO_START, dtype=np.int64), np.full(n_stays, NO_START, dtype=np.int64), ((),) * n_stays
    )


@dataclass(frozen=True, slots=True)
class Cut:
    """A day that could not be walked: the match may load this capacity row on this day less from now on.

    Only plans feel it, never the bound: the row's true capacity stays what it is.
    """

    row: int
    day: int
    limit: int
    """Crew quarter-hours that the row may carry that day from now on; less than the load that failed."""
    stage: str
    """"timetable" or "crew"."""
    visits: tuple[str, ...]
    """Ids of the visits that could not be placed together."""
    rule: str
    """The rule that stood against it."""
