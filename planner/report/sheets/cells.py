"""Sheets that cannot carry a formula: every text is written as a string, whatever it begins with. And lawful names."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import xlsxwriter

Cell = str | int | float | None

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_FORMULA_START = ("=", "+", "-", "@", "\t")
_SHEET_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_FILE_FORBIDDEN = re.compile(r"[\x00-\x1f<>:\"/\\|?*]")
_FILE_NAME_LIMIT = 60
_LINE_HEIGHT, _ROW_LIMIT = 14.5, 400
_CELL_LIMIT = 32_767
_SHEET_NAME_LIMIT = 31
_RESERVED_SHEET_NAME = "history"
_FONT = "微软雅黑"


def clean(value: str) -> str:
    """Return `value` without characters that a workbook cannot hold, cut to a cell's limit."""
    value = _UNSAFE.sub("", value)
    return value if len(value) <= _CELL_LIMIT else value[: _CELL_LIMIT - 1] + "…"


def one_line(value: str) -> str:
    """Return `value` cleaned, without line breaks: names of files, sheets and events have none."""
    return " ".join(clean(value).split())


def joined(values: Iterable[str]) -> str:
    """Return values as one cell."""
    return "、".join(values)


def sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a sheet name like `wanted` that Excel and WPS accept and that `taken` (lower case) does not hold.

    The name is added to `taken`. Excel counts length in UTF-16 units and compares names without case.
    """
    base = _SHEET_FORBIDDEN.sub("_", clean(wanted)).replace("\n", " ").strip().strip("'") or "_"
    for number in count(1):
        suffix = "" if number == 1 else f"~{number}"
        name = _cut_utf16(base, _SHEET_NAME_LIMIT - len(suffix)).rstrip("' ") + suffix
        if name.lower() not in taken and name.lower() != _RESERVED_SHEET_NAME:
            taken.add(name.lower())
            return name
    raise AssertionError("unreachable: numbers do not end")


def file_name(wanted: str, suffix: str, taken: set[str]) -> str:
    """Return a file name like `wanted` that every system accepts and that `taken` (lower case) does not hold.

    The name is added to `taken`.
    """
    base = _FILE_FORBIDDEN.sub("_", clean(wanted)).strip(" .")[:_FILE_NAME_LIMIT] or "_"
    for number in count(1):
        name = f"{base}{'' if number == 1 else f'~{number}'}{suffix}"
        if name.lower() not in taken:
            taken.add(name.lower())
            return name
    raise AssertionError("unreachable: numbers do not end")


def _cut_utf16(value: str, units: int) -> str:
    while len(value.encode("utf-16-le")) // 2 > units:
        value = value[:-1]
    return value


@dataclass(frozen=True, slots=True)
class Head:
    """One column: header, width in characters, and how its cells look ("text", "wrap", "int", "percent", "input").

    The columns of a sheet's main table that are not `printed` stand behind the others, off the paper.
    """

    title: str
    width: float
    look: str = "text"
    printed: bool = True


def _lines(heads: Sequence[Head], cells: Sequence[Cell]) -> int:
    """Return about how many lines the tallest of a row's wrapped cells takes: not every program fits rows by itself."""
    most = 1
    for head, value in zip(heads, cells, strict=True):
        if head.printed and head.look in ("wrap", "input") and isinstance(value, str):
            widths = (sum(2 if ord(char) > 0x2E7F else 1 for char in line) for line in value.split("\n"))
            most = max(most, sum(max(1, math.ceil(width / (head.width - 1))) for width in widths))
    return most


