"""An agency at its phone: duty sheets, filings, and answering a consultation that the bureau then works with."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.page.conftest import Opened, Prepared
from tests.page.scarce import BOOKED, CONTESTED, DECLINED

RUN_MS = 180_000
pytestmark = pytest.mark.slow


def test_duty_sheets_on_the_phone_are_the_agencys_own(prepared: Prepared, opened: Opened) -> None:
    agency = prepared.officer("zhang")
    standing = next(plan["id"] for plan in agency.ask("GET", "/plans")["items"] if plan["state"] == "published")
    own = agency.ask("GET", f"/plans/{standing}/visits")["items"]
    watched = opened(prepared.root, phone=True)
    page = watched.page
    watched.login("zhang")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="检查单").click()
    page.locator(".cards li").first.wait_for()
    days = page.get_by_label("选择检查日").locator("option")
    assert days.count() == len({visit["day"] for visit in own})
    seen = 0
    while True:
        seen += page.locator(".cards li").count()
        later = page.get_by_role("button", name="后一个检查日")
        if later.is_disabled():
            break
        later.click()
    assert seen == len(own)
    page.locator(".cards").get_by_text("路", exact=False).first.wait_for()  # the address comes after the cards
    assert watched.overflow() <= 0
    found = watched.axe()
    for path in ("/", "/filings?month=2026-06", "/help", f"/plans/{standing}"):
        page.goto(f"{prepared.root}{path}")
        page.locator("h1").first.wait_for()
        found += watched.axe()
        assert watched.overflow() <= 0, path
    page.goto(f"{prepared.root}/plans/{standing}")
    page.get_by_text("本单位入企").wait_for()
    page.get_by_role("tab", name="文件").click()
    with page.expect_download() as download:
        page.locator("#pane-files a", has_text="区市场监督管理局-2026-06.xlsx").click()
    assert Path(download.value.path()).read_bytes().startswith(b"PK")
    assert "生态环境" not in page.locator("#pane-files").inner_text()
    page.goto(f"{prepared.root}/filings?month=2026-06")
    page.get_by_role("button", name="F-S").first.wait_for()
    assert "应急" not in page.locator("main").inner_text()  # others' filings are others'
    assert found == []
    assert watched.errors == []
    assert watched.elsewhere == []


def test_a_consultation_from_the_draft_to_the_draft_that_its_answers_make(prepared: Prepared, opened: Opened) -> None:
    officer = prepared.officer()
    draft = officer.planned("2026-06")
    asked = [
        visit
        for visit in officer.ask("GET", f"/plans/{draft}/visits")["items"]
        if any(party["id"] == "SCJG" for party in visit["agencies"])
    ]
    bureau, agency = opened(prepared.root), opened(prepared.root, phone=True)
    bureau.login(to=f"/plans/{draft}")
    page = bureau.page
    page.get_by_role("tab", name="征求意见").click()
    page.get_by_label("请各检查主体在此日前答复").fill((date.today() + timedelta(days=9)).isoformat())
    page.get_by_role("button", name="开始征求意见").click()
    page.get_by_role("heading", name="谁已答复").wait_for()
    found = bureau.axe()

    phone = agency.page
    agency.login("zhang")
    phone.get_by_text(f"尚有 {len(asked)} 次未答复").wait_for()
    phone.get_by_role("link", name="去答复").click()
    phone.get_by_role("button", name=asked[0]["site"]["name"]).first.click()
    phone.get_by_label("改期").check()
    phone.get_by_label("理由").select_option(label="人员不足")
    phone.get_by_text("请选建议改到的日期").wait_for()
    options = phone.get_by_label("建议改到").locator("option")
    days = [options.nth(n).get_attribute("value") for n in range(1, options.count())]
    told = officer.ask("GET", f"/plans/{draft}/visits/{asked[0]['id']}/verdicts")["items"]
    other = next(one["day"] for one in reversed(told) if one["lawful"] and one["day"])
    assert other in days
    phone.get_by_label("建议改到").select_option(other)
    found += agency.axe()
    phone.get_by_role("button", name="记下答复").click()
    phone.get_by_role("button", name=re.compile("都同意")).click()
    phone.get_by_role("button", name=f"提交 {len(asked)} 次答复").click()
    phone.get_by_text(f"已提交 {len(asked)} 次答复").wait_for()
    phone.get_by_text("尚有 0 次未答复").wait_for()
    assert agency.overflow() <= 0
    found += agency.axe()

    page.get_by_role("button", name="刷新").click()
    page.get_by_role("button", name="把可行的 1 次列入改动").click()
    page.locator(".edits").get_by_text("合在一起不违反规则").wait_for()
    found += bureau.axe()
    page.get_by_label("改动理由").fill("按答复")
    page.get_by_role("button", name="生成新草案，其余不动").click()
    page.wait_for_url(lambda url: "/plans/" in url and draft not in url, timeout=RUN_MS)
    made = page.url.rpartition("/")[2]
    after = officer.ask("GET", f"/plans/{made}/visits")["items"]
    assert {one["day"] for one in after if set(one["tasks"]) & set(asked[0]["tasks"])} >= {other}
    page.goto(f"{prepared.root}/plans/{draft}")
    page.get_by_role("tab", name="征求意见").click()
    page.get_by_label("结束说明").fill("期满")
    page.get_by_role("button", name="结束征求意见").click()
    page.get_by_text("结束。").wait_for()
    assert found == []
    assert bureau.errors == agency.errors == []
    assert bureau.elsewhere == agency.elsewhere == []


def _offers(scarce: Prepared, site: str) -> dict[str, Any]:
    """Return what the service offers 市场监管 at a site."""
    items = scarce.officer("zhang").ask("GET", "/suggestions")["items"]
    found: dict[str, Any] = next(one for one in items if one["site_name"] == site)
    return found


def test_a_suggestion_is_booked_or_declined_and_the_ledger_is_read(scarce: Prepared, opened: Opened) -> None:
    offered = _offers(scarce, BOOKED)
    (offer,) = offered["suggestions"]
    day = offer["days"][1]
    watched = opened(scarce.root, phone=True)
    page = watched.page
    watched.login("zhang")
    page.get_by_role("link", name="可同去").click()
    page.get_by_text("不带则该对象将多入企 1 次").first.wait_for()
    page.get_by_label(f"与区应急管理局同去{BOOKED}的日期").select_option(day)
    found = watched.axe()
    assert watched.overflow() <= 0
    card = page.locator("section, li").filter(has=page.get_by_label(f"与区应急管理局同去{BOOKED}的日期")).last
    card.get_by_role("button", name="同去并预定").click()
    page.get_by_text(f"已预定：{int(day[5:7])} 月 {int(day[8:])} 日").wait_for()
    bookings = scarce.officer("qian").ask("GET", "/bookings")["items"]  # other tests book at other sites
    (booked,) = [one for one in bookings if one["site_id"] == offered["site_id"]]
    assert booked["day"] == day
    assert set(booked["tasks"]) == {*offer["tasks"]}  # of a booking, each agency sees its own tasks
    page.get_by_label(f"不与区应急管理局同去{DECLINED}的理由").select_option(label="其他（须说明）")
    assert page.get_by_role("button", name="记下不采纳").is_disabled()
    page.get_by_label("不采纳的说明").fill("等设备")
    page.get_by_role("button", name="记下不采纳").click()
    page.get_by_text("已记下不采纳").wait_for()
    page.get_by_role("button", name="入企台账").first.click()
    page.get_by_text("两次间隔至少").wait_for()
    found += watched.axe()
    assert found == []
    assert watched.errors == []


def test_who_is_too_late_for_a_suggestion_sees_what_can_be_had_now(scarce: Prepared, opened: Opened) -> None:
    offered = _offers(scarce, CONTESTED)
    day = offered["days"][0]
    page = (watched := opened(scarce.root)).page
    watched.login("zhang", to="/suggestions")
    choice = page.get_by_label(f"与区应急管理局同去{CONTESTED}的日期")
    choice.select_option(day)
    order = {"site_id": offered["site_id"], "day": offered["days"][-1], "riders": offered["tasks"]}
    scarce.officer("qian").ask("POST", "/bookings", {**order, "turn": offered["turn"]})
    card = page.locator("section, li").filter(has=choice).last
    card.get_by_role("button", name="同去并预定").click()
    page.get_by_role("alert").wait_for()
    choice.wait_for(state="detached")
