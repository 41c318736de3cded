"""One small planned month that scenarios are played from."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.service import Planned, plan_month, write_outputs
from tests.cli.district import MONTH, district, workbook


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    raw = district()
    raw["sites"] = [{**row, "join": "不鼓励" if row["site_id"] == "S2" else "允许"} for row in raw["sites"]]
    raw["grades"] = [
        {"site_id": f"S{n}", "domain": "市场监管", "grade": "B" if n < 3 else "C", "valid_from": "2026-01-01"}
        for n in range(1, 7)
    ]
    return workbook(tmp_path_factory.mktemp("whatif") / "来源.xlsx", raw)


@pytest.fixture(scope="session")
def base(source: Path) -> Planned:
    planned = plan_month(source, MONTH)
    assert planned.result.plan is not None
    return planned


@pytest.fixture(scope="session")
def plan_file(base: Planned, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planned")
    write_outputs(base, folder)
    return folder / "plan.json"
