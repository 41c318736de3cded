"""A plan looked into: what two plans do differently, why a task has no day, and the draws with their proofs."""

from __future__ import annotations

import pytest

from tests.page.conftest import Opened, Prepared
from tests.page.scarce import LEFT_OUT, OFF_SITE
from tests.page.test_plan_changes import _open_visit

pytestmark = pytest.mark.slow


def test_two_plans_side_by_side(scarce: Prepared, opened: Opened) -> None:
    """A draft in which one visit was moved by hand shows that change and no other."""
    officer = scarce.officer()
    visit = officer.ask("GET", f"/plans/{scarce.second}/visits")["items"][0]
    told = officer.ask("GET", f"/plans/{scarce.second}/visits/{visit['id']}/verdicts")["items"]
    day = [one["day"] for one in told if one["lawful"] and one["day"]][-1]
    patch = {"operations": [{"op": "replace", "path": f"/visits/[id={visit['id']}]/day", "value": day}]}
    job = officer.ask("POST", f"/plans/{scarce.second}/from-patch?operation=hold", {**patch, "reason": "改期"})
    moved = officer.finished(job)["plan"]
    watched = opened(scarce.root)
    page = watched.page
    watched.login(to=f"/plans/{moved}")
    page.get_by_label("与另一方案比较").select_option(scarce.second)
    page.wait_for_url(f"**/plans/{scarce.second}/compare/{moved}")
    page.get_by_text("1 处", exact=True).wait_for()
    row = page.get_by_role("region", name="有变动的入企").locator("tr[aria-rowindex]")
    assert row.count() == 1
    assert "改期" in row.inner_text()
    assert day in row.inner_text()
    page.get_by_role("button", name="复制变动").click()
    page.get_by_text("已复制 1 行").wait_for()
    assert watched.axe() == []
    page.get_by_role("link", name="对调新旧").click()
    page.wait_for_url(f"**/plans/{moved}/compare/{scarce.second}")
    assert watched.errors == []


def test_equal_plans_say_so(prepared: Prepared, opened: Opened) -> None:
    watched = opened(prepared.root)
    watched.login(to=f"/plans/{prepared.first}/compare/{prepared.first}")
    watched.page.get_by_text("入企安排完全相同").wait_for()


def test_why_a_task_has_no_day(scarce: Prepared, opened: Opened) -> None:
    (told,) = scarce.officer().ask("GET", f"/plans/{scarce.second}/left-out")["items"]
    watched = opened(scarce.root)
    page = watched.page
    watched.login(to=f"/plans/{scarce.second}")
    page.get_by_role("tab", name="未安排（1 项）").click()
    page.get_by_role("button", name=LEFT_OUT).click()
    assert [one["day"] for one in told["reason"]["blocked"]] == [f"2026-06-{day:02}" for day in range(8, 13)]
    page.get_by_role("cell", name="6 月 8 日 周一").wait_for()
    page.get_by_role("cell", name="同一领域两次计划检查的间隔").wait_for()
    page.get_by_role("button", name=told["reason"]["clauses"][0]).first.click()
    page.locator(".el-drawer, dialog, [role=dialog]").get_by_text("间隔").first.wait_for()
    page.get_by_role("button", name="怎样才能排进").click()
    page.get_by_role("heading", name="为何排不进").wait_for()
    told = scarce.officer().ask("GET", f"/plans/{scarce.second}/why?task={told['task']}")["task"]
    assert told["verdict"] == "blocked"
    for sentence in (told["text_zh"], *(one["text_zh"] for one in (*told["members"], *told["ways"])), told["ways_zh"]):
        page.get_by_text(sentence).wait_for()
    assert told["ways"]
    assert watched.axe() == []
    assert watched.errors == []


def test_why_a_visit_is_on_its_day(scarce: Prepared, opened: Opened) -> None:
    officer = scarce.officer()
    visit = officer.ask("GET", f"/plans/{scarce.second}/visits")["items"][0]
    told = officer.ask("GET", f"/plans/{scarce.second}/why?visit={visit['id']}")["visit"]
    watched = opened(scarce.root)
    page = watched.page
    watched.login(to=f"/plans/{scarce.second}")
    _open_visit(watched, visit)
    page.get_by_role("button", name="为何在这天").click()
    page.get_by_text(told["firm_zh"]).wait_for()
    assert watched.axe() == []
    assert watched.errors == []


def test_why_nobody_comes_to_an_enterprise(scarce: Prepared, opened: Opened) -> None:
    """The coordinator asks about a day and about two agencies, and is told what HTTP tells."""
    officer = scarce.officer()
    (visit, *_) = officer.ask("GET", f"/plans/{scarce.first}/visits")["items"]
    site, day = visit["site"]["id"], next(d for d in ("2026-06-29", "2026-06-30") if d != visit["day"])
    told = officer.ask("GET", f"/plans/{scarce.first}/why?site={site}&day={day}")["site"]
    watched = opened(scarce.root)
    page = watched.page
    watched.login(to=f"/sites/{site}")
    page.get_by_label("问哪一天").select_option(day)
    page.get_by_role("button", name="问", exact=True).click()
    for sentence in (told["text_zh"], *(one["text_zh"] for one in told["items"])):
        page.get_by_text(sentence).first.wait_for()
    page.get_by_label("问哪个检查主体").select_option("SCJG")
    page.get_by_label("为何不与谁同来").select_option("YJJ")
    told = officer.ask("GET", f"/plans/{scarce.first}/why?site={site}&agency=SCJG&agency=YJJ")["site"]
    page.get_by_role("button", name="问", exact=True).click()
    page.get_by_text(told["text_zh"]).first.wait_for()
    assert watched.axe() == []
    assert watched.errors == []


def test_what_makes_no_visit_is_listed_with_its_clauses(scarce: Prepared, opened: Opened) -> None:
    """The agency whose work it is sees it, another one sees nothing."""
    (told,) = scarce.officer().ask("GET", f"/plans/{scarce.second}/not-visited")["items"]
    assert told["kind"] == "off_site"
    assert scarce.officer("zhang").ask("GET", f"/plans/{scarce.first}/not-visited")["items"] == []
    watched = opened(scarce.root)
    page = watched.page
    watched.login(to=f"/plans/{scarce.second}")
    page.get_by_role("tab", name="不安排的任务").click()
    page.get_by_role("button", name=OFF_SITE).click()
    why = page.get_by_role("region", name="不安排的依据")
    assert "非现场检查" in why.inner_text()
    assert told["zh"] in why.inner_text()
    why.get_by_role("button", name=told["clauses"][0]).click()
    why.get_by_text("非现场", exact=False).nth(1).wait_for()
    page.get_by_role("button", name="复制不安排的任务").click()
    page.get_by_text("已复制 1 行").wait_for()
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
