"""A visit is dragged to another day of the calendar, or sent there by its menu: told first, then kept or dropped."""

from __future__ import annotations

from typing import Any

import pytest

from tests.page.conftest import Opened, Prepared
from tests.page.watched import Watched

pytestmark = pytest.mark.slow


def _told(prepared: Prepared, visit: dict[str, Any]) -> list[dict[str, Any]]:
    path = f"/plans/{prepared.second}/visits/{visit['id']}/verdicts"
    items: list[dict[str, Any]] = prepared.officer().ask("GET", path)["items"]
    return [one for one in items if one["day"]]


def _visits(prepared: Prepared) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = prepared.officer().ask("GET", f"/plans/{prepared.second}/visits")["items"]
    return items


def _open(watched: Watched, prepared: Prepared, visit: dict[str, Any]) -> Any:
    """Open the calendar at the visit's day and return the visit's row."""
    watched.login(to=f"/plans/{prepared.second}?tab=calendar")
    watched.page.locator(f"td[data-date='{visit['day']}'] .fc-event").last.click()
    return watched.page.locator("aside li").filter(has_text=visit["site"]["name"])


def test_a_visit_is_dragged_and_its_verdict_told_kept_and_undone(scarce: Prepared, opened: Opened) -> None:
    watched = opened(scarce.root)
    page = watched.page
    visit = next(one for one in _visits(scarce) if len(one["agencies"]) > 1)
    told = _told(scarce, visit)
    lawful = [one for one in told if one["lawful"]][-1]
    row = _open(watched, scarce, visit)
    row.drag_to(page.locator(f"td[data-date='{lawful['day']}']"))
    page.locator(".verdict").get_by_text("：不违反规则").wait_for()
    said = page.locator(".verdict").inner_text()
    entries = scarce.officer().ask("GET", f"/plans/{scarce.second}")["figures"]["entries"]
    assert f"{entries} → {entries + lawful['entries']} 次" in said
    assert all(party["name"] in said for party in visit["agencies"])
    assert watched.axe() == []
    page.get_by_role("button", name="改到").click()
    page.get_by_role("heading", name="待生效的改动（1 处）").wait_for()
    page.get_by_text("合在一起不违反规则").wait_for()
    page.locator(".kept").get_by_role("button", name="撤销").click()
    page.get_by_role("heading", name="待生效的改动").wait_for(state="hidden")
    assert watched.errors == []
    assert watched.elsewhere == []


def test_the_menu_does_without_a_mouse_what_dragging_does(scarce: Prepared, opened: Opened) -> None:
    watched = opened(scarce.root)
    page = watched.page
    visit = next(one for one in _visits(scarce) if not all(day["lawful"] for day in _told(scarce, one)))
    barred = next(one for one in _told(scarce, visit) if not one["lawful"])
    row = _open(watched, scarce, visit)
    row.get_by_role("button").focus()
    page.keyboard.press("Enter")
    choice = page.get_by_label(f"{visit['site']['name']}移到哪天")
    choice.wait_for()
    told = _told(scarce, visit)
    marks = {mark: page.locator(f"td[data-verdict='{mark}']").count() for mark in ("yes", "no")}
    assert marks == {"yes": sum(one["lawful"] for one in told), "no": sum(not one["lawful"] for one in told)}
    choice.select_option(barred["day"])
    page.locator(".verdict").get_by_text("：违反规则").wait_for()
    assert page.locator(".verdict .mono").all_inner_texts()[: len(barred["breaches"][0]["clauses"])] == [
        *barred["breaches"][0]["clauses"]
    ]
    assert not page.get_by_role("button", name="改到").count()  # nobody is let do what the law does not allow
    assert watched.axe() == []
    page.get_by_role("button", name="不改", exact=True).click()
    page.locator(".verdict").wait_for(state="hidden")
    assert not page.locator("td[data-verdict]").count()
    assert watched.errors == []
    row.drag_to(page.locator("td[data-date='2026-06-07']"))  # a Sunday: the service says why not
    page.get_by_role("alert").wait_for()
    assert not page.get_by_role("button", name="改到").count()


def test_who_may_not_change_the_plan_has_the_calendar_alone(prepared: Prepared, opened: Opened) -> None:
    watched = opened(prepared.root)
    watched.login("zhang", to=f"/plans/{prepared.first}?tab=calendar")
    watched.page.locator(".fc-event").first.wait_for()
    assert not watched.page.get_by_label("当日入企").count()
    assert watched.overflow() <= 0
