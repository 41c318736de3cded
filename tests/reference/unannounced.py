"""Unannounced checks, said a second time from the pages of rules and policy; none of the product's code is used.

Who has the one date that gap and cap leave a domain at a site; whether a placed check is lawful; whether one that got
no day has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from planner.reference.check import faults
from planner.reference.exact import INFEASIBLE, solve
from planner.reference.world import Answer, Limit, Task, World, too_close


def stood_back(world: World, ends: Mapping[str, date]) -> frozenset[str]:
    """Return the announced tasks that do not come in the month as an unannounced check has their domain's date.

    `ends` are by task the last dates of the windows.
    """
    body = {unit.id: unit.body for unit in world.units}
    found: set[str] = set()
    for limit in world.limits:
        here = [t for t in world.tasks if (t.site, t.domain) == (limit.site, limit.domain) and t.counted]
        secret = [t for t in here if t.unannounced and not t.fixed and _could_come(world, t)]
        if not secret:
            continue
        by_body = {body[t.unit]: [u for u in secret if body[u.unit] == body[t.unit]] for t in secret}
        ours = max(by_body.values(), key=_worth)
        found |= _for(
            limit, ours, min(world_end(world), max(ends[t.id] for t in ours)), [t for t in here if not t.unannounced]
        )
    return frozenset(found)


def _for(limit: Limit, ours: list[Task], end: date, announced: list[Task]) -> set[str]:
    """Return which announced tasks stand back for `ours`: all that meet them, or none."""
    quota = limit.quota.get(end.year)
    counts = quota is not None and quota <= 1 and not all(t.needed for t in ours)
    against = [t for t in announced if limit.gap_months or (counts and not t.needed)]
    if not against or any(t.fixed or t.joint or t.fire for t in against):
        return set()
    lost = [t for t in against if not _may_wait(limit, t, end, counts and not t.needed)]
    return {t.id for t in against} if _worth(ours) > _worth(lost) else set()


def _may_wait(limit: Limit, task: Task, end: date, next_year: bool) -> bool:
    """Return whether a lawful date is left for an announced task after all days of the window."""
    return any(
        not too_close(end, day, limit.gap_months)
        and not any(too_close(day, held, limit.gap_months) for held in limit.history)
        and (not next_year or day.year > end.year)
        and (task.needed or limit.quota.get(day.year, 1) > 0)
        for day in task.later
    )


def _worth(tasks: Iterable[Task]) -> tuple[int, int, int]:
    found = list(tasks)
    first, second, third = (sum(t.weight for t in found if t.strength == strength) for strength in (0, 1, 2))
    return first, second, third


def _could_come(world: World, task: Task) -> bool:
    """Return whether the task has a lawful day were it all alone."""
    alone = replace(task, joint="", rides=False, later=())
    value = solve(replace(world, tasks=(alone,))).value
    return value is not None and value.key()[:3] == (0, 0, 0)


def unlawful(world: World, answer: Answer, announced: Answer) -> Iterator[str]:
    """Yield what is wrong with unannounced checks beside a plan: the law, who is there too, and what they moved."""
    secret = {t.id: t for t in world.tasks if t.unannounced}
    open_hour = {(t.site, answer.day[t.id]) for t in secret.values() if t.id in answer.day}
    by_hand = {(t.site, t.fixed) for t in secret.values() if t.fixed}
    open_hour = {stop for stop in open_hour if stop not in answer.start}
    told = faults(world, answer)
    for fault in told:
        # Where somebody announced would have to move for it, a check has no hour yet: whoever does it chooses one. What
        # is fixed by hand is on its date whatever comes.
        if not any(f"{site} on {day}" in fault for site, day in open_hour | by_hand):
            yield fault
    for name, day in announced.day.items():
        if answer.day.get(name) != day:
            yield f"moved: {name} from {day} to {answer.day.get(name)}"


def days_left(world: World, answer: Answer, task: Task) -> list[date]:
    """Return the days of the task's window on which it could come, alone at the site, with everything else as it is.

    Each is proven by a plan of the exact model, starts and people included.
    """
    there = {answer.day[t.id] for t in world.tasks if t.site == task.site and t.id in answer.day}
    standing = [replace(t, fixed=answer.day[t.id], later=()) for t in world.tasks if t.id in answer.day]
    beside = [t for t in world.tasks if t.id in answer.waits]
    found = []
    for day in task.days:
        if day in there:
            continue
        asked = replace(world, tasks=(*standing, *beside, replace(task, fixed=day, later=())))
        if solve(asked).status != INFEASIBLE:
            found.append(day)
    return found


def world_end(world: World) -> date:
    """Return the last date of the world's month."""
    return (world.days[0].replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
