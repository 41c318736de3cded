"""The month as it happens: a stop makes the next version with the fewest changes, and triggered checks are kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from planner.draw.sites import commitment_of
from tests.cli.district import MONTH
from tests.page.conftest import Opened, Prepared, Watched, in_use
from tests.page.scarce import BEYOND
from tests.page.service import Officer

RUN_MS = 180_000
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def published(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A service whose month is published: its address and the plan."""
    with in_use(tmp_path_factory.mktemp("living")) as told:
        yield told


def _told_on(phone: Watched) -> Any:
    """Return the card of an agency's first visit on its phone, open to tell what has happened."""
    phone.login("zhang", to="/duty")
    phone.page.get_by_label("选择月份").select_option(MONTH)
    card = phone.page.locator(".cards li").first
    card.get_by_role("button", name="上报变化").click()
    return card


def test_an_agency_reports_on_its_phone_and_the_bureau_tries_it(published: tuple[str, str], opened: Opened) -> None:
    root, plan = published
    phone, bureau = opened(root, phone=True), opened(root)
    card = _told_on(phone)
    site = card.locator("h3").inner_text()
    assert card.get_by_role("button", name="上报", exact=True).is_disabled()
    card.get_by_label("发生了什么").select_option(label="本单位不能参加")
    card.get_by_label("上报说明").fill("值守")
    assert phone.axe() == []
    assert phone.overflow() <= 0
    card.get_by_role("button", name="上报", exact=True).click()
    card.get_by_text("已上报：本单位不能参加").wait_for()
    desk = bureau.page
    bureau.login(to=f"/plans/{plan}")
    desk.get_by_role("tab", name="出了变化").click()
    desk.get_by_role("heading", name="各单位上报，尚未处理").wait_for()
    assert site in desk.locator("#pane-replan li").inner_text()
    desk.get_by_role("button", name="按此试算").click()
    desk.get_by_text("已告知的入企").last.wait_for(timeout=RUN_MS)
    assert desk.get_by_label("重排理由").input_value() == "值守"
    assert bureau.axe() == []
    assert phone.errors == bureau.errors == []


def test_an_agency_reports_one_of_its_people_and_the_bureau_has_the_seat_drawn_anew(
    published: tuple[str, str], opened: Opened
) -> None:
    root, plan = published
    phone, bureau, officer = opened(root, phone=True), opened(root), Officer(root)
    visits = officer.ask("GET", f"/plans/{plan}/visits")["items"]
    card = _told_on(phone)
    card.get_by_label("发生了什么").select_option(label="某位检查人员缺勤")
    assert card.get_by_role("button", name="上报", exact=True).is_disabled()
    card.get_by_label("缺勤的检查人员").select_option(index=1)
    who = card.get_by_label("缺勤的检查人员").input_value()
    card.get_by_label("全天还是半天").select_option(label="整天")
    assert phone.axe() == []
    assert phone.overflow() <= 0
    card.get_by_role("button", name="上报", exact=True).click()
    card.get_by_text("已上报：某位检查人员缺勤").wait_for()
    desk = bureau.page
    bureau.login(to=f"/plans/{plan}")
    desk.get_by_role("tab", name="出了变化").click()
    assert who in desk.locator("#pane-replan li", has_text="某位检查人员缺勤").inner_text()
    hit = next(v for v in visits if who in {p["id"] for crew in v["inspectors"] for p in crew["people"]})
    unit = next(c["unit"] for c in hit["inspectors"] if who in {p["id"] for p in c["people"]})
    assert desk.get_by_label("发生了什么").input_value() == "away"
    desk.get_by_label("缺勤的科室").select_option(unit)
    desk.get_by_label("缺勤的检查人员").select_option(who)
    desk.get_by_label("从哪天").select_option(hit["day"])
    desk.get_by_role("button", name="试算改动").click()
    desk.get_by_text("已告知的入企都不用改").wait_for(timeout=RUN_MS)
    assert bureau.axe() == []
    desk.get_by_label("重排理由").fill("病假")
    desk.get_by_role("button", name="生成新版本").click()
    desk.wait_for_url(lambda url: "/plans/" in url and plan not in url, timeout=RUN_MS)
    after = officer.ask("GET", f"/plans/{desk.url.rpartition('/')[2]}/visits")["items"]
    gone = [crew["people"] for v in after if v["day"] == hit["day"] for crew in v["inspectors"]]
    assert gone
    assert who not in {person["id"] for people in gone for person in people}
    assert phone.errors == bureau.errors == []


