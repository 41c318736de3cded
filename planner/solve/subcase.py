"""Other cuts of a case: one site with the capacity that the rest leaves; every agency on its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from planner.domain.case import NONE, Case, IntArray, Levers, SiteInfo, TaskInfo
from planner.domain.plan import Plan, loads_of


def one_site(case: Case, site: int, limit: IntArray) -> Case:
    """Return `case` with nothing but `site`, whose plans may use `limit` [R, D]."""
    part = slice(int(case.start[site]), int(case.start[site + 1]))
    size = part.stop - part.start
    start = np.array([0, size], dtype=np.int64)
    return _part(
        case, part, slice(site, site + 1), case.tasks[part], case.sites[site : site + 1],
        case.entries_before[site : site + 1], np.zeros(size, dtype=np.int64), start, limit,
    )  # fmt: skip


def some_sites(case: Case, sites: IntArray, limit: IntArray) -> tuple[Case, IntArray]:
    """Return `case` with nothing but `sites`, in order, whose plans may use `limit` [R, D]; and their tasks in it."""
    tasks = np.flatnonzero(np.isin(case.site_of, sites))
    site_of = np.searchsorted(sites, case.site_of[tasks])
    start = np.searchsorted(site_of, np.arange(len(sites) + 1))
    part = _part(
        case, tasks, sites, tuple(case.tasks[t] for t in tasks.tolist()), tuple(case.sites[s] for s in sites.tolist()),
        tuple(case.entries_before[s] for s in sites.tolist()), site_of.astype(np.int64), start.astype(np.int64), limit,
    )  # fmt: skip
    return part, tasks


def _part(
    case: Case,
    at: slice | IntArray,
    where: slice | IntArray,
    tasks: tuple[TaskInfo, ...],
    sites: tuple[SiteInfo, ...],
    entries_before: tuple[tuple[date, ...], ...],
    site_of: IntArray,
    start: IntArray,
    limit: IntArray,
) -> Case:
    """Return the part of `case` that is its tasks `at` and its sites `where`."""
    return replace(
        case,
        tasks=tasks,
        sites=sites,
        site_of=site_of,
        start=start,
        unit_of=case.unit_of[at],
        parent_of=case.parent_of[at],
        group_of=case.group_of[at],
        joint_of=case.joint_of[at],
        skill_row_of=case.skill_row_of[at],
        quarters=case.quarters[at],
        window_lo=case.window_lo[at],
        window_hi=case.window_hi[at],
        later_from=case.later_from[at],
        later_to=case.later_to[at],
        blackout=case.blackout[where],
        listed=case.listed[where],
        sensitivity=case.sensitivity[where],
        staffed=case.staffed[at],
        longest_visit=case.longest_visit[where],
        entries_before=entries_before,
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
