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
from functools import partial
from typing import NamedTuple

from planner.intake.findings import as_shown
from planner.intake.grammar import (
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
from planner.intake.layout import FORMULA_STARTS
from planner.intake.records import Scope
from planner.intake.schema import Column, Kind

MAX_TEXT = 1000
"""Characters of a text cell that are kept."""

MAX_ID = 100

PROSE = frozenset({"name", "address", "basis", "note", "reason", "contact", "join_source", "necessity", "signed_by"})
"""Texts shown as written; all other texts are compared, so their full-width letters are made half-width."""

CODES = frozenset({"credit_code", "certificate_no", "plan_code", "upper_plan_code"})
"""Texts of digits that a spreadsheet may have mangled as numbers."""

HARMLESS_WHEN_EMPTY = frozenset(
    {"lon", "lat", "address", "contact", "note", "join_source", "join_date", "filed_on", "preferred_days"}
)
"""Optional columns whose unreadable cell counts as empty. In any other the row is dropped: to take an unreadable
`secret`, `join`, `blackout_days` or `valid_to` for empty would loosen what the law binds."""

ERROR_VALUES = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})

_PLACEHOLDERS = frozenset({"-", "--", "—", "——", "/", "无", "n/a", "null"})
"""Signs for "nothing" where a number, date, choice or list is asked for."""

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


def _read_date(column: Column, raw: object) -> Read:
    try:
        if isinstance(raw, datetime):
            return Read(in_range(raw.date()))
        if isinstance(raw, date):
            return Read(in_range(raw))
        text = _as_text(raw)
        if isinstance(raw, (int, float)) and not isinstance(raw, bool) and 1 <= raw < 100_000:
            day = in_range(_EXCEL_EPOCH + timedelta(days=int(raw)))
            return Read(day, (Problem("cell.date-serial", "", (("read", day.isoformat()),)),))
        return Read(read_date(text))
    except DateOutOfRangeError as error:
        return Read(None, (Problem("cell.date-range", str(error)),))
    except GrammarError:
        return Read(None, (Problem("cell.date"),))


def _read_dates(column: Column, raw: object) -> Read:
    if not isinstance(raw, str):
        one = _read_date(column, raw)
        return Read(((one.value, one.value),) if one.value else (), one.problems)
    try:
        return Read(read_dates(raw))
    except DateOutOfRangeError as error:
        return Read((), (Problem("cell.date-range", str(error)),))
    except GrammarError as error:
        return Read((), (Problem("cell.dates", str(error)),))


def _read_hours(column: Column, raw: object) -> Read:
    if not isinstance(raw, str):
        return Read((), (Problem("cell.hours"),))
    spans, unread = read_hours(raw)
    return Read(spans, tuple(Problem("cell.hours", as_shown(part)) for part in unread))


def _read_number(column: Column, raw: object) -> Read:
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        return Read(None, (Problem("cell.number"),))
    if isinstance(raw, str):
        text = half_width(raw).strip()
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
    return Read(int(raw)) if raw == int(raw) else Read(None, (Problem("cell.whole-number"),))


def _read_bool(column: Column, raw: object) -> Read:
    text = half_width(_as_text(raw)).casefold()
    if text in _YES or text in _NO:
        return Read(text in _YES)
    return Read(False, (Problem("cell.yes-no"),))


def _read_choice(column: Column, choices: dict[str, str], raw: object) -> Read:
    code = choices.get(half_width(_as_text(raw)).casefold())
    if code is not None:
        return Read(code)
    named = ("choices", "、".join(title for _, title in column.choices))
    named_en = ("choices_en", ", ".join(code for code, _ in column.choices))
    return Read("", (Problem("cell.choice", "", (named, named_en)),))


def _read_grammar(
    column: Column, parse: Callable[[str], object], code: str, kinds: tuple[type, ...], empty: object, raw: object
) -> Read:
    if not isinstance(raw, kinds) or isinstance(raw, bool):
        return Read(empty, (Problem(code),))
    if column.kind is Kind.RATIO and isinstance(raw, (int, float)) and 0 <= raw <= 1:
        raw = f"{raw * 100:g}%"  # a percent cell: the sheet stores 5% as 0.05
    try:
        return Read(parse(_as_text(raw)))
    except GrammarError as error:
        return Read(empty, (Problem(code, as_shown(error)),))


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


def _reader_of(column: Column) -> Callable[[object], Read]:
    if column.kind is Kind.CHOICE:
        choices = {half_width(name).casefold(): code for code, title in column.choices for name in (title, code)}
        return partial(_read_choice, column, choices)
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
        Kind.DATE: _read_date,
        Kind.DATES: _read_dates,
        Kind.HOURS: _read_hours,
        Kind.INT: _read_number,
        Kind.FLOAT: _read_number,
        Kind.BOOL: _read_bool,
    }
    return partial(readers[column.kind], column)


def cell_reader(column: Column) -> Callable[[object], Read]:
    """Return the function that reads raw cells of `column`."""
    read = _reader_of(column)
    nothing = _EMPTY[column.kind]
    empty = Read(read(column.default).value if column.default else nothing, (), True)
    takes_placeholder = column.kind not in {Kind.TEXT, Kind.ID}

    def read_cell(raw: object) -> Read:
        if isinstance(raw, SpoiledCell):
            return _harmless(Read(nothing, (Problem(raw.code),)))
        problems: tuple[Problem, ...] = ()
        if isinstance(raw, str):
            raw, problems = clean(raw)
            if raw in ERROR_VALUES:
                return _harmless(Read(nothing, (Problem("cell.error-value"),)))
            if takes_placeholder and raw.casefold() in _PLACEHOLDERS:
                raw = ""
        if raw is None or raw == "":
            return empty._replace(problems=problems)
        found = read(raw)
        if not found.problems:
            return found._replace(problems=problems) if problems else found
        return _harmless(found._replace(problems=problems + found.problems))

    def _harmless(found: Read) -> Read:
        if column.key not in HARMLESS_WHEN_EMPTY or found.value not in (None, (), ""):
            return found
        return Read(found.value, (Problem("cell.ignored"),))

    return read_cell
