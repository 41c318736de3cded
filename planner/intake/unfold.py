"""From filings to drafts: who is in scope, who is drawn, how often, within which window."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from planner.domain.case import Strength
from planner.draw.sites import DrawRecord
from planner.intake.caps import cap_used_before, lifts_cap
from planner.intake.context import Context
from planner.intake.drafts import RISKS, STRENGTHS, Draft, Part
from planner.intake.drawing import draw_for
from planner.intake.frequency import (
    EVERY,
    Window,
    better_grades_asked_more,
    drawn_key_items,
    fire_not_due,
    is_key_duty,
    occurrences,
    off_site_between,
)
from planner.intake.outcome import CoverageNote, Why
from planner.intake.records import FilingRow, NonceRow, SiteRow, Tables
from planner.intake.scope import sites_of
from planner.intake.screening_filings import screen_filing
from planner.intake.screening_items import lead_domain, parts_of
from planner.intake.screening_sites import part_at, quiet_by_grade, remove
from planner.intake.windows import last_open_day
from planner.rulebook.registry import Role, implements


@dataclass(slots=True)
class Unfolded:
    """All filings, unfolded."""

    drafts: list[Draft] = field(default_factory=list)
    draws: list[DrawRecord] = field(default_factory=list)
    coverage: list[CoverageNote] = field(default_factory=list)
    future: int = 0
    fire_later: set[str] = field(default_factory=set)
    """Sites that fire has filed, without a draw, for a window later this year."""


def unfold(context: Context, tables: Tables) -> Unfolded:
    """Return the drafts of every filing whose window meets the month, in an order that rows do not decide."""
    out = Unfolded()
    nonces = {(row.holder, row.month): row for row in tables.nonces}
    for filing in sorted(tables.filings, key=lambda f: f.filing_id):
        domain = lead_domain(context, filing)
        if not screen_filing(context, filing, domain):
            continue
        if filing.window_to < context.first:
            _tell_past(context, filing)
        elif filing.window_from > context.last:
            sites = sites_of(filing, context.lookups, domain, context.first)
            out.future += len(sites)
            this_year = filing.window_from.year == context.first.year
            if domain == "A03" and this_year and filing.mode == "on_site" and not filing.ratio:
                out.fire_later.update(sites)
        else:
            _unfold_filing(context, filing, domain, nonces, out)
    return out


def _tell_past(context: Context, filing: FilingRow) -> None:
    parent = context.lookups.parents.get(filing.agency_id, filing.agency_id)
    still_open = [
        site
        for site in filing.sites
        if not any(
            past.parent == parent and filing.window_from <= past.date <= filing.window_to
            for past in context.lookups.at(site)
        )
    ]
    if still_open:
        context.notes.find(
            "law.window-past",
            filing.ref,
            column="window_to",
            subjects=(filing.filing_id,),
            filing=filing.filing_id,
            until=filing.window_to,
            sites=len(filing.sites),
            open=len(still_open),
        )


def _unfold_filing(
    context: Context, filing: FilingRow, domain: str, nonces: dict[tuple[str, str], NonceRow], out: Unfolded
) -> None:
    parts = parts_of(context, filing)
    if not parts:
        return
    better_grades_asked_more(context, filing, domain)
    drawn_key_items(context, filing, parts)
    ratio = _ratio(context, filing, domain)
    if filing.kind == "random" and not (ratio or filing.frequency or filing.sites):
        why = "没有抽查比例 / no ratio"
        context.notes.find(
            "law.draw-refused", filing.ref, column="ratio", domain=domain, filing=filing.filing_id, why=why
        )
        return
    # A drawn list is frozen when its window opens; whatever changes later must not change who is drawn.
    day = filing.window_from if ratio else context.first
    ids = sites_of(filing, context.lookups, domain, day)
    if not ids:
        context.notes.find("law.scope-empty", filing.ref, column="scope", domain=domain, filing=filing.filing_id)
        return
    here: dict[str, list[Part]] = {}
    for site_id in ids:
        site = context.lookups.sites[site_id]
        found = [part_at(context, part, site, day) for part in parts]
        kept = [due for part in found if part for due in _still_due(context, part, site, day, bool(ratio))]
        if kept:
            here[site_id] = kept
    here = _graded_only(context, filing, domain, ratio, here, day)
    record = None
    if ratio:
        frame = [(site_id, context.lookups.grade(site_id, domain, day)) for site_id in here]
        record = draw_for(context, filing, domain, ratio, frame, nonces)
        if record is None:
            return
        out.draws.append(record)
        drawn = set(record.drawn)
        here = {site_id: found for site_id, found in here.items() if site_id in drawn}
    made = [
        draft
        for site_id, found in here.items()
        for part in found
        for draft in _drafts_at(context, part, context.lookups.sites[site_id], domain, record)
    ]
    if filing.frequency and not ratio:
        out.coverage += _frequency_coverage(context, filing, domain, here, made)
    out.drafts += made


def _ratio(context: Context, filing: FilingRow, domain: str) -> dict[str, int]:
    """Return the filing's ratio by grade, with those that the annex fixes where a random filing names none."""
    ratio = dict(filing.ratio)
    if filing.kind == "random" and EVERY not in ratio:
        for grade, parts_per in context.law.table("draw.ratio", "default_ratio", domain).items():
            ratio.setdefault(grade, parts_per)
    return ratio


