"""The what-if desk: changes by sliders and shipped scenarios, live, as intervals; read by the auditor; printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from api.page_build import PAGE
from tests.page.conftest import Opened, Prepared
from tests.page.watched import Watched

RUN_MS = 180_000
SCENARIOS = Path(__file__).parents[2] / "scenarios" / "whatif"
CLOSED = "format: whatif/1\nname: closed\ntitle: 停查一周\nchanges:\n  - calendar: {from: 2026-06-15, to: 2026-06-19}\n"


def _slide(watched: Watched, label: str, keys: str) -> None:
    watched.page.get_by_label(label, exact=True).focus()
    for key in keys.split():
        watched.page.keyboard.press(key)


def _answers(watched: Watched) -> list[str]:
    return [row.inner_text() for row in watched.page.locator(".effects tbody tr").all()]


def test_the_shipped_scenarios_of_the_page_are_those_of_the_program() -> None:
    text = (PAGE / "src" / "whatif.ts").read_text(encoding="utf-8")
    body = re.search(r"SHIPPED: Record<string, string> = \{(.*?)\n\}", text, re.DOTALL)
    assert body is not None
    titles = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))["title"] for path in SCENARIOS.glob("*.yaml")}
    assert dict(re.findall(r"'([\w-]+)': '([^']+)'", body[1])) == titles


@pytest.mark.slow
def test_changes_are_played_and_told_as_intervals(prepared: Prepared, opened: Opened) -> None:
    watched, officer = opened(prepared.root), prepared.officer()
    page = watched.page
    watched.login()
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="情景").click()
    page.get_by_role("heading", name="情景：要是……会怎样").wait_for()
    page.get_by_label("基准方案").select_option(prepared.first)
    play = page.get_by_role("button", name="推演", exact=True)
    assert play.is_disabled()  # nothing is changed yet
    assert watched.axe() == []
    _slide(watched, "每次入企至多（家）", "End")
    _slide(watched, "每次入企至多（家）", "End")
    page.get_by_label("选定的改动").get_by_text("每次入企至多 2 家").wait_for()
    page.get_by_label("哪个科室的班组").select_option(label="区应急管理局")
    _slide(watched, "班组", "ArrowLeft")
    page.get_by_label("选定的改动").get_by_text("区应急管理局少 1 组").wait_for()
    play.click()
    page.locator(".effects tbody tr").wait_for(timeout=RUN_MS)
    made = page.url.rpartition("row=")[2].partition("%2F")[0].partition("/")[0]
    told = officer.ask("GET", f"/scenarios/{made}")["items"]
    assert [(one["refused"], one["title"]) for one in told] == [(None, "每次入企至多 2 家；区应急管理局少 1 组")]
    document = officer.ask("GET", f"/scenarios/{made}/1")["document"]
    assert document["scenario"]["file"]["changes"][0]["settings"]["values"] == {"max_agencies_per_visit": 2}
    page.get_by_text(f"只比两边都做的 {told[0]['common']} 项检查").wait_for()
    page.get_by_role("region", name="谁少了，谁多了").wait_for()
    same = document["gains"]["histogram"].get("0", 0)
    assert f"{same} 家" in page.locator(".tally").inner_text()
    page.get_by_role("button", name="采用这个情景……").wait_for()
    assert watched.axe() == []
    page.get_by_role("button", name="复制链接").click()
    page.get_by_text("已复制链接").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(prepared.root)
    page.goto(link)  # base and row stand in the address
    page.locator(".effects .chosen").wait_for()
    assert watched.overflow() <= 0
    assert watched.errors == []
    assert watched.elsewhere == []


@pytest.mark.slow
def test_pasted_shipped_and_refused_scenarios_and_the_law_that_stays(prepared: Prepared, opened: Opened) -> None:
    watched = opened(prepared.root)
    page = watched.page
    watched.login(to=f"/whatif?plan={prepared.second}")
    page.locator("summary", has_text="规则参数、贴入情景").click()
    page.get_by_label("规则参数").select_option(label="■ 每组持证人员数")
    page.get_by_text("■ 不能改：每次检查两名以上执法人员").wait_for()
    assert page.locator(".fixed .mono").count()
    assert page.get_by_role("button", name="推演", exact=True).is_disabled()
    page.get_by_label("贴入情景（YAML）").fill(CLOSED.replace("calendar", "calender"))
    page.get_by_role("button", name="推演", exact=True).click()
    page.get_by_role("alert").get_by_text("最接近的是“calendar”").wait_for()  # what is wrong, where; the text stays
    page.get_by_label("贴入情景（YAML）").fill(CLOSED)
    page.locator("summary", has_text="现成的情景").click()
    page.get_by_label("三成的“部门—企业”不接受联合").check()
    page.get_by_label("消防监督科全月多一个班组").check()
    page.get_by_role("button", name="推演", exact=True).click()
    page.locator(".effects tbody tr").nth(2).wait_for(timeout=RUN_MS)
    rows = "\n".join(_answers(watched))
    assert "XF-JD" in rows  # this district has no such unit: that one is told, the others are played
    row = page.locator(".effects tbody tr", has_text="停查一周")
    row.get_by_role("button").click()
    page.get_by_role("heading", name="逐项对照").get_by_text("停查一周").wait_for()
    assert watched.axe() == []
    with page.expect_download() as saved:
        page.get_by_role("button", name="存为文件").click()
    assert saved.value.path().read_text(encoding="utf-8") == CLOSED
    page.emulate_media(media="print")
    assert page.get_by_label("改什么").is_hidden()
    assert page.locator(".answer").is_visible()
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1
    assert watched.elsewhere == []


@pytest.mark.slow
def test_the_worth_of_a_crew_and_what_an_auditor_reads(prepared: Prepared, opened: Opened) -> None:
    watched, officer = opened(prepared.root), prepared.officer()
    page = watched.page
    order = {"plan": prepared.first, "scenarios": [CLOSED]}
    officer.finished(officer.ask("POST", "/scenarios", order))
    watched.login(to=f"/whatif?plan={prepared.first}")
    worth = page.get_by_role("region", name="一个班组值多少")
    worth.get_by_text("还没有测算").wait_for()
    worth.get_by_role("button", name="测算").click()
    worth.get_by_role("button", name="少 1 组").wait_for(timeout=RUN_MS)
    crews = officer.ask("GET", f"/plans/{prepared.first}/price-advice")["crews"]
    worth.get_by_role("button", name="少 1 组").click()
    costs = sorted(f"+{one['one_fewer_costs_at_least']}" for one in crews if one["one_fewer_costs_at_least"])
    assert sorted(worth.locator("td.on").all_inner_texts()) == costs
    assert watched.axe() == []
    assert watched.errors == []
    auditor = opened(prepared.root)
    auditor.login("shen", to=f"/whatif?plan={prepared.first}")
    auditor.page.locator(".effects tbody tr", has_text="停查一周").wait_for()
    auditor.page.get_by_role("button", name="少 1 组", exact=True).wait_for()
    assert not auditor.page.get_by_role("button", name="推演", exact=True).count()
    assert not auditor.page.get_by_role("region", name="谁少了，谁多了").count()  # the document is the coordinator's
    assert auditor.axe() == []
    assert auditor.errors == []


@pytest.mark.slow
def test_without_a_plan_there_is_nothing_to_begin_from(empty: str, opened: Opened) -> None:
    watched = opened(empty)
    watched.login(to="/whatif")
    watched.page.get_by_text("还没有方案可作基准").wait_for()
    assert watched.errors == []
    assert watched.axe() == []
