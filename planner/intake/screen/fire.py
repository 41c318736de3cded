"""Fire exclusivity: where fire has checked, or is about to, nobody else comes for fire items on their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planner.intake.month.context import Context
from planner.intake.month.drafts import Draft
from planner.intake.month.outcome import Why
from planner.intake.screen.history import remove_draft
from planner.intake.screen.pins import Neighbours
from planner.law.rules.company import FIRE_FIRST
from planner.rulebook.offices import FIRE


def apply_fire_exclusivity(
    context: Context, now: Sequence[Draft], later: set[str], neighbours: Neighbours
) -> list[Draft]:
    """Return the month's drafts with other agencies' fire items removed or tied to fire's visit (A03-3.1c).

    Removed where fire's visit of this calendar year is past or published, or filed for after the month at the sites
    `later`; tied where it is open this month; ordinary where fire has nothing there this year.
    """
    year = context.first.year
    published = {draft.site.site_id for draft in now if draft.fire and draft.pinned}
    published |= {
        site for (site, domain, _), days in neighbours.items() if domain == FIRE for d in days if d.year == year
    }
    open_now = {draft.site.site_id for draft in now if draft.fire}
    kept = []
    for draft in now:
        site = draft.site.site_id
        if not draft.fire_items or draft.mode != "on_site":
            kept.append(draft)
            continue
        past = [day for day in context.lookups.planned_dates(site, FIRE) if day.year == year]
        if past and not draft.pinned:
            why = Why(f"消防部门今年已于 {past[-1]} 检查", f"fire checked here on {past[-1]} this year", past[-1])
            remove_draft(context, draft, FIRE_FIRST.id, why, annex=FIRE)
        elif site in published and not draft.pinned:
            why = Why("消防部门今年的检查已公布", "fire's visit of this year is published")
            remove_draft(context, draft, FIRE_FIRST.id, why, annex=FIRE)
        elif site in open_now:
            kept.append(replace(draft, follows_fire=True, waits_until=None))
        elif site in later and not draft.pinned:
            why = Why("消防部门今年另有计划，届时随同", "fire's own check is filed for later this year")
            remove_draft(context, draft, FIRE_FIRST.id, why, annex=FIRE)
        else:
            kept.append(draft)
    return kept
