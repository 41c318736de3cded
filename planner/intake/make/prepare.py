"""From tables to the month's case: screen by law, draw, unfold, and hand on what is left with every reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from time import perf_counter

from planner.domain.case import AgencyInfo, Case, SiteInfo
from planner.domain.case_builder import CaseParts, build_case, with_crews
from planner.domain.finding import Finding, Severity
from planner.intake.make.given import NOTHING, Given, with_absences
from planner.intake.make.look_ahead import look_ahead, take
from planner.intake.make.screening import Finished, Screened, Unmanned, screen_month
from planner.intake.make.sectors import tell_sectors
from planner.intake.make.unfold import Unfolded
from planner.intake.make.windows import Due, split_deferred
from planner.intake.month.account import Account
from planner.intake.month.asked import asked_so_far
from planner.intake.month.context import Context
from planner.intake.month.drafts import Draft
from planner.intake.month.lookups import blackout_of
from planner.intake.month.outcome import Notes, Prepared
from planner.intake.month.set_aside import WHOLE, SetAside
from planner.intake.people.capacity import crew_quarters
from planner.intake.people.hours import (
    business_quarters,
    first_day_shares,
    keep_off_business_hours,
    longest_visit,
    start_step,
)
from planner.intake.people.roster import (
    People,
    build_roster,
    kept_off_all_sites,
    less_reserve,
    people_of,
    tell_without_crew,
    unstaffed_days,
)
from planner.intake.screen.held import tell_lost, with_clauses
from planner.intake.screen.pins import Neighbours
from planner.intake.tables.records import Tables
from planner.intake.tables.schema import FILINGS, TABLE_BY_KEY
from planner.law.rules.capacity import CREWS
from planner.law.rules.dates import BLACKOUT
from planner.rulebook.nouns import RulebookVersion

OFF_SITE = "off-site"
"""Stands for the grade where a rule's clauses speak of an off-site check apart (`Rule.by_grade`)."""
NO_GRADE = "-"
"""Stands for the grade of a site that has none: what a rule says of single grades does not apply."""
SITES_TITLE = FILINGS.column("sites").title

NEAR_DAYS = 62
"""How far back earlier entries are handed on for the cross-agency gap, at least."""

Tell = Callable[[str], None]


def prepare_month(
    tables: Tables,
    month: str,
    rulebook: RulebookVersion,
    seed: int,
    progress: Tell | None = None,
    given: Given = NOTHING,
    set_aside: SetAside = WHOLE,
) -> Prepared:
    """Return the month (`YYYY-MM`) of `tables` as a case, with all that was found, drawn and removed on the way.

    `month` may also be a longer period (see `period_bounds`): the same steps unfold all of its tasks, and as nobody's
    times are planned there is no roster. `given` is what other plans settle, `set_aside` what the month sets aside for
    unannounced checks. The order of rows never matters. `seed` serves only draws without nonces. `progress` is told
    each step in Chinese.
    Raises InputError where `month` is no month; bad rows are findings.
    """
    tell = progress or (lambda _: None)
    return man_month(screen_month(tables, month, rulebook, seed, tell, given, set_aside), tables, tell)


def man_month(screened: Screened, people: Tables, tell: Tell = lambda _: None) -> Prepared:
    """Return the screened month with the inspectors and absences of `people`; of its other tables nothing is read."""
    start = perf_counter()
    tell("人员能力与建模")
    tables = replace(screened.tables, inspectors=people.inspectors, absences=people.absences)
    tables = with_absences(tables, screened.given)
    tables = replace(tables, absences=(*tables.absences, *kept_off_all_sites(tables.lists)))
    ahead = None if screened.future is None else look_ahead(screened.context, tables, screened.filed, screened.future)
    taken = ahead.taken if ahead else frozenset()
    if taken not in screened.built:
        screened.built[taken] = _unmanned(screened, taken)
    bare = screened.built[taken]
    context = bare.context.apart()
    found = people_of(context, tables, screened.days)
    case = None if bare.case is None else _manned(context, tables, found, bare.case, bare.drafts.now)
    waiting = None
    if bare.waiting_case is not None:
        aside = replace(context, notes=Notes(context.law.book))  # what is found on tasks that wait is none of the month
        waiting = _manned(aside, tables, found, bare.waiting_case, bare.drafts.waiting)
    findings = (*people.findings, *_sorted_findings(context.notes))
    return Prepared(
        case=case,
        findings=_lost_first(with_clauses(context.notes, findings)),
        roster=build_roster(context, found, case) if case and screened.one_month else None,
        look_ahead=ahead,
        waiting=waiting,
        waiting_roster=build_roster(context, found, waiting) if waiting else None,
        seconds={**screened.seconds, "case": perf_counter() - start},
        settings=context.settings.values,
        **bare.parts,
    )


