"""Results on a phone, the duty calendar, the evaluation and the year, as they are seen and used in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.cli.district import MONTH
from tests.page.conftest import Opened, Prepared
from tests.page.test_roles import RUN_MS

pytestmark = pytest.mark.slow


def test_an_officer_enters_a_result_on_a_phone_and_marks_a_duty(prepared: Prepared, opened: Opened) -> None:
    watched = opened(prepared.root, phone=True)
    page = watched.page
    watched.login("zhang", to="/results")
    page.get_by_label("选择月份").select_option(MONTH)
    waiting = page.get_by_role("region", name="待录入")
    waiting.get_by_role("button", name="录入").first.wait_for()
    before = waiting.get_by_role("button", name="录入").count()
    waiting.get_by_role("button", name="录入").first.click()
    waiting.get_by_label("发现问题", exact=True).check()
    waiting.get_by_label("检查码").fill("JCM-1")
    waiting.get_by_label("要码时间").fill("2026-05-31 09:00")
    assert watched.axe() == []
    assert watched.overflow() <= 0
    waiting.get_by_role("button", name="保存").click()
    page.get_by_text("已录入").first.wait_for()
    page.get_by_role("region", name="已录入").get_by_text("JCM-1").wait_for()
    expect(waiting.get_by_role("button", name="录入")).to_have_count(before - 1)
    (kept,) = prepared.officer("zhang").ask("GET", "/results?from=2026-06-01&to=2026-06-30")["items"]
    assert (kept["result"], kept["agency_id"]) == ("发现问题", "SCJG")
    page.goto(f"{prepared.root}/duties")
    page.get_by_label("选择年份").select_option("2026")
    page.get_by_label("状态").select_option("late")
    page.get_by_role("button", name="登记").first.click()
    page.get_by_label("凭据").fill("(示例)文号")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("已登记。").wait_for()
    assert watched.axe() == []
    assert watched.overflow() <= 0
    marked = [one for one in prepared.officer("zhang").ask("GET", "/duties?year=2026")["items"] if one["version"]]
    assert [one["evidence"] for one in marked] == ["(示例)文号"]
    assert watched.errors == []
    assert watched.elsewhere == []


def test_the_bureau_works_an_evaluation_out_with_every_clause_and_plans_the_year(
    prepared: Prepared, opened: Opened
) -> None:
    watched = opened(prepared.root)
    page = watched.page
    watched.login(to="/evaluation")
    page.get_by_label("选择年份").select_option("2026")
    page.get_by_label("选择时期").select_option("Q3")
    page.get_by_text("还没有计算过").wait_for()
    page.get_by_role("button", name="计算", exact=True).click()
    rows = page.get_by_role("region", name="指标", exact=True).locator("tbody tr")
    rows.first.wait_for(timeout=RUN_MS)
    assert rows.count() > 20
    assert rows.locator(".chip.mono").count() >= rows.count()
    page.get_by_text("请在“基期”表填 2024 年的户次").wait_for()
    assert watched.axe() == []

    known = len(watched.errors)  # asking for what is not worked out yet is told by the browser, too
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="年度").click()
    page.get_by_text("还没有统筹过全年").wait_for()
    page.get_by_label("年份", exact=True).fill("2026")
    page.get_by_role("button", name="统筹全年").click()
    months = page.get_by_role("region", name="逐月", exact=True).locator("tbody tr")
    months.first.wait_for(timeout=RUN_MS)
    told = prepared.officer().ask("GET", "/years")["items"][0]
    found = prepared.officer().ask("GET", f"/years/{told['id']}")["found"]
    expect(months).to_have_count(len(found["months"]))
    expect(months.first).to_contain_text("已公布，不动")
    units = page.get_by_role("region", name="各单位逐周工作量").locator("tbody tr")
    expect(units).to_have_count(len({week["unit"] for week in found["weeks"]}))
    assert watched.axe() == []
    assert watched.overflow() <= 0
    assert watched.errors[known:] == []
    assert watched.elsewhere == []
