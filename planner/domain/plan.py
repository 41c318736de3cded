"""A plan: the day of each task of a case, or the reason why it has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import numpy as np

from planner.domain.case import DAY_QUARTERS, Case, IntArray
from planner.domain.hashing import sha256_hex

LEFT_OUT = -1
"""The task is not done and cannot wait (for a task that follows fire's visit: recognised, no loss)."""
LATER = -2
"""The task waits for a later month; it still has a lawful day there."""


@dataclass(frozen=True, eq=False)
class Plan:
    """`day[t]` is the day index of task t, LEFT_OUT or LATER. Shape [T]; copied, and read-only from then on."""

    day: IntArray = field(repr=False)

    def __post_init__(self) -> None:
        day = self.day.copy()
        day.flags.writeable = False
        object.__setattr__(self, "day", day)

    def hash(self, case: Case, case_hash: str = "") -> str:
        """Return a hash of case and plan by content: the same decisions give the same hash in any input order.

        `case_hash` is the case's own hash, taken anew where it is "".
        """
        placed = [
            [task.id, case.days[d].isoformat() if d >= 0 else ("later" if d == LATER else "out")]
            for task, d in zip(case.tasks, self.day.tolist(), strict=True)
        ]
        return sha256_hex({"case": case_hash or case.content_hash(), "plan": placed})


@dataclass(frozen=True, slots=True)
class Objective:
    """What a plan is worth, level by level; smaller is better. Recomputed outside any solver.

    `left_out` is the weighted sum of left-out tasks by strength (mandatory, accepted, optional), weights being the
    tasks' priorities. `entries` are entries in the month, `later_entries` the fewest that the waiting tasks still need.
    `fire_alone` are visits of fire without another body, and sites at which a check of fire waits: who will come along
    then is not known. `disturbance` is in site-quarter-hours times sensitivity, `worst_site` its largest sum at one
    site.
    """

    left_out: tuple[int, int, int]
    entries: int
    later_entries: int
    fire_alone: int
    disturbance: int
    worst_site: int

    @property
    def all_entries(self) -> int:
        """Entries over the whole pattern, in the month and later: what level 2 minimises (08 semantics 5)."""
        return self.entries + self.later_entries

    def key(self) -> tuple[int, ...]:
        """Return the lexicographic key of the objective order `plan`."""
        return (*self.left_out, self.all_entries, self.fire_alone, self.disturbance, self.worst_site)


@dataclass(frozen=True, slots=True)
class Visit:
    """One entry: tasks done at one site on one day."""

    id: str
    site: int
    day: int
    tasks: tuple[int, ...]
    units: tuple[int, ...]
    parents: tuple[int, ...]
    quarters: int
    """Length: the longest stay of a unit (set-up and its items)."""

    @property
    def joint(self) -> bool:
        """Two or more parent agencies, each with its own due task (D-2.8b)."""
        return len(self.parents) > 1


@lru_cache(maxsize=1 << 16)
def visit_id(site: str, day: date) -> str:
    """Return the id of the entry at a site on a day: by content, so that it means the same in every plan."""
    return "V-" + sha256_hex([site, day.isoformat()])[:10]


def visits_of(case: Case, plan: Plan) -> list[Visit]:
    """Return the plan's visits, sorted by day and site."""
    by_entry: dict[tuple[int, int], list[int]] = {}
    for task, day in enumerate(plan.day.tolist()):
        if day >= 0:
            by_entry.setdefault((day, int(case.site_of[task])), []).append(task)
    return [visit_at(case, site, day, tasks) for (day, site), tasks in sorted(by_entry.items())]


def visit_at(case: Case, site: int, day: int, tasks: Sequence[int]) -> Visit:
    """Return the visit at which `tasks` of one site are done on the day with index `day`."""
    units = tuple(sorted({int(case.unit_of[t]) for t in tasks}))
    stay = {u: int(case.setup[u]) for u in units}
    for t in tasks:
        stay[int(case.unit_of[t])] += int(case.quarters[t])
    return Visit(
        id=visit_id(case.sites[site].id, case.days[day]),
        site=site,
        day=day,
        tasks=tuple(tasks),
        units=units,
        parents=tuple(sorted({int(case.parent_of[t]) for t in tasks})),
        quarters=max(stay.values()),
    )


def loads_of(case: Case, plan: Plan) -> IntArray:
    """Return the load of each capacity row on each day in quarter-hours, shape [R, D].

    A unit has one crew at a visit: its set-up once, then its items one after the other. A skill row is charged the
    set-up once and the items that need the skill, a half row what the whole stay counts there.
    """
    size, n_days = case.capacity.size, case.n_days
    load = np.zeros(size)  # whole numbers far below 2 ** 53
    placed = np.flatnonzero(plan.day >= 0)
    for row_of in case.row_of.T:
        tasks = placed[row_of[placed] >= 0]
        cell = row_of[tasks] * n_days + plan.day[tasks]
        _, first, visit = np.unique(case.site_of[tasks] * size + cell, return_index=True, return_inverse=True)
        stay = np.bincount(visit, weights=case.quarters[tasks]) + case.setup[case.unit_of[tasks[first]]]
        rows = row_of[tasks[first]]
        for n, half in enumerate(case.half_rows, start=len(case.rows)):
            stay[rows == n] = np.array(half.weights)[np.minimum(stay[rows == n].astype(np.int64), DAY_QUARTERS)]
        load += np.bincount(cell[first], weights=stay, minlength=size)
    return load.astype(np.int64).reshape(case.capacity.shape)
