"""One cell: raw value in, typed value and problems out. Never raises, whatever the cell holds.

Raw values are what calamine gives (str, float, int, bool, date, datetime, time, timedelta) or str from CSV; a
`SpoiledCell` stands where the file holds a formula without a usable result.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from functools import partial
from typing import NamedTuple

from planner.intake.read.forms.nothing import GROUNDS, NOTHING_YET, NULLS, PLACEHOLDERS
from planner.intake.read.forms.worded import is_endless, minutes_of, parses, proposed_frequency, proposed_ratio, word_of
from planner.intake.read.grammar import (
    CHINA,
    LAST_YEAR,
    DateOutOfRangeError,
    GrammarError,
    half_width,
    in_range,
    read_date,
    read_dates,
    read_frequency,
    read_hours,
    read_ratio,
    read_scope,
    split_list,
)
from planner.intake.read.periods import read_span
from planner.intake.tables.layout import FORMULA_STARTS
from planner.intake.tables.records import Scope
from planner.intake.tables.schema import Column, Kind
from planner.intake.words.findings import as_shown

MAX_TEXT = 1000
"""Characters of a text cell that are kept."""

MAX_ID = 100

PROSE = frozenset({"name", "address", "basis", "note", "reason", "contact", "join_source", "necessity", "signed_by"})
"""Texts shown as written; all other texts are compared, so their full-width letters are made half-width."""

LONG_PROSE = frozenset({"basis", "note", "reason", "necessity", "contact"})
"""Texts that may have several lines; in all others a line break only wraps the cell."""

_WRAPPED = re.compile(r"(?<=[\u3400-\u9fff(（)）])\s*\n\s*(?=[\u3400-\u9fff(（)）])")

CODES = frozenset({"credit_code", "certificate_no", "plan_code", "upper_plan_code"})
"""Texts of digits that a spreadsheet may have mangled as numbers."""

HARMLESS_WHEN_EMPTY = frozenset(
    {"lon", "lat", "address", "contact", "note", "join_source", "join_date", "filed_on", "preferred_days"}
)
"""Optional columns whose unreadable cell counts as empty. In any other the row is dropped: to take an unreadable
`secret`, `join`, `blackout_days` or `valid_to` for empty would loosen what the law binds."""

EMPTY_OF_ERRORS = frozenset({"credit_code", "plan_code", "upper_plan_code", "join_source"})
"""Further optional columns in which a formula's error counts as empty: nothing is loosened without their value."""

ERROR_VALUES = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})

ENDS = frozenset({"valid_to", "to"})


_YES = frozenset({"是", "true", "yes", "y", "1", "有", "√", "✓"})
_NO = frozenset({"否", "false", "no", "n", "0", "×", "✗"})
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+|\d{1,3}(?:,\d{3})+(?:\.\d*)?)", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d{2,}", re.ASCII | re.IGNORECASE)
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_MONTH = re.compile(r"(\d{4})\s*[-./年]?\s*(0?[1-9]|1[0-2])\s*月?", re.ASCII)
_EXCEL_EPOCH = date(1899, 12, 30)
_LOST_DIGITS = 10**15
"""A number of more digits has lost its last ones in a spreadsheet."""


@dataclass(frozen=True, slots=True)
class SpoiledCell:
    """A cell without a usable value: an error value, or a formula whose result was never saved."""

    code: str
    text: str

    def __str__(self) -> str:
        return self.text


class Problem(NamedTuple):
    """A finding in the making; `value` is the part it is about, "" for the whole cell."""

    code: str
    value: str = ""
    params: tuple[tuple[str, str], ...] = ()


class Read(NamedTuple):
    """A cell's value (its kind's empty value where it is empty or unreadable) and what was wrong with it."""

    value: object
    problems: tuple[Problem, ...] = ()
    empty: bool = False


def is_blank(raw: object) -> bool:
    """Return whether a raw cell holds nothing."""
    return raw is None or (isinstance(raw, str) and not raw.strip())


def clean(text: str) -> tuple[str, tuple[Problem, ...]]:
    """Return text without control, zero-width and unpaired characters and without blanks at its ends."""
    text = text.strip()
    problems: tuple[Problem, ...] = ()
    if not text.isprintable():
        kept = []
        for char in text.replace("\r\n", "\n").replace("\r", "\n"):
            category = unicodedata.category(char)
            if char == "\n":
                kept.append(char)
            elif char == "\t" or category[0] == "Z":
                kept.append(" ")
            elif category[0] != "C":
                kept.append(char)
            else:
                problems = (Problem("cell.control"),)
        text = "".join(kept).strip()
    if "\ufffd" in text:
        problems += (Problem("cell.garbled", as_shown(text)),)
    return text, problems


