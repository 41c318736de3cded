"""Results read against code and clock: no code, late or foreign ones, results recorded late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from planner.domain.calendar import WorkCalendar
from planner.domain.finding import Finding, Severity
from planner.intake.recorded.effects import domains_of, further_visits
from planner.intake.recorded.moments import is_before_arrival, read_clock, read_moment
from planner.intake.tables.records import ItemRow, ResultRow, Tables
from planner.intake.tables.schema import RESULTS
from planner.rulebook.recording import (
    CODE_DAYS,
    FOREIGN_CODE,
    late_code,
    late_code_open,
    no_code,
    reasons_listed,
    recheck,
    recording_of,
)

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
TIMES = ("code_applied_at", "recorded_at")
CLOCKS = ("start", "end")


@dataclass(frozen=True, slots=True)
class _Reading:
    calendar: WorkCalendar
    on: date
    items: dict[str, ItemRow]
    of_result: dict[str, list[str]]
    """Items of each result's lines."""
    again: frozenset[str]
    sites: frozenset[str]


def check_results(tables: Tables, calendar: WorkCalendar, on: date) -> tuple[Finding, ...]:
    """Return what is wrong with codes and times of the results, as seen on the day `on`, by row.

    No finding stops anything: a triggered check is never stopped, and what is done is done.
    """
    of_result: dict[str, list[str]] = defaultdict(list)
    for line in tables.result_items:
        of_result[line.result_id].append(line.item_id)
    reading = _Reading(
        calendar=calendar,
        on=on,
        items={row.item_id: row for row in tables.items},
        of_result=of_result,
        again=further_visits(tables),
        sites=frozenset(row.site_id for row in tables.sites),
    )
    domains = domains_of(tables.agencies)
    found = list(_foreign(tables.results))
    for row in tables.results:
        found += _of_row(reading, row, domains.get(row.agency_id, ""))
    found += _without_limit(reading, tables.results, domains)
    return tuple(sorted(found, key=lambda one: (one.row, one.code, one.value)))


def _finding(
    kind: str, severity: Severity, row: ResultRow, column: str, clauses: tuple[str, ...], **told: object
) -> Finding:
    params = {"result": row.result_id, **{key: str(text) for key, text in told.items()}}
    title = RESULTS.column(column).title
    value = str(getattr(row, column))
    return Finding(kind, severity, "results", row.ref.row, title, value, clauses, (row.result_id, row.site_id), params)


def _of_row(reading: _Reading, row: ResultRow, domain: str) -> Iterator[Finding]:
    for column in (*TIMES, *CLOCKS):
        text = getattr(row, column)
        if text and (read_clock(text) if column in CLOCKS else read_moment(text)) is None:
            what = RESULTS.column(column).title
            yield _finding("result.time-unread", WARNING, row, column, FOREIGN_CODE, what=what, text=text)
    if row.site_id not in reading.sites and not row.survey:
        yield _finding("result.site-unlisted", INFO, row, "site_id", FOREIGN_CODE, site=row.site_id)
    if row.visit_no > 1 and row.result_id not in reading.again:
        clauses = recheck(domain) or FOREIGN_CODE
        yield _finding("result.recheck-unfounded", WARNING, row, "visit_no", clauses, visit=row.visit_no)
    if row.mode == "on_site" and not row.survey:
        yield from _code(reading, row, domain)
    yield from _recorded(reading, row, domain)


