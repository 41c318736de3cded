"""Reports of a period: figures as counted, clauses that bind who reads them, comparisons, burden, charts."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from planner.evaluation.checks import checks_of
from planner.letters.report import BUREAU, FORMS
from planner.letters.year import spread_of, year_compared
from planner.rulebook.indicators import INDICATORS
from planner.rulebook.recording import is_forbidden
from planner.service import evaluation_of
from planner.service.files.reports import write_reports
from tests.intake_law.build import rulebook
from tests.letters.test_letters import texts
from tests.obligations.test_evaluation import base, bodies, many

PLANS = [
    {
        "month": f"2026-{month:02d}",
        "comparison": {"steps": [{"step": "alone", "entries": 10 * month}, {"step": "ours", "entries": 6 * month}]},
    }
    for month in (6, 2, 11)
]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Path]]:
    source = bodies(
        [*many(30), *many(12, 50, agency_id="HJ", result="problem")],
        baseline=(base(50, 5), base(20, 0, agency_id="HJ")),
    )
    found = {}
    for period in ("2026", "2026-H1"):
        folder = tmp_path_factory.mktemp(period)
        paths = write_reports(evaluation_of(source, period, 2024)[0], source, PLANS, folder)
        found[period] = {path.name: path for path in paths}
    return found


def test_figures_stand_with_their_parts_and_clauses(written: dict[str, dict[str, Path]]) -> None:
    """D-3.3, D-1."""
    text = texts(written["2026"]["全区-涉企检查统筹评估报告-2026.docx"])
    assert "12 / 42" in text  # problems of planned on-site checks
    assert "42 / 50" in text  # planned now and in the base year
    assert "D-3.3" in text
    own = texts(written["2026"]["HJ-生态环境检查评估报告-2026.docx"])
    assert "12 / 12" in own
    assert "A07-9.2" in own
    assert "12 / 20" in own
    assert "A01-" not in own  # another annex binds others


def test_months_are_added_up_and_only_those_of_the_period(written: dict[str, dict[str, Path]]) -> None:
    year = texts(written["2026"]["全区-涉企检查统筹评估报告-2026.docx"])
    half = texts(written["2026-H1"]["全区-涉企检查统筹评估报告-2026-H1.docx"])
    assert ("190" in year, "114" in year, "2026-11" in year) == (True, True, True)
    assert ("80" in half, "48" in half, "2026-11" in half) == (True, True, False)
    assert [one.month for one in year_compared(PLANS).months] == ["2026-02", "2026-06", "2026-11"]
    assert year_compared(PLANS).total("alone") == 190


def test_a_half_year_has_the_reports_that_are_owed_half_yearly(written: dict[str, dict[str, Path]]) -> None:
    """A03-6.3: fire; of the others the bureau's alone."""
    assert {name.split("-")[0] for name in written["2026-H1"]} == {"全区"}
    assert {name.split("-")[0] for name in written["2026"]} == {"全区", "HJ", "SCJG"}
    assert {form.domain for form in FORMS.values() if form.half} == {BUREAU, "A03"}


def test_the_workbook_has_its_numbers_and_charts(written: dict[str, dict[str, Path]]) -> None:
    path = written["2026"]["全区-涉企检查统筹评估报告-2026.xlsx"]
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["比率", "数量", "与基期比较", "逐月入企比较", "企业负担"]
    assert next([cell.value for cell in row] for row in book["逐月入企比较"].iter_rows(min_row=2)) == [
        "2026-02",
        20,
        12,
    ]
    with zipfile.ZipFile(path) as archive:
        assert sum(name.startswith("xl/charts/chart") for name in archive.namelist()) == len(book.sheetnames)


def test_burden_is_spread_over_sites() -> None:
    """A01-1a: forty sites, the first two of them twice."""
    checks = checks_of(bodies(many(42)), date(2026, 1, 1), date(2026, 12, 31))
    spread = spread_of(checks)
    assert (spread.sites, spread.median, spread.ninth, spread.most) == (40, 1, 1, 2)
    assert spread.histogram == ((1, 38), (2, 2))
    assert spread.top_share == pytest.approx(6 / 42)
    assert spread_of(()).sites == 0


def test_forms_cite_their_own_annex_name_known_figures_and_count_nothing_forbidden() -> None:
    """A01-7.1: no report counts penalties, cases or fines."""
    keys = {one.key for one in INDICATORS}
    for form in FORMS.values():
        assert not is_forbidden(form.title)
        for topic in form.topics:
            assert not is_forbidden(topic.title)
            assert set(topic.figures) <= keys
            assert topic.clauses
            assert {rulebook().clause(clause).doc for clause in topic.clauses} == {form.domain}
