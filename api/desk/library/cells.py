"""Cells of the input tables in the words of the Chinese workbook, for people to read."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from api.store.inputs.rows import raw_row
from planner.intake.tables.schema import GRADES, Column, Kind, Table

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
