"""Empty tables to fill in: a workbook with notes, drop-downs and a worked example, or a folder of CSV files.

The example row (and in CSV the row of hints) starts with `#`, so the reader skips it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import xlsxwriter

from planner.intake.tables.layout import EXAMPLE_MARK, GUIDE_NAME, HINT_MARK, KIND_NAMES, REQUIRED_MARK
from planner.intake.tables.schema import TABLE_BY_KEY, TABLES, Column, Kind, Table
from planner.intake.write.writer import new_workbook, write_cell, write_csv

FILLED_ROWS = 20_000
"""Rows that drop-downs and references reach."""

_GUIDE: tuple[str, ...] = (
    "联合检查统筹：填报模板",
    "",
    "一、每张工作表是一类数据，一行一条；表头带 * 的列必填。带 * 的表必须有，其余没有内容可留空。",
    f"二、第 2 行以“{EXAMPLE_MARK.strip()}”开头，是示例，读取时自动跳过，可删可留。以“#”开头的行都是备注。",
    "三、请勿合并单元格，不要使用公式；编号和代码请保持文本格式，以免丢失数字。",
    "四、日期写成 2026-06-01，或使用 Excel 日期；多个值用分号“;”隔开。",
    "五、对象范围写成：行业=餐饮|住宿；街镇=朱泾镇；标签=人员密集；等级=C|D(分号表示“并且”，竖线表示“或者”)。",
    "六、抽查比例写成:A=5%;B=10%;C=30%;D=100%,或一个比例 20%。检查频次写成:A=1/2;B=1;D=2(每年次数,1/2 为两年一次)。",
    "七、涉密检查不得填报。",
    "八、表头的批注说明每列怎样填；可以调整列的顺序，可以删除不用的选填列，不要修改表头文字。",
    "九、填好后用 planner check 核对，会逐行列出问题和处理办法。",
)


def write_template(path: Path) -> None:
    """Write the empty workbook: a guide, then one sheet per table. Raises OSError where `path` cannot be written."""
    with new_workbook(path) as book:
        _write_guide(book)
        for table in TABLES:
            _write_table(book, table)


def write_template_folder(path: Path) -> None:
    """Write the same as one CSV file per table (English headers, a row of hints, an example) and a guide."""
    path.mkdir(parents=True, exist_ok=True)
    (path / f"{GUIDE_NAME}.txt").write_text("\n".join([*_GUIDE, "", *_overview_lines()]) + "\n", encoding="utf-8-sig")
    for table in TABLES:
        header = [column.key + REQUIRED_MARK * column.required for column in table.columns]
        hints = [column.title + f"({_how(column)})" for column in table.columns]
        example = [column.example for column in table.columns]
        hints[0], example[0] = HINT_MARK + hints[0], EXAMPLE_MARK + example[0]
        write_csv(path / f"{table.key}.csv", [header, hints, example])


def _overview_lines() -> list[str]:
    return [f"{_table_name(table)}({table.key}):{table.note or '按表头填写'}" for table in TABLES]


def _table_name(table: Table) -> str:
    return table.title + REQUIRED_MARK * table.required


def _write_guide(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet(GUIDE_NAME)
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    title = book.add_format({"bold": True, "font_size": 16})
    head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    cell = book.add_format({"text_wrap": True, "border": 1, "valign": "top"})
    link = book.add_format({"border": 1, "font_color": "#0563C1", "underline": 1, "valign": "top"})
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 14)
    sheet.set_column(2, 2, 80)
    for row, line in enumerate(_GUIDE):
        if row == 0:
            sheet.write_string(row, 0, line, title)
        else:
            sheet.merge_range(row, 0, row, 2, line, wrap)
            sheet.set_row(row, 32 if len(line) > 55 else 18)
    top = len(_GUIDE) + 1
    for position, text in enumerate(("工作表", "英文名", "内容")):
        sheet.write_string(top, position, text, head)
    for row, table in enumerate(TABLES, top + 1):
        sheet.write_url(row, 0, f"internal:'{table.title}'!A1", link, _table_name(table))
        sheet.write_string(row, 1, table.key, cell)
        sheet.write_string(row, 2, table.note or "按表头填写", cell)


def _write_table(book: xlsxwriter.Workbook, table: Table) -> None:
    sheet = book.add_worksheet(table.title)
    plain = {"bold": True, "border": 1, "text_wrap": True, "valign": "vcenter"}
    optional = book.add_format({**plain, "bg_color": "#F2F2F2"})
    required = book.add_format({**plain, "bg_color": "#FCE4D6", "font_color": "#C00000"})
    text = book.add_format({"num_format": "@"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    example = book.add_format({"num_format": "@", "italic": True, "font_color": "#808080"})
    example_day = book.add_format({"num_format": "yyyy-mm-dd", "italic": True, "font_color": "#808080"})
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 30)
    for position, column in enumerate(table.columns):
        body = {Kind.DATE: day, Kind.INT: None, Kind.FLOAT: None}.get(column.kind, text)
        sheet.set_column(position, position, _width(column), body)
        title = column.title + REQUIRED_MARK * column.required
        sheet.write_string(0, position, title, required if column.required else optional)
        sheet.write_comment(0, position, _how(column), {"x_scale": 2})
        marked = EXAMPLE_MARK + column.example if position == 0 else _example(column)
        write_cell(sheet, 1, position, marked, example_day, example)
        validation = _validation(column)
        if validation:
            sheet.data_validation(2, position, FILLED_ROWS, position, validation)


def _how(column: Column) -> str:
    """Return how the column is filled in: kind, choices, bounds, reference, default, note."""
    parts = ["必填" if column.required else "选填", KIND_NAMES[column.kind]]
    if column.choices:
        parts.append("可填:" + "、".join(title for _, title in column.choices))
    if column.low is not None and column.high is not None:
        parts.append(f"{column.low:g} 至 {column.high:g}")
    if column.refers:
        parts.append(f"须在“{TABLE_BY_KEY[column.refers].title}”表中")
    if column.default:
        titles = dict(column.choices)
        parts.append(f"留空按“{titles.get(column.default, column.default)}”")
    if column.note:
        parts.append(column.note)
    return ";".join(parts)


def _example(column: Column) -> object:
    """Return the example as the cell should hold it: dates and numbers as such, all else as text."""
    if column.example and column.kind is Kind.DATE:
        return date.fromisoformat(column.example)
    if column.example and column.kind in {Kind.INT, Kind.FLOAT}:
        return float(column.example)
    return column.example


def _width(column: Column) -> int:
    wide = {Kind.IDS: 26, Kind.SCOPE: 36, Kind.RATIO: 26, Kind.ID: 18, Kind.DATES: 26, Kind.HOURS: 26}
    return max(wide.get(column.kind, 12), 2 * len(column.title) + 3, min(2 * len(column.example), 30))


def _validation(column: Column) -> dict[str, object] | None:
    """Return the drop-down or check of a column's cells; a list in one cell cannot have one."""
    if column.choices:
        return {"validate": "list", "source": [title for _, title in column.choices], "error_title": "请从列表中选择"}
    if column.kind is Kind.BOOL:
        return {"validate": "list", "source": ["是", "否"], "error_title": "请填“是”或“否”"}
    if column.refers and column.kind is Kind.ID:
        source = f"='{TABLE_BY_KEY[column.refers].title}'!$A$3:$A${FILLED_ROWS}"
        return {"validate": "list", "source": source, "error_type": "warning", "error_title": "编号不在该表中"}
    if column.kind is Kind.DATE:
        first, last = date(1990, 1, 1), date(2100, 12, 31)
        check = {"validate": "date", "criteria": "between", "minimum": first, "maximum": last}
        return check | {"error_type": "warning", "error_title": "请填日期，如 2026-06-01"}
    if column.low is not None and column.high is not None:
        kind = "integer" if column.kind is Kind.INT else "decimal"
        check = {"validate": kind, "criteria": "between", "minimum": column.low, "maximum": column.high}
        return check | {"error_title": f"{column.low:g} 至 {column.high:g}"}
    return None
