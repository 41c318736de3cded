"""A plan looked into: what two plans do differently, why a task has no day, and the draws with their proofs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.page.conftest import Opened, Prepared

pytestmark = pytest.mark.slow

LEFT_OUT = {
    "task": "T-b436100ac799",
    "agency": {"id": "YJJ", "name": "区应急管理局"},
    "unit": "YJJ",
    "site": {"id": "S5", "name": "化工5厂", "town": "漕泾镇"},
    "items": ["YJJ-1"],
    "filings": ["F-Y"],
    "window": ["2026-06-01", "2026-06-02"],
    "strength": "mandatory",
    "reason": {
        "rule": "gap.domain",
        "clauses": ["A02-4.1.1c"],
        "text_zh": "6月1日至6月2日：与5月18日的同领域检查间隔不足1个月。",
        "blocked": [{"day": "2026-06-02", "rule": "gap.domain"}, {"day": "2026-06-01", "rule": "gap.domain"}],
    },
}
"""Told in place of the service's answer: the small district leaves nothing out."""


def test_two_plans_side_by_side(prepared: Prepared, opened: Opened) -> None:
    """The second plan's first visit is told on another day than it is; nothing else may show as changed."""
    watched = opened(prepared.root)
    page = watched.page

    def moved(route: Any) -> None:
        answer = route.fetch()
        told = answer.json()
        told["items"][0] |= {"day": "2026-06-30", "day_text": "2026-06-30 周二"}
        route.fulfill(response=answer, body=json.dumps(told))

    page.route(f"**/plans/{prepared.second}/visits?*", moved)
    watched.login(to=f"/plans/{prepared.second}")
    page.get_by_label("与另一方案比较").select_option(prepared.first)
    page.wait_for_url(f"**/plans/{prepared.first}/compare/{prepared.second}")
    page.get_by_text("1 处", exact=True).wait_for()
    row = page.get_by_role("region", name="有变动的入企").locator("tr[aria-rowindex]")
    assert row.count() == 1
    assert "改期" in row.inner_text()
    assert "2026-06-30 周二" in row.inner_text()
    page.get_by_role("button", name="复制变动").click()
    page.get_by_text("已复制 1 行").wait_for()
    assert watched.axe() == []
    page.get_by_role("link", name="对调新旧").click()
    page.wait_for_url(f"**/plans/{prepared.second}/compare/{prepared.first}")
    assert watched.errors == []


def test_equal_plans_say_so(prepared: Prepared, opened: Opened) -> None:
    watched = opened(prepared.root)
    watched.login(to=f"/plans/{prepared.first}/compare/{prepared.first}")
    watched.page.get_by_text("入企安排完全相同").wait_for()


def test_why_a_task_has_no_day(prepared: Prepared, opened: Opened) -> None:
    watched = opened(prepared.root)
    page = watched.page
    page.route("**/left-out", lambda route: route.fulfill(json={"items": [LEFT_OUT], "next": None}))
    watched.login(to=f"/plans/{prepared.second}")
    page.get_by_role("tab", name="未安排（1 项）").click()
    page.get_by_role("button", name="化工5厂").click()
    page.get_by_role("cell", name="6 月 1 日 周一、6 月 2 日 周二").wait_for()
    page.get_by_role("cell", name="同一领域两次计划检查的间隔").wait_for()
    page.get_by_role("button", name="A02-4.1.1c").click()
    page.get_by_text("确有必要多次的一般隔满一个月").wait_for()
    assert watched.axe() == []
    assert watched.errors == []


def test_a_draw_shows_all_that_replays_it(prepared: Prepared, opened: Opened) -> None:
    """What stands on the screen is what the plan's file of draws holds."""
    watched, officer = opened(prepared.root), prepared.officer()
    files = officer.ask("GET", f"/plans/{prepared.second}/files")["items"]
    number = next(file["number"] for file in files if file["name"] == "draws.json")
    draw = officer.ask("GET", f"/plans/{prepared.second}/files/{number}")["draws"][0]
    page = watched.page
    watched.login(to=f"/plans/{prepared.second}")
    page.get_by_role("tab", name="抽取").click()
    page.get_by_role("button", name=draw["filing_id"]).click()
    page.get_by_role("heading", name="证明").wait_for()
    shown = page.locator(".el-drawer").inner_text()
    for text in (draw["list_hash"], draw["seed"], draw["order_hash"], *draw["strata"][0]["drawn"]):
        assert text in shown
    assert watched.axe() == []
    assert watched.errors == []


def test_the_page_tells_the_same_story_as_the_report(prepared: Prepared, opened: Opened) -> None:
    """First-come leads, each step has its figure with its unit, and the curve of the run ends at what is shown."""
    figures = prepared.officer().ask("GET", f"/plans/{prepared.second}")["figures"]
    steps = {one["scheme"]: one["entries_common"] for one in figures["steps"]}
    assert list(steps) == ["alone", "chance", "filed", "first_come", "ours", "limit"]
    watched = opened(prepared.root)
    page = watched.page
    watched.login(to=f"/plans/{prepared.second}")
    saved = steps["first_come"] - steps["ours"]
    page.get_by_role("heading", name=f"与先到先并相比少入企 {saved} 次").wait_for()
    shown = page.locator(".bars dd").all_inner_texts()
    assert [text.strip() for text in shown] == [f"{entries} 次" for entries in steps.values()]
    facts = page.locator(".facts").inner_text()
    for told in (f"{figures['entries']} 次", "0 项任务", figures["told"]["status"]):
        assert told in facts
    page.get_by_role("tab", name="指标与证明").click()
    page.get_by_role("cell", name="已证明：价目表，可复算").first.wait_for()
    assert watched.axe() == []
    assert watched.errors == []
