"""Whether a plan of a world is lawful, and what it is worth; no solver, and nothing in common with the exact model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from planner.reference.later import company_fault, fewest_later
from planner.reference.world import DAY, HALF, Answer, Site, Stop, Task, Value, World, too_close


def faults(world: World, answer: Answer) -> list[str]:
    """Return what is unlawful about `answer`, rule first; [] where nothing is."""
    return [
        *_tasks(world, answer),
        *_company(world, answer),
        *_dates(world, answer),
        *_hours(world, answer),
        *_teams(world, answer),
        *_walks(world, answer),
        *_waiting(world, answer),
    ]


def value_of(world: World, answer: Answer) -> Value:
    """Return what `answer` is worth. Raises ValueError where what waits has no lawful date left."""
    out = [0, 0, 0]
    for task in world.tasks:
        if task.id not in answer.day and task.id not in answer.waits and not task.rides:
            out[task.strength] += task.weight
    later = 0
    for site in world.sites:
        fewest = _later(world, answer, site)
        if fewest is None:
            raise ValueError(f"nothing lawful is left for what waits at {site.id}")
        later += fewest
    return Value(out[0], out[1], out[2], len(_stops(world, answer)) + later)


def _stops(world: World, answer: Answer) -> dict[Stop, list[Task]]:
    stops: dict[Stop, list[Task]] = defaultdict(list)
    for task in world.tasks:
        if task.id in answer.day:
            stops[task.site, answer.day[task.id]].append(task)
    return dict(sorted(stops.items()))


def _later(world: World, answer: Answer, site: Site) -> int | None:
    own = [t for t in world.tasks if t.site == site.id]
    done = [(t, answer.day[t.id]) for t in own if t.id in answer.day]
    return fewest_later(world, site, [t for t in own if t.id in answer.waits], done)


def _waiting(world: World, answer: Answer) -> Iterator[str]:
    for site in world.sites:
        if _later(world, answer, site) is None:
            yield f"waits: nothing lawful is left for what waits at {site.id}"


def _tasks(world: World, answer: Answer) -> Iterator[str]:
    """Each task within its window, fixed ones on their date, joint ones together."""
    names = {t.id for t in world.tasks}
    for name in sorted({*answer.day, *answer.waits} - names):
        yield f"task.once: {name} is no task"
    for name in sorted(set(answer.day) & answer.waits):
        yield f"task.once: {name} is done and waits"
    groups: dict[tuple[str, str], set[date | str]] = defaultdict(set)
    for task in world.tasks:
        day = answer.day.get(task.id)
        if task.fixed and day != task.fixed:
            yield f"pin.fixed: {task.id} is fixed on {task.fixed}, not {day}"
        elif day and not task.fixed and day not in task.days:
            yield f"window: {task.id} may not be done on {day}"
        elif task.id in answer.waits and not task.later:
            yield f"task.once: {task.id} cannot wait"
        if task.joint:
            state = "waits" if task.id in answer.waits else "out"
            groups[task.site, task.joint].add(day or state)
    for key, states in sorted(groups.items()):
        if len(states) > 1:
            yield f"join.required: {key} is torn apart"


def _company(world: World, answer: Answer) -> Iterator[str]:
    sites = {s.id: s for s in world.sites}
    body = {u.id: u.body for u in world.units}
    for (site, day), tasks in _stops(world, answer).items():
        rule = company_fault(tasks, sites[site], {body[t.unit] for t in tasks}, world.max_bodies)
        if rule:
            yield f"{rule}: {site} on {day}"


def _dates(world: World, answer: Answer) -> Iterator[str]:
    """Gaps and caps of domains, and the bureau's levers."""
    for limit in world.limits:
        own = [t for t in world.tasks if t.site == limit.site and t.domain == limit.domain and t.counted]
        done = sorted({answer.day[t.id] for t in own if t.id in answer.day})
        counted = {answer.day[t.id] for t in own if t.id in answer.day and not t.needed}
        for first, second in pairwise(sorted({*done, *limit.history})):
            if (first in done or second in done) and too_close(first, second, limit.gap_months):
                yield f"gap.domain: {limit.domain} at {limit.site} on {first} and {second}"
        for year, quota in limit.quota.items():
            used = [d for d in counted if d.year == year]
            if len(used) > quota:
                yield f"cap.domain: {limit.domain} at {limit.site}, {len(used)} dates of {quota}"
    for site in world.sites:
        entries = sorted(day for place, day in _stops(world, answer) if place == site.id)
        if world.entry_cap and len(entries) > world.entry_cap:
            yield f"entry.cap: {len(entries)} entries at {site.id}"
        for first, second in pairwise(sorted({*entries, *site.entries})):
            if world.entry_gap and (first in entries or second in entries) and (second - first).days < world.entry_gap:
                yield f"entry.gap: {site.id} on {first} and {second}"


