"""Frequencies by grade, fire's own frequency, key items, grades that are missing."""

from __future__ import annotations

from itertools import pairwise

import pytest

from planner.domain.case import Strength
from planner.intake.make.frequency import split_year
from planner.intake.month.account import lost_duties
from tests.intake_law.build import (
    agency,
    codes,
    date,
    filing,
    grade,
    item,
    june,
    listed,
    past,
    prepare,
    removed_by,
    scoped,
    site,
    tasks,
)
from tests.pairs import lawful, unlawful

YEAR = {"period": "year", "window_from": date(2026, 1, 1), "window_to": date(2026, 12, 31)}
CULTURE = agency("SCJG", "A05")


def test_a_year_divides_into_windows_without_gap_or_overlap() -> None:
    assert split_year(2026, 2) == [(date(2026, 1, 1), june(30)), (date(2026, 7, 1), date(2026, 12, 31))]
    for parts in (1, 2, 3, 4, 5, 6, 7, 12, 24):
        windows = split_year(2026, parts)
        assert len(windows) == parts
        assert (windows[0][0], windows[-1][1]) == (date(2026, 1, 1), date(2026, 12, 31))
        assert all(a[1].toordinal() + 1 == b[0].toordinal() for a, b in pairwise(windows))


@lawful("frequency.grade")
def test_each_grade_gets_its_checks_within_its_part_of_the_year() -> None:
    prepared = prepare(
        agencies=[CULTURE],
        sites=[site("S1"), site("S2"), site("S3")],
        grades=[grade("S1", "A05", "B"), grade("S2", "A05", "D"), grade("S3", "A05", "C")],
        filings=[filing(sites=("S1", "S2", "S3"), frequency=(("B", (1, 1)), ("C", (2, 1)), ("D", (4, 1))), **YEAR)],
    )
    assert [(t.site, t.window, t.waits_until) for t in tasks(prepared)] == [
        ("S2", (date(2026, 4, 1), june(30)), None),
        ("S3", (date(2026, 1, 1), june(30)), None),
    ]
    assert [(t.site, t.waits_until) for t in prepared.deferred] == [("S1", date(2026, 12, 31))]
    assert prepared.future == 3, "S2 in two later quarters, S3 in the second half"
    notes = {note.grade: note for note in prepared.coverage if note.rule == "frequency.grade"}
    assert (notes["D"].wanted, notes["D"].tasks, notes["D"].short) == (4, 3, 1), "the first quarter was missed"
    assert "law.coverage-short" in codes(prepared)


@unlawful("frequency.grade")
def test_checks_of_this_year_count_and_the_rest_is_not_exceeded() -> None:
    twice = filing(frequency=(("*", (2, 1)),), **YEAR)
    done_once = prepare(agencies=[CULTURE], filings=[twice], history=[past(date(2026, 2, 2))])
    assert done_once.case is None
    assert done_once.future == 1
    both = [past(date(2026, 2, 2)), past(date(2026, 5, 2))]
    done_twice = prepare(agencies=[CULTURE], filings=[twice], history=both)
    assert not tasks(done_twice)
    assert done_twice.future == 0
    assert removed_by(done_twice) == {"frequency.grade"}


def test_once_in_two_years_looks_back_into_last_year() -> None:
    rows = {"agencies": [CULTURE], "filings": [filing(frequency=(("*", (1, 2)),))]}
    assert removed_by(prepare(**rows, history=[past(date(2025, 1, 2))])) == {"frequency.grade"}
    assert len(tasks(prepare(**rows, history=[past(date(2024, 12, 30))]))) == 1


def test_a_better_grade_asked_more_often_is_told() -> None:
    odd = filing(frequency=(("B", (2, 1)), ("C", (1, 1))))
    prepared = prepare(agencies=[CULTURE], filings=[odd], grades=[grade("S1", "A05", "C")])
    assert "law.grades-reversed" in codes(prepared)
    fair = filing(ratio=(("B", 1000), ("C", 5000)))
    assert "law.grades-reversed" not in codes(prepare(filings=[fair], grades=[grade("S1", "A01", "C")]))


FIRE = {"agencies": [agency("SCJG", "A03")], "sites": [site(tags=("消防重点单位",))]}


@lawful("frequency.fire")
@pytest.mark.parametrize(
    ("letter", "last"),
    [("A", date(2024, 12, 31)), ("B", date(2025, 12, 31)), ("C", date(2025, 6, 1)), ("D", date(2025, 12, 31))],
)
def test_fire_is_due_again_after_its_period(letter: str, last: date) -> None:
    prepared = prepare(**FIRE, grades=[grade("S1", "A03", letter)], history=[past(last)])
    assert len(tasks(prepared)) == 1


@unlawful("frequency.fire")
@pytest.mark.parametrize(
    ("letter", "last"),
    [("A", date(2025, 1, 1)), ("B", date(2026, 1, 1)), ("C", date(2026, 3, 1)), ("D", date(2026, 1, 2))],
)
def test_fire_is_not_due_within_its_period(letter: str, last: date) -> None:
    prepared = prepare(**FIRE, grades=[grade("S1", "A03", letter)], history=[past(last)])
    assert not tasks(prepared)
    assert removed_by(prepared) == {"frequency.fire"}


