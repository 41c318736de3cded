"""What a case is made of: units, sites, tasks, groups, rows of capacity; and attributes of tasks and groups as columns.

Columns are arrays, so that engines and checks of large cases never loop over objects. Each declares which object it
belongs to and how its value is read from it. No other module lists the columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.domain.axes import along, axes_of
from planner.domain.calendar import months_after

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

QUARTER_MINUTES = 15
DAY_QUARTERS = 24
"""Working time of a crew on site in one day: two half-days of three hours."""

PROVENANCE = "where in the input something stood, not what it says"
"""Why the hash leaves a field out."""

Fact = str | int | bool | date | tuple[str, ...]
"""What a cell of a table holds."""

NONE = -1
"""No such index."""

NO_CAP = 99
"""Quota of a domain without a yearly cap: more dates than a year's plan has."""


class Strength(IntEnum):
    """How binding a task is; level 1 serves them in this order (07 "must or may")."""

    MANDATORY = 0
    """必须: a mandatory clause, drawn, deployed from above, published."""
    ACCEPTED = 1
    """应当: another accepted filing."""
    OPTIONAL = 2
    """可选."""


@dataclass(frozen=True, slots=True)
class RowRef:
    """Where in the input something came from; `place` is its file and sheet, where several make up the table."""

    table: str
    row: int
    place: str = ""


@dataclass(frozen=True, slots=True)
class AgencyInfo:
    """A unit that sends crews (检查主体); `parent` is the body in whose name it acts, itself where it has none."""

    id: str
    name: str
    parent: str
    level: str
    town: str
    domain: str


@dataclass(frozen=True, slots=True)
class SiteInfo:
    """An enterprise at one premises (检查对象). Longitude and latitude are degrees, NaN where unknown."""

    id: str
    name: str
    town: str
    industry: str
    lon: float
    lat: float
    tags: tuple[str, ...] = ()
    grades: tuple[tuple[str, str], ...] = ()
    """(domain, grade) pairs in force at the start of the month."""
    facts: tuple[tuple[str, Fact], ...] = ()
    """What else the table of sites tells of it and rules ask for, by the column's key, sorted: see `fact`."""

    def fact(self, key: str) -> Fact | None:
        """Return what the table of sites says in the column `key`, None where the cell is empty."""
        return dict(self.facts).get(key)

    def with_facts(self, facts: Mapping[str, Fact]) -> SiteInfo:
        """Return the site with these facts instead of its own."""
        return replace(self, facts=tuple(sorted(facts.items())))


@dataclass(frozen=True, slots=True)
class TaskInfo:
    """One agency has to check some items at one site within a window.

    `window` is the filed window (first, last date), both inclusive. `clauses` are the rulebook clauses that made the
    task. `waits_until` is the last lawful date on which it may still be done if it is not done this month, None
    where the window, gaps and caps leave none after the month.
    """

    id: str
    site: str
    unit: str
    domain: str
    items: tuple[str, ...]
    filings: tuple[str, ...]
    plan_codes: tuple[str, ...]
    window: tuple[date, date]
    minutes: int
    strength: Strength
    priority: int
    """1 (least) to 9 (most)."""
    clauses: tuple[str, ...]
    rows: tuple[RowRef, ...] = field(default=(), metadata=along(unhashed=PROVENANCE))
    waits_until: date | None = None
    taken: date | None = None
    """Until when it could wait, where the month has to do it because later months cannot hold all that waits."""
    skill: str = ""
    drawn: str = ""
    """Id of the site draw that chose this site, "" where it was not drawn."""
    unannounced: bool = False
    fire: bool = False
    """The fire service's own planned check (附3)."""
    follows_fire: bool = False
    """Another agency's fire items: only ever on the fire service's visit (rule `fire.exclusivity`)."""
    joint_group: str = ""
    """Tasks of one site and one group are done together, all or none (rule `join.required`)."""
    pinned: date | None = None
    """Published or fixed on this date."""
    capped: bool = True
    """Counts for the gap and the yearly cap of its domain; False for checks that the law counts as triggered."""
    needed: bool = False
    """Filed as needed (确需): keeps the gap, but does not count for the yearly cap."""
    outside_hours: bool = False
    """To be done outside the site's business hours (rule `hours.business`)."""
    opted_in: bool = False
    """At a not-to-join site: its agency has decided to join."""


