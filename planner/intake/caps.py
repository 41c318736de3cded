"""Gap and yearly cap by domain and site: what the calendar year has used up, and what it leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from planner.domain.calendar import months_after
from planner.domain.case import NO_CAP, GroupInfo
from planner.intake.context import Context
from planner.intake.drafts import Draft, Part
from planner.intake.outcome import Why
from planner.intake.pins import Neighbours
from planner.intake.records import FilingRow, SiteRow
from planner.intake.screening_history import remove_draft


def apply_caps(
    context: Context, drafts: Sequence[Draft], neighbours: Neighbours
) -> tuple[list[Draft], list[GroupInfo]]:
    """Return the drafts that the yearly caps leave, and the groups for gap and cap.

    Planned on-site dates of a calendar year and published visits elsewhere in it use up that year's cap. A filed need
    (确需) or a waiver lifts it for each check of its filing; where the cap is used up only such tasks stay, and those
    that the next year may still do. Pinned tasks always stay: a published visit over the cap must show, not vanish.
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
        known = {*dates, *neighbours.get((site, domain), ())}
        stays, quotas = found, (NO_CAP, NO_CAP)
        if cap:
            used, used_next = (sum(day.year == context.first.year + n for day in known) for n in (0, 1))
            quotas = max(0, cap - used), max(0, cap - used_next)
            stays = [_lifted(context, draft) for draft in found] if used >= cap or used_next >= cap else found
            stays, gone = _within_cap(context, stays, quotas)
            why = _used_up(used, cap)
            for draft in gone:
                remove_draft(context, draft, "cap.domain", why)
        out += stays
        if stays and (gap or cap):
            near = sorted(day for day in known if _reaches(context, day, gap))
            groups.append(GroupInfo(site, domain, gap, quotas[0], tuple(near), quotas[1]))
    return sorted(out, key=lambda d: d.order), groups


def _lifted(context: Context, draft: Draft) -> Draft:
    return replace(draft, needed=draft.needed or _waived(context, "cap.domain", [draft]))


def _within_cap(context: Context, drafts: Sequence[Draft], quotas: tuple[int, int]) -> tuple[list[Draft], list[Draft]]:
    """Return the drafts that the caps of this year and the next leave a date, and the others."""
    years_end = date(context.first.year, 12, 31)
    stays: list[Draft] = []
    gone: list[Draft] = []
    for draft in drafts:
        # Holidays of the next year are no dates, and what follows fire's visit has none but that of the visit.
        last = draft.waits_until or min(draft.window[1], context.last)
        next_year = last > years_end and quotas[1] > 0
        (stays if quotas[0] > 0 or next_year or draft.needed or draft.pinned else gone).append(draft)
    return stays, gone


def lifts_cap(context: Context, filing: FilingRow, domain: str) -> bool:
    """Return whether the filing says that its checks are needed (确需) beyond the yearly cap of `domain`, and why."""
    reasoned = filing.needed and bool(filing.necessity)
    return reasoned and context.law.switch("cap.domain", "lifted_by_necessity", domain)


def cap_used_before(context: Context, part: Part, site: SiteRow, day: date) -> Why | None:
    """Return why a list frozen on `day` leaves the site out: its yearly cap was used up, and no need is filed."""
    grade = context.lookups.grade(site.site_id, part.domain, day)
    cap = context.law.months("checks_per_year", "checks_per_year_by_grade", "cap.domain", part.domain, grade)
    lifted = lifts_cap(context, part.filing, part.domain)
    if not cap or lifted or part.filing.source in context.law.words("cap.domain", "triggered_sources", part.domain):
        return None
    dates = context.lookups.planned_dates(site.site_id, part.domain)
    used = sum(past.year == day.year and past < day for past in dates)
    agencies, filings = (part.unit, part.parent), (part.filing.filing_id,)
    if used < cap or context.waivers.lifts("cap.domain", site=site.site_id, agencies=agencies, filings=filings):
        return None
    return _used_up(used, cap)


def _used_up(used: int, cap: int) -> Why:
    return Why(
        f"今年已计划到场 {used} 次，上限 {cap} 次，未填确需",
        f"{used} of {cap} planned visits this year are used, and no need is filed",
    )


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