@lawful("frequency.fire")
def test_fire_waits_for_the_next_year_where_this_years_check_is_done_and_the_window_reaches_it() -> None:
    def december(end: date, letter: str, last: date) -> list[date | None]:
        due = filing(window_from=date(2026, 12, 7), window_to=end)
        grades, history = [grade("S1", "A03", letter)], [past(last)]
        return [
            t.waits_until for t in prepare("2026-12", **FIRE, grades=grades, history=history, filings=[due]).deferred
        ]

    assert december(date(2027, 1, 8), "B", date(2026, 11, 26)) == [date(2027, 1, 8)]
    assert december(date(2027, 1, 3), "B", date(2026, 11, 26)) == [], "holidays only"
    assert december(date(2027, 1, 8), "A", date(2026, 11, 26)) == [], "every second year"


def test_fire_keeps_three_months_at_grade_d_and_twice_a_year() -> None:
    in_july = filing(window_from=date(2026, 7, 1), window_to=date(2026, 7, 31))
    history = [past(date(2026, 5, 4))]
    july = prepare("2026-07", **FIRE, grades=[grade("S1", "A03", "D")], history=history, filings=[in_july])
    assert july.case is not None
    group = july.case.groups[0]
    assert (group.gap_months, group.quota, group.history) == (3, 1, (date(2026, 5, 4),))


def test_a_crowded_grade_a_site_is_checked_off_site_in_the_year_between() -> None:
    crowded = FIRE | {"sites": [site(tags=("消防重点单位", "人员密集"))]}
    letter = [grade("S1", "A03", "A")]
    between = prepare(**crowded, grades=letter, history=[past(date(2025, 6, 2))])
    assert not tasks(between)
    assert len(between.off_site) == 1
    done = [past(date(2025, 6, 2)), past(date(2026, 2, 2), mode="off_site")]
    assert not prepare(**crowded, grades=letter, history=done).off_site


def test_fire_coverage_counts_key_units_by_grade() -> None:
    prepared = prepare(
        agencies=[agency("SCJG", "A03")],
        sites=[site(f"S{n}", tags=("消防重点单位",)) for n in range(3)],
        grades=[grade(f"S{n}", "A03", "B") for n in range(3)],
        filings=[filing(sites=("S1",))],
        history=[past(date(2026, 2, 2), site_id="S0")],
    )
    note = next(n for n in prepared.coverage if n.rule == "frequency.fire")
    assert (note.grade, note.wanted, note.done, note.tasks, note.short) == ("B", 3, 1, 1, 1)


@lawful("coverage.key")
def test_a_key_item_checked_everywhere_is_a_must() -> None:
    prepared = prepare(agencies=[CULTURE], items=[item(list_="key")], filings=[filing(strength="optional")])
    assert [task.strength for task in tasks(prepared)] == [Strength.MANDATORY]
    assert "A05-4.1.2a" in tasks(prepared)[0].clauses
    assert "law.key-item-drawn" not in codes(prepared)


@unlawful("coverage.key")
def test_a_key_item_that_is_only_drawn_is_told_unless_the_annex_allows_it() -> None:
    sample = [filing(ratio=(("*", 5_000),))]
    refused = prepare(agencies=[CULTURE], items=[item(list_="key")], filings=sample)
    assert "law.key-item-drawn" in codes(refused)
    allowed = prepare(items=[item(list_="key")], filings=sample)
    assert "law.key-item-drawn" not in codes(allowed)


def test_key_sites_without_check_or_task_are_counted() -> None:
    rows = {"agencies": [agency("SCJG", "A12")], "sites": [site(f"S{n}") for n in range(4)]}
    lists = [listed("key_site", domain="A12", site_id=f"S{n}") for n in range(4)]
    prepared = prepare(**rows, lists=lists, history=[past(date(2026, 2, 2), site_id="S0")])
    note = next(n for n in prepared.coverage if n.rule == "coverage.key")
    assert (note.wanted, note.done, note.tasks, note.short) == (4, 1, 1, 2)
    assert "law.key-sites-short" in codes(prepared)


@lawful("grade.required")
def test_one_value_for_every_grade_needs_no_grade() -> None:
    assert len(tasks(prepare(filings=[filing(ratio=(("*", 10_000),))]))) == 1


@unlawful("grade.required")
@pytest.mark.parametrize("by", [{"ratio": (("B", 10_000),)}, {"frequency": (("B", (1, 1)),)}])
def test_a_site_without_a_grade_in_force_is_left_out_and_told(by: dict[str, object]) -> None:
    prepared = prepare(
        sites=[site("S1"), site("S2")],
        filings=[filing(**scoped(industry="餐饮"), **by)],
        grades=[grade("S1", "A01", "B"), grade("S2", "A01", "B", date(2026, 7, 1))],
    )
    assert [task.site for task in tasks(prepared)] == ["S1"]
    told = next(f for f in prepared.findings if f.code == "law.grade-missing")
    assert told.params["count"] == "1"
    assert removed_by(prepared) == {"grade.required"}


@unlawful("grade.required")
@pytest.mark.parametrize("where", [{"sites": ("S1", "S2")}, scoped(town="张堰镇")])
def test_a_named_site_or_a_whole_filing_without_grades_is_a_duty_lost(where: dict[str, object]) -> None:
    prepared = prepare(
        sites=[site("S1"), site("S2", town="张堰镇")],
        filings=[filing(**where, frequency=(("B", (1, 1)),))],
        grades=[grade("S1", "A01", "B")],
    )
    told = next(f for f in prepared.findings if f.code == "law.grade-lost")
    assert (told.params["count"], told.params["sites"]) == ("1", "S2")
    assert told in lost_duties(prepared.findings)