@dataclass(frozen=True, slots=True)
class GroupInfo:
    """Planned on-site checks of one domain at one site: the subject of gap and yearly cap.

    `gap_months` is the least distance between two such checks (0: none). `history` are dates of earlier ones, or of
    published later ones. `quota` is how many more dates the cap allows from this month on in the period's calendar
    year, `next_quota` how many in the year after it, by what is known of it (NO_CAP: no cap). A date on which all
    checks are `needed` does not count. `body` is the parent agency whose checks alone these are, "" where those of
    every body of the domain count together (rule `gap.domain`, parameter `bodies_together`).
    """

    site: str
    domain: str
    gap_months: int
    quota: int
    history: tuple[date, ...] = ()
    next_quota: int = NO_CAP
    body: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What the group is known by: site, domain and body."""
        return self.site, self.domain, self.body

    def bars(self, day: date) -> bool:
        """Return whether a check on `day` would keep less than the gap from one of `history` on another day."""
        return any(
            held != day and max(held, day) < months_after(min(held, day), self.gap_months) for held in self.history
        )

    def quota_on(self, day: date, period: tuple[date, date]) -> int:
        """Return how many dates the cap leaves in the calendar year of `day`, which is not before `period`."""
        years = day.year - period[0].year
        return (self.quota, self.next_quota)[years] if years < 2 else NO_CAP


@dataclass(frozen=True, slots=True)
class Levers:
    """The bureau's own limits, all off by default (D-2.8d; what-ifs may switch them on)."""

    max_agencies_per_visit: int = 0
    """Most parent agencies at one visit; 0 is no limit."""
    entry_cap: int = 0
    """Most planned entries of all agencies at one site in the month; 0 is no limit."""
    entry_gap_days: int = 0
    """Least number of calendar days between two planned entries of any agencies at one site; 0 is no limit."""


@dataclass(frozen=True, slots=True)
class CapacityRow:
    """One limited resource: the crews of a unit, or those of them that have a skill."""

    unit: str
    skill: str = ""


@dataclass(frozen=True, slots=True)
class HalfRow:
    """What the half-days of a unit's crews can hold of its stays, as one more capacity row of the unit.

    A consequence of walking, never a rule of its own: a stay of at most 12 quarters is not cut by the break, and a crew
    is at one place at a time. `weights[q]` is what a stay of q quarters (0 to 24) takes of a crew's half-day, which has
    `share`. `planner.checks.half_days` tells whether the weights are valid.

    A row of one `half` (0: before the break, 1: after it) counts the `tasks` that it names alone: business hours keep
    their stays in that half, and those who do them have `skill`.
    """

    unit: str
    share: int
    weights: tuple[int, ...]
    skill: str = ""
    half: int | None = None
    tasks: tuple[str, ...] = ()


_Ints = NDArray[np.int64]
_Bools = NDArray[np.bool_]
READ = "read"


def _ordinal(day: date | None) -> int:
    return day.toordinal() if day else 0


def _of_task(read: Callable[[TaskInfo], int]) -> Mapping[str, Any]:
    return {READ: read, **along("T")}


def _of_group(read: Callable[[GroupInfo], int]) -> Mapping[str, Any]:
    return {READ: read, **along("G")}


@dataclass(frozen=True, eq=False)
class Columns:
    """Shapes: T tasks, G groups. Dates are ordinals, 0 where there is none."""

    strength: _Ints = field(repr=False, metadata=_of_task(lambda t: t.strength))
    priority: _Ints = field(repr=False, metadata=_of_task(lambda t: t.priority))
    first: _Ints = field(repr=False, metadata=_of_task(lambda t: t.window[0].toordinal()))
    """[T] first date of the filed window."""
    last: _Ints = field(repr=False, metadata=_of_task(lambda t: t.window[1].toordinal()))
    """[T] last date of the filed window."""
    waits_until: _Ints = field(repr=False, metadata=_of_task(lambda t: _ordinal(t.waits_until)))
    pinned: _Ints = field(repr=False, metadata=_of_task(lambda t: _ordinal(t.pinned)))
    """[T] date on which it is fixed."""
    fire: _Bools = field(repr=False, metadata=_of_task(lambda t: t.fire))
    follows_fire: _Bools = field(repr=False, metadata=_of_task(lambda t: t.follows_fire))
    unannounced: _Bools = field(repr=False, metadata=_of_task(lambda t: t.unannounced))
    opted_in: _Bools = field(repr=False, metadata=_of_task(lambda t: t.opted_in))
    outside_hours: _Bools = field(repr=False, metadata=_of_task(lambda t: t.outside_hours))
    needed: _Bools = field(repr=False, metadata=_of_task(lambda t: t.needed))
    gap_months: _Ints = field(repr=False, metadata=_of_group(lambda g: g.gap_months))
    quota: _Ints = field(repr=False, metadata=_of_group(lambda g: g.quota))
    next_quota: _Ints = field(repr=False, metadata=_of_group(lambda g: g.next_quota))
    history: _Bools = field(repr=False, metadata=_of_group(lambda g: bool(g.history)))
    """[G] it was visited before, or a later visit is published."""


def columns_of(tasks: Iterable[TaskInfo], groups: Iterable[GroupInfo]) -> Columns:
    """Return the columns of `tasks` and `groups`, in their order."""
    of: dict[tuple[str, ...], list[Any]] = {("T",): list(tasks), ("G",): list(groups)}
    made: dict[str, Any] = {}
    for column in fields(Columns):
        rows = of[axes_of(column).names]
        kind = np.bool_ if column.type == "_Bools" else np.int64
        made[column.name] = np.fromiter(map(column.metadata[READ], rows), dtype=kind, count=len(rows))
    return Columns(**made)
