"""Gap and cap of a domain at a site, laid out for the kernel.

Three kinds of group. *One date*: gap, cap or windows let it be visited on one date of the horizon only; that is told by
the set of decided tasks alone. *Free*: gap and cap can never bind between its windows. *Several dates*: the kernel's
labels carry when the group may be visited again, and how often it has been. The bureau's levers on entries of any
agency (cap and gap of entries) are one more such group, of all of a site's tasks.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import NamedTuple

import numpy as np

from planner.domain.calendar import months_after
from planner.domain.case import NONE, BoolArray, Case, IntArray


class Gaps(NamedTuple):
    """Q groups with several dates, those of site s at start[s]:start[s+1]; N different gaps."""

    start: IntArray
    """[S+1]"""
    mask: IntArray
    """[Q] its tasks, a bit each, as in the site's subsets."""
    quota: IntArray
    """[Q] most dates, 0 where that never binds."""
    counted: IntArray
    """[Q] those of its tasks whose dates count for the quota, as in `mask`."""
    ready_row: IntArray
    """[Q] row of `ready_after`."""
    bars_waiting: BoolArray
    """[Q] a task that waits needs a date after the gap, within the quota."""
    ready_after: IntArray
    """[N, D] first date (ordinal) on which a group visited on day d may be visited again."""
    ordinals: IntArray
    """[D]"""
    later_to: IntArray
    """[T]"""
    needs_quota: BoolArray
    """[T]"""


def ready_dates(case: Case, months: int) -> IntArray:
    """Return [D] the first date (ordinal) that is `months` after each day."""
    return np.array([months_after(day, months).toordinal() for day in case.days], dtype=np.int64)


def group_sizes(case: Case) -> tuple[IntArray, IntArray]:
    """Return [G] the number of tasks of each group, and of those that count for its cap."""
    counted = (case.group_of >= 0) & ~case.columns.needed
    return (
        np.bincount(case.group_of[case.group_of >= 0], minlength=len(case.groups)).astype(np.int64),
        np.bincount(case.group_of[counted], minlength=len(case.groups)).astype(np.int64),
    )


def one_date_groups(case: Case) -> tuple[BoolArray, BoolArray]:
    """Return [G] for each group: one date of the horizon only; and: several dates between which gap or cap may bind."""
    n_groups, gap, quota = len(case.groups), case.columns.gap_months, case.columns.quota
    if not n_groups or not case.n_days:
        return np.ones(n_groups, dtype=np.bool_), np.zeros(n_groups, dtype=np.bool_)
    real = (case.group_of >= 0) & (case.window_lo <= case.window_hi)
    groups, lo, hi = case.group_of[real], case.window_lo[real], case.window_hi[real]
    first = np.full(n_groups, case.n_days - 1, dtype=np.int64)
    last = np.zeros(n_groups, dtype=np.int64)
    np.minimum.at(first, groups, lo)
    np.maximum.at(last, groups, hi)
    sizes, counted = group_sizes(case)
    one = ((quota <= 1) & (counted == sizes)) | (first >= last)
    ready = {int(months): ready_dates(case, int(months)) for months in np.unique(gap)}
    for months, dates in ready.items():
        one |= (gap == months) & (months > 0) & (dates[first] > case.ordinals[last])
    # A date of needed checks alone does not count: how many did is then more than which tasks are decided.
    one &= (counted == 0) | (counted == sizes) | (quota > 1)
    several = ~one & ((gap > 0) | (quota < counted)) & (sizes > 1)
    members: dict[int, list[int]] = {g: [] for g in np.flatnonzero(several).tolist()}
    for t in np.flatnonzero(np.append(several, False)[case.group_of]).tolist():
        members[int(case.group_of[t])].append(t)
    for g, tasks in members.items():
        several[g] = quota[g] < counted[g] or _may_bind(case, tasks, ready[int(gap[g])])
    return one, several