def _code(reading: _Reading, row: ResultRow, domain: str) -> Iterator[Finding]:
    applied = read_moment(row.code_applied_at) if row.code_applied_at else None
    if row.check_code and (applied is None or is_before_arrival(applied, row.date, read_clock(row.start))):
        return
    after = applied if row.check_code else None
    opened, timed = late_code_open(domain), late_code(domain)
    if row.urgent_reason and opened:
        if after is not None:
            zh, en = f"{after[0]} 补码，附件没有定期限", f"coded on {after[0]}; the annex sets no time"
        else:
            zh, en = "还没有补码，附件没有定期限", "not coded yet; the annex sets no time"
        yield _finding("code.late", INFO, row, "code_applied_at", opened, why_zh=zh, why_en=en)
        return
    if row.urgent_reason and timed:
        due = reading.calendar.working_after(row.date, CODE_DAYS)
        yield from _reason(reading, row, domain)
        if after is not None and after[0] > due:
            zh, en = f"应在 {due} 前补码，实际 {after[0]}", f"its code was due on {due}, applied for on {after[0]}"
            yield _finding("code.late", WARNING, row, "code_applied_at", timed, why_zh=zh, why_en=en)
        elif after is None and reading.on > due:
            zh, en = f"应在 {due} 前补码，至今没有", f"its code was due on {due}, and there is none"
            yield _finding("code.none", ERROR, row, "check_code", timed, why_zh=zh, why_en=en)
        return
    hard, clauses = no_code(domain)
    if after is not None:
        zh, en = f"{row.date} 到场，{after[0]} 才要码", f"visited on {row.date}, its code applied for on {after[0]}"
    else:
        zh, en = f"{row.date} 到场，没有检查码", f"visited on {row.date} without a code"
    yield _finding("code.none", ERROR if hard else WARNING, row, "check_code", clauses, why_zh=zh, why_en=en)


def _reason(reading: _Reading, row: ResultRow, domain: str) -> Iterator[Finding]:
    clauses = reasons_listed(domain)
    items = [reading.items[name] for name in reading.of_result.get(row.result_id, ()) if name in reading.items]
    if clauses and not any(row.urgent_reason in item.urgent_cases for item in items):
        yield _finding("code.reason-unlisted", WARNING, row, "urgent_reason", clauses, reason=row.urgent_reason)


def _recorded(reading: _Reading, row: ResultRow, domain: str) -> Iterator[Finding]:
    rule = recording_of(domain)
    days = rule.days
    if rule.own:
        own = [reading.items[n].result_days for n in reading.of_result.get(row.result_id, ()) if n in reading.items]
        days = min((days for days in own if days), default=0)
        if not days:
            return
    at = read_moment(row.recorded_at) if row.recorded_at else None
    due = reading.calendar.working_after(row.ended_on or row.date, days)
    if (at[0] if at else reading.on) > due:
        told = str(at[0]) if at else "—"
        severity = WARNING if rule.hard else INFO
        yield _finding("result.late", severity, row, "recorded_at", rule.clauses, due=due, recorded=told)


def _without_limit(reading: _Reading, rows: tuple[ResultRow, ...], domains: dict[str, str]) -> Iterator[Finding]:
    """Tell each item once that should set a limit for its results, and sets none."""
    told: set[str] = set()
    for row in rows:
        rule = recording_of(domains.get(row.agency_id, ""))
        for name in reading.of_result.get(row.result_id, ()) if rule.own else ():
            item = reading.items.get(name)
            if item is not None and not item.result_days and name not in told:
                told.add(name)
                yield _finding("result.no-limit", INFO, row, "recorded_at", rule.clauses, item=name)


def _foreign(rows: tuple[ResultRow, ...]) -> Iterator[Finding]:
    """Tell codes that stand at two sites, and twice as the same visit of one agency."""
    first: dict[str, ResultRow] = {}
    visits: dict[tuple[str, str, int], ResultRow] = {}
    for row in rows:
        if not row.check_code:
            continue
        one = first.setdefault(row.check_code, row)
        same = visits.setdefault((row.check_code, row.agency_id, row.visit_no), row)
        if one.site_id != row.site_id:
            zh, en = f"已用于对象 {one.site_id}", f"is site {one.site_id}'s"
        elif same is not row and same.date != row.date:
            zh, en = f"的第{row.visit_no}次检查已在 {same.date} 登记", f"is visit {row.visit_no}'s of {same.date}"
        else:
            continue
        about = {"code": row.check_code, "why_zh": zh, "why_en": en}
        yield _finding("code.foreign", ERROR, row, "check_code", FOREIGN_CODE, **about)
