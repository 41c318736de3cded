"""Why a site is entered more than once: for each further visit, what keeps it from being one with another.

Two visits of a site are asked about at a time, all else staying: could their tasks be done on one day? Crews are put
aside first, so that a rule is named where a rule stands against it, and crews only where nothing else does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np

from planner.checks import check_plan
from planner.domain.case import Case, IntArray
from planner.domain.plan import Plan, Visit, loads_of, visits_of
from planner.law.register import RULES
from planner.law.rules.capacity import CREWS, SKILLED
from planner.law.rules.company import NOT_TO_JOIN
from planner.law.rules.dates import BLACKOUT, WINDOW
from planner.law.rules.distances import CAP, GAP
from planner.law.rules.levers import ENTRY_CAP, ENTRY_GAP
from planner.law.rules.people import CREW, ONE_PLACE
from planner.solve.exact.subcase import one_site, site_within


class Cause(StrEnum):
    """What stands against it; the first counts most where several visits could be joined."""

    FREE = "free"
    """Nothing, all else staying: the plan could be better there, or what it would cost comes first."""
    CREWS = "crews"
    """Crews are at work elsewhere."""
    GAPS = "gaps"
    """A distance or a number of dates that a domain keeps at the site."""
    MARKS = "marks"
    """The site is marked as not to be joined."""
    WINDOWS = "windows"
    """The filed windows hold no common day."""
    RULES = "rules"
    """Another rule."""


_OF_RULE = {
    rule.id: cause
    for cause, rules in (
        (Cause.WINDOWS, (WINDOW, BLACKOUT)),
        (Cause.GAPS, (GAP, CAP, ENTRY_CAP, ENTRY_GAP)),
        (Cause.MARKS, (NOT_TO_JOIN,)),
        (Cause.CREWS, (CREWS, SKILLED, CREW, ONE_PLACE)),
    )
    for rule in rules
}
_ORDER = list(Cause)


@dataclass(frozen=True, slots=True)
class Excess:
    """A visit beyond a site's first: its cause, its tasks, and those of the visit that it comes nearest to joining."""

    site: int
    day: int
    cause: Cause
    tasks: tuple[int, ...]
    other: tuple[int, ...]


def cause_of(rule: str) -> Cause:
    """Return the cause that a rule stands for, by which reasons of left-out tasks are grouped too."""
    return _OF_RULE.get(rule, Cause.RULES)


def excess_entries(case: Case, plan: Plan) -> list[Excess]:
    """Return the plan's visits beyond each site's first, as many as entries exceed sites, with their causes."""
    by_site: dict[int, list[Visit]] = {}
    for visit in visits_of(case, plan):
        by_site.setdefault(visit.site, []).append(visit)
    load, found = loads_of(case, plan), list[Excess]()
    for site, visits in sorted(by_site.items()):
        if len(visits) < 2:
            continue
        asked = _Site(case, plan, site, load)
        pairs = {(a, b): asked.cause(visits[a], visits[b]) for a, b in combinations(range(len(visits)), 2)}
        for n in range(1, len(visits)):
            near = [(_ORDER.index(cause), a + b - n) for (a, b), cause in pairs.items() if n in (a, b)]
            rank, other = min(near)
            found.append(Excess(site, visits[n].day, _ORDER[rank], visits[n].tasks, visits[other].tasks))
    return found


class _Site:
    """One site, with all crews of the district and with those that the others leave."""

    def __init__(self, case: Case, plan: Plan, site: int, load: IntArray) -> None:
        self._first = int(case.start[site])
        self._free = one_site(case, site, np.full_like(case.plan_capacity, np.iinfo(np.int32).max))
        self._tight, self._day = site_within(case, plan, site, load)

    def cause(self, one: Visit, other: Visit) -> Cause:
        """Return what stands against the two visits being one, on the day on which it stands least in the way."""
        here = [t - self._first for t in (*one.tasks, *other.tasks)]
        days = range(int(self._free.window_lo[here].max()), int(self._free.window_hi[here].min()) + 1)
        if not len(days):
            return Cause.WINDOWS
        causes = set[Cause]()
        for d in days:
            causes.add(self._on(here, d))
            if Cause.FREE in causes:
                return Cause.FREE
        return min(causes, key=_ORDER.index)

    def _on(self, here: Sequence[int], d: int) -> Cause:
        then = self._day.copy()
        then[list(here)] = d
        found = check_plan(self._free, Plan(then))
        if found:
            return cause_of(min(found, key=lambda v: RULES[v.rule].order).rule)
        return Cause.CREWS if check_plan(self._tight, Plan(then)) else Cause.FREE
