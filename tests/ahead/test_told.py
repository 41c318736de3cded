"""A month that takes its share says so everywhere, and who verifies it works the sums out again."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.ahead.district import FIRST, LAST, OPEN
from tests.cli.district import Raw, content, run, workbook

WAITING = {"kind": "日常", "period": "月度", "strength": "必须", "filed_on": date(2026, 5, 22)}


def _raw(waiting: int, **more: Any) -> Raw:
    """Return a bureau with two crews, three open days a month, and checks of a half-day for June or July."""
    days = (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
    sites = ";".join(f"S{n}" for n in range(waiting))
    filed = {"items": "I1", "sites": sites, "window_from": FIRST, "window_to": date(2026, 7, 31), **WAITING}
    raw: Raw = {
        "agencies": [
            {"agency_id": "SCJG", "name": "区市场监管局", "level": "区级", "domain": "市场监管", "setup_minutes": 15}
        ],
        "inspectors": [
            {
                "inspector_id": f"P{n}",
                "name": f"张{n}",
                "agency_id": "SCJG",
                "certificate_no": f"Z{n}",
                "role": "执法人员",
            }
            for n in range(4)
        ],
        "sites": [
            {"site_id": f"S{n}", "name": f"店{n}", "address": f"路{n}号", "town": "朱泾镇", "industry": "餐饮"}
            for n in range(20)
        ],
        "items": [{"item_id": "I1", "name": "检查", "agency_id": "SCJG", "minutes": 165, "basis": "某法第一条"}],
        "filings": [{"filing_id": "F1", "agency_id": "SCJG", **filed}] if waiting else [],
        "calendar": [{"date": day, "kind": "全区不检查"} for day in days if day not in OPEN],
    }
    return raw | more


@pytest.fixture(scope="module")
def june(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a June that has to do 4 of 16 checks."""
    here = tmp_path_factory.mktemp("ahead")
    out = run("plan", workbook(here / "来源.xlsx", _raw(16)), "--month", "2026-06", "--out", here / "june")
    assert out.exit_code == 0, out.output
    assert "可缓任务 16 项，本月至少须办 4 项" in out.output.replace("\n", "")
    assert "2026-05-22" in out.output.replace("\n", "")
    return here / "june"


def test_plan_file_has_the_sums_and_is_verified(june: Path) -> None:
    told = content(june / "plan.json")["summary"]["look_ahead"]
    (row,) = told["rows"]
    assert (row["waiting"], row["least"], row["done"], told["overflow"]["proven"]) == (16, 4, 4, True)
    assert row["load"] - row["room"] == 4 * row["parts_of_half_day"]
    assert row["weeks"][-1]["room"] == row["room"]
    verified = run("verify", june / "plan.json")
    assert verified.exit_code == 0, verified.output


def test_workbook_and_page_have_a_part_of_their_own(june: Path) -> None:
    sheet = load_workbook(june / "统筹计划-2026-06.xlsx")["展望"]
    cells = [row[:5] for row in sheet.iter_rows(values_only=True)]
    assert ("区市场监管局", "2026-07-08", 16, 4, 4) in cells
    page = (june / "报告-2026-06.html").read_text(encoding="utf-8")
    assert "本月至少须办 4 项" in page
    assert "依据截至" in page


def test_a_plan_that_hides_what_july_loses_is_refused(june: Path) -> None:
    document = content(june / "plan.json")
    document["summary"]["look_ahead"]["rows"][0]["least"] = 0
    other = june / "changed.json"
    other.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    refused = run("verify", other)
    other.unlink()
    assert refused.exit_code == 1
    assert "summary" in refused.output


def test_a_month_in_which_all_may_wait_is_a_month_with_results(tmp_path: Path) -> None:
    source = workbook(tmp_path / "来源.xlsx", _raw(12))
    out = run("plan", source, "--month", "2026-06", "--out", tmp_path / "june")
    assert out.exit_code == 0, out.output
    assert "没有到期" not in out.output
    assert "可缓任务 12 项" in out.output.replace("\n", "")
    document = content(tmp_path / "june" / "plan.json")
    assert (document["visits"], len(document["deferred_elsewhere"])) == ([], 12)
    assert run("verify", tmp_path / "june" / "plan.json").exit_code == 0
    gate = run("gate", tmp_path / "june" / "plan.json", "S1", "2026-06-09", "--agency", "SCJG")
    assert gate.exit_code == 0, gate.output


def test_off_site_work_alone_is_a_month_with_results(tmp_path: Path) -> None:
    sites = {"items": "I1", "sites": "S0;S1", "window_from": FIRST, "window_to": date(2026, 6, 30), **WAITING}
    only = {"filing_id": "F1", "agency_id": "SCJG", "mode": "非现场", **sites}
    source = workbook(tmp_path / "来源.xlsx", _raw(0, filings=[only]))
    out = run("plan", source, "--month", "2026-06", "--out", tmp_path / "june")
    assert out.exit_code == 0, out.output
    assert len(content(tmp_path / "june" / "plan.json")["off_site"]) == 2
    assert run("plan", source, "--month", "2026-09", "--out", tmp_path / "none").exit_code == 5


def test_the_words_are_there_in_english(tmp_path: Path) -> None:
    source = workbook(tmp_path / "来源.xlsx", _raw(12))
    out = run("--lang", "en", "plan", source, "--month", "2026-06", "--out", tmp_path / "june")
    assert "12 tasks wait" in out.output
    assert "on filings received by 2026-05-22" in out.output
