"""The distance and the number of a domain's checks at a site."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from itertools import pairwise

import numpy as np

from planner.domain.calendar import months_after
from planner.domain.case import NO_CAP, NONE, BoolArray, Case, GroupInfo, IntArray
from planner.domain.plan import LATER, LEFT_OUT, Plan
from planner.law.example import asked, month
from planner.law.later import entangled, held_at, later_visits_of
from planner.law.models import Model
from planner.law.rule import Example, Rule
from planner.law.violation import Violation
from planner.law.words import Blocked, Both, date_en, date_zh, together


@lru_cache(maxsize=1)  # gaps and caps ask for the same
def _group_dates(case: Case, plan: Plan) -> tuple[dict[int, set[date]], dict[int, list[int]]]:
    """Return, per gap-and-cap group in question, the dates of its checks in the month and its tasks that wait.

    In question is every group but those of one task, within its quotas and without history.
    """
    grouped = np.flatnonzero((case.group_of >= 0) & (plan.day != LEFT_OUT))
    checks = np.bincount(case.group_of[grouped], minlength=len(case.groups))
    in_question = (
        checks > np.minimum(1, np.minimum(case.columns.quota, case.columns.next_quota))
    ) | case.columns.history
    dates: dict[int, set[date]] = defaultdict(set)
    waiting: dict[int, list[int]] = defaultdict(list)
    for task in grouped[in_question[case.group_of[grouped]]].tolist():
        group, day = int(case.group_of[task]), int(plan.day[task])
        if day >= 0:
            dates[group].add(case.days[day])
        else:
            waiting[group].append(task)
    return dates, waiting


def months_between_checks(case: Case, plan: Plan) -> Iterator[Violation]:
    """Two planned on-site checks of one domain at one site lie the domain's gap apart (A01-4.1.1c and its like).

    History counts. A waiting task must still have a lawful date after this month's check, and beside what else waits.
    """
    for site in entangled(case):
        beside = [t for t in case.tasks_at(site) if plan.day[t] == LATER and case.later_to[t]]
        held = held_at(case, plan.day, site)
        # A task that has no date of its own is told below.
        if later_visits_of(case, beside, held) is None and all(later_visits_of(case, [t], held) for t in beside):
            domains = {case.tasks[t].domain for t in beside if case.group_of[t] >= 0}
            names, domain = tuple(case.tasks[t].id for t in beside), min(domains) if len(domains) == 1 else ""
            yield Violation(GAP.id, names, "no lawful dates are left for all of the waiting tasks", domain)
    dates, waiting = _group_dates(case, plan)
    for group in sorted(dates.keys() | waiting.keys()):
        info, planned = case.groups[group], dates.get(group, set())
        if not info.gap_months:
            continue
        for first, second in pairwise(sorted(planned | set(info.history))):
            new = first in planned or second in planned
            if new and second < months_after(first, info.gap_months):
                yield Violation(
                    GAP.id,
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
                    GAP.id, (case.tasks[task].id,), "no lawful date is left for the waiting task", info.domain
                )


@cache
def _ready(days: tuple[date, ...], months: int) -> IntArray:
    """Return [D] the first date (ordinal) that is `months` after each day."""
    return np.array([months_after(day, months).toordinal() for day in days], dtype=np.int64)


def too_near_history(case: Case) -> BoolArray:
    """Return [T, D] the days nearer than the gap to a check that is known, on another day, of the task's group."""
    barred = np.zeros((case.n_tasks, case.n_days), dtype=np.bool_)
    bound = np.append(case.columns.history & (case.columns.gap_months > 0), False)[case.group_of]
    groups, of_task = np.unique(case.group_of[bound], return_inverse=True)
    if groups.size:
        barred[bound] = np.array([_near_history(case, case.groups[g]) for g in groups.tolist()])[of_task]
    return barred


def _near_history(case: Case, group: GroupInfo) -> BoolArray:
    near = np.zeros(case.n_days, dtype=np.bool_)
    for held in group.history:
        first = int(np.searchsorted(_ready(case.days, group.gap_months), held.toordinal(), side="right"))
        end = int(np.searchsorted(case.ordinals, months_after(held, group.gap_months).toordinal()))
        near[first:end] |= case.ordinals[first:end] != held.toordinal()
    return near


def _waiting(m: Model) -> dict[int, list[int]]:
    """Return, per gap-and-cap group, its tasks that have a last date after the month."""
    waiting: dict[int, list[int]] = defaultdict(list)
    for t in m.tasks:
        if m.case.group_of[t] >= 0 and m.case.tasks[t].waits_until is not None:
            waiting[int(m.case.group_of[t])].append(t)
    return waiting


def gap_kept(m: Model) -> None:
    """A domain's planned checks at a site lie its gap apart, from history too; a waiting task keeps a lawful date."""
    m.tie_later_dates()
    days, waiting = m.case.days, _waiting(m)
    for group, tasks in waiting.items():
        for t in tasks:
            until = m.case.tasks[t].waits_until
            if until is not None and m.case.groups[group].bars(until):
                m.cp.add(m.later[t] == 0)
    for group, on in m.group_dates.items():
        info = m.case.groups[group]
        if not info.gap_months:
            continue
        ends = {d: months_after(days[d], info.gap_months) for d in on}
        for d, literal in on.items():
            for held in info.history:
                first, second = min(held, days[d]), max(held, days[d])
                if first != second and second < months_after(first, info.gap_months):
                    m.cp.add(literal == 0)
            for t in waiting[group]:
                until = m.case.tasks[t].waits_until
                if until is not None and until < ends[d]:
                    m.cp.add_implication(literal, ~m.later[t])
        order = sorted(on)
        if len(order) > 1 and days[order[-1]] < min(ends.values()):
            m.cp.add_at_most_one(on.values())
        else:
            for n, first_day in enumerate(order):
                for d in order[n + 1 :]:
                    if days[d] < ends[first_day]:
                        m.cp.add_bool_or([~on[first_day], ~on[d]])


