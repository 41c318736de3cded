"""What a filing says is shown in the words of the workbook."""

from __future__ import annotations

from pathlib import Path

from api.desk.library.cells import words
from planner.intake.read.reader import read_tables
from planner.intake.tables.schema import TABLE_BY_KEY
from tests.cli.district import district, workbook


def test_choices_scopes_and_ratios_read_as_in_the_workbook(tmp_path: Path) -> None:
    raw = district()
    raw["filings"][2] |= {"ratio": "黄=33.5%;红=100%", "scope": "行业=化工|餐饮；街镇=漕泾镇", "unannounced": True}
    filings = {row.filing_id: row for row in read_tables(workbook(tmp_path / "申报.xlsx", raw)).filings}
    random, daily = (words(TABLE_BY_KEY["filings"], filings[name]) for name in ("F-H", "F-S"))
    assert random["kind"] == "双随机"
    assert random["ratio"] == "黄=33.50%；红=100%"
    assert random["scope"] == "行业=化工、餐饮；街镇=漕泾镇"
    assert random["window_to"] == "2026-06-30"
    assert random["unannounced"] == "是"
    assert daily["sites"] == "S1、S2、S3、S4"
    assert "scope" not in daily
