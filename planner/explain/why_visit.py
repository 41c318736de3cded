"""Why a visit is on its day and not on another, who could have come along and did not, and how firm that is.

The visit alone is moved, all else staying as planned: what is said of another day is what the checks say of that plan.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from planner.checks import Violation, check_plan
from planner.checks.objective import crowding, disturbances, entry_counts, left_out_weights
from planner.domain.case import Case, IntArray
from planner.domain.plan import Plan, Visit, loads_of
from planner.law.register import RULES
from planner.law.words import Blocked, Both, together
from planner.solve.exact.subcase import site_within

Carries = Callable[[IntArray, int], bool | None]
"""Whether day d can be walked and manned as days [T] put it; None where that was not settled."""


class Could(StrEnum):
    """Whether something could be otherwise, all else staying."""

    YES = "possible"
    NO = "barred"
    """A rule stands against it."""
    UNWALKED = "unwalked"
    """Hours would do, and no starts and crews can be found: proven."""
    UNSETTLED = "unsettled"
    """Whether starts and crews can be found was not settled."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What the plan has more than now, level by level; less is better, compared in this order.

    `left_out` are priorities of left-out tasks (mandatory, accepted, optional), `entries` those of the month and later
    ones, `disturbance` quarter-hours of sites times sensitivity, `crowding` how unevenly the units' days are filled, in
    hundredths of a quarter-hour.
    """

    left_out: tuple[int, int, int]
    entries: int
    disturbance: int
    crowding: int

    @property
    def key(self) -> tuple[int, ...]:
        return (*self.left_out, self.entries, self.disturbance, self.crowding)


@dataclass(frozen=True, slots=True)
class Against:
    """What one rule says against it, for the task or the unit of `domain`, in both languages."""

    rule: str
    domain: str
    words: Both
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherDay:
    """The visit on another day: `more` is what that costs where no rule bars it, `against` what bars it."""

    day: int
    could: Could
    more: Worth | None
    against: tuple[Against, ...] = ()


@dataclass(frozen=True, slots=True)
class Absent:
    """Tasks of the site that are not at the visit, and whether they could have come: `day` is theirs in the plan."""

    tasks: tuple[int, ...]
    day: int
    could: Could
    more: Worth | None
    against: tuple[Against, ...] = ()


@dataclass(frozen=True, eq=False)
class VisitReasons:
    """Why a visit is where it is. `days` are all other days of the month in every filed window."""

    visit: Visit
    days: tuple[OtherDay, ...]
    absent: tuple[Absent, ...]

    @property
    def margin(self) -> OtherDay | None:
        """The other day that is possible at the least cost, None where none is possible: how firm the choice is."""
        possible = [one for one in self.days if one.could is Could.YES and one.more is not None]
        return min(possible, key=lambda one: (one.more.key if one.more else (), one.day), default=None)

    @property
    def settled(self) -> bool:
        """Of every other day it is known whether the visit could be there."""
        return all(one.could is not Could.UNSETTLED for one in self.days)


def reasons_of_visit(case: Case, plan: Plan, visit: Visit, carries: Carries) -> VisitReasons:
    """Return why `visit` of `plan` is on its day: every other day tried, and everybody else of the site."""
    site = OneSite(case, plan, visit.site, carries)
    tasks = list(visit.tasks)
    first, last = max(case.tasks[t].window[0] for t in tasks), min(case.tasks[t].window[1] for t in tasks)
    others_days = [d for d, day in enumerate(case.days) if first <= day <= last and d != visit.day]
    days = tuple(OtherDay(d, *site.with_days(tasks, d)) for d in others_days)
    others, absent = set(case.tasks_at(visit.site)) - set(tasks), list[Absent]()
    while others:
        one = min(others)
        group = tuple(sorted(together(case, one) & others))
        others -= set(group)
        absent.append(Absent(group, int(plan.day[one]), *site.with_days(group, visit.day)))
    return VisitReasons(visit, days, tuple(absent))


class OneSite:
    """One site in the crews that all others leave, with what it is worth as planned."""

    def __init__(self, case: Case, plan: Plan, site: int, carries: Carries) -> None:
        self._case, self._plan, self._carries = case, plan, carries
        self._first = int(case.start[site])
        self._alone, self._day = site_within(case, plan, site, loads_of(case, plan))
        self._now = self._worth(self._day, plan.day)

    def with_days(self, tasks: Sequence[int], d: int) -> tuple[Could, Worth | None, tuple[Against, ...]]:
        """Return whether `tasks` could be on day `d`, what the plan would have more, and what stands against it."""
        here, then = [t - self._first for t in tasks], self._day.copy()
        then[here] = d
        found = check_plan(self._alone, Plan(then))
        if found:
            return Could.NO, None, tuple(self._against(here, then, d, found))
        whole = self._plan.day.copy()
        whole[list(tasks)] = d
        answer = self._carries(whole, d)
        could = Could.UNSETTLED if answer is None else Could.YES if answer else Could.UNWALKED
        return could, self._more(then, whole), ()

    def more_with(self, tasks: Sequence[int], d: int) -> Worth:
        """Return what the plan would have more with `tasks` on day `d`, whether that is possible or not."""
        then, whole = self._day.copy(), self._plan.day.copy()
        then[[t - self._first for t in tasks]] = d
        whole[list(tasks)] = d
        return self._more(then, whole)

    def _against(self, here: list[int], then: IntArray, d: int, found: Sequence[Violation]) -> list[Against]:
        """Return what each rule says, once, the rule that a day is put down to first before the others."""
        ids, told = {self._alone.tasks[t].id: t for t in here}, dict[tuple[str, str], Against]()
        for violation in sorted(found, key=lambda v: (RULES[v.rule].order, v.subjects)):
            task = next((ids[s] for s in violation.subjects if s in ids), here[0])
            words = RULES[violation.rule].words(Blocked(self._alone, task, self._day, d, violation))
            domain = violation.domain or self._alone.tasks[task].domain
            told.setdefault(
                (violation.rule, words[0]), Against(violation.rule, domain, Both(*words), violation.subjects)
            )
        return list(told.values())

    def _worth(self, day: IntArray, whole: IntArray) -> Worth:
        plan, uneven = Plan(day), crowding(self._case, Plan(whole))
        entries = sum(entry_counts(self._alone, plan))
        return Worth(left_out_weights(self._alone, plan), entries, disturbances(self._alone, plan)[0], uneven)

    def _more(self, day: IntArray, whole: IntArray) -> Worth:
        then, now = self._worth(day, whole), self._now
        first, second, third = (a - b for a, b in zip(then.left_out, now.left_out, strict=True))
        entries, disturbance = then.entries - now.entries, then.disturbance - now.disturbance
        return Worth((first, second, third), entries, disturbance, then.crowding - now.crowding)
