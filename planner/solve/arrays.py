"""A case laid out for the per-site kernel: flat arrays, one stretch of subsets per site.

A site with k tasks has 2**k subsets; bit i is the i-th of its tasks. Everything that depends on a subset alone is
worked out once here: which subsets may share a visit, which tasks a visit closes for the rest of the month, and what
the tasks that are left over cost.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.checks.certificate import BOUND_TASKS, is_one_date
from planner.checks.hours import fits_the_hours
from planner.checks.objective import later_class, stabbing_points
from planner.domain.calendar import months_after
from planner.domain.case import BoolArray, Case, IntArray

KERNEL_TASKS = BOUND_TASKS
"""Sites with more tasks than this are planned by CP-SAT and bounded over their first tasks only."""


@dataclass(frozen=True, eq=False)
class SiteArrays:
    """T tasks, S sites, D days, B = sum of 2**k over sites. Index of subset m of site s: offset[s] + m."""

    case: Case
    allowed: BoolArray
    """[T, D] days on which the task alone is lawful: window, pins, blackouts, crews, history, remaining quota."""
    kernel_tasks: IntArray
    """[S] tasks that the kernel sees: the first KERNEL_TASKS of the site."""
    outside: BoolArray
    """[S] the kernel's patterns are not all lawful or not complete here: bound only, CP-SAT plans the site."""
    offset: IntArray
    """[S+1]"""
    may_share: BoolArray
    """[B] the subset may share one visit."""
    closes: IntArray
    """[B] tasks whose gap-and-cap group is visited by the subset: none of them can come on another day of the month."""
    last_wait: IntArray
    """[T] last day index of a visit of its group after which the task can still wait; -1 never."""
    later_visits: IntArray
    """[B] later visits that the subset needs if all of it waits; -1 where it cannot."""
    previous: IntArray
    """[D] number of leading days that keep the bureau's entry gap to day d (d itself where the lever is off)."""
    row_of: IntArray
    """[T, 2] capacity rows a task loads (unit, skill), NONE where it needs no skill."""


def allowed_days(case: Case) -> BoolArray:
    """Return [T, D]: days on which each task alone breaks no rule that a day alone can break."""
    ordinals = case.ordinals
    days = np.arange(case.n_days)
    allowed: BoolArray = (days >= case.window_lo[:, None]) & (days <= case.window_hi[:, None])
    pinned = np.array([t.pinned is not None for t in case.tasks], dtype=np.bool_)
    free = ~pinned[:, None]
    allowed &= ~(case.blackout[case.site_of] & free)
    allowed &= case.staffed
    for task, group in enumerate(case.group_of.tolist()):
        if group < 0:
            continue
        info = case.groups[group]
        if info.quota < 1:
            allowed[task] = False
        elif info.gap_months:
            for held in info.history:
                months = info.gap_months
                too_near = [day != held and max(day, held) < months_after(min(day, held), months) for day in case.days]
                allowed[task] &= ~np.array(too_near, dtype=np.bool_)
    gap = case.levers.entry_gap_days
    if gap:
        for site, dates in enumerate(case.entries_before):
            for held in dates:
                near = np.abs(ordinals - held.toordinal()) < gap
                near &= ordinals != held.toordinal()
                allowed[case.start[site] : case.start[site + 1], near] = False
    return allowed


def one_date_groups(case: Case) -> tuple[BoolArray, BoolArray]:
    """Return for each group: it can be visited on one date of this month only; and: the kernel cannot express it."""
    size = np.bincount(case.group_of[case.group_of >= 0], minlength=len(case.groups))
    one = np.array([is_one_date(case, n) for n in range(len(case.groups))], dtype=np.bool_)
    odd = np.array(
        [(not one[n]) and (g.gap_months > 0 or g.quota < size[n]) for n, g in enumerate(case.groups)], dtype=np.bool_
    )
    return one, odd


