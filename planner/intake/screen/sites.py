"""Screening sites for a part of a filing: each rule says why the site makes no on-site task, or None."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from planner.intake.month.context import Context
from planner.intake.month.drafts import Part
from planner.intake.month.outcome import Why
from planner.intake.screen.held import held_site, ungraded
from planner.intake.tables.records import ItemRow, SiteRow
from planner.law.rules.dates import BLACKOUT
from planner.rulebook.offices import FIRE
from planner.rulebook.registry import Role, implements

STATUS = {
    "closed": Why("对象已注销", "the site is closed for good"),
    "suspended": Why("对象停业", "the site is out of business at present"),
}
OUT_OF_TOWN_TAGS = ("外省市", "外地")


def part_at(context: Context, part: Part, site: SiteRow, day: date) -> Part | None:
    """Return the part with the items that it may check at `site`, None where there are none; removals are recorded.

    `day` is the date whose grades and lists count: the first of the month, or where the filing is drawn the first of
    its window, whose list is frozen then.
    """
    for rule, why in (
        ("scope.excluded", not_a_business_here(site)),
        ("town.territory", outside_town(context, part, site)),
        ("fire.scope", not_a_key_fire_unit(context, part, site)),
        ("special.with-clue", without_clue(context, part, site)),
        (BLACKOUT.id, held_site(context, site) if part.mode == "on_site" else None),
        *filter(None, (ungraded(context, part, site),)),
    ):
        if why is not None:
            remove(context, rule, why, part, site)
            return None
    if part.mode == "off_site":
        return part
    return _unless_quiet(context, part, site, day)


def remove(
    context: Context, rule: str, why: Why, part: Part, site: SiteRow, items: tuple[ItemRow, ...] | None = None
) -> None:
    """Record that `rule` removes the part (or some of its items) at `site`."""
    context.notes.remove(
        rule,
        why,
        domain=part.domain,
        unit=part.unit,
        filings=(part.filing.filing_id,),
        site=site.site_id,
        items=[item.item_id for item in (part.items if items is None else items)],
    )


def not_a_business_here(site: SiteRow) -> Why | None:
    """Closed or suspended sites, and entities of other provinces (out of scope in all annexes that have a list)."""
    if site.status in STATUS:
        return STATUS[site.status]
    if any(tag in OUT_OF_TOWN_TAGS for tag in site.tags):
        return Why("外省市经营主体不纳入", "an entity of another province is out of scope")
    return None


@implements("town.territory", Role.INTAKE)
def outside_town(context: Context, part: Part, site: SiteRow) -> Why | None:
    """A town team inspects in its own town only."""
    agency = context.lookups.agencies.get(part.unit)
    if agency is None or agency.level != "town":
        return None
    if context.lookups.name("town", agency.town) == context.lookups.name("town", site.town):
        return None
    return Why(
        f"{agency.name}只在{agency.town or '本街镇'}检查", f"{agency.name} inspects in {agency.town or 'its town'}"
    )


@implements("fire.scope", Role.INTAKE)
def not_a_key_fire_unit(context: Context, part: Part, site: SiteRow) -> Why | None:
    """Fire's planned checks cover key fire-safety units only (A03-2.1)."""
    if part.domain != FIRE or context.law.text("fire.scope", "tag") in site.tags:
        return None
    return Why("不是消防安全重点单位", "not a key fire-safety unit")


@implements("special.with-clue", Role.INTAKE)
def without_clue(context: Context, part: Part, site: SiteRow) -> Why | None:
    """Labour specials only at enterprises whose case or clue is older than the special (A10-3.2.1b)."""
    if part.filing.kind != "special" or part.domain not in context.law.words("special.with-clue", "domains"):
        return None
    for past in context.lookups.at(site.site_id):
        if not past.planned and past.parent == part.parent and past.date < part.filing.window_from:
            return None
    return Why("专项启动前没有案件或线索", "no case or clue from before the special")


def _unless_quiet(context: Context, part: Part, site: SiteRow, day: date) -> Part | None:
    """Return the part with the items that may be checked on-site even if the site is quiet, None where none may."""
    why = quiet_site(context, part, site, day)
    if why is None:
        return part
    explicit = "law" in context.law.words("quiet.site", "exceptions", part.domain)
    kept = tuple(item for item in part.items if explicit and item.explicit_law)
    off_site: tuple[ItemRow, ...] = ()
    if part.domain in context.law.words("offsite.first", "quiet_only_domains"):
        off_site = tuple(item for item in part.items if item.off_site_possible and item not in kept)
    if off_site and not kept:
        gone = tuple(item for item in part.items if item not in off_site)
        if gone:
            remove(context, "quiet.site", why, part, site, gone)
        return replace(part, items=off_site, mode="off_site", fallback=True)
    gone = tuple(item for item in part.items if item not in kept)
    if gone:
        remove(context, "quiet.site", why, part, site, gone)
    return replace(part, items=kept) if kept else None


@implements("quiet.site", Role.INTAKE)
def quiet_site(context: Context, part: Part, site: SiteRow, day: date) -> Why | None:
    """Sites on the quiet list, or of a grade that counts as listed, are not visited proactively (D-2.4b).

    Exceptions by annex: deployed from above, sampling of key sites (A07-5.2c). Items that law explicitly asks for are
    kept by the caller.
    """
    if not is_quiet(context, part.domain, site, day):
        return None
    exceptions = context.law.words("quiet.site", "exceptions", part.domain)
    if part.above and "above" in exceptions:
        return None
    if "key" in exceptions and part.filing.ratio and context.lookups.is_key(site.site_id, part.domain):
        return None
    return Why("无感监管对象不主动到场", "a quiet site is not visited proactively")


def is_quiet(context: Context, domain: str, site: SiteRow, day: date) -> bool:
    """Return whether the site is quiet on `day`, by list or by grade; a list that begins within the month counts."""
    last = context.last if day == context.first else day
    return context.lookups.is_quiet(site.site_id, domain, day, last) or quiet_by_grade(context, domain, site, day)


def quiet_by_grade(context: Context, domain: str, site: SiteRow, day: date) -> bool:
    """Return whether the site's grade puts it on the quiet list, tags considered (A03-3.2.4a)."""
    grades = context.law.words("quiet.site", "grades", domain)
    if not grades or context.lookups.grade(site.site_id, domain, day) not in grades:
        return False
    needed = context.law.words("quiet.site", "with_tags", domain)
    barred = context.law.words("quiet.site", "without_tags", domain)
    return needed <= set(site.tags) and not barred & set(site.tags)