@implements("grade.required", Role.INTAKE)
def _graded_only(
    context: Context,
    filing: FilingRow,
    domain: str,
    ratio: dict[str, int],
    here: dict[str, list[Part]],
    day: date,
) -> dict[str, list[Part]]:
    """Drop sites without a grade where ratio or frequency goes by grade and names no value for every grade."""
    asked = set(ratio) or {grade for grade, _ in filing.frequency}
    if not asked or EVERY in asked:
        return here
    without = [site_id for site_id in here if not context.lookups.grade(site_id, domain, day)]
    if without:
        context.notes.find(
            "law.grade-missing",
            filing.ref,
            domain=domain,
            subjects=(filing.filing_id, *without[:5]),
            filing=filing.filing_id,
            count=len(without),
        )
        why = Why("对象没有本领域的等级", "the site has no grade of this domain")
        for site_id in without:
            for part in here[site_id]:
                remove(context, "grade.required", why, part, context.lookups.sites[site_id])
    return {site_id: parts for site_id, parts in here.items() if site_id not in set(without)}


def _still_due(context: Context, part: Part, site: SiteRow, day: date, drawn: bool) -> list[Part]:
    """Return the part where fire's frequency lets it through, turned off-site in the year between, or nothing.

    A list to be drawn from also leaves out sites whose cap is used up. It knows only what was known when it was frozen:
    a check since then must not change who is drawn.
    """
    if part.mode != "on_site":
        return [part]
    before = day if drawn else date.max
    if drawn and (used := cap_used_before(context, part, site, day)) is not None:
        remove(context, "cap.domain", used, part, site)
        return []
    if part.domain != "A03":
        return [part]
    grade = context.lookups.grade(site.site_id, "A03", day)
    why = fire_not_due(context, site, grade, day, before, None if drawn else context.last)
    if why is None:
        return [part]
    if off_site_between(context, site, grade):
        return [replace(part, mode="off_site", fallback=False)]
    if not drawn and _due_next_year(context, part, site, grade):
        return [part]
    remove(context, "frequency.fire", why, part, site)
    return []


def _due_next_year(context: Context, part: Part, site: SiteRow, grade: str) -> bool:
    """Return whether the filing's window reaches an open day of the next year, in which fire has a check due, while
    this year's cap, used up, keeps it from this year's days.
    """
    new_year = date(context.last.year + 1, 1, 1)
    if cap_used_before(context, part, site, new_year - timedelta(days=1)) is None:
        return False
    reached = last_open_day(context, site, max(new_year, part.filing.window_from), part.filing.window_to)
    return reached is not None and fire_not_due(context, site, grade, new_year, date.max) is None


