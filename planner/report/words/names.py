"""Readable names for ids: what the case carries, and what a caller adds from the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from planner.domain.calendar import is_one_month
from planner.domain.case import Case
from planner.intake.tables.schema import GRADES, TABLE_BY_KEY
from planner.report.words.texts import text
from planner.rulebook.offices import DOMAINS

_DOMAINS, _GRADES = dict(DOMAINS), dict(GRADES)
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Names:
    """Names by id; an id without a name is shown as it is.

    `agencies` is needed only for parents that have no task of their own, `rules` are rulebook titles. `addresses` of
    sites and `contacts` of agencies stand on joint-visit and duty sheets; where there is none, there is none.
    """

    agencies: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    contacts: Mapping[str, str] = field(default_factory=dict)

    def with_case(self, case: Case) -> Names:
        """Return a copy that also knows the names of the case's units."""
        return replace(self, agencies={**{u.id: u.name for u in case.units}, **self.agencies})

    def agency(self, agency_id: str) -> str:
        return self.agencies.get(agency_id, agency_id)

    def item(self, item_id: str) -> str:
        return self.items.get(item_id, item_id)

    def rule(self, rule_id: str) -> str:
        return self.rules.get(rule_id, rule_id)


def domain_name(domain: str) -> str:
    """Return the Chinese name of a domain (annex), or `domain` itself."""
    return _DOMAINS.get(domain, domain)


def grade_name(grade: str) -> str:
    """Return a grade as officials write it."""
    return _GRADES.get(grade, grade)


def table_name(key: str) -> str:
    """Return a table's Chinese sheet name, or `key` itself."""
    return TABLE_BY_KEY[key].title if key in TABLE_BY_KEY else key


def column_name(table: str, key: str) -> str:
    """Return a column's Chinese header, or `key` itself."""
    columns = TABLE_BY_KEY[table].columns if table in TABLE_BY_KEY else ()
    return next((column.title for column in columns if column.key == key), key)


def day_text(day: date) -> str:
    """Return a date with its Chinese weekday: 2026-06-09 周二."""
    return f"{day.isoformat()} 周{_WEEKDAYS[day.weekday()]}"


def month_text(day: date) -> str:
    """Return the month of `day`."""
    return text("month_of", year=day.year, month=day.month)


def period_text(period: tuple[date, date]) -> str:
    """Return what is planned at once: a month, a year, or a year from a month on."""
    first, last = period
    if is_one_month(first, last):
        return month_text(first)
    return text("year_of" if first.month == 1 else "year_from", year=first.year, month=first.month)


def window_text(window: tuple[date, date]) -> str:
    """Return a window, both days inclusive."""
    return f"{window[0].isoformat()} 至 {window[1].isoformat()}"
