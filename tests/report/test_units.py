"""Every number of the headline tables has its unit: in its cell, in its column's head, or in its row's label."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openpyxl import load_workbook
from rich.table import Table

from planner.domain.result import MonthResult
from planner.report.console import before_after_table, levels_table
from planner.report.figures.kpis import Kpis, month_kpis
from planner.report.page.html import render_html
from planner.report.sheets.workbook import write_workbook
from planner.report.words.texts import Lang
from tests.report.month import NAMES, result_of, timed
from tests.report.steps import result_of_steps

UNITS = {
    "zh": r"次|项|权重分|刻钟|对象（个）|天|条|处|秒|分钟|小时|%|个对象|公里|组",
    "en": r"entries|tasks|points|quarter-hours|times|%",
}
NUMBER = re.compile(r"\d")


def without_unit(heads: list[str], rows: Iterable[list[str]], lang: Lang = "zh") -> list[tuple[str, str, str]]:
    """Return (label, head, cell) of the numbers that have none."""
    unit, bare = re.compile(UNITS[lang]), []
    for label, *cells in rows:
        for head, cell in zip(heads[1:], cells, strict=True):
            if NUMBER.search(cell) and not any(unit.search(text) for text in (head, cell, label)):
                bare.append((label, head, cell))
    return bare


@pytest.fixture(scope="module", params=["by day", "step by step"])
def month(request: pytest.FixtureRequest) -> tuple[MonthResult, Kpis]:
    result = timed(result_of()) if request.param == "by day" else result_of_steps()
    return result, month_kpis(result, names=NAMES, summons=1, off_site=2)


def _grid(table: Table) -> tuple[list[str], list[list[str]]]:
    columns = [[str(cell) for cell in column.cells] for column in table.columns]
    return [str(column.header) for column in table.columns], [list(row) for row in zip(*columns, strict=True)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_console(month: tuple[MonthResult, Kpis], lang: Lang) -> None:
    result, kpis = month
    for table in (before_after_table(result, kpis, lang), levels_table(result, lang)):
        heads, rows = _grid(table)
        assert rows
        assert without_unit(heads, rows, lang) == []


class _Tables(HTMLParser):
    """The page's tables as grids of text, and the texts of its tiles, headline and bars by class."""

    TOLD = ("value", "more", "big", "bar-value", "end-best", "end-bound")

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.told: dict[str, list[str]] = {name: [] for name in self.TOLD}
        self.into: list[list[str] | None] = []
        """Per open tag, the list whose last text grows."""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = set(str(dict(attrs).get("class") or "").split())
        into = self.into[-1] if self.into else None
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            into = self.tables[-1][-1]
            into.append("")
        elif classes & set(self.TOLD):
            into = self.told[min(classes & set(self.TOLD))]
            into.append("")
        if tag not in ("meta", "input", "br"):
            self.into.append(into)

    def handle_endtag(self, tag: str) -> None:
        self.into.pop()

    def handle_data(self, data: str) -> None:
        into = self.into[-1] if self.into else None
        if into:
            into[-1] += data.strip()


NAMES_SHOWN = {"s1", "s2", "s3", "s4", "s5", "s6", "=1+1小吃店"}
"""Sites' names, which are no figures."""


def test_report(month: tuple[MonthResult, Kpis]) -> None:
    result, kpis = month
    page = _Tables(render_html(result, kpis, names=NAMES))
    for head in ("步骤", "分级（单位）", "任务（项）"):
        heads, *rows = next(table for table in page.tables if head in table[0])
        assert rows
        assert without_unit(heads, rows) == []
    for name in _Tables.TOLD:
        assert page.told[name], name
        bare = {told for told in page.told[name] if NUMBER.search(told) and not re.search(UNITS["zh"], told)}
        assert bare <= NAMES_SHOWN


def test_workbook(month: tuple[MonthResult, Kpis], tmp_path: Path) -> None:
    result, kpis = month
    write_workbook(result, kpis, tmp_path / "month.xlsx", names=NAMES)
    book = load_workbook(tmp_path / "month.xlsx")
    overview = [["" if c.value is None else str(c.value) for c in row] for row in book["概览"].iter_rows()]
    for first in ("步骤", "分级（单位）"):
        start = next(n for n, row in enumerate(overview) if row[0] == first)
        rows = []
        for row in overview[start + 1 :]:
            if not row[1] and not row[4]:
                break
            rows.append(row)
        assert rows
        assert without_unit(overview[start], rows) == []
    heads: list[str] = []
    for row in book["指标"].iter_rows(values_only=True):
        cells = ["" if value is None else str(value) for value in row]
        if isinstance(row[1], str) and not NUMBER.search(row[1]):
            heads = cells
        elif row[1] is not None:
            assert without_unit(heads or [""] * len(cells), [cells]) == []
    assert heads
