"""The roster: who is there when, who must not go where, and the days on which no lawful crew exists."""

from __future__ import annotations

from typing import Any

import pytest

from planner.domain.case import Case
from planner.domain.roster import Roster
from planner.intake.month.outcome import Prepared
from planner.intake.tables.records import AbsenceRow
from tests.intake_law.build import agency, codes, filing, inspector, item, june, listed, pin, prepare, row, site, tasks
from tests.pairs import lawful, unlawful

DAY = june(9)


def away(inspector_id: str, half: str = "day", day: int = 9) -> AbsenceRow:
    return row(AbsenceRow, "absences", inspector_id=inspector_id, from_=june(day), to=june(day), half=half)


def recusal(inspector_id: str, site_id: str = "S1", **cells: Any) -> Any:
    return listed("recusal", inspector_id=inspector_id, site_id=site_id, **cells)


def parts(prepared: Prepared) -> tuple[Case, Roster]:
    assert prepared.case is not None
    assert prepared.roster is not None
    return prepared.case, prepared.roster


def unstaffed(prepared: Prepared) -> list[set[int]]:
    """Return, per task of the case, the days of June without a lawful crew."""
    case, _ = parts(prepared)
    return [{case.days[d].day for d in range(case.n_days) if not case.staffed[t, d]} for t in range(case.n_tasks)]


def pair(**cells: Any) -> list[Any]:
    return [inspector("P0", "SCJG", **cells), inspector("P1", "SCJG", **cells)]


def test_people_stand_by_unit_and_id_and_only_certified_officers_are_among_them() -> None:
    people = [
        inspector("P9", "SCJG", skills=("食品", "电梯")),
        inspector("P2", "SCJG", role="auxiliary"),
        inspector("P3", "SCJG", certificate_no=""),
        inspector("P4", "SCJG", valid_to=june(5)),
        inspector("P5", "SCJG", valid_to=june(1), valid_from=june(1)),
        inspector("P6", "ELSE"),
        inspector("P1", "SCJG"),
    ]
    case, roster = parts(prepare(agencies=[agency("SCJG"), agency("ELSE", "A12")], inspectors=people))
    assert [i.id for i in roster.inspectors] == ["P1", "P4", "P5", "P9"]
    assert roster.inspectors[3].skills == ("电梯", "食品")
    assert roster.unit_of.tolist() == [0, 0, 0, 0]
    assert roster.per_crew.tolist() == [2]
    assert list(roster.of_unit(0)) == [0, 1, 2, 3]
    there = {day.day for d, day in enumerate(case.days) if roster.present[1, d].all()}
    assert there == {day.day for day in case.days if day.day <= 5}


def test_absences_count_by_half_day() -> None:
    case, roster = parts(prepare(inspectors=pair(), absences=[away("P0", "am"), away("P1", "pm"), away("P1", day=10)]))
    ninth, tenth = case.days.index(DAY), case.days.index(june(10))
    assert roster.present[0, ninth].tolist() == [False, True]
    assert roster.present[1, ninth].tolist() == [True, False]
    assert roster.present[:, tenth].tolist() == [[True, True], [False, False]]
    assert roster.present.sum() == 4 * len(case.days) - 4


def test_a_roster_does_not_depend_on_the_order_of_rows() -> None:
    rows = {"inspectors": [inspector(f"P{n}", "SCJG") for n in range(4)], "absences": [away("P0", "am"), away("P1")]}
    rows["lists"] = [recusal("P2"), recusal("P3", to=june(12))]
    _, roster = parts(prepare(**rows))
    _, turned = parts(prepare(**{key: list(reversed(found)) for key, found in rows.items()}))
    assert roster.content_hash() == turned.content_hash()


def test_recusal_holds_on_its_days_at_its_site() -> None:
    lists = [recusal("P0", from_=june(9), to=june(10)), recusal("P1", "S2"), recusal("P1", to=june(2))]
    case, roster = parts(prepare(lists=lists))
    who = {i.id: n for n, i in enumerate(roster.inspectors)}
    found = {(person, case.days[day].day) for person, site, day in roster.recused if site == 0}
    assert found == {(who["P0"], 9), (who["P0"], 10), (who["P1"], 1), (who["P1"], 2)}


