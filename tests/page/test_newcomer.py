"""A newcomer's way from an empty store to a published month, its clicks counted; and the pictures of the docs.

`make pictures` walks it on the demonstration district and takes the pictures anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.cli.district import workbook
from tests.page import manual
from tests.page.conftest import Opened
from tests.page.service import add_account
from tests.page.watched import Watched

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
RUN_MS = 240_000
COUNTER = """addEventListener('click', (event) => {
    if (event.isTrusted) sessionStorage.clicks = 1 + Number(sessionStorage.clicks ?? 0)
}, true)"""
pytestmark = pytest.mark.slow


def _picture(watched: Watched, name: str) -> None:
    """Take a picture for the docs, where they are asked for."""
    if "TAKE_PICTURES" in os.environ:
        watched.settle()
        watched.page.mouse.move(0, 0)
        watched.page.screenshot(path=PICTURES / f"{name}.png")


def _walk(watched: Watched, fill: Callable[[], None]) -> int:
    """Go from the login to a published month, `fill` putting data into the store; return how many clicks it took."""
    page = watched.page
    page.add_init_script(COUNTER)
    watched.login()
    page.get_by_text("库中还没有数据").wait_for()
    fill()
    page.get_by_text("份，待受理").wait_for(timeout=RUN_MS)
    _picture(watched, "month")
    page.get_by_role("button", name="统筹 2026 年 6 月").click()
    page.wait_for_url("**/plans/*", timeout=RUN_MS)
    page.get_by_role("button", name="发布…").click()
    page.get_by_text("下列检查主体即可看到").wait_for()
    _picture(watched, "publish")
    page.get_by_role("button", name="核验并发布").click()
    page.locator(".state.published").wait_for(timeout=RUN_MS)
    return int(page.evaluate("() => Number(sessionStorage.clicks)"))


def test_a_newcomer_publishes_a_month_in_under_ten_clicks(empty: str, opened: Opened, tmp_path: Path) -> None:
    watched = opened(empty)

    def fill() -> None:
        with watched.page.expect_file_chooser() as chooser:
            watched.page.get_by_role("button", name="导入工作簿…").click()
        chooser.value.set_files(workbook(tmp_path / "六月.xlsx"))
        watched.page.get_by_label("选择月份").select_option("2026-06")

    assert 3 < _walk(watched, fill) < 10


def _live(watched: Watched) -> None:
    """Try a stopped visit of the published plan, and register a triggered check."""
    page, plan = watched.page, watched.page.url.rpartition("/")[2]
    visits = page.request.get(f"{watched.root}/v1/plans/{plan}/visits").json()["items"]
    visit, own = visits[0], [one for one in visits if not one["joint"] and len(one["items"]) == 1]
    alone = next(one for one in own if one["inspectors"][0]["unit"] == one["agencies"][0]["id"])
    page.get_by_role("tab", name="出了变化").click()
    page.get_by_label("发生了什么").select_option(label="紧急叫停入企")
    page.get_by_label("哪天").select_option(visit["day"])
    page.get_by_label("哪次入企").select_option(visit["id"])
    page.get_by_role("button", name="试算改动").click()
    page.get_by_text("已证明没有改得更少的安排").wait_for(timeout=RUN_MS)
    page.get_by_role("tab", name="出了变化").evaluate("tab => scrollTo(0, tab.getBoundingClientRect().top - 20)")
    _picture(watched, "replan")
    page.goto(f"{watched.root}/triggered?month=2026-06")
    page.get_by_label("检查主体", exact=True).select_option(alone["agencies"][0]["id"])
    page.get_by_label("对象编号").fill(alone["site"]["id"])
    page.get_by_label("检查事项编号").fill(alone["items"][0])
    page.get_by_label("检查日期").fill(alone["day"])
    page.get_by_label("来源").select_option(label="投诉举报")
    page.get_by_role("button", name="登记").click()
    page.get_by_text("已登记").first.wait_for(timeout=RUN_MS)
    _picture(watched, "triggered")


def _change(watched: Watched) -> None:
    """Pin a visit of the plan, move another, and make a draft of both."""
    page, before = watched.page, watched.page.url
    page.locator("tr[aria-rowindex] button").first.click()
    page.get_by_role("button", name="锁定在当天").click()
    page.get_by_text("合在一起不违反规则").wait_for()
    page.locator("tr[aria-rowindex] button").nth(3).click()
    page.get_by_role("button", name="看看能改到哪天").click()
    page.locator(".days button.yes").last.click()
    page.get_by_role("button", name="改到").click()
    page.get_by_role("heading", name="待生效的改动（2 处）").wait_for()
    page.get_by_text("合在一起不违反规则").wait_for()
    page.get_by_label("改动理由").fill("企业停产检修")
    page.get_by_role("heading", name="待生效的改动").evaluate("it => scrollTo(0, it.getBoundingClientRect().top - 60)")
    _picture(watched, "changes")
    page.get_by_role("button", name="生成新草案，其余不动").click()
    page.wait_for_url(lambda url: "/plans/" in url and url != before, timeout=RUN_MS)


def _consult(watched: Watched, agency: Watched) -> None:
    """Ask all agencies about the draft; one of them looks at its part, and at its duty sheets, on a phone."""
    page, phone = watched.page, agency.page
    page.get_by_role("tab", name="征求意见").click()
    page.get_by_label("请各检查主体在此日前答复").fill((date.today() + timedelta(days=9)).isoformat())
    page.get_by_role("button", name="开始征求意见").click()
    page.get_by_role("heading", name="谁已答复").wait_for()
    _picture(watched, "consultation")
    agency.login("zhang")
    phone.get_by_role("link", name="去答复").click()
    phone.get_by_role("button", name=re.compile("都同意")).wait_for()
    _picture(agency, "answers")
    phone.get_by_role("link", name="检查单").click()
    phone.locator(".cards li").first.wait_for()
    _picture(agency, "duty")


@pytest.mark.soak
def test_a_newcomer_publishes_the_demonstration_month(empty_district: str, opened: Opened, tmp_path: Path) -> None:
    """As the README tells it; every main screen is seen on the way."""
    watched = opened(empty_district)
    page = watched.page
    clicks = _walk(watched, lambda: page.get_by_role("button", name="载入演示数据").click())
    assert 3 < clicks < 10
    published = page.url
    for tab, seen, name in (
        ("清单", "td", "visits"),
        ("日历", ".fc-event", "calendar"),
        ("当日检查组", ".stay", "crews"),
        ("分布", "g.disc", "towns"),
        ("未安排", "#pane-left-out table", "left-out"),
        ("抽取", "#pane-draws td", "draws"),
        ("指标与证明", "#pane-levels table", "proof"),
        ("文件", "#pane-files a", "files"),
    ):
        page.get_by_role("tab", name=tab).click()
        page.locator(seen).first.wait_for()
        page.get_by_role("tab", name=tab).evaluate("tab => scrollTo(0, tab.getBoundingClientRect().top - 20)")
        _picture(watched, name)
    page.get_by_role("tab", name="未安排").click()
    page.locator("#pane-left-out button.link").first.click()
    page.get_by_role("heading", name="逐日").wait_for()
    _picture(watched, "why-not")
    page.keyboard.press("Escape")
    page.get_by_role("heading", name="逐日").wait_for(state="hidden")
    page.get_by_role("tab", name="清单").click()
    page.locator("tr[aria-rowindex] button").first.click()
    page.get_by_role("button", name="看看能改到哪天").click()
    page.locator(".days button.no").first.click()
    page.get_by_text("违反规则").first.wait_for()
    page.locator(".verdict").scroll_into_view_if_needed()
    _picture(watched, "move")
    page.goto(f"{watched.root}/filings?month=2026-06")
    page.get_by_role("heading", name="谁已申报").wait_for()
    _picture(watched, "filings")
    add_account(tmp_path, "zhang", "--role", "agency", "--agency", "SCJG", "--name", "张明")
    agency = opened(empty_district, phone=True)
    page.goto(published)
    page.locator("tr[aria-rowindex] button").first.wait_for()
    _live(watched)
    page.goto(published)
    page.locator("tr[aria-rowindex] button").first.wait_for()
    _change(watched)
    _consult(watched, agency)
    plan = published.rpartition("/")[2].partition("?")[0]
    manual.drag_a_visit(watched, plan, _picture)
    manual.ask_what_if(watched, plan, _picture)
    add_account(tmp_path, "gao", "--role", "admin", "--name", "高远")
    add_account(tmp_path, "tang", "--role", "town", "--town", "朱泾镇", "--name", "唐宁")
    others = [opened(empty_district, phone=phone) for phone in (False, True, True, False)]
    manual.look_in(*others, _picture)
    for one in (watched, agency, *others):
        assert one.errors == []
        assert one.elsewhere == []
