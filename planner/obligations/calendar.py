"""The duty calendar of a year as it stands on a day: who owes what, what is done, what is late, whom to remind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from planner.domain.calendar import WorkCalendar
from planner.domain.finding import Severity
from planner.intake.recorded.effects import domains_of
from planner.intake.tables import records
from planner.intake.tables.records import AgencyRow, Tables
from planner.rulebook.duties import BUREAU, DEPARTMENTS, DUTY_ROWS, REMINDERS, DutyRow, bounds_of

PERIODS: Mapping[str, tuple[str, ...]] = {
    "year": ("{year}",),
    "half": ("{year}-H1", "{year}-H2"),
    "quarter": tuple(f"{{year}}-Q{n}" for n in range(1, 5)),
    "month": tuple(f"{{year}}-{n:02d}" for n in range(1, 13)),
}


@dataclass(frozen=True, slots=True)
class Owed:
    """One duty of one body for one period.

    `state` is "open", "done", "late" (done late, or not done and overdue) or "waived". `days_left` are working days
    from the day asked for to `due`, negative none: None once it is settled. `remind`: a reminder goes out on that day.
    `code` and `severity` are those of the finding on a late one.
    """

    agency: str
    section: str
    row: int
    period: str
    due: date
    done_on: date | None
    evidence: str
    state: str
    days_left: int | None
    remind: bool
    code: str
    severity: Severity
    clauses: tuple[str, ...]
    assumed: bool
    zh: str
    en: str


def duties_on(tables: Tables, on: date, calendar: WorkCalendar, year: int | None = None) -> tuple[Owed, ...]:
    """Return the duties that fall due in `year` (that of `on` where None), as they stand on `on`, by due day.

    What is recorded after `on` counts as not done. Duties whose clock runs from a visit or filing have no day here.
    """
    told = {(row.agency_id, row.row, row.period, row.section): row for row in tables.duties}
    wanted = year or on.year
    periods = {
        key: [pattern.format(year=near) for near in (wanted - 1, wanted, wanted + 1) for pattern in patterns]
        for key, patterns in PERIODS.items()
    }
    found = []
    for duty in DUTY_ROWS:
        for body, section, domain in _owing(duty, tables.agencies):
            for period in periods.get(duty.period, ()):
                due = duty.due_on(period, calendar)
                entry = told.get((body, duty.row, period, section))
                if entry is not None and entry.due is not None:
                    due = entry.due
                if due is not None and due.year == wanted:
                    found.append(_owed(tables, duty, (body, section, domain), (period, due, on), calendar, entry))
    return tuple(sorted(found, key=lambda one: (one.due, one.row, one.agency, one.section)))


def _owing(duty: DutyRow, agencies: tuple[AgencyRow, ...]) -> Iterator[tuple[str, str, str]]:
    """Yield (body, section or "", annex) of all that owe the duty: district bodies, or each section of theirs."""
    domains = domains_of(agencies)
    if BUREAU in duty.who:
        yield BUREAU, "", ""
    for row in sorted(agencies, key=lambda one: one.agency_id):
        domain, is_body = domains[row.agency_id], row.level == "district" and not row.parent_id
        asked = domain in duty.who or (DEPARTMENTS in duty.who and bool(domain))
        if asked and is_body and not duty.sections:
            yield row.agency_id, "", domain
        elif asked and duty.sections and row.parent_id:
            yield row.parent_id, row.agency_id, domain


def _owed(
    tables: Tables,
    duty: DutyRow,
    who: tuple[str, str, str],
    when: tuple[str, date, date],
    calendar: WorkCalendar,
    entry: records.DutyRow | None,
) -> Owed:
    (body, section, domain), (period, due, on) = who, when
    done = entry.done_on if entry else None
    if done is None and duty.done_by:
        done = _done_by_filings(tables, duty.done_by, body, period)
    if done is not None and done > on:
        done = None
    if entry is not None and entry.waived:
        state = "waived"
    elif done is not None:
        state = "done" if done <= due else "late"
    else:
        state = "late" if on > due else "open"
    left = _working_days(calendar, on, due) if state == "open" else None
    severity = duty.severity
    if duty.before_visit is not None and _visited_before(tables, body, period, done or on):
        severity = duty.before_visit
    return Owed(
        agency=body,
        section=section,
        row=duty.row,
        period=period,
        due=due,
        done_on=done,
        evidence=(entry.waived or entry.evidence) if entry else "",
        state=state,
        days_left=left,
        remind=left in REMINDERS,
        code=duty.missed,
        severity=severity,
        clauses=duty.cited(domain),
        assumed=duty.assumed,
        zh=duty.zh,
        en=duty.en,
    )


def _working_days(calendar: WorkCalendar, first: date, last: date) -> int:
    """Return the working days after `first` up to `last`."""
    days = (date.fromordinal(n) for n in range(first.toordinal() + 1, last.toordinal() + 1))
    return sum(map(calendar.is_working, days))


def _done_by_filings(tables: Tables, how: str, body: str, period: str) -> date | None:
    """Return when the last of the body's year plans of the period was filed or published, None where one was not."""
    year = bounds_of(period)[0].year
    plans = [
        row
        for row in tables.filings
        if row.period == "year" and row.agency_id == body and row.window_from.year == year and not row.unannounced
    ]
    if how == "filed":
        days = [row.filed_on for row in plans]
    else:
        public: dict[str, date] = {}
        for step in tables.filing_steps:
            if step.step == "publish" and step.outcome == "pass":
                public[step.filing_id] = max(step.date, public.get(step.filing_id, step.date))
        days = [public.get(row.filing_id) for row in plans]
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


def _visited_before(tables: Tables, body: str, period: str, day: date) -> bool:
    """Return whether the body made a planned visit in the period before `day`."""
    first, last = bounds_of(period)
    return any(
        row.agency_id == body and row.trigger == "planned" and row.mode == "on_site" and first <= row.date <= last
        for row in tables.results
        if row.date < day
    )