def _may_bind(case: Case, tasks: list[int], ready: IntArray) -> bool:
    """Return whether two of `tasks`, or one and the wait of another, can come closer than the gap."""
    for i in tasks:
        if case.window_lo[i] > case.window_hi[i]:
            continue
        free_from = ready[case.window_hi[i]]
        for j in tasks:
            if i == j:
                continue
            if case.later_to[j] and free_from > case.later_to[j]:
                return True
            if case.window_lo[j] > case.window_hi[j]:
                continue
            apart = free_from <= case.ordinals[case.window_lo[j]]
            apart |= ready[case.window_hi[j]] <= case.ordinals[case.window_lo[i]]
            if not apart:
                return True
    return False


def gaps_of(case: Case, kernel_tasks: IntArray, several: BoolArray) -> Gaps:
    """Return the groups in which `several` [G] dates may bind, and the bureau's levers, for the kernel."""
    levers, columns = case.levers, case.columns
    found: list[tuple[int, int, int, int, int, bool]] = []  # site, mask, quota, counted, row, bars waiting
    months = sorted({int(m) for m in columns.gap_months[several]})
    rows = [ready_dates(case, m) for m in months]
    _, sizes = group_sizes(case)
    masks: dict[int, int] = {}
    counted: dict[int, int] = {}
    site: dict[int, int] = {}
    for t in np.flatnonzero(np.append(several, False)[case.group_of]).tolist():
        s, g = int(case.site_of[t]), int(case.group_of[t])
        if t - case.start[s] < kernel_tasks[s]:
            site[g] = s
            bit = 1 << int(t - case.start[s])
            masks[g] = masks.get(g, 0) | bit
            counted[g] = counted.get(g, 0) | (0 if columns.needed[t] else bit)
    for g, mask in masks.items():
        quota = int(columns.quota[g]) if columns.quota[g] < sizes[g] else 0
        found.append((site[g], mask, quota, counted[g], months.index(int(columns.gap_months[g])), True))
    if levers.entry_gap_days or levers.entry_cap:
        rows.append(case.ordinals + levers.entry_gap_days)
        for s, k in enumerate(kernel_tasks.tolist()):
            full = (1 << k) - 1
            found.append((s, full, levers.entry_cap, full, len(rows) - 1, False))
    found.sort()
    table = np.array([f[:5] for f in found], dtype=np.int64).reshape(-1, 5)
    return Gaps(
        start=np.searchsorted(table[:, 0], np.arange(len(case.sites) + 1)).astype(np.int64),
        mask=table[:, 1].copy(),
        quota=table[:, 2].copy(),
        counted=table[:, 3].copy(),
        ready_row=table[:, 4].copy(),
        bars_waiting=np.array([f[5] for f in found], dtype=np.bool_),
        ready_after=np.array(rows, dtype=np.int64).reshape(len(rows), case.n_days),
        ordinals=case.ordinals,
        later_to=case.later_to,
        needs_quota=case.needs_quota,
    )


def barred_by_history(case: Case) -> tuple[IntArray, IntArray]:
    """Return [G+1], [N, 3]: the stretches of days that each group's history bars, each (from, to, but not this day)."""
    ordinals = case.ordinals
    day_index = {day: n for n, day in enumerate(case.days)}

    @cache
    def ready_dates_of(months: int) -> IntArray:
        return ready_dates(case, months)

    @cache
    def stretch(held: date, months: int) -> tuple[int, int, int]:
        first = int(np.searchsorted(ready_dates_of(months), held.toordinal(), side="right"))
        end = int(np.searchsorted(ordinals, months_after(held, months).toordinal()))
        return first, end, day_index.get(held, NONE)

    start: list[int] = [0]
    found: list[tuple[int, int, int]] = []
    for info in case.groups:
        if info.gap_months:
            found.extend(stretch(held, info.gap_months) for held in info.history)
        start.append(len(found))
    return np.array(start, dtype=np.int64), np.array(found, dtype=np.int64).reshape(-1, 3)
