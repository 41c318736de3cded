"""Required columns that a form leaves out because its name or its other columns say the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from planner.domain.hashing import sha256_hex
from planner.intake.read.cells import is_blank
from planner.intake.read.sheets import Header
from planner.intake.tables.layout import TABLE_BY_NAME, normal
from planner.intake.tables.schema import Table
from planner.intake.words.findings import Findings

_TOWN = re.compile(r"[\u3400-\u9fff]{1,8}(?:镇|街道|乡|工业区)")
_OFFICE = re.compile(r"[\u3400-\u9fff]{1,20}(?:局|委|办|队|所|支队|总队|大队|中心|委员会|办公室)")
_FORM = re.compile(r"(?:20\d\d)?年?(?:\d{1,2}月)?(?:行政)?(?:检查)?(?:计划|检查|申报|填报|备案)?(?:汇总)?表?$")
IDS = {"filing_id": "F", "site_id": "S", "inspector_id": "P", "item_id": "I", "pin_id": "L", "agency_id": "A"}


def derive(table: Table, sheet: str, file: str, findings: Findings, header: Header) -> None:
    """Fill required columns that are not there: town or agency from the name of sheet or file, ids from contents."""
    for column in table.columns:
        if not column.required or column.key in header.positions:
            continue
        first = table.columns[0].key == column.key
        value = ""
        if column.key == "town" and (found := _TOWN.fullmatch(sheet) or _TOWN.fullmatch(PurePath(file).stem)):
            value = found[0]
        elif column.key == "agency_id" and not first:
            value = _office(sheet) or _office(PurePath(file).stem)
        made = first and column.key in IDS and table.key not in ("agencies",)
        if not value and not made:
            continue
        at = max([header.width, *(len(cells) for _, cells in header.rows)])
        rows: list[tuple[int, Sequence[object]]] = []
        for number, cells in header.rows:
            cell = value or _made(IDS[column.key], header, cells)
            rows.append((number, [*cells, *[""] * (at - len(cells)), cell]))
        header.rows, header.positions[column.key], header.width = rows, at, at + 1
        how = f"取自名称“{value}”" if value else "由各行内容生成编号"
        findings.add("header.derived", table.key, 0, column.title, value, how=how)


def _office(name: str) -> str:
    plain = _FORM.sub("", name.strip())
    return plain if plain and _OFFICE.fullmatch(plain) and normal(plain) not in TABLE_BY_NAME else ""


def _made(mark: str, header: Header, cells: Sequence[object]) -> str:
    """Return an id that the row's contents give: a site's credit code where it has one."""
    code = header.positions.get("credit_code")
    if mark == "S" and code is not None and code < len(cells) and not is_blank(cells[code]):
        return f"{str(cells[code]).strip()}-01"
    return f"{mark}-{sha256_hex([str(cell) for cell in cells])[:8]}"
