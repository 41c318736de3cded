"""A case with more tasks: what a new filing, a triggered check or waiting work adds to a period already planned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from planner.domain.case import (
    NONE,
    QUARTER_MINUTES,
    AgencyInfo,
    CapacityRow,
    Case,
    GroupInfo,
    IntArray,
    SiteInfo,
    TaskInfo,
)
from planner.domain.case_builder import build_case, quarters_of
from planner.domain.errors import InputError
from planner.domain.plan import LEFT_OUT


def with_tasks(
    case: Case, day: IntArray, tasks: Sequence[TaskInfo], beside: Case | None = None
) -> tuple[Case, IntArray]:
    """Return `case` with `tasks`, and `day` [T] with these left out as yet (on their dates where they are pinned).

    `beside`, a case of the same days, tells what `case` does not know: sites, units with their crews, gaps and caps,
    closed days, and when the tasks that it has too can be staffed. Where both know something, `case` is right: it has
    what happened since. A pinned task finds crews, if need be beyond what there is: others have to give way then.

    Raises InputError for a unit or site that neither case knows, or an id that is taken.
    """
    facts = _Facts.of(case)
    if beside is not None:
        facts = _Facts.of(beside).under(facts, case)
    taken = {task.id for task in case.tasks}
    for task in tasks:
        _require_known(taken, facts, task)
    unstaffed = {t.id: facts.unstaffed.get(t.id, ()) for t in case.tasks}
    for task in tasks:
        unstaffed[task.id] = () if task.pinned else facts.unstaffed.get(task.id, _unstaffed_like(case, task))
    grown = build_case(
        name=case.name,
        period=case.period,
        days=case.days,
        tasks=(*case.tasks, *tasks),
        sites=facts.sites.values(),
        units=facts.units.values(),
        capacity=facts.capacity,
        setup_minutes=facts.setup_minutes,
        groups=facts.groups.values(),
        blackout=facts.blackout,
        listed=facts.listed,
        sensitivity=facts.sensitivity,
        entries_before=facts.entries_before,
        unstaffed=unstaffed,
        longest_visit=facts.longest_visit,
        levers=case.levers,
        prep_minutes=case.prep_quarters * QUARTER_MINUTES,
        rulebook_version=case.rulebook_version,
        synthetic=case.synthetic,
    )
    was = {task.id: int(d) for task, d in zip(case.tasks, day.tolist(), strict=True)}
    days = np.array([was.get(task.id, LEFT_OUT) for task in grown.tasks], dtype=np.int64)
    index = {task.id: n for n, task in enumerate(grown.tasks)}
    for task in tasks:
        if task.pinned in grown.days:
            days[index[task.id]] = grown.days.index(task.pinned)
    return _with_room(case, grown, tasks), days


def without_need(case: Case, tasks: Iterable[int]) -> Case:
    """Return `case` with `tasks` that nobody has to visit for any more: no day, no waiting, no partners to wait for."""
    gone = list(tasks)
    infos, staffed, joint = list(case.tasks), case.staffed.copy(), case.joint_of.copy()
    later_from, later_to = case.later_from.copy(), case.later_to.copy()
    for t in gone:
        infos[t] = replace(infos[t], joint_group="", waits_until=None)
    staffed[gone], joint[gone], later_from[gone], later_to[gone] = False, NONE, 0, 0
    return replace(case, tasks=tuple(infos), staffed=staffed, joint_of=joint, later_from=later_from, later_to=later_to)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a case knows of its sites, units and tasks by their names, as `build_case` takes it."""

    sites: dict[str, SiteInfo]
    units: dict[str, AgencyInfo]
    capacity: dict[CapacityRow, list[int]]
    setup_minutes: dict[str, int]
    groups: dict[tuple[str, str], GroupInfo]
    blackout: dict[str, list[date]]
    listed: frozenset[str]
    sensitivity: dict[str, dict[date, int]]
    entries_before: dict[str, tuple[date, ...]]
    longest_visit: dict[str, int]
    unstaffed: dict[str, Sequence[date]] = field(default_factory=dict)

    @staticmethod
    def of(case: Case) -> _Facts:
        """Return what `case` knows."""
        days, names = case.days, [site.id for site in case.sites]
        closed = np.flatnonzero(case.blackout.any(axis=1)).tolist()
        weighted = np.flatnonzero((case.sensitivity != 1).any(axis=1)).tolist()
        short = np.flatnonzero(~case.staffed.all(axis=1)).tolist()
        return _Facts(
            sites={site.id: site for site in case.sites},
            units={unit.id: unit for unit in case.units},
            capacity={row: case.capacity[n].tolist() for n, row in enumerate(case.rows)},
            setup_minutes={u.id: int(case.setup[n]) * QUARTER_MINUTES for n, u in enumerate(case.units)},
            groups={(group.site, group.domain): group for group in case.groups},
            blackout={names[s]: [days[d] for d in np.flatnonzero(case.blackout[s]).tolist()] for s in closed},
            listed=frozenset(names[s] for s in np.flatnonzero(case.listed).tolist()),
            sensitivity={names[s]: dict(zip(days, case.sensitivity[s].tolist(), strict=True)) for s in weighted},
            entries_before=dict(zip(names, case.entries_before, strict=True)),
            longest_visit=dict(zip(names, case.longest_visit.tolist(), strict=True)),
            unstaffed={case.tasks[t].id: [days[d] for d in np.flatnonzero(~case.staffed[t]).tolist()] for t in short}
            | {case.tasks[t].id: () for t in np.flatnonzero(case.staffed.all(axis=1)).tolist()},
        )

    def under(self, other: _Facts, case: Case) -> _Facts:
        """Return these facts where `other`, those of `case`, has none."""
        known = {site.id for site in case.sites}
        return _Facts(
            sites=self.sites | other.sites,
            units=self.units | other.units,
            capacity=self.capacity | other.capacity,
            setup_minutes=self.setup_minutes | other.setup_minutes,
            groups=self.groups | other.groups,
            blackout={site: dates for site, dates in self.blackout.items() if site not in known} | other.blackout,
            listed=(self.listed - known) | other.listed,
            sensitivity={site: days for site, days in self.sensitivity.items() if site not in known}
            | other.sensitivity,
            entries_before=self.entries_before | other.entries_before,
            longest_visit=self.longest_visit | other.longest_visit,
            unstaffed=self.unstaffed | other.unstaffed,
        )


