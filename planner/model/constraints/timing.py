"""Windows, blackouts, pins, and the distance and number of a domain's checks at a site."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from planner.checks.waiting import rivals
from planner.domain.calendar import months_after
from planner.model.variables import Bool, MatchModel, constraint


@constraint("task.once")
def each_task_has_one_answer(m: MatchModel) -> None:
    """On one day, waiting or left out; only what the window lets wait can wait."""
    days_of: dict[int, list[Bool]] = defaultdict(list)
    for (t, _), literal in m.on.items():
        days_of[t].append(literal)
    for t in m.tasks:
        m.cp.add_exactly_one([*days_of[t], m.out[t], m.later[t]])
        task = m.case.tasks[t]
        waits = task.waits_until is not None and task.waits_until > m.case.period[1]
        if not waits or task.pinned or task.follows_fire:
            m.cp.add(m.later[t] == 0)


@constraint("window")
def within_filed_window(m: MatchModel) -> None:
    """Within the window that was filed."""
    for (t, d), literal in m.on.items():
        if not m.case.tasks[t].pinned and not m.case.window_lo[t] <= d <= m.case.window_hi[t]:
            m.cp.add(literal == 0)


@constraint("blackout")
def not_on_blackout_days(m: MatchModel) -> None:
    """Not on days the site cannot be inspected, unless published already."""
    for (t, d), literal in m.on.items():
        if not m.case.tasks[t].pinned and m.case.blackout[m.case.site_of[t], d]:
            m.cp.add(literal == 0)


@constraint("pin.fixed")
def pinned_tasks_stay(m: MatchModel) -> None:
    """Published or fixed: on that date."""
    for t in m.tasks:
        pinned = m.case.tasks[t].pinned
        if pinned is not None:
            at = [literal for (u, d), literal in m.on.items() if u == t and m.case.days[d] == pinned]
            m.cp.add_bool_or(at)


@constraint("gap.domain")
def months_between_checks(m: MatchModel) -> None:
    """A domain's planned checks at a site lie its gap apart, from history too; a waiting task keeps a lawful date."""
    days, own = m.case.days, np.zeros(m.case.n_tasks, dtype=np.bool_)
    own[list(m.tasks)] = True
    for one, other in rivals(m.case, own):
        m.cp.add_bool_or([~m.later[one], ~m.later[other]])
    waiting = _waiting(m)
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


@constraint("cap.domain")
def yearly_cap(m: MatchModel) -> None:
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


def _waiting(m: MatchModel) -> dict[int, list[int]]:
    """Return, per gap-and-cap group, its tasks that have a last date after the month."""
    waiting: dict[int, list[int]] = defaultdict(list)
    for t in m.tasks:
        if m.case.group_of[t] >= 0 and m.case.tasks[t].waits_until is not None:
            waiting[int(m.case.group_of[t])].append(t)
    return waiting


@constraint("entry.cap")
def entries_per_site(m: MatchModel) -> None:
    """The bureau's lever: planned entries at a site in the month."""
    cap = m.case.levers.entry_cap
    for s in m.sites if cap else ():
        visits = [v for d in range(m.case.n_days) if (v := m.visit(s, d)) is not None]
        m.cp.add(sum(visits) <= cap)


@constraint("entry.gap")
def days_between_entries(m: MatchModel) -> None:
    """The bureau's lever: days between planned entries of any agencies at a site."""
    gap, days = m.case.levers.entry_gap_days, m.case.days
    for s in m.sites if gap else ():
        visits = {d: v for d in range(m.case.n_days) if (v := m.visit(s, d)) is not None}
        for d, visit in visits.items():
            if any(0 < abs((days[d] - held).days) < gap for held in m.case.entries_before[s]):
                m.cp.add(visit == 0)
            for other, second in visits.items():
                if other > d and (days[other] - days[d]).days < gap:
                    m.cp.add_bool_or([~visit, ~second])
