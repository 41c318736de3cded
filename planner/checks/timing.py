"""Windows, blackouts, pins, and the distance and number of a domain's checks at a site."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import pairwise

import numpy as np

from planner.checks.entries import dates_by_site
from planner.checks.violation import Violation, check
from planner.checks.waiting import rivals
from planner.domain.calendar import months_after
from planner.domain.case import Case, IntArray
from planner.domain.plan import LATER, LEFT_OUT, Plan


@check("task.once")
def each_task_has_one_answer(case: Case, plan: Plan) -> Iterator[Violation]:
    """Each task is on one day of the month, waits lawfully, or is left out; nothing else."""
    if plan.day.shape != (case.n_tasks,):
        yield Violation("task.once", (), f"the plan answers {plan.day.size} of {case.n_tasks} tasks")
        return
    columns, day = case.columns, plan.day
    strange = (day < LATER) | (day >= case.n_days)
    stays = (columns.waits_until <= case.period[1].toordinal()) | (columns.pinned > 0) | columns.follows_fire
    for n in np.flatnonzero(strange | ((day == LATER) & stays)).tolist():
        task = case.tasks[n]
        if strange[n]:
            yield Violation("task.once", (task.id,), f"day {int(day[n])} does not exist", task.domain)
        else:
            yield Violation("task.once", (task.id,), "the task cannot wait: its window ends in the month", task.domain)


def _dates(case: Case, plan: Plan) -> IntArray:
    """Return [T] the date (ordinal) of each task, 0 where it has no day."""
    return np.append(case.ordinals, 0)[np.where(plan.day >= 0, plan.day, case.n_days)]


@check("window")
def within_filed_window(case: Case, plan: Plan) -> Iterator[Violation]:
    """A task is done within the window that was filed for it."""
    columns, on = case.columns, _dates(case, plan)
    outside = (on > 0) & (columns.pinned == 0) & ((on < columns.first) | (on > columns.last))
    for n in np.flatnonzero(outside).tolist():
        task, day = case.tasks[n], case.days[int(plan.day[n])]
        yield Violation("window", (task.id,), f"{day} lies outside the filed window", task.domain)


@check("blackout")
def not_on_blackout_days(case: Case, plan: Plan) -> Iterator[Violation]:
    """A site is not entered on days it cannot be inspected, except where the date is already published."""
    free = np.flatnonzero((plan.day >= 0) & (case.columns.pinned == 0))
    for n in free[case.blackout[case.site_of[free], plan.day[free]]].tolist():
        task, day = case.tasks[n], case.days[int(plan.day[n])]
        yield Violation("blackout", (task.id, task.site), f"the site is closed on {day}", task.domain)


@check("pin.fixed")
def pinned_tasks_stay(case: Case, plan: Plan) -> Iterator[Violation]:
    """What is published or fixed stays on its date."""
    pinned = case.columns.pinned
    for n in np.flatnonzero((pinned > 0) & (_dates(case, plan) != pinned)).tolist():
        task = case.tasks[n]
        yield Violation("pin.fixed", (task.id,), f"the task is fixed on {task.pinned}", task.domain)


@lru_cache(maxsize=1)  # gaps and caps ask for the same
def _group_dates(case: Case, plan: Plan) -> tuple[dict[int, set[date]], dict[int, list[int]]]:
    """Return, per gap-and-cap group in question, the dates of its checks in the month and its tasks that wait.

    In question is every group but those of one task, within its quotas and without history.
    """
    grouped = np.flatnonzero((case.group_of >= 0) & (plan.day != LEFT_OUT))
    checks = np.bincount(case.group_of[grouped], minlength=len(case.groups))
    asked = (checks > np.minimum(1, np.minimum(case.columns.quota, case.columns.next_quota))) | case.columns.history
    dates: dict[int, set[date]] = defaultdict(set)
    waiting: dict[int, list[int]] = defaultdict(list)
    for task in grouped[asked[case.group_of[grouped]]].tolist():
        group, day = int(case.group_of[task]), int(plan.day[task])
        if day >= 0:
            dates[group].add(case.days[day])
        else:
            waiting[group].append(task)
    return dates, waiting


@check("gap.domain")
def months_between_checks(case: Case, plan: Plan) -> Iterator[Violation]:
    """Two planned on-site checks of one domain at one site lie the domain's gap apart (A01-4.1.1c and its like).

    History counts. A waiting task must still have a lawful date after this month's check, and beside what else waits.
    """
    for one, other in rivals(case, plan.day == LATER):
        names = case.tasks[one].id, case.tasks[other].id
        domain = case.groups[case.group_of[one]].domain
        yield Violation("gap.domain", names, "no lawful dates are left for both of the waiting tasks", domain)
    dates, waiting = _group_dates(case, plan)
    for group in sorted(dates.keys() | waiting.keys()):
        info, planned = case.groups[group], dates.get(group, set())
        if not info.gap_months:
            continue
        for first, second in pairwise(sorted(planned | set(info.history))):
            new = first in planned or second in planned
            if new and second < months_after(first, info.gap_months):
                yield Violation(
                    "gap.domain",
                    (info.site,),
                    f"checks on {first} and {second} are less than {info.gap_months} month(s) apart",
                    info.domain,
                    ((second - first).days,),
                )
        for task in waiting.get(group, ()):
            until = case.tasks[task].waits_until
            if until is None:
                continue
            if info.bars(until) or (planned and until < months_after(max(planned), info.gap_months)):
                yield Violation(
                    "gap.domain", (case.tasks[task].id,), "no lawful date is left for the waiting task", info.domain
                )


@check("cap.domain")
def yearly_cap(case: Case, plan: Plan) -> Iterator[Violation]:
    """A domain checks a site on no more dates in a calendar year than its cap leaves (A01-4.1.1b and its like).

    Needed checks (确需) do not count. A date is kept for tasks that wait: of this year's for those that have to be done
    in it, of the next year's for the others.
    """
    _, waiting = _group_dates(case, plan)
    counted = (plan.day >= 0) & (case.group_of >= 0) & ~case.columns.needed
    pairs = np.unique(np.stack([case.group_of[counted], plan.day[counted]]), axis=1)
    used = np.bincount(pairs[0], minlength=len(case.groups))
    for group in sorted({*np.flatnonzero(used > case.columns.quota).tolist(), *waiting}):
        info = case.groups[group]
        until = [u for t in waiting.get(group, ()) if not case.tasks[t].needed and (u := case.tasks[t].waits_until)]
        this_year = [u for u in until if u.year == case.period[0].year]
        wanted = int(used[group]) + bool(this_year)
        if wanted > info.quota or any(info.quota_on(u, case.period) < 1 for u in until):
            wanted, left = (wanted, info.quota) if wanted > info.quota else (1, info.next_quota)
            message = f"{wanted} dates where {left} remain in the year"
            yield Violation("cap.domain", (info.site,), message, info.domain, (wanted, left))


@check("entry.cap")
def entries_per_site(case: Case, plan: Plan) -> Iterator[Violation]:
    """The bureau's lever: planned entries at one site in the month (D-2.8d), off by default."""
    cap = case.levers.entry_cap
    for site, dates in dates_by_site(case, plan).items() if cap else ():
        if len(dates) > cap:
            yield Violation("entry.cap", (case.sites[site].id,), f"{len(dates)} entries", numbers=(len(dates), cap))


@check("entry.gap")
def days_between_entries(case: Case, plan: Plan) -> Iterator[Violation]:
    """The bureau's lever: days between any two planned entries at one site (D-2.8d), off by default."""
    gap = case.levers.entry_gap_days
    for site, dates in dates_by_site(case, plan).items() if gap else ():
        known = set(case.entries_before[site])
        for first, second in pairwise(sorted(known | set(dates))):
            new = first not in known or second not in known
            if new and (second - first).days < gap:
                yield Violation(
                    "entry.gap",
                    (case.sites[site].id,),
                    f"entries on {first} and {second}",
                    numbers=((second - first).days, gap),
                )
