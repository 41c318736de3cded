"""What template, writer and reader agree on beyond the schema: marks, guide pages, names of tables and headers."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from planner.intake.tables.headings import headings
from planner.intake.tables.schema import TABLES, Kind, Table

NOTE_MARK = "#"
"""A row whose first cell starts with this is a note, not data."""

EXAMPLE_MARK = "#例 "
"""Stands before the first cell of the template's worked example; a note row, therefore skipped."""

HINT_MARK = "#注 "
"""Stands before the first cell of the template's row of hints."""

REQUIRED_MARK = "*"
"""Stands after the header of a required column; any header may carry it."""

GUIDE_NAME = "说明"
"""Sheet or text file on how to fill in the tables; not read."""

LIST_SEPARATOR = ";"

TEXT_QUOTE = "'"
"""Stands before CSV text that a spreadsheet would take for a formula; dropped when read."""

FORMULA_STARTS = ("=", "+", "-", "@")

KIND_NAMES: dict[Kind, str] = {
    Kind.TEXT: "文字",
    Kind.ID: "编号",
    Kind.IDS: "编号，多个用分号隔开",
    Kind.LIST: "文字，多个用分号隔开",
    Kind.DATE: "日期，如 2026-06-01",
    Kind.DATES: "日期或日期段，如 2026-06-01~2026-06-05;2026-06-10",
    Kind.HOURS: "时段，如 11:00-13:00;22:00-02:00(可跨零点)",
    Kind.INT: "整数",
    Kind.FLOAT: "数字",
    Kind.BOOL: "是 / 否",
    Kind.CHOICE: "下拉选择",
    Kind.SCOPE: "范围，如 行业=餐饮|住宿；街镇=朱泾镇；标签=人员密集；等级=C|D",
    Kind.RATIO: "比例，如 A=5%;B=10%;D=100%,或 20%",
    Kind.FREQUENCY: "每年次数，如 A=1/2;B=1;D=2(1/2 为两年一次),或 1",
}

_MARKS = re.compile(r"[((][^()()]*[))]$|[**]+$")


def normal(text: object) -> str:
    """Return a name as it is compared: half-width, without blanks and marks at the end, in small letters."""
    plain = "".join(unicodedata.normalize("NFKC", str(text)).split()).casefold()
    while (shorter := _MARKS.sub("", plain)) != plain:
        plain = shorter
    return plain


TABLE_BY_NAME: dict[str, Table] = {normal(name): table for table in TABLES for name in (table.key, table.title)}
"""Table by `normal` sheet or file name."""


@cache
def column_names(table: Table) -> dict[str, str]:
    """Return column keys by `normal` header: Chinese, English, and what departments' own forms call the column."""
    keys = frozenset(column.key for column in table.columns)
    others = {normal(name): key for name, key in headings(table.key, keys).items()}
    return others | {normal(name): column.key for column in table.columns for name in (column.key, column.title)}


@cache
def own_names(table: Table) -> frozenset[str]:
    """Return the `normal` headers that are the schema's own."""
    return frozenset(normal(name) for column in table.columns for name in (column.key, column.title))


def column_letter(index: int) -> str:
    """Return the letters of a column as a spreadsheet shows them; 0 is A."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
