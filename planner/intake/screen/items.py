"""Screening the items of a filing, and splitting those that stay into parts that one task can hold."""

from __future__ import annotations

from collections import defaultdict

from planner.intake.month.context import Context
from planner.intake.month.drafts import Part, sorted_items
from planner.intake.month.lookups import NO_ANNEX
from planner.intake.month.outcome import Why
from planner.intake.screen.random_list import beside_the_draw
from planner.intake.tables.records import FilingRow, ItemRow
from planner.rulebook.offices import FIRE
from planner.rulebook.registry import Role, implements


def parts_of(context: Context, filing: FilingRow) -> tuple[Part, ...]:
    """Return the filing's parts, sorted by domain, mode, fire and skill, after dropping what may not be inspected."""
    kept = [item for item in _items(context, filing) if _may_inspect(context, filing, item)]
    lookups = context.lookups
    groups: dict[tuple[str, str, bool, bool], list[ItemRow]] = defaultdict(list)
    for item in kept:
        domain = lookups.item_domain[item.item_id]
        mode, fallback = mode_of(context, filing, item, domain)
        if mode == "on_site" and (why := quiet_item(context, filing, item, domain)) is not None:
            about = {"filing": filing.filing_id, "item": item.item_id}
            context.notes.find("law.quiet-item", filing.ref, column="items", value=item.item_id, domain=domain, **about)
            context.notes.remove(
                "quiet.item",
                why,
                domain=domain,
                unit=filing.agency_id,
                filings=(filing.filing_id,),
                items=(item.item_id,),
            )
            continue
        groups[domain, mode, fallback, item.fire and domain != FIRE].append(item)
    parts = []
    for (domain, mode, fallback, fire_items), items in sorted(groups.items()):
        for skill, together in _by_skill(items):
            parts.append(
                Part(
                    filing=filing,
                    unit=filing.agency_id,
                    parent=lookups.parents.get(filing.agency_id, filing.agency_id),
                    domain=domain,
                    items=sorted_items(together),
                    mode=mode,
                    skill=skill,
                    fire_items=fire_items,
                    fallback=fallback,
                )
            )
    if not parts:
        context.notes.find(
            "law.no-items", filing.ref, column="items", domain=lead_domain(context, filing), filing=filing.filing_id
        )
    return tuple(parts)


def lead_domain(context: Context, filing: FilingRow) -> str:
    """Return the domain whose grades the filing's scope, ratio and frequency go by.

    That of the agency, where one of the items is under it, else the first of the items' domains.
    """
    found = {context.lookups.item_domain[item.item_id] for item in _items(context, filing)}
    own = context.lookups.agency_domain.get(filing.agency_id, NO_ANNEX)
    return own if own in found or not found else min(found)


def _items(context: Context, filing: FilingRow) -> list[ItemRow]:
    return [context.lookups.items[item] for item in sorted(set(filing.items)) if item in context.lookups.items]


def _by_skill(items: list[ItemRow]) -> list[tuple[str, list[ItemRow]]]:
    """Split by skill; items that need none go with the first skill's crew, who do them on the same stay."""
    skills = sorted({item.skill for item in items if item.skill}) or [""]
    return [(s, [i for i in items if i.skill == s or (not i.skill and s == skills[0])]) for s in skills]


def _may_inspect(context: Context, filing: FilingRow, item: ItemRow) -> bool:
    domain = context.lookups.item_domain[item.item_id]
    about = {"filing": filing.filing_id, "item": item.item_id}
    owner = foreign_owner(context, filing, item)
    if owner:
        context.notes.find(
            "law.item-of-another", filing.ref, column="items", value=item.item_id, domain=domain, owner=owner, **about
        )
        return False
    if beside_the_draw(context, filing, item) is not None:
        return False
    if (strict := unclaimed(context, item, domain)) is not None:
        code = "law.item-unclaimed" if strict else "law.item-unclaimed-soft"
        context.notes.find(code, filing.ref, column="items", value=item.item_id, domain=domain, **about)
        if strict:
            _removed(context, "library.claimed", filing, item, domain, Why("事项未认领备案", "the item is not claimed"))
            return False
    if without_basis(filing, item):
        context.notes.find("law.no-basis", filing.ref, column="basis", domain=domain, **about)
        _removed(context, "library.basis", filing, item, domain, Why("没有法定依据", "no legal basis"))
        return False
    return True


def _removed(context: Context, rule: str, filing: FilingRow, item: ItemRow, domain: str, why: Why) -> None:
    context.notes.remove(
        rule, why, domain=domain, unit=filing.agency_id, filings=(filing.filing_id,), items=(item.item_id,)
    )


def foreign_owner(context: Context, filing: FilingRow, item: ItemRow) -> str:
    """Return the agency in whose library the item is, where it is not the filing one's: a plan is from the own list.

    Sections use their body's library. A town team may carry items handed down by a department (A01-4.1.1a, D-2.6f).
    """
    agency = context.lookups.agencies.get(filing.agency_id)
    parents = context.lookups.parents
    if agency is None or agency.level == "town":
        return ""
    same = parents.get(item.agency_id, item.agency_id) == parents.get(filing.agency_id, filing.agency_id)
    return "" if same else item.agency_id


@implements("library.claimed", Role.INTAKE)
def unclaimed(context: Context, item: ItemRow, domain: str) -> bool | None:
    """Return None for an item that may be inspected, True where it is barred, False where it is frowned upon."""
    if item.claimed == "claimed":
        return None
    if item.claimed == "temporary" and context.law.switch("library.claimed", "temporary_allowed", domain):
        return None
    return context.law.switch("library.claimed", "strict", domain)


@implements("library.basis", Role.INTAKE)
def without_basis(filing: FilingRow, item: ItemRow) -> bool:
    """Return whether neither filing nor item names a legal basis: such a check is cancelled (D-3.4b)."""
    return not (filing.basis or item.basis)


@implements("quiet.item", Role.INTAKE)
def quiet_item(context: Context, filing: FilingRow, item: ItemRow, domain: str) -> Why | None:
    """Items on the quiet list are not checked on-site, but for the exceptions of the domain's annex (D-2.5b)."""
    if item.item_id not in context.lookups.quiet_items:
        return None
    exceptions = context.law.words("quiet.item", "exceptions", domain)
    if filing.source == "above" and "above" in exceptions:
        return None
    if item.explicit_law and "law" in exceptions:
        return None
    return Why("无事不扰事项不主动到场", "an item on the quiet list is not checked on-site")


@implements("offsite.first", Role.INTAKE)
def mode_of(context: Context, filing: FilingRow, item: ItemRow, domain: str) -> tuple[str, bool]:
    """Return how the item is checked, and whether that is off-site although it was filed on-site.

    What can be done off-site makes no entry where the annex says so (A01-3.4.1b and its parallels); fire does so for
    items on its quiet list only (A03-3.4.2).
    """
    if filing.mode != "on_site":
        return filing.mode, False
    if not item.off_site_possible:
        return "on_site", False
    quiet_only = domain in context.law.words("offsite.first", "quiet_only_domains")
    if domain in context.law.words("offsite.first", "domains") or (
        quiet_only and item.item_id in context.lookups.quiet_items
    ):
        return "off_site", True
    return "on_site", False