def test_a_stopped_visit_is_tried_and_made_the_next_version(published: tuple[str, str], opened: Opened) -> None:
    root, plan = published
    officer, watched = Officer(root), opened(root)
    page = watched.page
    visit = officer.ask("GET", f"/plans/{plan}/visits")["items"][0]
    watched.login(to=f"/plans/{plan}")
    page.get_by_role("tab", name="出了变化").click()
    page.get_by_label("发生了什么").select_option(label="紧急叫停入企")
    page.get_by_label("哪天").select_option(visit["day"])
    page.get_by_label("哪次入企").select_option(visit["id"])
    page.get_by_role("button", name="试算改动").click()
    page.get_by_text("要改 1 次已告知的入企").wait_for(timeout=RUN_MS)
    page.get_by_text("已证明没有改得更少的安排").wait_for()
    assert page.locator(".notice").count() == len(visit["agencies"])
    assert visit["site"]["name"] in page.locator(".told li").inner_text()
    assert watched.axe() == []
    make = page.get_by_role("button", name="生成新版本")
    assert make.is_disabled()  # no version without its reason
    page.get_by_label("重排理由").fill("企业突发事故")
    make.click()
    page.wait_for_url(lambda url: "/plans/" in url and plan not in url, timeout=RUN_MS)
    made = page.url.rpartition("/")[2]
    after = officer.ask("GET", f"/plans/{made}/visits")["items"]
    assert not [one for one in after if one["site"]["id"] == visit["site"]["id"] and one["day"] == visit["day"]]
    assert officer.ask("GET", f"/plans/{made}/lineage")["items"][0]["reason"] == "企业突发事故"
    page.get_by_role("tab", name="经过").wait_for()
    assert not page.get_by_role("tab", name="出了变化").count()  # a draft is changed by hand
    assert watched.errors == []
    assert watched.elsewhere == []


def test_plans_accepted_later_are_not_tried_but_made_and_a_month_that_is_over_says_so(
    published: tuple[str, str], opened: Opened
) -> None:
    root, plan = published
    watched = opened(root)
    page = watched.page
    watched.login(to=f"/plans/{plan}")
    page.get_by_role("tab", name="出了变化").click()
    page.get_by_label("发生了什么").select_option(label="发布后新受理了计划")
    assert not page.get_by_role("button", name="试算改动").count()
    page.get_by_text("已发布的入企日期都不动").wait_for()
    page.get_by_label("重排理由").fill("市级部署")
    assert watched.axe() == []
    page.get_by_role("button", name="生成新版本").click()
    page.get_by_text("请统筹下月").wait_for(timeout=RUN_MS)
    assert watched.errors == []


def test_a_triggered_check_takes_a_later_visit_along_and_gets_its_code(scarce: Prepared, opened: Opened) -> None:
    root = scarce.root
    visits = Officer(root).ask("GET", f"/plans/{scarce.first}/visits")["items"]
    (later,) = [visit["day"] for visit in visits if visit["site"]["name"] == BEYOND]
    watched = opened(root, phone=True)
    page = watched.page
    watched.login("qian", to="/triggered")
    page.get_by_label("选择月份").select_option(MONTH)
    page.get_by_text("这个月没有登记触发式检查").wait_for()
    register = page.get_by_role("button", name="登记")
    assert register.is_disabled()
    page.get_by_label("对象编号").fill("S99")
    page.get_by_label("检查事项编号").fill("YJJ-1")
    page.get_by_label("检查日期").fill("2026-06-03")
    page.get_by_label("来源").select_option(label="投诉举报")
    register.click()
    page.get_by_role("alert").wait_for()  # no such site: what was filled in stays
    assert page.get_by_label("检查事项编号").input_value() == "YJJ-1"
    page.get_by_label("对象编号").fill("S11")
    page.get_by_label("紧急，先检查后补码").check()
    page.get_by_label("已公布在后、可以提前的入企一并提前到当日").check()
    register.click()
    page.get_by_text("已登记 6 月 3 日").wait_for(timeout=RUN_MS)
    page.get_by_text(f"已提前：{int(later[5:7])} 月 {int(later[8:])} 日").wait_for()
    page.get_by_role("heading", name="区应急管理局").wait_for()
    assert watched.axe() == []
    assert watched.overflow() <= 0
    page.get_by_role("button", name="补记检查码").click()
    page.get_by_label("检查码", exact=True).fill("JCM-20260603-01")
    page.get_by_label("要码日期").fill("2026-06-03")
    page.get_by_role("button", name="记下").click()
    page.get_by_text("已补记检查码。").wait_for()
    page.get_by_text("已赋码").wait_for()
    told = Officer(root, "qian").ask("GET", f"/triggered?month={MONTH}")["items"]
    assert [(one["code"], one["coded_on"], one["urgent"]) for one in told] == [("JCM-20260603-01", "2026-06-03", True)]
    assert watched.elsewhere == []


