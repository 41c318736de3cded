"""A case laid out for the per-site kernel: flat arrays, one stretch of subsets per site.

A site with k tasks has 2**k subsets; bit i is the i-th of its tasks. Everything that depends on a subset alone is
worked out once here: which subsets may share a visit, which tasks a visit closes for the rest of the month, and what
the tasks that are left over cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.checks.certificate import BOUND_TASKS
from planner.checks.waiting import rival_bits
from planner.domain.case import NONE, BoolArray, Case, IntArray
from planner.solve.gaps import Gaps, barred_by_history, gaps_of, one_date_groups, ready_dates
from planner.solve.subsets import fill_allowed, fill_subsets, keep_meeting
from planner.solve.visits import Loads, loads_by_task

KERNEL_TASKS = BOUND_TASKS
"""Sites with more tasks than this are planned by CP-SAT and bounded over their first tasks only."""


@dataclass(frozen=True, eq=False)
class SiteArrays:
    """T tasks, S sites, D days, B = sum of 2**k over sites. Index of subset m of site s: offset[s] + m."""

    case: Case
    allowed: BoolArray
    """[T, D] days on which the task alone is lawful: window, pins, blackouts, lawful crews with time enough, history,
    remaining quota."""
    kernel_tasks: IntArray
    """[S] tasks that the kernel sees: the first KERNEL_TASKS of the site."""
    outside: BoolArray
    """[S] the kernel's patterns are not all lawful or not complete here: bound only, CP-SAT plans the site."""
    offset: IntArray
    """[S+1]"""
    may_share: BoolArray
    """[B] the subset may share one visit, and there is a day for it."""
    closes: IntArray
    """[B] tasks whose one-date group is visited by the subset: none of them can come on another day."""
    last_wait: IntArray
    """[T] last day index of a visit of its group after which the task can still wait; -1 never."""
    later_visits: IntArray
    """[B] later visits that the subset needs if all of it waits; -1 where it cannot."""
    gaps: Gaps
    """Groups that may be visited on several dates of the horizon, gap and quota permitting."""
    loads: Loads
    """What the tasks load of the capacity rows."""

    @property
    def row_of(self) -> IntArray:
        """[T, 2 or 3] capacity rows a task loads, as `Case.row_of`."""
        return self.loads.row_of

    @cached_property
    def tasks_by_row(self) -> tuple[IntArray, IntArray]:
        """Tasks in the order of the capacity rows that they load, and [R+1] where each row's begin."""
        loads = self.row_of.ravel()
        by_row = np.argsort(loads, kind="stable")
        begin = np.searchsorted(loads[by_row], np.arange(len(self.case.capacity) + 1))
        return by_row // self.row_of.shape[1], begin


def proof_arrays(arrays: SiteArrays) -> SiteArrays:
    """Return the arrays that bounds are computed from: those of the released case, whatever the month takes."""
    released = arrays.case.released
    return arrays if released is arrays.case else site_arrays(released)


def allowed_days(case: Case) -> BoolArray:
    """Return [T, D]: days on which each task alone breaks no rule that a day alone can break.

    Days on which all the crews there truly are have less time than the task takes alone are none. That leaves out no
    plan, as every plan keeps to the crews; the linear program and the prices would else look at such days for nothing.
    """
    ordinals = case.ordinals
    allowed = np.zeros((case.n_tasks, case.n_days), dtype=np.bool_)
    barred_start, barred = barred_by_history(case)
    fill_allowed(
        case.window_lo, case.window_hi, case.columns.pinned, case.site_of, case.blackout, case.staffed,
        case.quarters + case.setup[case.unit_of], case.unit_of, case.skill_row_of, case.capacity, case.group_of,
        case.columns.quota, case.columns.needed, barred_start, barred, allowed,
    )  # fmt: skip
    gap = case.levers.entry_gap_days
    if gap:
        for site, dates in enumerate(case.entries_before):
            for held in dates:
                near = np.abs(ordinals - held.toordinal()) < gap
                near &= ordinals != held.toordinal()
                allowed[case.start[site] : case.start[site + 1], near] = False
    return allowed


def site_arrays(case: Case) -> SiteArrays:
    """Lay `case` out for the kernel."""
    sizes, columns = np.diff(case.start), case.columns
    k = np.minimum(sizes, KERNEL_TASKS).astype(np.int64)
    one, several = one_date_groups(case)
    offset = np.concatenate(([0], np.cumsum(1 << k))).astype(np.int64)
    shares = np.zeros(offset[-1], dtype=np.bool_)
    closes = np.zeros(offset[-1], dtype=np.int64)
    later = np.zeros(offset[-1], dtype=np.int64)
    alone = columns.unannounced | (case.listed[case.site_of] & ~columns.opted_in)
    fill_subsets(
        case.start, k, offset, case.parent_of, np.where(np.append(one, False)[case.group_of], case.group_of, NONE),
        case.joint_of, columns.fire, columns.follows_fire, columns.unannounced, columns.opted_in, case.listed,
        columns.outside_hours, case.longest_visit, case.unit_of, case.quarters, case.setup[case.unit_of],
        alone, np.array(rival_bits(case, KERNEL_TASKS), dtype=np.int64), case.later_from, case.later_to,
        case.levers.max_agencies_per_visit,
        shares, closes, later,
    )  # fmt: skip
    allowed = allowed_days(case)
    keep_meeting(case.start, k, offset, allowed, shares)
    return SiteArrays(
        case=case,
        allowed=allowed,
        kernel_tasks=k,
        outside=sizes > KERNEL_TASKS,
        offset=offset,
        may_share=shares,
        closes=closes,
        last_wait=_last_wait(case),
        later_visits=later,
        gaps=gaps_of(case, k, several),
        loads=loads_by_task(case),
    )


def _last_wait(case: Case) -> IntArray:
    """Return [T] the last day index of a visit of its one-date group after which each task can still wait."""
    last = np.where(case.later_to > 0, case.n_days - 1, -1)
    grouped = (case.group_of >= 0) & (case.later_to > 0)
    group = case.group_of[grouped]
    found, free = np.full(len(group), -1, dtype=np.int64), ~case.needs_quota[grouped]
    for months in np.unique(case.columns.gap_months[group]).tolist():
        here = (case.columns.gap_months[group] == months) & (free | (case.columns.quota[group] >= 2))
        ready = ready_dates(case, months)
        found[here] = np.searchsorted(ready, case.later_to[grouped][here], side="right") - 1
    last[grouped] = found
    return last.astype(np.int64)


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
        """[B] least cost of a left-over subset without visits, and the part of it that waits."""
        from planner.solve.site_values import fill_tails

        a, w = self._arrays, self._weights
        cost = np.zeros(a.offset[-1], dtype=np.int64)
        wait = np.zeros(a.offset[-1], dtype=np.int64)
        fill_tails(a.case.start, a.kernel_tasks, a.offset, a.later_visits, w.drop, w.entry, cost, wait)
        return cost, wait
