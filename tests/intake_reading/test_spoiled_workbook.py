"""One workbook with more than forty kinds of defects: each is found where it stands, and the good rows survive."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font

from planner.domain.finding import Finding
from planner.intake.read.reader import read_tables
from planner.intake.tables.records import Tables
from planner.intake.tables.schema import TABLE_BY_KEY
from tests.intake_reading.cases import filing, good, site, waiver, workbook

FAR = 9.13101161234568e17
"""A credit code as a number: its last digits are gone."""

INSPECTOR = {"inspector_id": "P", "name": "李某", "agency_id": "SCJG", "certificate_no": ""}
ITEM = {"item_id": "I", "name": "检查", "agency_id": "SCJG", "minutes": 60}

ROWS: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    (
        "agencies",
        {"agency_id": "X1", "name": "甲局", "level": "区级", "parent_id": "NOBODY"},
        "ref.blanked",
        "parent_id",
    ),
    ("agencies", {"agency_id": "X2", "name": "乙局", "level": "区级", "parent_id": "X3"}, "ref.cycle", "parent_id"),
    ("agencies", {"agency_id": "X3", "name": "丙局", "level": "区级", "parent_id": "X2"}, "", ""),
    ("agencies", {"agency_id": "X4", "name": "丁局", "level": "省级"}, "cell.choice", "level"),
    (
        "agencies",
        {"agency_id": "X5", "name": "戊局", "level": "区级", "setup_minutes": -15},
        "cell.range",
        "setup_minutes",
    ),
    ("inspectors", INSPECTOR | {"inspector_id": "P10", "agency_id": "NOBODY"}, "ref.unknown", "agency_id"),
    ("inspectors", INSPECTOR | {"inspector_id": "P11", "valid_to": "以后再说"}, "held.cell", "valid_to"),
    (
        "inspectors",
        INSPECTOR | {"inspector_id": "P12", "valid_from": date(1900, 1, 5)},
        "held.cell",
        "valid_from",
    ),
    ("inspectors", INSPECTOR | {"inspector_id": "P13", "valid_to": "2026-13-31"}, "held.cell", "valid_to"),
    (
        "inspectors",
        INSPECTOR | {"inspector_id": "P14", "valid_from": date(2026, 1, 1), "valid_to": date(2025, 1, 1)},
        "held.range",
        "valid_to",
    ),
    ("inspectors", INSPECTOR | {"inspector_id": "P15", "valid_to": 46_174}, "cell.date-serial", "valid_to"),
    ("inspectors", INSPECTOR | {"inspector_id": "P16", "certificate_no": "0900123451"}, "row.lookalike", ""),
    ("inspectors", INSPECTOR | {"inspector_id": "P" * 101}, "cell.id", "inspector_id"),
    (
        "inspectors",
        INSPECTOR | {"inspector_id": "P18", "certificate_no": 900123456},
        "cell.number-as-text",
        "certificate_no",
    ),
    (
        "absences",
        {"inspector_id": "P10", "from": date(2026, 6, 1), "to": date(2026, 6, 2)},
        "ref.dropped",
        "inspector_id",
    ),
    ("absences", good()["absences"][0], "row.repeated", ""),
    ("sites", site(FAR), "cell.number-as-code", "site_id"),
    ("sites", site(date(2026, 3, 1)), "cell.id", "site_id"),
    ("sites", site("S1"), "row.duplicate", ""),
    ("sites", site("S10", town=""), "cell.missing", "town"),
    ("sites", {"site_id": "S11"}, "row.half-empty", ""),
    ("sites", site("S12", lon="东经121度"), "cell.ignored", "lon"),
    ("sites", site("S13", lat=121.3), "cell.ignored", "lat"),
    ("sites", site("S14", join="也许"), "held.cell", "join"),
    ("sites", site("S15", blackout_days="下周三"), "held.cell", "blackout_days"),
    ("sites", site("S16", blackout_days="2026-06-05~2026-06-01"), "held.cell", "blackout_days"),
    ("sites", site("S17", credit_code=FAR), "cell.number-as-text", "credit_code"),
    ("sites", site("S18", credit_code="91310116"), "cell.credit-code", "credit_code"),
    ("sites", site("S19", name="=cmd|' /C calc'!A0"), "cell.formula-like", "name"),
    ("sites", site("S20", name="长" * 5000), "cell.too-long", "name"),
    ("sites", site("S21", name="店\u200b铺"), "cell.control", "name"),
    ("sites", site("S22", name="店\ufffd\ufffd"), "cell.garbled", "name"),
    ("sites", site("S23", opted_in="SCJG;NOBODY"), "ref.removed", "opted_in"),
    ("sites", site("S24", name="店铺S2", address="路S2号"), "row.lookalike", ""),
    ("sites", site("# 待核实"), "row.note", ""),
    (
        "grades",
        {"site_id": "S1", "domain": "教育", "grade": "A", "valid_from": date(2026, 1, 1)},
        "held.cell",
        "domain",
    ),
    (
        "grades",
        {"site_id": "S10", "domain": "A01", "grade": "A", "valid_from": date(2026, 1, 1)},
        "ref.dropped",
        "site_id",
    ),
    ("items", ITEM | {"item_id": "I10", "minutes": "一小时"}, "cell.number", "minutes"),
    ("items", ITEM | {"item_id": "I11", "minutes": 45.5}, "cell.whole-number", "minutes"),
    ("items", ITEM | {"item_id": "I12", "minutes": 9999}, "cell.range", "minutes"),
    ("items", ITEM | {"item_id": "I13", "fire": "不清楚"}, "cell.yes-no", "fire"),
    ("filings", filing("F10", scope="餐饮行业"), "cell.scope", "scope"),
    ("filings", filing("F11", scope="等级=Z"), "cell.scope", "scope"),
    ("filings", filing("F12", ratio="两成"), "cell.ratio", "ratio"),
    ("filings", filing("F13", ratio=20), "cell.ratio", "ratio"),
    ("filings", filing("F14", frequency=date(2026, 1, 2)), "cell.frequency", "frequency"),
    ("filings", filing("F15", window_to="2026-02-30"), "cell.date", "window_to"),
    ("filings", filing("F16", window_to=date(2026, 5, 1)), "row.dates-reversed", "window_to"),
    ("filings", filing("F17", items="X-1"), "ref.unknown", "items"),
    ("filings", filing("F18", sites="X-1", scope=""), "ref.unknown", "sites"),
    ("filings", filing("F19", items="I1;X-1"), "ref.lost", "items"),
    ("filings", filing("F20", secret="大概"), "cell.yes-no", "secret"),
    ("filings", filing("F21", priority=99), "cell.range", "priority"),
    ("filings", filing("F22", preferred_days="越快越好"), "cell.ignored", "preferred_days"),
    ("filings", filing("F23", items="#N/A"), "cell.error-value", "items"),
    ("history", {"site_id": "S2", "agency_id": "SCJG", "date": "去年"}, "held.cell", "date"),
    ("history", good()["history"][0], "row.duplicate", ""),
    ("lists", {"kind": "黑名单", "site_id": "S1"}, "held.cell", "kind"),
    ("lists", {"kind": "回避", "site_id": "S1", "inspector_id": "NOBODY"}, "ref.unknown held.row", "inspector_id"),
    (
        "pins",
        {"pin_id": "P-9", "site_id": "S1", "agency_id": "SCJG", "date": datetime(2026, 6, 9, 9), "filing_id": "F10"},
        "ref.dropped",
        "filing_id",
    ),
    ("waivers", waiver("W-9", site_id="S99"), "ref.unknown", "site_id"),
    ("waivers", waiver("W-8", signed_by="", reason=""), "cell.missing", "reason"),
    ("nonces", good()["nonces"][0] | {"month": "六月"}, "cell.month", "month"),
)
"""Table, raw row, the finding expected on that row, its column ("" for the whole row)."""

SHEET_CODES = (
    ("sites", "header.unknown"),
    ("sites", "header.duplicate"),
    ("sites", "header.blank"),
    ("sites", "sheet.hidden-rows"),
    ("sites", "sheet.hidden-columns"),
    ("sites", "sheet.merged"),
    ("sites", "sheet.empty-rows"),
    ("items", "sheet.formulas"),
    ("items", "cell.formula-empty"),
    ("items", "cell.error-value"),
    ("grades", "sheet.hidden"),
    ("sites", "table.twice"),
    ("草稿", "sheet.unknown"),
    ("calendar", "header.missing"),
    ("settings", "header.not-found"),
)

TITLE_ROWS = 3
"""Rows put above the header of the filings: a title, a blank row, a remark."""


def _spoil(book: openpyxl.Workbook) -> None:
    sites = book["检查对象"]
    sites["Q1"], sites["R1"], sites["S2"] = "负责人", "街镇", "没有表头"
    sites.row_dimensions[2].hidden = True
    sites.column_dimensions["D"].hidden = True
    sites.merge_cells("E2:E3")
    for row in (500_000, 1_000_000):
        sites.cell(row, 1).font = Font(bold=True)
    items = book["检查事项"]
    items.append(["I90", "=B2", "SCJG"])
    items.append(["I91", "坏公式", "SCJG"])
    wrong = items.cell(items.max_row, 9)
    wrong.value, wrong.data_type = "#DIV/0!", "e"
    book["风险信用等级"].sheet_state = "hidden"
    book.create_sheet("sites").append(["site_id"])
    book.create_sheet("草稿").append(["随便写写"])
    book["日历"]["A1"] = "哪天"
    book["参数"].delete_rows(1)
    book["检查计划"].insert_rows(1, TITLE_ROWS)
    book["检查计划"]["A1"] = "金山区2026年6月检查计划汇总表"
    book["检查计划"]["A3"] = "填报单位:区市场监督管理局"


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    raw = good()
    for table, row, _, _ in ROWS:
        raw[table] = [*raw[table], row]
    return read_tables(workbook(tmp_path_factory.mktemp("spoiled"), raw, _spoil))


def _row_numbers() -> list[int]:
    """Return where each of ROWS stands in its sheet, as a person sees it."""
    filled = {table: len(rows) + 1 + TITLE_ROWS * (table == "filings") for table, rows in good().items()}
    numbers = []
    for table, *_ in ROWS:
        filled[table] += 1
        numbers.append(filled[table])
    return numbers


def _on(tables: Tables, table: str, row: int) -> list[Finding]:
    return [finding for finding in tables.findings if finding.table == table and finding.row == row]


def test_at_least_forty_kinds() -> None:
    kinds = {(code, column) for _, _, codes, column in ROWS for code in codes.split()} | {
        (code, "") for _, code in SHEET_CODES
    }
    assert len(kinds) >= 60
    assert len({code for code, _ in kinds}) >= 40


@pytest.mark.parametrize(
    ("defect", "row"),
    list(zip(ROWS, _row_numbers(), strict=True)),
    ids=lambda value: value[2] if isinstance(value, tuple) else "",
)
def test_a_bad_row_is_found_where_it_stands(
    spoiled: Tables, defect: tuple[str, dict[str, Any], str, str], row: int
) -> None:
    table, _, code, column = defect
    title = TABLE_BY_KEY[table].column(column).title if column else ""
    found = [(finding.code, finding.column) for finding in _on(spoiled, table, row)]
    assert {one for one, _ in found} == set(code.split())
    assert not code or (code.split()[0], title) in found


@pytest.mark.parametrize(("table", "code"), SHEET_CODES)
def test_a_bad_sheet_is_named(spoiled: Tables, table: str, code: str) -> None:
    assert (table, code) in {(finding.table, finding.code) for finding in spoiled.findings}


def test_the_good_rows_survive(spoiled: Tables, tmp_path: Path) -> None:
    unspoiled = read_tables(workbook(tmp_path, good()))
    for key in TABLE_BY_KEY:
        if key in {"calendar", "settings"}:
            assert getattr(spoiled, key) == (), "without their header there is nothing to read"
            continue
        count = len(good()[key])
        first = getattr(spoiled, key)[:count]
        if key == "filings":
            assert [row.ref.row for row in first] == [row.ref.row + TITLE_ROWS for row in unspoiled.filings]
            assert [row.filing_id for row in first] == ["F1"]
        else:
            assert first == getattr(unspoiled, key)


def test_bad_rows_are_gone_and_doubtful_ones_stay(spoiled: Tables) -> None:
    assert {row.site_id for row in spoiled.sites} == {"S1", "S2", *(f"S{n}" for n in range(12, 25))}
    assert {row.filing_id for row in spoiled.filings} == {"F1", "F19", "F22"}
    assert {row.item_id for row in spoiled.items} == {"I1"}
    assert {row.waiver_id for row in spoiled.waivers} == {"W-1"}
    assert next(row.items for row in spoiled.filings if row.filing_id == "F19") == ("I1",)
