"""What restricts fails safe: an unreadable cell of a restriction never frees a site, a day or a person."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from planner.domain.finding import Severity
from planner.intake.words.catalogue import render
from planner.intake.words.held import held_count, held_places, stops_publishing
from planner.service import plan_month, verify_plan, write_outputs
from tests.filings.district import Raw, codes, screened, visits_due, written


def put(table: str, key: str, value: object) -> Any:
    def edit(raw: Raw) -> None:
        raw[table][0][key] = value

    return edit


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    _, prepared = screened(written(tmp_path_factory.mktemp("clean")))
    assert not [one for one in prepared.findings if one.severity is Severity.ERROR]
    return visits_due(prepared)


def test_the_restrictions_restrict(clean: set[tuple[str, str]]) -> None:
    assert ("SCJG", "JS-001") not in clean
    assert ("SCJG", "JS-002") not in clean
    assert len(clean) == 10


@pytest.mark.parametrize(
    ("table", "key", "value"),
    [
        ("history", "result", "见附件"),
        ("history", "mode", "其他"),
        ("history", "trigger", "见附件"),
        ("history", "items", "SP-77"),
        ("history", "date", "上次"),
        ("history", "date", ""),
        ("history", "date", "2026年3月"),
        ("history", "date", "2026年"),
        ("history", "agency_id", "某局"),
        ("history", "agency_id", ""),
        ("lists", "kind", "特殊名单"),
        ("lists", "kind", ""),
        ("lists", "domain", "综合"),
        ("lists", "from", "年初"),
        ("lists", "to", "以后再定"),
    ],
)
def test_an_unreadable_cell_frees_nothing_and_bars_no_more_than_its_site(
    table: str, key: str, value: str, clean: set[tuple[str, str]], tmp_path: Path
) -> None:
    _, prepared = screened(written(tmp_path, put(table, key, value)))
    due = visits_due(prepared)
    assert due <= clean
    site = "JS-001" if table == "history" else "JS-002"
    assert {s for _, s in clean - due} <= {site}
    assert "held.cell" in codes(prepared)
    assert all(f.clauses for f in prepared.findings if f.code.startswith("held."))
    assert held_count(prepared.findings) == 1
    assert not stops_publishing(prepared.findings)
    assert held_places(prepared.findings).startswith("检查记录第 2 行" if table == "history" else "清单第 2 行")


@pytest.mark.parametrize(("table", "key"), [("history", "site_id"), ("lists", "site_id"), ("calendar", "date")])
def test_where_the_key_is_unreadable_planning_goes_on_and_publishing_stops(
    table: str, key: str, tmp_path: Path
) -> None:
    _, prepared = screened(written(tmp_path, put(table, key, "不详")))
    assert prepared.case is not None
    (stop,) = stops_publishing(prepared.findings)
    assert (stop.code, stop.table, stop.row) == ("held.row", table, 2)


@pytest.mark.parametrize("value", ["很多", "", "两次", "-1"])
def test_a_cap_that_is_unreadable_stops_publishing(value: str, tmp_path: Path) -> None:
    _, prepared = screened(written(tmp_path, put("settings", "value", value)))
    assert "held.setting" in {one.code for one in stops_publishing(prepared.findings)}


def test_a_cap_under_a_slip_of_its_name_stops_publishing(tmp_path: Path) -> None:
    _, prepared = screened(written(tmp_path, put("settings", "key", "entry_caps")))
    assert [one.code for one in stops_publishing(prepared.findings)] == ["held.setting"]


def test_a_closed_day_in_other_words_stays_closed(tmp_path: Path) -> None:
    for word, code in (("停检", "cell.read-as"), ("见通知", "held.cell")):
        _, prepared = screened(written(tmp_path, put("calendar", "kind", word)))
        assert prepared.case is not None
        assert date(2026, 6, 15) not in prepared.case.days
        assert code in codes(prepared)


def test_of_two_rows_on_one_day_both_bar(tmp_path: Path) -> None:
    def edit(raw: Raw) -> None:
        raw["calendar"] = [{"date": date(2026, 6, 16), "kind": "上班"}, {"date": date(2026, 6, 16), "kind": "停检"}]

    _, prepared = screened(written(tmp_path, edit))
    assert prepared.case is not None
    assert date(2026, 6, 16) not in prepared.case.days


@pytest.mark.parametrize(("key", "value"), [("valid_to", "见证"), ("valid_from", "待查"), ("role", "其他")])
def test_a_certificate_that_is_unreadable_bars_its_person(key: str, value: str, tmp_path: Path) -> None:
    _, prepared = screened(written(tmp_path, put("inspectors", key, value)))
    assert prepared.roster is not None
    assert "SCJG-1" not in {one.id for one in prepared.roster.inspectors}
    assert "held.cell" in codes(prepared)


@pytest.mark.parametrize("value", ["长期", "长期有效", "9999-12-31", "2999/12/31", "NaT", "nan", "\\N", "None"])
def test_a_certificate_without_end_has_none(value: str, tmp_path: Path) -> None:
    _, prepared = screened(written(tmp_path, put("inspectors", "valid_to", value)))
    assert prepared.roster is not None
    assert "SCJG-1" in {one.id for one in prepared.roster.inspectors}
    assert not [one for one in prepared.findings if one.severity is Severity.ERROR]
    assert [one.code for one in prepared.findings if one.column == "证件有效期止"] == ["cell.read-as"]


@pytest.mark.parametrize(
    "cells", [{"to": "下周"}, {"from": "上周"}, {"half": "半天"}, {"from": date(2026, 6, 9), "to": date(2026, 6, 8)}]
)
def test_an_absence_that_is_unreadable_keeps_its_days(cells: dict[str, object], tmp_path: Path) -> None:
    def edit(raw: Raw) -> None:
        raw["absences"][0] |= cells

    _, prepared = screened(written(tmp_path, edit))
    roster, case = prepared.roster, prepared.case
    assert roster is not None
    assert case is not None
    who = [one.id for one in roster.inspectors].index("SCJG-1")
    day = case.days.index(date(2026, 6, 8))
    assert not roster.present[who, day].any()


def test_a_recusal_without_a_readable_site_keeps_its_person_away(tmp_path: Path) -> None:
    def edit(raw: Raw) -> None:
        raw["lists"].append({"kind": "回避", "inspector_id": "SCJG-2"})

    _, prepared = screened(written(tmp_path, edit))
    assert prepared.roster is not None
    who = [one.id for one in prepared.roster.inspectors].index("SCJG-2")
    assert not prepared.roster.present[who].any()


def test_not_to_join_closed_days_and_status_bar_their_site(tmp_path: Path) -> None:
    _, prepared = screened(written(tmp_path, put("sites", "join", "看情况")))
    assert prepared.case is not None
    first = next(site for site in prepared.case.sites if site.id == "JS-001")
    assert first.id in {prepared.case.sites[n].id for n in range(len(prepared.case.sites)) if prepared.case.listed[n]}
    for key, value in (("blackout_days", "装修期间"), ("status", "待核")):
        _, prepared = screened(written(tmp_path, put("sites", key, value)))
        assert "JS-001" not in {site for _, site in visits_due(prepared)}
        lost = [one for one in prepared.findings if one.code == "held.lost"]
        assert list(prepared.findings[: len(lost)]) == lost
        assert ("区应急管理局", "必须") in {(one.params["agency"], one.params["strength"]) for one in lost}
        assert all("检查对象第 2 行" in render(one)[2] for one in lost)


def test_tasks_lost_to_an_unreadable_record_head_the_list(tmp_path: Path) -> None:
    _, prepared = screened(written(tmp_path, put("history", "result", "见附件")))
    first = prepared.findings[0]
    assert (first.code, first.params["agency"], first.params["count"]) == ("held.lost", "区市场监督管理局", "1")
    assert "检查记录第 2 行" in first.params["rows"]


def test_the_month_of_a_listing_is_since_when_and_not_for_how_long(tmp_path: Path) -> None:
    _, prepared = screened(written(tmp_path, put("lists", "from", "2026年1月")))
    assert ("SCJG", "JS-002") not in visits_due(prepared)


def test_words_that_mean_the_same_are_read_with_a_notice(tmp_path: Path, clean: set[tuple[str, str]]) -> None:
    for key, word in (("result", "合格"), ("mode", "现场检查"), ("trigger", "计划内"), ("site_id", " js-001")):
        _, prepared = screened(written(tmp_path, put("history", key, word)))
        assert visits_due(prepared) == clean
        assert not held_count(prepared.findings)


def test_a_table_of_restrictions_whose_header_is_lost_stops_publishing(tmp_path: Path) -> None:
    import openpyxl

    path = written(tmp_path)
    book = openpyxl.load_workbook(path)
    book["检查对象"].cell(1, [c.value for c in book["检查对象"][1]].index("联合意愿") + 1).value = "联合意向"
    book.save(path)
    _, prepared = screened(path)
    assert [one.code for one in stops_publishing(prepared.findings)] == ["held.table"]


def test_plan_and_verify_say_how_many_and_which_and_whether_it_may_be_published(tmp_path: Path) -> None:
    def edit(raw: Raw) -> None:
        raw["history"][0]["result"] = "见附件"
        raw["calendar"].append({"date": "端午", "kind": "不检查"})

    planned = plan_month(written(tmp_path, edit), "2026-06")
    write_outputs(planned, tmp_path / "out")
    document = json.loads((tmp_path / "out" / "plan.json").read_text("utf-8"))
    assert (document["held"]["count"], document["held"]["stops_publishing"]) == (2, 1)
    problems = {one.code: one for one in verify_plan(tmp_path / "out" / "plan.json", tmp_path / "district.xlsx")}
    assert problems["unplaced"].severity is Severity.ERROR
    assert "日历第 3 行" in problems["unplaced"].text()
    assert problems["held"].severity is Severity.INFO
    assert "检查记录第 2 行" in problems["held"].text()
