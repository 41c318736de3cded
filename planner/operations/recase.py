"""Adds tasks to a case that is already planned: from a new filing, a triggered check or waiting work.

The roster follows: people are matched by id, because their indexes change.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.domain.axes import axes_of
from planner.domain.case import NONE, QUARTER_MINUTES, AgencyInfo, BoolArray, Case, IntArray, SiteInfo, TaskInfo
from planner.domain.case_builder import CaseParts, build_case, quarters_of
from planner.domain.errors import InputError
from planner.domain.plan import LEFT_OUT
from planner.domain.roster import Roster

NAMES: Mapping[str, Callable[[Case], Sequence[Hashable]]] = {
    "T": lambda case: [task.id for task in case.tasks],
    "S": lambda case: [site.id for site in case.sites],
    "U": lambda case: [unit.id for unit in case.units],
    "R": lambda case: case.rows,
}
"""Axis → what its indexes are called in every case. Rows of half-days have no name: engines make them anew."""
OBJECTS = ("tasks", "sites", "units")
"""What a case is built from, not filled with."""
PER_CREW = 2
"""Inspectors that a unit sends of which no roster tells (A07-8.2a)."""


def with_tasks(
    case: Case, day: IntArray, tasks: Sequence[TaskInfo], beside: Case | None = None
) -> tuple[Case, IntArray]:
    """Return `case` with `tasks`, and `day` [T] with these left out as yet (on their dates where they are pinned).

    `beside`, a case of the same days, tells what `case` does not know: sites, units with their crews, gaps and caps,
    closed days, and when the tasks that it has too can be staffed. Where both know something, `case` is right: it has
    what happened since. A pinned task finds crews, if need be beyond what there is: others have to give way then.

    Raises InputError for a unit or site that neither case knows, or an id that is taken.
    """
    sources = (case,) if beside is None else (case, beside)
    sites = {site.id: site for source in reversed(sources) for site in source.sites}
    units = {unit.id: unit for source in reversed(sources) for unit in source.units}
    groups = {group.key: group for source in reversed(sources) for group in source.groups}
    taken = {task.id for task in case.tasks}
    for task in tasks:
        _require_known(taken, sites, units, task)
    bare = build_case(
        CaseParts(
            name=case.name,
            period=case.period,
            days=case.days,
            tasks=(*case.tasks, *tasks),
            sites=sites.values(),
            units=units.values(),
            capacity={},
            setup_minutes={},
            groups=groups.values(),
            levers=case.levers,
            prep_minutes=case.prep_quarters * QUARTER_MINUTES,
            rulebook_version=case.rulebook_version,
            synthetic=case.synthetic,
        )
    )
    grown = _staffed(seated(bare, sources), case, sources[1:], tasks)
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


def seated(bare: Case, sources: Sequence[Case]) -> Case:
    """Return `bare` with what the sources know of its tasks, sites, units and rows by name; the first that does counts.

    These are the fields along those axes that the hash covers and `bare` does not follow from: what is only known of a
    site, a unit or a task because somebody said so.
    """
    filled: dict[str, Any] = {}
    for f in fields(bare):
        axes = axes_of(f)
        axis = axes.names[0] if axes.names else ""
        if axis not in NAMES or axes.unhashed or f.name in OBJECTS:
            continue
        values = list(getattr(bare, f.name))
        known = [dict(zip(NAMES[axis](case), getattr(case, f.name), strict=False)) for case in sources]
        for n, name in enumerate(NAMES[axis](bare)):
            values[n] = next((of[name] for of in known if name in of), values[n])
        given = getattr(bare, f.name)
        is_array = isinstance(given, np.ndarray)
        filled[f.name] = np.array(values, dtype=given.dtype).reshape(given.shape) if is_array else tuple(values)
    return replace(bare, **filled)


def _staffed(grown: Case, case: Case, beside: Sequence[Case], tasks: Sequence[TaskInfo]) -> Case:
    """Return `grown` with the days on which new tasks can be staffed: pinned ones always, others as `beside` says, else
    as tasks like them.
    """
    staffed, index = grown.staffed.copy(), {task.id: n for n, task in enumerate(grown.tasks)}
    told = {task.id for source in beside for task in source.tasks}
    for task in tasks:
        if task.pinned:
            staffed[index[task.id]] = True
        elif task.id not in told:
            staffed[index[task.id]] = _staffed_like(case, task)
    return replace(grown, staffed=staffed)


def _require_known(
    taken: set[str], sites: Mapping[str, SiteInfo], units: Mapping[str, AgencyInfo], task: TaskInfo
) -> None:
    if task.unit not in units:
        raise InputError(f"主体“{task.unit}”本期没有人员数据：请先补录 / unit {task.unit!r} is unknown in this period")
    if task.id in taken:
        raise InputError(f"任务编号“{task.id}”已被使用：请另给编号 / task id {task.id!r} is taken")
    if task.site not in sites:
        raise InputError(f"对象“{task.site}”本期没有任务：请一并给出对象信息 / site {task.site!r} is unknown here")


def _staffed_like(case: Case, task: TaskInfo) -> BoolArray:
    """Return [D] the days on which some task of the same unit and skill can be staffed; all where there is none."""
    alike = [n for n, t in enumerate(case.tasks) if t.unit == task.unit and t.skill == task.skill]
    return np.logical_or.reduce(case.staffed[alike]) if alike else np.ones(case.n_days, dtype=np.bool_)


def _with_room(case: Case, grown: Case, tasks: Iterable[TaskInfo]) -> Case:
    """Return `grown` with what plans of `case` may load, and room for pinned `tasks`."""
    old = {row: n for n, row in enumerate(case.rows)}
    kept, there = grown.capacity.copy(), grown.capacity.copy()
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


def grown_roster(case: Case, known: Sequence[tuple[Case, Roster]]) -> Roster:
    """Return the roster of `case` from those of cases of the same days; the first that knows something is right.

    A unit that none of them knows has nobody; a site that none knows has no quiet or business hours; a task that none
    knows minds none but what it says of itself.
    """
    first = known[0][1]
    units = {unit.id: n for n, unit in enumerate(case.units)}
    found = {}
    for other, roster in reversed(known):
        for i, person in enumerate(roster.inspectors):
            if other.units[int(roster.unit_of[i])].id in units:
                found[person.id] = (units[other.units[int(roster.unit_of[i])].id], person, roster.present[i])
    people = sorted(found.values(), key=lambda one: (one[0], one[1].id))
    index = {person.id: n for n, (_, person, _) in enumerate(people)}
    sites = {site.id: n for n, site in enumerate(case.sites)}
    tasks = {task.id: n for n, task in enumerate(case.tasks)}
    recused = set[tuple[int, int, int]]()
    per_crew = np.full(len(case.units), PER_CREW, dtype=np.int64)
    quiet = np.zeros((len(case.sites), first.quiet.shape[1]), dtype=np.int64)
    business = np.zeros((len(case.sites), first.business.shape[1]), dtype=np.bool_)
    minds, balanced = np.zeros(case.n_tasks, dtype=np.bool_), np.ones(case.n_tasks, dtype=np.bool_)
    outside = np.array([task.outside_hours for task in case.tasks], dtype=np.bool_)
    for other, roster in reversed(known):
        _put(per_crew, [units.get(unit.id) for unit in other.units], roster.per_crew)
        places = [sites.get(site.id) for site in other.sites]
        _put(quiet, places, roster.quiet)
        _put(business, places, roster.business)
        named = [tasks.get(task.id) for task in other.tasks]
        for mine, theirs in ((minds, roster.minds_quiet), (balanced, roster.balanced), (outside, roster.outside_hours)):
            _put(mine, named, theirs)
        for i, s, d in roster.recused:
            who, where = roster.inspectors[i].id, other.sites[s].id
            if who in index and where in sites:
                recused.add((index[who], sites[where], d))
    return replace(
        first,
        inspectors=tuple(person for _, person, _ in people),
        unit_of=np.array([unit for unit, _, _ in people], dtype=np.int64),
        present=np.array([there for _, _, there in people], dtype=np.bool_).reshape(len(people), case.n_days, 2),
        recused=frozenset(recused),
        per_crew=per_crew,
        quiet=quiet,
        minds_quiet=minds,
        business=business,
        outside_hours=outside,
        balanced=balanced,
    )


def _put(mine: NDArray[Any], places: Sequence[int | None], theirs: NDArray[Any]) -> None:
    """Write the rows of `theirs` where they belong in `mine`."""
    for n, place in enumerate(places):
        if place is not None:
            mine[place] = theirs[n]
