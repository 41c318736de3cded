"""Cells of the input tables in the words of the Chinese workbook: for people to read, and as people write them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, cast

from api.store.inputs.rows import raw_row
from planner.domain.finding import Finding, Severity
from planner.intake.read.cells import cell_reader
from planner.intake.read.references import Ids
from planner.intake.tables.schema import GRADES, Column, Kind, Table
from planner.intake.words.catalogue import render

SCOPE_WORDS = {"industry": "行业", "town": "街镇", "tag": "标签", "grade": "等级"}
GRADE_WORDS = dict(GRADES)


def words(table: Table, row: Any) -> dict[str, str]:
    """Return what each filled cell of a typed row says, by column key, in the order of the workbook."""
    raw = raw_row(table, row)
    return {column.key: text for column in table.columns if (text := _text(column, raw[column.key]))}


def _text(column: Column, cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, list):
        return "、".join(map(str, cell))
    if isinstance(cell, date):
        return cell.isoformat()
    text = dict(column.choices).get(str(cell), str(cell))
    match column.kind:
        case Kind.SCOPE:
            parts = (part.partition("=") for part in text.split(";"))
            return "；".join(f"{SCOPE_WORDS.get(key, key)}={value.replace('|', '、')}" for key, _, value in parts)
        case Kind.RATIO | Kind.FREQUENCY:
            text = re.sub(r"\.0+%", "%", text)
            return "；".join(
                re.sub(r"^\w+(?==)", lambda m: GRADE_WORDS.get(m[0], m[0]), part) for part in text.split(";")
            )
        case _:
            return text


def read_cells(
    table: Table, cells: Mapping[str, str], known: Mapping[str, Ids], fixed: Collection[str] = (), at: str = "cells"
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Return the values of cells by column key, read by the rules of the workbook, and what is wrong with them.

    `fixed` are columns that nobody may write; `known` are the ids that a cell may refer to; `at` says where errors are.
    """
    values: dict[str, Any] = {}
    errors: list[dict[str, str]] = []
    for key, text in cells.items():
        where = f"{at}.{key}"
        column = next((c for c in table.columns if c.key == key and key not in fixed), None)
        if column is None:
            errors.append({"where": where, "detail": "没有这一栏，或不能改"})
            continue
        read = cell_reader(column)(text)
        values[key] = read.value
        errors += [_problem(table, where, column.title, problem.code, text) for problem in read.problems]
        if column.required and read.empty:
            errors.append({"where": where, "detail": f"“{column.title}”不能为空"})
        if column.refers and not read.problems and read.value:
            named = (read.value,) if isinstance(read.value, str) else cast("tuple[str, ...]", read.value)
            gone = [name for name in named if column.refers not in known or name not in known[column.refers].usable]
            errors += [{"where": where, "detail": f"名录中没有 {name}"} for name in gone]
    return values, errors


def _problem(table: Table, where: str, title: str, code: str, text: str) -> dict[str, str]:
    _, message, action = render(Finding(code, Severity.ERROR, table.key, 0, title, text))
    return {"where": where, "detail": f"{message}。{action}", "code": code}
