"""A plan changed by hand in the browser: verdicts at once, pin, move, take out, undo; two officers at one plan."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.page.conftest import Opened, Prepared
from tests.page.scarce import CROWDED
from tests.page.watched import Watched

RUN_MS = 180_000
pytestmark = pytest.mark.slow


def _visits(prepared: Prepared, plan: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = prepared.officer().ask("GET", f"/plans/{plan}/visits")["items"]
    return items


def _open_visit(watched: Watched, visit: dict[str, Any]) -> None:
    row = watched.page.locator("tr[aria-rowindex]").filter(has_text=visit["day_text"])
    row.filter(has_text=visit["site"]["name"]).get_by_role("button").click()


def test_a_move_has_its_verdict_on_every_day(prepared: Prepared, opened: Opened) -> None:
    """The days on the screen are the service's, and a day that breaks rules names them and cannot be chosen."""
    watched = opened(prepared.root)
    visit = _visits(prepared, prepared.second)[0]
    told = prepared.officer().ask("GET", f"/plans/{prepared.second}/visits/{visit['id']}/verdicts")["items"]
    page = watched.page
    watched.login(to=f"/plans/{prepared.second}")
    _open_visit(watched, visit)
    page.get_by_role("button", name="看看能改到哪天").click()
    page.get_by_role("button", name="不去").wait_for()
    assert page.locator(".days button.yes").count() == sum(one["lawful"] for one in told if one["day"])
    assert page.locator(".days button").count() == len(told)
    for button in page.locator(".days button.no").all()[:1]:
        button.click()
        page.get_by_text("违反规则").wait_for()
        assert page.locator(".verdict .mono").count() > 0
        assert page.locator(".verdict .el-button").count() == 0
    page.locator(".days button.yes").first.click()
    page.get_by_text("不违反规则").wait_for()
    assert watched.axe() == []
    assert watched.errors == []


def test_what_is_pinned_moved_and_taken_out_makes_a_draft_and_is_undone(prepared: Prepared, opened: Opened) -> None:
    watched = opened(prepared.root)
    page = watched.page
    first, second, third, *_ = _visits(prepared, prepared.second)
    watched.login(to=f"/plans/{prepared.second}")
    _open_visit(watched, first)
    page.get_by_role("button", name="锁定在当天").click()
    page.get_by_text("合在一起不违反规则").wait_for()
    _open_visit(watched, second)
    page.get_by_role("button", name="看看能改到哪天").click()
    page.locator(".days button.yes").last.click()
    page.get_by_role("button", name="改到").click()
    _open_visit(watched, third)
    page.get_by_role("button", name="调出本月").first.click()
    page.get_by_role("heading", name="待生效的改动（3 处）").wait_for()
    page.get_by_text(re.compile("合在一起不违反规则.*未安排")).wait_for()
    assert watched.axe() == []
    hold = page.get_by_role("button", name="生成新草案，其余不动")
    assert hold.is_disabled()  # no change without its reason
    page.get_by_label("改动理由").fill("企业停产检修")
    hold.click()
    page.wait_for_url(lambda url: "/plans/" in url and prepared.second not in url, timeout=RUN_MS)
    made = page.url.rpartition("/")[2]
    after = {task: visit["day"] for visit in _visits(prepared, made) for task in visit["tasks"]}
    assert {after[task] for task in first["tasks"]} == {first["day"]}
    assert {after[task] for task in second["tasks"]} != {second["day"]}
    assert not set(third["tasks"]) & after.keys()
    page.get_by_role("tab", name="经过").click()
    steps = page.locator(".steps")
    steps.get_by_text("企业停产检修").wait_for()
    for word, visit in (("锁定", first), ("改期", second), ("调出", third)):
        steps.get_by_text(f"{word} {visit['site']['name']}").wait_for()
    page.get_by_role("heading", name="锁定的入企（2）").wait_for()
    assert watched.axe() == []
    page.get_by_role("button", name="恢复，重新统筹时可再排").first.click()
    page.get_by_role("heading", name="待生效的改动（1 处）").wait_for()
    page.get_by_role("button", name=re.compile("^不改了")).click()
    page.get_by_role("heading", name=re.compile("待生效")).wait_for(state="hidden")
    page.get_by_role("link", name="撤销改动").click()
    page.wait_for_url(f"**/plans/{prepared.second}")
    page.get_by_role("tab", name="经过").click()
    page.get_by_role("heading", name="由本方案改出的草案").wait_for()
    assert watched.errors == []
    assert watched.elsewhere == []


def test_changes_that_break_rules_together_cannot_be_applied(scarce: Prepared, opened: Opened) -> None:
    """Each of three long checks may go to the last day, which has room for two of them."""
    watched = opened(scarce.root)
    page = watched.page
    visits = {visit["site"]["name"]: visit for visit in _visits(scarce, scarce.second)}
    watched.login(to=f"/plans/{scarce.second}")
    for name in CROWDED:
        _open_visit(watched, visits[name])
        page.get_by_role("button", name="看看能改到哪天").click()
        page.locator(".days button.yes").last.click()
        page.get_by_text("不违反规则").first.wait_for()
        page.get_by_role("button", name="改到").click()
    page.get_by_role("heading", name=f"待生效的改动（{len(CROWDED)} 处）").wait_for()
    page.get_by_text("合在一起违反规则，不能生效").wait_for()
    page.get_by_label("改动理由").fill("全部并到一天")
    assert page.get_by_role("button", name="生成新草案，其余不动").is_disabled()
    assert page.get_by_role("button", name="生成新草案，其余重新统筹").is_disabled()
    assert watched.axe() == []
    assert watched.errors == []


def test_two_officers_publish_one_plan(prepared: Prepared, opened: Opened) -> None:
    """The second officer's page is old by then: that is told, nothing is published twice, and reading anew helps."""
    officer = prepared.officer()
    draft = officer.planned("2026-06")
    first, second = opened(prepared.root), opened(prepared.root)
    for watched, login in ((first, "li"), (second, "wang")):
        watched.login(login, to=f"/plans/{draft}")
        watched.page.get_by_role("button", name="发布…").click()
        watched.page.get_by_text("下列检查主体即可看到").wait_for()
    second.page.get_by_role("button", name="核验并发布").click()
    second.page.locator(".state.published").wait_for(timeout=RUN_MS)
    first.page.get_by_role("button", name="核验并发布").click()
    alert = first.page.get_by_role("alert")
    alert.wait_for()
    assert "他人" in alert.inner_text() or "已发布" in alert.inner_text()
    first.page.get_by_role("button", name="重新读取").click()
    first.page.locator(".state.published").wait_for()
    assert first.page.get_by_role("button", name="发布…").count() == 0
