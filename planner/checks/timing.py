"""Windows, blackouts, pins, and the distance and number of a domain's checks at a site."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from planner.checks.entries import dates_by_site
from planner.checks.violation import Violation, check
from planner.domain.calendar import months_after
from planner.domain.case import Case
from planner.domain.plan import LATER, LEFT_OUT, Plan


@check("task.once")
def each_task_has_one_answer(case: Case, plan: Plan) -> Iterator[Violation]:
    """Each task is on one day of the month, waits lawfully, or is left out; nothing else."""
    if plan.day.shape != (case.n_tasks,):
        yield Violation("task.once", (), f"the plan answers {plan.day.size} of {case.n_tasks} tasks")
        return
    for task, day in zip(case.tasks, plan.day.tolist(), strict=True):
        if not (day in (LEFT_OUT, LATER) or 0 <= day < case.n_days):
            yield Violation("task.once", (task.id,), f"day {day} does not exist", task.domain)
        elif day == LATER and (
            task.waits_until is None or task.waits_until <= case.period[1] or task.pinned or task.follows_fire
        ):
            yield Violation("task.once", (task.id,), "the task cannot wait: its window ends in the month", task.domain)


@check("window")
def within_filed_window(case: Case, plan: Plan) -> Iterator[Violation]:
    """A task is done within the window that was filed for it."""
    for task, day in zip(case.tasks, plan.day.tolist(), strict=True):
        if day >= 0 and not task.pinned and not task.window[0] <= case.days[day] <= task.window[1]:
            yield Violation("window", (task.id,), f"{case.days[day]} lies outside the filed window", task.domain)


@check("blackout")
def not_on_blackout_days(case: Case, plan: Plan) -> Iterator[Violation]:
    """A site is not entered on days it cannot be inspected, except where the date is already published."""
    for n, (task, day) in enumerate(zip(case.tasks, plan.day.tolist(), strict=True)):
        if day >= 0 and not task.pinned and case.blackout[case.site_of[n], day]:
            yield Violation("blackout", (task.id, task.site), f"the site is closed on {case.days[day]}", task.domain)


@check("pin.fixed")
def pinned_tasks_stay(case: Case, plan: Plan) -> Iterator[Violation]:
    """What is published or fixed stays on its date."""
    for task, day in zip(case.tasks, plan.day.tolist(), strict=True):
        if task.pinned and (day < 0 or case.days[day] != task.pinned):
            yield Violation("pin.fixed", (task.id,), f"the task is fixed on {task.pinned}", task.domain)


def _group_dates(case: Case, plan: Plan) -> tuple[dict[int, set[date]], dict[int, list[int]]]:
    """Return, per gap-and-cap group, the dates of its checks in the month and its tasks that wait."""
    dates: dict[int, set[date]] = defaultdict(set)
    waiting: dict[int, list[int]] = defaultdict(list)
    for task, day in enumerate(plan.day.tolist()):
        group = int(case.group_of[task])
        if group >= 0 and day >= 0:
            dates[group].add(case.days[day])
        elif group >= 0 and day == LATER:
            waiting[group].append(task)
    return dates, waiting


@check("gap.domain")
def months_between_checks(case: Case, plan: Plan) -> Iterator[Violation]:
    """Two planned on-site checks of one domain at one site lie the domain's gap apart (A01-4.1.1c and its like).

    History counts. A waiting task must still have a lawful date after this month's check.
    """
    dates, waiting = _group_dates(case, plan)
    for group, planned in dates.items():
        info = case.groups[group]
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
        for task in waiting[group]:
            until = case.tasks[task].waits_until
            if until is not None and until < months_after(max(planned), info.gap_months):
                yield Violation(
                    "gap.domain", (case.tasks[task].id,), "no lawful date is left for the waiting task", info.domain
                )


@check("cap.domain")
def yearly_cap(case: Case, plan: Plan) -> Iterator[Violation]:
    """A domain checks a site on no more dates in the year than its cap leaves (A01-4.1.1b and its like)."""
    dates, waiting = _group_dates(case, plan)
    for group, planned in dates.items():
        info = case.groups[group]
        needed = len(planned) + bool(waiting[group])
        if needed > info.quota:
            yield Violation(
                "cap.domain",
                (info.site,),
                f"{needed} dates where {info.quota} remain this year",
                info.domain,
                (needed, info.quota),
            )


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
