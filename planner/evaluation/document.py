"""An evaluation as a document that anyone can recount, and as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from planner.evaluation.baseline import Compared, compare
from planner.evaluation.checks import Check, checks_of
from planner.evaluation.figures import Figure, burdened, figures_of
from planner.intake.month.lookups import parents_of
from planner.intake.recorded.effects import items_of
from planner.intake.tables.records import Tables
from planner.rulebook.duties import bounds_of
from planner.rulebook.indicators import INDICATORS, VERSION

FORMAT = "planner-evaluation-1"
COLUMNS = (
    *("result_id", "agency_id", "site_id", "date", "check_code", "visit_no", "trigger", "mode", "result"),
    *("evaluated", "source", "measure", "guidance", "code_applied_at", "start", "end", "ended_on", "filing_id"),
)
"""Columns of the results that go with the document as they were recorded, followed by items and measures of lines."""
CUT_ZH = {"": "全区", "agency": "主体", "domain": "领域", "town": "街镇", "industry": "行业", "grade": "等级"}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A period evaluated: figures of the district and its cuts, the comparison, the sites to be guided."""

    period: str
    bounds: tuple[date, date]
    base: int
    checks: int
    figures: tuple[Figure, ...]
    compared: tuple[Compared, ...]
    burdened: tuple[tuple[str, int, int], ...]


def evaluate(tables: Tables, period: str, base: int) -> Evaluation:
    """Return the evaluation of `period` (`2026`, `2026-H1`, `2026-Q2`, `2026-06`) against the year `base`.

    Raises ValueError where it is no period, InputError where the base counts another unit.
    """
    bounds = bounds_of(period)
    checks: list[Check] = checks_of(tables, *bounds)
    figures = figures_of(checks)
    compared = compare(figures, tables.baseline, base, bounds)
    return Evaluation(period, bounds, base, len(checks), tuple(figures), tuple(compared), tuple(burdened(checks)))


def as_document(found: Evaluation, tables: Tables) -> dict[str, Any]:
    """Return the document: the figures, and the results that they were counted from, as they were recorded."""
    names = {one.key: one for one in INDICATORS}
    return {
        "format": FORMAT,
        "formulas": VERSION,
        "period": found.period,
        "from": found.bounds[0].isoformat(),
        "to": found.bounds[1].isoformat(),
        "base": found.base,
        "figures": [
            {
                **asdict(one),
                "ratio": one.ratio,
                "zh": names[one.key].zh,
                "of": [names[one.key].numerator, names[one.key].denominator],
            }
            for one in found.figures
        ],
        "compared": [
            {**asdict(one), "change": one.change, "total_change": one.total_change, "text_zh": one.text_zh}
            for one in found.compared
        ],
        "burdened": [list(row) for row in found.burdened],
        "columns": [*COLUMNS, "items", "untouched", "line_measures", "drawn", "parent"],
        "results": _rows(tables, found.bounds),
    }


def _rows(tables: Tables, bounds: tuple[date, date]) -> list[list[Any]]:
    """Return the results up to the period's end: a further visit may rest on an earlier one."""
    touched = items_of(tables.result_items)
    measures: dict[str, int] = {}
    untouched: dict[str, int] = {}
    for line in tables.result_items:
        measures[line.result_id] = measures.get(line.result_id, 0) + bool(line.measure)
        untouched[line.result_id] = untouched.get(line.result_id, 0) + (line.finding == "untouched")
    parents, _ = parents_of({row.agency_id: row for row in tables.agencies})
    drawn = {row.filing_id for row in tables.filings if row.kind == "random"}
    rows = []
    for row in tables.results:
        if row.date <= bounds[1]:
            cells = [getattr(row, key) for key in COLUMNS]
            cells = [cell.isoformat() if isinstance(cell, date) else cell for cell in cells]
            more = [list(touched.get(row.result_id, ())), untouched.get(row.result_id, 0)]
            own = parents.get(row.agency_id, row.agency_id)
            rows.append([*cells, *more, measures.get(row.result_id, 0), row.filing_id in drawn, own])
    return rows


def write_workbook(found: Evaluation, path: Path, names: dict[str, str]) -> None:
    """Write the figures, the comparison and the sites to be guided as a workbook; `names` are those of bodies."""
    titles = {one.key: one for one in INDICATORS}
    figures: list[Sequence[object]] = [
        (
            titles[one.key].zh,
            CUT_ZH[one.cut],
            names.get(one.value, one.value),
            one.numerator,
            "" if one.denominator is None else one.denominator,
            one.numerator if one.denominator is None else ("—" if one.ratio is None else one.ratio),
            f"{titles[one.key].numerator} / {titles[one.key].denominator}".strip(" /"),
            "、".join(one.clauses),
        )
        for one in found.figures
    ]
    compared: list[Sequence[object]] = [
        (CUT_ZH[one.cut], names.get(one.value, one.value), *one.planned, *one.triggered, one.text_zh, *one.documents)
        for one in found.compared
    ]
    with xlsxwriter.Workbook(path) as book:
        _sheet(book, "指标", ("指标", "分项", "值", "分子", "分母", "结果", "口径", "条款"), figures)
        heads = ("分项", "值", "有计划到场", "基期有计划", "触发式到场", "基期触发式", "说明", "来源文件")
        _sheet(book, f"与{found.base}年比较", heads, compared)
        _sheet(book, "被查较多的对象", ("对象", "到场户次", "入企次数"), found.burdened)


def _sheet(book: Any, title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    sheet, bold = book.add_worksheet(title), book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(heads) - 1, 18)
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, (int, float)):
                sheet.write_number(number, column, cell)
            else:
                sheet.write_string(number, column, str(cell))
