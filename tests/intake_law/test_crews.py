"""Crew capacity from inspectors, certificates, absences and skills: figures worked out by hand."""

from __future__ import annotations

from planner.domain.case import CapacityRow
from planner.intake.people.capacity import crew_quarters
from planner.intake.tables.records import AbsenceRow
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


def test_plans_may_load_all_that_truly_exists() -> None:
    """No share of crews' time is held back: whether a day can be walked is asked of the day."""
    case = prepare(filings=[filing(window_to=date(2026, 6, 30))]).case
    assert case is not None
    assert case.capacity[0, 0] == 48
    assert case.plan_capacity.tolist() == case.capacity.tolist()
