"""A smallest set of facts that keeps a left-out task off every day, everything else staying as planned.

A *member* is one fact that a check names: a rule and its subjects (the window of a task, one unit's crews on one date,
the gap of a domain at a site, a visit that may not be joined). Members are what checks say, so no rule is listed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from planner.checks import Violation, check_plan
from planner.domain.case import Case, IntArray
from planner.domain.errors import MismatchError
from planner.domain.plan import LEFT_OUT, Plan, loads_of
from planner.law.register import RULES
from planner.law.rules.dates import WINDOW
from planner.law.rules.people import ONE_PLACE
from planner.law.words import together
from planner.solve.exact.subcase import site_within

Walks = Callable[[Sequence[int], int], bool | None]
"""Whether day d can carry some tasks beside all that is planned there; None where that was not settled."""
Key = tuple[str, str, tuple[str, ...]]
"""Rule, domain and subjects: what a member is known by."""


class Verdict(StrEnum):
    """Whether a left-out task has a day, everything else staying."""

    BLOCKED = "blocked"
    FREE = "free"
    """Some day of its window breaks no rule and can be walked: the plan chose otherwise."""
    UNKNOWN = "unknown"
    """No day is known to be free, and of some day it was not settled whether it can be walked."""


@dataclass(frozen=True, slots=True)
class Member:
    """One fact that stands against the task. `days` are the day indexes that it bars, `violations` what a check says
    on each of them.
    """

    key: Key
    days: tuple[int, ...]
    violations: tuple[Violation, ...]

    @property
    def rule(self) -> str:
        return self.key[0]


@dataclass(frozen=True, eq=False)
class Conflict:
    """Why `task` has no day while all others stay. Indexes are of the whole case, days of the whole month.

    `moving` are the tasks that come on one day: the task and those that it must come with, and in a question about two
    agencies the other's. `days` are those that were asked. `blocked` [d] are the keys of all that stands against day d.
    `free` is the first day that can be walked: later ones are not asked. `members` are the smallest set, () unless the
    verdict is BLOCKED: with these alone every day is barred, and without any one of them some day is not.
    """

    task: int
    moving: tuple[int, ...]
    days: tuple[int, ...]
    verdict: Verdict
    free: tuple[int, ...]
    unknown: tuple[int, ...]
    blocked: tuple[tuple[Member, ...], ...]
    members: tuple[Member, ...]


def key_of(violation: Violation) -> Key:
    """Return the member that a violation is about."""
    return violation.rule, violation.domain, violation.subjects


def conflict_of(case: Case, plan: Plan, task: int, walks: Walks = lambda tasks, d: True) -> Conflict:
    """Return why `task`, left out of `plan`, has no day; `prove` proves the set anew on the whole case.

    Every day of the month is tried, so that the window is a member like others. `walks` is asked of the days that no
    check of days speaks against. Raises ValueError where the task is not left out.
    """
    if plan.day[task] != LEFT_OUT:
        raise ValueError(f"task {case.tasks[task].id} is not left out")
    return conflict_among(case, plan, (task,), range(case.n_days), walks)


def conflict_among(case: Case, plan: Plan, tasks: Sequence[int], days: Sequence[int], walks: Walks) -> Conflict:
    """Return why `tasks` of one site, with those that they must come with, cannot come together on any of `days`,
    wherever they are in `plan`. The conflict is told of the first of them.
    """
    site, task = int(case.site_of[tasks[0]]), tasks[0]
    alone, day = site_within(case, plan, site, loads_of(case, plan))
    first = int(case.start[site])
    moving = tuple(sorted({u for t in tasks for u in together(case, t)}))
    here = [t - first for t in moving]
    against = [_against(alone, day, here, d) if d in days else [] for d in range(case.n_days)]
    free, unknown = list[int](), list[int]()
    for d in days:
        found = against[d]
        if not found and not free:
            possible = walks(moving, d)
            if possible is False:
                found.append(_unwalked(case, task, d))
            else:
                (free if possible else unknown).append(d)
    known = _members(against)
    blocked = tuple(tuple(known[key] for key in sorted({key_of(v) for v in found})) for found in against)
    verdict = Verdict.FREE if free else Verdict.UNKNOWN if unknown else Verdict.BLOCKED
    members = _smallest(known.values(), case.n_days) if verdict is Verdict.BLOCKED else ()
    return Conflict(task, moving, tuple(days), verdict, tuple(free), tuple(unknown), blocked, members)


def prove(case: Case, plan: Plan, conflict: Conflict, walks: Walks) -> None:
    """Check the whole case anew, day by day, with the task there: the members alone bar all days, and none is spare.

    `walks` should be another than the one that found them. Raises MismatchError where the proof fails.
    """
    keys = {member.key for member in conflict.members}
    alone = set[Key]()
    for d in conflict.days:
        day = plan.day.copy()
        day[list(conflict.moving)] = d
        hit = {key_of(v) for v in check_plan(case, Plan(day))} & keys
        walk = key_of(_unwalked(case, conflict.task, d))
        if walk in keys and walks(conflict.moving, d) is False:
            hit.add(walk)
        if not hit:
            raise MismatchError(f"{case.tasks[conflict.task].id}: nothing of the set bars {case.days[d]}")
        if len(hit) == 1:
            alone |= hit
    if alone != keys:
        raise MismatchError(f"{case.tasks[conflict.task].id}: the set is not smallest: {sorted(keys - alone)}")


def _against(case: Case, day: IntArray, moving: Sequence[int], d: int) -> list[Violation]:
    then = day.copy()
    then[list(moving)] = d
    return list(check_plan(case, Plan(then)))


def _unwalked(case: Case, task: int, d: int) -> Violation:
    unit = case.units[int(case.unit_of[task])].id
    message = "no starts and crews were left for it that day"
    return Violation(ONE_PLACE.id, (unit, case.days[d].isoformat()), message, case.tasks[task].domain)


def _members(against: Sequence[Sequence[Violation]]) -> dict[Key, Member]:
    found: dict[Key, dict[int, Violation]] = {}
    for d, violations in enumerate(against):
        for violation in violations:
            found.setdefault(key_of(violation), {}).setdefault(d, violation)
    return {key: Member(key, tuple(by_day), tuple(by_day.values())) for key, by_day in found.items()}


def _smallest(members: Iterable[Member], n_days: int) -> tuple[Member, ...]:
    """Return members that bar all days, none of which can be dropped: a deletion filter, few days first.

    Dropped last is what bars most days, and of several what a day is put down to first, so that a window stays one fact
    rather than a list of days.
    """
    order = sorted(members, key=lambda m: (len(m.days), -RULES[m.rule].order, m.key))
    bars = np.zeros(n_days, dtype=np.int64)
    for member in order:
        bars[list(member.days)] += 1
    kept = []
    for member in order:
        days = list(member.days)
        if (bars[days] > 1).all():
            bars[days] -= 1
        else:
            kept.append(member)
    return tuple(sorted(kept, key=lambda m: (m.rule != WINDOW.id, RULES[m.rule].order, m.days, m.key)))
