"""What in the results the bureau may step in for: each with its facts, its ground and clauses that bind the body."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from planner.domain.calendar import WorkCalendar
from planner.domain.finding import Severity
from planner.intake.month.filed_states import filing_standings
from planner.intake.month.lookups import Lookups
from planner.intake.recorded.checking import check_results
from planner.intake.recorded.effects import REAL, domains_of
from planner.intake.routes.standing import State, may_publish
from planner.intake.tables.records import ResultRow, Tables
from planner.rulebook.supervision import GROUNDS, LATE_IN_QUARTER, Ground

FEWEST = 2
"""Officers that a check takes."""
QUARTER = 3
"""Months."""


@dataclass(frozen=True, slots=True)
class Noted:
    """One ground against one body: the results that it rests on, in their order. `hard` as of the ground."""

    agency: str
    key: str
    hard: bool
    results: tuple[str, ...]
    day: date
    """Of the last of them."""
    clauses: tuple[str, ...]
    zh: str
    en: str


def grounds_on(tables: Tables, calendar: WorkCalendar, on: date) -> tuple[Noted, ...]:
    """Return what stands in the results up to the day `on`, by body, ground and day.

    A triggered check is never held against a body but for its code. What no clause of the body's annex or of the
    district says is no ground.
    """
    domains = domains_of(tables.agencies)
    parents = {row.agency_id: row.parent_id or row.agency_id for row in tables.agencies}
    rows = {row.result_id: row for row in tables.results if row.date <= on}
    found = []
    for key, row in (*_without_code(tables, calendar, on, rows), *_against_law(tables, rows, domains)):
        ground, domain = GROUNDS[key], domains.get(row.agency_id, "")
        if ground.cited(domain):
            found.append(_noted(ground, parents.get(row.agency_id, row.agency_id), domain, (row,)))
    found += _often_late(tables, calendar, on, rows)
    return tuple(sorted(found, key=lambda one: (one.agency, one.key, one.day, one.results)))


def _noted(ground: Ground, agency: str, domain: str, rows: tuple[ResultRow, ...]) -> Noted:
    told = {"count": len(rows)}
    return Noted(
        agency=agency,
        key=ground.key,
        hard=ground.hard,
        results=tuple(row.result_id for row in rows),
        day=rows[-1].date,
        clauses=ground.cited(domain),
        zh=ground.zh.format(**told),
        en=ground.en.format(**told),
    )


def _without_code(
    tables: Tables, calendar: WorkCalendar, on: date, rows: dict[str, ResultRow]
) -> Iterator[tuple[str, ResultRow]]:
    for finding in check_results(tables, calendar, on):
        if finding.code == "code.none" and finding.severity is Severity.ERROR and finding.subjects[0] in rows:
            yield "no-code", rows[finding.subjects[0]]


def _against_law(
    tables: Tables, rows: dict[str, ResultRow], domains: dict[str, str]
) -> Iterator[tuple[str, ResultRow]]:
    """Yield planned visits without a plan, on a plan under way, at a quiet site, or with too few officers."""
    quiet = defaultdict(list)
    for entry in tables.lists:
        if entry.kind == "quiet_site":
            quiet[entry.site_id, entry.domain].append((entry.from_ or date.min, entry.to or date.max))
    filed = {row.filing_id: row for row in tables.filings}
    standing = filing_standings(tables, Lookups(tables, date.min, date.max), date.min, date.max)
    for row in rows.values():
        if row.mode != "on_site" or row.result not in REAL:
            continue
        domain = domains.get(row.agency_id, "")
        if 0 < len(row.officers) < FEWEST:
            yield "few-officers", row
        if row.trigger != "planned" or row.visit_no > 1:
            continue
        if row.filing_id not in filed:
            if not row.plan_code:
                yield "no-plan", row
            continue
        one = standing[row.filing_id]
        open_yet = one.state is not State.UNPROVEN and any(refusal.bars for refusal in may_publish(one, (row.site_id,)))
        if open_yet or (one.begins is not None and row.date < one.begins):
            yield "plan-open", row
        above = filed[row.filing_id].source == "above"
        if not above and any(first <= row.date <= last for first, last in quiet[row.site_id, domain]):
            yield "quiet-site", row


def _often_late(tables: Tables, calendar: WorkCalendar, on: date, rows: dict[str, ResultRow]) -> Iterator[Noted]:
    domains = domains_of(tables.agencies)
    parents = {row.agency_id: row.parent_id or row.agency_id for row in tables.agencies}
    late: dict[tuple[str, int, int], dict[str, ResultRow]] = defaultdict(dict)
    for finding in check_results(tables, calendar, on):
        told = finding.code == "result.late" or (finding.code == "code.late" and finding.severity is Severity.WARNING)
        if told and finding.subjects[0] in rows:
            row = rows[finding.subjects[0]]
            body = parents.get(row.agency_id, row.agency_id)
            late[body, row.date.year, (row.date.month - 1) // QUARTER][row.result_id] = row
    for (body, _, _), found in sorted(late.items()):
        if len(found) >= LATE_IN_QUARTER:
            ordered = tuple(sorted(found.values(), key=lambda row: (row.date, row.result_id)))
            yield _noted(GROUNDS["late"], body, domains.get(body, ""), ordered)
