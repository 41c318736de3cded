"""The small languages inside cells: dates and date ranges, hours, scope, ratio, frequency.

Every function takes cleaned text and raises `GrammarError` with the part that it does not understand.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from planner.intake.records import Scope
from planner.intake.schema import GRADES

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Dates outside are taken for slips: nothing in a plan or its history is that old or that far away."""

ANY_GRADE = "*"

DateRange = tuple[date, date]


class GrammarError(ValueError):
    """Text that the grammar does not allow; the message is the part of it."""


class DateOutOfRangeError(GrammarError):
    """A date, but not of a sensible year."""


_TIME = r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?"
_DATE = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?" + _TIME, re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_ONE_DATE = r"(\d{4}\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}\s*[日号]?|\d{8})"
_RANGE = re.compile(_ONE_DATE + r"\s*(?:~|至|到|—+|–|-)\s*" + _ONE_DATE, re.ASCII)

_CLOCK = r"(\d{1,2})\s*(?:[:.时点]\s*([0-5]\d)?\s*分?)?"
_HOURS = re.compile(_CLOCK + r"\s*(?:~|〜|至|到|—+|–|-)\s*" + _CLOCK, re.ASCII)
DAY_MINUTES = 24 * 60

_SEPARATORS = re.compile(r"[;、,\n]")
_SCOPE_SEPARATORS = re.compile(r"[;\n]")
_SCOPE_VALUES = re.compile(r"[|、,]")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)\s*%", re.ASCII)
_FRACTION = re.compile(r"0?\.\d{1,6}", re.ASCII)
_TIMES = re.compile(r"(\d{1,3})(?:\s*/\s*(\d{1,2}))?", re.ASCII)

_SCOPE_KEYS = {
    "industry": "industry",
    "行业": "industry",
    "town": "town",
    "街镇": "town",
    "tag": "tag",
    "标签": "tag",
    "grade": "grade",
    "等级": "grade",
}


def half_width(text: str) -> str:
    """Return `text` with full-width letters, digits and punctuation made half-width (NFKC)."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


_GRADE_CODES = {half_width(name).casefold(): code for code, title in GRADES for name in (code, title)}


def split_list(text: str) -> tuple[str, ...]:
    """Return the values of a list cell, half-width, without repeats, in the order given."""
    parts = (part.strip() for part in _SEPARATORS.split(half_width(text)))
    return tuple(dict.fromkeys(part for part in parts if part))


def in_range(day: date) -> date:
    """Return `day`; DateOutOfRangeError where its year is not sensible."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise DateOutOfRangeError(day.isoformat())
    return day


def read_date(text: str) -> date:
    """Return the date in 2026-03-01, 2026.3.1, 2026/3/1, 2026年3月1日 or 20260301; a time of day is dropped."""
    found = _DATE.fullmatch(half_width(text)) or _COMPACT.fullmatch(half_width(text))
    if found is None:
        raise GrammarError(text)
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise GrammarError(text) from None
    return in_range(day)


def read_dates(text: str) -> tuple[DateRange, ...]:
    """Return the closed ranges of a list of dates and ranges; a single date is a range of one day."""
    ranges: list[DateRange] = []
    for part in split_list(text):
        found = _RANGE.fullmatch(part)
        first, last = (read_date(found[1]), read_date(found[2])) if found else (read_date(part),) * 2
        if last < first:
            raise GrammarError(part)
        ranges.append((first, last))
    return tuple(ranges)


def read_hours(text: str) -> tuple[tuple[tuple[int, int], ...], tuple[str, ...]]:
    """Return the hours of the day in `11:00-13:00;22:00-02:00` as minutes (from, to), and the parts not understood.

    Hours over midnight become two: up to 24:00, and from 0:00. Overlapping ones are drawn together.
    """
    spans: list[tuple[int, int]] = []
    unread: list[str] = []
    for part in split_list(text):
        found = _HOURS.fullmatch(part)
        first, last = (_minute(found[1], found[2]), _minute(found[3], found[4])) if found else (0, 0)
        if first == last or first >= DAY_MINUTES or last > DAY_MINUTES:
            unread.append(part)
        elif first < last:
            spans.append((first, last))
        else:
            spans += [(first, DAY_MINUTES), (0, last)] if last else [(first, DAY_MINUTES)]
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged), tuple(unread)


def _minute(hour: str, minute: str | None) -> int:
    return int(hour) * 60 + int(minute or 0)


def read_grade(text: str) -> str:
    """Return the code of a grade given in code or Chinese, or `*` for every grade."""
    text = text.strip()
    if text == ANY_GRADE:
        return text
    try:
        return _GRADE_CODES[text.casefold()]
    except KeyError:
        raise GrammarError(text) from None


def read_scope(text: str) -> Scope:
    """Return the scope in `行业=餐饮|住宿；街镇=朱泾镇`; each key at most once."""
    terms: dict[str, tuple[str, ...]] = {}
    for part in _SCOPE_SEPARATORS.split(half_width(text)):
        if not part.strip():
            continue
        name, sign, rest = part.replace(":", "=").partition("=")
        key = _SCOPE_KEYS.get(name.strip().casefold(), "")
        values = tuple(dict.fromkeys(v.strip() for v in _SCOPE_VALUES.split(rest) if v.strip()))
        if not sign or not key or key in terms or not values:
            raise GrammarError(part.strip())
        terms[key] = tuple(dict.fromkeys(map(read_grade, values))) if key == "grade" else values
    return Scope(tuple(terms.items()))


def _by_grade(text: str) -> dict[str, str]:
    """Split `A=x;B=y`, or one `x` for every grade."""
    parts = split_list(text)
    if len(parts) == 1 and "=" not in parts[0] and ":" not in parts[0]:
        return {ANY_GRADE: parts[0]}
    values: dict[str, str] = {}
    for part in parts:
        name, sign, rest = part.replace(":", "=").partition("=")
        grade = read_grade(name)
        if not sign or grade in values:
            raise GrammarError(part)
        values[grade] = rest.strip()
    return values


def read_ratio(text: str) -> tuple[tuple[str, int], ...]:
    """Return (grade, parts per ten thousand) of `5%` or 0.05. A bare `1` or `20` is refused: it could mean either."""
    ratios: list[tuple[str, int]] = []
    for grade, part in _by_grade(text).items():
        if found := _PERCENT.fullmatch(part):
            parts = Decimal(found[1]) * 100
        elif _FRACTION.fullmatch(part):
            parts = Decimal(part) * 10_000
        else:
            raise GrammarError(part)
        if parts != int(parts) or parts > 10_000:
            raise GrammarError(part)
        ratios.append((grade, int(parts)))
    return tuple(ratios)


def read_frequency(text: str) -> tuple[tuple[str, tuple[int, int]], ...]:
    """Return (grade, (checks, years)); `2` is twice a year, `1/2` once in two years."""
    frequencies: list[tuple[str, tuple[int, int]]] = []
    for grade, part in _by_grade(text).items():
        found = _TIMES.fullmatch(part)
        if found is None or found[2] == "0" or int(found[2] or 1) == 0:
            raise GrammarError(part)
        frequencies.append((grade, (int(found[1]), int(found[2] or 1))))
    return tuple(frequencies)
