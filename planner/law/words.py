"""What rules put their reasons in words with: dates, agencies, and who comes along, in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from planner.domain.case import Case, IntArray
from planner.law.violation import Violation

MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")


class Both(NamedTuple):
    """The same in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """What a reason is told from: `violation` is what `task` of the one-site `case` would cause on the day `on`.

    `day` [T] are the days of the site's tasks as planned.
    """

    case: Case
    task: int
    day: IntArray
    on: int
    violation: Violation

    @property
    def date(self) -> date:
        """The day that is blocked."""
        return self.case.days[self.on]

    def others_present(self) -> Both:
        """Return the names of the other agencies' units that would be at the site that day."""
        case, own, mine = self.case, together(self.case, self.task), self.case.parent_of[self.task]
        there = {int(case.unit_of[t]) for t in range(case.n_tasks) if self.day[t] == self.on or t in own}
        names = [case.units[u].name for u in sorted(there) if case.units[u].parent != case.parents[mine]]
        return Both("、".join(names), " and ".join(names))

    def unit_named(self, place: int) -> str:
        """Return the name of the unit whose id is the violation's subject at `place`."""
        wanted = self.violation.subjects[place]
        return next(u.name for u in self.case.units if u.id == wanted)


def together(case: Case, task: int) -> frozenset[int]:
    """Return the tasks of the site that come with `task` or not at all: its joint theme."""
    theme, here = int(case.joint_of[task]), case.tasks_at(int(case.site_of[task]))
    return frozenset(t for t in here if t == task or (theme >= 0 and case.joint_of[t] == theme))


def date_zh(day: date) -> str:
    """Return a date such as 6月3日."""
    return f"{day.month}月{day.day}日"


def date_en(day: date) -> str:
    """Return a date such as 3 June."""
    return f"{day.day} {MONTHS_EN[day.month - 1]}"
