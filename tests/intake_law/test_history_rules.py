"""What earlier checks do to a task: done, recognised, absorbed, capped."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.intake_law.build import (
    agency,
    answered,
    codes,
    date,
    filing,
    item,
    june,
    past,
    pin,
    prepare,
    removed_by,
    tasks,
    waiver,
)
from tests.pairs import lawful, unlawful

MAY_20 = date(2026, 5, 20)
NEEDED = filing(necessity="群众关切", needed=True)


@unlawful("recognition")
@pytest.mark.parametrize("domain", ["A01", "A04", "A09"])
@pytest.mark.parametrize("levels", [("district", "city"), ("city", "district")])
def test_the_other_levels_result_is_recognised_for_a_month_and_no_longer(domain: str, levels: tuple[str, str]) -> None:
    bodies = [agency("SCJG", domain, level=levels[0]), agency("OTHER", domain, level=levels[1])]
    rows = {"agencies": bodies, "filings": [filing(necessity="群众关切", needed=True)]}
    for day, opens in ((date(2026, 5, 5), june(6)), (MAY_20, june(21)), (date(2026, 4, 30), june(1))):
        (task,) = tasks(prepare(**rows, history=[past(day, "OTHER")]))
        assert task.window == (opens, june(30))
        assert any(c.endswith("3.1.2") for c in task.clauses) == (opens > june(1))
    for day in (date(2026, 5, 30), june(2)):
        prepared = prepare(**rows, history=[past(day, "OTHER")])
        assert not tasks(prepared)
        assert removed_by(prepared) == {"recognition"}


def test_a_citys_check_uses_up_neither_the_districts_cap_nor_its_gap() -> None:
    bodies = [agency("SCJG"), agency("SHSJ", level="city")]
    (task,) = tasks(prepare(agencies=bodies, history=[past(date(2026, 5, 5), "SHSJ")]))
    assert task.window == (june(6), june(30))


def test_days_that_are_no_working_days_are_none_that_are_left_after_the_month() -> None:
    bodies = [agency("SCJG"), agency("SHSJ", level="city")]
    over_a_weekend = [filing(window_to=june(28))]
    prepared = prepare(agencies=bodies, filings=over_a_weekend, history=[past(date(2026, 5, 26), "SHSJ")])
    assert removed_by(prepared) == {"recognition"}


@lawful("recognition")
@pytest.mark.parametrize(
    "history",
    [
        past(date(2026, 4, 30), "SHSJ"),
        past(MAY_20, "SHSJ", items=("I2",)),
        past(MAY_20, "SHSJ", mode="off_site"),
        past(MAY_20, "SHSJ", result="no_show"),
        past(MAY_20, "TOWN"),
        past(MAY_20, "WJ"),
        past(MAY_20, "SHWJ"),
        past(MAY_20, "CG"),
    ],
    ids=[
        "older than a month",
        "another item",
        "off-site",
        "nobody met",
        "a town team's",
        "another bureau's record",
        "another line's city body",
        "another body of the district",
    ],
)
def test_other_results_are_not_recognised(history: object) -> None:
    prepared = prepare(
        agencies=[
            agency("SCJG", "A09"),
            agency("SHSJ", "A09", level="city"),
            agency("TOWN", "A09", level="town", town="朱泾镇"),
            agency("WJ", "A05"),
            agency("SHWJ", "A05", level="city"),
            agency("CG", "A09"),
        ],
        items=[item(), item("I2", "SHSJ")],
        history=[history],
    )
    assert [task.window for task in tasks(prepared)] == [(june(1), june(30))]


def test_recognition_is_for_three_domains_only_and_can_be_waived() -> None:
    fire = [agency("SCJG", "A05"), agency("SHSJ", "A05", level="city")]
    rows = {"history": [past(MAY_20, "SHSJ")], "filings": [filing(window_to=june(19))]}
    assert len(tasks(prepare(agencies=fire, **rows))) == 1
    urban = [agency("SCJG", "A09"), agency("SHSJ", "A09", level="city")]
    waived = prepare(agencies=urban, **rows, waivers=[waiver("recognition", agency_id="SCJG")])
    assert len(tasks(waived)) == 1
    other = prepare(agencies=urban, **rows, waivers=[waiver("recognition", agency_id="SHSJ")])
    assert not tasks(other)


def test_only_the_recognised_items_leave_the_task() -> None:
    prepared = prepare(
        agencies=[agency("SCJG", "A09"), agency("SHSJ", "A09", level="city")],
        items=[item(), item("I2")],
        filings=[filing(items=("I1", "I2"), window_to=june(19))],
        history=[past(MAY_20, "SHSJ")],
    )
    assert [(task.items, task.window[0]) for task in tasks(prepared)] == [(("I2",), june(1))]


def test_a_task_of_which_some_items_are_recognised_goes_in_one_visit_after_the_month() -> None:
    prepared = prepare(
        agencies=[agency("SCJG", "A09"), agency("SHSJ", "A09", level="city")],
        items=[item(), item("I2")],
        filings=[filing(items=("I1", "I2"))],
        history=[past(MAY_20, "SHSJ")],
    )
    assert [(task.items, task.window[0]) for task in tasks(prepared)] == [(("I1", "I2"), june(21))]


TO_JUNE_15 = [filing(window_to=june(15))]


@unlawful("absorption")
@pytest.mark.parametrize("domain", ["A01", "A02", "A05", "A09"])
def test_a_covering_triggered_check_absorbs_what_is_due_within_a_month(domain: str) -> None:
    known = {"agencies": [agency("SCJG", domain)], "filings": TO_JUNE_15}
    known["history"] = [past(MAY_20, trigger="triggered")]
    prepared = prepare(**known, absorptions=[answered(MAY_20)])
    assert not tasks(prepared)
    assert removed_by(prepared) == {"absorption"}
    for said in ([], [answered(MAY_20, "decline")], [answered(date(2026, 5, 18))]):  # offered, never automatic (可)
        asked = prepare(**known, absorptions=said)
        assert len(tasks(asked)) == 1
        offers = [one for one in asked.findings if one.code == "law.absorption-offered"]
        assert len(offers) == (said != [answered(MAY_20, "decline")])
        assert all(one.clauses[0].startswith(domain) for one in offers)


def test_an_answer_may_hold_for_one_filing_alone() -> None:
    known = {"filings": TO_JUNE_15, "history": [past(MAY_20, trigger="triggered")]}
    others = [answered(MAY_20, filing_id="F9"), answered(MAY_20, "decline")]
    assert len(tasks(prepare(**known, absorptions=others))) == 1
    assert not tasks(prepare(**known, absorptions=[answered(MAY_20, filing_id="F1"), answered(MAY_20, "decline")]))


@lawful("absorption")
def test_a_check_that_covers_less_or_comes_too_early_absorbs_nothing() -> None:
    triggered = past(MAY_20, trigger="triggered")
    said = {"history": [triggered], "absorptions": [answered(MAY_20)]}
    two_items = prepare(items=[item(), item("I2")], filings=[filing(items=("I1", "I2"), window_to=june(15))], **said)
    assert [task.items for task in tasks(two_items)] == [("I1", "I2")]
    (later,) = tasks(prepare(**said))
    assert later.window == (june(21), june(30)), "no date within a month after the check is left to choose"
    assert len(tasks(prepare(agencies=[agency("SCJG", "A12")], filings=TO_JUNE_15, **said))) == 1


def test_a_planned_check_absorbs_nothing() -> None:
    said = [answered(MAY_20)]
    planned = prepare(agencies=[agency("SCJG", "A05")], filings=TO_JUNE_15, history=[past(MAY_20)], absorptions=said)
    assert len(tasks(planned)) == 1


def test_a_waiver_holds_for_its_site_and_time_only() -> None:
    history = [past(date(2026, 2, 2))]
    elsewhere = waiver("cap.domain", site_id="S9")
    over = waiver("cap.domain", from_=date(2026, 5, 1), to=date(2026, 5, 31))
    for signed in (elsewhere, over):
        prepared = prepare(history=history, waivers=[signed])
        assert not tasks(prepared)
        assert not prepared.waivers_used
    assert len(tasks(prepare(history=history, waivers=[waiver("cap.domain", site_id="S1")]))) == 1


def test_the_last_day_of_absorption_counts() -> None:
    for day, opens in ((date(2026, 5, 30), None), (date(2026, 5, 29), june(30)), (date(2026, 4, 30), june(1))):
        prepared = prepare(history=[past(day, trigger="triggered")], absorptions=[answered(day)])
        assert [task.window[0] for task in tasks(prepared)] == [opens] * (opens is not None)
        assert ("absorption" in removed_by(prepared)) == (opens is None)


def test_what_was_done_within_its_window_is_not_done_again() -> None:
    year = [filing(period="year", window_from=date(2026, 1, 1), window_to=june(30))]
    done = prepare(agencies=[agency("SCJG", "A05")], filings=year, history=[past(date(2026, 3, 2))])
    assert removed_by(done) == {"task.once"}
    before = prepare(agencies=[agency("SCJG", "A05")], filings=year, history=[past(date(2025, 12, 2))])
    assert len(tasks(before)) == 1


@lawful("cap.domain")
@pytest.mark.parametrize(
    "history",
    [
        past(date(2025, 12, 1)),
        past(date(2026, 2, 2), trigger="triggered"),
        past(date(2026, 2, 2), mode="off_site"),
        past(date(2026, 2, 2), result="no_show"),
    ],
    ids=["last year", "triggered", "off-site", "nobody met"],
)
def test_only_planned_visits_of_this_year_use_up_the_cap(history: object) -> None:
    prepared = prepare(history=[history])
    assert prepared.case is not None
    assert [(group.gap_months, group.quota) for group in prepared.case.groups] == [(1, 1)]


@unlawful("cap.domain")
def test_a_second_planned_visit_in_the_year_is_removed() -> None:
    prepared = prepare(history=[past(date(2026, 2, 2))])
    assert not tasks(prepared)
    assert removed_by(prepared) == {"cap.domain"}


@lawful("cap.domain")
def test_a_filed_need_or_a_waiver_lets_the_second_visit_in() -> None:
    history = [past(date(2026, 2, 2))]
    for rows in ({"filings": [NEEDED]}, {"waivers": [waiver("cap.domain", filing_id="F1")]}):
        prepared = prepare(history=history, **rows)
        assert prepared.case is not None
        assert [group.quota for group in prepared.case.groups] == [0]
        assert [task.needed for task in prepared.case.tasks] == [True], "it does not count for the cap"


@unlawful("cap.domain")
def test_a_stated_necessity_alone_or_a_need_without_a_reason_does_not_lift_the_cap() -> None:
    """附13 asks every filing for its necessity; only 确需 says that a second visit in the year is needed."""
    history = [past(date(2026, 2, 2))]
    for cells in ({"necessity": "群众关切"}, {"needed": True}):
        prepared = prepare(history=history, filings=[filing(**cells)])
        assert removed_by(prepared) == {"cap.domain"}
    assert "law.needed-no-reason" in codes(prepared)


@lawful("cap.domain")
def test_a_filed_need_counts_for_each_check_of_its_filing() -> None:
    often = filing(necessity="群众关切", needed=True, frequency=(("*", (4, 1)),), window_to=date(2026, 12, 31))
    prepared = prepare("2026-06~12", filings=[replace(often, period="year")])
    assert [task.needed for task in tasks(prepared)] == [True] * 3, "the first quarter is over"


def test_the_cap_is_of_the_domain_not_of_the_bureau() -> None:
    prepared = prepare(
        items=[item(), item("I4", domain="A04")],
        filings=[filing(), filing("F4", items=("I4",))],
        history=[past(date(2026, 2, 2), items=("I4",))],
    )
    assert [task.domain for task in tasks(prepared)] == ["A01"]


def test_a_domain_without_cap_has_no_group() -> None:
    prepared = prepare(agencies=[agency("SCJG", "A05")], history=[past(date(2026, 2, 2))])
    assert prepared.case is not None
    assert prepared.case.groups == ()


def test_history_within_reach_of_the_gap_is_handed_on() -> None:
    need = [NEEDED]
    near = prepare(filings=need, history=[past(date(2026, 5, 11))])
    assert near.case is not None
    assert near.case.groups[0].history == (date(2026, 5, 11),)
    far = prepare(filings=need, history=[past(date(2026, 4, 30))])
    assert far.case is not None
    assert far.case.groups[0].history == ()


def test_a_published_visit_next_month_is_a_neighbour_and_uses_the_cap() -> None:
    later = [pin("P1", date(2026, 7, 6))]
    assert removed_by(prepare(pins=later)) == {"cap.domain"}
    prepared = prepare(pins=later, filings=[NEEDED])
    assert prepared.case is not None
    assert prepared.case.groups[0].history == (date(2026, 7, 6),)


YEAR_END: dict[str, Any] = {"items": [item("I1"), item("I2")]}
NOW = filing("F1", window_from=date(2026, 11, 24), window_to=date(2026, 11, 24))
NEW_YEAR = filing("F2", items=("I2",), window_from=date(2026, 11, 25), window_to=date(2027, 1, 14))


@lawful("cap.domain")
def test_what_reaches_into_the_next_year_may_wait_for_its_cap() -> None:
    prepared = prepare("2026-11", **YEAR_END, filings=[NOW, NEW_YEAR])
    assert {t.filings[0]: t.waits_until for t in tasks(prepared)} == {"F1": None, "F2": date(2027, 1, 14)}
    assert prepared.case is not None
    (group,) = prepared.case.groups
    assert (group.quota, group.next_quota) == (1, 1)
    done = prepare("2026-11", **YEAR_END, filings=[NOW, NEW_YEAR], history=[past(date(2026, 3, 9))])
    assert [t.filings for t in done.deferred] == [("F2",)], "this year's cap is used up, the next one's is not"


@unlawful("cap.domain")
def test_holidays_of_the_next_year_are_no_dates_that_its_cap_could_serve() -> None:
    """The window ends on Sunday, 3 January: no open day of 2027 is in it, and the cap of 2026 is used up."""
    holidays = filing("F2", items=("I2",), window_from=date(2026, 11, 25), window_to=date(2027, 1, 3))
    prepared = prepare("2026-11", **YEAR_END, filings=[holidays], history=[past(date(2026, 3, 9))])
    assert removed_by(prepared) == {"cap.domain"}


@unlawful("cap.domain")
def test_what_is_published_of_the_next_year_uses_up_its_cap() -> None:
    """The visit of 20 January takes the one date of 2027; in November and December the one of 2026 is left."""
    prepared = prepare("2026-11", **YEAR_END, filings=[NOW, NEW_YEAR], pins=[pin("P", date(2027, 1, 20))])
    assert {t.filings[0]: t.waits_until for t in tasks(prepared)} == {"F1": None, "F2": date(2026, 12, 18)}


def waits_until(**rows: Any) -> date | None:
    """Return until when the one task, open from 24 June to 5 July, may wait."""
    long = filing(window_from=june(24), window_to=date(2026, 7, 5))
    (task,) = (*(found := prepare(**{"filings": [long], **rows})).deferred, *tasks(found))
    return task.waits_until


@lawful("gap.domain")
def test_a_task_waits_until_the_last_day_that_the_gap_leaves() -> None:
    assert waits_until() == date(2026, 7, 3), "4 and 5 July are a weekend"
    assert waits_until(
        filings=[filing(needed=True, necessity="x", window_from=june(24), window_to=date(2026, 7, 5))],
        history=[past(date(2026, 6, 1), items=("I9",))],
    ) == date(2026, 7, 3)


@unlawful("gap.domain")
def test_a_task_whose_gap_reaches_past_its_window_does_not_wait() -> None:
    needed = filing(needed=True, necessity="x", window_from=june(24), window_to=date(2026, 7, 5))
    prepared = prepare(filings=[needed], history=[past(june(10), items=("I9",))])
    assert [task.waits_until for task in tasks(prepared)] == [None], "due now, and left out with its reason"
    assert not prepared.deferred


def test_campaigns_that_count_as_triggered_are_outside_cap_and_gap() -> None:
    above = filing(source="above", kind="special")
    prepared = prepare(agencies=[agency("SCJG", "A11")], filings=[above, filing("F2")])
    assert {task.filings: task.capped for task in tasks(prepared)} == {("F1",): False, ("F2",): True}
