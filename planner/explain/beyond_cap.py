"""Checks of a plan beyond a yearly cap: dates of a domain at a site on which all comes as needed, past what is left."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from planner.domain.case import NO_CAP, Case
from planner.domain.plan import Plan


@dataclass(frozen=True, slots=True)
class BeyondCap:
    """A date beyond the cap, by index of the day, with its tasks. `left` dates were left of the year, `planned` are
    the domain's in the plan at this site.
    """

    day: int
    tasks: tuple[int, ...]
    left: int
    planned: int


def beyond_cap(case: Case, plan: Plan) -> tuple[BeyondCap, ...]:
    """Return the plan's dates beyond the yearly caps, by gap-and-cap group and day.

    Dates that count come first (the rule keeps them within the cap); of the dates on which only needed checks come, the
    earliest have what is left then, and the others are beyond it.
    """
    on: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for task, (group, day) in enumerate(zip(case.group_of.tolist(), plan.day.tolist(), strict=True)):
        if group >= 0 and day >= 0 and case.groups[group].quota < NO_CAP:
            on[group][day].append(task)
    return tuple(found for group in sorted(on) for found in _of_group(case, case.groups[group].quota, on[group]))


def _of_group(case: Case, left: int, on: dict[int, list[int]]) -> list[BeyondCap]:
    needed = [day for day in sorted(on) if all(case.tasks[task].needed for task in on[day])]
    within = max(0, left - (len(on) - len(needed)))
    return [BeyondCap(day, tuple(on[day]), left, len(on)) for day in needed[within:]]
