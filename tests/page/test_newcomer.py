"""A newcomer's way from an empty store to a published month, its clicks counted; and the pictures of the docs.

`make pictures` walks it on the demonstration district and takes the pictures anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.district import workbook
from tests.page.conftest import Opened
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


@pytest.mark.soak
def test_a_newcomer_publishes_the_demonstration_month(empty_district: str, opened: Opened) -> None:
    """As the README tells it; every main screen is seen on the way."""
    watched = opened(empty_district)
    page = watched.page
    clicks = _walk(watched, lambda: page.get_by_role("button", name="载入演示数据").click())
    assert 3 < clicks < 10
    for tab, seen, name in (
        ("清单", "td", "visits"),
        ("日历", ".fc-event", "calendar"),
        ("当日检查组", ".stay", "crews"),
        ("分布", "g.disc", "towns"),
        ("未安排", "#pane-left-out table", "left-out"),
        ("抽取", "#pane-draws td", "draws"),
        ("指标与证明", "#pane-levels table", "proof"),
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
    assert watched.errors == []
    assert watched.elsewhere == []
