"""What the reference model plans: plain values, in the words of the rules.

Times within a day are quarter-hours, 0 to 23: a morning of twelve and an afternoon of twelve, the break between them is
no working time.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

HALF, DAY = 12, 24


@dataclass(frozen=True, slots=True)
class Person:
    """A certified inspector. `away` are (date, half): not on duty or not certified; `barred` are (site, date)."""

    id: str
    unit: str
    skills: frozenset[str] = frozenset()
    away: frozenset[tuple[date, int]] = frozenset()
    barred: frozenset[tuple[str, date]] = frozenset()


@dataclass(frozen=True, slots=True)
class Unit:
    """Who sends crews. `body` is the agency in whose name it acts; `setup` is in quarter-hours per visit."""

    id: str
    body: str
    per_crew: int = 2
    setup: int = 1


@dataclass(frozen=True, slots=True)
class Site:
    """Where is gone to. `business` are the quarter-hours of its hours of business, `entries` known ones elsewhere."""

    id: str
    town: str
    unwilling: bool = False
    business: frozenset[int] = frozenset()
    entries: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """One unit checks some items at one site.

    `days` are the dates of the month on which window, calendar and site allow it, `later` those after the month; a
    `fixed` task is on its date whatever these say.
    """

    id: str
    site: str
    unit: str
    domain: str
    quarters: int
    days: tuple[date, ...]
    later: tuple[date, ...] = ()
    fixed: date | None = None
    strength: int = 1
    """0 mandatory, 1 accepted, 2 optional."""
    weight: int = 5
    skill: str = ""
    joint: str = ""
    """Tasks of one site with the same word are on one date, or none is done."""
    unannounced: bool = False
    opted_in: bool = False
    fire: bool = False
    rides: bool = False
    """Another agency's fire items while fire's own check is open: on its visit, or recognised without loss."""
    outside_hours: bool = False
    counted: bool = True
    """Counts for the gap and cap of its domain."""
    needed: bool = False
    """A filed need (确需): it does not count for the cap, the domain's other tasks of that date do."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Gap and yearly cap of a domain's checks at a site.

    `quota` is how many more dates each calendar year allows (none given: no cap); `history` are dates of checks before
    the month, or published after it.
    """

    site: str
    domain: str
    gap_months: int = 0
    quota: Mapping[int, int] = field(default_factory=dict)
    history: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Busy:
    """A person who is at a stay that is not to be moved; `end` is the first quarter-hour after it."""

    person: str
    day: date
    start: int
    end: int
    town: str


@dataclass(frozen=True, slots=True)
class World:
    """One month. `travel` and `step` are in quarter-hours; the last three are the bureau's levers, 0 for off.

    `timed` are the days whose starts and people are in question, None for all; elsewhere only fixed tasks may be.
    """

    days: tuple[date, ...]
    units: tuple[Unit, ...]
    people: tuple[Person, ...]
    sites: tuple[Site, ...]
    tasks: tuple[Task, ...]
    limits: tuple[Limit, ...] = ()
    busy: tuple[Busy, ...] = ()
    timed: frozenset[date] | None = None
    travel: int = 2
    step: int = 1
    max_bodies: int = 0
    entry_cap: int = 0
    entry_gap: int = 0


Stop = tuple[str, date]
"""A visit: site and date."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A plan of a world. `day` has each task that is done in the month, `waits` those that wait; all others are out."""

    day: Mapping[str, date]
    waits: frozenset[str] = frozenset()
    start: Mapping[Stop, int] = field(default_factory=dict)
    team: Mapping[tuple[str, date, str], frozenset[str]] = field(default_factory=dict)
    """(site, date, unit) → people."""


@dataclass(frozen=True, slots=True, order=True)
class Value:
    """What a plan is worth, smaller is better: left-out weights by strength, then entries in the month and later."""

    mandatory: int
    accepted: int
    optional: int
    entries: int

    def key(self) -> tuple[int, int, int, int]:
        """Return the four levels in order."""
        return self.mandatory, self.accepted, self.optional, self.entries


def months_on(day: date, months: int) -> date:
    """Return the first lawful date `months` after a check on `day`: same date or 30 days a month, the later."""
    if not months:
        return day
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return max(date(year, month + 1, min(day.day, last)), day + timedelta(days=30 * months))


def too_close(one: date, other: date, gap_months: int) -> bool:
    """Return whether two different dates of a domain's checks at a site are less than its gap apart."""
    first, second = sorted((one, other))
    return first != second and second < months_on(first, gap_months)
