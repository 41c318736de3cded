"""A month made by hand: a messy workbook read, each breach with its cell and clause, scores, a repair that verifies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from planner.domain.errors import InputError
from planner.domain.finding import Severity
from planner.service import adopt_month, adoption_json, verify_plan
from planner.service.adoption.adopting import Adopted
from tests.cli.district import MONTH, content, district, run, workbook

HEADS = ["企业名称", "检查日期", "牵头部门", "参加部门", "检查内容"]
MESSY: list[list[Any]] = [
    ["金山区2026年6月联合检查安排表", "", "", "", ""],
    HEADS,
    ["化工1厂", "2026年6月3日", "市场监督管理局", "应急管理局", ""],
    ["化工2厂", "2026.6.3", "市场监管局", "", ""],
    ["", "6月8日", "应急管理", "", ""],  # merged with the cell above
    ["化工3场", "2026-06-04", "市场监管局", "", ""],
    ["化工3厂", "2026-06-06", "市场监管局", "", ""],
    ["化工4厂", "2026-06-04", "市场监管局", "", "SCJG-1"],
    ["化工4厂", "2026-06-04", "市场监管局", "", ""],
    ["化工4厂", "2026-06-09", "市场监管局", "", ""],
    ["化工5厂", "下旬某天", "应急管理局", "", ""],
    ["化工6厂", "2026-06-04", "应急局", "", ""],
    ["化工6厂", "2026-06-04", "应急管理局", "", ""],
    ["合计", 9, "", "", ""],
]


def hand_made(path: Path, rows: list[list[Any]], merged: str = "") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "六月"
    for row in rows:
        sheet.append(row)
    if merged:
        sheet.merge_cells(merged)
    book.create_sheet("通讯录").append(["姓名", "电话"])
    book.save(path)
    return path


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    raw = district()
    raw["sites"] = [{**row, "join": "不鼓励" if row["site_id"] == "S2" else "允许"} for row in raw["sites"]]
    raw["filings"][1]["window_to"] = raw["filings"][1]["window_to"].replace(day=12)
    return workbook(tmp_path_factory.mktemp("adoption") / "来源.xlsx", raw)


@pytest.fixture(scope="module")
def messy(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Adopted:
    book = hand_made(tmp_path_factory.mktemp("hand") / "手排.xlsx", MESSY, "A4:A5")
    return adopt_month(book, source, MONTH)


def test_a_messy_workbook_is_read_and_each_fault_is_told_with_its_cell(messy: Adopted) -> None:
    asked = {messy.case.tasks[t].unit + "@" + messy.case.tasks[t].site: row for t, row in messy.placed.row_of.items()}
    read = {key: (row.row, row.day.isoformat()) for key, row in asked.items()}
    assert read == {
        "SCJG@S1": (3, "2026-06-03"),
        "YJJ@S1": (3, "2026-06-03"),
        "SCJG@S2": (4, "2026-06-03"),
        "YJJ@S2": (5, "2026-06-08"),
        "SCJG@S4": (8, "2026-06-04"),
    }
    told = {(one["row"], one["column"]): one for one in adoption_json(messy)["findings"] if one["severity"] != "info"}
    assert "最接近的是“化工3厂”" in told[6, "检查对象"]["message"]
    assert "最近的检查日是 2026-06-05" in told[7, "日期"]["message"]
    assert told[9, "日期"]["code"] == "adopt.repeated"
    assert told[10, "日期"]["code"] == "adopt.twice"
    assert "第 8 行" in told[10, "日期"]["message"]
    assert told[11, "日期"]["code"] == "cell.date"
    assert "应急管理局" in told[12, "检查主体"]["message"]
    assert told[13, "检查主体"]["code"] == "adopt.no-task"
    assert all(told[row, column]["clauses"] for row, column in ((7, "日期"), (10, "日期"), (13, "检查主体")))
    assert told[4, ""]["code"] == "sheet.merged"
    assert len(told) == 8
    assert all(one["sheet"] == "六月" for one in told.values())
    assert messy.placed.unfounded == 1


BROKEN = [
    HEADS,
    ["S1", "2026-06-03", "SCJG", "YJJ", ""],
    ["S2", "2026-06-04", "SCJG;YJJ", "", ""],
    ["S5", "2026-06-22", "YJJ", "", ""],
    ["S3", "2026-06-10", "SCJG", "", ""],
]


@pytest.fixture(scope="module")
def broken(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Adopted:
    return adopt_month(hand_made(tmp_path_factory.mktemp("broken") / "手排.xlsx", BROKEN), source, MONTH)


def test_each_breach_is_told_with_rule_clause_and_cell(broken: Adopted) -> None:
    found = {(one.rule, place.row, place.column): one for one in broken.breaches for place in one.places}
    assert found.keys() == {("join.not", 3, "检查主体"), ("window", 4, "日期")}
    assert all(one.clauses and one.zh and one.en for one in found.values())
    assert found["window", 4, "日期"].sites == ("S5",)


def test_the_repair_changes_only_what_breaks_a_rule_and_is_proven(broken: Adopted) -> None:
    assert broken.planned is not None
    assert broken.lawful is not None
    assert broken.planned.result.violations == 0
    assert broken.changed == broken.lawful.least == 2
    result = broken.planned.result
    assert result.plan is not None
    for t, row in broken.placed.row_of.items():
        kept = row.row in (2, 5)
        assert (result.plan.day[t] == broken.placed.day[t]) or not kept
    told = adoption_json(broken)
    assert told["repair"]["proven"]
    assert {row["row"] for one in told["changes"] for row in one["rows"]} == {3, 4}


def test_the_scores_are_of_the_same_tasks_and_no_lawful_way_is_below_the_bound(broken: Adopted) -> None:
    scores = {one.name: one for one in broken.scores}
    assert scores.keys() == {"hand", "repaired", "alone", "filed", "first_come"}
    assert broken.limit is not None
    assert 0 < broken.limit.bound <= min(one.common for name, one in scores.items() if name != "hand")
    assert scores["alone"].common == broken.common  # each agency by itself: an entry a task here
    assert scores["hand"].visits == 4


def test_the_command_writes_findings_and_a_month_that_verifies(source: Path, tmp_path: Path) -> None:
    book, values = hand_made(tmp_path / "手排.xlsx", BROKEN), tmp_path / "values.json"
    out = tmp_path / "out"
    done = run("adopt", book, source, "--month", MONTH, "--out", out, "--json", values)
    assert done.exit_code == 1, done.output
    assert "已证明不能更少" in done.stdout
    assert content(values)["repair"]["changed"] == 2
    problems = verify_plan(out / "修复后" / "plan.json", source)
    assert [one for one in problems if one.severity is Severity.ERROR] == []
    opened = openpyxl.load_workbook(out / f"手排月核对-{MONTH}.xlsx")
    assert opened.sheetnames == ["结论", "违反规则", "读入问题", "修复改动", "没有写到的任务"]
    assert opened["违反规则"].max_row == 3
    opened.close()


def test_a_lawful_month_stays_as_it_is(source: Path, tmp_path: Path) -> None:
    rows = [HEADS, ["S1", "2026-06-03", "SCJG", "YJJ", ""], ["S4", "6/9", "SCJG", "", ""]]
    found = adopt_month(hand_made(tmp_path / "手排.xlsx", rows), source, MONTH)
    assert found.breaches == ()
    assert found.changed == 0
    assert not [one for one in found.findings if one.severity is Severity.ERROR]
    assert "没有改动" not in adoption_json(found)["told"]["zh"][-1]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([["一", "二"], ["甲", "乙"]], "adopt.no-form"),
        ([HEADS, ["S1", "2026-07-03", "SCJG", "", ""]], "没有一行"),
        ([HEADS], "没有一行"),
    ],
)
def test_a_workbook_that_asks_for_nothing_is_refused(
    source: Path, tmp_path: Path, rows: list[list[Any]], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        adopt_month(hand_made(tmp_path / "手排.xlsx", rows), source, MONTH)


def test_a_file_that_is_no_table_is_refused(source: Path, tmp_path: Path) -> None:
    broken = tmp_path / "手排.xlsx"
    broken.write_bytes(b"no workbook")
    assert run("adopt", broken, source, "--month", MONTH).exit_code == 2
    assert run("adopt", tmp_path / "none.xlsx", source, "--month", MONTH).exit_code == 2
    csv = tmp_path / "手排.csv"
    csv.write_text("检查对象,日期,检查主体\nS1,2026-06-03,SCJG\n", encoding="gb18030")
    assert adopt_month(csv, source, MONTH).visits == 1