@pytest.mark.parametrize(
    ("cells", "column"), [({"inspector_id": "P0"}, "site_id"), ({"site_id": "S1"}, "inspector_id"), ({}, "site_id")]
)
def test_a_recusal_that_names_only_one_side_is_told_and_bars_nobody(cells: dict[str, str], column: str) -> None:
    prepared = prepare(lists=[listed("recusal", **cells)])
    (found,) = [f for f in prepared.findings if f.code == "law.recusal-incomplete"]
    assert (found.table, found.column) == ("lists", column)
    assert found.clauses
    assert parts(prepared)[1].recused == frozenset()


@lawful("crew.enough")
def test_two_who_are_there_in_one_half_are_a_crew() -> None:
    assert unstaffed(prepare(inspectors=pair(), absences=[away("P0", "am"), away("P1", "am")])) == [set()]


@unlawful("crew.enough")
def test_one_in_each_half_is_no_crew() -> None:
    assert unstaffed(prepare(inspectors=pair(), absences=[away("P0", "am"), away("P1", "pm")])) == [{9}]


@unlawful("crew.enough")
def test_a_stay_over_the_break_needs_its_crew_all_day() -> None:
    """165 minutes and the set-up fill a half-day, 180 do not fit in one."""
    half = [away("P0", "am")]
    assert unstaffed(prepare(inspectors=pair(), absences=half, items=[item(minutes=165)])) == [set()]
    assert unstaffed(prepare(inspectors=pair(), absences=half, items=[item(minutes=180)])) == [{9}]


@unlawful("crew.enough")
def test_the_recused_and_the_unskilled_make_no_crew() -> None:
    three = [*pair(skills=("食品",)), inspector("P2", "SCJG")]
    assert unstaffed(prepare(inspectors=three, items=[item(skill="食品")])) == [set()]
    barred = [recusal("P0", from_=june(9), to=june(9))]
    assert unstaffed(prepare(inspectors=three, lists=barred)) == [set()], "two others remain"
    assert unstaffed(prepare(inspectors=three, items=[item(skill="食品")], lists=barred)) == [{9}]
    elsewhere = prepare(
        inspectors=pair(),
        sites=[site("S1"), site("S2")],
        filings=[filing(sites=("S1", "S2"))],
        lists=[recusal("P0", "S2", from_=june(9), to=june(9))],
    )
    assert unstaffed(elsewhere) == [set(), {9}]


def test_an_expiring_certificate_ends_the_crew() -> None:
    case, _ = parts(
        prepared := prepare(inspectors=[inspector("P0", "SCJG", valid_to=june(12)), inspector("P1", "SCJG")])
    )
    assert unstaffed(prepared) == [{day.day for day in case.days if day.day > 12}]


def test_tasks_that_nobody_may_do_are_told_once_for_the_unit() -> None:
    prepared = prepare(lists=[recusal(f"P{n}") for n in range(3)])
    (found,) = [f for f in prepared.findings if f.code == "law.no-lawful-crew"]
    assert (found.subjects, found.params["count"]) == (("SCJG", "S1"), "1")
    assert "law.no-crew" not in codes(prepared)
    nobody = codes(prepare(inspectors=pair()[:1]))
    assert "law.no-crew" in nobody
    assert "law.no-lawful-crew" not in nobody, "told already"


def test_a_published_day_without_a_crew_is_told() -> None:
    prepared = prepare(inspectors=pair(), absences=[away("P0")], pins=[pin("P", DAY)])
    (found,) = [f for f in prepared.findings if f.code == "law.pin-unstaffed"]
    assert found.params["date"] == "2026-06-09"
    assert "law.pin-unstaffed" not in codes(
        prepare(inspectors=pair(), absences=[away("P0", "am")], pins=[pin("P", DAY)])
    )


def test_workload_steers_only_where_nothing_is_drawn() -> None:
    sites = [site(f"S{n}") for n in range(3)]
    daily = filing("F1", sites=("S0",))
    listed_random = filing("F2", kind="random", sites=("S1",), ratio=(("*", 10_000),))
    drawn = filing("F3", kind="special", source="above", sites=("S2",), ratio=(("*", 10_000),))
    case, roster = parts(prepared := prepare(sites=sites, filings=[daily, listed_random, drawn]))
    assert [bool(task.drawn) for task in tasks(prepared)] == [False, True, True]
    assert dict(zip((t.filings[0] for t in case.tasks), roster.balanced.tolist(), strict=True)) == {
        "F1": True,
        "F2": False,
        "F3": False,
    }


def test_no_case_has_no_roster() -> None:
    assert prepare(filings=[]).roster is None
