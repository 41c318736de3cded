"""Gap and yearly cap by domain and site: what the calendar year has used up, and what it leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from planner.domain.calendar import months_after
from planner.domain.case import NO_CAP, GroupInfo
from planner.intake.month.context import Context
from planner.intake.month.drafts import Draft, Part
from planner.intake.month.outcome import Why
from planner.intake.screen.history import remove_draft
from planner.intake.screen.kept import without_kept
from planner.intake.screen.pins import Neighbours
from planner.intake.tables.records import FilingRow, SiteRow
from planner.law.rules.distances import CAP, GAP

TOGETHER = "bodies_together"
"""The setting by which all bodies of a domain count as one for gap and cap."""


def apply_caps(
    context: Context, drafts: Sequence[Draft], neighbours: Neighbours
) -> tuple[list[Draft], list[GroupInfo]]:
    """Return the drafts that the yearly caps leave, and the groups for gap and cap.

    Planned on-site dates of a calendar year and published visits elsewhere in it use up that year's cap. A filed need
    (确需) or a waiver lifts it for each check of its filing; where the cap is used up only such tasks stay, and those
    that the next year may still do. Pinned tasks always stay: a published visit over the cap must show, not vanish.
    A waiver lifts the cap of an unannounced check also where this month's own checks use it up: it comes after them.
    """
    by_group: dict[tuple[str, str, str], list[Draft]] = defaultdict(list)
    near: dict[tuple[str, str], list[tuple[str, set[date]]]] = defaultdict(list)
    for (at, of, whose), days in neighbours.items():
        near[at, of].append((whose, days))
    out = []
    for draft in drafts:
        if draft.capped:
            by_group[group_key(context, draft.site.site_id, draft.domain, draft.parent)].append(draft)
        else:
            out.append(draft)
    groups = []
    for (site, domain, body), found in sorted(by_group.items()):
        gap, cap = _limits(context, site, domain, found)
        known = set(context.lookups.own_dates(site, domain, body))
        for whose, days in near.get((site, domain), ()):
            known |= days if not body or whose in ("", body) else set()
        stays, quotas = found, (NO_CAP, NO_CAP)
        if cap:
            used, used_next = (sum(day.year == context.first.year + n for day in known) for n in (0, 1))
            quotas = max(0, cap - used), max(0, cap - used_next)
            full = used >= cap or used_next >= cap
            stays = [_lifted(context, draft) if full or draft.unannounced else draft for draft in found]
            stays, gone = _within_cap(context, stays, quotas)
            why = _used_up(used, cap, max(known, default=None))
            for draft in gone:
                remove_draft(context, draft, CAP.id, why)
        window = context.set_aside.windows.get((site, domain, body))
        if window:
            stays = without_kept(context, stays, window, gap, quotas[0])
        out += stays
        if stays and (gap or cap):
            held = sorted(day for day in known if _reaches(context, day, gap))
            groups.append(GroupInfo(site, domain, gap, quotas[0], tuple(held), quotas[1], body))
    return sorted(out, key=lambda d: d.order), groups


def group_key(context: Context, site: str, domain: str, parent: str) -> tuple[str, str, str]:
    """Return what a check counts for: site, domain, and its body where a town team and the district's bureau of one
    domain count apart.
    """
    return site, domain, "" if context.settings.switch(TOGETHER) else parent


def _lifted(context: Context, draft: Draft) -> Draft:
    return replace(draft, needed=draft.needed or _waived(context, CAP.id, [draft]))


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
    return reasoned and context.law.switch(CAP.id, "lifted_by_necessity", domain)


def cap_used_before(context: Context, part: Part, site: SiteRow, day: date) -> Why | None:
    """Return why a list frozen on `day` leaves the site out: its yearly cap was used up, and no need is filed."""
    grade = context.lookups.grade(site.site_id, part.domain, day)
    cap = context.law.months("checks_per_year", "checks_per_year_by_grade", CAP.id, part.domain, grade)
    lifted = lifts_cap(context, part.filing, part.domain)
    if not cap or lifted or part.filing.source in context.law.words(CAP.id, "triggered_sources", part.domain):
        return None
    dates = context.lookups.own_dates(*group_key(context, site.site_id, part.domain, part.parent))
    used = sum(past.year == day.year and past < day for past in dates)
    agencies, filings = (part.unit, part.parent), (part.filing.filing_id,)
    if used < cap or context.waivers.lifts(CAP.id, site=site.site_id, agencies=agencies, filings=filings):
        return None
    return _used_up(used, cap, max((past for past in dates if past < day), default=None))


def _used_up(used: int, cap: int, last: date | None) -> Why:
    return Why(
        f"今年已计划到场 {used} 次，上限 {cap} 次，未填确需",
        f"{used} of {cap} planned visits this year are used, and no need is filed",
        last,
    )


def _limits(context: Context, site: str, domain: str, found: Sequence[Draft]) -> tuple[int, int]:
    grade = context.lookups.grade(site, domain, context.first)
    gap = context.law.months("gap_months", "gap_months_by_grade", GAP.id, domain, grade)
    cap = context.law.months("checks_per_year", "checks_per_year_by_grade", CAP.id, domain, grade)
    if gap and _waived(context, GAP.id, found):
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
