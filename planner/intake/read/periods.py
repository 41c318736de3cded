"""Periods as published forms name them: a month, a quarter, ten days of a month, a year, or a first and a last day."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from planner.intake.read.grammar import GrammarError, half_width, in_range, read_date

_YEAR = r"(?:(?P<year>\d{4})\s*(?:年度?|[-./])\s*)?"
_CHINESE = {word: n for n, word in enumerate("一二三四五六七八九十", 1)} | {"十一": 11, "十二": 12}
_NUMBER = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_MONTH = re.compile(_YEAR + rf"(?P<n>{_NUMBER})\s*月份?\s*(?P<part>上旬|中旬|下旬|上半月|下半月|全月)?")
_PLAIN_MONTH = re.compile(r"(?P<year>\d{4})\s*[-./]\s*(?P<n>0?[1-9]|1[0-2])")
_MONTH_IN_DIGITS = re.compile(r"(?P<year>20\d{2})(?P<n>0[1-9]|1[0-2])", re.ASCII)
_QUARTER = re.compile(
    _YEAR + r"第?\s*(?P<n>[1-4一二三四])\s*季度?|" + r"(?:(?P<year2>\d{4})\s*(?:年度?|[-./])?\s*)?Q(?P<q>[1-4])", re.I
)
_HALF = re.compile(_YEAR + r"(?P<n>上|下)半年")
_WHOLE = re.compile(r"(?:(?P<year>\d{4})\s*年?\s*)?(?:全年|年度|整年|全年度|本年度|当年)|(?P<only>\d{4})\s*年度?")
_WEEKDAY = re.compile(r"[\s(]*(?:星期|周|礼拜)[一二三四五六日天]\)?")
_TO = re.compile(r"\s*(?:~|〜|至|到|—+|–|-{1,2})\s*")
_DAY = re.compile(
    r"(?:(?P<year>\d{4})\s*年\s*)?(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*[日号](?:止|前|起|以前|之前)?"
)
_PLAIN_DAY = re.compile(r"(?P<month>0?[1-9]|1[0-2])[./](?P<day>\d{1,2})", re.ASCII)
_PARTS = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "上半月": (1, 15), "下半月": (16, 31), "全月": (1, 31)}

Span = tuple[date, date]


def read_span(text: str, year: int | None = None) -> Span:
    """Return the first and the last day of a period; `year` counts where the text names none.

    Raises GrammarError where the text is no period, or names no year and none is given.
    """
    plain = _WEEKDAY.sub("", half_width(text)).strip().replace("\n", "")
    if (one := _one(plain, year)) is not None:
        return one
    for cut in _TO.finditer(plain):
        first_text, last_text = plain[: cut.start()], plain[cut.end() :]
        if not first_text or not last_text:
            continue
        named = re.search(r"(?<!\d)(\d{4})(?!\d)", first_text)
        within = int(named[1]) if named else year
        first = _one(first_text, year) or _one(first_text + _ending(last_text), year)
        last = _one(last_text, within) or _bare_day(last_text, first)
        if first is not None and last is not None and first[0] <= last[1]:
            return first[0], last[1]
    raise GrammarError(text)


def is_one_period(text: str) -> bool:
    """Return whether a text is one period, such as a month, and not a range from one day to another."""
    try:
        return _one(half_width(text), 2000) is not None  # the year does not matter here
    except GrammarError:
        return False


def _ending(text: str) -> str:
    """Return the unit that a range names once: in `6-8月`, 月 counts for both."""
    return next((unit for unit in ("月", "季度") if text.endswith((unit, unit + "份"))), "")


def _bare_day(text: str, first: Span | None) -> Span | None:
    """Return the day of a range's end that names its day alone, in the month of its beginning."""
    found = re.fullmatch(r"(\d{1,2})\s*[日号]?", text)
    if found is None or first is None or first[0] != first[1]:
        return None
    return _dates(first[0].year, first[0].month, int(found[1]), int(found[1]))


def _one(text: str, year: int | None) -> Span | None:
    text = text.strip()
    try:
        day = read_date(text)
    except GrammarError:
        pass
    else:
        return day, day
    if found := _DAY.fullmatch(text) or _PLAIN_DAY.fullmatch(text):
        chosen = _year(found.groupdict().get("year"), year, text)
        return _dates(chosen, int(found["month"]), int(found["day"]), int(found["day"]))
    if found := _MONTH.fullmatch(text) or _PLAIN_MONTH.fullmatch(text) or _MONTH_IN_DIGITS.fullmatch(text):
        month = _number(found["n"])
        first, last = _PARTS.get(found.groupdict().get("part") or "全月", (1, 31))
        return _dates(_year(found["year"], year, text), month, first, last)
    if found := _QUARTER.fullmatch(text):
        start = _number(found["n"] or found["q"]) * 3 - 2
        return _months(_year(found["year"] or found["year2"], year, text), start, start + 2)
    if found := _HALF.fullmatch(text):
        start = 1 if found["n"] == "上" else 7
        return _months(_year(found["year"], year, text), start, start + 5)
    if found := _WHOLE.fullmatch(text):
        return _months(_year(found["year"] or found["only"], year, text), 1, 12)
    return None


def _number(text: str) -> int:
    return _CHINESE.get(text) or int(text)


def _year(named: str | None, given: int | None, text: str) -> int:
    if named is None and given is None:
        raise GrammarError(text)
    return int(named or given or 0)


def _dates(year: int, month: int, first: int, last: int) -> Span | None:
    try:
        return in_range(date(year, month, first)), date(
            year, month, min(last, monthrange(year, month)[1]) if last > first else last
        )
    except (ValueError, KeyError):
        return None


def _months(year: int, first: int, last: int) -> Span:
    return in_range(date(year, first, 1)), date(year, last, monthrange(year, last)[1])
