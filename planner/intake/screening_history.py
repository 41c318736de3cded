"""What earlier checks have already done: own checks, off-site checks, the city's results, triggered checks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from planner.domain.calendar import add_months, months_after
from planner.intake.context import Context
from planner.intake.drafts import Draft
from planner.intake.lookups import REAL_RESULTS
from planner.intake.outcome import Why
from planner.intake.records import ItemRow
from planner.rulebook.registry import Role, implements


def screen_history(context: Context, drafts: Iterable[Draft]) -> list[Draft]:
    """Return the drafts that earlier checks leave to do, with the items that are left; removals are recorded."""
    kept = []
    for draft in drafts:
        left = draft
        for rule, screen in (
            ("task.once", done_already),
            ("offsite.first", off_site_sufficed),
            ("recognition", recognised),
            ("absorption", absorbed),
        ):
            found = screen(context, left)
            if found is not None:
                left = _without(context, left, rule, found)
            if not left.items:
                break
        if left.items:
            kept.append(_on_site_after_problem(context, left))
    return kept


Covered = tuple[frozenset[str], Why]
"""Item ids that need no task any more, and why."""


def _without(context: Context, draft: Draft, rule: str, covered: Covered) -> Draft:
    gone, why = covered
    remove_draft(context, draft, rule, why, [item for item in draft.items if item.item_id in gone])
    return replace(draft, items=tuple(item for item in draft.items if item.item_id not in gone))


def remove_draft(context: Context, draft: Draft, rule: str, why: Why, items: Iterable[ItemRow] | None = None) -> None:
    """Record that `rule` removes the draft, or some of its items."""
    context.notes.remove(
        rule,
        why,
        domain=draft.domain,
        unit=draft.unit,
        filings=draft.filing_ids,
        site=draft.site.site_id,
        items=[item.item_id for item in (draft.items if items is None else items)],
    )


def done_already(context: Context, draft: Draft) -> Covered | None:
    """Items that the same body has checked within the filing's window; frequencies count theirs elsewhere."""
    if any(filing.frequency and not draft.drawn for filing in draft.filings):
        return None
    gone: set[str] = set()
    last = None
    for past in context.lookups.at(draft.site.site_id):
        if (
            past.planned
            and past.parent == draft.parent
            and past.mode == draft.mode
            and past.result in REAL_RESULTS
            and draft.window[0] <= past.date <= draft.window[1]
            and past.items & draft.item_ids
        ):
            gone |= past.items & draft.item_ids
            last = past.date
    if not gone:
        return None
    return frozenset(gone), Why(f"计划期限内已于 {last} 检查", f"done within the window on {last}")


@implements("offsite.first", Role.INTAKE)
def off_site_sufficed(context: Context, draft: Draft) -> Covered | None:
    """Items that an off-site check found clear in the filing's window or the month before it: no visit any more.

    "这一期" is read as the window and the month before it.
    """
    since = add_months(draft.window[0], -1)
    gone: set[str] = set()
    last = None
    for past in context.lookups.at(draft.site.site_id):
        if (
            past.mode == "off_site"
            and past.result == "clear"
            and past.parent == draft.parent
            and since <= past.date <= draft.window[1]
            and past.items & draft.item_ids
        ):
            gone |= past.items & draft.item_ids
            last = past.date
    if not gone:
        return None
    return frozenset(gone), Why(
        f"{last} 非现场检查未发现问题，不再到场", f"an off-site check on {last} found nothing: no visit"
    )


def _on_site_after_problem(context: Context, draft: Draft) -> Draft:
    """Return the draft, on-site where it was filed so, moved off-site, and an off-site check has found a problem."""
    if draft.mode != "off_site" or any(filing.mode == "off_site" for filing in draft.filings) or draft.domain == "A03":
        return draft
    since = add_months(draft.window[0], -1)
    for past in context.lookups.at(draft.site.site_id):
        if (
            past.mode == "off_site"
            and past.result == "problem"
            and past.parent == draft.parent
            and since <= past.date <= draft.window[1]
            and past.items & draft.item_ids
        ):
            return replace(draft, mode="on_site", rules=(*draft.rules, "offsite.first"))
    return draft


@implements("recognition", Role.INTAKE)
def recognised(context: Context, draft: Draft) -> Covered | None:
    """Items with an on-site result of city or district at the same site, where the window opens within a month after.

    City and district bodies of one line recognise each other (A01-3.1.2, A04-3.1.2, A09-3.1.2); a body's own earlier
    check is the gap's business, not recognition's.
    """
    if draft.mode != "on_site" or draft.domain not in context.law.words("recognition", "domains"):
        return None
    months = context.law.number("recognition", "months")
    opens = draft.window[0]
    gone: set[str] = set()
    last = None
    for past in context.lookups.at(draft.site.site_id):
        if (
            past.mode == "on_site"
            and past.result in REAL_RESULTS
            and past.level in ("city", "district")
            and past.parent != draft.parent
            and past.items & draft.item_ids
            and past.date <= opens <= months_after(past.date, months)
        ):
            gone |= past.items & draft.item_ids
            last = past.date
    if not gone or _waived(context, draft, "recognition"):
        return None
    return frozenset(gone), Why(f"{last} 的结果一个月内互认", f"the result of {last} is recognised for a month")


@implements("absorption", Role.INTAKE)
def absorbed(context: Context, draft: Draft) -> Covered | None:
    """All items, where a triggered on-site check of the same body covers them and the task is due within a month."""
    if draft.mode != "on_site" or draft.domain not in context.law.words("absorption", "domains"):
        return None
    months = context.law.number("absorption", "months")
    for past in context.lookups.at(draft.site.site_id):
        if (
            not past.planned
            and past.mode == "on_site"
            and past.result in REAL_RESULTS
            and past.parent == draft.parent
            and draft.item_ids <= past.items
            and past.date <= draft.window[1] <= months_after(past.date, months)
            and not _waived(context, draft, "absorption")
        ):
            why = Why(f"{past.date} 的触发式检查已覆盖", f"the triggered check of {past.date} covers it")
            return draft.item_ids, why
    return None


def _waived(context: Context, draft: Draft, rule: str) -> bool:
    return context.waivers.lifts(
        rule, site=draft.site.site_id, agencies=(draft.unit, draft.parent), filings=draft.filing_ids
    )
