"""Pins: published or fixed visits. Those of the month bind tasks; those outside it are neighbours for gap and cap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from planner.domain.case import Strength
from planner.intake.month.context import Context
from planner.intake.month.drafts import Draft
from planner.intake.month.lookups import NO_ANNEX, is_closed
from planner.intake.tables.records import PinRow, Tables

Neighbours = dict[tuple[str, str, str], set[date]]
"""(site, domain, parent agency) → dates of published visits outside the month; the agency is "" where nobody knows."""


def apply_pins(
    context: Context, tables: Tables, drafts: Sequence[Draft], open_days: Sequence[date]
) -> tuple[list[Draft], Neighbours]:
    """Return the drafts with their pins, and the published visits outside the month.

    A pin binds the tasks of its filing, else all tasks of its agency (or of its sections), at the site: those whose
    windows hold the date, else all of them. A pin that binds nothing is a finding.
    """
    by_site: dict[str, list[int]] = defaultdict(list)
    for place, draft in enumerate(drafts):
        by_site[draft.site.site_id].append(place)
    out, neighbours = list(drafts), defaultdict(set)
    days = set(open_days)
    for pin in sorted(tables.pins, key=lambda p: p.pin_id):
        if not context.first <= pin.date <= context.last:
            for domain in _domains(context, pin):
                parent = context.lookups.parents.get(pin.agency_id, pin.agency_id)
                neighbours[pin.site_id, domain, parent].add(pin.date)
            continue
        bound = _bound(pin, out, by_site.get(pin.site_id, []))
        about = {"pin": pin.pin_id, "date": pin.date.isoformat()}
        if not bound:
            context.notes.find(
                "law.pin-without-task",
                pin.ref,
                domain=_domains(context, pin)[0],
                subjects=(pin.pin_id, pin.site_id),
                site=pin.site_id,
                agency=pin.agency_id,
                **about,
            )
            continue
        site = context.lookups.sites.get(pin.site_id)
        if pin.date not in days or (site and is_closed(site, pin.date)):
            context.notes.find(
                "law.pin-closed-day",
                pin.ref,
                column="date",
                domain=_domains(context, pin)[0],
                subjects=(pin.pin_id,),
                **about,
            )
        if pin.date not in days:
            continue  # no such day in the month's case: the tasks stay free, the finding says so
        for place in bound:
            draft = out[place]
            if not draft.window[0] <= pin.date <= draft.window[1]:
                filing = "、".join(draft.filing_ids)
                context.notes.find(
                    "law.pin-outside-window",
                    pin.ref,
                    column="date",
                    domain=draft.domain,
                    subjects=(pin.pin_id,),
                    filing=filing,
                    **about,
                )
            _tell_before_code(context, pin, draft)
            out[place] = replace(draft, pinned=pin.date, strength=Strength.MANDATORY)
    return out, dict(neighbours)


def _tell_before_code(context: Context, pin: PinRow, draft: Draft) -> None:
    for name in draft.filing_ids:
        standing = context.standings.get(name)
        if standing is not None and standing.coded_on and pin.date < standing.coded_on:
            context.notes.find(
                "plan.before-code",
                pin.ref,
                column="date",
                domain=draft.domain,
                subjects=(pin.pin_id, name),
                filing=name,
                coded=standing.coded_on,
                pin=pin.pin_id,
                date=pin.date,
            )


def _bound(pin: PinRow, drafts: Sequence[Draft], places: Sequence[int]) -> list[int]:
    own = [
        place
        for place in places
        if drafts[place].mode == "on_site"
        and pin.agency_id in (drafts[place].unit, drafts[place].parent)
        and (not pin.filing_id or pin.filing_id in drafts[place].filing_ids)
    ]
    return [place for place in own if drafts[place].window[0] <= pin.date <= drafts[place].window[1]] or own


def _domains(context: Context, pin: PinRow) -> list[str]:
    """Return the domains that a pin is about: those of its filing's items, else its agency's."""
    if pin.filing_id in context.filings:
        items = context.filings[pin.filing_id].items
        return sorted({context.lookups.item_domain[item] for item in items if item in context.lookups.item_domain})
    return [context.lookups.agency_domain.get(pin.agency_id, NO_ANNEX)]
