"""The case: one solve's frozen, validated input, with integer indexes.

Objects (`TaskInfo`, `SiteInfo`, …) carry what people read; the arrays of `Case` carry what engines and checks compute
with. Everything is sorted by id, so that the order of input rows never matters.

Units: time at a site in quarter-hours (15 minutes); dates as `date.toordinal()`; days as indexes into `Case.days`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planner.domain.axes import along, hashed
from planner.domain.calendar import months_after
from planner.domain.columns import Columns, columns_of
from planner.domain.errors import CaseError
from planner.domain.hashing import sha256_hex

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


FOLLOWS = "follows from tasks, sites, units, groups and days: `build_case` makes it of them"
BY_ENGINE = "a consequence of people and stays that an engine adds"


@dataclass(frozen=True, eq=False)
class Case:
    """One month's (or other horizon's) input to checks and engines. Shapes: T tasks, S sites, U units, D days,
    K rows of crews (the first U are the units themselves, then skills), H `half_rows`, R all capacity rows (K, then H),
    G groups, P parent agencies. Each field declares its axes, and whether the hash of the case covers it.

    Build with `planner.domain.case_builder.build_case`, which sorts, indexes and validates.
    """

    name: str = field(metadata=along())
    days: tuple[date, ...] = field(metadata=along("D"))
    """The month's open days; entries can be placed on these only."""
    period: tuple[date, date] = field(metadata=along())
    """First and last date of the month."""
    tasks: tuple[TaskInfo, ...] = field(metadata=along("T"))
    sites: tuple[SiteInfo, ...] = field(metadata=along("S"))
    units: tuple[AgencyInfo, ...] = field(metadata=along("U"))
    rows: tuple[CapacityRow, ...] = field(metadata=along("K"))
    groups: tuple[GroupInfo, ...] = field(metadata=along("G"))
    levers: Levers = field(metadata=along())
    rulebook_version: str = field(metadata=along())
    synthetic: bool = field(metadata=along())

    site_of: IntArray = field(repr=False, metadata=along("T", unhashed=FOLLOWS))
    """[T] site of the task; tasks are sorted by site, so each site's tasks stand together."""
    start: IntArray = field(repr=False, metadata=along("S+1", unhashed=FOLLOWS))
    """[S+1] tasks of site s are start[s]:start[s+1]."""
    unit_of: IntArray = field(repr=False, metadata=along("T", unhashed=FOLLOWS))
    """[T] unit."""
    parent_of: IntArray = field(repr=False, metadata=along("T", unhashed=FOLLOWS))
    """[T] parent agency, numbered by sorted parent id."""
    parents: tuple[str, ...] = field(repr=False, metadata=along("P", unhashed=FOLLOWS))
    group_of: IntArray = field(repr=False, metadata=along("T", unhashed=FOLLOWS))
    """[T] gap-and-cap group, NONE where neither applies."""
    joint_of: IntArray = field(repr=False, metadata=along("T", unhashed=FOLLOWS))
    """[T] required-joint group, NONE where there is none."""
    skill_row_of: IntArray = field(repr=False, metadata=along("T", unhashed=FOLLOWS))
    """[T] capacity row of the skill it needs, NONE where it needs none."""
    quarters: IntArray = field(repr=False, metadata=along("T", unhashed=FOLLOWS))
    """[T] time of the task's items at the site, in quarter-hours, without set-up."""
    setup: IntArray = field(repr=False, metadata=along("U"))
    """[U] set-up of a unit per visit, in quarter-hours."""
    window_lo: IntArray = field(repr=False, metadata=along("T", unhashed=FOLLOWS))
    """[T] first day index of the window within the month; window_lo > window_hi where it holds no open day."""
    window_hi: IntArray = field(repr=False, metadata=along("T", unhashed=FOLLOWS))
    later_from: IntArray = field(repr=False, metadata=along("T", unhashed=FOLLOWS))
    """[T] first date (ordinal) after the month on which a waiting task can be done; 0 where it cannot wait, gaps to
    dates that are known and used-up caps included."""
    later_to: IntArray = field(repr=False, metadata=along("T", unhashed=FOLLOWS))
    """[T] last such date (ordinal); 0 where it cannot wait."""
    blackout: BoolArray = field(repr=False, metadata=along("S", "D"))
    """[S, D] the site must not be visited."""
    listed: BoolArray = field(repr=False, metadata=along("S"))
    """[S] on the not-to-join list."""
    sensitivity: IntArray = field(repr=False, metadata=along("S", "D"))
    """[S, D] weight of disturbance at the site on that day, 1 normally."""
    staffed: BoolArray = field(repr=False, metadata=along("T", "D"))
    """[T, D] the unit has a lawful crew for the task alone on that day: certified, able, on duty, not recused."""
    longest_visit: IntArray = field(repr=False, metadata=along("S"))
    """[S] quarter-hours that a visit outside business hours can last there; a whole day where none are registered."""
    entries_before: tuple[tuple[date, ...], ...] = field(repr=False, metadata=along("S"))
    """[S] dates of planned entries of any agency near the month, for the cross-agency gap."""
    capacity: IntArray = field(repr=False, metadata=along("R", "D"))
    """[R, D] crew quarter-hours that truly exist: bounds use these, and so do the plans of a whole case."""
    plan_capacity: IntArray = field(repr=False, metadata=along("R", "D"))
    """[R, D] what plans may load: `capacity` in a whole case, what others leave in a part of one."""
    prep_quarters: int = field(default=2, metadata=along())
    """Preparation that a visit costs the site, in quarter-hours."""
    half_rows: tuple[HalfRow, ...] = field(default=(), metadata=along("H", unhashed=BY_ENGINE))
    """What half-days can hold, the last rows of `capacity`; derived from people and stays."""

    @property
    def n_tasks(self) -> int:
        return len(self.tasks)

    @property
    def n_days(self) -> int:
        return len(self.days)

    @cached_property
    def ordinals(self) -> IntArray:
        """[D] `date.toordinal()` of each day."""
        return np.array([day.toordinal() for day in self.days], dtype=np.int64)

    @cached_property
    def half_row_of(self) -> IntArray:
        """[T] row of `half_rows` (as an index of `capacity`) that counts the task, NONE where none does.

        Where another unit may stay longer than a half-day at the site, a short stay beside it may cross the break, for
        which the weights are not made: such tasks are not counted.
        """
        row_of = np.full(self.n_tasks, NONE, dtype=np.int64)
        if not self.half_rows:
            return row_of
        pair, of_task = np.unique(self.site_of * len(self.units) + self.unit_of, return_inverse=True)
        site, unit = pair // len(self.units), pair % len(self.units)
        long = np.bincount(of_task, weights=self.quarters) + self.setup[unit] > DAY_QUARTERS // 2
        beside_long = np.bincount(site, weights=long)[site] - long > 0
        number = {row.unit: len(self.rows) + n for n, row in enumerate(self.half_rows) if row.half is None}
        of_unit = np.array([number.get(u.id, NONE) for u in self.units], dtype=np.int64)
        row_of[:] = np.where(beside_long, NONE, of_unit[unit])[of_task]
        named = {t: len(self.rows) + n for n, row in enumerate(self.half_rows) for t in row.tasks}
        for t, task in enumerate(self.tasks) if named else ():
            row_of[t] = named.get(task.id, row_of[t])
        return row_of

    @cached_property
    def row_of(self) -> IntArray:
        """[T, 2 or 3] capacity rows that a task loads: its unit's, its skill's, its half-days' (NONE: none)."""
        columns = [self.unit_of, self.skill_row_of, *([self.half_row_of] if self.half_rows else [])]
        return np.ascontiguousarray(np.stack(columns, axis=1), dtype=np.int64)

    def loaded(self, row: int, stay: int) -> int:
        """Return what `stay` quarter-hours at one visit take of capacity row `row`."""
        half = row - len(self.rows)
        return stay if half < 0 else self.half_rows[half].weights[min(stay, DAY_QUARTERS)]

    @cached_property
    def columns(self) -> Columns:
        """What tasks and groups say of themselves, as arrays; made on first use."""
        return columns_of(self.tasks, self.groups)

    @cached_property
    def released(self) -> Case:
        """The case in which what is `taken` may wait all the same; this one where nothing is.

        Which waiting tasks a month takes is a choice, so bounds are proven for every choice. A plan is worth the same
        in both.
        """
        if not any(task.taken for task in self.tasks):
            return self
        begin = self.period[1].toordinal() + 1
        later_from, later_to = self.later_from.copy(), self.later_to.copy()
        for n, task in enumerate(self.tasks):
            if task.taken:
                later_from[n], later_to[n] = max(begin, task.window[0].toordinal()), task.taken.toordinal()
        free = (replace(task, waits_until=task.taken, taken=None) if task.taken else task for task in self.tasks)
        return replace(self, tasks=tuple(free), later_from=later_from, later_to=later_to)

    @cached_property
    def needs_quota(self) -> BoolArray:
        """[T] while it waits, one of the dates that this year's cap leaves is kept for it."""
        years_end = date(self.period[0].year, 12, 31).toordinal()
        return (self.later_to > 0) & (self.later_to <= years_end) & ~self.columns.needed

    def tasks_at(self, site: int) -> range:
        """Return the indexes of the tasks at `site`."""
        return range(int(self.start[site]), int(self.start[site + 1]))

    def content_hash(self) -> str:
        """Return a hash of all that a plan of this case depends on or names; fields say what is left out, and why.

        Of the capacity rows those of half-days do not count: an engine adds them.
        """
        content = hashed(self)
        for name in ("capacity", "plan_capacity"):
            content[name] = hashed(getattr(self, name)[: len(self.rows)])
        return sha256_hex(content)


def require(condition: bool, message: str) -> None:
    """Raise CaseError with `message` unless `condition` holds."""
    if not condition:
        raise CaseError(message)
