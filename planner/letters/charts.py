"""The report's workbook: rates, the base year, months against counterfactuals and burden, each with its chart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from planner.domain.errors import InputError
from planner.intake.write.writer import new_workbook
from planner.letters.report import Form, Reported, binding, cited_for
from planner.report.sheets.cells import joined
from planner.rulebook.indicators import INDICATORS

Rows = Sequence[Sequence[str | int | float]]
WIDE = 22
BESIDE = 2
"""Columns between a table and its chart."""


def write_charts(reported: Reported, form: Form, body: str, path: Path) -> None:
    """Write the workbook of a report. Raises InputError where it cannot be written."""
    names = {one.key: one.zh for one in INDICATORS}
    own = reported.figures(body)
    asked = [(own[key], topic) for topic in form.topics for key in topic.figures if key in own]
    rates = [
        (names[one.key], one.ratio, one.numerator, one.denominator, joined(cited_for(one, form, topic)))
        for one, topic in asked
        if one.denominator and one.ratio is not None and one.ratio <= 1
    ]
    counts = [
        (names[one.key], one.numerator, joined(cited_for(one, form, topic)))
        for one, topic in asked
        if one.denominator is None
    ]
    part = {("agency", body)} if body else {("", ""), *(("agency", one.value) for one in reported.found.compared)}
    compared = [
        (
            reported.names.get(one.value, one.value) or "全区",
            one.planned[0],
            one.planned[1],
            joined(binding(one.clauses, form)),
        )
        for one in reported.found.compared
        if (one.cut, one.value) in part
    ]
    try:
        with new_workbook(path) as book:
            _sheet(book, "比率", ("指标", "比率", "分子", "分母", "条款"), rates, "bar", 1)
            _sheet(book, "数量", ("指标", "数", "条款"), counts, "bar", 1)
            base = f"{reported.found.base}年"
            _sheet(book, "与基期比较", ("单位", "本期有计划到场", base, "条款"), compared, "column", 2)
            if not body:
                year = reported.year
                heads = ("月份", *(zh for _, zh in year.steps))
                months: list[tuple[str | int, ...]] = [
                    (one.month, *(one.entries[key] for key, _ in year.steps)) for one in year.months
                ]
                _sheet(book, "逐月入企比较", heads, months, "line", len(year.steps))
                spread = [(str(checks), sites) for checks, sites in reported.spread.histogram]
                _sheet(book, "企业负担", ("到场户次", "对象数"), spread, "column", 1)
    except OSError as error:
        raise InputError(f"无法写入 {path}：{error.strerror} / cannot write there") from error


def _sheet(book: Any, title: str, heads: Sequence[str], rows: Rows, kind: str, series: int) -> None:
    """Write a table, and a chart of its columns 1 to `series` where it has rows."""
    sheet, bold = book.add_worksheet(title), book.add_format({"bold": True})
    sheet.set_column(0, len(heads) - 1, WIDE)
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, column, cell)
            else:
                sheet.write_number(number, column, cell)
    if not rows or not series:
        return
    chart = book.add_chart({"type": kind})
    for column in range(1, series + 1):
        chart.add_series(
            {
                "name": [title, 0, column],
                "categories": [title, 1, 0, len(rows), 0],
                "values": [title, 1, column, len(rows), column],
            }
        )
    chart.set_title({"name": title})
    sheet.insert_chart(1, len(heads) + BESIDE, chart)
