"""Frequencies as people file them, last days of single sites, and months before the rulebook."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from planner.domain.finding import Severity
from planner.intake.make.frequency import since_last
from planner.intake.month.outcome import Why
from planner.intake.read.cells import Read, cell_reader
from planner.intake.read.grammar import DAYS_SINCE, MONTHS_SINCE, GrammarError, frequency_text, read_frequency
from planner.intake.tables.schema import FILINGS
from planner.rulebook.book import load_rulebook
from tests.filings.district import Raw, codes, screened, visits_due, written

JUNE = (date(2026, 6, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1次/年", (1, 1)),
        ("每年2次", (2, 1)),
        ("一年两次", (2, 1)),
        ("半年1次", (2, 1)),
        ("每半年一次", (2, 1)),
        ("每季度1次", (4, 1)),
        ("1次/季度", (4, 1)),
        ("每月一次", (12, 1)),
        ("两年一次", (1, 2)),
        ("1次/2年", (1, 2)),
        ("每90天一次", (90, DAYS_SINCE)),
        ("间隔30天", (30, DAYS_SINCE)),
        ("每两周一次", (14, DAYS_SINCE)),
        ("每6个月一次", (6, MONTHS_SINCE)),
        ("A=每季度1次;D=每月1次", None),
    ],
)
def test_frequencies_in_words(text: str, meant: tuple[int, int] | None) -> None:
    found = read_frequency(text)
    assert found == ((("*", meant),) if meant else (("A", (4, 1)), ("D", (12, 1))))
    assert all(read_frequency(frequency_text(asked)) == (("*", asked),) for _, asked in found)


@pytest.mark.parametrize("text", ["年均1-2次", ">=1", "不低于1次", "2次", "90天", "经常", "每0天一次", "适时"])
def test_what_may_mean_several_things_is_an_error(text: str) -> None:
    with pytest.raises(GrammarError):
        read_frequency(text)
    assert [p.code for p in cell_reader(FILINGS.column("frequency"))(text).problems] == ["cell.frequency"]


def test_so_long_since_the_last_check() -> None:
    assert since_last([date(2026, 3, 20)], 90, False, JUNE) == [(0, (date(2026, 6, 18), date(2026, 6, 30)))]
    assert since_last([date(2026, 1, 20)], 90, False, JUNE) == [(0, JUNE)], "overdue: due at once"
    assert since_last([], 90, False, JUNE) == [(0, JUNE)]
    assert since_last([date(2025, 12, 15)], 6, True, JUNE) == [(0, (date(2026, 6, 15), date(2026, 6, 30)))]
    assert isinstance(since_last([date(2026, 5, 20)], 90, False, JUNE), Why)
    twice = since_last([date(2026, 5, 25)], 14, False, JUNE)
    assert twice == [(0, (date(2026, 6, 8), date(2026, 6, 21))), (1, (date(2026, 6, 22), date(2026, 6, 30)))]


def test_a_filing_by_days_since_the_last_makes_tasks_of_its_windows(tmp_path: Path) -> None:
    def edit(raw: Raw) -> None:
        raw["filings"][1]["frequency"] = "每180天一次"
        raw["history"] += [{"site_id": s, "agency_id": "YJJ", "items": "AQ-1", "date": d} for s, d in PAST.items()]

    _, prepared = screened(written(tmp_path, edit))
    assert prepared.case is not None
    windows = {t.site: t.window for t in prepared.case.tasks if t.unit == "YJJ"}
    assert "JS-003" not in windows
    assert windows["JS-004"] == (date(2026, 6, 18), date(2026, 6, 30))
    assert windows["JS-005"] == JUNE
    assert prepared.account.balances
    assert not prepared.account.lost


PAST = {"JS-003": date(2026, 1, 20), "JS-004": date(2025, 12, 20)}


def test_a_site_has_its_own_last_day(tmp_path: Path) -> None:
    def edit(raw: Raw) -> None:
        raw["filings"][1]["due"] = "js-003=2026-06-15；JS-004=6月10日"

    _, prepared = screened(written(tmp_path, edit))
    assert prepared.case is not None
    ends = {t.site: t.window[1] for t in prepared.case.tasks if t.unit == "YJJ"}
    assert (ends["JS-003"], ends["JS-004"], ends["JS-005"]) == (date(2026, 6, 15), date(2026, 6, 10), JUNE[1])


@pytest.mark.parametrize(
    ("due", "code"),
    [("JS-003=尽快", "law.due-unread"), ("JS-OO3=2026-06-15", "law.due-of-another"), ("6月", "law.due-of-another")],
)
def test_a_last_day_that_is_wrong_is_told_and_the_task_stays(due: str, code: str, tmp_path: Path) -> None:
    def edit(raw: Raw) -> None:
        raw["filings"][1]["due"] = due

    _, prepared = screened(written(tmp_path, edit))
    assert code in codes(prepared)
    assert len(visits_due(prepared)) == 10


def test_coordinates_anywhere_and_no_industry(tmp_path: Path) -> None:
    def edit(raw: Raw) -> None:
        raw["sites"][2] |= {"lon": -73.9, "lat": 40.7, "industry": ""}

    tables, prepared = screened(written(tmp_path, edit))
    assert (tables.sites[2].lon, tables.sites[2].lat, tables.sites[2].industry) == (-73.9, 40.7, "")
    assert not [one for one in prepared.findings if one.severity is Severity.ERROR]
    assert len(visits_due(prepared)) == 10


def test_a_month_before_the_rulebook_is_planned_for_study_and_marked() -> None:
    book = load_rulebook()
    early = book.nearest(date(2024, 6, 1))
    assert early.version == book.nearest(early.in_force_from).version
    assert book.nearest(date(2026, 6, 1)) == book.at(date(2026, 6, 1))


def test_a_study_month_says_so(tmp_path: Path) -> None:
    from planner.service import prepare_source

    def edit(raw: Raw) -> None:
        for row in raw["filings"]:
            row |= {"window_from": date(2024, 6, 1), "window_to": date(2024, 6, 30), "filed_on": date(2024, 5, 20)}

    _, prepared, _, _ = prepare_source(written(tmp_path, edit), "2024-06")
    (found,) = [one for one in prepared.findings if one.code == "law.before-rulebook"]
    assert found.severity is Severity.WARNING
    assert len(visits_due(prepared)) >= 10


def test_reading_a_plain_number_stays_as_it_was() -> None:
    assert cell_reader(FILINGS.column("frequency"))(2.0) == Read((("*", (2, 1)),))
