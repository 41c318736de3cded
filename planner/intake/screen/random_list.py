"""Items on the random list: drawn by ratio, with no specials and sweeps beside the draw."""

from __future__ import annotations

from planner.intake.month.context import Context
from planner.intake.month.outcome import Why
from planner.intake.tables.records import FilingRow, ItemRow
from planner.rulebook.offices import FIRE
from planner.rulebook.registry import Role, implements

WHOLE = 10_000
BESIDE = Why("随机抽查清单内的事项不另搞专项和全覆盖巡查", "items on the random list get no extra special or sweep")


def screen_random_list(context: Context, filing: FilingRow, domain: str) -> bool:
    """Return whether anything of the filing stays; what is refused, or not drawn although it should be, is told."""
    rows = [context.lookups.items[i] for i in sorted(set(filing.items)) if i in context.lookups.items]
    refused = [row for row in rows if beside_the_draw(context, filing, row) is not None]
    if rows and len(refused) == len(rows):
        _refuse(context, filing, domain, ())
        return False
    if refused:
        _refuse(context, filing, domain, [row.item_id for row in refused])
    at_will = [row for row in rows if row not in refused and _picked(context, filing, row)]
    if at_will:
        about = {"filing": filing.filing_id, "items": "、".join(row.item_id for row in at_will)}
        named = context.lookups.item_domain[at_will[0].item_id]
        context.notes.find("law.random-not-drawn", filing.ref, column="ratio", domain=named, **about)
    return True


def _refuse(context: Context, filing: FilingRow, domain: str, items: tuple[str, ...] | list[str]) -> None:
    which = f"事项 {'、'.join(items)}：" if items else ""
    about = {"filing": filing.filing_id, "why_zh": which + BESIDE.zh, "why_en": BESIDE.en}
    context.notes.find("law.special-refused", filing.ref, column="items", domain=domain, **about)
    context.notes.remove(
        "special.random",
        BESIDE,
        domain=domain,
        unit=filing.agency_id,
        filings=(filing.filing_id,),
        items=items or filing.items,
    )


@implements("special.random", Role.INTAKE)
def beside_the_draw(context: Context, filing: FilingRow, item: ItemRow) -> Why | None:
    """Random-list fields get no extra specials and sweeps (A01-3.4.5a); fire's campaigns all fold into the draw
    (A03-4.1b), its yearly checks by grade are none. Any scope that is neither drawn nor listed site by site is a sweep.

    What is deployed from above or asked by law is not the district's to refuse. A waiver lifts the rule.
    """
    domain = context.lookups.item_domain[item.item_id]
    if filing.source != "own" or filing.ratio or domain not in context.law.words("special.random", "domains"):
        return None
    if filing.kind == "special":
        beside = item.list_ == "random" or domain == FIRE
    else:
        by_grade = domain == FIRE and bool(filing.frequency)
        swept = bool(filing.scope.terms) and not filing.sites and not by_grade
        beside = filing.kind == "daily" and swept and item.list_ == "random"
    if not beside or filing.mode != "on_site":
        return None
    agencies = (filing.agency_id, context.lookups.parents.get(filing.agency_id, ""))
    lifted = context.waivers.lifts("special.random", site="", agencies=agencies, filings=(filing.filing_id,))
    return None if lifted else BESIDE


def _picked(context: Context, filing: FilingRow, item: ItemRow) -> bool:
    """Return whether a random-list item is checked at chosen sites, or everywhere, where the annex has it drawn."""
    domain = context.lookups.item_domain[item.item_id]
    if item.list_ != "random" or domain not in context.law.words("special.random", "by_ratio_domains"):
        return False
    if filing.source != "own" or filing.mode != "on_site" or filing.kind == "joint":
        return False
    if domain == FIRE and filing.frequency:
        return False
    ratio = dict(filing.ratio)
    everywhere = ratio.get("*") == WHOLE or (len(ratio) > 1 and min(ratio.values()) == WHOLE)
    return everywhere if ratio else filing.kind != "random"
