"""The filings desk: a workbook handed in with a fault, returned, mended and accepted; two officers at one filing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from planner.intake.write.writer import write_workbook
from tests.cli.district import district
from tests.page.conftest import Opened, Prepared

pytestmark = pytest.mark.slow
NAME = "F-NEW"


def _book(path: Path, **change: Any) -> Path:
    """Write a workbook with a new filing of July, and another one that names an item that there is not."""
    new = {
        **district()["filings"][0],
        "filing_id": NAME,
        "window_from": "2026-07-01",
        "window_to": "2026-07-31",
        **change,
    }
    write_workbook({"filings": [new, {**new, "filing_id": "F-BAD", "items": "NONE-1"}]}, path)
    return path


def test_from_a_faulty_workbook_to_an_accepted_filing(prepared: Prepared, opened: Opened, tmp_path: Path) -> None:
    watched = opened(prepared.root)
    page, found = watched.page, []
    watched.login(to="/filings?month=2026-07")
    page.get_by_text("3 家中 0 家已申报").wait_for()
    page.get_by_label("申报工作簿文件").set_input_files(_book(tmp_path / "七月.xlsx"))
    page.get_by_text("收下 1 份，问题 1 处").wait_for()
    assert "NONE-1" in page.get_by_role("region", name="问题清单").inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载问题").click()
    assert "NONE-1" in Path(download.value.path()).read_text(encoding="utf-8-sig")
    found += watched.axe()
    page.get_by_role("button", name="知道了").click()
    page.get_by_text("3 家中 1 家已申报").wait_for()
    page.get_by_role("button", name=NAME).click()
    page.get_by_role("button", name="退回…").click()
    page.get_by_label("退回理由").fill("优先级请改为 7")
    page.get_by_role("button", name="退回修改").click()
    page.get_by_text(re.compile("已退回.*优先级请改为 7")).wait_for()
    found += watched.axe()
    page.keyboard.press("Escape")
    page.get_by_label("申报工作簿文件").set_input_files(_book(tmp_path / "七月改.xlsx", priority=7))
    page.get_by_text("收下 1 份，问题 1 处").wait_for()
    page.get_by_role("button", name=NAME).click()
    page.get_by_text("上一版：5").wait_for()
    page.get_by_role("button", name="受理…").click()
    page.get_by_label("检查计划编码").fill("JH-2607-01")
    page.get_by_role("button", name="受理并赋码").click()
    page.get_by_text("编码 JH-2607-01").wait_for()
    page.keyboard.press("Escape")
    assert page.get_by_role("cell", name="JH-2607-01").count() == 1
    assert found == []
    assert watched.errors == []
    assert watched.elsewhere == []


def test_two_officers_at_one_filing(prepared: Prepared, opened: Opened, tmp_path: Path) -> None:
    """What the one has seen is old once the other has changed it: it is said, and nothing is overwritten."""
    prepared.officer().upload(
        "/filings", _book(tmp_path / "八月.xlsx", window_from="2026-08-01", window_to="2026-08-31")
    )
    first, second = opened(prepared.root), opened(prepared.root)
    for watched, login in ((first, "li"), (second, "wang")):
        watched.login(login, to="/filings?month=2026-08")
        watched.page.get_by_role("button", name=NAME).click()
        watched.page.get_by_role("button", name="退回…").click()
        watched.page.get_by_label("退回理由").fill(f"{login} 退回")
    second.page.get_by_role("button", name="退回修改").click()
    second.page.get_by_text(re.compile("已退回.*wang 退回")).wait_for()
    first.page.get_by_role("button", name="退回修改").click()
    alert = first.page.get_by_role("alert")
    alert.wait_for()
    assert f"计划 {NAME} 已退回，不能这样处理" in alert.inner_text()
    first.page.get_by_role("button", name="重新读取").click()
    first.page.get_by_text(re.compile("已退回.*wang 退回")).wait_for()
    assert first.page.get_by_role("button", name="退回…").count() == 0
