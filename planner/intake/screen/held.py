"""Restrictions that cannot be read: what they bar, and which tasks are left aside for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from planner.domain.finding import Finding
from planner.intake.month.context import Context
from planner.intake.month.drafts import Draft, Part
from planner.intake.month.outcome import Notes, Removed, Why
from planner.intake.read.held import FIRST_DAY, LAST_DAY
from planner.intake.screen.history import remove_draft
from planner.intake.tables.records import SiteRow, Tables
from planner.law.rules.dates import BLACKOUT, ONE_ANSWER
from planner.law.rules.distances import CAP, GAP
from planner.law.rules.people import CREW

UNREAD_DAYS = ((FIRST_DAY, LAST_DAY),)
"""What stands for closed days that cannot be read."""
QUIET = ("quiet.site", "quiet.item")
BY_HISTORY = frozenset(
    {CAP.id, GAP.id, ONE_ANSWER.id, "offsite.first", "recognition", "absorption", "frequency.grade", "frequency.fire"}
)
"""Rules that remove a task for what history says."""


RULE_OF_TABLE = {
    "history": "frequency.grade",
    "grades": "grade.required",
    "lists": QUIET[0],
    "calendar": BLACKOUT.id,
    "sites": BLACKOUT.id,
    "inspectors": CREW.id,
    "absences": CREW.id,
}
"""The rule that rows of a table serve: what cannot be read of them cites it."""
RULE_OF_OTHERS = "plan.complete"


def with_clauses(notes: Notes, findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings, those on restrictions that could not be read with the clause that their table serves.

    Whose restriction it is may be what cannot be read, so it is the clause that binds all.
    """
    return [
        replace(one, clauses=notes.clauses(RULE_OF_TABLE.get(one.table, RULE_OF_OTHERS)))
        if one.code.startswith("held.") and not one.clauses
        else one
        for one in findings
    ]


def held_site(context: Context, site: SiteRow) -> Why | None:
    """Return why nobody comes to a site of its own accord whose closed days cannot be read."""
    if site.blackout_days != UNREAD_DAYS:
        return None
    return Why(
        f"检查对象表第 {site.ref.row} 行的不可检查日期读不懂", f"the closed days in row {site.ref.row} are unreadable"
    )


def ungraded(context: Context, part: Part, site: SiteRow) -> tuple[str, Why] | None:
    """Return (rule, why) that bars a site whose grade cannot be read, where the domain's annex restricts by grade."""
    rows = context.lookups.ungraded.get(site.site_id)
    row = rows.get(part.domain, rows.get("")) if rows else None
    if row is None or part.mode != "on_site":
        return None
    why = Why(f"风险信用等级表第 {row} 行读不懂", f"the grade in row {row} is unreadable")
    if context.law.words("quiet.site", "grades", part.domain):
        return "quiet.site", why
    if context.law.table(CAP.id, "checks_per_year_by_grade", part.domain):
        return CAP.id, why
    return (GAP.id, why) if context.law.table(GAP.id, "gap_months_by_grade", part.domain) else None


def bar_undated(context: Context, drafts: Iterable[Draft]) -> list[Draft]:
    """Return the drafts but those of a domain that was at the site on a day that nobody can read."""
    kept = []
    for draft in drafts:
        found = [row for domains, row in context.lookups.undated.get(draft.site.site_id, ()) if draft.domain in domains]
        if not found or draft.mode != "on_site" or not draft.capped or draft.pinned:
            kept.append(draft)
            continue
        row = found[0]
        why = Why(f"检查记录表第 {row} 行的日期读不懂", f"the date in row {row} of the history is unreadable")
        remove_draft(context, draft, CAP.id, why)
    return kept


def tell_lost(context: Context, tables: Tables) -> None:
    """Tell, by filing, which of its sites are left aside for a restriction that cannot be read."""
    lost: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for gone in context.notes.removed:
        if gone.site and (rows := list(_rows_behind(context, tables, gone))):
            for filing in gone.filings:
                lost[filing][gone.site].update(rows)
    for filing, sites in sorted(lost.items()):
        row = context.filings[filing]
        rows_named = sorted({place for places in sites.values() for place in places})
        names = [context.lookups.sites[site].name for site in sorted(sites)]
        context.notes.find(
            "held.lost",
            row.ref,
            subjects=(filing, *sorted(sites)),
            filing=filing,
            agency=context.lookups.agencies[row.agency_id].name,
            strength=STRENGTH_ZH[_strength(context, filing)],
            count=len(sites),
            sites="、".join(names[:10]) + ("…" if len(names) > 10 else ""),
            rows="、".join(rows_named[:10]) + ("…" if len(rows_named) > 10 else ""),
        )


STRENGTH_ZH = {"mandatory": "必须", "accepted": "应当", "optional": "可选"}


def _strength(context: Context, filing: str) -> str:
    row = context.filings[filing]
    return "mandatory" if row.source in ("above", "law") else row.strength


def _rows_behind(context: Context, tables: Tables, gone: Removed) -> Iterable[str]:
    """Yield the places of unreadable rows that the removal may rest on."""
    lookups = context.lookups
    site = lookups.sites[gone.site]
    if gone.rule in BY_HISTORY:
        for past in lookups.at(gone.site):
            if ("history", past.row) in lookups.held and (gone.domain in past.domains or not past.domains):
                yield f"检查记录第 {past.row} 行"
        for domains, row in lookups.undated.get(gone.site, ()):
            if gone.domain in domains:
                yield f"检查记录第 {row} 行"
    if gone.rule in (*QUIET, CAP.id, GAP.id, "grade.required"):
        for domain, row in lookups.ungraded.get(gone.site, {}).items():
            if domain in ("", gone.domain):
                yield f"风险信用等级第 {row} 行"
    if gone.rule in QUIET:
        for listed in lookups.listed_at(gone.site, gone.items):
            if ("lists", listed.ref.row) in lookups.held and listed.domain in ("", gone.domain):
                yield f"清单第 {listed.ref.row} 行"
    if gone.rule in ("scope.excluded", BLACKOUT.id) and ("sites", site.ref.row) in lookups.held:
        yield f"检查对象第 {site.ref.row} 行"
