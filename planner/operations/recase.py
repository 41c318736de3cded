"""A case with one more task: what a new filing or a triggered check adds to a period that is already planned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from planner.domain.case import NONE, QUARTER_MINUTES, Case, GroupInfo, IntArray, SiteInfo, TaskInfo
from planner.domain.case_builder import build_case, quarters_of
from planner.domain.errors import InputError
from planner.domain.plan import LEFT_OUT


def with_task(
    case: Case, day: IntArray, task: TaskInfo, site: SiteInfo | None = None, groups: Iterable[GroupInfo] = ()
) -> tuple[Case, IntArray]:
    """Return `case` with `task`, and `day` [T] with the task left out as yet (on its date where it is pinned).

    `site` and `groups` are needed where the case has none of the task's site or domain there. The unit must be one of
    the case's. A pinned task finds crews, if need be beyond what there is: others have to give way then. Raises
    InputError for an unknown unit or site, or an id that is taken.
    """
    if task.unit not in {unit.id for unit in case.units}:
        raise InputError(f"主体“{task.unit}”本期没有人员数据：请先补录 / unit {task.unit!r} is unknown in this period")
    if task.id in {known.id for known in case.tasks}:
        raise InputError(f"任务编号“{task.id}”已被使用：请另给编号 / task id {task.id!r} is taken")
    if site is None and task.site not in {known.id for known in case.sites}:
        raise InputError(f"对象“{task.site}”本期没有任务：请一并给出对象信息 / site {task.site!r} is unknown here")
    known = {(g.site, g.domain) for g in case.groups}
    more = [g for g in groups if (g.site, g.domain) not in known]
    grown = _rebuilt(case, task, site, more)
    index = {t.id: n for n, t in enumerate(case.tasks)}
    days = np.array([int(day[index[t.id]]) if t.id in index else LEFT_OUT for t in grown.tasks], dtype=np.int64)
    if task.pinned is not None and task.pinned in grown.days:
        days[next(n for n, t in enumerate(grown.tasks) if t.id == task.id)] = grown.days.index(task.pinned)
    return grown, days


def without_need(case: Case, tasks: Iterable[int]) -> Case:
    """Return `case` with `tasks` that nobody has to visit for any more: no day, no waiting, no partners to wait for."""
    gone = list(tasks)
    infos, staffed, joint = list(case.tasks), case.staffed.copy(), case.joint_of.copy()
    later_from, later_to = case.later_from.copy(), case.later_to.copy()
    for t in gone:
        infos[t] = replace(infos[t], joint_group="", waits_until=None)
    staffed[gone], joint[gone], later_from[gone], later_to[gone] = False, NONE, 0, 0
    return replace(case, tasks=tuple(infos), staffed=staffed, joint_of=joint, later_from=later_from, later_to=later_to)


def _rebuilt(case: Case, task: TaskInfo, site: SiteInfo | None, groups: Iterable[GroupInfo]) -> Case:
    days = case.days
    unit = next(n for n, u in enumerate(case.units) if u.id == task.unit)
    alike = [n for n in np.flatnonzero(case.unit_of == unit).tolist() if case.tasks[n].skill == task.skill]
    on_duty = case.staffed[alike].any(axis=0) if alike else np.ones(len(days), dtype=np.bool_)
    if task.pinned is not None:
        on_duty = np.ones(len(days), dtype=np.bool_)
    unstaffed = {
        case.tasks[n].id: [days[d] for d in np.flatnonzero(~case.staffed[n]).tolist()]
        for n in np.flatnonzero(~case.staffed.all(axis=1)).tolist()
    }
    unstaffed[task.id] = [days[d] for d in np.flatnonzero(~on_duty).tolist()]
    sites = {s.id: s for s in case.sites} | ({site.id: site} if site is not None else {})
    grown = build_case(
        name=case.name,
        period=case.period,
        days=days,
        tasks=(*case.tasks, task),
        sites=sites.values(),
        units=case.units,
        capacity={row: case.capacity[n].tolist() for n, row in enumerate(case.rows)},
        setup_minutes={u.id: int(case.setup[n]) * QUARTER_MINUTES for n, u in enumerate(case.units)},
        groups=(*case.groups, *groups),
        blackout={
            case.sites[s].id: [days[d] for d in np.flatnonzero(case.blackout[s]).tolist()]
            for s in np.flatnonzero(case.blackout.any(axis=1)).tolist()
        },
        listed=[case.sites[s].id for s in np.flatnonzero(case.listed).tolist()],
        sensitivity={
            case.sites[s].id: {days[d]: int(case.sensitivity[s, d]) for d in range(len(days))}
            for s in np.flatnonzero((case.sensitivity != 1).any(axis=1)).tolist()
        },
        entries_before={s.id: case.entries_before[n] for n, s in enumerate(case.sites)},
        unstaffed=unstaffed,
        longest_visit={s.id: int(case.longest_visit[n]) for n, s in enumerate(case.sites)},
        levers=case.levers,
        prep_minutes=case.prep_quarters * QUARTER_MINUTES,
        rulebook_version=case.rulebook_version,
        synthetic=case.synthetic,
    )
    return _with_capacity(case, grown, task)


def _with_capacity(case: Case, grown: Case, task: TaskInfo) -> Case:
    """Return `grown` with the travel reserve of `case`, and room for a pinned `task`."""
    old = {row: n for n, row in enumerate(case.rows)}
    kept = grown.plan_capacity.copy()
    there = grown.capacity.copy()
    for n, row in enumerate(grown.rows):
        if row in old:
            kept[n] = case.plan_capacity[old[row]]
        if task.pinned in grown.days and row.unit == task.unit and row.skill in ("", task.skill):
            unit = next(m for m, u in enumerate(grown.units) if u.id == task.unit)
            stay = quarters_of(task.minutes) + int(grown.setup[unit])
            d = grown.days.index(task.pinned)
            kept[n, d], there[n, d] = max(kept[n, d], stay), max(there[n, d], stay)
    return replace(grown, plan_capacity=kept, capacity=there)