def _gap_words(b: Blocked) -> tuple[str, str]:
    case, v, here = b.case, b.violation, b.date
    waiting = [n for n, t in enumerate(case.tasks) if (t.id,) == v.subjects]
    if waiting:
        unit = case.units[int(case.unit_of[waiting[0]])].name
        return (
            f"会使{unit}顺延的任务没有可用日期",
            f"a deferred task of {unit} would have no lawful date left",
        )
    own = together(case, b.task)
    there = {n for n, g in enumerate(case.groups) if (g.site, g.domain) == (v.subjects[0], v.domain)}
    n = next((int(case.group_of[t]) for t in sorted(own) if int(case.group_of[t]) in there), min(there))
    here_too = (t for t in range(case.n_tasks) if case.group_of[t] == n and b.day[t] >= 0 and t not in own)
    planned = [case.days[b.day[t]] for t in here_too]
    other = min((d for d in (*planned, *case.groups[n].history) if d != here), key=lambda d: abs((d - here).days))
    months = case.groups[n].gap_months
    return (
        f"与{date_zh(other)}的同领域检查间隔不足{months}个月",
        f"less than {months} month{'s' if months > 1 else ''} from the domain's check on {date_en(other)}",
    )


def without_gap(case: Case, tasks: Sequence[int]) -> Case:
    """Return the case in which the groups of `tasks` keep no gap."""
    groups = list(case.groups)
    for g in {int(case.group_of[t]) for t in tasks} - {NONE}:
        groups[g] = replace(groups[g], gap_months=0)
    return replace(case, groups=tuple(groups))


GAP = Rule(
    id="gap.domain",
    order=30,
    words=_gap_words,
    remedy=Both("改在间隔期满之后", "a date after the gap is over"),
    check=months_between_checks,
    constraint=gap_kept,
    barred=too_near_history,
    waived=without_gap,
    inside=(
        "planner.solve.site.gaps",
        "planner.solve.site.visits.may_follow",
        "planner.checks.certificate.is_one_date",
    ),
    example=Example(
        month(asked("t"), asked("u"), groups=[GroupInfo("s", "A01", 1, NO_CAP)]), {"t": 0, "u": 0}, {"t": 0, "u": 2}
    ),
)


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
            yield Violation(CAP.id, (info.site,), message, info.domain, (wanted, left))


def used_up(case: Case) -> BoolArray:
    """Return [T, D] all days, where the cap leaves the task's group no date of the year and the task is not needed."""
    none_left = np.append(case.columns.quota < 1, False)[case.group_of] & ~case.columns.needed
    return np.broadcast_to(none_left[:, None], (case.n_tasks, case.n_days))


def cap_kept(m: Model) -> None:
    """No more dates in a calendar year than the cap leaves, needed checks aside; a date is kept for what waits."""
    case, waiting = m.case, _waiting(m)
    year = case.period[0].year
    for group, tasks in waiting.items():
        for t in tasks:
            until = case.tasks[t].waits_until
            if until is not None and not case.tasks[t].needed and case.groups[group].quota_on(until, case.period) < 1:
                m.cp.add(m.later[t] == 0)
    for group, on in m.counted_dates.items():
        quota = case.groups[group].quota
        m.cp.add(sum(on.values()) <= quota)
        for t in waiting[group]:
            until = case.tasks[t].waits_until
            if until is None or until.year != year or case.tasks[t].needed or len(on) + 1 <= quota:
                continue
            if quota == 1:
                for literal in on.values():
                    m.cp.add_implication(literal, ~m.later[t])
            elif quota > 1:
                m.cp.add(sum(on.values()) + 1 <= quota).only_enforce_if(m.later[t])


def _cap_words(b: Blocked) -> tuple[str, str]:
    needed, quota = b.violation.numbers
    if not quota:
        return "本年度该领域计划检查次数已用完", "the domain's planned checks of the year are used up"
    return (
        f"该领域本年度只剩{quota}次计划检查，需要{needed}次",
        f"{needed} dates needed where the domain has {quota} left this year",
    )


def needed_beyond_cap(case: Case, tasks: Sequence[int]) -> Case:
    """Return the case in which `tasks` count as needed where the dates of a year are used up before the month.

    Where only checks of the month itself use them up, a waiver lifts nothing of what is announced.
    """
    infos = list(case.tasks)
    for t in tasks:
        group = int(case.group_of[t])
        if group != NONE and 0 in (case.groups[group].quota, case.groups[group].next_quota):
            infos[t] = replace(infos[t], needed=True)
    return replace(case, tasks=tuple(infos))


CAP = Rule(
    id="cap.domain",
    order=40,
    words=_cap_words,
    remedy=Both(
        "本年次数已满，留待明年，或报统筹办公室以签批豁免",
        "the year's checks are used up: next year, or a signed waiver by way of the bureau",
    ),
    check=yearly_cap,
    constraint=cap_kept,
    barred=used_up,
    waived=needed_beyond_cap,
    inside=(
        "planner.solve.site.gaps",
        "planner.solve.site.visits.may_follow",
        "planner.checks.certificate.is_one_date",
    ),
    example=Example(
        month(asked("t"), asked("u"), groups=[GroupInfo("s", "A01", 0, 1)]), {"t": 0, "u": 0}, {"t": 0, "u": 1}
    ),
)
