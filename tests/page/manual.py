"""What the manual shows of each role's screens, on a published month."""

from __future__ import annotations

from collections.abc import Callable

from tests.page.watched import Watched

RUN_MS = 600_000
Picture = Callable[[Watched, str], None]


def drag_a_visit(watched: Watched, plan: str, picture: Picture) -> None:
    """Drag a visit of the plan's first day to another day, and look at what that comes to; nothing is kept."""
    page = watched.page
    page.goto(f"{watched.root}/plans/{plan}?tab=calendar")
    page.locator(".fc-event").first.wait_for()
    row = page.locator("aside li").filter(has_text="、").first
    row.get_by_role("button").click()
    page.locator("td[data-verdict]").first.wait_for(timeout=RUN_MS)
    day = str(page.locator("td[data-verdict='yes']").last.get_attribute("data-date"))
    page.get_by_role("tab", name="日历").evaluate("tab => scrollTo(0, tab.getBoundingClientRect().top + scrollY - 20)")
    page.locator(".verdict select").select_option(day)
    page.locator(".verdict").get_by_text("不违反规则").wait_for()
    picture(watched, "drag")
    page.get_by_role("button", name="不改", exact=True).click()


def ask_what_if(watched: Watched, plan: str, picture: Picture) -> None:
    """Play three of the shipped scenarios and what a crew is worth."""
    page = watched.page
    page.goto(f"{watched.root}/whatif?plan={plan}")
    worth = page.get_by_role("region", name="一个班组值多少")
    worth.get_by_role("button", name="测算", exact=True).click()
    worth.get_by_role("button", name="少 1 组").wait_for(timeout=RUN_MS)
    page.locator("summary", has_text="现成的情景").click()
    for title in ("各项计划的期限都放宽到整月", "取消“不鼓励联合”的标注", "每户每月最多入企两次（各部门合计）"):
        page.get_by_label(title).check()
    page.get_by_role("button", name="推演", exact=True).click()
    page.locator(".effects tbody tr").nth(2).wait_for(timeout=RUN_MS)
    page.locator("summary", has_text="现成的情景").click()
    page.locator(".effects tbody tr").filter(has_text="放宽到整月").get_by_role("button").click()
    page.get_by_role("region", name="谁少了，谁多了").wait_for()
    page.evaluate("() => scrollTo(0, 0)")
    picture(watched, "whatif")


def look_in(auditor: Watched, agency: Watched, town: Watched, admin: Watched, picture: Picture) -> None:
    """Log each in and look at the first screen; the auditor has the seals worked out again."""
    auditor.login("shen")
    auditor.page.get_by_role("button", name="现在重算").click()
    auditor.page.get_by_text("重算完毕").wait_for(timeout=RUN_MS)
    assert auditor.page.locator(".second b").all_inner_texts() == ["● 本浏览器另算：一致"]
    picture(auditor, "audit")
    agency.login("zhang")
    agency.page.locator(".crews li").first.wait_for()
    picture(agency, "agency")
    town.login("tang")
    town.page.locator(".cards li").first.wait_for()
    picture(town, "town")
    admin.login("gao")
    admin.page.get_by_text("磁盘剩余").wait_for()
    picture(admin, "admin")
