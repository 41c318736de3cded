"""A case as flat arrays for the per-site kernel, with one stretch of subsets for each site.

A site with k tasks has 2**k subsets; bit i is the i-th of its tasks. Everything that depends on a subset alone is
computed once here: which subsets may share a visit, which tasks a visit closes for the rest of the month, and the cost
of the tasks that are left over.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.checks.certificate import BOUND_TASKS
from planner.domain.case import NONE, BoolArray, Case, IntArray
from planner.law.later import Held, entangled, later_entries_of
from planner.law.register import RULES, barred_days
from planner.solve.site.gaps import Gaps, gaps_of, one_date_groups, ready_dates, tangled_tables
from planner.solve.site.kernel_args import Lawful, Shape
from planner.solve.site.subsets import Subsets, TaskFacts, fill_subsets, keep_meeting
from planner.solve.site.visits import Loads, loads_by_task

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
    """[B + more] later visits that the subset needs if all of it waits; -1 where it cannot. Sites at which that depends
    on the month's dates have further tables after those of all sites (see `Gaps.tables`)."""
    further: IntArray
    """The site of each further table, in order."""
    gaps: Gaps
    """Groups that may be visited on several dates of the horizon, gap and quota permitting."""
    loads: Loads
    """What the tasks load of the capacity rows."""

    @cached_property
    def proof(self) -> SiteArrays:
        """The arrays that bounds are computed from: those of the released case, whatever the month takes."""
        released = self.case.released
        return self if released is self.case else site_arrays(released)

    @property
    def row_of(self) -> IntArray:
        """[T, 2 or 3] capacity rows a task loads, as `Case.row_of`."""
        return self.loads.row_of

    @cached_property
    def shape(self) -> Shape:
        """Where each site's tasks and subsets are, for the kernels."""
        return Shape(self.case.start, self.kernel_tasks, self.offset)

    @cached_property
    def lawful(self) -> Lawful:
        """Which visits are lawful, for the kernels."""
        return Lawful(self.allowed, self.may_share, self.closes, self.last_wait)

    @cached_property
    def further_from(self) -> IntArray:
        """[N] where the further tables begin, counted from the end of the sites' first ones."""
        sizes = 1 << self.kernel_tasks[self.further]
        begin: IntArray = np.cumsum(sizes) - sizes
        return begin

    def tables_of(self, site: int) -> IntArray:
        """Return the indexes of a site's tables in `later_visits`, one after the other."""
        size = np.arange(1 << int(self.kernel_tasks[site]))
        more = self.offset[-1] + self.further_from[self.further == site]
        return np.concatenate([size + begin for begin in (self.offset[site], *more.tolist())])

    @cached_property
    def tasks_by_row(self) -> tuple[IntArray, IntArray]:
        """Tasks in the order of the capacity rows that they load, and [R+1] where each row's begin."""
        loads = self.row_of.ravel()
        by_row = np.argsort(loads, kind="stable")
        begin = np.searchsorted(loads[by_row], np.arange(len(self.case.capacity) + 1))
        return by_row // self.row_of.shape[1], begin


