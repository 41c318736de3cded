"""After the month: on which dates the tasks of a site that wait may be done, and how many entries they need then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import permutations

from planner.reference.world import Limit, Site, Task, World, months_on, too_close


def company_fault(tasks: Sequence[Task], site: Site, bodies: set[str], max_bodies: int) -> str:
    """Return which rule bars `tasks` of one site, of agencies `bodies`, from being one visit; "" where none does."""
    if len(bodies) > 1 and any(t.unannounced for t in tasks):
        return "unannounced.alone"
    if len(bodies) > 1 and site.unwilling and not all(t.opted_in for t in tasks):
        return "join.not"
    if any(t.rides for t in tasks) and not any(t.fire for t in tasks):
        return "fire.exclusivity"
    if max_bodies and len(bodies) > max_bodies:
        return "visit.max-agencies"
    return ""


def fewest_later(world: World, site: Site, waiting: Sequence[Task], done: Sequence[tuple[Task, date]]) -> int | None:
    """Return the fewest entries after the month that serve `waiting`, None where no lawful dates are left for them.

    `done` are the site's tasks with a date in the month. Windows, closed days, company, joint groups, gaps, caps of
    each calendar year and the bureau's levers bind; crews of later months are those months' matter. Every way to put
    the tasks into visits is tried, in every order, each visit as early as it can be.
    """
    best: int | None = None
    for parts in _partitions(list(waiting)):
        if best is not None and len(parts) >= best:
            continue
        if any(_bars(world, site, part) for part in parts) or _torn(parts):
            continue
        if any(_fits(world, site, order, done) for order in permutations(parts)):
            best = len(parts)
    return best


def _partitions(tasks: list[Task]) -> Iterator[list[list[Task]]]:
    if not tasks:
        yield []
        return
    first, rest = tasks[0], tasks[1:]
    for parts in _partitions(rest):
        yield [[first], *parts]
        for n, part in enumerate(parts):
            yield [*parts[:n], [first, *part], *parts[n + 1 :]]


def _bars(world: World, site: Site, part: Sequence[Task]) -> bool:
    body = {unit.id: unit.body for unit in world.units}
    return bool(company_fault(part, site, {body[t.unit] for t in part}, world.max_bodies))


def _torn(parts: Sequence[Sequence[Task]]) -> bool:
    """Return whether a joint group stands in two visits."""
    return any(
        sum(any(t.joint == name for t in part) for part in parts) > 1
        for name in {t.joint for part in parts for t in part if t.joint}
    )


def _fits(world: World, site: Site, order: Sequence[Sequence[Task]], done: Sequence[tuple[Task, date]]) -> bool:
    """Return whether the visits fit one after the other, each on the first date that the ones before leave it."""
    limits = {limit.domain: limit for limit in world.limits if limit.site == site.id}
    placed = list(done)
    entries = {day for _, day in done} | set(site.entries)
    before = max(world.days, default=date.min)
    for part in order:
        shared = set(part[0].later).intersection(*(t.later for t in part[1:]))
        day = next((d for d in sorted(shared) if d > before and _free(world, limits, part, d, placed, entries)), None)
        if day is None:
            return False
        placed += [(t, day) for t in part]
        entries.add(day)
        before = day
    return True


def _free(
    world: World,
    limits: dict[str, Limit],
    part: Sequence[Task],
    day: date,
    placed: Sequence[tuple[Task, date]],
    entries: set[date],
) -> bool:
    if world.entry_gap and any(0 < abs((day - other).days) < world.entry_gap for other in entries):
        return False
    for domain in {t.domain for t in part if t.counted} & set(limits):
        limit = limits[domain]
        own = [(t, d) for t, d in placed if t.counted and t.domain == domain]
        if any(too_close(day, other, limit.gap_months) for other in {d for _, d in own} | set(limit.history)):
            return False
        if day.year in limit.quota:
            dates = {d for t, d in own if d.year == day.year and not t.needed}
            dates |= {day for t in part if t.counted and t.domain == domain and not t.needed}
            if len(dates) > limit.quota[day.year]:
                return False
    return True


def candidate_dates(world: World, site: Site, waiting: Sequence[Task]) -> tuple[date, ...]:
    """Return dates after the month that are enough to look at for a fewest number of later entries at a site.

    Any lawful choice stays lawful when its last visit moves as far right as its windows, its year and what is published
    allow, then the one before it, and so on. So a visit ends on the last date of a window or of a year, on a published
    date, or on the last date that lies a gap before another such date, or on the next date before one.
    """
    allowed = sorted({day for t in waiting for day in t.later})
    if not allowed:
        return ()
    gaps = {limit.gap_months for limit in world.limits if limit.site == site.id and limit.gap_months}
    years = {day.year for day in allowed}
    fresh = {max(t.later) for t in waiting if t.later} | {max(d for d in allowed if d.year == y) for y in years}
    for t in waiting:
        fresh |= {max(d for d in t.later if d.year == y) for y in {d.year for d in t.later}}
    marks = [d for limit in world.limits if limit.site == site.id for d in limit.history] + list(site.entries)
    fresh |= set(marks) & set(allowed)
    for mark in marks:
        fresh |= _last_before(allowed, mark, gaps, world.entry_gap)
    found: set[date] = set()
    for _ in range(len(waiting) + 1):
        fresh -= found
        found |= fresh
        fresh = {day for mark in fresh for day in _last_before(allowed, mark, gaps, world.entry_gap)}
    return tuple(sorted(found))


def _last_before(allowed: Sequence[date], mark: date, gaps: set[int], entry_gap: int) -> set[date]:
    found = {max((d for d in allowed if d < mark), default=None)}
    found |= {max((d for d in allowed if months_on(d, gap) <= mark), default=None) for gap in gaps}
    if entry_gap:
        found.add(max((d for d in allowed if d + timedelta(days=entry_gap) <= mark), default=None))
    return {day for day in found if day is not None}
