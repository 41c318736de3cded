"""The readings of real records on hand-made ones, whose outcome can be worked out; these run everywhere."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.real.plants import FACILITY_COLUMNS, PENALTY_COLUMNS, plants_case, plants_month
from benchmarks.real.records import Stay, add_spare, first_fit, read_records
from benchmarks.real.restaurants import COLUMNS, restaurants_case, restaurants_month
from planner.domain.case import RowRef, Strength
from planner.domain.errors import InputError
from tests.real.build import planted_plan, write


@given(st.lists(st.tuples(st.integers(1, 24), st.integers(0, 9), st.integers(0, 9)), max_size=30), st.integers(0, 99))
def test_the_roster_holds_its_plan(rows: list[tuple[int, int, int]], seed: int) -> None:
    stays = [Stay(str(n), q, min(a, b), max(a, b)) for n, (q, a, b) in enumerate(rows)]
    day_of, duty = first_fit(stays, 10, 12, random.Random(seed))
    load = [sum(s.quarters for s in stays if day_of[s.task] == day) for day in range(10)]
    assert all(s.first <= day_of[s.task] <= s.last for s in stays)
    assert all(used <= open_ and open_ % 12 == 0 for used, open_ in zip(load, duty, strict=True))
    full = add_spare(duty, sum(load), 12, [1] * 10, random.Random(seed))
    assert all(after >= before for after, before in zip(full, duty, strict=True))
    assert sum(load) * 100 <= 85 * sum(full)
    assert full == duty or sum(load) * 100 > 85 * (sum(full) - 12)


def test_absent_records_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent.*facilities"):
        plants_case(tmp_path, "yunlin", "2014-06", 1)
    with pytest.raises(InputError, match=r"absent.*inspections"):
        restaurants_case(tmp_path, "2012-06", 1)
    with pytest.raises(InputError, match="county"):
        plants_case(tmp_path, "jinshan", "2014-06", 1)
    write(tmp_path / "x.csv.gz", ["a"], [1])
    with pytest.raises(InputError, match="lacks the columns b"):
        read_records(tmp_path, "x.csv.gz", ["a", "b"])


def facilities(folder: Path, penalties: list[tuple[str, str, str, str]]) -> None:
    county, water = "雲林縣", "空氣污染;水污染;"
    write(
        folder / "facilities.csv.gz",
        FACILITY_COLUMNS,
        *(
            (
                f"P{n}",
                county,
                f"{county}麥寮鄉",
                "麥寮工業區" if n < 60 else "無特定工業區",
                "x",
                water,
                "120.1",
                "23.7",
            )
            for n in range(120)
        ),
        ("P999", county, f"{county}斗六市", "", "x", "毒性化學物質;", "", ""),
        ("T000", "桃園市", "桃園市大園區", "", "x", water, "", ""),
    )
    write(folder / "penalties.csv.gz", PENALTY_COLUMNS, *penalties)


def test_agencies_grades_and_rows_follow_from_the_record(tmp_path: Path) -> None:
    pens = [("P1", "2014/02/01", "2013/01/05", "水污染防治法第7條第1項")] * 3
    pens += [("P2", "2014/06/01", "2013/01/05", "水污染防治法第7條第1項")]  # on the first of the month: not before it
    facilities(tmp_path, [*pens, ("P3", "2014/01/01", "2013/01/05", "空氣污染防制法第24條")])
    seen = {}
    for month in range(1, 13):
        real = plants_month(tmp_path, "yunlin", f"2014-{month:02}", 5)
        assert real.counts["planned in the year"] == 120 * 2 + 60 + 2
        for task in real.case.tasks:
            if task.waits_until is None:
                assert task.id not in seen
                seen[task.id] = task
            if task.id.startswith("P1-"):
                assert task.strength is (Strength.MANDATORY if month > 2 else Strength.ACCEPTED)
            if month == 6 and task.site in {"P2", "P3", "P4"}:
                grade = dict(next(s for s in real.case.sites if s.id == task.site).grades)[task.domain]
                assert grade == {"P2": "B", "P3": "C", "P4": "B"}[task.site]
    assert len(seen) == 302, "each check of the year falls due in exactly one month"
    assert {i.split("-")[1] for i in seen if i.startswith("P1-")} == {"AIR", "WATER", "FIRE"}
    assert {i.split("-")[1] for i in seen if i.startswith("P100-")} == {"AIR", "WATER"}
    assert {i.split("-")[1] for i in seen if i.startswith("P999-")} == {"TOXICS", "EMERGENCY"}
    assert seen["P7-AIR"].rows == (RowRef("facilities", 9),)


def test_a_triggered_check_within_a_month_before_the_window_is_recognised(tmp_path: Path) -> None:
    facilities(tmp_path, [("T000", "2014/01/01", "2014/01/01", "水污染防治法")])
    task = next(
        t
        for t in plants_month(tmp_path, "yunlin", "2014-06", 5).case.tasks
        if t.unit == "WATER" and t.window[0] > date(2014, 3, 1)
    )
    opens = task.window[0]
    for law, days_before, kept in (
        ("水污染防治法", 10, False),
        ("水污染防治法", 45, True),
        ("空氣污染防制法", 10, True),
    ):
        checked = date.fromordinal(opens.toordinal() - days_before)
        facilities(tmp_path, [(task.site, "2014/05/30", checked.strftime("%Y/%m/%d"), law)])
        case = plants_month(tmp_path, "yunlin", "2014-06", 5).case
        assert (task.id in {t.id for t in case.tasks}) == kept


def test_licences_purposes_and_dates_follow_from_the_record(tmp_path: Path) -> None:
    """By hand: at 1 A ST the group L15 holds two licences on one day (one task), is re-inspected on the 20th, and is
    inspected again on the 25th (recognised); paper makes no task; Saturday the 9th counts as Friday the 8th."""
    filler = [("L159", "F", f"{n} F ST", "Routine", "2011-06-01", 1, "M1") for n in range(100)]
    filler += [("L316", "F", f"{n} F ST", "Routine", "2011-06-02", 1, "M1") for n in range(100)]
    write(
        tmp_path / "inspections.csv.gz",
        COLUMNS,
        ("L159", "A", "1 A ST", "Routine", "2012-06-05", 1, "M1"),
        ("L155", "A", "1 A ST", "Routine", "2012-06-05", 2, "M1"),
        ("L159", "A", "1 A ST", "Reinspection", "2012-06-20", 1, "M1"),
        ("L159", "A", "1 A ST", "Verification Received", "2012-06-22", 1, "M1"),
        ("L316", "A", "1 A ST", "Routine", "2012-06-09", 3, "M2"),
        ("L159", "B", "MINNEAPOLIS, MN 00000", "Routine", "2012-06-12", "", ""),
        ("L159", "C", "3 C ST", "Routine", "2012-05-20", 1, "M1"),
        ("L159", "C", "3 C ST", "Routine", "2012-06-10", 1, "M1"),
        ("", "D", "4 D ST", "Routine", "2012-06-13", 1, "M1"),
        ("H14", "D", "4 D ST", "Routine", "2012-06-14", 1, "M1"),
        *filler,
    )
    real = restaurants_month(tmp_path, "2012-06", 3)
    tasks = {t.id: t for t in real.case.tasks}
    assert real.planted == {
        "1 A ST|L15|planned|2012-06": date(2012, 6, 5),
        "1 A ST|L15|again|2012-06": date(2012, 6, 20),
        "1 A ST|L31|planned|2012-06": date(2012, 6, 8),
        "B (no address)|L15|planned|2012-06": date(2012, 6, 12),
        "4 D ST|none|planned|2012-06": date(2012, 6, 13),
        "4 D ST|other|planned|2012-06": date(2012, 6, 14),
    }
    assert real.counts["recognised"] == 1
    first = tasks["1 A ST|L15|planned|2012-06"]
    assert first.items == ("L155", "L159")
    assert first.rows == (RowRef("inspections", 2), RowRef("inspections", 3))
    assert first.window[1] < date(2012, 6, 20) == tasks["1 A ST|L15|again|2012-06"].window[0]
    assert first.capped
    assert not tasks["1 A ST|L15|again|2012-06"].capped
    assert planted_plan(real).day.min() >= 0


def test_routine_checks_of_later_months_wait_at_addresses_with_something_due(tmp_path: Path) -> None:
    rows = [("L159", "F", f"{n} F ST", "Routine", "2012-06-20", 1, "M1") for n in range(100)]
    rows += [("L316", "F", f"{n} F ST", "Routine", "2012-07-02", 1, "M1") for n in range(50, 150)]
    write(tmp_path / "inspections.csv.gz", COLUMNS, *rows)
    real = restaurants_month(tmp_path, "2012-06", 3)
    waiting = [t for t in real.case.tasks if t.waits_until is not None]
    assert {t.site for t in waiting} == {f"{n} F ST" for n in range(50, 100)}
    assert all(t.waits_until is not None and t.waits_until >= date(2012, 7, 7) for t in waiting)
    with pytest.raises(InputError, match="2013-01"):
        restaurants_case(tmp_path, "2013-01", 3)
