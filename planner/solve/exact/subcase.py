"""Other slices of a case: one site within the capacity that the rest leaves, and every agency alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.domain.case import NONE, Case, IntArray, Levers
from planner.domain.plan import Plan, loads_of
from planner.domain.slicing import part_of


def one_site(case: Case, site: int, limit: IntArray) -> Case:
    """Return `case` with nothing but `site`, whose plans may use `limit` [R, D]."""
    part = slice(int(case.start[site]), int(case.start[site + 1]))
    alone = np.zeros(part.stop - part.start, dtype=np.int64)
    return part_of(case, part, slice(site, site + 1), alone, plan_capacity=limit)


def site_within(case: Case, plan: Plan, site: int, load: IntArray) -> tuple[Case, IntArray]:
    """Return `site` alone in the crews that the rest of the plan leaves, and the days of its tasks.

    `load` are the plan's loads. What a check finds there it finds in the whole case: only crews reach beyond a site.
    """
    alone = one_site(case, site, case.plan_capacity)
    day = plan.day[int(case.start[site]) : int(case.start[site + 1])]
    return replace(alone, plan_capacity=case.plan_capacity - load + loads_of(alone, Plan(day))), day


def by_agency(case: Case) -> tuple[Case, IntArray]:
    """Return the case in which every (site, parent agency) is a site of its own, and for each of its tasks the task of
    `case` that it is, [T].

    So each agency merges its own tasks and meets nobody: the counterfactual *alone*. What needs others (required joint
    themes, the bureau's levers across agencies, and fire's visit where a follower's date is already published) falls
    away; gaps, caps, windows and crews stay.
    """
    order = np.lexsort((np.arange(case.n_tasks), case.parent_of, case.site_of)).astype(np.int64)
    pairs = case.site_of[order] * (len(case.parents) + 1) + case.parent_of[order]
    keys, site_of = np.unique(pairs, return_inverse=True)
    sites = keys // (len(case.parents) + 1)
    groups: dict[tuple[int, int], int] = {}
    group_of = np.full(case.n_tasks, NONE, dtype=np.int64)
    for n, t in enumerate(order.tolist()):
        if case.group_of[t] >= 0:
            key = (int(case.group_of[t]), int(case.parent_of[t]))
            group_of[n] = groups.setdefault(key, len(groups))
    split = part_of(
        case,
        order,
        sites,
        site_of.astype(np.int64),
        tasks=tuple(
            replace(task, joint_group="", follows_fire=task.follows_fire and task.pinned is None)
            for task in (case.tasks[t] for t in order.tolist())
        ),
        groups=tuple(case.groups[group] for group, _ in groups),
        levers=Levers(),
        group_of=group_of,
        joint_of=np.full(case.n_tasks, NONE, dtype=np.int64),
        entries_before=tuple(() for _ in keys),
    )
    return split, order
