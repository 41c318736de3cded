"""A small faultless case in raw rows, and ways to write and read it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from planner.intake.read.reader import read_tables
from planner.intake.tables.records import Tables
from planner.intake.write.writer import write_folder, write_workbook

Raw = dict[str, list[dict[str, Any]]]


def good() -> Raw:
    """Return raw rows that read without any finding."""
    return {
        "agencies": [
            {"agency_id": "SCJG", "name": "区市场监督管理局", "level": "区级", "domain": "市场监管"},
            {"agency_id": "ZJT", "name": "朱泾镇综合执法队", "level": "town", "town": "朱泾镇", "domain": "A09"},
        ],
        "inspectors": [
            {
                "inspector_id": f"P{n}",
                "name": f"张{n}",
                "agency_id": "SCJG",
                "certificate_no": f"090012345{n}",
                "valid_from": date(2024, 1, 1),
                "valid_to": date(2028, 12, 31),
                "skills": "特种设备",
            }
            for n in (1, 2, 3)
        ],
        "absences": [{"inspector_id": "P1", "from": date(2026, 6, 3), "to": date(2026, 6, 5), "half": "上午"}],
        "sites": [site(f"S{n}") for n in (1, 2)],
        "grades": [{"site_id": "S1", "domain": "市场监管", "grade": "B", "valid_from": date(2026, 1, 1)}],
        "items": [{"item_id": "I1", "name": "食品检查", "agency_id": "SCJG", "minutes": 60, "fire": "否"}],
        "filings": [filing("F1")],
        "history": [{"site_id": "S1", "agency_id": "SCJG", "items": "I1", "date": date(2025, 9, 12)}],
        "lists": [{"kind": "无感监管对象", "site_id": "S2", "from": date(2026, 1, 1)}],
        "pins": [{"pin_id": "P-1", "site_id": "S1", "agency_id": "SCJG", "date": date(2026, 6, 9)}],
        "calendar": [{"date": date(2026, 6, 19), "kind": "休息", "note": "端午节"}],
        "settings": [{"key": "prep_minutes", "value": 15}],
        "waivers": [waiver("W-1")],
        "nonces": [
            {"holder": "bureau", "month": "2026-06", "commitment": "ab" * 32, "committed_on": date(2026, 5, 20)},
        ],
        "identities": [{"site_id": "S1", "other_id": "S2", "verdict": "不同"}],
        "filing_steps": [{"filing_id": "F1", "step": "司法局备案", "date": date(2026, 5, 22), "outcome": "同意"}],
        "results": [{"result_id": "R1", "site_id": "S1", "agency_id": "SCJG", "date": date(2026, 5, 12)}],
        "result_items": [{"result_id": "R1", "item_id": "I1", "finding": "未发现问题"}],
        "baseline": [{"year": 2024, "unit": "户次", "planned_on": 400, "document": "2024年统计表"}],
        "duties": [{"agency_id": "SCJG", "row": "4", "period": "2026", "done_on": date(2026, 3, 27)}],
        "absorptions": [{"site_id": "S1", "agency_id": "SCJG", "date": date(2026, 5, 28), "answer": "视为完成"}],
        "supervision": [
            {"case_id": "JD-1", "agency_id": "SCJG", "step": "发现", "date": date(2026, 5, 20), "results": "R1"}
        ],
    }


def site(identity: object, **cells: object) -> dict[str, Any]:
    """Return a raw site."""
    named = f"店铺{identity}"
    return {
        "site_id": identity,
        "name": named,
        "address": f"路{identity}号",
        "town": "朱泾镇",
        "industry": "餐饮",
    } | cells


def filing(identity: object, **cells: object) -> dict[str, Any]:
    """Return a raw filing of one month."""
    return {
        "filing_id": identity,
        "agency_id": "SCJG",
        "kind": "日常",
        "period": "月度",
        "items": "I1",
        "scope": "行业=餐饮",
        "window_from": date(2026, 6, 1),
        "window_to": date(2026, 6, 30),
    } | cells


def waiver(identity: object, **cells: object) -> dict[str, Any]:
    """Return a raw waiver."""
    return {
        "waiver_id": identity,
        "rule": "cap.domain",
        "from": date(2026, 6, 1),
        "to": date(2026, 6, 30),
        "reason": "专项需要",
        "signed_by": "分管领导",
        "signed_on": date(2026, 5, 20),
    } | cells


def workbook(folder: Path, raw: Raw, edit: Callable[[openpyxl.Workbook], object] | None = None) -> Path:
    """Write `raw` as a workbook and let `edit` change it the way people do."""
    path = folder / "case.xlsx"
    write_workbook(raw, path)
    if edit:
        book = openpyxl.load_workbook(path)
        edit(book)
        book.save(path)
        book.close()
    return path


def csv_folder(folder: Path, raw: Raw, extra: dict[str, bytes] | None = None) -> Path:
    """Write `raw` as a folder of CSV files, then `extra` files over it."""
    path = folder / "case"
    write_folder(raw, path)
    for name, content in (extra or {}).items():
        (path / name).write_bytes(content)
    return path


def changed(table: str, *rows: dict[str, Any]) -> Raw:
    """Return the good case with rows added to a table."""
    raw = good()
    raw[table] = [*raw[table], *rows]
    return raw


def codes(tables: Tables) -> list[str]:
    """Return the codes of all findings."""
    return [finding.code for finding in tables.findings]


def read_raw(folder: Path, raw: Raw) -> Tables:
    """Write `raw` as a workbook and read it."""
    return read_tables(workbook(folder, raw))
