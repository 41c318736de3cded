"""The case: one solve's frozen, validated input, with integer indexes.

Objects (`TaskInfo`, `SiteInfo`, …) carry what people read; the arrays of `Case` carry what engines and checks compute
with. Everything is sorted by id, so that the order of input rows never matters.

Units: time at a site in quarter-hours (15 minutes); dates as `date.toordinal()`; days as indexes into `Case.days`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np

from planner.domain.axes import along, hashed
from planner.domain.errors import CaseError
from planner.domain.hashing import sha256_hex
from planner.domain.objects import (
    DAY_QUARTERS,
    NO_CAP,
    NONE,
    PROVENANCE,
    QUARTER_MINUTES,
    AgencyInfo,
    BoolArray,
    CapacityRow,
    Columns,
    Fact,
    GroupInfo,
    HalfRow,
    IntArray,
    Levers,
    RowRef,
    SiteInfo,
    Strength,
    TaskInfo,
    columns_of,
)

__all__ = [
    "DAY_QUARTERS",
    "NONE",
    "NO_CAP",
    "PROVENANCE",
    "QUARTER_MINUTES",
    "AgencyInfo",
    "BoolArray",
    "CapacityRow",
    "Case",
    "Fact",
    "GroupInfo",
    "HalfRow",
    "IntArray",
    "Levers",
    "RowRef",
    "SiteInfo",
    "Strength",
    "TaskInfo",
    "require",
]


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
