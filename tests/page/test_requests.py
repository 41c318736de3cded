"""What an enterprise asks for, a corrected result and a case of supervision, as they are worked on in a browser."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.district import MONTH
from tests.page.conftest import Opened, Prepared

pytestmark = pytest.mark.slow


def test_a_clerk_enters_what_an_enterprise_asks_the_lead_agrees_and_the_office_tries_it(
    scarce: Prepared, opened: Opened
) -> None:
    bureau = scarce.officer()
    visits = bureau.ask("GET", f"/plans/{scarce.first}/visits?limit=500")["items"]

    def lead_of(visit: dict[str, Any]) -> str:
        about = f"month={MONTH}&site_id={visit['site']['id']}&day={visit['day']}"
        return str(bureau.ask("GET", f"/requests/days?{about}")["lead"]["id"])

    hit = next(v for v in visits if lead_of(v) == "SCJG")
    watched = opened(scarce.root)
    page = watched.page
    watched.login(to=f"/sites/{hit['site']['id']}")
    page.get_by_role("button", name="登记企业申请").first.click()
    form = page.get_by_role("form", name="登记企业申请")
    day = form.get_by_role("checkbox").first
    day.check()
    form.get_by_label("理由").fill("当天停电检修")
    assert watched.axe() == []
    form.get_by_role("button", name="登记", exact=True).click()
    page.get_by_text("已登记，由").wait_for()
    (made,) = bureau.ask("GET", f"/requests?month={MONTH}")["items"]
    assert (made["state"], made["site_id"], len(made["days"])) == ("open", hit["site"]["id"], 1)

    lead = opened(scarce.root)
    lead.login("zhang")
    lead.page.get_by_text("1 件企业申请等本单位答复").wait_for()
    lead.page.get_by_role("link", name="去答复").click()
    asked = lead.page.get_by_role("article").filter(has_text=hit["site"]["name"])
    asked.get_by_role("button", name="答复").click()
    asked.get_by_role("button", name="同意", exact=True).click()
    lead.page.get_by_text("已同意，统筹部门据此重排后生效。").wait_for()
    assert lead.axe() == []
    (agreed,) = bureau.ask("GET", f"/requests?month={MONTH}")["items"]
    assert (agreed["state"], agreed["answer"]["day"]) == ("accepted", made["days"][0])

    page.goto(f"{scarce.root}/plans/{scarce.first}")
    page.get_by_role("tab", name="出了变化").click()
    page.get_by_role("button", name="按此试算").filter(has_not_text="上报").last.click()
    page.get_by_text("申请改期，牵头主体已同意").first.wait_for()
    bureau.ask("POST", f"/requests/{made['id']}/withdrawal", {"reason": "试完撤回"})
    assert watched.errors == []
    assert watched.elsewhere == []


def test_a_result_is_corrected_and_a_check_without_code_becomes_a_case(scarce: Prepared, opened: Opened) -> None:
    cells = {"site_id": "S3", "date": "2026-05-20", "result": "未发现问题", "officers": "甲;乙"}
    kept = scarce.officer("zhang").ask("POST", "/results", {"cells": cells, "lines": []})
    watched = opened(scarce.root)
    page = watched.page
    watched.login("zhang", to="/results")
    page.get_by_label("选择月份").select_option("2026-05")
    page.get_by_role("button", name="更正", exact=False).first.click()
    form = page.get_by_role("form", name="更正检查结果")
    form.get_by_label("检查结果", exact=True).fill("发现问题")
    form.get_by_label("更正理由").fill("录错")
    form.get_by_role("button", name="保存更正").click()
    page.get_by_text("已更正，原来的内容保留为旧版本。").wait_for()
    assert scarce.officer("zhang").ask("GET", f"/results/{kept['id']}")["result"] == "发现问题"
    assert watched.axe() == []

    office = opened(scarce.root)
    office.login(to="/supervision")
    grounds = office.page.get_by_role("region", name="检查结果里可以监督的情形")
    grounds.get_by_role("button", name="立案…").first.click()
    grounds.get_by_role("button", name="登记“发现”").click()
    office.page.get_by_text("已立案。").wait_for()
    case = office.page.get_by_role("region", name="各件监督").get_by_role("listitem").first
    with office.page.expect_download() as told:
        case.get_by_role("link", name="文书草稿（Word）").click()
    assert told.value.suggested_filename.endswith(".docx")
    assert office.axe() == []
    assert office.errors == []