def _unmanned(screened: Screened, taken: frozenset[str]) -> Unmanned:
    """Return the cases of the month's drafts, of which the look-ahead has `taken` its own, before crews are counted.

    Of a month that took all steps alike (`before`) they are taken over as far as nothing else would be answered now.
    """
    now, before = screened.context, screened.before
    known = before.built.get(taken) if before else None
    if before is None or known is None or not known.drafts.asked.holds(now):
        return _cases(screened, _finished(screened, take(taken, screened.filed.visits)))
    named_alike = before.context.law.book is now.law.book and before.tables.synthetic == screened.tables.synthetic
    if named_alike and known.asked.holds(now):
        return replace(known, context=_answered_by(now, known.context))
    return _cases(screened, replace(known.drafts, context=_answered_by(now, known.drafts.context)))


def _answered_by(now: Context, context: Context) -> Context:
    """Return `context` with the settings, rulebook and calendar of `now`."""
    return replace(context, settings=now.settings, law=now.law, calendar=now.calendar)


def _cases(screened: Screened, drafts: Finished) -> Unmanned:
    """Return the cases of the drafts, with what there is to tell when the month's own is there."""
    context = drafts.context.apart()
    case = _case(context, screened, drafts.now) if drafts.results else None
    waivers_used = context.waivers.report()
    context.notes.summarise_removed({f.filing_id: f.ref for f in screened.tables.filings})
    removed = sorted(context.notes.removed, key=lambda r: (r.filings, r.site, r.rule, r.domain, r.items, r.unit))
    parts = {**drafts.parts, "removed": tuple(removed), "waivers_used": waivers_used}
    waiting = _case(context, screened, drafts.waiting) if drafts.waiting else None
    return Unmanned(context, drafts, case, waiting, parts, asked_so_far(context))


def _finished(screened: Screened, visits: Sequence[Draft]) -> Finished:
    """Return the drafts of the month and those that wait, and what is told of them."""
    context, unfolded, due = screened.context.apart(), screened.unfolded, screened.due
    now, deferred = split_deferred([_with_clauses(context, d) for d in visits])
    beside = [_with_clauses(context, d) for d in due.now if d.mode != "on_site"]
    now = keep_off_business_hours(context, first_day_shares(context, now))
    tell_sectors(context, now)
    # A month in which all that is filed waits, or makes no visit, is a month with results.
    results = bool(now or deferred or beside or any(gone.site for gone in context.notes.removed))
    ledger = replace(unfolded.ledger, found={fate: set(pairs) for fate, pairs in unfolded.ledger.found.items()})
    account = _account(context, screened.tables, replace(unfolded, ledger=ledger), (now, deferred, beside, due))
    tell_lost(context, screened.tables)
    waiting: list[Draft] = []
    if deferred and screened.one_month:
        aside = replace(context, notes=Notes(context.law.book))
        waiting = keep_off_business_hours(aside, first_day_shares(aside, deferred))
    parts = {
        "draws": tuple(unfolded.draws),
        "off_site": tuple(d.task() for d in beside if d.mode == "off_site"),
        "summons": tuple(d.task() for d in beside if d.mode == "summons"),
        "deferred": tuple(d.task() for d in deferred),
        "future": unfolded.future + len(due.future),
        "account": account,
        "registers": screened.registers,
        "coverage": screened.coverage,
    }
    return Finished(context, now, waiting, results, parts, asked_so_far(context))


def _account(
    context: Context,
    tables: Tables,
    unfolded: Unfolded,
    made: tuple[Sequence[Draft], Sequence[Draft], Sequence[Draft], Due],
) -> Account:
    """Return what became of everything filed, and tell what nothing tells of: it is an error."""
    now, deferred, beside, due = made
    ledger = unfolded.ledger
    for fate, drafts in (("tasks", now), ("deferred", deferred), ("later", due.future), ("past", due.overdue)):
        ledger.found[fate] |= {(f, d.site.site_id) for d in drafts for f in d.filing_ids}
    for fate in ("off_site", "summons"):
        ledger.found[fate] |= {(f, d.site.site_id) for d in beside if d.mode == fate for f in d.filing_ids}
    ledger.found["removed"] |= {(f, gone.site) for gone in context.notes.removed for f in gone.filings}
    ledger.found["refused"] |= {(f, s) for f, s in ledger.filed if f in unfolded.refused}
    unread = sum(
        f.code in ("ref.lost", "ref.unknown", "ref.dropped") and f.column == SITES_TITLE for f in tables.findings
    )
    read = {(f.ref.place, f.ref.row) for f in tables.filings}
    wrong = {
        (dict(f.params).get("place", ""), f.row)
        for f in tables.findings
        if f.table == "filings" and f.severity is Severity.ERROR and f.row
    }
    account = ledger.settle(unread, len(wrong - read))
    by_filing: dict[str, list[str]] = defaultdict(list)
    for filing, site in account.lost:
        by_filing[filing].append(site)
    for filing, sites in by_filing.items():
        ref = context.filings[filing].ref
        context.notes.find("law.duty-lost", ref, subjects=(filing, *sites[:5]), filing=filing, count=len(sites))
    return account