def allowed_days(case: Case) -> BoolArray:
    """Return [T, D]: days on which each task alone breaks no rule that a day alone can break.

    Days on which all the crews there truly are have less time than the task takes alone are none. That leaves out no
    plan, as every plan keeps to the crews; the linear program and the prices would else look at such days for nothing.
    """
    allowed: BoolArray = ~barred_days(case)
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
    facts = TaskFacts(
        parent=case.parent_of,
        one_group=np.where(np.append(one, False)[case.group_of], case.group_of, NONE),
        joint=case.joint_of,
        fire=columns.fire,
        follows=columns.follows_fire,
        unannounced=columns.unannounced,
        opted_in=columns.opted_in,
        outside_hours=columns.outside_hours,
        unit=case.unit_of,
        quarters=case.quarters,
        setup_of=case.setup[case.unit_of],
        alone=alone,
        later_from=case.later_from,
        later_to=case.later_to,
    )
    fill_subsets(
        Shape(case.start, k, offset), facts, case.listed, case.longest_visit, case.levers.max_agencies_per_visit,
        Subsets(shares, closes, later),
    )  # fmt: skip
    allowed = allowed_days(case)
    keep_meeting(case.start, k, offset, allowed, shares)
    _keep_visits(case, k, offset, shares)
    gaps = gaps_of(case, k, several, int(offset[-1]))
    further = list(tangled_tables(case, gaps))
    for site in entangled(case):
        _tell_later(case, site, {}, later[offset[site] : offset[site + 1]])
    tables = [later[offset[site] : offset[site + 1]].copy() for site, _ in further]
    for (site, held), table in zip(further, tables, strict=True):
        _tell_later(case, site, held, table)
    return SiteArrays(
        case=case,
        allowed=allowed,
        kernel_tasks=k,
        outside=sizes > KERNEL_TASKS,
        offset=offset,
        may_share=shares,
        closes=closes,
        last_wait=_last_wait(case),
        later_visits=np.concatenate((later, *tables)),
        further=np.array([site for site, _ in further], dtype=np.int64),
        gaps=gaps,
        loads=loads_by_task(case),
    )


def _keep_visits(case: Case, kernel_tasks: IntArray, offset: IntArray, shares: BoolArray) -> None:
    """Take from `shares` [B] what a rule forbids that `fill_subsets` does not know: such rules are asked of each."""
    for rule in RULES.values():
        if rule.may_be_visit is None or rule.inside:
            continue
        for s in range(len(case.sites)):
            first, base = int(case.start[s]), int(offset[s])
            if rule.wants_company and len(case.tasks_at(s)) > kernel_tasks[s]:
                continue
            for m in np.flatnonzero(shares[base : int(offset[s + 1])]).tolist():
                tasks = [first + i for i in range(int(kernel_tasks[s])) if m >> i & 1]
                shares[base + m] = not tasks or rule.may_be_visit(case, tasks)


def _tell_later(case: Case, site: int, held: dict[int, Held], table: IntArray) -> None:
    """Correct `table` [2**k], the later visits that windows ask for at an entangled site, for gaps and caps."""
    tasks = case.tasks_at(site)
    for subset in np.flatnonzero(table > 0).tolist():
        waiting = [t for i, t in enumerate(tasks) if subset >> i & 1]
        found = later_entries_of(case, waiting, held)
        table[subset] = -1 if found is None else found


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
    """What the kernel minimises: `entry` per entry, `fire_alone` per visit of fire without another body, `disturbance`
    per quarter-hour, `drop[t]` per left-out task.
    """

    entry: int
    fire_alone: int
    disturbance: int
    drop: IntArray


class Tails:
    """Cheapest end of a site's pattern: what the tasks that have no day in the month cost, waiting or left out."""

    def __init__(self, arrays: SiteArrays, weights: Weights) -> None:
        self._arrays, self._weights = arrays, weights

    @cached_property
    def tables(self) -> tuple[IntArray, IntArray]:
        """[B + more] least cost of a left-over subset without visits, and the part of it that waits."""
        from planner.solve.site.values import Ends, fill_tails

        a, w = self._arrays, self._weights
        cost = np.zeros(len(a.later_visits), dtype=np.int64)
        wait = np.zeros(len(a.later_visits), dtype=np.int64)
        sites = np.concatenate((np.arange(len(a.kernel_tasks)), a.further))
        begin = np.concatenate((a.offset[:-1], a.offset[-1] + a.further_from))
        ends = Ends(a.later_visits, w.drop, w.entry, a.case.columns.fire, w.fire_alone)
        fill_tails(a.case.start[sites], a.kernel_tasks[sites], begin, ends, cost, wait)
        return cost, wait
