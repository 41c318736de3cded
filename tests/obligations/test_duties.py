"""The duty calendar: tests 1 to 7 of the requirements on duties, each with its clause."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from icalendar import Calendar

from planner.domain.case import RowRef
from planner.domain.finding import Severity
from planner.intake.month.working_days import make_calendar
from planner.intake.tables.records import DutyRow, Tables
from planner.obligations.calendar import Owed, duties_on
from planner.obligations.ics import duties_ics
from planner.rulebook.duties import DUTY_ROWS, bounds_of
from planner.service import duties_of
from tests.intake_law.build import agency, closed, filing, rulebook, tables
from tests.obligations.test_filing import step
from tests.obligations.test_results import result

CALENDAR = make_calendar((2025, 2026, 2027))
DECEMBER = date(2026, 12, 1)


def done(agency_id: str, row: int, period: str, day: date | None, **cells: Any) -> DutyRow:
    base = {"due": None, "evidence": "", "waived": "", "section": "", **cells}
    return DutyRow(agency_id=agency_id, row=row, period=period, done_on=day, ref=RowRef("duties", 2), **base)


def bodies(**rows: Any) -> Tables:
    found = (
        *(agency(f"B{domain}", domain) for domain in ("A01", "A03", "A06", "A07", "A08", "A12")),
        agency("K1", "", parent_id="BA07"),
        agency("ZJ", "A09", level="town", town="朱泾镇"),
    )
    return tables(**{"agencies": found, "filings": (), **rows})


def owed(source: Tables, row: int, period: str, agency_id: str, on: date = DECEMBER) -> Owed:
    calendar = make_calendar((2025, 2026, 2027), source.calendar)
    found = [o for o in duties_on(source, on, calendar) if (o.row, o.period, o.agency) == (row, period, agency_id)]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(("day", "state"), [(date(2026, 2, 28), "done"), (date(2026, 3, 2), "late")])
def test_1_fire_files_its_year_by_the_end_of_february(day: date, state: str) -> None:
    """A03-4.3a: 28 February 2026 is a Saturday with work."""
    one = owed(bodies(duties=(done("BA03", 1, "2026", day),)), 1, "2026", "BA03")
    assert (one.due, one.state, one.code) == (date(2026, 2, 28), state, "duty.filed-late")
    assert one.clauses == ("A03-4.3a",)
    year = replace(filing("Y", "BA03", period="year", filed_on=day), window_from=date(2026, 1, 1))
    assert owed(bodies(filings=(year,)), 1, "2026", "BA03").state == state


def test_2_and_3_the_letter_of_the_month_is_due_before_a_holiday() -> None:
    """A03-4.2a: 7 October lies in the long holiday, 7 June is a Sunday."""
    late = owed(bodies(duties=(done("BA03", 7, "2026-10", date(2026, 10, 8)),)), 7, "2026-10", "BA03")
    assert (late.due, late.state, late.code) == (date(2026, 9, 30), "late", "duty.letter-late")
    assert late.severity is Severity.WARNING
    june = owed(bodies(duties=(done("BA03", 7, "2026-06", date(2026, 6, 5)),)), 7, "2026-06", "BA03")
    assert (june.due, june.state) == (date(2026, 6, 5), "done")


def test_4_a_section_hands_over_july_on_26_june() -> None:
    """A07-6.2b: each section owes it."""
    entry = done("BA07", 9, "2026-07", date(2026, 6, 26), section="K1")
    one = owed(bodies(duties=(entry,)), 9, "2026-07", "BA07")
    assert (one.section, one.due, one.state) == ("K1", date(2026, 6, 25), "late")
    assert one.clauses == ("A07-6.2b",)


def test_5_a_closed_day_of_the_district_is_a_working_day_here() -> None:
    """A08-2.5e."""
    source = bodies(calendar=(closed(date(2026, 6, 25)),))
    assert owed(source, 10, "2026-07", "BA08").due == date(2026, 6, 25)
    off = bodies(calendar=(closed(date(2026, 6, 25), "off"),))
    assert owed(off, 10, "2026-07", "BA08").due == date(2026, 6, 24)


def test_6_and_7_a_year_plan_not_public_by_the_end_of_march() -> None:
    """A01-4.3.3a; A06-2.2.1a sets no day, so it is told only."""
    on = date(2026, 4, 1)
    market = owed(bodies(), 4, "2026", "BA01", on)
    assert (market.state, market.code, market.severity) == ("late", "duty.unpublished", Severity.WARNING)
    assert market.clauses == ("A01-4.3.3a",)
    culture = owed(bodies(), 6, "2026", "BA06", on)
    assert (culture.state, culture.severity, culture.clauses) == ("late", Severity.INFO, ("A06-2.2.1a",))
    year = replace(filing("Y", "BA01", period="year"), window_from=date(2026, 1, 1))
    public = bodies(filings=(year,), filing_steps=(step("publish", date(2026, 3, 31), "Y"),))
    assert owed(public, 4, "2026", "BA01", on).state == "done"


def test_the_emergency_plan_comes_ahead_of_the_first_visit() -> None:
    """A12-4.3."""
    on = date(2026, 4, 1)
    assert owed(bodies(), 5, "2026", "BA12", on).severity is Severity.INFO
    visited = bodies(results=(result(day=date(2026, 2, 3), agency_id="BA12"),))
    assert owed(visited, 5, "2026", "BA12", on).severity is Severity.WARNING


def test_a_year_has_what_falls_due_in_it() -> None:
    """A06-2.4.2b: the report on a year is due in the next one; the plan of January in the December before."""
    report = owed(bodies(), 26, "2025", "BA06")
    assert report.due == date(2026, 1, 30)
    january = owed(bodies(), 10, "2027-01", "BA08")
    assert january.due == date(2026, 12, 25)
    assert not [one for one in duties_on(bodies(), DECEMBER, CALENDAR) if one.due.year != 2026]


def test_reminders_and_waivers() -> None:
    for on, left, remind in ((date(2026, 5, 22), 10, True), (date(2026, 6, 2), 3, True), (date(2026, 6, 3), 2, False)):
        one = owed(bodies(), 7, "2026-06", "BA03", on)
        assert (one.state, one.days_left, one.remind) == ("open", left, remind)
    waived = owed(bodies(duties=(done("BA03", 7, "2026-06", None, waived="本月无计划"),)), 7, "2026-06", "BA03")
    assert (waived.state, waived.days_left, waived.evidence) == ("waived", None, "本月无计划")
    later = bodies(duties=(done("BA03", 7, "2026-06", date(2026, 6, 5)),))
    assert owed(later, 7, "2026-06", "BA03", date(2026, 6, 3)).state == "open"


def test_the_calendar_file_has_each_open_duty_with_its_alarms() -> None:
    found, calendar = duties_of(bodies(), date(2026, 6, 1))
    events = Calendar.from_ical(duties_ics(found, calendar)).walk("VEVENT")
    assert len(events) == sum(one.state == "open" or one.done_on is None for one in found)
    letter = next(event for event in events if str(event["uid"]) == "duty-7-BA03-2026-06@planner")
    assert letter.decoded("dtstart") == date(2026, 6, 5)
    assert letter.walk("VALARM")[0].decoded("trigger").date() == date(2026, 5, 22)
    assert duties_ics(found, calendar) == duties_ics(*duties_of(bodies(), date(2026, 6, 1)))


def test_the_rows_are_twenty_seven_and_cite_clauses_of_those_who_owe_them() -> None:
    assert [row.row for row in DUTY_ROWS] == list(range(1, 28))
    for row in DUTY_ROWS:
        for domain in row.who:
            assert row.cited(domain), (row.row, domain)
        for domain, clauses in row.clauses.items():
            assert domain == "D" or domain in row.who
            assert all(rulebook().clause(clause).doc == domain for clause in clauses)
    with pytest.raises(ValueError, match="H3"):
        bounds_of("2026-H3")
