"""Contested parts of a plan, cut out and solved again with days, starts, breaks, travel and people, all else fixed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from planner.domain.plan import LEFT_OUT
from planner.reference.check import faults, value_of
from planner.reference.exact import INFEASIBLE, UNKNOWN, none_below, solve
from planner.reference.from_case import Month, answer_of, world_of
from planner.reference.world import HALF, Answer, Busy, Value, World

VISITS = 30
"""Visits of a neighbourhood at least, where the plan has so many."""
DAYS = 3
"""Days that a neighbourhood is about: enough to swap, few enough to be solved."""
AGREED, BETTER, NOT_KNOWN = "agreed", "better", "unknown"


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Sites and days (indexes of the case) around something contested."""

    kind: str
    """"left_out", "excess" (more entries than the windows alone ask for) or "full" (a unit's day with little room)."""
    subject: str
    """Id of the task, or of the site, or of the unit with the date."""
    sites: tuple[int, ...]
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What solving a neighbourhood anew came to; `best`, `moves` are of a better plan where there is one."""

    where: Neighbourhood
    status: str
    visits: int
    ours: Value
    best: Value | None = None
    moves: tuple[tuple[str, str], ...] = ()
    """(task id, ISO date, "later" or "out") of each task that a better plan decides otherwise."""


def contested(month: Month, count: int) -> list[Neighbourhood]:
    """Return up to `count` different neighbourhoods, by turns around left-out tasks, excess entries and full days."""
    queues = [_left_out(month), _excess(month), _full(month)]
    found: dict[tuple[tuple[int, ...], tuple[int, ...]], Neighbourhood] = {}
    while queues and len(found) < count:
        for queue in list(queues):
            seed = next(queue, None)
            if seed is None:
                queues.remove(queue)
            elif len(found) < count:
                grown = _grown(month, seed)
                found.setdefault((grown.sites, grown.days), grown)
    return list(found.values())


def rule(month: Month, where: Neighbourhood, work: float = 20.0) -> Ruling:
    """Return whether the neighbourhood can be planned better than it is, everything outside staying as it is.

    Raises ValueError where the plan itself is unlawful there: there is nothing to compare with.
    """
    case, inside = month.case, set(where.sites)
    tasks = [t for t in range(case.n_tasks) if int(case.site_of[t]) in inside]
    ours = answer_of(month, tasks)
    world = _fixed_outside(month, world_of(case, month.roster, tasks), ours, where)
    broken = faults(world, ours)
    if broken:
        raise ValueError(f"the plan is unlawful there: {broken[0]}")
    value = value_of(world, ours)
    visits = sum(v.site in inside and v.day in where.days for v in month.visits)
    if none_below(world, value, work):
        return Ruling(where, AGREED, visits, value)
    outcome = solve(world, work, below=value)
    if outcome.status in (INFEASIBLE, UNKNOWN) or outcome.answer is None:
        return Ruling(where, AGREED if outcome.status == INFEASIBLE else NOT_KNOWN, visits, value)
    whole = _with_the_rest(world, outcome.answer, ours)
    broken = faults(world, whole)
    if broken or value_of(world, whole) >= value:
        raise ValueError(f"the reference model and its checker disagree: {broken[:1]}")
    names = {t.id for t in world.tasks}
    moves = tuple(
        (name, _decided(whole, name)) for name in sorted(names) if _decided(whole, name) != _decided(ours, name)
    )
    return Ruling(where, BETTER, visits, value, value_of(world, whole), moves)


def _decided(answer: Answer, task: str) -> str:
    return answer.day[task].isoformat() if task in answer.day else "later" if task in answer.waits else "out"


def _fixed_outside(month: Month, world: World, ours: Answer, where: Neighbourhood) -> World:
    """Return the world with what is done on other days fixed, and people busy at visits of other sites."""
    case, roster = month.case, month.roster
    timed = frozenset(case.days[d] for d in where.days)
    tasks = []
    for task in world.tasks:
        day = ours.day.get(task.id)
        if day is None or day in timed:
            tasks.append(replace(task, days=tuple(d for d in task.days if d in timed)))
        else:
            tasks.append(replace(task, fixed=day, later=()))
    known, busy = {p.id for p in world.people}, []
    for stay, team in zip(month.stays, month.duty.team, strict=True):
        if stay.day in where.days and stay.site not in where.sites:
            start = int(month.duty.start[stay.visit])
            names = [roster.inspectors[i].id for i in team]
            town = case.sites[stay.site].town
            busy += [Busy(n, case.days[stay.day], start, start + stay.quarters, town) for n in names if n in known]
    return replace(world, tasks=tuple(tasks), busy=tuple(busy), timed=timed)


def _with_the_rest(world: World, found: Answer, ours: Answer) -> Answer:
    """Return what was found, with the starts and teams of the days that were not in question."""
    assert world.timed is not None

    def untimed(day: date) -> bool:
        return day not in world.timed if world.timed is not None else False

    start = {stop: at for stop, at in ours.start.items() if untimed(stop[1])}
    team = {key: people for key, people in ours.team.items() if untimed(key[1])}
    return Answer(found.day, found.waits, {**start, **found.start}, {**team, **found.team})


@dataclass(frozen=True, slots=True)
class _Seed:
    kind: str
    subject: str
    sites: tuple[int, ...]
    days: tuple[int, ...]
    units: frozenset[int]


def _left_out(month: Month) -> Iterator[_Seed]:
    """Yield left-out tasks, what matters most first, on the days of their windows on which their unit has most room."""
    case, room = month.case, _room(month)
    out = [t for t in np.flatnonzero(month.plan.day == LEFT_OUT).tolist() if not case.tasks[t].follows_fire]
    for t in sorted(out, key=lambda t: (case.tasks[t].strength, -case.tasks[t].priority, t)):
        site, unit = int(case.site_of[t]), int(case.unit_of[t])
        days = [d for d in range(int(case.window_lo[t]), int(case.window_hi[t]) + 1) if not case.blackout[site, d]]
        if days:
            best = sorted(days, key=lambda d: (-room[unit, d], d))[:DAYS]
            yield _Seed("left_out", case.tasks[t].id, (site,), tuple(sorted(best)), frozenset({unit}))


def _excess(month: Month) -> Iterator[_Seed]:
    """Yield sites with more entries than the windows of what is done there ask for, most of them first."""
    case = month.case
    days: dict[int, list[int]] = defaultdict(list)
    tasks: dict[int, list[int]] = defaultdict(list)
    for visit in month.visits:
        days[visit.site].append(visit.day)
        tasks[visit.site] += visit.tasks
    extra = {s: len(days[s]) - _stabs((int(case.window_lo[t]), int(case.window_hi[t])) for t in tasks[s]) for s in days}
    for s in sorted((s for s in extra if extra[s] > 0), key=lambda s: (-extra[s], s)):
        units = frozenset(int(case.unit_of[t]) for t in tasks[s])
        yield _Seed("excess", case.sites[s].id, (s,), tuple(sorted(days[s])[:DAYS]), units)


def _stabs(windows: Iterable[tuple[int, int]]) -> int:
    """Return the fewest days that meet every window."""
    last, count = -1, 0
    for low, high in sorted(windows, key=lambda w: w[1]):
        if low > last:
            last, count = high, count + 1
    return count


def _full(month: Month) -> Iterator[_Seed]:
    """Yield the days of units by how little room is left on them."""
    case, room = month.case, _room(month)
    load = np.zeros(room.shape)
    for stay in month.stays:
        load[stay.unit, stay.day] += stay.quarters * month.roster.per_crew[stay.unit]
    share = np.divide(load, load + np.maximum(room, 0), out=np.zeros(room.shape), where=load > 0)
    for cell in np.argsort(-share, axis=None, kind="stable").tolist():
        unit, day = divmod(cell, case.n_days)
        if share[unit, day] == 0:
            return
        near = sorted(np.flatnonzero(load[unit] > 0).tolist(), key=lambda d: (abs(d - day), d))[:DAYS]
        subject = f"{case.units[unit].id} {case.days[day].isoformat()}"
        sites = tuple(sorted({s.site for s in month.stays if s.unit == unit and s.day == day}))
        yield _Seed("full", subject, sites, tuple(sorted(near)), frozenset({unit}))


def _room(month: Month) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return [U, D] the quarter-hours of people that a unit's visits leave free."""
    case, roster = month.case, month.roster
    room = np.zeros((len(case.units), case.n_days))
    np.add.at(room, roster.unit_of, roster.present.sum(axis=2) * float(HALF))
    for stay in month.stays:
        room[stay.unit, stay.day] -= stay.quarters * roster.per_crew[stay.unit]
    return room


def _grown(month: Month, seed: _Seed) -> Neighbourhood:
    """Return the seed with the sites of further visits on its days, those of its units first."""
    sites, units = set(seed.sites), set(seed.units)
    there = [v for v in month.visits if v.day in seed.days]
    held = sum(v.site in sites for v in there)
    while held < VISITS:
        near = [v for v in there if v.site not in sites]
        if not near:
            break
        chosen = max(near, key=lambda v: (len(units & set(v.units)), -len(set(v.units) - units), -v.site, -v.day))
        sites.add(chosen.site)
        units |= set(chosen.units) if not units & set(chosen.units) else set()
        held = sum(v.site in sites for v in there)
    return Neighbourhood(seed.kind, seed.subject, tuple(sorted(sites)), seed.days)
