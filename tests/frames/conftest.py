"""One small planned month in which something is left out, something is joint, and something was filed unannounced."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from planner.service import Planned, plan_month, write_outputs
from tests.cli.district import MONTH, Raw, district, workbook

SECRET = "F-SECRET"


def raw_month(unannounced: bool = True) -> Raw:
    """Return the rows; S6 is closed on all days of F-X's window."""
    raw = district()
    raw["sites"] = [
        {**row, "name": "=化工六厂", "blackout_days": "2026-06-08至2026-06-12"} if row["site_id"] == "S6" else row
        for row in raw["sites"]
    ]
    plain = raw["filings"][0]
    window = {"window_from": date(2026, 6, 8), "window_to": date(2026, 6, 12)}
    raw["filings"].append({**plain, "filing_id": "F-X", "sites": "S6", **window})
    if unannounced:
        raw["items"].append({**raw["items"][0], "item_id": "SCJG-9"})
        raw["filings"].append({**plain, "filing_id": SECRET, "items": "SCJG-9", "sites": "S5", "unannounced": "是"})
    return raw


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return workbook(tmp_path_factory.mktemp("frames") / "来源.xlsx", raw_month())


@pytest.fixture(scope="session")
def planned(source: Path) -> Planned:
    found = plan_month(source, MONTH)
    assert found.result.plan is not None
    assert found.hidden is not None
    return found


@pytest.fixture(scope="session")
def plan_file(planned: Planned, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planned")
    write_outputs(planned, folder)
    return folder / "plan.json"
