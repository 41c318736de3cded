"""Codes and results: tests 8 to 12 and 21 to 26 of the requirements on duties, each with its clause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from planner.domain.case import RowRef
from planner.domain.finding import Finding, Severity
from planner.intake.make.prepare import prepare_month
from planner.intake.month.outcome import Prepared
from planner.intake.month.working_days import make_calendar
from planner.intake.read.reader import read_tables
from planner.intake.recorded.checking import check_results
from planner.intake.recorded.effects import further_visits, history_of, todos_of
from planner.intake.recorded.moments import read_clock, read_moment
from planner.intake.tables.records import ResultItemRow, ResultRow, Tables
from planner.intake.tables.schema import TABLES
from planner.intake.words.catalogue import render
from planner.rulebook.recording import clauses_of_results, is_forbidden
from tests.intake_law.build import MONTH, agency, filing, item, june, listed, rulebook, site, tables
from tests.intake_reading.cases import csv_folder, good

CALENDAR = make_calendar((2026,))
END = date(2026, 12, 31)


JUNE_18 = date(2026, 6, 18)


def result(name: str = "R1", day: date = JUNE_18, **cells: Any) -> ResultRow:
    base: dict[str, Any] = {
        "check_code": "",
        "prior_code": "",
        "visit_no": 1,
        "filing_id": "",
        "plan_code": "",
        "trigger": "planned",
        "source": "inspection",
        "site_id": "S1",
        "agency_id": "SCJG",
        "unit_id": "",
        "entry_id": "",
        "start": "",
        "mode": "on_site",
        "place": "premises",
        "end": "",
        "ended_on": None,
        "officers": (),
        "urgent_reason": "",
        "code_applied_at": "",
        "shown": False,
        "recorded_at": "",
        "result": "clear",
        "measure": "",
        "rating": 0,
        "guidance": False,
        "unwilling_joint": False,
        "survey": False,
        "evaluated": True,
        "ref": RowRef("results", 2),
    }
    return ResultRow(result_id=name, date=day, **{**base, **cells})


def line(result_id: str = "R1", item_id: str = "I1", finding: str = "clear") -> ResultItemRow:
    return ResultItemRow(result_id, item_id, "", finding, "", RowRef("result_items", 2))


def of_domain(domain: str, *results: ResultRow, **rows: Any) -> Tables:
    return tables(**{"agencies": (agency("SCJG", domain),), "results": results, "result_items": (line(),), **rows})


def found(source: Tables, code: str, on: date = END) -> Sequence[Finding]:
    return [finding for finding in check_results(source, CALENDAR, on) if finding.code == code]


def prepared(*results: ResultRow, **rows: Any) -> Prepared:
    lines = tuple(line(row.result_id) for row in results)
    given = {"results": results, "result_items": lines, **rows}
    return prepare_month(tables(**given), MONTH, rulebook(), seed=1)


def count(one: Prepared) -> int:
    return one.case.n_tasks if one.case else 0


def test_8_transport_records_within_two_working_days_of_the_end() -> None:
    """A08-2.6.3: 18 June is followed by a holiday, so 23 June is the second day."""
    coded = {"check_code": "C1", "code_applied_at": "2026-06-17"}
    for told, late in (("2026-06-23 17:00", 0), ("2026-06-24", 1)):
        late_ones = found(of_domain("A08", result(recorded_at=told, **coded)), "result.late")
        assert len(late_ones) == late
        for one in late_ones:
            assert (one.severity, one.clauses, one.params["due"]) == (Severity.WARNING, ("A08-2.6.3",), "2026-06-23")
    elsewhere = found(of_domain("A01", result(recorded_at="2026-06-30", **coded)), "result.late")
    assert [one.severity for one in elsewhere] == [Severity.INFO]


def test_9_an_urgent_check_is_coded_within_three_working_days() -> None:
    """A01-3.4.3b: 10 October is a make-up day after the long holiday."""
    urgent = {"day": date(2026, 9, 30), "trigger": "triggered", "urgent_reason": "举报", "check_code": "C1"}
    assert found(of_domain("A01", result(**urgent, code_applied_at="2026-10-10")), "code.late") == []
    late = found(of_domain("A01", result(**urgent, code_applied_at="2026-10-12")), "code.late")
    assert [(one.severity, one.clauses) for one in late] == [(Severity.WARNING, ("A01-3.4.3b",))]
    bare = of_domain("A01", result(**{**urgent, "check_code": ""}))
    assert found(bare, "code.none", date(2026, 10, 10)) == []
    assert [one.severity for one in found(bare, "code.none", date(2026, 10, 12))] == [Severity.ERROR]


def test_10_the_environment_s_surprise_code_has_no_time() -> None:
    """A07-7.2a: told, never an error."""
    row = result(urgent_reason="偷排", check_code="C1", code_applied_at="2026-06-28")
    source = of_domain("A07", row)
    told = found(source, "code.late")
    assert [(one.severity, one.clauses) for one in told] == [(Severity.INFO, ("A07-7.2a",))]
    assert found(source, "code.none") == []


def test_11_the_police_have_no_late_code() -> None:
    """D-2.7b."""
    row = result(urgent_reason="紧急", check_code="C1", code_applied_at="2026-06-19", trigger="triggered")
    told = found(of_domain("A02", row), "code.none")
    assert [(one.severity, one.clauses) for one in told] == [(Severity.ERROR, ("D-2.7b",))]
    assert "监督建议书" in render(told[0])[2]
    soft = found(of_domain("A10", row), "code.none")
    assert [one.severity for one in soft] == [Severity.WARNING]


def test_12_culture_keeps_a_list_of_urgent_cases() -> None:
    """A06-2.2.2b."""
    row = result(urgent_reason="群众举报", check_code="C1", code_applied_at="2026-06-19")
    unlisted = found(of_domain("A06", row, items=(item(urgent_cases=("突发事件",)),)), "code.reason-unlisted")
    assert [one.clauses for one in unlisted] == [("A06-2.2.2b",)]
    assert found(of_domain("A06", row, items=(item(urgent_cases=("群众举报",)),)), "code.reason-unlisted") == []
    assert [one.params["item"] for one in found(of_domain("A06", row), "result.no-limit")] == ["I1"]


def test_a_code_at_two_sites_is_another_check_s() -> None:
    """D-2.7a."""
    coded = {"check_code": "C1", "code_applied_at": "2026-06-01"}
    rows = (result(**coded), result("R2", site_id="S2", **coded))
    told = found(of_domain("A01", *rows, sites=(site(), site("S2"))), "code.foreign")
    assert [(one.severity, one.subjects[0]) for one in told] == [(Severity.ERROR, "R2")]
    twice = (result(**coded), result("R2", june(22), **coded))
    assert len(found(of_domain("A01", *twice), "code.foreign")) == 1
    again = (result(**coded, result="problem"), result("R2", june(22), visit_no=2, **coded))
    assert found(of_domain("A01", *again), "code.foreign") == []


def test_the_same_day_s_code_counts_by_the_clock() -> None:
    """D-2.7b."""
    for at, start, late in (("2026-06-18 09:00", "09:30", 0), ("2026-06-18 10:00", "09:30", 1), ("2026-06-18", "", 0)):
        row = result(check_code="C1", code_applied_at=at, start=start)
        assert len(found(of_domain("A02", row), "code.none")) == late
    unread = result(check_code="C1", code_applied_at="昨天")
    assert len(found(of_domain("A02", unread), "result.time-unread")) == 1
    assert (read_moment("2026/6/9 9:05"), read_clock("25:00")) == ((date(2026, 6, 9), 545), None)


def test_22_a_further_visit_on_the_same_code_uses_up_nothing() -> None:
    """A01-5.2.4c: neither gap nor cap; without such a clause it counts."""
    day = date(2026, 5, 4)
    first = result("R1", date(2026, 1, 12), check_code="C1", result="problem", filing_id="F0")
    second = result("R2", day, check_code="C1", visit_no=2, filing_id="F0")
    source = of_domain("A01", first, second)
    assert further_visits(source) == {"R2"}
    assert [row.date for row in history_of(source)] == [first.date]
    assert [row.date for row in history_of(of_domain("A08", first, second))] == [first.date, day]
    unfounded = of_domain("A01", result("R2", day, check_code="C1", visit_no=2))
    assert [row.date for row in history_of(unfounded)] == [day]
    assert len(found(unfounded, "result.recheck-unfounded")) == 1


def test_a_planned_result_is_a_check_done() -> None:
    """One answer within a window; nobody met and closed premises are none."""
    assert count(prepared()) == 1
    done = result("R1", june(3))
    assert count(prepared(done)) == 0
    assert count(prepared(result("R1", june(3), result="no_show"))) == 1
    untouched = (line("R1", "I1", "untouched"),)
    assert count(prepared(done, result_items=untouched)) == 1


def test_21_a_check_from_above_without_a_plan_is_triggered() -> None:
    """A11-2.2b: it uses up neither gap nor cap."""
    row = result("R1", date(2026, 5, 4), trigger="triggered", check_code="C1")
    source = of_domain("A11", row)
    assert [past.trigger for past in history_of(source)] == ["triggered"]
    assert count(prepared(row, agencies=(agency("SCJG", "A11"),))) == 1


def test_23_an_off_site_problem_opens_an_on_site_check_at_a_quiet_site() -> None:
    """A01-2.2b."""
    quiet = listed("quiet_site", domain="A01", site_id="S1")
    source = of_domain("A01", result(mode="off_site", result="problem"), lists=(quiet,))
    todos = todos_of(source, june(1), june(30))
    assert [(todo.kind, todo.site, todo.items) for todo in todos] == [("on-site", "S1", ("I1",))]
    assert todos[0].clauses[0] == "A01-2.2b"
    assert todos_of(of_domain("A01", result(mode="off_site")), june(1), june(30)) == ()


@pytest.mark.parametrize(("domain", "opens"), [("A01", june(21)), ("A05", june(20))])
def test_24_and_25_a_city_result_is_recognised_for_a_month(domain: str, opens: date) -> None:
    """A01-3.1.2: visits up to 20 June are barred, later days stay; an annex that is silent recognises nothing."""
    bodies = (agency("SCJG", domain), agency("CITY", domain, level="city"))
    city = result("R1", date(2026, 5, 20), agency_id="CITY", check_code="C1")
    one = prepared(city, agencies=bodies, filings=(filing(window_from=june(20)),))
    assert one.case is not None
    assert one.case.tasks[0].window[0] == opens
    ended = prepared(city, agencies=bodies, filings=(filing(window_from=june(1), window_to=june(18)),))
    assert count(ended) == (0 if domain == "A01" else 1)


def test_26_closed_premises_leave_the_cap_unused_and_a_to_do() -> None:
    """D-2.3e."""
    closed = result("R1", june(2), result="closed")
    assert count(prepared(closed)) == 1
    todos = todos_of(of_domain("A01", closed), june(1), june(30))
    assert [todo.kind for todo in todos] == ["remove"]
    assert "D-2.3e" in todos[0].clauses
    assert "候补" in todos[0].zh


def test_surveys_and_unwilling_enterprises_are_to_dos_of_the_library() -> None:
    """A01-5.2.4a, A06-2.2.3f."""
    source = of_domain("A01", result(site_id="NEW", survey=True))
    assert [(todo.kind, todo.clauses[0]) for todo in todos_of(source, june(1), END)] == [("add", "A01-5.2.4a")]
    assert found(source, "code.none") == []
    unwilling = of_domain("A06", result(unwilling_joint=True))
    assert [todo.clauses for todo in todos_of(unwilling, june(1), END)] == [("A06-2.2.3f",)]


def test_30_a_column_of_penalties_is_not_read(tmp_path: Path) -> None:
    """A01-7.1."""
    raw = good()
    folder = csv_folder(tmp_path, raw)
    file = folder / "results.csv"
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    file.write_text("\n".join([lines[0] + ",罚款金额", *(row + ",5000" for row in lines[1:])]), encoding="utf-8-sig")
    read = read_tables(folder)
    told = [finding for finding in read.findings if finding.code == "fig.forbidden"]
    assert [(finding.table, finding.clauses) for finding in told] == [("results", ("A01-7.1", "A04-7.1"))]
    assert len(read.results) == 1
    assert "5000" not in str(read.results)


def test_no_table_asks_for_a_figure_of_penalties() -> None:
    """A01-7.1, A04-7.1."""
    assert not [column.key for table in TABLES for column in table.columns if is_forbidden(column.title + column.key)]
    assert all(map(is_forbidden, ("罚款金额", "处罚数量", "立案数", "Fines", "ＦＩＮＥ")))
    assert not any(map(is_forbidden, ("转处罚", "发现问题数", "finding", "defined")))


def test_what_results_cite_stands_in_its_annex() -> None:
    for domain, clause in clauses_of_results():
        assert rulebook().clause(clause).doc in (domain, "D")
