"""The days of a month as the planner counts them."""

from __future__ import annotations

from datetime import date, timedelta

from api.desk.library.day_models import DayOut, MonthDays
from api.store.database.engine import Tx
from api.store.inputs.library import rows_of
from planner.domain.calendar import WorkCalendar, month_bounds
from planner.intake.month.working_days import holiday_name, make_calendar

MOST_ROWS = 5_000


def days_of(tx: Tx, month: str) -> MonthDays:
    """Return the days of `month` (`YYYY-MM`) by the official calendar and the library's table over it."""
    first, last = month_bounds(month)
    rows = [row for _, row in rows_of(tx, "calendar", limit=MOST_ROWS)]
    calendar = make_calendar([first.year], rows)
    notes = {row.date: row.note for row in rows}
    dates = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return MonthDays(
        month=month,
        provisional=first.year in calendar.provisional_years,
        days=[_day(day, calendar, notes.get(day, "")) for day in dates],
    )


def _day(day: date, calendar: WorkCalendar, note: str) -> DayOut:
    if day in calendar.closed:
        return DayOut(day=day, kind="closed", name=note or "全区不检查")
    if day in calendar.make_up:
        return DayOut(day=day, kind="make-up", name=note or "调休上班")
    if calendar.is_working(day):
        return DayOut(day=day, kind="work", name="")
    return DayOut(day=day, kind="off", name=note or holiday_name(day))