def _sizes(world: World, tasks: list[Task]) -> dict[str, int]:
    """Return the quarter-hours of each unit's stay."""
    setup = {u.id: u.setup for u in world.units}
    sizes: dict[str, int] = {}
    for task in tasks:
        sizes[task.unit] = sizes.get(task.unit, setup[task.unit]) + task.quarters
    return sizes


def _hours(world: World, answer: Answer) -> Iterator[str]:
    """A start on the grid, an end within the day, no break in a short visit, no hours of business where barred."""
    business = {s.id: s.business for s in world.sites}
    for (site, day), tasks in _stops(world, answer).items():
        start = answer.start.get((site, day))
        length = max(_sizes(world, tasks).values())
        if start is None or not 0 <= start < DAY or start % HALF % world.step:
            yield f"visit.hours: {site} on {day} starts at {start}"
        elif start + length > DAY or (length <= HALF and start < HALF < start + length):
            yield f"visit.hours: {site} on {day}, {length} quarter-hours from {start}"
        elif any(t.outside_hours for t in tasks) and business[site] & set(range(start, start + length)):
            yield f"hours.business: {site} on {day}, {length} quarter-hours from {start}"


def _halves(start: int, size: int) -> set[int]:
    return {q // HALF for q in range(start, start + size)}


def _teams(world: World, answer: Answer) -> Iterator[str]:
    """Enough people of the unit at each stay, present, able and not recused."""
    people = {p.id: p for p in world.people}
    least = {u.id: u.per_crew for u in world.units}
    for (site, day), tasks in _stops(world, answer).items():
        start = answer.start.get((site, day), 0)
        for unit, size in _sizes(world, tasks).items():
            team = [people[name] for name in sorted(answer.team.get((site, day, unit), frozenset()))]
            where = f"{unit} at {site} on {day}"
            if len(team) < least[unit]:
                yield f"crew.enough: {len(team)} people of {where}"
            for skill in sorted({t.skill for t in tasks if t.unit == unit and t.skill}):
                if sum(skill in p.skills for p in team) < least[unit]:
                    yield f"crew.enough: too few with {skill} of {where}"
            for p in team:
                away = any((day, half) in p.away for half in _halves(start, size))
                if p.unit != unit or away or (site, day) in p.barred:
                    yield f"crew.enough: {p.id} may not be of {where}"


def _walks(world: World, answer: Answer) -> Iterator[str]:
    """Nobody is at two stays at once; between towns there is time to travel, within a half-day."""
    town = {s.id: s.town for s in world.sites}
    walks: dict[tuple[str, date], list[tuple[int, int, str]]] = defaultdict(list)
    for (site, day), tasks in _stops(world, answer).items():
        start = answer.start.get((site, day), 0)
        for unit, size in _sizes(world, tasks).items():
            for name in answer.team.get((site, day, unit), frozenset()):
                walks[name, day].append((start, start + size, town[site]))
    for b in world.busy:
        walks[b.person, b.day].append((b.start, b.end, b.town))
    for (name, day), stays in sorted(walks.items()):
        for one, other in pairwise(sorted(stays)):
            shared = _halves(one[0], one[1] - one[0]) & _halves(other[0], other[1] - other[0])
            way = world.travel if one[2] != other[2] and shared else 0
            if other[0] < one[1] + way:
                yield f"crew.free: {name} on {day}, {one} then {other}"
