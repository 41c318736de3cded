"""Builds the indexed, validated `Case` from named objects. No other module assigns indexes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from planner.domain.case import (
    DAY_QUARTERS,
    NONE,
    QUARTER_MINUTES,
    AgencyInfo,
    BoolArray,
    CapacityRow,
    Case,
    GroupInfo,
    IntArray,
    Levers,
    SiteInfo,
    TaskInfo,
    require,
)


def later_dates(task: TaskInfo, group: GroupInfo | None, period: tuple[date, date]) -> tuple[int, int]:
    """Return the first and the last date (ordinals) after `period` on which `task` can be done; (0, 0): it cannot wait.

    `group` is its gap-and-cap group. A last date that the gap to a known check bars, or a used-up cap, is none.
    """
    first, until = max(task.window[0], period[1] + timedelta(days=1)), task.waits_until
    if until is None or until < first or task.pinned or task.follows_fire:
        return 0, 0
    if group is not None and (group.bars(until) or not (task.needed or group.quota_on(until, period))):
        return 0, 0
    return first.toordinal(), until.toordinal()


def quarters_of(minutes: int) -> int:
    """Return `minutes` in started quarter-hours."""
    return -(-minutes // QUARTER_MINUTES)


@dataclass(frozen=True, eq=False, kw_only=True)
class CaseParts:
    """The objects that a case is made of."""

    name: str
    period: tuple[date, date]
    days: Sequence[date]
    tasks: Iterable[TaskInfo]
    sites: Iterable[SiteInfo]
    units: Iterable[AgencyInfo]
    capacity: Mapping[CapacityRow, Sequence[int]]
    """Crew quarter-hours of a row on each of `days`; a unit without a row has none."""
    setup_minutes: Mapping[str, int]
    """By unit."""
    groups: Iterable[GroupInfo] = ()
    blackout: Mapping[str, Iterable[date]] | None = None
    """By site, as all that follows up to `entries_before`."""
    listed: Iterable[str] = ()
    sensitivity: Mapping[str, Mapping[date, int]] | None = None
    entries_before: Mapping[str, Iterable[date]] | None = None
    unstaffed: Mapping[str, Iterable[date]] | None = None
    """By task: dates on which no lawful crew can do it."""
    longest_visit: Mapping[str, int] | None = None
    """By site: quarter-hours that a visit outside business hours can last."""
    levers: Levers | None = None
    prep_minutes: int = 30
    rulebook_version: str = ""
    synthetic: bool = False


def build_case(parts: CaseParts) -> Case:
    """Return the case of these objects, sorted by id.

    Only sites and units that tasks use are kept. Raises CaseError where the objects contradict each other.
    """
    period, capacity, groups = parts.period, parts.capacity, parts.groups
    task_list = sorted(parts.tasks, key=lambda t: (t.site, t.id))
    require(len({t.id for t in task_list}) == len(task_list), "two tasks have the same id")
    site_by_id, unit_by_id = {s.id: s for s in parts.sites}, {u.id: u for u in parts.units}
    used_sites, used_units = {t.site for t in task_list}, {t.unit for t in task_list}
    require(used_sites <= site_by_id.keys(), "a task names a site that is not given")
    require(used_units <= unit_by_id.keys(), "a task names a unit that is not given")
    site_list = [site_by_id[i] for i in sorted(used_sites)]
    unit_list = [unit_by_id[i] for i in sorted(used_units)]
    site_index = {s.id: n for n, s in enumerate(site_list)}
    unit_index = {u.id: n for n, u in enumerate(unit_list)}
    parents = tuple(sorted({u.parent for u in unit_list}))
    parent_index = {p: n for n, p in enumerate(parents)}
    day_list = sorted(parts.days)
    require(list(parts.days) == day_list, "the days are not in order")
    require(all(period[0] <= d <= period[1] for d in day_list), "a day lies outside the period")
    n_days = len(day_list)

    skills = sorted({(t.unit, t.skill) for t in task_list if t.skill})
    row_list = [CapacityRow(u.id) for u in unit_list] + [CapacityRow(u, s) for u, s in skills]
    skill_row = {(u, s): len(unit_list) + n for n, (u, s) in enumerate(skills)}
    cap = _crews_of(row_list, n_days, capacity)

    group_key = {g.key: g for g in groups if g.site in used_sites}

    def key_of(t: TaskInfo) -> tuple[str, str, str]:
        """Return the key of the task's group: its own body's where bodies count apart."""
        own = t.site, t.domain, unit_by_id[t.unit].parent
        return own if own in group_key else (t.site, t.domain, "")

    used_groups = sorted({key_of(t) for t in task_list if t.capped} & group_key.keys())
    group_index = {key: n for n, key in enumerate(used_groups)}
    joint_names = sorted({(t.site, t.joint_group) for t in task_list if t.joint_group})
    joint_index = {key: n for n, key in enumerate(joint_names)}

    def ints(values: Iterable[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.fromiter(values, dtype=np.int64)

    def window(t: TaskInfo) -> tuple[int, int]:
        first, last = (t.pinned, t.pinned) if t.pinned else t.window
        return bisect_left(day_list, first), bisect_right(day_list, last) - 1

    windows = [window(t) for t in task_list]
    later = [later_dates(t, group_key.get(key_of(t)) if t.capped else None, period) for t in task_list]
    day_index = {d: n for n, d in enumerate(day_list)}
    black = np.zeros((len(site_list), n_days), dtype=np.bool_)
    for site, dates in (parts.blackout or {}).items():
        if site in site_index:
            black[site_index[site], [day_index[d] for d in dates if d in day_index]] = True
    sens = np.ones((len(site_list), n_days), dtype=np.int64)
    for site, weights in (parts.sensitivity or {}).items():
        if site in site_index:
            for d, weight in weights.items():
                if d in day_index:
                    sens[site_index[site], day_index[d]] = weight
    staffed = _staffed_on(task_list, day_list, parts.unstaffed or {})
    longest = parts.longest_visit or {}
    listed_set, before = set(parts.listed), parts.entries_before or {}
    site_of = ints(site_index[t.site] for t in task_list)
    return Case(
        name=parts.name,
        days=tuple(day_list),
        period=period,
        tasks=tuple(task_list),
        sites=tuple(site_list),
        units=tuple(unit_list),
        rows=tuple(row_list),
        groups=tuple(group_key[key] for key in used_groups),
        levers=parts.levers or Levers(),
        rulebook_version=parts.rulebook_version,
        synthetic=parts.synthetic,
        site_of=site_of,
        start=np.searchsorted(site_of, np.arange(len(site_list) + 1)).astype(np.int64),
        unit_of=ints(unit_index[t.unit] for t in task_list),
        parent_of=ints(parent_index[unit_by_id[t.unit].parent] for t in task_list),
        parents=parents,
        group_of=ints(group_index.get(key_of(t), NONE) if t.capped else NONE for t in task_list),
        joint_of=ints(joint_index[t.site, t.joint_group] if t.joint_group else NONE for t in task_list),
        skill_row_of=ints(skill_row[t.unit, t.skill] if t.skill else NONE for t in task_list),
        quarters=ints(quarters_of(t.minutes) for t in task_list),
        setup=ints(quarters_of(parts.setup_minutes.get(u.id, 0)) for u in unit_list),
        window_lo=ints(w[0] for w in windows),
        window_hi=ints(w[1] for w in windows),
        later_from=ints(w[0] for w in later),
        later_to=ints(w[1] for w in later),
        blackout=black,
        listed=np.array([s.id in listed_set for s in site_list], dtype=np.bool_),
        sensitivity=sens,
        staffed=staffed,
        longest_visit=ints(longest.get(s.id, DAY_QUARTERS) for s in site_list),
        entries_before=tuple(tuple(sorted(before.get(s.id, ()))) for s in site_list),
        capacity=cap,
        plan_capacity=cap,
        prep_quarters=quarters_of(parts.prep_minutes),
    )


def with_crews(
    case: Case, capacity: Mapping[CapacityRow, Sequence[int]], unstaffed: Mapping[str, Iterable[date]]
) -> Case:
    """Return the case with the crews and the unstaffed days of its tasks, both as in `CaseParts`; else as it was."""
    crews = _crews_of(case.rows, case.n_days, capacity)
    return replace(case, capacity=crews, plan_capacity=crews, staffed=_staffed_on(case.tasks, case.days, unstaffed))


def _crews_of(rows: Sequence[CapacityRow], n_days: int, capacity: Mapping[CapacityRow, Sequence[int]]) -> IntArray:
    """Return [R, D] the crews' quarter-hours; a row that is not given has none."""
    crews = np.zeros((len(rows), n_days), dtype=np.int64)
    for n, row in enumerate(rows):
        given = capacity.get(row)
        if given is not None:
            require(len(given) == n_days, f"capacity of {row.unit} has not one value a day")
            crews[n] = given
    require(bool((crews >= 0).all()), "a capacity is negative")
    return crews


def _staffed_on(tasks: Sequence[TaskInfo], days: Sequence[date], unstaffed: Mapping[str, Iterable[date]]) -> BoolArray:
    """Return [T, D] whether a lawful crew can do the task on the day."""
    day_index = {d: n for n, d in enumerate(days)}
    staffed = np.ones((len(tasks), len(days)), dtype=np.bool_)
    for n, task in enumerate(tasks):
        missing = [day_index[d] for d in unstaffed.get(task.id, ()) if d in day_index]
        staffed[n, missing] = False
    return staffed
