"""From filings to drafts: who is in scope, who is drawn, how often, within which window."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from planner.domain.case import Strength
from planner.draw.sites import DrawRecord
from planner.intake.make.drawing import draw_for
from planner.intake.make.due_dates import due_by, tell_due_of_others
from planner.intake.make.frequency import (
    EVERY,
    Window,
    better_grades_asked_more,
    by_grade,
    drawn_key_items,
    fire_not_due,
    is_key_duty,
    occurrences,
    off_site_between,
)
from planner.intake.make.windows import last_open_day
from planner.intake.month.account import Ledger
from planner.intake.month.context import Context
from planner.intake.month.drafts import RISKS, STRENGTHS, Draft, Part
from planner.intake.month.outcome import CoverageNote, Why
from planner.intake.screen.caps import cap_used_before, lifts_cap
from planner.intake.screen.filings import screen_filing
from planner.intake.screen.grounds import as_backed, first_day
from planner.intake.screen.items import lead_domain, parts_of
from planner.intake.screen.scope import sites_of, tell_values_without_site
from planner.intake.screen.sites import is_quiet, part_at, remove
from planner.intake.tables.records import FilingRow, NonceRow, SiteRow, Tables
from planner.law.rules.distances import CAP
from planner.rulebook.offices import FIRE
from planner.rulebook.registry import Role, implements


@dataclass(slots=True)
class Unfolded:
    """All filings, unfolded."""

    drafts: list[Draft] = field(default_factory=list)
    draws: list[DrawRecord] = field(default_factory=list)
    coverage: list[CoverageNote] = field(default_factory=list)
    future: int = 0
    ledger: Ledger = field(default_factory=Ledger)
    refused: set[str] = field(default_factory=set)
    """Filings that make no task at all, each with a finding that says why."""
    fire_later: set[str] = field(default_factory=set)
    """Sites that fire has filed, without a draw, for a window later this year."""


def unfold(context: Context, tables: Tables) -> Unfolded:
    """Return the drafts of every filing whose window meets the month, in an order that rows do not decide."""
    out = Unfolded()
    nonces = {(row.holder, row.month): row for row in tables.nonces}
    for row in sorted(tables.filings, key=lambda f: f.filing_id):
        domain = lead_domain(context, row)
        filing = as_backed(context, row, domain)
        day = filing.window_from if filing.ratio else context.first
        sites = sites_of(filing, context.lookups, domain, day)
        pairs = {(filing.filing_id, site) for site in sites}
        out.ledger.filed |= pairs
        if not screen_filing(context, filing, domain):
            out.refused.add(filing.filing_id)
            continue
        tell_values_without_site(context, filing)
        if filing.window_to < context.first:
            out.ledger.add("past", pairs)
            _tell_past(context, filing, domain)
        elif filing.window_from > context.last:
            out.ledger.add("later", pairs)
            out.future += len(sites)
            this_year = filing.window_from.year == context.first.year
            if domain == FIRE and this_year and filing.mode == "on_site" and not filing.ratio:
                out.fire_later.update(sites)
        else:
            _unfold_filing(context, filing, domain, nonces, out)
    return out


def _tell_past(context: Context, filing: FilingRow, domain: str) -> None:
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
            domain=domain,
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
        out.refused.add(filing.filing_id)
        return
    better_grades_asked_more(context, filing, domain)
    drawn_key_items(context, filing, parts)
    ratio = _ratio(context, filing, domain)
    if filing.kind == "random" and not (ratio or (domain == FIRE and filing.frequency)):
        named = bool(filing.sites)
        _refuse_draw(context, filing, domain, NAMED if named else NO_RATIO, "sites" if named else "ratio")
        out.refused.add(filing.filing_id)
        return
    if filing.kind == "random" and filing.sites:
        context.notes.find("law.draw-from-list", filing.ref, column="sites", domain=domain, filing=filing.filing_id)
    # A drawn list is frozen when its window opens; whatever changes later must not change who is drawn.
    day = filing.window_from if ratio else context.first
    ids = sites_of(filing, context.lookups, domain, day)
    out.ledger.filed |= {(filing.filing_id, site_id) for site_id in ids}
    if not ids:
        context.notes.find("law.scope-empty", filing.ref, column="scope", domain=domain, filing=filing.filing_id)
        return
    tell_due_of_others(context, filing, ids)
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
        ratio = _raised(context, filing, domain, ratio, {grade for _, grade in frame})
        later = _drawn_last(context, parts, domain, here, day)
        record = draw_for(context, filing, domain, ratio, frame, nonces, later)
        if record is None:
            _remove_draw(context, filing, domain, NOT_DRAWN)
            out.refused.add(filing.filing_id)
            return
        out.draws.append(record)
        drawn = set(record.drawn)
        out.ledger.add("undrawn", {(filing.filing_id, site_id) for site_id in here if site_id not in drawn})
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


NO_RATIO = Why("双随机计划没有抽查比例", "a random check without a ratio")
NAMED = Why("双随机计划逐一指定了对象，没有抽取", "a random check that names its sites one by one and draws none")
NOT_DRAWN = Why("抽取无法进行，见填报问题", "the draw was refused, see the findings")


def _refuse_draw(context: Context, filing: FilingRow, domain: str, why: Why, column: str) -> None:
    about = {"filing": filing.filing_id, "why_zh": why.zh, "why_en": why.en}
    context.notes.find("law.draw-refused", filing.ref, column=column, domain=domain, **about)
    _remove_draw(context, filing, domain, why)


def _remove_draw(context: Context, filing: FilingRow, domain: str, why: Why) -> None:
    context.notes.remove(
        "draw.ratio", why, domain=domain, unit=filing.agency_id, filings=(filing.filing_id,), items=filing.items
    )


def _ratio(context: Context, filing: FilingRow, domain: str) -> dict[str, int]:
    """Return the filing's ratio by grade; where a random filing names none for a grade, the annex's least holds."""
    ratio = dict(filing.ratio)
    if filing.kind == "random" and not filing.frequency and EVERY not in ratio:
        for grade, least in context.law.table("draw.ratio", "least_ratio", domain).items():
            ratio.setdefault(grade, least)
    return ratio


def _raised(
    context: Context, filing: FilingRow, domain: str, ratio: dict[str, int], grades: set[str]
) -> dict[str, int]:
    """Return the ratio raised to the least that the annex allows (A07-5.2f, A12-3.3.7a), and tell where it was lower.

    A filing is held to it for a grade that it names, a random one also for one among `grades`, those on the list, that
    its ratio for all grades takes in.
    """
    out = dict(ratio)
    for grade, least in context.law.table("draw.ratio", "least_ratio", domain).items():
        by_all = filing.kind == "random" and grade in grades
        asked = by_grade(ratio, grade) if by_all else ratio.get(grade)
        if asked is not None and asked < least:
            about = {"filing": filing.filing_id, "grade": grade, "asked": percent(asked), "least": percent(least)}
            context.notes.find(
                "law.ratio-too-low", filing.ref, column="ratio", value=percent(asked), domain=domain, **about
            )
            out[grade] = least
    return out


def percent(parts_per: int) -> str:
    """Return parts per ten thousand as people write them."""
    return f"{parts_per / 100:g}%"


@implements("priority.non-quiet", Role.OBJECTIVE)
def _drawn_last(
    context: Context, parts: tuple[Part, ...], domain: str, here: Iterable[str], day: date
) -> tuple[str, ...]:
    """Return the quiet sites, where a special deployed from above draws them only after all others (A01-4.1.2c)."""
    if not context.law.switch("priority.non-quiet", "drawn_last") or not any(
        _others_first(context, part) for part in parts
    ):
        return ()
    return tuple(s for s in here if is_quiet(context, domain, context.lookups.sites[s], day))


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
        # Of a scope the graded sites are the frame; a site named, or a filing that is left without any, is a duty lost.
        lost = bool(filing.sites) or len(without) == len(here)
        context.notes.find(
            "law.grade-lost" if lost else "law.grade-missing",
            filing.ref,
            domain=domain,
            subjects=(filing.filing_id, *without[:5]),
            filing=filing.filing_id,
            count=len(without),
            sites="、".join(without[:5]) + (" 等" if len(without) > 5 else ""),
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
        remove(context, CAP.id, used, part, site)
        return []
    if part.domain != FIRE:
        return [part]
    grade = context.lookups.grade(site.site_id, FIRE, day)
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
    if part.mode == "off_site" and part.fallback:
        rules.insert(0, "offsite.first")
    elif part.mode == "off_site" and filing.mode == "on_site":
        rules.insert(0, "frequency.fire")
    if filing.frequency and record is None:
        grade = context.lookups.grade(site.site_id, domain, context.first)
        found = occurrences(context, part, site, grade)
        rules = ["frequency.fire" if part.domain == FIRE else "frequency.grade"]
        if isinstance(found, Why):
            remove(context, rules[0], found, part, site)
            return []
        windows = found
    elif part.domain == FIRE and record is None:
        rules = ["frequency.fire"]
    elif filing.kind == "special" and part.domain in context.law.words("special.with-clue", "domains"):
        rules = ["special.with-clue"]
    if part.mode == "off_site":
        rules = _why_off_site(context, part) or rules
    windows = due_by(context, filing, site, windows)
    key = any(is_key_duty(context, item.list_, part.domain) for item in part.items)
    if key:
        rules.append("coverage.key")
    by_law = filing.source == "law" and any(item.explicit_law for item in part.items)
    must = record is not None or part.above or by_law or key
    begins = first_day(context, filing, domain)
    windows = [(number, (max(start, begins), end)) for number, (start, end) in windows if end >= begins]
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
            fire=part.domain == FIRE and part.mode == "on_site",
            fire_items=part.fire_items,
            capped=filing.source not in context.law.words(CAP.id, "triggered_sources", part.domain),
        )
        for number, window in windows
    ]


def _why_off_site(context: Context, part: Part) -> list[str]:
    """Return the rule by which the check needs no visit: fire's year between, else off-site first where it holds."""
    if part.domain == FIRE and part.filing.mode == "on_site" and not part.fallback:
        return ["frequency.fire"]
    names = ("domains", "quiet_only_domains")
    return ["offsite.first"] if any(part.domain in context.law.words("offsite.first", n) for n in names) else []