def _subset_tables(
    case: Case, site: int, k: int, one: BoolArray, shares: BoolArray, closes: IntArray, later: IntArray
) -> None:
    """Fill one site's stretch of `may_share`, `closes` and `later_visits`."""
    first = int(case.start[site])
    tasks = range(first, first + k)
    group_mask: dict[int, int] = defaultdict(int)
    joint_mask: dict[int, int] = defaultdict(int)
    for i, t in enumerate(tasks):
        if case.group_of[t] >= 0 and one[case.group_of[t]]:
            group_mask[int(case.group_of[t])] |= 1 << i
        if case.joint_of[t] >= 0:
            joint_mask[int(case.joint_of[t])] |= 1 << i
    parents = [int(case.parent_of[t]) for t in tasks]
    infos = [case.tasks[t] for t in tasks]
    classes = [later_class(case, t) for t in tasks]
    spans = [(int(case.later_from[t]), int(case.later_to[t])) for t in tasks]
    most = case.levers.max_agencies_per_visit or k
    complete = case.start[site + 1] - first == k
    roomy = fits_the_hours(case, tasks)
    for m in range(1, 1 << k):
        inside = [i for i in range(k) if m >> i & 1]
        count = len({parents[i] for i in inside})
        fire = any(infos[i].fire for i in inside)
        whole = all(m & mask in (0, mask) for mask in joint_mask.values())
        shares[m] = (
            count <= most
            and (roomy or fits_the_hours(case, (tasks[i] for i in inside)))
            and (whole or not complete)
            and (fire or not complete or not any(infos[i].follows_fire for i in inside))
            and (
                count == 1
                or not (
                    any(infos[i].unannounced for i in inside)
                    or (case.listed[site] and not all(infos[i].opted_in for i in inside))
                )
            )
        )
        for i in inside:
            closes[m] |= group_mask.get(int(case.group_of[tasks[i]]), 0) if case.group_of[tasks[i]] >= 0 else 0
        if all(spans[i][1] for i in inside) and (whole or not complete):
            by_class: dict[int, list[tuple[int, int]]] = defaultdict(list)
            for i in inside:
                by_class[classes[i]].append(spans[i])
            later[m] = sum(len(stabbing_points(part)) for part in by_class.values())
        else:
            later[m] = -1


def site_arrays(case: Case) -> SiteArrays:
    """Lay `case` out for the kernel."""
    n_sites = len(case.sites)
    sizes = np.diff(case.start)
    k = np.minimum(sizes, KERNEL_TASKS).astype(np.int64)
    one, odd = one_date_groups(case)
    outside = sizes > KERNEL_TASKS
    for task, group in enumerate(case.group_of.tolist()):
        if group >= 0 and odd[group]:
            outside[case.site_of[task]] = True
    offset = np.concatenate(([0], np.cumsum(1 << k))).astype(np.int64)
    shares = np.zeros(offset[-1], dtype=np.bool_)
    closes = np.zeros(offset[-1], dtype=np.int64)
    later = np.zeros(offset[-1], dtype=np.int64)
    for site in range(n_sites):
        part = slice(int(offset[site]), int(offset[site + 1]))
        _subset_tables(case, site, int(k[site]), one, shares[part], closes[part], later[part])
    last_wait = np.full(case.n_tasks, -1, dtype=np.int64)
    for task, group in enumerate(case.group_of.tolist()):
        if not case.later_to[task]:
            continue
        if group < 0:
            last_wait[task] = case.n_days - 1
        elif case.groups[group].quota >= 2:
            months = case.groups[group].gap_months
            ends = np.array([months_after(day, months).toordinal() for day in case.days], dtype=np.int64)
            last_wait[task] = int((ends <= case.later_to[task]).sum()) - 1
    gap, ordinals = case.levers.entry_gap_days, case.ordinals
    previous = np.arange(case.n_days, dtype=np.int64)
    if gap:
        previous = np.searchsorted(ordinals, ordinals - gap, side="right").astype(np.int64)
    return SiteArrays(
        case=case,
        allowed=allowed_days(case),
        kernel_tasks=k,
        outside=outside,
        offset=offset,
        may_share=shares,
        closes=closes,
        last_wait=last_wait,
        later_visits=later,
        previous=previous,
        row_of=np.stack([case.unit_of, case.skill_row_of], axis=1).astype(np.int64),
    )


@dataclass(frozen=True, eq=False)
class Weights:
    """What the kernel minimises: `entry` per entry, `disturbance` per quarter-hour, `drop[t]` per left-out task."""

    entry: int
    disturbance: int
    drop: IntArray


class Tails:
    """Cheapest end of a site's pattern: what the tasks that have no day in the month cost, waiting or left out."""

    def __init__(self, arrays: SiteArrays, weights: Weights) -> None:
        self._arrays, self._weights = arrays, weights

    @cached_property
    def tables(self) -> tuple[IntArray, IntArray]:
        """[B] least cost of a left-over subset, and [B] the part of it that waits."""
        from planner.solve.kernel import fill_tails

        a, w = self._arrays, self._weights
        cost = np.zeros(a.offset[-1], dtype=np.int64)
        wait = np.zeros(a.offset[-1], dtype=np.int64)
        fill_tails(a.case.start, a.kernel_tasks, a.offset, a.later_visits, w.drop, w.entry, cost, wait)
        return cost, wait