def _with_clauses(context: Context, draft: Draft) -> Draft:
    """Write down why the task is due: the clauses of the rules that made it, as they speak to its domain and grade."""
    grade = context.lookups.grade(draft.site.site_id, draft.domain, context.first) or NO_GRADE
    if draft.mode == "off_site":
        grade = OFF_SITE
    return replace(draft, clauses=context.law.due(draft.rules, draft.domain, grade))


def _sorted_findings(notes: Notes) -> list[Finding]:
    order = {key: number for number, key in enumerate(TABLE_BY_KEY)}
    return sorted(notes.findings, key=lambda f: (order.get(f.table, -1), f.row, f.code, f.value, f.subjects))


def _lost_first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings, first those on tasks that an unreadable restriction costs, mandatory ones before others."""
    lost = sorted((f for f in findings if f.code == "held.lost"), key=lambda f: f.params["strength"] != "必须")
    return (*lost, *(f for f in findings if f.code != "held.lost"))


def _case(context: Context, screened: Screened, drafts: Sequence[Draft]) -> Case:
    """Return the case of the drafts, without crews."""
    settings, groups, neighbours = context.settings, screened.filed.groups, screened.filed.neighbours
    sites = {draft.site.site_id: draft.site for draft in drafts}
    waived = {
        draft.site.site_id
        for draft in drafts
        if draft.site.blackout_days
        and context.waivers.lifts(
            BLACKOUT.id, site=draft.site.site_id, agencies=(draft.unit, draft.parent), filings=draft.filing_ids
        )
    }
    return build_case(
        CaseParts(
            name=f"{settings.text('district_name')}{screened.month}",
            period=(context.first, context.last),
            days=screened.days,
            tasks=[draft.task() for draft in drafts],
            sites=[_site(context, site_id) for site_id in sites],
            units=[_unit(context, unit) for unit in sorted({draft.unit for draft in drafts})],
            capacity={},
            setup_minutes={row.agency_id: row.setup_minutes for row in screened.tables.agencies},
            groups=groups,
            blackout={s: blackout_of(sites[s], context.first, context.last) for s in sites if s not in waived},
            listed=[site_id for site_id, site in sites.items() if site.join == "discouraged"],
            entries_before={site_id: _entries_beside(context, site_id, neighbours) for site_id in sites},
            longest_visit={
                site_id: longest_visit(business_quarters(context, site), start_step(context))
                for site_id, site in sites.items()
            },
            levers=settings.levers,
            prep_minutes=settings.number("prep_minutes"),
            rulebook_version=context.law.book.version,
            synthetic=screened.tables.synthetic,
        )
    )


def _manned(context: Context, tables: Tables, people: People, case: Case, drafts: Sequence[Draft]) -> Case:
    """Return the case of the drafts with the crews that its people make."""
    lookups = context.lookups
    skills = sorted({(draft.unit, draft.skill) for draft in drafts if draft.skill})
    per_crew = {
        unit: context.law.number(CREWS.id, "inspectors_per_crew", lookups.agency_domain.get(unit, ""))
        for unit in lookups.agencies
    }
    capacity = crew_quarters(tables.inspectors, tables.absences, case.days, per_crew, skills)
    tell_without_crew(context, drafts, capacity)
    unstaffed = unstaffed_days(context, people, drafts, case.days, capacity)
    return with_crews(case, less_reserve(context, capacity) if context.set_aside.reserve else capacity, unstaffed)


def _site(context: Context, site_id: str) -> SiteInfo:
    row = context.lookups.sites[site_id]
    return SiteInfo(
        id=site_id,
        name=row.name,
        town=context.lookups.name("town", row.town),
        industry=row.industry,
        lon=float("nan") if row.lon is None else row.lon,
        lat=float("nan") if row.lat is None else row.lat,
        tags=tuple(sorted(row.tags)),
        grades=context.lookups.grades_on(site_id, context.first),
        facts=row.facts,
    )


def _unit(context: Context, unit: str) -> AgencyInfo:
    row = context.lookups.agencies[unit]
    return AgencyInfo(
        id=unit,
        name=row.name,
        parent=context.lookups.parents[unit],
        level=row.level,
        town=context.lookups.name("town", row.town),
        domain=context.lookups.agency_domain[unit],
    )


def _entries_beside(context: Context, site_id: str, neighbours: Neighbours) -> list[date]:
    """Return the dates of planned entries near the month, of any agency, for the cross-agency gap."""
    reach = timedelta(days=max(NEAR_DAYS, context.settings.number("entry_gap_days")))
    past = {p.date for p in context.lookups.at(site_id) if p.counts and p.date >= context.first - reach}
    beside = {day for (site, _, _), days in neighbours.items() if site == site_id for day in days}
    return sorted(past | {day for day in beside if day >= context.first - reach})