def _number_text(raw: float) -> str:
    return str(int(raw)) if isinstance(raw, int) or (math.isfinite(raw) and raw.is_integer()) else repr(raw)


def _as_text(raw: object) -> str:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, (int, float)):
        return _number_text(raw)
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == time() else raw.isoformat(sep=" ", timespec="minutes")
    if isinstance(raw, time):
        return raw.isoformat("minutes")
    return str(raw)


def _loses_digits(raw: object) -> bool:
    if isinstance(raw, (int, float)):
        return abs(raw) >= _LOST_DIGITS
    return isinstance(raw, str) and _SCIENTIFIC.fullmatch(raw) is not None


def _read_id(column: Column, raw: object) -> Read:
    if _loses_digits(raw):
        return Read("", (Problem("cell.number-as-code"),))
    if isinstance(raw, (bool, date, time, timedelta)):
        return Read("", (Problem("cell.id"),))
    text = half_width(_as_text(raw)).replace("\n", " ").strip()
    return Read(text) if len(text) <= MAX_ID else Read("", (Problem("cell.id"),))


def _read_text(column: Column, raw: object) -> Read:
    text = _as_text(raw)
    if column.key == "month":
        found = _MONTH.fullmatch(half_width(text[:7] if isinstance(raw, date) else text))
        return Read(f"{found[1]}-{int(found[2]):02d}") if found else Read("", (Problem("cell.month"),))
    problems: tuple[Problem, ...] = ()
    if column.key not in PROSE:
        text = half_width(text)
    if column.key not in LONG_PROSE and "\n" in text:
        text = _WRAPPED.sub("", text).replace("\n", " ")
        problems += (Problem("cell.read-as", "", (("read", text),)),)
    if column.key in CODES and (isinstance(raw, (int, float)) or _loses_digits(raw)):
        problems += (Problem("cell.number-as-text"),)
    elif column.key == "credit_code" and not _CREDIT_CODE.fullmatch(text):
        problems += (Problem("cell.credit-code"),)
    if isinstance(raw, str) and text.startswith(FORMULA_STARTS):
        problems += (Problem("cell.formula-like"),)
    if len(text) > MAX_TEXT:
        problems += (Problem("cell.too-long", "", (("count", str(len(text))), ("limit", str(MAX_TEXT)))),)
        text = text[:MAX_TEXT]
    return Read(text, problems)


def _read_list(column: Column, raw: object) -> Read:
    if column.kind is Kind.IDS and not isinstance(raw, str):
        one = _read_id(column, raw)
        return Read((one.value,) if one.value else (), one.problems)
    values = split_list(_as_text(raw))
    if column.kind is Kind.IDS:
        if any(len(value) > MAX_ID for value in values):
            return Read((), (Problem("cell.id"),))
        if any(map(_loses_digits, values)):
            return Read((), (Problem("cell.number-as-code"),))
    return Read(values)


STARTS = frozenset({"window_from", "valid_from", "from"})
_NEARLY_A_DAY = time(23, 58, 30)


def _day_of(column: Column, raw: datetime) -> Read:
    """Return the date of an instant. Tools that count from another zone's past write midnight as some seconds before
    it; only at the end of a period 23:59:59 is meant as it stands.
    """
    if raw.tzinfo is not None:
        raw = raw.astimezone(CHINA)
    ends = column.key in ENDS or column.key == "window_to"
    if raw.time() < _NEARLY_A_DAY or (ends and raw.second == 59) or column.key not in {*STARTS, *ENDS, "window_to"}:
        return Read(in_range(raw.date()))
    day = in_range(raw.date() + timedelta(days=1))
    return Read(day, (Problem("cell.read-as", "", (("read", day.isoformat()),)),))


def _period(column: Column, text: str, year: int | None) -> Read | None:
    """Return the first or last day of a period in a column of beginnings or ends; None where the text is no period."""
    if column.key in STARTS:
        place = 0
    elif column.key in {*ENDS, "window_to", "filed_on"}:
        place = 1
    else:
        return None
    try:
        day = read_span(text, year)[place]
    except GrammarError:
        return None
    return Read(day, (Problem("cell.read-as", "", (("read", day.isoformat()),)),))


