"""Windows against the month: what is due in it, what may wait, what is overdue or opens later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from planner.domain.case import GroupInfo
from planner.intake.month.context import Context
from planner.intake.month.drafts import Draft
from planner.intake.month.lookups import is_closed
from planner.intake.screen.caps import group_key
from planner.intake.tables.records import SiteRow

Window = tuple[date, date]


@dataclass(slots=True)
class Due:
    """Drafts by their relation to the month. `overdue` ended before it, `future` open after it."""

    now: list[Draft] = field(default_factory=list)
    overdue: list[Draft] = field(default_factory=list)
    future: list[Draft] = field(default_factory=list)


def sort_by_window(context: Context, drafts: list[Draft]) -> Due:
    """Return the drafts by their relation to the month; those of the month know until when they may wait."""
    due = Due()
    for draft in drafts:
        if draft.pinned:
            due.now.append(replace(draft, waits_until=None))
        elif draft.window[1] < context.first:
            due.overdue.append(draft)
        elif draft.window[0] > context.last:
            due.future.append(draft)
        else:
            due.now.append(replace(draft, waits_until=waits_until(context, draft)))
    return due


def waits_until(context: Context, draft: Draft) -> date | None:
    """Return the last open day after the month within the task's window, None where it is due now.

    A deadline on a holiday binds on the open day before it (rule `window`); the site's own closed days count too.
    """
    start, end = draft.window
    return last_open_day(context, draft.site, max(start, context.last + timedelta(days=1)), end)


def last_open_day(context: Context, site: SiteRow, start: date, end: date) -> date | None:
    """Return the last working day from `start` to `end` on which the site is not closed, None without one."""
    if start > end:
        return None
    day = context.calendar.roll_back(end)
    while day >= start and is_closed(site, day):
        day = context.calendar.roll_back(day - timedelta(days=1))
    return day if day >= start else None


def settle_waits(context: Context, drafts: Sequence[Draft], groups: Sequence[GroupInfo]) -> list[Draft]:
    """Return the drafts; only what has a lawful day left after the month may wait, and until the last of them.

    Lawful is an open day in the windows of all of a joint group, on which neither the gap to a known check nor a
    used-up yearly cap stands against any of them. A task without one is due now.
    """
    group_of = {g.key: g for g in groups}
    bundles: dict[tuple[str, str], list[Draft]] = defaultdict(list)
    for draft in drafts:
        bundles[draft.site.site_id, draft.joint_group or draft.id].append(draft)
    until = {key: _last_lawful(context, found, group_of) for key, found in bundles.items()}
    return [replace(d, waits_until=until[d.site.site_id, d.joint_group or d.id]) for d in drafts]


def _last_lawful(
    context: Context, members: Sequence[Draft], group_of: Mapping[tuple[str, str, str], GroupInfo]
) -> date | None:
    if any(draft.waits_until is None for draft in members):
        return None
    site = members[0].site
    start = max(context.last + timedelta(days=1), *(d.window[0] for d in members))
    day = last_open_day(context, site, start, min(d.window[1] for d in members))
    while day is not None and any(_barred(context, d, day, group_of) for d in members):
        day = last_open_day(context, site, start, day - timedelta(days=1))
    return day


def _barred(context: Context, draft: Draft, day: date, group_of: Mapping[tuple[str, str, str], GroupInfo]) -> bool:
    period = context.first, context.last
    group = group_of.get(group_key(context, draft.site.site_id, draft.domain, draft.parent)) if draft.capped else None
    return group is not None and (group.bars(day) or not (draft.needed or group.quota_on(day, period)))


def split_deferred(drafts: list[Draft]) -> tuple[list[Draft], list[Draft]]:
    """Return (in the case, deferred): a site where every task can wait is left alone this month.

    With nothing due at a site there is no entry that happens anyway, so doing its tasks early saves none. Tasks that
    only ever ride on fire's visit make none by themselves.
    """
    busy = {draft.site.site_id for draft in drafts if draft.waits_until is None and not draft.follows_fire}
    now = [draft for draft in drafts if draft.site.site_id in busy]
    return now, [draft for draft in drafts if draft.site.site_id not in busy]
