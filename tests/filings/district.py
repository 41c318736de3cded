"""A small district in raw rows: two bodies with a filing each at six sites, and one restriction of each kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from planner.domain.calendar import month_bounds
from planner.intake.make.prepare import prepare_month
from planner.intake.month.outcome import Prepared
from planner.intake.read.reader import read_tables
from planner.intake.tables.records import Tables
from planner.intake.write.writer import write_workbook
from planner.rulebook.book import load_rulebook

Raw = dict[str, list[dict[str, Any]]]
MONTH = "2026-06"
SITES = tuple(f"JS-{n:03d}" for n in range(1, 7))
ROADS = ("沪杭公路", "亭枫公路", "人民路", "万安街", "秀州街", "东风路")


def district() -> Raw:
    """Return rows that read without any error: S1 was checked in March, S2 is quiet for the market's watch."""
    return {
        "agencies": [
            {"agency_id": "SCJG", "name": "区市场监督管理局", "level": "区级", "domain": "市场监管"},
            {"agency_id": "YJJ", "name": "区应急管理局", "level": "区级", "domain": "应急管理"},
        ],
        "inspectors": [
            {
                "inspector_id": f"{agency}-{n}",
                "name": f"王{n}",
                "agency_id": agency,
                "certificate_no": f"09{n}{place}",
                "valid_to": date(2028, 12, 31),
            }
            for place, agency in enumerate(("SCJG", "YJJ"))
            for n in range(1, 5)
        ],
        "absences": [{"inspector_id": "SCJG-1", "from": date(2026, 6, 8), "to": date(2026, 6, 9), "half": "全天"}],
        "sites": [
            {
                "site_id": one,
                "name": f"金山{road[:2]}餐饮店",
                "address": f"朱泾镇{road}{n}号",
                "town": "朱泾镇",
                "industry": "餐饮",
                "join": "允许",
            }
            for n, (one, road) in enumerate(zip(SITES, ROADS, strict=True), 1)
        ],
        "items": [
            {"item_id": "SP-1", "name": "食品经营检查", "agency_id": "SCJG", "basis": "某法第一条", "minutes": 30},
            {"item_id": "AQ-1", "name": "安全生产检查", "agency_id": "YJJ", "basis": "某法第二条", "minutes": 30},
        ],
        "filings": [filing("F-SC", "SCJG", "SP-1"), filing("F-YJ", "YJJ", "AQ-1")],
        "history": [
            {
                "site_id": "JS-001",
                "agency_id": "SCJG",
                "items": "SP-1",
                "date": date(2026, 3, 20),
                "trigger": "有计划",
                "mode": "现场",
                "result": "未发现问题",
            }
        ],
        "lists": [{"kind": "无感监管对象", "domain": "市场监管", "site_id": "JS-002", "from": date(2026, 1, 1)}],
        "calendar": [{"date": date(2026, 6, 15), "kind": "全区不检查"}],
        "settings": [{"key": "entry_cap", "value": 2}],
    }


def filing(identity: str, agency: str, item: str, **cells: Any) -> dict[str, Any]:
    """Return a body's filing of June for all six sites."""
    return {
        "filing_id": identity,
        "agency_id": agency,
        "kind": "日常",
        "period": "月度",
        "items": item,
        "sites": ";".join(SITES),
        "window_from": date(2026, 6, 1),
        "window_to": date(2026, 6, 30),
        "strength": "必须",
        "necessity": "按年度计划",
        "plan_code": f"P-{identity}",
        "filed_on": date(2026, 5, 20),
    } | cells


def written(folder: Path, edit: Callable[[Raw], object] = lambda raw: None) -> Path:
    """Write the district, changed by `edit`, as a workbook."""
    raw = district()
    edit(raw)
    path = folder / "district.xlsx"
    write_workbook(raw, path)
    return path


def screened(path: Path, month: str = MONTH) -> tuple[Tables, Prepared]:
    """Return the tables of a file and its screened month."""
    tables = read_tables(path)
    return tables, prepare_month(tables, month, load_rulebook().at(month_bounds(month)[0]), seed=0)


def visits_due(prepared: Prepared) -> set[tuple[str, str]]:
    """Return (unit, site) of the month's tasks."""
    return {(task.unit, task.site) for task in prepared.case.tasks} if prepared.case else set()


def codes(prepared: Prepared) -> set[str]:
    """Return the codes of what was found."""
    return {finding.code for finding in prepared.findings}
