"""Dates: working days, and the legal "one month".

Weekends are days off unless the table says otherwise; the table (public holidays, make-up days, district-wide closed
days) is data that users can edit.
"""

from __future__ import annotations

import calendar as _calendar
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

REST_OF_YEAR = "~12"
"""Ends the name of a period that runs from a month to the year's end: `2026-06~12`."""


def add_months(day: date, months: int) -> date:
    """Return the same date `months` later, or that month's last day where it has no such date."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, _calendar.monthrange(year, month + 1)[1]))


@lru_cache(maxsize=4096)
def months_after(day: date, months: int) -> date:
    """Return the first date that is `months` full months after `day`; `day` itself for 0.

    Reading of the law (rule `gap.domain`, assumed): the same date that many months later or 30 days a month, whichever
    is later; the day found counts as lawful itself ("以上" includes it).
    """
    return max(add_months(day, months), day + timedelta(days=30 * months)) if months else day


def month_bounds(month: str) -> tuple[date, date]:
    """Return first and last date of a month written `YYYY-MM`. Raises ValueError on anything else."""
    year, _, number = month.partition("-")
    if len(year) != 4:
        raise ValueError(f"{month!r} is no month")
    first = date(int(year), int(number), 1)
    return first, date(first.year, first.month, _calendar.monthrange(first.year, first.month)[1])


def period_bounds(label: str) -> tuple[date, date]:
    """Return first and last date of what is planned at once. Raises ValueError on anything else than

    a month `YYYY-MM`, a year `YYYY`, or a year from one of its months on, `YYYY-MM~12`.
    """
    if re.fullmatch(r"\d{4}", label):
        return date(int(label), 1, 1), date(int(label), 12, 31)
    first, last = month_bounds(label.removesuffix(REST_OF_YEAR))
    return first, date(first.year, 12, 31) if label.endswith(REST_OF_YEAR) else last


def is_one_month(first: date, last: date) -> bool:
    """Return whether both dates lie in one month."""
    return (first.year, first.month) == (last.year, last.month)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which dates are working days.

    `days_off` are dates without work beyond weekends, `make_up` are weekend dates with work, `closed` are working days
    on which the whole district is not to be inspected. `provisional_years` are years whose holidays are not yet
    published officially.
    """

    days_off: frozenset[date] = frozenset()
    make_up: frozenset[date] = frozenset()
    closed: frozenset[date] = frozenset()
    provisional_years: frozenset[int] = field(default_factory=frozenset)

    def is_working(self, day: date) -> bool:
        """Return whether agencies work on `day`; a closed day counts as working here."""
        if day in self.make_up:
            return True
        return day.weekday() < 5 and day not in self.days_off

    def open_days(self, first: date, last: date) -> tuple[date, ...]:
        """Return the working days from `first` to `last` inclusive on which inspections are possible."""
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return tuple(day for day in days if self.is_working(day) and day not in self.closed)

    def last_working(self, day: date) -> date:
        """Return `day`, or the last working day before it: a date of filing that falls on a holiday binds before it.

        A day on which the district is not inspected is a working day here, unlike for `roll_back`.
        """
        return self.working_before(day, 0)

    def working_before(self, day: date, count: int) -> date:
        """Return the working day `count` working days before the last one up to `day`; ValueError past 400 dates."""
        return self._step(day, count, -1)

    def working_after(self, day: date, count: int) -> date:
        """Return the `count`-th working day after `day`, which is not counted itself; `day` for 0."""
        return self._step(day + timedelta(days=1), count - 1, 1) if count else day

    def _step(self, day: date, count: int, way: int) -> date:
        left = count
        for _ in range(400):
            if self.is_working(day):
                if left == 0:
                    return day
                left -= 1
            day += timedelta(days=way)
        raise ValueError(f"fewer than {count} working days within 400 dates of {day}")

    def roll_back(self, day: date) -> date:
        """Return `day`, or the last open day before it: a deadline on a holiday binds on the day before."""
        for _ in range(60):
            if self.is_working(day) and day not in self.closed:
                return day
            day -= timedelta(days=1)
        raise ValueError(f"no working day in the 60 days before {day}")
