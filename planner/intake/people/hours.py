"""Hours of the day: a site's quiet hours on the planner's quarters, and checks that keep off hours of business."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from planner.domain.case import DAY_QUARTERS, QUARTER_MINUTES, BoolArray
from planner.domain.case_builder import quarters_of
from planner.domain.roster import HALF_QUARTERS, Clock
from planner.intake.month.context import Context
from planner.intake.month.drafts import Draft
from planner.intake.tables.records import SiteRow
from planner.law.rules.hours import BUSINESS_HOURS

STEP = "start_step_minutes"


def quarters_within(hours: Sequence[tuple[int, int]], clock: Clock) -> BoolArray:
    """Return [24]: the quarter-hours of the working day that `hours`, minutes of the day (from, to), touch."""
    half = np.arange(HALF_QUARTERS) * QUARTER_MINUTES
    begins = np.concatenate([clock.morning + half, clock.afternoon + half])
    touched = np.zeros(DAY_QUARTERS, dtype=np.bool_)
    for first, last in hours:
        touched |= (begins < last) & (first < begins + QUARTER_MINUTES)
    return touched


def longest_visit(barred: BoolArray, step: int) -> int:
    """Return the most quarter-hours that a visit keeping off `barred` [24] can last, by rule `visit.hours`.

    It starts at a multiple of `step` within its half-day; only one longer than a half-day runs across the break.
    """
    return _longest_visit(barred.tobytes(), step)


@lru_cache(maxsize=10_000)
def _longest_visit(barred_bytes: bytes, step: int) -> int:
    """Return what `longest_visit` does; most sites keep off the same hours."""
    barred = np.frombuffer(barred_bytes, dtype=np.bool_)
    best = 0
    for start in range(DAY_QUARTERS):
        if start % HALF_QUARTERS % step:
            continue
        ahead = np.flatnonzero(barred[start:])
        free = int(ahead[0]) if len(ahead) else DAY_QUARTERS - start
        in_half = min(free, HALF_QUARTERS - start % HALF_QUARTERS)
        best = max(best, in_half, free if free > HALF_QUARTERS else 0)
    return best


def start_step(context: Context) -> int:
    """Return the grid of starts in quarter-hours."""
    return context.settings.number(STEP) // QUARTER_MINUTES


def is_public_venue(context: Context, site: SiteRow) -> bool:
    """Return whether the site is a public gathering place (公众聚集场所), by its industry or tags."""
    words = context.law.words
    return site.industry in words(BUSINESS_HOURS.id, "industries") or bool(
        words(BUSINESS_HOURS.id, "tags") & set(site.tags)
    )


def business_quarters(context: Context, site: SiteRow) -> BoolArray:
    """Return [24]: hours of business, which are the quiet hours that a public gathering place has registered."""
    hours = site.quiet_hours if is_public_venue(context, site) else ()
    return quarters_within(hours, context.settings.clock)


def keep_off_business_hours(context: Context, drafts: Sequence[Draft]) -> list[Draft]:
    """Mark fire's planned checks at public gathering places (A03-3.4.3b), unless a waiver lifts it.

    One that is longer than what lies together outside business hours is told.
    """
    out, domains = [], context.law.words(BUSINESS_HOURS.id, "domains")
    for draft in drafts:
        site = draft.site
        asked = draft.domain in domains and bool(site.quiet_hours) and is_public_venue(context, site)
        if asked and not context.waivers.lifts(
            BUSINESS_HOURS.id, site=site.site_id, agencies=(draft.unit, draft.parent), filings=draft.filing_ids
        ):
            draft = replace(draft, outside_hours=True)
            _tell_no_room(context, draft)
        out.append(draft)
    return out


def _tell_no_room(context: Context, draft: Draft) -> None:
    most = longest_visit(business_quarters(context, draft.site), start_step(context))
    needed = stay_quarters(context, draft)
    if needed > most:
        context.notes.find(
            "law.business-all-day",
            draft.site.ref,
            column="quiet_hours",
            domain=draft.domain,
            subjects=(draft.site.site_id, draft.unit),
            site=draft.site.name,
            unit=context.lookups.agencies[draft.unit].name,
            most=most,
            needed=needed,
        )


def stay_quarters(context: Context, draft: Draft) -> int:
    """Return how long the task alone takes: set-up and items."""
    return quarters_of(context.lookups.agencies[draft.unit].setup_minutes) + quarters_of(draft.minutes)


def first_day_shares(context: Context, drafts: Sequence[Draft]) -> list[Draft]:
    """Return the drafts, a stay longer than a day cut to its first day where an item may span days.

    The days after it are out of scope, and one that may not span days has no day at all: both are told, once per
    filings, unit and length.
    """
    out: list[Draft] = []
    told: dict[tuple[str, tuple[str, ...], int], list[Draft]] = {}
    for draft in drafts:
        stay = stay_quarters(context, draft)
        if stay > DAY_QUARTERS:
            spans = any(item.multi_day for item in draft.items)
            code = "law.multi-day" if spans else "law.long-stay"
            told.setdefault((code, draft.filing_ids, stay), []).append(draft)
            room = (DAY_QUARTERS - (stay - quarters_of(draft.minutes))) * QUARTER_MINUTES
            draft = replace(draft, day_share=room) if spans and room > 0 else draft
        out.append(draft)
    for (code, filings, stay), found in sorted(told.items(), key=lambda entry: entry[0]):
        context.notes.find(
            code,
            found[0].filings[0].ref,
            column="items",
            domain=found[0].domain,
            subjects=(*filings, *(draft.site.site_id for draft in found[:5])),
            filing="、".join(filings),
            count=len(found),
            minutes=stay * QUARTER_MINUTES,
            most=DAY_QUARTERS * QUARTER_MINUTES,
        )
    return out
