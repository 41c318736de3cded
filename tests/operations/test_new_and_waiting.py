"""Tasks from events are screened like filings; tasks that wait for later months are known to whoever asks."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from planner.domain.errors import InputError
from planner.domain.plan import LATER
from planner.intake.read.reader import read_tables
from planner.intake.write.writer import write_folder
from planner.service import Planned, may_enter, plan_tables, register_triggered, site_ledger, suggestions
from planner.service.changes.replanning import version_of
from planner.service.changes.revising import Held
from planner.service.published.operating import book_of, replan_event
from tests.cli.district import MONTH, district

LATE = {"window_from": date(2026, 6, 1), "window_to": date(2026, 7, 31), "kind": "日常", "period": "年度"}
CLEAR = {"trigger": "有计划", "mode": "现场", "result": "未发现问题"}


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Planned:
    """A month in which S7 is left alone: two agencies' tasks there may wait until July; S6 was checked in May."""
    raw, folder = district(), tmp_path_factory.mktemp("waits")
    sites = [{**raw["sites"][0], "site_id": name, "name": f"化工{name}厂", "address": name} for name in ("S7", "S8")]
    raw["sites"] += [{**sites[0]}, {**sites[1], "join": "不鼓励", "opted_in": "SCJG"}]
    raw["filings"] += [
        {"filing_id": f"F-{agency}-late", "agency_id": agency, "items": f"{agency}-1", "sites": "S7", **LATE}
        for agency in ("SCJG", "YJJ")
    ]
    raw["history"] = [
        {"entry_id": "E1", "site_id": "S6", "agency_id": "SCJG", "items": "SCJG-1", "date": date(2026, 5, 20), **CLEAR}
    ]
    write_folder(raw, folder / "district")
    made = plan_tables(read_tables(folder / "district"), MONTH)
    assert [task.site for task in made.prepared.deferred] == ["S7", "S7"]
    return made


def new(site: str, unit: str, first: str, last: str, **more: Any) -> dict[str, Any]:
    return {"kind": "new_task", "id": "N", "site": site, "unit": unit, "items": [f"{unit}-1"], **more} | {
        "from": first,
        "to": last,
    }


def test_a_new_task_keeps_gap_and_cap_though_the_month_has_nothing_of_its_domain_there(planned: Planned) -> None:
    checked = replan_event(planned, new("S6", "SCJG", "2026-06-01", "2026-06-30"))
    assert (checked["changed_visits"], checked["new_tasks"]) == ([], [])
    assert "上限 1 次" in checked["refused"]  # the year's one check was in May


def test_a_new_task_beside_a_published_one_of_its_domain_shares_its_date_or_is_left_out(planned: Planned) -> None:
    result = planned.result
    visit = next(v for v in result.visits if any(result.case.tasks[t].unit == "SCJG" for t in v.tasks))
    site, day = result.case.sites[visit.site].id, result.case.days[visit.day].isoformat()
    with_it = replan_event(planned, new(site, "SCJG", "2026-06-01", "2026-06-30"))
    assert ([told["day"] for told in with_it["new_tasks"]], with_it["changed_visits"]) == ([day], [])
    other = next(d.isoformat() for d in result.case.days if d.isoformat() > day)
    late = new(site, "SCJG", other, "2026-06-30")
    moved = replan_event(planned, late)  # lawful as well: the published one comes with it, one date for both
    assert [told["day"] for told in moved["new_tasks"]] != [None]
    assert moved["changed_visits"] == [{"site": site, "day": day}]
    apart = replan_event(planned, late, frozen_until=date.fromisoformat(day))
    (told,) = apart["new_tasks"]
    assert (told["day"], apart["changed_visits"]) == (None, [])
    assert told["reason"]["rule"] in ("gap.domain", "cap.domain")


def test_a_new_task_at_a_not_to_join_site_is_opted_in_as_its_agency_is(planned: Planned) -> None:
    from planner.service.published.new_tasks import new_task_from

    for unit, opted_in in (("SCJG", True), ("YJJ", False)):
        event = new_task_from(new("S8", unit, "2026-06-01", "2026-06-30", minutes=75), planned)
        assert event.beside is not None
        assert [(task.id, task.opted_in, task.minutes) for task in event.tasks] == [("N", opted_in, 75)]
        assert event.beside.listed.tolist() == [True]


def test_a_new_task_that_the_law_does_not_let_be_is_refused_with_the_reason(planned: Planned) -> None:
    past = replan_event(planned, new("S6", "YJJ", "2026-08-01", "2026-08-31"))
    assert (past["new_tasks"], past["changed_visits"]) == ([], [])
    assert past["refused"]
    for wrong in ({"site": "S9"}, {"unit": "nobody"}, {"items": ["none"]}):
        with pytest.raises(InputError):
            replan_event(planned, {**new("S6", "YJJ", "2026-06-01", "2026-06-30"), **wrong})


def test_tasks_that_wait_for_later_months_are_suggested_where_their_window_is_open(planned: Planned) -> None:
    (answer,) = suggestions(planned, "SCJG", "S7")
    (offer,) = answer["suggestions"]
    assert (offer["unit"], offer["entries_saved"]) == ("YJJ", 1)
    assert answer["days"][0] == offer["days"][0] == date(2026, 6, 1)
    assert may_enter(planned, "SCJG", "S7", date(2026, 6, 10))["verdict"] == "yes"
    ledger = site_ledger(planned, "S7", "YJJ")
    assert (ledger["next_lawful"], ledger["next_verdict"]) == (date(2026, 6, 1), "yes")
    check = {"site": "S7", "unit": "HBJ", "items": ["HBJ-1"], "day": "2026-06-03", "source": "complaint"}
    assert {ride["unit"] for ride in register_triggered(planned, check)["riders"]} == {"SCJG", "YJJ"}


def test_what_was_booked_of_waiting_tasks_stands_in_the_next_version(planned: Planned, tmp_path: Path) -> None:
    book = book_of(planned)
    here = list(book.case.tasks_at(book.site("S7")))
    assert [int(book.day[t]) for t in here] == [LATER, LATER]
    book.book(here, book.day_index(date(2026, 6, 10)))
    visit = next(v for v in planned.result.visits if planned.result.case.sites[v.site].id != "S7")
    case = planned.result.case
    event = {"kind": "closed", "site": case.sites[visit.site].id, "days": [case.days[visit.day].isoformat()]}
    after = version_of(planned, book, event, Held(), "").planned.result
    assert after.plan is not None
    found = {task.id: int(d) for task, d in zip(after.case.tasks, after.plan.day.tolist(), strict=True)}
    assert {after.case.days[found[book.case.tasks[t].id]] for t in here} == {date(2026, 6, 10)}
