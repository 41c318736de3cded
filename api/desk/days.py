"""The days of a month as the planner counts them, and by when a month's filings are due."""

from __future__ import annotations

from datetime import date, timedelta

from api.desk.day_models import DayOut, DeadlineOut, MonthDays
from api.store.engine import Tx
from api.store.library import rows_of
from planner.domain.calendar import WorkCalendar, add_months, month_bounds
from planner.intake.working_days import holiday_name, make_calendar

FILED_BY = (("", -1, 25, ("A07-6.2b", "A08-2.5e")), ("A03", 0, 7, ("A03-4.2a",)))
"""By domain: months from the planned one, date, and clauses. A day off binds the day before.

The district document names no date for all; the annexes that name one for next month's plans say the 25th, which the
bureau asks of everybody (empty domain) but the fire brigade.
"""
MOST_ROWS = 5_000


def days_of(tx: Tx, month: str) -> MonthDays:
    """Return the days of `month` (`YYYY-MM`) by the official calendar and the library's table over it."""
    first, last = month_bounds(month)
    rows = [row for _, row in rows_of(tx, "calendar", limit=MOST_ROWS)]
    calendar = make_calendar({add_months(first, -1).year, first.year}, rows)
    notes = {row.date: row.note for row in rows}
    dates = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return MonthDays(
        month=month,
        provisional=first.year in calendar.provisional_years,
        days=[_day(day, calendar, notes.get(day, "")) for day in dates],
        deadlines=[
            DeadlineOut(
                domain=domain,
                day=calendar.roll_back(add_months(first, ahead).replace(day=number)),
                clauses=list(clauses),
            )
            for domain, ahead, number, clauses in FILED_BY
        ],
    )


def _day(day: date, calendar: WorkCalendar, note: str) -> DayOut:
    if day in calendar.closed:
        return DayOut(day=day, kind="closed", name=note or "全区不检查")
    if day in calendar.make_up:
        return DayOut(day=day, kind="make-up", name=note or "调休上班")
    if calendar.is_working(day):
        return DayOut(day=day, kind="work", name="")
    return DayOut(day=day, kind="off", name=note or holiday_name(day))
