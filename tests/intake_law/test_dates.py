"""Windows, deadlines, pins, blackouts, and the working-day calendar."""

from __future__ import annotations

import pytest

from planner.domain.case import Strength
from planner.domain.errors import InputError
from planner.intake.month.working_days import make_calendar
from tests.intake_law.build import (
    closed,
    codes,
    date,
    filing,
    item,
    june,
    past,
    pin,
    prepare,
    setting,
    site,
    tasks,
    waiver,
)


def test_official_holidays_and_make_up_days_of_2026() -> None:
    calendar = make_calendar([2026])
    assert not calendar.is_working(date(2026, 6, 19))
    assert calendar.is_working(date(2026, 10, 10)), "a Saturday that makes up for the national holiday"
    assert not calendar.provisional_years


def test_a_year_without_official_days_is_provisional() -> None:
    calendar = make_calendar([2026, 2027])
    assert calendar.provisional_years == {2027}
    assert not calendar.is_working(date(2027, 10, 1))
    assert not calendar.make_up or max(calendar.make_up).year == 2026
    prepared = prepare(filings=[filing(window_to=date(2027, 3, 31))])
    assert "law.calendar-provisional" in codes(prepared)


def test_the_bureaus_rows_override_the_official_days() -> None:
    rows = [closed(june(9)), closed(june(19), "work"), closed(june(22), "off"), closed(june(27), "work")]
    calendar = make_calendar([2026], rows)
    days = calendar.open_days(june(1), june(30))
    assert june(9) not in days
    assert calendar.is_working(june(9))
    assert june(22) not in days
    assert {june(19), june(27)} <= set(days)


def test_a_closed_day_on_a_holiday_or_a_make_up_day_stays_what_it_is() -> None:
    holiday, made_up = date(2026, 6, 19), date(2026, 10, 10)
    calendar = make_calendar([2026], [closed(holiday), closed(made_up)])
    assert (calendar.is_working(holiday), calendar.is_working(made_up)) == (False, True)
    assert made_up not in calendar.open_days(date(2026, 10, 1), date(2026, 10, 31))


def test_a_window_beyond_the_month_may_wait_until_its_last_open_day() -> None:
    prepared = prepare(
        items=[item("I1"), item("I2")],
        filings=[filing(), filing("F2", items=("I2",), window_to=date(2026, 10, 4))],
    )
    assert {task.filings[0]: task.waits_until for task in tasks(prepared)} == {"F1": None, "F2": date(2026, 9, 30)}


def test_a_deadline_on_a_holiday_binds_on_the_open_day_before() -> None:
    holidays = filing(window_from=date(2026, 9, 1), window_to=date(2026, 10, 7))
    prepared = prepare("2026-09", filings=[holidays])
    assert [task.waits_until for task in tasks(prepared)] == [None]


def test_a_site_closed_until_the_deadline_cannot_wait() -> None:
    shut = site(blackout_days=((date(2026, 7, 1), date(2026, 7, 31)),))
    prepared = prepare(sites=[shut], filings=[filing(window_to=date(2026, 7, 15))])
    assert [task.waits_until for task in tasks(prepared)] == [None]


def test_a_site_where_everything_can_wait_is_deferred() -> None:
    prepared = prepare(filings=[filing(window_to=date(2026, 8, 31))])
    assert tasks(prepared) == ()
    assert [task.waits_until for task in prepared.deferred] == [date(2026, 8, 31)]


def test_windows_before_and_after_the_month() -> None:
    spring = filing("F1", window_from=date(2026, 3, 2), window_to=date(2026, 3, 31))
    autumn = filing("F2", window_from=date(2026, 9, 1), window_to=date(2026, 9, 30))
    prepared = prepare(filings=[spring, autumn])
    assert prepared.case is None
    assert codes(prepared) == {"law.window-past"}
    assert prepared.future == 1
    recorded = prepare(filings=[spring], history=[past(date(2026, 3, 9))])
    assert codes(recorded) == set()


def test_a_pin_binds_its_task() -> None:
    (task,) = tasks(prepare(pins=[pin("P1", june(9))], filings=[filing(window_to=date(2026, 8, 31))]))
    assert (task.pinned, task.waits_until, task.strength) == (june(9), None, Strength.MANDATORY)


def test_pins_that_fit_nothing_or_a_closed_day_are_told() -> None:
    assert "law.pin-without-task" in codes(prepare(pins=[pin("P1", june(9), filing_id="F9")]))
    assert "law.pin-closed-day" in codes(prepare(pins=[pin("P1", june(20))]))
    shut = site(blackout_days=((june(9), june(9)),))
    assert "law.pin-closed-day" in codes(prepare(sites=[shut], pins=[pin("P1", june(9))]))
    outside = prepare(filings=[filing(window_to=june(8))], pins=[pin("P1", june(9))])
    assert "law.pin-outside-window" in codes(outside)


def test_blackouts_of_site_and_district() -> None:
    shut = site(blackout_days=((june(9), june(11)),))
    prepared = prepare(sites=[shut], calendar=[closed(june(12))])
    assert prepared.case is not None
    days = prepared.case.days
    assert june(12) not in days
    assert [days[n] for n in range(len(days)) if prepared.case.blackout[0, n]] == [june(9), june(10), june(11)]
    waived = prepare(sites=[shut], waivers=[waiver("blackout", agency_id="SCJG")])
    assert waived.case is not None
    assert not waived.case.blackout.any()


def test_settings_reach_the_case_and_bad_ones_are_told() -> None:
    rows = [setting("entry_cap", "2"), setting("prep_minutes", "45"), setting("entry_gap_days", "999")]
    prepared = prepare(settings=[*rows, setting("colour", "red")])
    assert prepared.case is not None
    assert (prepared.case.levers.entry_cap, prepared.case.prep_quarters) == (2, 3)
    assert prepared.settings["entry_gap_days"] == "0"
    assert codes(prepared) == {"held.setting", "law.setting-unknown"}


def test_a_setting_that_is_no_longer_used_is_told_and_changes_nothing() -> None:
    prepared = prepare(settings=[setting("travel_reserve_percent", "40")])
    assert codes(prepared) == {"law.setting-retired"}
    assert prepared.case is not None
    assert prepared.case.content_hash() == prepare().case.content_hash()  # type: ignore[union-attr]


@pytest.mark.parametrize("month", ["2026-13", "June", "26", "2026-06~11", ""])
def test_no_month_is_an_input_error(month: str) -> None:
    with pytest.raises(InputError):
        prepare(month)
