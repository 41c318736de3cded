"""A district of six sites, three agencies and one draw: small enough to be planned in a second or two."""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from planner.cli import app
from planner.intake.write.writer import write_folder, write_workbook

MONTH = "2026-06"
Raw = dict[str, list[dict[str, Any]]]


def run(*arguments: object) -> Result:
    """Run `planner` with these arguments."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def district() -> Raw:
    """Return raw rows without a fault in them."""
    agencies = [
        ("SCJG", "区市场监督管理局", "市场监管"),
        ("HBJ", "区生态环境局", "生态环境"),
        ("YJJ", "区应急管理局", "应急管理"),
    ]
    window: dict[str, object] = {"window_from": date(2026, 6, 1), "window_to": date(2026, 6, 30)}
    window |= {"plan_code": "JH-2606", "filed_on": date(2026, 5, 20)}
    plain = {"kind": "日常", "period": "月度", **window}
    random_plan = {"kind": "双随机", "scope": "行业=化工", "ratio": "50%", "items": "HBJ-1", **window}
    return {
        "agencies": [{"agency_id": a, "name": name, "level": "区级", "domain": domain} for a, name, domain in agencies],
        "inspectors": [
            {
                "inspector_id": f"{a}-P{n}",
                "name": f"张{n}",
                "agency_id": a,
                "certificate_no": f"09-{a}-{n}",
                "role": "执法人员",
            }
            for a, _, _ in agencies
            for n in range(4)
        ],
        "sites": [
            {"site_id": f"S{n}", "name": f"化工{n}厂", "address": f"路{n}号", "town": "漕泾镇", "industry": "化工"}
            for n in range(1, 7)
        ],
        "items": [
            {"item_id": f"{a}-1", "name": f"{name}检查", "agency_id": a, "minutes": 60, "basis": "某法第一条"}
            for a, name, _ in agencies
        ],
        "filings": [
            {"filing_id": "F-S", "agency_id": "SCJG", "items": "SCJG-1", "sites": "S1;S2;S3;S4", **plain},
            {"filing_id": "F-Y", "agency_id": "YJJ", "items": "YJJ-1", "sites": "S1;S2;S5", **plain},
            {"filing_id": "F-H", "agency_id": "HBJ", "period": "月度", **random_plan},
        ],
        "settings": [{"key": "seed", "value": "7"}, {"key": "district_name", "value": "示例区"}],
    }


def workbook(path: Path, raw: Raw | None = None) -> Path:
    """Write the district (or `raw`) as a workbook."""
    write_workbook(raw or district(), path)
    return path


def shuffled_folder(path: Path, seed: int) -> Path:
    """Write the district as a folder of CSV files, the rows of every table in another order."""
    raw = district()
    for rows in raw.values():
        random.Random(seed).shuffle(rows)
    write_folder(raw, path)
    return path


def content(path: Path) -> dict[str, Any]:
    """Return a JSON file."""
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value
