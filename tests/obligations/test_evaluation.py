"""The evaluation: tests 21, 22 and 27 to 29 of the requirements on duties, each with its clause."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest

from planner.domain.case import RowRef
from planner.domain.errors import InputError
from planner.evaluation.checks import checks_of
from planner.evaluation.document import Evaluation
from planner.evaluation.figures import INDICATORS, Figure
from planner.intake.tables.records import BaselineRow, ResultRow, Tables
from planner.rulebook.indicators import BASE_CLAUSES
from planner.rulebook.offices import DOMAINS
from planner.rulebook.recording import is_forbidden
from planner.service import evaluation_of, write_evaluation
from tests.intake_law.build import agency, filing, grade, rulebook, site, tables
from tests.obligations.test_results import line, result

DAY = date(2026, 6, 2)


def bodies(results: Sequence[ResultRow], **rows: Any) -> Tables:
    found = (agency("SCJG"), agency("HJ", "A07"), agency("K1", "", parent_id="HJ"))
    sites = tuple(site(f"S{n}", industry="餐饮" if n % 2 else "化工") for n in range(1, 41))
    return tables(**{"agencies": found, "sites": sites, "results": tuple(results), **rows})


def many(count: int, start: int = 0, **cells: Any) -> list[ResultRow]:
    """Return so many results, one a site and day."""
    places = range(start, start + count)
    return [
        result(f"R{n}", DAY + timedelta(days=n % 20), site_id=f"S{n % 40 + 1}", check_code=f"C{n}", **cells)
        for n in places
    ]


def base(planned: int, triggered: int, **cells: Any) -> BaselineRow:
    text = {"agency_id": "", "domain": "", "town": "", "industry": "", "grade": "", "document": "2024年统计表"}
    numbers = {"year": 2024, "month": 0, "off": 0, "sites": 0, "items": 0, "joint": 0, "random": 0, "problem": 0}
    given: dict[str, Any] = {"unit": "check", **text, **numbers, **cells}
    return BaselineRow(planned_on=planned, triggered_on=triggered, ref=RowRef("baseline", 2), **given)


def figure(found: Evaluation, key: str, cut: str = "", value: str = "") -> Figure:
    return next(one for one in found.figures if (one.key, one.cut, one.value) == (key, cut, value))


def evaluated(source: Tables, period: str = "2026") -> Evaluation:
    return evaluation_of(source, period, 2024)[0]


def test_21_a_phase_check_from_above_is_triggered_and_not_in_n() -> None:
    """A11-2.2b."""
    found = evaluated(bodies([*many(3), *many(2, 10, trigger="triggered")]))
    assert (figure(found, "planned_on").numerator, figure(found, "triggered_on").numerator) == (3, 2)
    assert figure(found, "on_total").numerator == 5


def test_22_a_further_visit_leaves_n_unchanged_and_a_false_one_does_not() -> None:
    """A01-5.2.4c."""
    first = result("R1", DAY, check_code="C1", result="problem")
    again = result("R2", DAY + timedelta(days=10), check_code="C1", visit_no=2)
    assert figure(evaluated(bodies([first, again])), "planned_on").numerator == 1
    false = replace(again, check_code="C2")
    assert figure(evaluated(bodies([first, false])), "planned_on").numerator == 2


def test_27_the_problem_rate_counts_real_checks_alone() -> None:
    """A01-5.2.1c: nobody met is no check, and a promised matter looked into is not evaluated."""
    rows = [
        *many(3, result="problem"),
        *many(6, 10),
        *many(1, 20, result="no_show"),
        *many(1, 30, result="problem", evaluated=False),
    ]
    one = figure(evaluated(bodies(rows)), "problem_rate")
    assert (one.numerator, one.denominator, f"{one.ratio:.1%}") == (3, 9, "33.3%")


def test_28_a_base_of_entries_is_not_compared_with_checks() -> None:
    """D-1."""
    with pytest.raises(InputError, match="单位不同"):
        evaluated(bodies(many(3), baseline=(base(400, 50, unit="entry"),)))


def test_29_fewer_planned_and_more_triggered_is_no_clear_fall() -> None:
    """D-1: N −25 %, all on-site +2.2 %."""
    rows = [*many(300), *many(160, 400, trigger="triggered")]
    found = evaluated(bodies(rows, baseline=(base(400, 50),)))
    one = found.compared[0]
    assert (f"{one.change:.0%}", f"{one.total_change:.1%}") == ("-25%", "2.2%")
    assert (one.lower, one.relabelled, one.clauses) == (False, True, BASE_CLAUSES)
    assert "明显" not in one.text_zh
    assert "不能说明" in one.text_zh
    fell = evaluated(bodies(many(300), baseline=(base(400, 50),))).compared[0]
    assert (fell.lower, fell.relabelled) == (True, False)


def test_a_base_is_compared_total_with_total_and_month_with_month() -> None:
    """A01-1b: never pro rata."""
    year = bodies(many(20), baseline=(base(400, 50), base(100, 0, agency_id="SCJG")))
    assert [(one.cut, one.value) for one in evaluated(year).compared] == [("", ""), ("agency", "SCJG")]
    assert evaluated(year, "2026-06").compared == ()
    months = tuple(base(10, 0, month=n) for n in range(1, 13))
    june = evaluated(bodies(many(20), baseline=months), "2026-06").compared
    assert [one.planned for one in june] == [(20, 10)]
    assert evaluated(bodies(many(20), baseline=months[:3]), "2026-H1").compared == ()
    assert evaluated(bodies(many(20), baseline=months)).compared[0].planned == (20, 120)


def test_joint_random_and_off_site_rates() -> None:
    """A01-7.5."""
    rows = [
        result("R1", DAY, check_code="C1", filing_id="D1"),
        result("R2", DAY, check_code="C2", agency_id="HJ"),
        result("R3", DAY, check_code="C3", agency_id="K1", site_id="S2"),
        result("R4", DAY, check_code="C4", agency_id="HJ", site_id="S2", trigger="triggered", source="warning"),
        result("R5", DAY, check_code="C5", site_id="S3", mode="off_site", result="problem", measure="correct"),
        result("R6", DAY, check_code="C6", site_id="S4", result="problem", guidance=True),
    ]
    lines = (line("R1", "I1"), line("R5", "I1"), line("R6", "I1", "untouched"))
    found = evaluated(bodies(rows, result_items=lines, filings=(filing("D1", kind="random"),)))
    ratios = {key: (figure(found, key).numerator, figure(found, key).denominator) for key in {
        "random_rate", "joint_rate", "joint_entries", "off_site_rate", "own_clues", "follow_up", "guidance",
        "content", "off_site_scenes",
    }}  # fmt: skip
    assert ratios == {
        "random_rate": (1, 4),
        "joint_rate": (2, 4),
        "joint_entries": (1, 3),
        "off_site_rate": (1, 6),
        "own_clues": (1, 1),
        "follow_up": (1, 2),
        "guidance": (1, 2),
        "content": (1, 4),
        "off_site_scenes": (1, None),
    }
    assert figure(found, "planned_on", "agency", "HJ").numerator == 2  # a section counts as its body
    with pytest.raises(StopIteration):
        figure(found, "follow_up", "agency", "HJ")  # measures are never split by agency


def test_one_check_is_agency_site_date_and_code() -> None:
    same = [result("R1", DAY, check_code="C1"), result("R2", DAY, check_code="C1", result="problem")]
    found = checks_of(bodies(same), date(2026, 1, 1), date(2026, 12, 31))
    assert [(one.problem, one.agency) for one in found] == [(True, "SCJG")]
    other = [same[0], replace(same[1], check_code="C2")]
    assert len(checks_of(bodies(other), date(2026, 1, 1), date(2026, 12, 31))) == 2


def test_cuts_take_the_grade_of_the_day_and_a_zero_denominator_is_a_dash() -> None:
    rows = [result("R1", date(2026, 2, 2), check_code="C1"), result("R2", DAY, check_code="C2")]
    grades = (grade("S1", "A01", "B"), grade("S1", "A01", "D", date(2026, 5, 1)))
    found = evaluated(bodies(rows, grades=grades))
    assert [figure(found, "planned_on", "grade", letter).numerator for letter in "BD"] == [1, 1]
    assert figure(found, "own_clues").text == "—"


def random_year() -> Tables:
    draw = Random(5)
    rows, lines = [], []
    for n in range(600):
        name, day = f"R{n}", date(2026, 1, 5) + timedelta(days=draw.randrange(350))
        code = draw.choice(["", f"C{draw.randrange(400)}"])
        rows.append(
            result(
                name,
                day,
                check_code=code,
                visit_no=draw.choice([1, 1, 1, 2]),
                site_id=f"S{draw.randrange(1, 41)}",
                agency_id=draw.choice(["SCJG", "HJ", "K1"]),
                trigger=draw.choice(["planned", "planned", "triggered"]),
                mode=draw.choice(["on_site", "on_site", "off_site", "summons"]),
                result=draw.choice(["clear", "clear", "problem", "no_show", "closed"]),
                source=draw.choice(["inspection", "remote", "complaint"]),
                start=draw.choice(["", "09:30", "下午"]),
                end=draw.choice(["10:30", "10:00"]),
                code_applied_at=draw.choice(["", day.isoformat(), f"{day} 10:00", str(day + timedelta(days=2))]),
                guidance=draw.random() < 0.3,
                filing_id=draw.choice(["", "D1"]),
                evaluated=draw.random() < 0.95,
            )
        )
        if draw.random() < 0.6:
            lines.append(line(name, "I1", draw.choice(["clear", "problem", "untouched"])))
    filings = (filing("D1", kind="random"),)
    return bodies(rows, result_items=tuple(lines), filings=filings, baseline=(base(500, 90),))


def test_a_script_that_shares_no_code_recounts_it(tmp_path: Path) -> None:
    source = random_year()
    found, document = evaluation_of(source, "2026", 2024)
    files = write_evaluation(found, document, source, tmp_path)

    def recount() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(files[2]), str(files[0])]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = recount()
    assert (done.returncode, "通过" in done.stdout) == (0, True), done.stdout
    read = json.loads(files[0].read_text(encoding="utf-8"))
    for number, key in ((0, "planned_on"), (1, "joint_rate"), (2, "coded_late")):
        spoiled = json.loads(json.dumps(read))
        one = next(f for f in spoiled["figures"] if f["key"] == key and f["cut"] == ("agency" if number else ""))
        one["numerator"] += 1
        files[0].write_text(json.dumps(spoiled), encoding="utf-8")
        failed = recount()
        assert failed.returncode == 1
        assert key in failed.stdout
    book = openpyxl.load_workbook(files[1])
    assert book.sheetnames[0] == "指标"
    assert book["指标"].max_row == len(found.figures) + 1


def test_no_figure_counts_penalties_cases_or_fines() -> None:
    """A01-7.1, A04-7.1: names of figures, of the document and of its columns."""
    _, document = evaluation_of(bodies(many(3)), "2026", 2024)
    names = [*document, *document["columns"], *document["figures"][0]]
    names += [text for one in INDICATORS for text in (one.key, one.zh, one.en, one.numerator, one.denominator)]
    assert len(names) > 100
    assert not [name for name in names if is_forbidden(name)]
    assert "officers" not in document["columns"]  # nobody is ranked


def test_every_figure_cites_clauses_that_stand() -> None:
    annexes = {"D", *(domain for domain, _ in DOMAINS)}
    for one in INDICATORS:
        assert one.clauses
        assert {rulebook().clause(clause).doc for clause in one.clauses} <= annexes
    assert len({one.key for one in INDICATORS}) == len(INDICATORS)


def test_a_period_that_is_none_is_told() -> None:
    with pytest.raises(InputError, match="时期"):
        evaluated(bodies(many(1)), "2026-13")
