"""Gap and yearly cap by domain and site: what the calendar year has used up, and what it leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from planner.domain.calendar import months_after
from planner.domain.case import GroupInfo
from planner.intake.context import Context
from planner.intake.drafts import Draft, Part
from planner.intake.outcome import Why
from planner.intake.pins import Neighbours
from planner.intake.records import SiteRow
from planner.intake.screening_history import remove_draft

NO_CAP = 99
"""Quota of a domain without a yearly cap: more dates than a month has."""


def apply_caps(
    context: Context, drafts: Sequence[Draft], neighbours: Neighbours
) -> tuple[list[Draft], list[GroupInfo]]:
    """Return the drafts that the yearly caps leave, and the groups for gap and cap.

    Planned on-site dates of this calendar year and published visits elsewhere in it use up the cap. Each filing with a
    filed need (确需) adds one; where the cap is used up only such tasks stay. Pinned tasks always stay: a published
    visit over the cap must show, not vanish.
    """
    by_group: dict[tuple[str, str], list[Draft]] = defaultdict(list)
    out = []
    for draft in drafts:
        if draft.capped:
            by_group[draft.site.site_id, draft.domain].append(draft)
        else:
            out.append(draft)
    groups = []
    for (site, domain), found in sorted(by_group.items()):
        gap, cap = _limits(context, site, domain, found)
        dates = context.lookups.planned_dates(site, domain)
        beside = neighbours.get((site, domain), set())
        if cap:
            used = len({day for day in (*dates, *beside) if day.year == context.first.year})
            needs = {f for draft in found if draft.necessity for f in draft.filing_ids}
            waived = {draft.id for draft in found if cap <= used and _waived(context, "cap.domain", [draft])}
            quota = max(0, cap - used) + len(needs) + len(waived)
            stays = [d for d in found if cap > used or d.necessity or d.pinned or d.id in waived]
            for draft in found:
                if draft not in stays:
                    why = Why(
                        f"今年已计划到场 {used} 次，上限 {cap} 次", f"{used} of {cap} planned visits this year are used"
                    )
                    remove_draft(context, draft, "cap.domain", why)
        else:
            stays, quota = found, NO_CAP
        out += stays
        if stays and (gap or cap):
            near = sorted({day for day in (*dates, *beside) if _reaches(context, day, gap)})
            groups.append(GroupInfo(site, domain, gap, quota, tuple(near)))
    return sorted(out, key=lambda d: d.order), groups


def cap_used_before(context: Context, part: Part, site: SiteRow, day: date) -> Why | None:
    """Return why a list frozen on `day` leaves the site out: its yearly cap was used up, and no need is filed."""
    grade = context.lookups.grade(site.site_id, part.domain, day)
    cap = context.law.months("checks_per_year", "checks_per_year_by_grade", "cap.domain", part.domain, grade)
    lifted = part.filing.necessity and context.law.switch("cap.domain", "lifted_by_necessity", part.domain)
    if not cap or lifted or part.filing.source in context.law.words("cap.domain", "triggered_sources", part.domain):
        return None
    dates = context.lookups.planned_dates(site.site_id, part.domain)
    used = sum(past.year == day.year and past < day for past in dates)
    agencies, filings = (part.unit, part.parent), (part.filing.filing_id,)
    if used < cap or context.waivers.lifts("cap.domain", site=site.site_id, agencies=agencies, filings=filings):
        return None
    return Why(f"今年已计划到场 {used} 次，上限 {cap} 次", f"{used} of {cap} planned visits this year are used")


def _limits(context: Context, site: str, domain: str, found: Sequence[Draft]) -> tuple[int, int]:
    grade = context.lookups.grade(site, domain, context.first)
    gap = context.law.months("gap_months", "gap_months_by_grade", "gap.domain", domain, grade)
    cap = context.law.months("checks_per_year", "checks_per_year_by_grade", "cap.domain", domain, grade)
    if gap and _waived(context, "gap.domain", found):
        gap = 0
    return gap, cap


def _reaches(context: Context, day: date, gap: int) -> bool:
    """Return whether a check on `day` bars a day of the month or after it. Later ones bar backwards."""
    return bool(gap) and months_after(day, gap) > context.first


def _waived(context: Context, rule: str, drafts: Sequence[Draft]) -> bool:
    return any(
        context.waivers.lifts(rule, site=d.site.site_id, agencies=(d.unit, d.parent), filings=d.filing_ids)
        for d in drafts
    )
