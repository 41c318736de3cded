"""What the checks share: who is where on which date, as arrays, so that a city's year is checked in seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import numpy as np

from planner.domain.case import BoolArray, Case, IntArray
from planner.domain.plan import Plan, Visit


@dataclass(frozen=True, eq=False)
class Entries:
    """A plan's entries. Shapes: E entries, sorted by site and day; N tasks that have a day, sorted by entry."""

    site: IntArray = field(repr=False)
    """[E]"""
    day: IntArray = field(repr=False)
    """[E]"""
    task: IntArray = field(repr=False)
    """[N]"""
    entry: IntArray = field(repr=False)
    """[N] index of the task's entry."""

    def any(self, of_tasks: BoolArray) -> BoolArray:
        """Return [E] whether `of_tasks` [T] holds of one of the entry's tasks."""
        found = np.zeros(len(self.site), dtype=np.bool_)
        found[self.entry[of_tasks[self.task]]] = True
        return found

    def bodies(self, who: IntArray) -> IntArray:
        """Return [E] how many different bodies of `who` [T] (units, or parent agencies) come."""
        n_who = int(who.max(initial=0)) + 1
        pairs = np.sort(self.entry * n_who + who[self.task])
        different = pairs[np.diff(pairs, prepend=-1) > 0]
        return np.bincount(different // n_who, minlength=len(self.site)).astype(np.int64)

    def stays(self, case: Case) -> tuple[IntArray, IntArray, IntArray]:
        """Return entry, unit and quarter-hours of each unit's stay: its set-up, then its items."""
        n_units = len(case.units)
        key, stay = np.unique(self.entry * n_units + case.unit_of[self.task], return_inverse=True)
        unit = key % n_units if n_units else key
        time = np.bincount(stay, weights=case.quarters[self.task], minlength=len(key)).astype(np.int64)
        return key // max(n_units, 1), unit, time + case.setup[unit]

    def lengths(self, case: Case) -> IntArray:
        """Return [E] the longest stay at each entry, in quarter-hours."""
        entry, _, time = self.stays(case)
        longest = np.zeros(len(self.site), dtype=np.int64)
        np.maximum.at(longest, entry, time)
        return longest


@lru_cache(maxsize=1)  # every check of a plan asks for them; neither case nor plan can change
def entries_of(case: Case, plan: Plan) -> Entries:
    """Return the plan's entries."""
    placed = np.flatnonzero(plan.day >= 0)
    key = case.site_of[placed] * case.n_days + plan.day[placed]
    found, entry = np.unique(key, return_inverse=True)
    order = np.argsort(entry, kind="stable")
    return Entries(found // max(case.n_days, 1), found % max(case.n_days, 1), placed[order], entry[order])


def dates_by_site(case: Case, plan: Plan) -> dict[int, list[date]]:
    """Return the sorted dates of the planned entries at each site with any."""
    dates: dict[int, list[date]] = {}
    entries = entries_of(case, plan)
    for site, day in zip(entries.site.tolist(), entries.day.tolist(), strict=True):
        dates.setdefault(site, []).append(case.days[day])
    return dates


def entry_name(case: Case, site: int, day: int) -> tuple[str, str]:
    """Return site id and ISO date of an entry, for messages."""
    return case.sites[site].id, case.days[day].isoformat()


def visit_name(case: Case, visit: Visit) -> tuple[str, str]:
    """Return site id and ISO date of a visit, for messages."""
    return entry_name(case, visit.site, visit.day)