def _read_date(year: int | None, column: Column, raw: object) -> Read:
    try:
        if isinstance(raw, datetime):
            return _day_of(column, raw)
        if isinstance(raw, date):
            return Read(in_range(raw))
        text = _as_text(raw)
        if isinstance(raw, (int, float)) and not isinstance(raw, bool) and 1 <= raw < 100_000:
            day = in_range(_EXCEL_EPOCH + timedelta(days=int(raw)))
            return Read(day, (Problem("cell.date-serial", "", (("read", day.isoformat()),)),))
        day = read_date(text)
        if text[:10].count("-") == 2 and day.isoformat() != text[:10] and "T" in text[:11]:
            return Read(day, (Problem("cell.read-as", "", (("read", day.isoformat()),)),))
        return Read(day)
    except DateOutOfRangeError as error:
        return Read(None, (Problem("cell.date-range", str(error)),))
    except GrammarError:
        if not column.bars and (found := _period(column, text, year)):
            return found
        return Read(None, (Problem("cell.date"),))


def _endless(column: Column, raw: object) -> Read | None:
    """Return the read of an end that is none: 长期, or a year that stands for it; None of anything else."""
    text = half_width(_as_text(raw)).strip()
    if column.kind is not Kind.DATE or column.key not in ENDS:
        return None
    if not is_endless(text):
        return None
    end = date(LAST_YEAR, 12, 31) if column.required else None
    return Read(end, (Problem("cell.read-as", "", (("read", "没有截止日期"),)),))


def _read_dates(column: Column, raw: object) -> Read:
    if not isinstance(raw, str):
        one = _read_date(None, column, raw)
        return Read(((one.value, one.value),) if one.value else (), one.problems)
    try:
        return Read(read_dates(raw))
    except DateOutOfRangeError as error:
        return Read((), (Problem("cell.date-range", str(error)),))
    except GrammarError as error:
        return Read((), (Problem("cell.date", str(error)),))


def _read_hours(column: Column, raw: object) -> Read:
    if not isinstance(raw, str):
        return Read((), (Problem("cell.hours"),))
    spans, unread = read_hours(raw)
    return Read(spans, tuple(Problem("cell.hours", as_shown(part)) for part in unread))


def _read_number(column: Column, raw: object) -> Read:
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        return Read(None, (Problem("cell.number"),))
    problems: tuple[Problem, ...] = ()
    if isinstance(raw, str):
        text = half_width(raw).strip()
        if column.key in DURATIONS and (minutes := minutes_of(text)) is not None:
            problems = (Problem("cell.read-as", "", (("read", f"{minutes:g}"),)),)
            text = f"{minutes}"
        if not _NUMBER.fullmatch(text):
            return Read(None, (Problem("cell.number"),))
        raw = float(text.replace(",", ""))
    low = -math.inf if column.low is None else column.low
    high = math.inf if column.high is None else column.high
    if not (abs(raw) < 1e300 and low <= raw <= high):
        bounds = (("low", f"{low:g}"), ("high", f"{high:g}"))
        return Read(None, (Problem("cell.range", "", bounds),))
    if column.kind is Kind.FLOAT:
        return Read(float(raw))
    return Read(int(raw), problems) if raw == int(raw) else Read(None, (Problem("cell.whole-number"),))


DURATIONS = frozenset({"minutes", "setup_minutes"})


def _read_bool(column: Column, raw: object) -> Read:
    text = half_width(_as_text(raw)).casefold()
    if text in _YES or text in _NO:
        return Read(text in _YES)
    return Read(False, (Problem("cell.yes-no"),))


def _read_choice(column: Column, choices: dict[str, str], same: dict[str, str], raw: object) -> Read:
    word = word_of(_as_text(raw))
    code = choices.get(word)
    if code is not None:
        return Read(code)
    titles = dict(column.choices)
    code = same.get(word)
    if code is not None:
        return Read(code, (Problem("cell.read-as", "", (("read", titles[code]),)),))
    near = get_close_matches(word, [*choices, *same], 1, 0.6)
    nearest = titles[choices.get(near[0]) or same[near[0]]] if near else ""
    params = (
        ("choices", "、".join(titles.values())),
        ("choices_en", ", ".join(titles)),
        ("hint", f"，最接近的是“{nearest}”" if nearest else ""),
    )
    return Read("", (Problem("cell.choice", "", params),))


def _read_grammar(
    column: Column, parse: Callable[[str], object], code: str, kinds: tuple[type, ...], empty: object, raw: object
) -> Read:
    if not isinstance(raw, kinds) or isinstance(raw, bool):
        return Read(empty, (Problem(code, "", (("hint", ""),)),))
    if column.kind is Kind.RATIO and isinstance(raw, (int, float)) and 0 <= raw <= 1:
        raw = f"{raw * 100:g}%"  # a percent cell: the sheet stores 5% as 0.05
    text = _as_text(raw)
    try:
        return Read(parse(text))
    except GrammarError as error:
        if column.kind in (Kind.RATIO, Kind.FREQUENCY) and (found := _one_of_both(column, parse, text)):
            return found
        proposed = {Kind.RATIO: proposed_ratio, Kind.FREQUENCY: proposed_frequency}.get(column.kind, lambda _: "")
        return Read(empty, (Problem(code, as_shown(error), (("hint", proposed(text)),)),))


