"""The page in a real browser: the month's story from the workbook to what is published, and what goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.page_build import PAGE, npm
from tests.cli.district import workbook
from tests.page.conftest import Opened, Prepared
from tests.page.service import serving
from tests.page.watched import Watched

RUN_MS = 120_000
pytestmark = pytest.mark.slow


def test_components(built: Path) -> None:
    """The component tests of the page's own kit: filters, what pastes into Excel, crews, curves."""
    said = npm(PAGE, "test")
    assert "passed" in said
    assert "failed" not in said


def test_a_wrong_password_is_told_in_words(prepared: Prepared, opened: Opened) -> None:
    watched = opened(prepared.root)
    watched.login(password="不是这个")
    alert = watched.page.get_by_role("alert")
    alert.wait_for()
    assert "登录名或密码不对" in alert.inner_text()
    assert watched.axe() == []


def test_what_is_no_workbook_is_refused_with_what_to_do(prepared: Prepared, opened: Opened, tmp_path: Path) -> None:
    watched = opened(prepared.root)
    watched.login()
    wrong = tmp_path / "申报.xlsx"
    wrong.write_text("不是工作簿", encoding="utf-8")
    watched.page.get_by_role("button", name="统筹 ").wait_for()
    watched.page.get_by_label("工作簿文件").set_input_files(wrong)
    alert = watched.page.get_by_role("alert")
    alert.wait_for()
    assert "另存为 .xlsx" in alert.inner_text()


def test_a_plan_that_is_not_there_says_so(prepared: Prepared, opened: Opened) -> None:
    watched = opened(prepared.root)
    watched.login(to="/plans/none")
    alert = watched.page.get_by_role("alert")
    alert.wait_for()
    assert "没有方案 none" in alert.inner_text()


def test_the_month_from_workbook_to_published(empty: str, opened: Opened, tmp_path: Path) -> None:
    watched = opened(empty)
    page = watched.page
    found: list[str] = []
    watched.login()
    page.get_by_text("库中还没有数据").wait_for()
    page.get_by_label("工作簿文件").set_input_files(workbook(tmp_path / "六月.xlsx"))
    page.get_by_text("导入工作簿：已完成").wait_for(timeout=RUN_MS)
    page.get_by_label("选择月份").select_option("2026-06")
    found += watched.axe()
    page.get_by_role("button", name="统筹 2026 年 6 月").click()
    page.wait_for_url("**/plans/*", timeout=RUN_MS)
    page.get_by_role("tab", name="清单").wait_for()
    found += _views(watched)
    page.get_by_role("button", name="发布…").click()
    page.get_by_text("下列检查主体即可看到").wait_for()
    found += watched.axe()
    page.get_by_label("发布说明").fill("六月会商一致")
    page.get_by_role("button", name="核验并发布").click()
    page.locator(".state.published").wait_for(timeout=RUN_MS)
    assert page.get_by_role("button", name="发布…").count() == 0
    page.get_by_role("link", name="日志与任务").click()
    page.get_by_role("cell", name="发布方案").wait_for()
    page.get_by_role("button", name="核验日志").click()
    page.get_by_text("日志完整").wait_for()
    found += watched.axe()
    assert found == []
    assert watched.errors == []
    assert watched.elsewhere == []


def _views(watched: Watched) -> list[str]:
    """Look at the plan in every view, and return what of them is not accessible; the list pastes as filtered."""
    page = watched.page
    found: list[str] = []
    page.keyboard.press("/")
    page.keyboard.type("没有这样的对象")
    page.get_by_text("没有符合条件的入企安排").wait_for()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.get_by_text("只看联合").click()
    page.get_by_role("button", name="复制清单").click()
    page.get_by_text("可在 Excel 中粘贴").wait_for()
    pasted = page.evaluate("() => navigator.clipboard.readText()").split("\n")
    assert pasted[0].startswith("日期\t时段\t检查对象")
    assert len(pasted) > 1
    assert all("联合" in row for row in pasted[1:])
    found += watched.axe()
    page.locator("button.link").first.click()
    page.get_by_role("heading", name="为什么").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("heading", name="为什么").wait_for(state="hidden")
    for tab, seen in (
        ("日历", ".fc-event"),
        ("当日检查组", ".stay"),
        ("分布", "canvas"),
        ("未安排", "#pane-left-out p, #pane-left-out table"),
        ("指标与证明", "#pane-levels table"),
        ("文件", "#pane-files a"),
    ):
        page.get_by_role("tab", name=tab).click()
        page.locator(seen).first.hover()  # a chart tells its figures there
        page.wait_for_timeout(200)
        found += watched.axe()
        if tab == "日历":  # its style sheet is made in the browser: the content security policy lets it in by its nonce
            shown = page.locator(".fc").evaluate("calendar => getComputedStyle(calendar).display")
            assert shown == "flex"
    with page.expect_download() as download:
        page.locator("#pane-files a", has_text="统筹计划").click()
    assert Path(download.value.path()).read_bytes().startswith(b"PK")
    return found


def test_an_auditor_sees_what_is_published_and_changes_nothing(prepared: Prepared, opened: Opened) -> None:
    watched = opened(prepared.root)
    page = watched.page
    watched.login("shen")
    page.get_by_role("link", name="本月").click()
    page.get_by_role("heading", name="已发布的方案").wait_for()
    assert page.get_by_role("button", name="统筹").count() == 0
    assert page.get_by_role("button", name="导入工作簿").count() == 0
    page.locator("td a").first.click()
    page.get_by_role("tab", name="清单").wait_for()
    page.get_by_role("tab", name="文件").click()
    page.locator("#pane-files a").first.wait_for()
    names = page.locator("#pane-files a").all_inner_texts()
    # The public list is everybody's, the draws are the auditor's to replay, the rest is neither's.
    assert set(names) == {"public.csv", "public.html", "draws.json"}
    assert watched.errors == []


def test_who_has_a_login_elsewhere_is_sent_there(built: Path, tmp_path: Path, opened: Opened) -> None:
    elsewhere = {"PLANNER_OIDC_ISSUER": "http://127.0.0.1:9", "PLANNER_OIDC_CLIENT_ID": "planner"}
    with serving(tmp_path, **elsewhere) as root:
        page = opened(root).page
        page.goto(root)
        assert page.get_by_role("link", name="用统一认证登录").get_attribute("href") == "/v1/session/oidc"
