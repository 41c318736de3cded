"""The working-day calendar: official holidays and make-up days, then what the bureau's table says otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import chinese_calendar
import holidays

from planner.domain.calendar import WorkCalendar
from planner.intake.tables.records import CalendarRow


def make_calendar(years: Iterable[int], rows: Iterable[CalendarRow] = ()) -> WorkCalendar:
    """Return the calendar of `years`, with the table's rows over it.

    Years whose holidays are not yet decided officially have the statutory days only, no make-up days, and are named in
    `provisional_years`.
    """
    days_off: set[date] = set()
    make_up: set[date] = set()
    provisional: set[int] = set()
    for year in sorted(set(years)):
        try:
            off, work = _official(year)
        except NotImplementedError:
            off, work = {d for d in holidays.country_holidays("CN", years=year) if d.year == year}, set()
            provisional.add(year)
        days_off |= off
        make_up |= work
    closed: set[date] = set()
    for row in rows:
        if row.kind == "closed":  # says nothing of whether people work: a closed holiday stays a holiday
            closed.add(row.date)
            continue
        days_off.discard(row.date)
        make_up.discard(row.date)
        (days_off if row.kind == "off" else make_up).add(row.date)
    return WorkCalendar(frozenset(days_off), frozenset(make_up), frozenset(closed), frozenset(provisional))


def holiday_name(day: date) -> str:
    """Return the Chinese name of the holiday that makes `day` free; empty on a plain weekend and on working days."""
    try:
        off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return str(holidays.country_holidays("CN", years=day.year, language="zh_CN").get(day, "")).replace("; ", "、")
    if not off or not name:
        return ""
    chinese = str(chinese_calendar.Holiday(name).chinese)
    return chinese if chinese.endswith(("节", "旦")) else f"{chinese}节"


def _official(year: int) -> tuple[set[date], set[date]]:
    """Return the year's week days off and weekend days with work. Raises NotImplementedError where not yet published.

    The last week of December can hold a holiday of a year that is not published; the package then answers for the
    weekday alone, which is all that is known.
    """
    off, work = set(), set()
    day = date(year, 1, 1)
    while day.year == year:
        works = chinese_calendar.is_workday(day)
        if works and day.weekday() >= 5:
            work.add(day)
        elif not works and day.weekday() < 5:
            off.add(day)
        day += timedelta(days=1)
    return off, work
