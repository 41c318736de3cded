"""Constraints learnt from a failed day: the set of stays that no crews can do on that day, never a load to stay below.

A `Block` names stays that cannot all be on one day. A `Ceiling` says the same of lengths and starts: of stays of at
least a given length that begin in a given part of the day, a unit can do at most so many, or in so many towns. Both
hold whatever else is on the day, so plans found under them are compared with the real problem.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from ortools.sat.python import cp_model

from planner.domain.case import Case, IntArray
from planner.model.variables import Bool, MatchModel

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
    """On each of `days`, `unit` does at most `most` stays of `least` quarters or more that begin at one of `starts`.

    With `towns`, any number in a town counts as one, for the way between towns takes time.
    """

    unit: int
    days: tuple[int, ...]
    least: int
    most: int
    starts: tuple[int, ...]
    towns: bool = False


@dataclass(frozen=True, slots=True)
class Reached:
    """Tasks of a site whose stay counts under a ceiling: one of `own`, and one of `confining` beside it if there are
    any, for whose sake the visit begins when the ceiling says.
    """

    own: tuple[int, ...]
    confining: tuple[int, ...] = ()


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


def keep_below(model: MatchModel, ceiling: Ceiling, d: int, reached: Mapping[int, Reached], day: IntArray) -> None:
    """Add a ceiling on day `d` to a model of sites; `reached` are tasks by site. Other sites are as in `day` [T]."""
    there: dict[str | int, list[Bool]] = defaultdict(list)
    fixed = set[str | int]()
    for site, tasks in reached.items():
        key = model.case.sites[site].town if ceiling.towns else site
        if site not in model.site_set:
            if all(any(day[t] == d for t in some) for some in (tasks.own, tasks.confining) if some):
                fixed.add(key)
            continue
        own = [model.on[t, d] for t in tasks.own if (t, d) in model.on]
        confining = [model.on[t, d] for t in tasks.confining if (t, d) in model.on]
        if own and (confining or not tasks.confining):
            there[key].append(_both(model, own, confining))
    literals = [model.any_of(some) for key, some in there.items() if key not in fixed]
    if len(literals) + len(fixed) > ceiling.most:
        model.cp.add(cp_model.LinearExpr.sum(literals) <= max(0, ceiling.most - len(fixed)))


def _both(model: MatchModel, own: list[Bool], confining: list[Bool]) -> Bool:
    """Return a literal that is true where one of `own` is and, if there are any, one of `confining`."""
    one = model.any_of(own)
    if not confining:
        return one
    other = model.any_of(confining)
    if one.index == other.index:
        return one
    both = model.cp.new_bool_var("")
    model.cp.add_bool_or([~one, ~other, both])
    return both


def entries_on(case: Case, day: IntArray, d: int) -> tuple[Entry, ...]:
    """Return the entries of day `d` in the plan `day` [T], by site."""
    by_site: dict[int, list[int]] = defaultdict(list)
    for t in (day == d).nonzero()[0].tolist():
        by_site[int(case.site_of[t])].append(t)
    return tuple((site, tuple(tasks)) for site, tasks in sorted(by_site.items()))
