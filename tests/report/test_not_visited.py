"""What is not visited is a result: a list, a sheet, a section, and files of a month that has nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from planner.domain.not_visited import KINDS, NotVisited
from planner.domain.result import Status
from planner.report.figures.not_visited import not_visited_rows
from planner.report.words.texts import text
from planner.service.files.answering import why_of
from planner.service.files.outputs import write_outputs
from planner.service.files.own_outputs import write_own_outputs
from planner.service.files.plan_file import plan_document, read_document
from planner.service.files.verifying import verify_plan
from planner.service.month.planning import Planned, plan_tables
from tests.intake_law.build import agency, answered, filing, inspector, item, june, listed, past, site, tables

MAY_28 = date(2026, 5, 28)
SHORT = {"window_to": june(25)}


@pytest.fixture(scope="module")
def planned() -> Planned:
    """June with one of each kind, one visit of fire, and an unannounced filing at a quiet site."""
    bodies = {"SCJG": "A01", "XF": "A03", "YJ": "A12", "SHSJ": "A01"}
    rows = tables(
        agencies=[agency(b, d, level="city" if b == "SHSJ" else "district") for b, d in bodies.items()],
        inspectors=[inspector(f"{body}-{n}", body) for body in bodies for n in range(2)],
        sites=[site(f"S{n}", tags=("消防重点单位",) if n == 7 else ()) for n in range(1, 10)],
        items=[
            item("I1"),
            item("I-OFF", off_site_possible=True),
            item("I-FIRE", "XF"),
            item("I-YJ-F", "YJ", fire=True),
        ],
        filings=[
            filing("F1", items=("I-OFF",), sites=("S1",)),
            filing("F2", sites=("S2",), mode="summons"),
            filing("F3", sites=("S3",), **SHORT),
            filing("F4", sites=("S4",), **SHORT),
            filing("F5", sites=("S5",), window_from=MAY_28),
            filing("F6", sites=("S6",)),
            filing("F7", "XF", items=("I-FIRE",), sites=("S7",)),
            filing("F7F", "YJ", items=("I-YJ-F",), sites=("S7",)),
            filing("F8", sites=("S8",)),
            filing("F8U", sites=("S8",), unannounced=True),
            filing("F9", sites=("S9",), filed_on=date(2026, 7, 9)),
        ],
        history=[
            past(MAY_28, "SHSJ", "S3"),
            past(MAY_28, "SCJG", "S4", trigger="triggered"),
            past(MAY_28, "SCJG", "S5"),
            past(MAY_28, "SCJG", "S6", mode="off_site"),
        ],
        absorptions=[answered(MAY_28, site_id="S4")],
        lists=[listed("quiet_site", domain="A01", site_id="S8")],
    )
    return plan_tables(rows, "2026-06")


def by_filing(planned: Planned) -> dict[str, NotVisited]:
    found = {row.filings[0]: row for row in planned.result.not_visited}
    assert len(found) == len(planned.result.not_visited)
    return found


def test_each_kind_is_listed_with_site_clause_date_and_what_it_rests_on(planned: Planned) -> None:
    rows = by_filing(planned)
    assert {name: row.kind for name, row in rows.items()} == {
        "F1": "off_site",
        "F2": "summons",
        "F3": "recognised",
        "F4": "absorbed",
        "F5": "done",
        "F6": "done_off_site",
        "F7F": "fire",
        "F8": "removed",
        "F9": "removed",
    }
    assert {row.kind for row in rows.values()} == set(KINDS)
    told = {
        "F1": "A01-3.4.1b",
        "F3": "A01-3.1.2",
        "F4": "A01-5.1c",
        "F7F": "A03-3.1c",
        "F8": "A01-4.1.2b",
        "F9": "D-2.6a",
    }
    for name, clause in told.items():
        assert clause in rows[name].clauses
    fires_day = planned.result.case.days[planned.result.visits[0].day]
    days = {"F3": MAY_28, "F4": MAY_28, "F5": MAY_28, "F6": MAY_28, "F7F": fires_day}
    assert {name: row.on for name, row in rows.items() if row.on} == days
    assert (rows["F3"].site, rows["F3"].site_name, rows["F3"].town) == ("S3", "S3", "朱泾镇")
    assert (rows["F9"].site, rows["F9"].items) == ("", ("I1",))
    assert "F8U" not in rows  # unannounced checks are no part of the plan
    for row in rows.values():
        assert row.clauses
        annex = "A03" if row.kind == "fire" else row.domain
        assert {clause.split("-")[0] for clause in row.clauses} <= {annex, "D"}


def test_workbook_page_and_plan_file_have_them(planned: Planned, tmp_path: Path) -> None:
    write_outputs(planned, tmp_path)
    sheet = load_workbook(tmp_path / "统筹计划-2026-06.xlsx")[text("sheet_not_visited")]
    lines = list(sheet.iter_rows(values_only=True))
    assert len(lines) == 1 + 9
    assert ("市区结果互认", "S3") in {line[:2] for line in lines}
    page = (tmp_path / "报告-2026-06.html").read_text(encoding="utf-8")
    assert "不安排的任务（9 项）" in page
    assert sum(row.count for row in not_visited_rows(planned.result, planned.names)) == 9
    document = read_document(tmp_path / "plan.json")
    assert [row["filings"] for row in document["not_visited"]] == [list(r.filings) for r in planned.result.not_visited]
    assert not [
        p for p in verify_plan(tmp_path / "plan.json", tmp_path, tables=planned.tables) if p.severity == "error"
    ]
    told = why_of(document, by_filing(planned)["F7F"].task)
    assert told is not None
    assert (told["outcome"], "A03-3.1c" in told["clauses"]) == ("recognised", True)


def test_a_finding_that_points_to_the_sheet_names_it_rightly(planned: Planned) -> None:
    from planner.intake.words.catalogue import render

    pointing = [f for f in planned.result.findings if f.code == "law.sites-removed"]
    assert pointing
    assert all(text("sheet_not_visited") in render(f)[2] for f in pointing)


def test_an_agencys_own_workbook_has_its_own_alone(planned: Planned, tmp_path: Path) -> None:
    written = write_own_outputs(planned, tmp_path)
    (fires,) = (name for name, audience in written.items() if audience == "agency:XF")
    sheet = load_workbook(tmp_path / fires)[text("sheet_not_visited")]
    assert text("not_visited_empty") in {line[0] for line in sheet.iter_rows(values_only=True)}


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        (
            {
                "history": [past(MAY_28, trigger="triggered")],
                "filings": [filing(**SHORT)],
                "absorptions": [answered(MAY_28)],
            },
            "absorbed",
        ),
        (
            {
                "agencies": [agency("SCJG"), agency("SHSJ", level="city")],
                "history": [past(MAY_28, "SHSJ")],
                "filings": [filing(**SHORT)],
            },
            "recognised",
        ),
        ({"items": [item(off_site_possible=True)]}, "off_site"),
        ({"filings": [filing(mode="summons")]}, "summons"),
        ({"lists": [listed("quiet_site", domain="A01", site_id="S1")]}, "removed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_month_of_those_alone_has_its_files(rows: dict[str, object], kind: str, tmp_path: Path) -> None:
    planned = plan_tables(tables(**rows), "2026-06")
    assert planned.result.status is Status.OPTIMAL
    assert [row.kind for row in planned.result.not_visited] == [kind]
    names = {path.name for path in write_outputs(planned, tmp_path)}
    assert {"统筹计划-2026-06.xlsx", "报告-2026-06.html", "plan.json"} <= names
    assert plan_document(planned)["not_visited"][0]["kind"] == kind
