"""Every role at its first screen: five daily tasks of each, none more than three clicks away."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.district import MONTH
from tests.page.conftest import Opened, Prepared
from tests.page.scarce import ASKED, DECLINED
from tests.page.service import PASSWORD
from tests.page.watched import Watched

RUN_MS = 180_000
MOST_CLICKS = 3
pytestmark = pytest.mark.slow


class Tasks:
    """Counts the clicks and choices of each task, each begun at the first screen; typing is not one."""

    def __init__(self, watched: Watched) -> None:
        self.watched, self.page = watched, watched.page
        self.clicks: list[int] = []

    def begin(self) -> None:
        """Begin the next task at the first screen."""
        if self.clicks:
            self.page.get_by_role("navigation", name="主导航").get_by_role("link").first.click()
        self.clicks.append(0)

    def click(self, target: Any) -> None:
        self.clicks[-1] += 1
        target.click()

    def choose(self, named: str, **option: Any) -> None:
        self.clicks[-1] += 1
        self.page.get_by_label(named, exact=True).select_option(**option)

    def find(self, label: str, name: str) -> None:
        """Find an enterprise by its name, and choose it."""
        self.page.get_by_label(label, exact=True).first.fill(name)
        self.click(self.page.get_by_role("option", name=name))

    def done(self, count: int = 5) -> None:
        """Hold that all tasks were done, in few clicks, on a page that is as it must be."""
        assert len(self.clicks) == count
        assert max(self.clicks) <= MOST_CLICKS, self.clicks
        assert self.watched.errors == []
        assert self.watched.elsewhere == []


def test_an_agency_asks_takes_along_declines_and_sees_its_crews(scarce: Prepared, opened: Opened) -> None:
    watched = opened(scarce.root, phone=True)
    page, tasks = watched.page, Tasks(watched)
    own = scarce.officer("zhang").ask("GET", f"/plans/{scarce.first}/visits")["items"]
    watched.login("zhang")
    page.get_by_role("heading", name="我要去哪家企业？").wait_for()
    tasks.begin()  # 1: who goes where; nothing to press
    page.locator(".crews li").first.wait_for()
    first = [visit for visit in own if visit["day"] == min(one["day"] for one in own)]
    for visit in first:
        assert page.locator(".crews").get_by_role("link", name=visit["site"]["name"], exact=True).count()
    tasks.begin()  # 2: may we go there, and by which clause
    tasks.find("企业名称或编号", ASKED)
    page.locator(".verdict .word").wait_for()
    assert "可以去" in page.locator(".verdict .word").inner_text()
    assert page.locator(".verdict .chip.mono").count()
    page.locator(".along .price", has_text="企业多被打扰 1 次").wait_for()
    found = watched.axe()
    assert watched.overflow() <= 0
    site = page.url.rpartition("site=")[2]
    page.reload()  # the question stands in the address
    page.locator(".verdict .word").wait_for()
    tasks.begin()  # 3: go there together
    tasks.find("企业名称或编号", ASKED)
    choice = f"与区应急管理局同去{ASKED}的日期"
    tasks.choose(choice, index=1)
    tasks.click(page.get_by_role("button", name="同去并预定"))
    page.get_by_text("已预定：").wait_for()
    booked = scarce.officer("qian").ask("GET", "/bookings")["items"]
    assert [one["agencies"] for one in booked if one["site_id"] == site] == [
        [{"id": "SCJG", "name": "区市场监督管理局"}, {"id": "YJJ", "name": "区应急管理局"}]
    ]
    tasks.begin()  # 4: decline, with a coded reason
    tasks.find("企业名称或编号", DECLINED)
    tasks.choose(f"不与区应急管理局同去{DECLINED}的理由", label="人手不足")
    tasks.click(page.get_by_role("button", name="记下不采纳"))
    page.get_by_text("已记下不采纳（人手不足），代价为多入企 1 次").wait_for()
    tasks.begin()  # 5: the enterprise's own page
    tasks.click(page.locator(".crews a").first)
    page.get_by_role("heading", name="各主体还能来几次").wait_for()
    page.get_by_text("为什么").first.wait_for()
    page.get_by_role("cell", name="区市场监督管理局").first.wait_for()
    found += watched.axe()
    assert watched.overflow() <= 0
    assert found == []
    tasks.done()


def test_an_auditor_has_the_seals_worked_out_again_and_reads_what_is_exceptional(
    scarce: Prepared, opened: Opened
) -> None:
    order = {"site_id": "S8", "code": "crew", "reason": ""}
    offers = scarce.officer("zhang").ask("GET", "/suggestions?site_id=S8")["items"]
    scarce.officer("zhang").ask("POST", "/declines", {**order, "riders": offers[0]["suggestions"][0]["tasks"]})
    watched = opened(scarce.root)
    page, tasks = watched.page, Tasks(watched)
    watched.login("shen")
    tasks.begin()  # 1: everything worked out again
    page.get_by_text("还没有重算").first.wait_for()
    page.get_by_role("button", name="逐条看：不采纳同去建议").wait_for()
    found = watched.axe()
    tasks.click(page.get_by_role("button", name="现在重算"))
    page.get_by_text("重算完毕").wait_for(timeout=RUN_MS)
    assert page.locator(".seals .good h2").all_inner_texts() == ["● 抽取", "● 下限", "● 方案", "● 现状", "● 日志"]
    page.get_by_text("1 次抽取都与重放一致").wait_for()
    assert page.locator(".second b").all_inner_texts() == ["● 本浏览器另算：一致"] * 2  # draws and log
    page.route("**/files/*", _forged)  # on its way: what the service holds is whole
    page.get_by_role("button", name="现在重算").click()
    page.get_by_text("本浏览器另算：不一致").wait_for(timeout=RUN_MS)
    page.get_by_text("抽中对象或候补不符").wait_for()
    page.unroute("**/files/*")
    page.get_by_role("button", name="逐条看：超出年度次数上限").click()
    page.get_by_text("申报写明确需：群众关切").wait_for()
    found += watched.axe()
    tasks.begin()  # 2: what was declined
    tasks.click(page.get_by_role("button", name="逐条看：不采纳同去建议"))
    page.get_by_text("以“人手不足”不带别家").first.wait_for()
    assert page.url.endswith("open=declines")
    tasks.begin()  # 3: who published
    tasks.click(page.get_by_role("link", name="看日志"))
    tasks.choose("按动作筛选", label="发布方案")
    page.get_by_role("cell", name="发布方案").wait_for()
    page.get_by_role("cell", name="导入数据").wait_for(state="hidden")
    assert "what=plan.publish" in page.url
    tasks.begin()  # 4: an enterprise's story
    tasks.find("企业名称或编号", "化工1厂")
    page.get_by_role("heading", name="化工1厂").wait_for()
    page.get_by_role("cell", name="没有待安排的任务").or_(page.get_by_role("cell", name="本月没有")).first.wait_for()
    found += watched.axe()
    tasks.begin()  # 5: the plan itself
    tasks.click(page.get_by_role("link", name="看方案"))
    page.get_by_role("tab", name="清单").wait_for()
    assert found == []
    tasks.done()


def _forged(route: Any) -> None:
    """Change the service's own answer on its way: one site stands in another's place, which the browser has to find."""
    answer = route.fetch()
    book = json.loads(answer.text())
    (stratum,) = book["draws"][0]["strata"]
    stratum["drawn"][0] = next(site for site, *_ in book["draws"][0]["frame"] if site not in stratum["drawn"])
    route.fulfill(response=answer, body=json.dumps(book))


def test_an_administrator_lets_a_town_in_which_sees_who_comes_on_its_phone(scarce: Prepared, opened: Opened) -> None:
    admin = opened(scarce.root)
    page, tasks = admin.page, Tasks(admin)
    admin.login("gao")
    tasks.begin()  # 1: room on the disk, 2: jobs: both stand there
    page.get_by_text("磁盘剩余").wait_for()
    tasks.begin()
    page.get_by_role("cell", name="核验并发布 2026-06").wait_for()
    tasks.begin()  # 3: a new account
    tasks.click(page.get_by_role("button", name="新建账号…"))
    tasks.choose("新账号角色", label="街镇")
    for label, text in (("登录名", "tang"), ("姓名", "唐宁"), ("初始密码", PASSWORD)):
        page.get_by_label(f"新账号{label}").fill(text)
    page.get_by_label("街镇名称").fill("漕泾镇")
    found = admin.axe()
    tasks.click(page.get_by_role("button", name="新建", exact=True))
    page.get_by_text("须由安全管理员或统筹部门确认").wait_for()
    tasks.begin()  # 4: lock somebody out, and let him in again
    tasks.click(page.get_by_role("button", name="wang"))
    tasks.click(page.get_by_role("button", name="停用"))
    page.get_by_text("账号 wang 已停用").wait_for()
    found += admin.axe()
    page.get_by_role("button", name="启用").click()
    page.get_by_text("账号 wang 已启用").wait_for()
    tasks.begin()  # 5: whether the disk has room; the log is the audit administrator's
    page.get_by_text("磁盘剩余").wait_for()
    assert page.get_by_role("link", name="查看、核验").count() == 0
    tasks.done()
    bureau = opened(scarce.root)
    bureau.login(to="/accounts")
    for login in ("tang", "wang"):
        bureau.page.get_by_role("row", name=login).get_by_role("button", name="确认").click()
        bureau.page.get_by_text(f"账号 {login} 的改动已确认").wait_for()
    town = opened(scarce.root, phone=True)
    page, tasks = town.page, Tasks(town)
    town.login("tang")
    tasks.begin()  # 1: who comes today
    page.locator(".cards li").first.wait_for()
    days = scarce.officer("tang").ask("GET", f"/plans/{scarce.first}/visits")["items"]
    today = [one for one in days if one["day"] == min(visit["day"] for visit in days)]
    assert page.locator(".cards li").count() == len(today)
    assert town.overflow() <= 0
    found += town.axe()
    tasks.begin()  # 2: this week, another day
    tasks.click(page.locator(".week .day").nth(2))
    page.get_by_role("status").filter(has_text="6 月 3 日").wait_for()
    tasks.begin()  # 3: next week
    tasks.click(page.get_by_role("button", name="下一周"))
    page.get_by_role("status").filter(has_text="6 月 8 日").wait_for()
    page.reload()
    page.get_by_role("status").filter(has_text="6 月 8 日").wait_for()
    tasks.begin()  # 4: one of its enterprises
    tasks.find("本镇企业名称或编号", "化工1厂")
    page.get_by_role("heading", name="化工1厂").wait_for()
    assert town.overflow() <= 0
    found += town.axe()
    tasks.begin()  # 5: the day's list, on paper
    tasks.click(page.get_by_role("link", name="检查单"))
    page.locator(".cards li").first.wait_for()
    assert found == []
    tasks.done()
    assert bureau.errors == []


def test_the_public_finds_its_enterprise_or_town_without_an_account(scarce: Prepared, opened: Opened) -> None:
    watched = opened(scarce.root, phone=True)
    page = watched.page
    page.goto(f"{scarce.root}/login")
    page.get_by_role("link", name="不登录：查谁要来我家企业检查").click()
    page.get_by_label("企业名称或街镇").fill("化工1厂")
    page.get_by_role("button", name="查询").click()
    page.locator(".cards li").first.wait_for()
    public = scarce.officer().ask("GET", f"/public/months/{MONTH}/visits?limit=500")["items"]
    wanted = [one for one in public if one["site"] == "化工1厂"]
    assert page.locator(".cards li h2").all_inner_texts() == [one["site"] for one in wanted]
    shown = page.locator(".cards").inner_text()
    assert all(name in shown for one in wanted for name in one["agencies"])
    assert "张" not in shown  # no people
    found = watched.axe()
    assert watched.overflow() <= 0
    page.reload()
    page.locator(".cards li").first.wait_for()
    page.get_by_label("企业名称或街镇").fill("漕泾")
    page.get_by_role("button", name="查询").click()
    page.get_by_role("status").filter(has_text=f"{min(len(public), 50)} 次").wait_for()
    page.get_by_label("企业名称或街镇").fill("没有这家")
    page.get_by_role("button", name="查询").click()
    page.get_by_text("请换一个更短的字样").wait_for()
    assert found == []
    assert watched.errors == []
    assert watched.elsewhere == []


def test_habits_search_addresses_an_ended_session_and_ones_own_password(scarce: Prepared, opened: Opened) -> None:
    watched = opened(scarce.root)
    page = watched.page
    watched.login("wang", to=f"/plans/{scarce.first}")
    page.get_by_role("tab", name="清单").wait_for()
    page.locator("button.link").first.click()
    page.get_by_role("heading", name="为什么").wait_for()
    assert "visit=V-" in page.url
    page.reload()  # the open visit stands in the address
    page.get_by_role("link", name="企业页").click()
    page.get_by_role("heading", name="各主体还能来几次").wait_for()
    page.keyboard.press("Control+k")
    box = page.get_by_label("查找企业、入企、条款、页面")
    box.wait_for()
    watched.settle()
    page.keyboard.type("化工2厂")
    page.get_by_role("option", name="企业 化工2厂").wait_for()
    page.get_by_role("option", name="入企").first.wait_for()
    found = watched.axe()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="化工2厂").wait_for()
    page.keyboard.press("Control+k")
    watched.settle()
    page.keyboard.type("双随机")
    page.get_by_role("option", name="条款").first.wait_for()
    page.keyboard.press("Enter")
    page.locator(".text[role=status]").wait_for()
    page.keyboard.press("Escape")
    box.wait_for(state="hidden")
    other = opened(scarce.root)
    other.login("wang", to="/me")
    other.page.get_by_role("cell", name="本次登录").wait_for()
    found += other.axe()
    other.page.get_by_role("button", name="退出其他地方的登录").click()
    other.page.get_by_text("其他地方的登录已退出").wait_for()
    page.get_by_role("link", name="申报").click()  # the session is gone: to the login, and back to where it was to go
    page.get_by_text("登录已过期").wait_for()
    page.get_by_label("登录名").fill("wang")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/filings*")
    fresh = f"{PASSWORD}-新"
    form = other.page
    for label, text in (("原密码", PASSWORD), ("新密码", fresh), ("再输一次新密码", fresh)):
        form.get_by_label(label, exact=True).fill(text)
    form.get_by_role("button", name="改密码").click()
    form.get_by_text("密码已修改").wait_for()
    again = opened(scarce.root)
    again.login("wang", fresh)
    again.page.get_by_role("heading", name="2026 年 6 月").wait_for()
    assert found == []
    assert other.errors == again.errors == []
    assert all("401" in one for one in watched.errors), watched.errors  # the browser itself tells of a refused request