class Book:
    """A workbook being written, with its formats.

    Use as a context manager: the file appears, whole, on leaving, and not at all if something goes wrong before.
    """

    def __init__(self, path: Path, printed_title: str) -> None:
        self._path, self._draft = path, path.with_name(f".{path.name}.draft")
        self._printed_title = printed_title.replace("&", "&&")
        options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(str(self._draft), options)
        self._taken: set[str] = set()
        base = {"font_name": _FONT, "font_size": 10, "valign": "vcenter"}
        line = {**base, "border": 1, "border_color": "#D0D7DE"}
        looks: dict[str, dict[str, Any]] = {
            "plain": base,
            "title": {**base, "bold": True, "font_size": 16},
            "warn": {**base, "bold": True, "font_color": "#9A3412", "bg_color": "#FFEDD5"},
            "section": {**base, "bold": True, "font_size": 12, "font_color": "#004B7A"},
            "note": {**base, "font_color": "#57606A", "text_wrap": True, "valign": "top"},
            "head": {**line, "bold": True, "bg_color": "#E3EEF7", "text_wrap": True, "align": "center"},
            "text": line,
            "wrap": {**line, "text_wrap": True},
            "input": {**line, "text_wrap": True, "bg_color": "#FFF8DC", "locked": False, "num_format": "yyyy-mm-dd"},
            "int": {**line, "num_format": "#,##0"},
            "percent": {**line, "num_format": "0.0%"},
            "heat": {**line, "num_format": "0%", "align": "center"},
            "strong": {**line, "bold": True, "bg_color": "#DCEFFB"},
            "strong_int": {**line, "bold": True, "bg_color": "#DCEFFB", "num_format": "#,##0"},
            "strong_percent": {**line, "bold": True, "bg_color": "#DCEFFB", "num_format": "0.0%"},
        }
        self._formats = {name: self._book.add_format(look) for name, look in looks.items()}
        # Marked as quoted, such a text stays a text even when someone edits the cell.
        self._quoted = {name: self._book.add_format({**look, "quote_prefix": True}) for name, look in looks.items()}

    def __enter__(self) -> Book:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._book.close()
            self._draft.replace(self._path)

    def format(self, look: str) -> Any:
        return self._formats[look]

    def sheet(self, wanted: str, *, tab: str = "") -> Sheet:
        """Return a new sheet, named like `wanted`, that prints landscape and one page wide on A4."""
        sheet = self._book.add_worksheet(sheet_name(wanted, self._taken))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        sheet.set_header(f"&L{self._printed_title}&R&A")
        sheet.set_footer("&C&P / &N")
        sheet.hide_gridlines(2)
        if tab:
            sheet.set_tab_color(tab)
        return Sheet(self, sheet)

    def quoted(self, look: str) -> Any:
        return self._quoted[look]


class Sheet:
    """One sheet with a writing position."""

    def __init__(self, book: Book, sheet: Any) -> None:
        self._book, self.raw, self.row = book, sheet, 0

    def put(self, row: int, column: int, value: Cell, look: str = "text") -> None:
        """Write one cell; a str is never read as anything but text."""
        if value is None or value == "":
            self.raw.write_blank(row, column, None, self._book.format(look))
        elif isinstance(value, str):
            value = clean(value)
            known = self._book.quoted if value.startswith(_FORMULA_START) else self._book.format
            self.raw.write_string(row, column, value, known(look))
        else:
            self.raw.write_number(row, column, value, self._book.format(look))

    def line(self, *values: Cell, look: str = "plain", look_numbers: str = "int") -> None:
        """Write values from the first column on and go to the next row."""
        for column, value in enumerate(values):
            if value is not None:
                self.put(self.row, column, value, look if isinstance(value, str) else look_numbers)
        self.row += 1

    def wide(self, value: str, columns: int, look: str = "note", height: float | None = None) -> None:
        """Write one text across the first `columns` columns."""
        self.raw.merge_range(self.row, 0, self.row, columns - 1, "", self._book.format(look))
        self.put(self.row, 0, value, look)
        if height:
            self.raw.set_row(self.row, height)
        self.row += 1

    def widths(self, widths: Sequence[float]) -> None:
        """Set the columns' widths in characters."""
        for column, width in enumerate(widths):
            self.raw.set_column(column, column, width, self._book.format("plain"))

    def table(self, heads: Sequence[Head], rows: Iterable[Sequence[Cell]], *, main: bool = False) -> int:
        """Write a table and return how many rows it has; the `main` one of a sheet is frozen, filtered, repeated."""
        first = self.row
        for column, head in enumerate(heads):
            self.put(first, column, head.title, "head")
        if main:
            self.widths([head.width for head in heads])
            self.raw.set_row(first, 28)
        length = 0
        for length, cells in enumerate(rows, 1):
            for column, (head, value) in enumerate(zip(heads, cells, strict=True)):
                look = head.look if head.look in ("text", "wrap", "input") or not isinstance(value, str) else "text"
                self.put(first + length, column, value, look)
            lines = _lines(heads, cells)
            if lines > 1:
                self.raw.set_row(first + length, min(_LINE_HEIGHT * lines + 3, _ROW_LIMIT))
        if main:
            self.raw.freeze_panes(first + 1, 0)
            self.raw.autofilter(first, 0, first + max(length, 1), len(heads) - 1)
            self.raw.repeat_rows(first)
            self.raw.print_area(first, 0, first + max(length, 1), sum(head.printed for head in heads) - 1)
        self.row = first + length + 1
        return length

    def table_or_note(self, heads: Sequence[Head], rows: Iterable[Sequence[Cell]], note: str) -> None:
        """Write the sheet's main table, and `note` where it has no row."""
        if self.table(heads, rows, main=True) == 0:
            self.line(note, look="note")
