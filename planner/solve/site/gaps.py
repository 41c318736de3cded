"""Gap and cap of a domain at a site, laid out for the kernel.

Three kinds of group. *One date*: gap, cap or windows let it be visited on one date of the horizon only; that is told by
the set of decided tasks alone. *Free*: gap and cap can never bind between its windows. *Several dates*: the kernel's
labels carry when the group may be visited again, and how often it has been. The bureau's levers on entries of any
agency (cap and gap of entries) are one more such group, of all of a site's tasks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, product
from typing import NamedTuple

import numpy as np

from planner.domain.calendar import months_after
from planner.domain.case import NONE, BoolArray, Case, IntArray
from planner.law.later import Held, entangled

MOST_TABLES = 64
"""A site's tails are told apart by what the month leaves of its groups in so many tables at most."""
MOST_DATES = 3


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
    binding: BoolArray
    """[Q] gap or quota may bind between its dates; the others stand last at a site, what waits there asks for them."""
    ready_after: IntArray
    """[N, D] first date (ordinal) on which a group visited on day d may be visited again."""
    ordinals: IntArray
    """[D]"""
    later_to: IntArray
    """[T]"""
    needs_quota: BoolArray
    """[T]"""
    level_start: IntArray
    """[Q+1] of `levels`."""
    levels: IntArray
    """[L] dates past which the group's checks push those of its tasks that wait (see `Tangle`)."""
    most_dates: IntArray
    """[Q] dates so far are told apart up to so many where what waits asks for them."""
    stride: IntArray
    """[Q] what one level more adds to the number of the site's table of tails; 0 where they do not depend on it."""
    tables: IntArray
    """[Q] where the site's second table of tails begins, among those of all sites; the others follow it."""


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


def gaps_of(case: Case, kernel_tasks: IntArray, several: BoolArray, n_tails: int) -> Gaps:
    """Return the groups in which `several` [G] dates may bind, and the bureau's levers, for the kernel.

    `n_tails` is how long the sites' first tables of tails are, one after the other.
    """
    levers, columns = case.levers, case.columns
    tangles = entangled(case)
    pushing = np.zeros(len(case.groups), dtype=np.bool_)
    pushing[[g for tangle in tangles.values() for g in tangle.ends]] = True
    # site, not binding, mask, quota, counted, row, bars waiting, group
    found: list[tuple[int, bool, int, int, int, int, bool, int]] = []
    months = sorted({int(m) for m in columns.gap_months[several | pushing]})
    rows = [ready_dates(case, m) for m in months]
    _, sizes = group_sizes(case)
    masks: dict[int, int] = {}
    counted: dict[int, int] = {}
    site: dict[int, int] = {}
    for t in np.flatnonzero(np.append(several | pushing, False)[case.group_of]).tolist():
        s, g = int(case.site_of[t]), int(case.group_of[t])
        if t - case.start[s] < kernel_tasks[s]:
            site[g] = s
            bit = 1 << int(t - case.start[s])
            masks[g] = masks.get(g, 0) | bit
            counted[g] = counted.get(g, 0) | (0 if columns.needed[t] else bit)
    for g, mask in masks.items():
        quota = int(columns.quota[g]) if columns.quota[g] < sizes[g] else 0
        binds = bool(several[g])
        found.append((site[g], not binds, mask, quota, counted[g], months.index(int(columns.gap_months[g])), binds, g))
    if levers.entry_gap_days or levers.entry_cap:
        rows.append(case.ordinals + levers.entry_gap_days)
        for s, k in enumerate(kernel_tasks.tolist()):
            full = (1 << k) - 1
            found.append((s, False, full, levers.entry_cap, full, len(rows) - 1, False, NONE))
    found.sort()
    levels = [tangles[f[0]].ends.get(f[7], ()) if f[0] in tangles else () for f in found]
    most_dates = [f[3] if ends and f[3] <= MOST_DATES else 0 for f, ends in zip(found, levels, strict=True)]
    stride, tables = _numbered([f[0] for f in found], kernel_tasks, levels, most_dates, n_tails)
    table = np.array([(f[0], *f[2:6]) for f in found], dtype=np.int64).reshape(-1, 5)
    return Gaps(
        start=np.searchsorted(table[:, 0], np.arange(len(case.sites) + 1)).astype(np.int64),
        mask=table[:, 1].copy(),
        quota=table[:, 2].copy(),
        counted=table[:, 3].copy(),
        ready_row=table[:, 4].copy(),
        bars_waiting=np.array([f[6] for f in found], dtype=np.bool_),
        binding=np.array([not f[1] for f in found], dtype=np.bool_),
        ready_after=np.array(rows, dtype=np.int64).reshape(len(rows), case.n_days),
        ordinals=case.ordinals,
        later_to=case.later_to,
        needs_quota=case.needs_quota,
        level_start=np.cumsum([0, *map(len, levels)]).astype(np.int64),
        levels=np.array([end for ends in levels for end in ends], dtype=np.int64),
        most_dates=np.array(most_dates, dtype=np.int64),
        stride=np.array(stride, dtype=np.int64),
        tables=np.array(tables, dtype=np.int64),
    )


def _numbered(
    sites: Sequence[int],
    kernel_tasks: IntArray,
    levels: Sequence[Sequence[int]],
    most_dates: Sequence[int],
    n_tails: int,
) -> tuple[list[int], list[int]]:
    """Return `stride` and `tables` of the groups of these sites: their levels numbered through, site by site.

    Groups that would bring a site above MOST_TABLES are not told apart there: its bound can only be lower for that.
    """
    stride, tables = [0] * len(sites), [0] * len(sites)
    for site, numbers in groupby(range(len(sites)), sites.__getitem__):
        group, many = list(numbers), 1
        for n in group:
            more = (len(levels[n]) + 1) * (most_dates[n] + 1)
            if more > 1 and many * more <= MOST_TABLES:
                stride[n], many = many, many * more
        for n in group:
            tables[n] = n_tails
        n_tails += (many - 1) << int(kernel_tasks[site])
    return stride, tables


def tangled_tables(case: Case, gaps: Gaps) -> Iterator[tuple[int, dict[int, Held]]]:
    """Yield the site of each table of tails after its first, in order, and what its levels leave of its groups."""
    for site in sorted(entangled(case)):
        numbers = [q for q in range(gaps.start[site], gaps.start[site + 1]) if gaps.stride[q]]
        axes = []
        for q in numbers:
            first = next(i for i in range(int(gaps.mask[q]).bit_length()) if gaps.mask[q] >> i & 1)
            group = int(case.group_of[case.start[site] + first])
            ends = gaps.levels[gaps.level_start[q] : gaps.level_start[q + 1]].tolist()
            dates = range(int(gaps.most_dates[q]) + 1)
            axes.append([(group, Held(free, n)) for n in dates for free in (0, *(end + 1 for end in ends))])
        # The first group's level counts up first.
        for number, chosen in enumerate(product(*reversed(axes))):
            if number:
                yield site, dict(chosen)
