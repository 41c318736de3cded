"""Hours: the clock, quiet hours on its quarters, checks that keep off hours of business, stays longer than a day."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.case import DAY_QUARTERS
from planner.domain.roster import HALF_QUARTERS, Clock
from planner.intake.people.hours import longest_visit, quarters_within
from tests.intake_law.build import (
    agency,
    codes,
    filing,
    inspector,
    item,
    june,
    pin,
    prepare,
    setting,
    site,
    tasks,
    waiver,
)
from tests.pairs import lawful, unlawful

CLOCK = Clock()
FIRE = agency("XF", "A03")
CREW = [inspector("P1", "XF"), inspector("P2", "XF")]


def hours(*spans: tuple[str, str]) -> tuple[tuple[int, int], ...]:
    def minute(text: str) -> int:
        return int(text[:2]) * 60 + int(text[3:])

    return tuple((minute(first), minute(last)) for first, last in spans)


@pytest.mark.parametrize(
    ("spans", "quarters"),
    [
        ([], []),
        ([("09:00", "09:15")], [0]),
        ([("08:00", "09:00")], []),
        ([("11:50", "13:40")], [11, 12]),
        ([("12:00", "13:30")], []),
        ([("16:20", "24:00")], [23]),
        ([("09:14", "09:16")], [0, 1]),
        ([("00:00", "24:00")], list(range(24))),
    ],
)
def test_a_quarter_that_is_touched_counts(spans: list[tuple[str, str]], quarters: list[int]) -> None:
    assert np.flatnonzero(quarters_within(hours(*spans), CLOCK)).tolist() == quarters


def by_trying(barred: list[bool], step: int) -> int:
    """Return the longest lawful visit, found by trying each start and length as `visit.hours` states them."""
    fits = [
        length
        for start, length in product(range(DAY_QUARTERS), range(1, DAY_QUARTERS + 1))
        if start % HALF_QUARTERS % step == 0
        and start + length <= DAY_QUARTERS
        and (length > HALF_QUARTERS or not start < HALF_QUARTERS < start + length)
        and not any(barred[start : start + length])
    ]
    return max(fits, default=0)


@given(st.lists(st.booleans(), min_size=24, max_size=24), st.sampled_from([1, 2, 3, 4, 6, 12]))
def test_the_longest_visit_is_what_trying_every_start_finds(barred: list[bool], step: int) -> None:
    assert longest_visit(np.array(barred), step) == by_trying(barred, step)


@given(st.integers(0, 24), st.integers(0, 24))
def test_the_longest_visit_beside_one_stretch_of_business(first: int, last: int) -> None:
    barred = [first <= q < last for q in range(24)]
    assert longest_visit(np.array(barred), 1) == by_trying(barred, 1)


def venue(*spans: tuple[str, str], **cells: object) -> object:
    base = {"industry": "影院", "tags": ("消防重点单位",), "quiet_hours": hours(*spans)}
    return site(**{**base, **cells})  # type: ignore[arg-type]


def fires(**rows: object) -> dict[str, object]:
    """Return fire's yearly check of an hour at the site, and the market bureau's."""
    return {
        "agencies": [agency("SCJG"), FIRE],
        "inspectors": [*CREW, inspector("Q1", "SCJG"), inspector("Q2", "SCJG")],
        "items": [item("I1"), item("X1", "XF")],
        "filings": [filing(), filing("X", "XF", items=("X1",))],
        **rows,
    }


@lawful("hours.business")
def test_only_fires_check_keeps_off_a_venues_business_hours() -> None:
    prepared = prepare(**fires(sites=[venue(("13:30", "23:00"))]))
    assert {task.unit: task.outside_hours for task in tasks(prepared)} == {"SCJG": False, "XF": True}
    assert prepared.case is not None
    assert prepared.roster is not None
    assert prepared.case.longest_visit.tolist() == [12]
    assert np.flatnonzero(prepared.roster.business[0]).tolist() == list(range(12, 24))
    assert prepared.roster.outside_hours.tolist() == [t.outside_hours for t in prepared.case.tasks]
    assert "law.business-all-day" not in codes(prepared)


@pytest.mark.parametrize("cells", [{"industry": "化工"}, {"quiet_hours": ()}])
def test_where_no_hours_of_business_are_known_none_are_barred(cells: dict[str, object]) -> None:
    prepared = prepare(**fires(sites=[venue(("13:30", "23:00"), **cells)]))
    assert not any(task.outside_hours for task in tasks(prepared))
    assert prepared.roster is not None
    assert not prepared.roster.business.any()
    tagged = venue(("13:30", "23:00"), industry="化工", tags=("消防重点单位", "公众聚集场所"))
    assert any(task.outside_hours for task in tasks(prepare(**fires(sites=[tagged]))))


@unlawful("hours.business")
def test_business_that_leaves_no_room_is_told_and_the_case_knows() -> None:
    prepared = prepare(**fires(sites=[venue(("09:45", "24:00"))]))
    (found,) = [f for f in prepared.findings if f.code == "law.business-all-day"]
    assert (found.table, found.column, found.params["most"], found.params["needed"]) == (
        "sites",
        "quiet_hours",
        "3",
        "5",
    )
    assert "A03-3.4.3b" in found.clauses
    assert prepared.case is not None
    assert prepared.case.longest_visit.tolist() == [3]


def test_a_waiver_lifts_business_hours() -> None:
    prepared = prepare(**fires(sites=[venue(("09:45", "24:00"))], waivers=[waiver("hours.business", agency_id="XF")]))
    assert not any(task.outside_hours for task in tasks(prepared))
    assert "law.business-all-day" not in codes(prepared)
    assert {use.rule for use in prepared.waivers_used} == {"hours.business"}


@pytest.mark.parametrize(("domain", "minds"), [("A01", True), ("A04", True), ("A03", False), ("A12", False)])
def test_quiet_hours_weigh_where_the_annex_says_so(domain: str, minds: bool) -> None:
    place = site(tags=("消防重点单位",), quiet_hours=hours(("11:00", "13:00"), ("17:00", "20:00")))
    roster = prepare(agencies=[agency("SCJG", domain)], sites=[place]).roster
    assert roster is not None
    assert roster.minds_quiet.tolist() == [minds]
    assert roster.quiet[0].tolist() == [0] * 8 + [1] * 4 + [0] * 12
    assert not roster.business.any(), "quiet hours of a restaurant are priced, not barred"


def test_clock_grid_and_travel_are_settings() -> None:
    rows = [setting(*pair) for pair in (("day_start", "8：30"), ("afternoon_start", "13:00"), ("travel_minutes", "40"))]
    roster = prepare(settings=[*rows, setting("start_step_minutes", "30")]).roster
    assert roster is not None
    assert (roster.clock, roster.start_step, roster.travel_quarters) == (Clock(8 * 60 + 30, 13 * 60), 2, 3)
    plain = prepare().roster
    assert plain is not None
    assert (plain.clock, plain.start_step, plain.travel_quarters) == (Clock(), 1, 2)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("day_start", "9点"),
        ("day_start", "24:00"),
        ("day_start", "22:00"),
        ("afternoon_start", "13:60"),
        ("afternoon_start", "11:59"),
        ("day_start", "10:31"),
        ("start_step_minutes", "20"),
        ("start_step_minutes", "75"),
        ("travel_minutes", "-15"),
    ],
)
def test_a_bad_setting_is_told_and_has_no_effect(key: str, value: str) -> None:
    prepared = prepare(settings=[setting(key, value)])
    (found,) = [f for f in prepared.findings if f.code == "law.setting-bad"]
    assert (found.value, found.params["key"]) == (value, key)
    roster = prepared.roster
    assert roster is not None
    assert (roster.clock, roster.start_step, roster.travel_quarters) == (Clock(), 1, 2)


TWO = ("I1", "I2")


@unlawful("visit.hours")
def test_a_stay_longer_than_a_day_is_told_and_stays_whole() -> None:
    """240 + 120 minutes and 15 of set-up."""
    prepared = prepare(items=[item("I1", minutes=240), item("I2", minutes=120)], filings=[filing(items=TWO)])
    (found,) = [f for f in prepared.findings if f.code == "law.long-stay"]
    assert (found.params["minutes"], found.params["most"], found.params["count"]) == ("375", "360", "1")
    assert [task.minutes for task in tasks(prepared)] == [360]


@lawful("visit.hours")
def test_of_a_stay_that_may_span_days_the_first_day_is_planned() -> None:
    items = [item("I1", minutes=240, multi_day=True), item("I2", minutes=120)]
    prepared = prepare(items=items, filings=[filing(items=TWO)])
    assert "law.multi-day" in codes(prepared)
    assert "law.long-stay" not in codes(prepared)
    assert [task.minutes for task in tasks(prepared)] == [345]
    short = prepare(items=[item("I1", minutes=240, multi_day=True)])
    assert [task.minutes for task in tasks(short)] == [240]
    assert "law.multi-day" not in codes(short)


def test_a_published_check_without_room_is_a_contradiction_that_is_told() -> None:
    prepared = prepare(**fires(sites=[venue(("09:00", "24:00"))], pins=[pin("P", june(9), "XF")]))
    assert "law.business-all-day" in codes(prepared)
    assert [task.outside_hours for task in tasks(prepared) if task.pinned] == [True]