def _one_of_both(column: Column, parse: Callable[[str], object], text: str) -> Read | None:
    """Return this column's part of a cell that gives ratio and frequency together (5%;1次/年), told."""
    parts = split_list(text)
    mine = [part for part in parts if parses(parse, part)]
    other = read_frequency if column.kind is Kind.RATIO else read_ratio
    if len(parts) != 2 or len(mine) != 1 or not all(parses(other, part) for part in parts if part not in mine):
        return None
    return Read(parse(mine[0]), (Problem("cell.read-as", "", (("read", mine[0]),)),))


_EMPTY: dict[Kind, object] = {
    Kind.TEXT: "",
    Kind.ID: "",
    Kind.CHOICE: "",
    Kind.IDS: (),
    Kind.LIST: (),
    Kind.DATES: (),
    Kind.HOURS: (),
    Kind.RATIO: (),
    Kind.FREQUENCY: (),
    Kind.DATE: None,
    Kind.INT: None,
    Kind.FLOAT: None,
    Kind.BOOL: False,
    Kind.SCOPE: Scope(),
}


def _reader_of(column: Column, year: int | None) -> Callable[[object], Read]:
    if column.kind is Kind.DATE:
        return partial(_read_date, year, column)
    if column.kind is Kind.CHOICE:
        choices = {word_of(name): code for code, title in column.choices for name in (title, code)}
        same = {word_of(name): code for name, code in column.also if word_of(name) not in choices}
        return partial(_read_choice, column, choices, same)
    if column.kind is Kind.SCOPE:
        return partial(_read_grammar, column, read_scope, "cell.scope", (str,), Scope())
    if column.kind is Kind.RATIO:
        return partial(_read_grammar, column, read_ratio, "cell.ratio", (str, float, int), ())
    if column.kind is Kind.FREQUENCY:
        return partial(_read_grammar, column, read_frequency, "cell.frequency", (str, float, int), ())
    readers: dict[Kind, Callable[[Column, object], Read]] = {
        Kind.TEXT: _read_text,
        Kind.ID: _read_id,
        Kind.IDS: _read_list,
        Kind.LIST: _read_list,
        Kind.DATES: _read_dates,
        Kind.HOURS: _read_hours,
        Kind.INT: _read_number,
        Kind.FLOAT: _read_number,
        Kind.BOOL: _read_bool,
    }
    return partial(readers[column.kind], column)


def cell_reader(column: Column, year: int | None = None) -> Callable[[object], Read]:
    """Return the function that reads raw cells of `column`; `year` counts where a period names none."""
    read = _reader_of(column, year)
    nothing = _EMPTY[column.kind]
    empty = Read(read(column.default).value if column.default else nothing, (), True)
    takes_placeholder = column.kind not in {Kind.TEXT, Kind.ID}

    def read_cell(raw: object) -> Read:
        if isinstance(raw, SpoiledCell):
            return _harmless(Read(nothing, (Problem(raw.code),)), column.key in EMPTY_OF_ERRORS)
        problems: tuple[Problem, ...] = ()
        if isinstance(raw, str):
            raw, problems = clean(raw)
            if raw in ERROR_VALUES:
                return _harmless(Read(nothing, (Problem("cell.error-value"),)), column.key in EMPTY_OF_ERRORS)
            if takes_placeholder and raw.casefold() in PLACEHOLDERS:
                raw = ""
        if raw is None or raw == "":
            return empty._replace(problems=problems)
        nulls = NULLS | NOTHING_YET if column.key in GROUNDS else NULLS
        if isinstance(raw, str) and raw.casefold() in nulls and column.key not in PROSE - GROUNDS:
            return empty._replace(problems=(Problem("cell.read-as", "", (("read", "空"),)),))
        found = _endless(column, raw) or read(raw)
        if not found.problems:
            return found._replace(problems=problems) if problems else found
        return _harmless(found._replace(problems=problems + found.problems))

    def _harmless(found: Read, empty_of_errors: bool = False) -> Read:
        harmless = empty_of_errors or column.key in HARMLESS_WHEN_EMPTY
        if not harmless or found.value not in (None, (), ""):
            return found
        return Read(found.value, (Problem("cell.ignored"),))

    return read_cell
