"""Other cuts of a case: one site with the capacity that the rest leaves; every agency on its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.domain.case import NONE, Case, IntArray, Levers
from planner.domain.plan import Plan, loads_of


def one_site(case: Case, site: int, limit: IntArray) -> Case:
    """Return `case` with nothing but `site`, whose plans may use `limit` [R, D]."""
    part = slice(int(case.start[site]), int(case.start[site + 1]))
    return replace(
        case,
        tasks=case.tasks[part],
        sites=case.sites[site : site + 1],
        site_of=np.zeros(part.stop - part.start, dtype=np.int64),
        start=np.array([0, part.stop - part.start], dtype=np.int64),
        unit_of=case.unit_of[part],
        parent_of=case.parent_of[part],
        group_of=case.group_of[part],
        joint_of=case.joint_of[part],
        skill_row_of=case.skill_row_of[part],
        quarters=case.quarters[part],
        window_lo=case.window_lo[part],
        window_hi=case.window_hi[part],
        later_from=case.later_from[part],
        later_to=case.later_to[part],
        blackout=case.blackout[site : site + 1],
        listed=case.listed[site : site + 1],
        sensitivity=case.sensitivity[site : site + 1],
        staffed=case.staffed[part],
        longest_visit=case.longest_visit[site : site + 1],
        entries_before=case.entries_before[site : site + 1],
        plan_capacity=limit,
    )


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
    return (
        replace(
            case,
            tasks=tuple(
                replace(task, joint_group="", follows_fire=task.follows_fire and task.pinned is None)
                for task in (case.tasks[t] for t in order.tolist())
            ),
            sites=tuple(case.sites[s] for s in sites.tolist()),
            groups=tuple(case.groups[group] for group, _ in groups),
            levers=Levers(),
            site_of=site_of.astype(np.int64),
            start=np.searchsorted(site_of, np.arange(len(keys) + 1)).astype(np.int64),
            unit_of=case.unit_of[order],
            parent_of=case.parent_of[order],
            group_of=group_of,
            joint_of=np.full(case.n_tasks, NONE, dtype=np.int64),
            skill_row_of=case.skill_row_of[order],
            quarters=case.quarters[order],
            window_lo=case.window_lo[order],
            window_hi=case.window_hi[order],
            later_from=case.later_from[order],
            later_to=case.later_to[order],
            blackout=case.blackout[sites],
            listed=case.listed[sites],
            sensitivity=case.sensitivity[sites],
            staffed=case.staffed[order],
            longest_visit=case.longest_visit[sites],
            entries_before=tuple(() for _ in keys),
        ),
        order,
    )