def _require_known(taken: set[str], facts: _Facts, task: TaskInfo) -> None:
    if task.unit not in facts.units:
        raise InputError(f"主体“{task.unit}”本期没有人员数据：请先补录 / unit {task.unit!r} is unknown in this period")
    if task.id in taken:
        raise InputError(f"任务编号“{task.id}”已被使用：请另给编号 / task id {task.id!r} is taken")
    if task.site not in facts.sites:
        raise InputError(f"对象“{task.site}”本期没有任务：请一并给出对象信息 / site {task.site!r} is unknown here")


def _unstaffed_like(case: Case, task: TaskInfo) -> Sequence[date]:
    """Return the days on which no task of the same unit and skill can be staffed; none where there is no such task."""
    alike = [n for n, t in enumerate(case.tasks) if t.unit == task.unit and t.skill == task.skill]
    on_duty = case.staffed[alike].any(axis=0) if alike else np.ones(case.n_days, dtype=np.bool_)
    return [case.days[d] for d in np.flatnonzero(~on_duty).tolist()]


def _with_room(case: Case, grown: Case, tasks: Iterable[TaskInfo]) -> Case:
    """Return `grown` with what plans of `case` may load, and room for pinned `tasks`."""
    old = {row: n for n, row in enumerate(case.rows)}
    kept, there = grown.plan_capacity.copy(), grown.capacity.copy()
    for n, row in enumerate(grown.rows):
        if row in old:
            kept[n] = case.plan_capacity[old[row]]
    units = {unit.id: n for n, unit in enumerate(grown.units)}
    for task in tasks:
        if task.pinned not in grown.days:
            continue
        d, stay = grown.days.index(task.pinned), quarters_of(task.minutes) + int(grown.setup[units[task.unit]])
        for n, row in enumerate(grown.rows):
            if row.unit == task.unit and row.skill in ("", task.skill):
                kept[n, d], there[n, d] = max(kept[n, d], stay), max(there[n, d], stay)
    return replace(grown, plan_capacity=kept, capacity=there)
