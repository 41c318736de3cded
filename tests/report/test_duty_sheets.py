"""Sheets of times and people: duty sheets, joint visits, crews by half-day; to each audience what it may see."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from planner.report.figures.kpis import month_kpis
from planner.report.figures.summary import left_out_json, summary_json, visits_json
from planner.report.sheets.workbook import write_workbook
from planner.report.visits.leading import lead_of, order_of
from planner.report.visits.slots import crew_slots, visits_going_on
from planner.report.visits.view import VisitRow, view_of
from tests.report.month import DRUG, ENVIRONMENT, FIRE, MARKET, NAMES, PEOPLE, case_of, result_of, timed

ALL_PEOPLE = [person for team in PEOPLE.values() for person in team]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("book") / "month.xlsx"
    result = timed(result_of())
    write_workbook(result, month_kpis(result, names=NAMES), path, names=NAMES)
    return load_workbook(path)


def _dicts(sheet: Any) -> list[dict[str, Any]]:
    head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_visits_have_time_and_people(book: Any) -> None:
    first, _, third, *_ = _dicts(book["全部入企"])
    assert first["到场时间"] == "09:15–11:00"
    assert first["检查人员"] == "区生态环境局：赵一、钱二\n区市场监管局：张甲、李乙"
    assert third["到场时间"] == "13:30–14:45"
    assert [row["检查人员"] for row in _dicts(book["主体-区市场监管局"])] == ["张甲、李乙", "张甲、李乙、王丙、吴丁"]


def test_duty_sheet_is_a_line_per_visit_and_crew(book: Any) -> None:
    rows = _dicts(book["出勤单-区市场监管局"])
    assert [(r["日期"], r["承办单位"], r["组"], r["时段"], r["到场时间"], r["检查人员"]) for r in rows] == [
        ("2026-06-08 周一", "区市场监管局", "第1组", "上午", "09:15–10:30", "张甲、李乙"),
        ("2026-06-09 周二", "区市场监管局", "第1组", "上午", "10:30–11:45", "张甲、李乙"),
        ("2026-06-09 周二", "药品监管科", "第1组", "上午", "10:30–11:45", "王丙、吴丁"),
    ]
    assert (rows[0]["地址"], rows[0]["同行主体"], rows[1]["地址"]) == ("=朱泾路1号", "区生态环境局", None)
    sheet = book["出勤单-区市场监管局"]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)


def test_duty_sheets_of_others_know_no_unannounced_check(book: Any) -> None:
    own = _dicts(book["出勤单-区生态环境局"])
    assert [row["突击"] for row in own] == [None, None, "是", None]
    for name in ("出勤单-区市场监管局", "出勤单-区消防救援局", "联合检查单"):
        assert "化工厂" not in str(_dicts(book[name]))


def test_joint_sheet_says_who_leads_where_to_meet_and_in_which_order(book: Any) -> None:
    first, second = [row for row in _dicts(book["联合检查单"]) if row["入企编号"]]
    assert (first["牵头主体"], first["集合地点"]) == ("区生态环境局", "=朱泾路1号")
    assert first["检查次序"] == "1. 区生态环境局（105 分钟）\n2. 区市场监管局（75 分钟）"
    assert "约定" in first["牵头依据"]
    assert first["检查人员"] == "区生态环境局：赵一、钱二\n区市场监管局：张甲、李乙"
    assert second["检查对象"] == "+宾馆"
    assert second["牵头联系人"] is None  # environment and fire stay equally long: the first by id leads


def _joint_row(**more: Any) -> VisitRow:
    case = case_of()
    tasks = [replace(t, **more.get(t.id, {})) for t in case.tasks]
    sites = [replace(s, tags=tuple(more.get("tags", ())) if s.id == "S3" else s.tags) for s in case.sites]
    result = timed(result_of(case_of(tasks=tasks, sites=sites)))
    return next(row for row in view_of(result, names=NAMES).rows() if row.site.id == "S3")


def test_fire_leads_at_key_units_only() -> None:
    assert lead_of(_joint_row()).party.id == ENVIRONMENT
    lead = lead_of(_joint_row(tags=["消防重点单位"]))
    assert (lead.party.id, lead.clause) == (FIRE, "A03-3.1b")
    assert [p.id for p in order_of(_joint_row(tags=["消防重点单位"]))] == [FIRE, ENVIRONMENT]


def test_who_draws_up_the_joint_plan_of_a_theme_leads_even_there() -> None:
    themed = {"joint_group": "J-1", "clauses": ("A06-2.2.3a",)}
    lead = lead_of(_joint_row(tags=["消防重点单位"], E3=themed))
    assert (lead.party.id, lead.clause) == (ENVIRONMENT, "A06-2.2.3a")


def test_else_the_longest_stay_leads() -> None:
    lead = lead_of(_joint_row(F3={"minutes": 90}))
    assert (lead.party.id, lead.clause) == (FIRE, "")


def test_crews_by_half_day(book: Any) -> None:
    rows = {row.unit: row for row in crew_slots(view_of(timed(result_of())))}
    assert rows[ENVIRONMENT].used == ((1, 0), (0, 0), (0, 1), (1, 0), (1, 0))
    assert rows[ENVIRONMENT].there == ((1, 1),) * 5  # three people make one crew of two, two on Monday morning as well
    assert rows[DRUG].used[1] == (1, 0)
    cells = {str(row[0].value): [c.value for c in row[1:6]] for row in book["负荷日历"].iter_rows() if row[0].value}
    assert cells["区生态环境局 上午"] == ["1/1", "0/1", "0/1", "1/1", "1/1"]
    assert cells["区生态环境局 下午"] == ["0/1", "0/1", "1/1", "0/1", "0/1"]


def test_a_visit_across_the_break_takes_both_halves() -> None:
    rows = {row.unit: row for row in crew_slots(view_of(timed(result_of(), S6=10)))}
    assert rows[ENVIRONMENT].used[4] == (1, 1)


def test_slots_hide_unannounced_checks_from_the_public() -> None:
    result = timed(result_of())
    rows = {row.unit: row for row in crew_slots(view_of(result, "public"))}
    assert rows[ENVIRONMENT].used[3] == (0, 0)
    assert visits_going_on(view_of(result))[3].sum() == 5
    assert visits_going_on(view_of(result, "public"))[3].sum() == 0


def test_json_has_slot_crew_and_people() -> None:
    result = timed(result_of())
    first = visits_json(result, names=NAMES)[0]
    assert first["slot"] == {"start": "09:15", "end": "11:00"}
    assert [(i["agency"], i["crew"], [p["name"] for p in i["people"]]) for i in first["inspectors"]] == [
        (ENVIRONMENT, 1, ["赵一", "钱二"]),
        (MARKET, 1, ["张甲", "李乙"]),
    ]
    summary = summary_json(result, month_kpis(result))
    assert (summary["timed"], summary["crewed"]) == (5, 5)
    assert (summary["quiet_hours"], summary["town_changes"], summary["workload"]) == (0, 2, 33)
    (cut,) = summary["cuts"]
    assert (cut["unit"], cut["day"], cut["stage"], cut["rule"]) == (ENVIRONMENT, "2026-06-12", "timetable", "crew.free")
    untimed = summary_json(result_of(), month_kpis(result_of()))
    assert (untimed["timed"], untimed["crewed"], untimed["quiet_hours"], untimed["cuts"]) == (0, 0, None, [])


def test_the_public_is_told_the_half_of_the_day_and_nobody() -> None:
    result = timed(result_of())
    visits = visits_json(result, "public")
    assert [(v["slot"], v["half"], v["inspectors"]) for v in visits[:2]] == [(None, "am", []), (None, "am", [])]
    assert not any(person in str(visits) for person in ALL_PEOPLE)
    summary = summary_json(result, month_kpis(result, "public"))
    assert (summary["timed"], summary["crewed"]) == (4, 4)
    assert not summary.keys() & {"cuts", "day_levels", "workload", "town_changes", "quiet_hours"}


def test_names_go_to_the_agencies_at_the_same_visit_and_no_others() -> None:
    seen = str(visits_json(timed(result_of()), "agency", agency=FIRE))
    assert all(name in seen for name in ("孙火", "周炎", "赵一", "钱二"))  # environment is at the same visit
    assert not any(name in seen for name in ("张甲", "李乙", "王丙", "吴丁", "郑三"))


def test_a_public_workbook_names_nobody(tmp_path: Path) -> None:
    result = timed(result_of())
    write_workbook(result, month_kpis(result, "public", names=NAMES), tmp_path / "p.xlsx", names=NAMES)
    book = load_workbook(tmp_path / "p.xlsx")
    assert not [name for name in book.sheetnames if name.startswith(("出勤单", "联合检查单"))]
    text = str([_dicts(sheet) for sheet in book if sheet.title != "概览"])
    assert not any(person in text for person in ALL_PEOPLE)
    assert [row["时段"] for row in _dicts(book["全部入企"])] == ["上午", "上午", "下午", "上午"]


def test_left_out_tasks_name_the_stage(book: Any, tmp_path: Path) -> None:
    (row,) = _dicts(book["未安排及原因"])
    assert row["受限环节"] == "排期"
    base = result_of()
    late = replace(base, reasons=(replace(base.reasons[0], stage="crew", rule="crew.enough", blocked=()),))
    assert left_out_json(late)[0]["reason"]["stage"] == "crew"
    (told,) = left_out_json(late, "public")
    assert told["reserved"]  # an unannounced check takes people of the same unit
    write_workbook(late, month_kpis(late, names=NAMES), tmp_path / "b.xlsx", names=NAMES)
    assert _dicts(load_workbook(tmp_path / "b.xlsx")["未安排及原因"])[0]["受限环节"] == "派员"


def test_levels_of_the_day_stand_with_their_bounds(book: Any) -> None:
    rows = {row[0].value: [cell.value for cell in row[1:6]] for row in book["概览"].iter_rows() if row[0].value}
    assert rows["避开时段内的检查（刻钟，已定日期下）"] == [0, None, 0, "0%", "已证明：求解器，不可复算"]
    assert rows["各组跨街镇转场（次，已定日期下）"] == [2, None, 1, "50.00%", "未证明最优"]
