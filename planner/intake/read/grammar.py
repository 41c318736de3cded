"""The small languages inside cells: dates and date ranges, hours, scope, ratio, frequency.

Every function takes cleaned text and raises `GrammarError` with the part that it does not understand.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from planner.intake.tables.records import Scope
from planner.intake.tables.schema import GRADES
from planner.intake.tables.synonyms import GRADE as SAME_GRADE

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


_GRADE_CODES = {half_width(word).casefold(): code for word, code in SAME_GRADE} | {
    half_width(name).casefold(): code for code, title in GRADES for name in (code, title)
}


def split_list(text: str) -> tuple[str, ...]:
    """Return the values of a list cell, half-width, without repeats, in the order given."""
    parts = (part.strip() for part in _SEPARATORS.split(half_width(text)))
    return tuple(dict.fromkeys(part for part in parts if part))


def in_range(day: date) -> date:
    """Return `day`; DateOutOfRangeError where its year is not sensible."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise DateOutOfRangeError(day.isoformat())
    return day


_AROUND_DATE = re.compile(r"\(?(?:星期|周|礼拜)[一二三四五六日天]\)?|[上下]午|(?:止|前|起|以前|之前|整)$")
_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_CHINESE_DATE = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]"
)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})", re.ASCII)
CHINA = timezone(timedelta(hours=8))


def read_date(text: str) -> date:
    """Return the date in 2026-03-01, 2026.3.1, 2026/3/1, 2026年3月1日, 二〇二六年三月一日 or 20260301.

    An instant with its zone is the date in China then; any other time of day is dropped, like the day of the week.
    """
    plain = half_width(text).strip()
    if _INSTANT.fullmatch(plain):
        try:
            return in_range(
                datetime.fromisoformat(plain.replace(" ", "T", 1).replace(" ", "")).astimezone(CHINA).date()
            )
        except (ValueError, OverflowError):
            raise GrammarError(text) from None
    plain = _AROUND_DATE.sub("", plain).strip()
    if found := _CHINESE_DATE.fullmatch(plain):
        plain = f"{found[1].translate(_DIGITS)}-{_ten(found[2])}-{_ten(found[3])}"
    found = _DATE.fullmatch(plain) or _COMPACT.fullmatch(plain)
    if found is None:
        raise GrammarError(text)
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise GrammarError(text) from None
    return in_range(day)


def _ten(text: str) -> int:
    """Return a Chinese number below a hundred: 六, 十, 十二, 二十一."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int(text.translate(_DIGITS))
    return int(tens.translate(_DIGITS) or 1) * 10 + int(ones.translate(_DIGITS) or 0)


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
        if not sign or not key or key in terms or not values or "=" in rest:
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
        if parts != int(parts) or parts > 10_000 or (grade == ANY_GRADE and not parts):
            raise GrammarError(part)
        ratios.append((grade, int(parts)))
    return tuple(ratios)


DAYS_SINCE, MONTHS_SINCE = 0, -1
"""Stand in the place of the years where a frequency counts days or months since the last check."""

_COUNT = {"两": 2} | {word: n for n, word in enumerate("一二三四五六七八九十", 1)}
_N = r"(\d{1,3}|[一二两三四五六七八九十])"
_A_YEAR = {"年": 1, "年度": 1, "半年": 2, "季": 4, "季度": 4, "月": 12}
_UNIT = r"(?:个)?(年度?|半年|季度?|月)"
_PER = re.compile(rf"每?{_UNIT}(?:检查|抽查|各)?{_N}次|{_N}次[/每]{_UNIT}", re.ASCII)
_IN_YEARS = re.compile(rf"每?{_N}年(?:检查|抽查)?{_N}次|{_N}次[/每]{_N}年", re.ASCII)
_SINCE = re.compile(
    rf"(?:每|每隔|间隔|距上次|自上次起)?(?:不超过|每隔)?{_N}(天|日|个?月|周)(?:检查|抽查|查)?(?:[一1]次)?", re.ASCII
)


def read_frequency(text: str) -> tuple[tuple[str, tuple[int, int]], ...]:
    """Return (grade, (checks, years)); `2` is twice a year, `1/2` once in two years, 每季度1次 four times a year.

    `每90天` is (90, DAYS_SINCE), `每6个月` (6, MONTHS_SINCE): so long after the last check.
    """
    return tuple((grade, _frequency(part)) for grade, part in _by_grade(text).items())


def _frequency(text: str) -> tuple[int, int]:
    part = "".join(text.split())
    if found := _TIMES.fullmatch(part):
        if found[2] == "0" or int(found[2] or 1) == 0:
            raise GrammarError(text)
        return int(found[1]), int(found[2] or 1)
    if found := _PER.fullmatch(part):
        unit, times = (found[1], found[2]) if found[1] else (found[4], found[3])
        return _count(times) * _A_YEAR[unit], 1
    if found := _IN_YEARS.fullmatch(part):
        years, times = (found[1], found[2]) if found[1] else (found[4], found[3])
        return _count(times), _count(years)
    if (found := _SINCE.fullmatch(part)) and part != found[1] + found[2]:
        n = _count(found[1])
        unit = found[2]
        return (n, MONTHS_SINCE) if unit.endswith("月") else (n * (7 if unit == "周" else 1), DAYS_SINCE)
    raise GrammarError(text)


def _count(text: str) -> int:
    found = int(text) if text.isdigit() else _COUNT[text]
    if not found:
        raise GrammarError(text)
    return found


def frequency_text(asked: tuple[int, int]) -> str:
    """Return a frequency as it is read."""
    n, years = asked
    if years == DAYS_SINCE:
        return f"每{n}天一次"
    return f"每{n}个月一次" if years == MONTHS_SINCE else f"{n}/{years}"
