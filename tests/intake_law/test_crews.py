"""Crew capacity from inspectors, certificates, absences and skills: figures worked out by hand."""

from __future__ import annotations

import pytest

from planner.domain.case import CapacityRow
from planner.intake.capacity import crew_quarters, walkable_percent
from planner.intake.records import AbsenceRow
from tests.intake_law.build import codes, date, filing, inspector, item, june, prepare, row

DAY = june(9)


def away(inspector_id: str, half: str = "day") -> AbsenceRow:
    return row(AbsenceRow, "absences", inspector_id=inspector_id, from_=DAY, to=DAY, half=half)


def test_two_halves_of_three_hours_for_every_full_crew() -> None:
    people = [inspector(f"P{n}", "U") for n in range(5)]
    absences = [away("P0", "am"), away("P1", "am"), away("P2", "pm")]
    rows = crew_quarters(people, absences, [DAY, june(10)], {"U": 2})
    # 9 June: three people in the morning make one crew, four in the afternoon two; 10 June: five make two all day.
    assert rows == {CapacityRow("U"): (12 + 24, 48)}


def test_only_officers_with_a_certificate_valid_on_the_day_count() -> None:
    people = [
        inspector("P1", "U"),
        inspector("P2", "U", valid_to=DAY),
        inspector("P3", "U", role="auxiliary"),
        inspector("P4", "U", certificate_no=""),
        inspector("P5", "U", valid_from=june(11)),
    ]
    rows = crew_quarters(people, [], [DAY, june(10), june(11)], {"U": 2})
    assert rows[CapacityRow("U")] == (24, 0, 24)


def test_a_skilled_crew_has_the_skill_throughout() -> None:
    people = [inspector(f"P{n}", "U", skills=("食品",) if n < 3 else ()) for n in range(4)]
    rows = crew_quarters(people, [away("P0")], [DAY], {"U": 2}, [("U", "食品"), ("U", "辐射")])
    assert rows[CapacityRow("U", "食品")] == (24,)
    assert rows[CapacityRow("U", "辐射")] == (0,)
    without_two = crew_quarters(people, [away("P0"), away("P1")], [DAY], {"U": 2}, [("U", "食品")])
    assert without_two[CapacityRow("U", "食品")] == (0,)


def test_a_unit_without_a_crew_is_told() -> None:
    assert "law.no-crew" in codes(prepare(inspectors=[inspector("P1", "SCJG")]))
    assert "law.no-skilled-crew" in codes(prepare(items=[item(skill="食品")]))


def test_the_travel_reserve_is_held_back_from_the_plan_only() -> None:
    """Stays of 165 minutes and 15 of set-up fill a half-day, so nothing but the reserve of 15 % is held back."""
    case = prepare(items=[item(minutes=165)], filings=[filing(window_to=date(2026, 6, 30))]).case
    assert case is not None
    assert case.capacity[0, 0] == 48
    assert case.plan_capacity[0, 0] == 40


def test_plans_load_no_more_than_such_stays_can_fill() -> None:
    """An hour and 15 of set-up: five quarters and one on the way; two to a half-day, ten quarters of twelve."""
    case = prepare(filings=[filing(window_to=date(2026, 6, 30))]).case
    assert case is not None
    assert case.capacity[0, 0] == 48
    assert case.plan_capacity[0, 0] == 48 * 83 // 100


@pytest.mark.parametrize(
    ("stays", "travel", "percent"),
    [
        ([12], 2, 100),
        ([7], 0, 58),
        ([7, 5], 0, 100),
        ([7, 5], 2, 66),
        ([17], 0, 70),
        ([], 2, 100),
    ],
)
def test_what_half_days_can_be_filled_with(stays: list[int], travel: int, percent: int) -> None:
    """By hand, each stay asked for again and again; seven and five share a half-day only without a way between.

    With one, a half-day holds one seven or two fives: three halves for two of each, 24 quarters of 36.
    """
    assert walkable_percent(stays, travel) == percent