def _drafts_at(context: Context, part: Part, site: SiteRow, domain: str, record: DrawRecord | None) -> list[Draft]:
    filing = part.filing
    windows: list[tuple[int, Window]] = [(0, (filing.window_from, filing.window_to))]
    rules = ["draw.ratio"] if record else ["plan.complete"]
    if filing.frequency and record is None:
        grade = context.lookups.grade(site.site_id, domain, context.first)
        found = occurrences(context, part, site, grade)
        rules = ["frequency.fire" if part.domain == "A03" else "frequency.grade"]
        if isinstance(found, Why):
            remove(context, rules[0], found, part, site)
            return []
        windows = found
    key = any(is_key_duty(context, item.list_, part.domain) for item in part.items)
    if key:
        rules.append("coverage.key")
    must = record is not None or filing.source in ("above", "law") or key
    return [
        Draft(
            site=site,
            unit=part.unit,
            parent=part.parent,
            domain=part.domain,
            items=part.items,
            filings=(filing,),
            window=window,
            mode=part.mode,
            strength=Strength.MANDATORY if must else STRENGTHS[filing.strength],
            priority=priority_of(context, part, site),
            rules=tuple(rules),
            occurrence=number,
            skill=part.skill,
            drawn=record.request.draw_id if record else "",
            needed=lifts_cap(context, filing, part.domain),
            unannounced=filing.unannounced,
            fire=part.domain == "A03" and part.mode == "on_site",
            fire_items=part.fire_items,
            capped=filing.source not in context.law.words("cap.domain", "triggered_sources", part.domain),
        )
        for number, window in windows
    ]


def priority_of(context: Context, part: Part, site: SiteRow) -> int:
    """Return 1 to 9: as filed, up or down by the highest risk among the items, down at quiet sites for specials."""
    steps = context.law.table("objective.left-out", "risk_step")
    risk = min((RISKS.index(item.risk) for item in part.items if item.risk in RISKS), default=1)
    return max(1, min(9, part.filing.priority + steps.get(RISKS[risk], 0) - non_quiet_first(context, part, site)))


@implements("priority.non-quiet", Role.OBJECTIVE)
def non_quiet_first(context: Context, part: Part, site: SiteRow) -> int:
    """Return what a special deployed from above loses in priority at a quiet site: others come first (A01-4.1.2c)."""
    if part.filing.kind != "special" or not part.above:
        return 0
    if part.domain not in context.law.words("priority.non-quiet", "domains"):
        return 0
    quiet = context.lookups.is_quiet(site.site_id, part.domain, context.first, context.last) or quiet_by_grade(
        context, part.domain, site, context.first
    )
    return context.law.number("priority.non-quiet", "priority_step") if quiet else 0


def _frequency_coverage(
    context: Context, filing: FilingRow, domain: str, here: dict[str, list[Part]], made: list[Draft]
) -> list[CoverageNote]:
    """Return, by grade, what the filing's frequency asks this year, what is done and what has a task; shortfalls tell.

    An occurrence whose window ended before the month without a check is the shortfall.
    """
    rule = "frequency.fire" if domain == "A03" else "frequency.grade"
    wanted: Counter[str] = Counter()
    tasks: Counter[str] = Counter()
    for draft in made:
        if draft.domain == domain and draft.mode == "on_site":
            grade = context.lookups.grade(draft.site.site_id, domain, context.first)
            wanted[grade] += 1
            tasks[grade] += draft.window[1] >= context.first
    notes = []
    for grade in sorted(wanted):
        note = CoverageNote(
            rule,
            context.notes.clauses(rule, domain),
            filing.filing_id,
            domain,
            grade,
            wanted[grade],
            0,
            tasks[grade],
        )
        notes.append(note)
        if note.short:
            context.notes.find(
                "law.coverage-short",
                filing.ref,
                column="frequency",
                domain=domain,
                what=filing.filing_id,
                grade=grade,
                wanted=note.wanted,
                done=note.done,
                tasks=note.tasks,
                short=note.short,
            )
    return notes
