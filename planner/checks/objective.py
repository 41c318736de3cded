"""The objective, recomputed from case and plan alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from planner.checks.entries import entries_of
from planner.domain.case import Case, Strength
from planner.domain.plan import LATER, LEFT_OUT, Objective, Plan, loads_of
from planner.rulebook.registry import Role, implements


@implements("objective.left-out", Role.OBJECTIVE)
def left_out_weights(case: Case, plan: Plan) -> tuple[int, int, int]:
    """Return the priorities of left-out tasks, summed by strength (mandatory, accepted, optional).

    A task that follows fire's visit counts nothing: where it does not ride along it is recognised (A03-3.1c).
    """
    columns = case.columns
    out = (plan.day == LEFT_OUT) & ~columns.follows_fire
    sums = [int(columns.priority[out & (columns.strength == strength)].sum()) for strength in Strength]
    return sums[0], sums[1], sums[2]


def stabbing_points(intervals: Iterable[tuple[int, int]]) -> list[int]:
    """Return the fewest points that meet every closed interval (greedy by right end, which is exact)."""
    points: list[int] = []
    for low, high in sorted(intervals, key=lambda interval: interval[1]):
        if not points or low > points[-1]:
            points.append(high)
    return points


def comes_alone(case: Case, task: int) -> bool:
    """Return whether no other agency may be at a visit of `task`; tasks of its own may."""
    info = case.tasks[task]
    return info.unannounced or bool(case.listed[case.site_of[task]] and not info.opted_in)


def later_companies(case: Case, tasks: Sequence[int]) -> list[list[int]]:
    """Return sets of a site's `tasks`; those may share a later visit that are in one of them.

    One set holds all whom any agency may join, and one the tasks of each agency of which some have to come alone.
    """
    alone = {t for t in tasks if comes_alone(case, t)}
    parents = sorted({int(case.parent_of[t]) for t in alone})
    found = [[t for t in tasks if t not in alone], *([t for t in tasks if case.parent_of[t] == p] for p in parents)]
    return [company for company in found if company]


def later_visits_of(case: Case, waiting: Sequence[int]) -> list[tuple[int, tuple[int, ...]]]:
    """Return the fewest later visits that serve the waiting tasks of one site, as (date, tasks), windows alone binding.

    The task whose window ends first is served on that last date, with all of one of its companies whose windows have
    begun: a visit may always be moved there, and it never does harm to take more along.
    """
    companies = later_companies(case, waiting)
    known: dict[tuple[int, ...], list[tuple[int, tuple[int, ...]]]] = {(): []}

    def fewest(left: tuple[int, ...]) -> list[tuple[int, tuple[int, ...]]]:
        if left not in known:
            end, ways = int(case.later_to[left[0]]), []
            for company in companies:
                if left[0] in company:
                    visit = tuple(t for t in left if t in company and case.later_from[t] <= end)
                    ways.append([(end, visit), *fewest(tuple(t for t in left if t not in visit))])
            known[left] = min(ways, key=len)
        return known[left]

    return fewest(tuple(sorted(waiting, key=lambda t: (int(case.later_to[t]), t))))


def later_entries_of(case: Case, waiting: Sequence[int]) -> int:
    """Return the fewest later visits that the waiting tasks of one site need, by their windows alone.

    Capacity, gaps and caps of later months are that month's plan's matter.
    """
    companies = later_companies(case, waiting)
    if sum(map(len, companies)) > len(waiting):  # some may come with others or with those of their own
        return len(later_visits_of(case, waiting))
    windows = ([(int(case.later_from[t]), int(case.later_to[t])) for t in company] for company in companies)
    return sum(len(stabbing_points(intervals)) for intervals in windows)


@implements("objective.entries", Role.OBJECTIVE)
def entry_counts(case: Case, plan: Plan) -> tuple[int, int]:
    """Return entries in the month (distinct site and date) and later entries of the waiting tasks."""
    waiting: dict[int, list[int]] = defaultdict(list)
    for task in np.flatnonzero(plan.day == LATER).tolist():
        waiting[int(case.site_of[task])].append(task)
    return len(entries_of(case, plan).site), sum(later_entries_of(case, tasks) for tasks in waiting.values())


@implements("objective.disturbance", Role.OBJECTIVE)
def disturbances(case: Case, plan: Plan) -> tuple[int, int]:
    """Return total disturbance and the worst-off site's: (preparation + length) × sensitivity, in quarter-hours."""
    entries = entries_of(case, plan)
    weight = case.sensitivity[entries.site, entries.day]
    by_site = np.zeros(len(case.sites), dtype=np.int64)
    np.add.at(by_site, entries.site, (case.prep_quarters + entries.lengths(case)) * weight)
    return int(by_site.sum()), int(by_site.max(initial=0))


@implements("objective.level-load", Role.OBJECTIVE)
def crowding(case: Case, plan: Plan) -> int:
    """Return how unevenly the units' days are filled: the sum of load × fullness, in hundredths of a quarter-hour.

    Each unit's share is least where all its days are equally full.
    """
    units = len(case.units)
    load = loads_of(case, plan)[:units]
    return int((100 * load * load // np.maximum(case.plan_capacity[:units], 1)).sum())


def crowding_bound(case: Case, plan: Plan) -> int:
    """Return the least crowding of any plan that gives every unit the same load in the month (Cauchy and Schwarz)."""
    units = len(case.units)
    total = loads_of(case, plan)[:units].sum(axis=1)
    room = np.maximum(case.plan_capacity[:units].sum(axis=1), 1)
    # Each of the D terms of a unit may have lost up to one hundredth to rounding down.
    return int(np.maximum(100 * total * total // room - case.n_days, 0).sum())


def objective_of(case: Case, plan: Plan) -> Objective:
    """Return the plan's objective, level by level."""
    entries, later = entry_counts(case, plan)
    disturbance, worst = disturbances(case, plan)
    return Objective(left_out_weights(case, plan), entries, later, disturbance, worst)
