"""What a failed day teaches the match: the set of stays that no crews of that day can do, never a number to stay below.

A `Block` names stays that cannot all be on one day. A `Ceiling` says the same of lengths: of stays of at least so many
quarters a unit does at most so many on such days. Both hold for whatever else is on the day, so plans that are found
beside them are compared with the real problem.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ortools.sat.python import cp_model

from planner.domain.case import Case, IntArray
from planner.model.variables import MatchModel

Entry = tuple[int, tuple[int, ...]]
"""(site, its tasks that are done)"""


@dataclass(frozen=True, slots=True)
class Block:
    """Tasks that cannot all be done on one of `days`. With `as_they_are`, only unless more tasks come at these sites:
    a visit that gets longer than a half-day may run across the break, so more work can make a day possible.

    `proven` is False where no answer was found in the work given: then it steers and proves nothing.
    """

    days: tuple[int, ...]
    entries: tuple[Entry, ...]
    as_they_are: bool = False
    proven: bool = True


@dataclass(frozen=True, slots=True)
class Ceiling:
    """On each of `days`, `unit` does at most `most` stays of `least` quarters or more that cannot cross the break."""

    unit: int
    days: tuple[int, ...]
    least: int
    most: int


def forbid(model: MatchModel, block: Block, day: IntArray) -> None:
    """Add a block to a model of some sites; sites outside it are as in `day` [T]."""
    for d in block.days:
        literals = _one_of(model, block, day, d)
        if literals:
            model.cp.add_bool_or(literals)


def _one_of(model: MatchModel, block: Block, day: IntArray, d: int) -> list[cp_model.LiteralT]:
    """Return literals one of which must hold; none where the block cannot be on day `d`, or does not ask this model."""
    literals: list[cp_model.LiteralT] = []
    for site, tasks in block.entries:
        others = [t for t in model.case.tasks_at(site) if t not in tasks] if block.as_they_are else []
        if site not in model.site_set:
            if any(day[t] != d for t in tasks) or any(day[t] == d for t in others):
                return []
            continue
        if any((t, d) not in model.on for t in tasks):
            return []
        literals += [~model.on[t, d] for t in tasks]
        literals += [model.on[t, d] for t in others if (t, d) in model.on]
    return literals


def keep_below(model: MatchModel, ceiling: Ceiling, rigid: Iterable[int], day: IntArray) -> None:
    """Add a ceiling to a model of some sites, for those of `rigid` sites; sites outside it are as in `day` [T]."""
    case = model.case
    long = _long_tasks(case, ceiling, rigid)
    for d in ceiling.days:
        literals, fixed = [], 0
        for site, tasks in long.items():
            if site not in model.site_set:
                fixed += any(day[t] == d for t in tasks)
                continue
            there = [model.on[t, d] for t in tasks if (t, d) in model.on]
            if there:
                literals.append(model.any_of(there))
        if len(literals) + fixed > ceiling.most:
            model.cp.add(cp_model.LinearExpr.sum(literals) <= max(0, ceiling.most - fixed))


def _long_tasks(case: Case, ceiling: Ceiling, rigid: Iterable[int]) -> dict[int, list[int]]:
    """Return, by rigid site, the unit's tasks whose stay alone has the ceiling's length or more."""
    long: dict[int, list[int]] = defaultdict(list)
    for site in rigid:
        for t in case.tasks_at(site):
            if case.unit_of[t] == ceiling.unit and case.quarters[t] + case.setup[ceiling.unit] >= ceiling.least:
                long[site].append(t)
    return long


def entries_on(case: Case, day: IntArray, d: int) -> tuple[Entry, ...]:
    """Return the entries of day `d` in the plan `day` [T], by site."""
    by_site: dict[int, list[int]] = defaultdict(list)
    for t in (day == d).nonzero()[0].tolist():
        by_site[int(case.site_of[t])].append(t)
    return tuple((site, tuple(tasks)) for site, tasks in sorted(by_site.items()))