def _publish_with_a_bodys_number(watched: Watched, body: Officer, plan: str) -> None:
    """Seal a draft for which a body has promised a number, take it back, seal it again, publish it once revealed."""
    page, numbers, number = watched.page, f"/crew-numbers/{MONTH}", "市场监管局的第二个随机数2026"
    body.ask("PUT", numbers, {"commitment": commitment_of("市场监管局的第一个随机数2026")})
    watched.login(to=f"/plans/{plan}")
    page.get_by_text("名单在封存后、发布前抽取").wait_for()
    page.get_by_role("button", name="发布…").click()
    page.get_by_text("此时才公布的随机数抽取检查人员").wait_for()
    page.get_by_role("button", name="核验并发布").click()
    page.get_by_role("button", name="继续发布或撤回…").click(timeout=RUN_MS)
    page.get_by_text("还等 区市场监督管理局 公布派员随机数").wait_for()
    assert watched.axe() == []
    back = page.get_by_role("button", name="撤回封存")
    assert back.is_disabled()
    page.get_by_label("说明（记入日志；撤回封存必填）").fill("企业停产")
    back.click()
    page.locator(".state.draft").wait_for()
    body.ask("PUT", numbers, {"commitment": commitment_of(number)})
    page.get_by_role("button", name="发布…").click()
    page.get_by_role("button", name="核验并发布").click()
    page.locator(".state.sealed").wait_for(timeout=RUN_MS)
    body.ask("PUT", numbers, {"number": number})
    page.get_by_role("button", name="继续发布或撤回…").click()
    page.get_by_text("随机数已齐或已到期").wait_for()
    page.get_by_role("button", name="抽取人员并发布").click()
    page.locator(".state.published").wait_for(timeout=RUN_MS)
    assert watched.errors == []


def test_an_agency_is_told_at_its_first_screen_what_a_new_version_changed(
    published: tuple[str, str], opened: Opened
) -> None:
    root, plan = published
    officer = Officer(root)
    own = Officer(root, "zhang").ask("GET", f"/plans/{plan}/visits")["items"]
    visit = own[-1]
    event = {"kind": "emergency", "site": visit["site"]["id"], "days": [visit["day"]]}
    ordered = officer.ask("POST", f"/plans/{plan}/replan", {"event": event, "reason": "企业突发事故"})
    made = officer.finished(ordered)["plan"]
    _publish_with_a_bodys_number(opened(root), Officer(root, "zhang"), made)
    notices = Officer(root, "zhang").ask("GET", f"/plans/{made}/notices")["items"]
    watched = opened(root, phone=True)
    page = watched.page
    watched.login("zhang")
    page.get_by_text(f"新版本改了本单位 {len(notices[0]['changes'])} 处").wait_for()
    told = page.locator("section", has_text="要看、要办")
    assert [one["text_zh"] for one in notices[0]["changes"]] == told.locator("li").all_inner_texts()
    assert watched.overflow() <= 0
    assert watched.axe() == []
    told.locator("li a").first.click()  # what changed leads to the enterprise
    page.get_by_role("heading", name=visit["site"]["name"]).wait_for()
    assert watched.errors == []
