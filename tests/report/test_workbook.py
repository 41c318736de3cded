"""The workbook: opens, says what it must, and no cell of it can be a formula."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from planner.domain.case import AgencyInfo
from planner.domain.finding import Finding
from planner.domain.result import MonthResult, Status
from planner.report.figures.kpis import month_kpis
from planner.report.sheets.cells import sheet_name
from planner.report.sheets.workbook import write_workbook
from planner.report.visits.view import Audience
from tests.report.month import HOSTILE, NAMES, SITE_NAMES, case_of, result_of, unplanned


def _explain(finding: Finding) -> tuple[str, str]:
    return f"=问题 {finding.code}", "+改正"


def _book(path: Path, result: MonthResult, audience: Audience = "bureau") -> Any:
    write_workbook(result, month_kpis(result, audience, names=NAMES), path, _explain, names=NAMES)
    return load_workbook(path)


def _rows(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("book") / "month.xlsx"


@pytest.fixture(scope="module")
def book(path: Path) -> Any:
    return _book(path, result_of())


def test_sheets(book: Any) -> None:
    assert book.sheetnames == [
        *("概览", "全部入企", "主体-区生态环境局", "主体-区市场监管局", "主体-区消防救援局"),
        *("未安排及原因", "可顺延", "不安排的任务", "消防单独到场", "问题清单", "指标", "负荷日历"),
    ]


def test_overview_has_all_four_and_says_it_is_a_demonstration(book: Any) -> None:
    rows = _rows(book["概览"])
    by_label = {row[0]: row[1:] for row in rows if row[0]}
    assert by_label["各自安排"][:7] == [7, None, "2（28.6%）", 7, "1（0/5/0）", 1, 0]
    assert by_label["先到先并"][:7] == [6, 1, "1（16.7%）", 6, "1（0/5/0）", 1, 1]
    assert by_label["统筹后"][:7] == [5, 1, None, 6, "1（0/5/0）", 1, 2]
    assert by_label["下限"][:4] == [None, None, None, 6]  # month and deferred together: not the common tasks' basis
    assert by_label["规则库版本"][0] == "jinshan@2025-04-09"
    assert by_label["方案指纹"][0] == result_of().plan_hash
    assert by_label["随机种子"][0] == "7"
    assert any("演示数据" in str(row[0]) for row in rows)
    assert any("突击" in str(row[0]) for row in rows)


def test_visits_are_listed_with_weekday(book: Any) -> None:
    rows = _rows(book["全部入企"])
    assert len(rows) == 1 + 5
    head = rows[0]
    first = dict(zip(head, rows[1], strict=True))
    assert first["日期"] == "2026-06-08 周一"
    assert first["检查对象"] == SITE_NAMES["S1"]
    assert first["检查主体"] == "区生态环境局、区市场监管局"
    assert (first["类型"], first["任务（项）"], first["现场（分钟）"]) == ("联合", 2, 105)
    assert [row[head.index("突击")] for row in rows[1:]] == [None, None, None, "是", None]


def test_agencies_see_their_own_visits_and_who_comes_along(book: Any) -> None:
    head, *rows = _rows(book["主体-区市场监管局"])
    assert [row[head.index("对象编号")] for row in rows] == ["S1", "S2"]
    assert [row[head.index("同行主体")] for row in rows] == ["区生态环境局", None]
    assert "排污许可检查" not in str(rows)
    head, *rows = _rows(book["主体-区生态环境局"])
    assert [row[head.index("对象编号")] for row in rows] == ["S1", "S3", "S4", "S6"]
    assert rows[2][head.index("突击")] == "是"


def test_unannounced_visits_stand_on_bureau_sheets_and_own_sheet_only(book: Any) -> None:
    holding = {sheet.title for sheet in book if any("JH-MIMI" in str(row) for row in _rows(sheet))}
    assert holding == {"全部入企", "主体-区生态环境局"}


def test_a_public_workbook_does_not_know_the_unannounced_check(tmp_path: Path) -> None:
    book = _book(tmp_path / "p.xlsx", result_of(), "public")
    text = str([_rows(sheet) for sheet in book])
    assert "JH-MIMI" not in text
    assert "'S4'" not in str(_rows(book["全部入企"]) + _rows(book["主体-区生态环境局"]))
    assert "问题清单" not in book.sheetnames
    assert "突击" not in str([_rows(book[name]) for name in book.sheetnames if name != "概览"])


def test_left_out_and_deferred(book: Any) -> None:
    head, row = _rows(book["未安排及原因"])
    left = dict(zip(head, row, strict=True))
    assert (left["任务编号"], left["规则"], left["原因"], left["条款"]) == ("X6", "人力不足", "当日人力已满", "A07-8.2")
    assert left["逐日原因"] == "2026-06-08 周一 人力不足 HJ\n2026-06-11 周四 人力不足 HJ"
    assert left["来源行"] == "检查计划第 7 行"
    head, *rows = _rows(book["可顺延"])
    outcomes = {row[head.index("任务编号")]: row[head.index("去向")] for row in rows}
    assert outcomes.keys() == {"F5"}
    assert "2026-07-20 周一" in outcomes["F5"]


def test_findings_say_where_and_what_to_do(book: Any) -> None:
    head, *rows = _rows(book["问题清单"])
    first = dict(zip(head, rows[0], strict=True))
    assert (first["程度"], first["工作表"], first["行"], first["列"]) == ("错误", "检查计划", 9, "检查对象编号")
    assert (first["问题"], first["怎么办"], first["条款"].splitlines()) == (
        "=问题 site.unknown",
        "+改正",
        ["正文二6“触发式以外一律先有计划才能查”（D-2.6a）"],
    )
    assert [row[0] for row in rows] == ["错误", "警告", "警告", "提示"]


def test_load_calendar_is_a_heat_map(book: Any) -> None:
    sheet = book["负荷日历"]
    rows = {row[0]: row[1:] for row in _rows(sheet)[1:5]}
    assert rows["区生态环境局"] == [0.58, 0, 0.42, 0.5, 0.5, 0.39]
    assert rows["区消防救援局"][4] is None
    (ranges,) = [str(r.sqref) for r in sheet.conditional_formatting]
    assert ranges == "B2:F5"


def test_figures_sheet(book: Any) -> None:
    figures = {row[0]: row[1] for row in _rows(book["指标"])}
    assert figures["比各自安排少入企（次）"] == 2
    assert figures["联合占比（按入企，%）"] == 0.4
    assert figures["本月入企（次）"] == 5
    assert (figures["未安排任务（项）"], figures["其中应当（项）"], figures["其中应当（权重分）"]) == (1, 1, 5)


def _cells(book: Any) -> Iterator[Any]:
    for sheet in book:
        for row in sheet.iter_rows():
            yield from row


def test_no_cell_is_a_formula(book: Any, path: Path) -> None:
    texts = {cell.value for cell in _cells(book) if isinstance(cell.value, str)}
    assert {*SITE_NAMES.values(), '=HYPERLINK("http://x")', "=问题 site.unknown", "+改正"} <= texts
    assert {cell.data_type for cell in _cells(book)} <= {"s", "n"}
    assert not any(cell.hyperlink for cell in _cells(book))
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) == len(book.sheetnames)
        for name in sheets:
            xml = archive.read(name)
            assert b"<f>" not in xml
            assert b"<f " not in xml


def test_a_text_that_looks_like_a_formula_stays_text_when_edited(book: Any) -> None:
    quoted = {cell.value for cell in _cells(book) if cell.quotePrefix}
    assert {SITE_NAMES[s] for s in ("S1", "S3", "S4", "S5")} <= quoted
    assert HOSTILE not in quoted


def test_print_and_view_settings(book: Any) -> None:
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)  # left out where it is the default
        assert sheet.page_setup.fitToHeight == 0
        assert "演示数据" in sheet.oddHeader.left.text  # on every printed page
    visits = book["全部入企"]
    assert visits.freeze_panes == "A2"
    assert visits.auto_filter.ref == "A1:Q6"
    assert visits.print_title_rows == "$1:$1"
    assert visits.column_dimensions["B"].width > 25
    assert visits.print_area == "'全部入企'!$A$1:$J$6"  # ids and clauses stand behind, off the paper


@pytest.mark.parametrize("status", [Status.INFEASIBLE, Status.INVALID])
def test_a_month_without_a_plan_is_still_a_workbook(tmp_path: Path, status: Status) -> None:
    book = _book(tmp_path / "none.xlsx", unplanned(status))
    assert "本月没有入企安排。" in str(_rows(book["全部入企"]))
    assert {row[0]: row[1] for row in _rows(book["指标"])}["任务总数（项）"] == 11


def test_a_failed_write_leaves_the_old_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "month.xlsx"
    path.write_bytes(b"old")

    def broken(finding: Finding) -> tuple[str, str]:
        raise KeyError(finding.code)

    with pytest.raises(KeyError):
        write_workbook(result_of(), month_kpis(result_of()), path, broken)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["month.xlsx"]


def test_hostile_agency_names_make_lawful_unique_sheets(tmp_path: Path) -> None:
    case = case_of()
    names = {"HJ": "a/b:[c]*?" + "长" * 40, "XF": "A_B__C___" + "长" * 40, "SCJG": "\x00\ud800'"}
    units = [AgencyInfo(u.id, names.get(u.id, u.name), u.parent, u.level, u.town, u.domain) for u in case.units]
    book = _book(tmp_path / "names.xlsx", replace(result_of(), case=case_of(units=units)))
    assert len({name.lower() for name in book.sheetnames}) == len(book.sheetnames) == 12
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_sheet_names() -> None:
    taken: set[str] = set()
    assert sheet_name("History", taken) == "History~2"
    assert sheet_name("a/b", taken) == "a_b"
    assert sheet_name("A/B", taken) == "A_B~2"
    assert sheet_name("'", taken) == "_"
    wide = sheet_name("😀" * 40, taken)
    assert len(wide.encode("utf-16-le")) // 2 <= 31
