"""What two cases ask for alike, and the case of that alone: the tasks on which an effect can be compared (同口径).

Entries of two cases can only be compared where both do the same service. A requirement is what one body has to check at
one site: the ids of its tasks may differ between the cases, as filings are merged, another skill is asked for, or
another section goes. Specification: "at least these requirements" is the same as "these alone", since deleting other
tasks only lowers loads, gaps, caps and later visits, and company that the law asks for is kept complete.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import networkx as nx
import numpy as np

from planner.checks.common import with_company_complete
from planner.domain.axes import hashed
from planner.domain.case import BoolArray, Case, IntArray
from planner.domain.plan import LEFT_OUT
from planner.domain.slicing import part_of

_RELAXING = ("capacity", "plan_capacity", "staffed", "blackout")
_NAMES = ("name", "rulebook_version")
"""Nothing lawful depends on these."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """Tasks of two cases that stand for each other; both sides are sorted indexes, () where a case has none.

    `same` says that both sides check the same items of the same body at the same site.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    same: bool


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    """The requirements that both plans serve or let wait, with all the company that the law asks for.

    `before` [T0] and `after` [T1] are their tasks in each case. `reason` says why nothing can be compared, "" where it
    can: "empty" (no common requirement) or "pin" (a published visit is not common to both).
    """

    requirements: tuple[Requirement, ...]
    before: BoolArray
    after: BoolArray
    reason: str = ""


def link_tasks(before: Case, after: Case) -> tuple[Requirement, ...]:
    """Return every task of both cases in exactly one requirement, in the order of sites and ids.

    Tasks with one id are the same. Others of one body at one site stand for each other where they share an item of one
    filing, the first in time for the first: so several tasks may become one, and one several.
    """
    number = {task.id: t for t, task in enumerate(before.tasks)}
    common = [(number[task.id], t) for t, task in enumerate(after.tasks) if task.id in number]
    found = [_requirement(before, (old,), after, (new,)) for old, new in common]
    rest = set(range(before.n_tasks)) - {old for old, _ in common}, set(range(after.n_tasks)) - {n for _, n in common}
    graph = nx.Graph()
    for side, tasks in enumerate(rest):
        graph.add_nodes_from((side, t) for t in tasks)
    needs = [_by_need(case, tasks) for case, tasks in zip((before, after), rest, strict=True)]
    for need, old_tasks in needs[0].items():
        graph.add_edges_from(((0, a), (1, b)) for a, b in zip(old_tasks, needs[1].get(need, ()), strict=False))
    for part in nx.connected_components(graph):
        sides = (tuple(sorted(t for side, t in part if side == which)) for which in (0, 1))
        found.append(_requirement(before, next(sides), after, next(sides)))
    return tuple(sorted(found, key=lambda one: _name(before, after, one)))


def common_service(
    before: Case, after: Case, days: tuple[IntArray, IntArray], links: Sequence[Requirement] | None = None
) -> Service:
    """Return what the plans `days` ([T0] and [T1]) both do of what the cases ask alike.

    `links` are those of `link_tasks`, made here where they are not given.
    """
    both = [one for one in links or link_tasks(before, after) if one.same and one.before and one.after]
    kept = [one for one in both if _served(days[0], one.before) and _served(days[1], one.after)]
    while True:
        chosen = (
            _mask(before.n_tasks, [t for one in kept for t in one.before]),
            _mask(after.n_tasks, [t for one in kept for t in one.after]),
        )
        whole = with_company_complete(before, chosen[0]), with_company_complete(after, chosen[1])
        left = [one for one in kept if whole[0][list(one.before)].all() and whole[1][list(one.after)].all()]
        if len(left) == len(kept):
            break
        kept = left
    pins = (before.columns.pinned > 0) & ~chosen[0], (after.columns.pinned > 0) & ~chosen[1]
    reason = "empty" if not kept else "pin" if pins[0].any() or pins[1].any() else ""
    return Service(tuple(kept), *chosen, reason)


def case_of_service(case: Case, chosen: BoolArray) -> Case:
    """Return the case with the `chosen` tasks [T] alone; they may wait as before. `case` has no half-day rows."""
    index = np.flatnonzero(chosen)
    sites, site_of = np.unique(case.site_of[index], return_inverse=True)
    return part_of(case, index, sites, site_of.astype(np.int64))


def done_or_waiting(case: Case, day: IntArray) -> BoolArray:
    """Return [T] the tasks that a plan serves or lets wait, company complete: they are a lawful plan by themselves."""
    return with_company_complete(case, day != LEFT_OUT)


def monotone(before: Case, after: Case) -> str:
    """Return "relaxed" where every plan of `before` is one of `after`, "restricted" the other way round, "same" for
    both, "" where neither is plain from the rows.
    """
    if [task.id for task in before.tasks] != [task.id for task in after.tasks]:
        return ""
    for f in fields(before):
        if f.name not in (*_RELAXING, *_NAMES) and not _alike(getattr(before, f.name), getattr(after, f.name)):
            return ""
    if any(getattr(before, name).shape != getattr(after, name).shape for name in _RELAXING):
        return ""
    down, up = all(_no_less(after, before)), all(_no_less(before, after))
    return "same" if down and up else "relaxed" if down else "restricted" if up else ""


def _alike(one: Any, other: Any) -> bool:
    """Return whether two fields' values are the same to a hash; what is equal anyway need not be hashed."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    return bool(one == other) or hashed(one) == hashed(other)


def _no_less(one: Case, other: Case) -> Iterator[bool]:
    """Yield whether `one` allows all that `other` does: crews, lawful crews for tasks, open days."""
    yield bool((one.capacity >= other.capacity).all())
    yield bool((one.staffed | ~other.staffed).all())
    yield bool((~one.blackout | other.blackout).all())


def _requirement(before: Case, old: tuple[int, ...], after: Case, new: tuple[int, ...]) -> Requirement:
    return Requirement(old, new, set(_services_of(before, old)) == set(_services_of(after, new)))


def _by_need(case: Case, tasks: set[int]) -> dict[tuple[str, ...], list[int]]:
    """Return `tasks` by (site, body, filing, item), each list in order of time."""
    found: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for t in sorted(tasks, key=lambda t: (case.tasks[t].window, case.tasks[t].id)):
        task, body = case.tasks[t], case.parents[case.parent_of[t]]
        for filing in task.filings:
            for item in task.items:
                found[task.site, body, filing, item].append(t)
    return found


def _services_of(case: Case, tasks: Sequence[int]) -> Iterator[tuple[str, str, str]]:
    for t in tasks:
        for item in case.tasks[t].items:
            yield case.tasks[t].site, case.parents[case.parent_of[t]], item


def _served(day: IntArray, tasks: Sequence[int]) -> bool:
    return bool((day[list(tasks)] != LEFT_OUT).all())


def _mask(size: int, tasks: Sequence[int]) -> BoolArray:
    mask = np.zeros(size, dtype=np.bool_)
    mask[tasks] = True
    return mask


def _name(before: Case, after: Case, one: Requirement) -> tuple[str, str]:
    task = before.tasks[one.before[0]] if one.before else after.tasks[one.after[0]]
    return task.site, task.id