def priority_of(context: Context, part: Part, site: SiteRow) -> int:
    """Return 1 to 9: as filed, up or down by the highest risk among the items, down at quiet sites for specials."""
    steps = context.law.table("objective.left-out", "risk_step")
    risk = min((RISKS.index(item.risk) for item in part.items if item.risk in RISKS), default=1)
    return max(1, min(9, part.filing.priority + steps.get(RISKS[risk], 0) - non_quiet_first(context, part, site)))


@implements("priority.non-quiet", Role.OBJECTIVE)
def non_quiet_first(context: Context, part: Part, site: SiteRow) -> int:
    """Return what a special deployed from above loses in priority at a quiet site: others come first (A01-4.1.2c)."""
    quiet = _others_first(context, part) and is_quiet(context, part.domain, site, context.first)
    return context.law.number("priority.non-quiet", "priority_step") if quiet else 0


def _others_first(context: Context, part: Part) -> bool:
    """Return whether the part is of a special deployed from above whose annex puts sites off the quiet list first."""
    special = "special" in (part.filing.kind, part.filing.period)
    return special and part.above and part.domain in context.law.words("priority.non-quiet", "domains")


def _frequency_coverage(
    context: Context, filing: FilingRow, domain: str, here: dict[str, list[Part]], made: list[Draft]
) -> list[CoverageNote]:
    """Return, by grade, what the filing's frequency asks this year, what is done and what has a task; shortfalls tell.

    An occurrence whose window ended before the month without a check is the shortfall.
    """
    rule = "frequency.fire" if domain == FIRE else "frequency.grade"
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
