"""Any department's own form: where its tables are, what its headers, words and dates mean."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from planner.domain.case import RowRef
from planner.domain.errors import InputError
from planner.domain.finding import Severity
from planner.intake.read.cells import cell_reader
from planner.intake.read.grammar import GrammarError
from planner.intake.read.periods import read_span
from planner.intake.read.reader import read_tables
from planner.intake.tables.records import Tables
from planner.intake.tables.schema import FILINGS, ITEMS, WAIVERS
from planner.intake.words.catalogue import render
from planner.intake.write.writer import write_folder
from planner.service.files.tidying import tidy
from planner.service.month.hidden import announced
from tests.filings.district import SITES, Raw, district, screened, visits_due, written

Edit = Callable[[openpyxl.Workbook], object]


def changed(folder: Path, edit: Edit, raw: Callable[[Raw], object] = lambda raw: None) -> Path:
    """Write the district and change the workbook the way people do."""
    path = written(folder, raw)
    book = openpyxl.load_workbook(path)
    edit(book)
    book.save(path)
    return path


def errors(tables: Tables) -> list[str]:
    return [f"{f.code} {f.table} {f.row} {f.column}" for f in tables.findings if f.severity is Severity.ERROR]


def same_as_the_district(path: Path) -> None:
    tables, prepared = screened(path)
    assert errors(tables) == []
    assert len(visits_due(prepared)) == 10
    assert prepared.account.balances


def _form(book: openpyxl.Workbook) -> None:
    """A title, a header of two rows, merged cells, a sum and signatures; a department's own headings."""
    sheet = book["检查计划"]
    titles = [cell.value for cell in sheet[1]]
    first = titles.index("开始日期") + 1
    sheet.insert_rows(1)
    sheet["A1"] = "金山区2026年6月行政检查计划汇总表"
    sheet.insert_rows(3)
    for column in range(1, len(titles) + 1):
        if column in (first, first + 1):
            sheet.cell(3, column).value = sheet.cell(2, column).value
        else:
            sheet.merge_cells(start_row=2, end_row=3, start_column=column, end_column=column)
    sheet.cell(2, first).value, sheet.cell(2, first + 1).value = "检查时间安排", None
    sheet.merge_cells(start_row=2, end_row=2, start_column=first, end_column=first + 1)
    sheet.cell(2, titles.index("主体编号") + 1).value = "实施部门"
    sheet.append(["合计", None, "2 项"])
    sheet.append(["填表人：王某", None, None, "审核人：李某"])


def test_titles_headers_of_two_rows_sums_and_signatures(tmp_path: Path) -> None:
    path = changed(tmp_path, _form)
    same_as_the_district(path)
    codes = [f.code for f in read_tables(path).findings if f.table == "filings"]
    assert codes.count("row.footer") == 2
    assert "header.read-as" in codes


def test_a_sheet_is_known_by_its_header_and_a_sheet_a_town_is_one_table(tmp_path: Path) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        sheet = book["检查对象"]
        titles = [cell.value for cell in sheet[1]]
        town = titles.index("街镇") + 1
        copy = book.copy_worksheet(sheet)
        copy.title, sheet.title = "枫泾镇", "朱泾镇"
        sheet.delete_rows(5, 3)
        copy.delete_rows(2, 3)
        for one in (sheet, copy):
            one.delete_cols(town)
        book["检查计划"].title = "Sheet1"

    tables, prepared = screened(changed(tmp_path, edit))
    assert errors(tables) == []
    assert [row.town for row in tables.sites] == ["朱泾镇"] * 3 + ["枫泾镇"] * 3
    assert len(visits_due(prepared)) == 10
    place = next(f.params["place"] for f in tables.findings if f.code == "header.derived" and f.value == "枫泾镇")
    assert place == "枫泾镇"


def test_a_folder_and_an_archive_of_workbooks_are_read_together(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    base = changed(folder, lambda book: book.remove(book["检查计划"]))
    for number, name in enumerate(("区市场监督管理局", "区应急管理局")):
        raw = district()

        def keep(raw_: Raw, number: int = number) -> None:
            raw_["filings"] = [raw_["filings"][number]]

        def own(book: openpyxl.Workbook) -> None:
            for sheet in list(book):
                if sheet.title != "检查计划":
                    book.remove(sheet)
            titles = [cell.value for cell in book["检查计划"][1]]
            book["检查计划"].delete_cols(titles.index("主体编号") + 1)

        assert raw
        aside = tmp_path / name
        aside.mkdir()
        changed(aside, own, keep).rename(folder / f"{name}2026年6月检查计划.xlsx")
    assert base.exists()
    same_as_the_district(folder)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    same_as_the_district(tmp_path / "all.zip")
    (folder / "坏.xlsx").write_bytes(b"PK\x03\x04 nothing")
    tables = read_tables(folder)
    assert errors(tables) == ["file.not-a-workbook 坏.xlsx 0 "]


def test_a_finding_of_the_law_names_file_and_sheet_of_its_row(tmp_path: Path) -> None:
    """Rows of two files have the same numbers: what is said of one may not be taken for the other's."""
    folder = tmp_path / "in"
    folder.mkdir()
    changed(folder, lambda book: book.remove(book["检查计划"]))
    for number, cells in enumerate(({"unannounced": "是"}, {"plan_code": "", "window_from": "6月"})):

        def one(raw: Raw, number: int = number, cells: dict[str, str] = cells) -> None:
            raw["filings"] = [{**raw["filings"][number], **cells}]

        def alone(book: openpyxl.Workbook) -> None:
            for sheet in list(book):
                if sheet.title != "检查计划":
                    book.remove(sheet)

        aside = tmp_path / str(number)
        aside.mkdir()
        changed(aside, alone, one).rename(folder / f"第{number}份.xlsx")
    tables, prepared = screened(folder)
    places = {row.filing_id: (row.ref.row, row.ref.place) for row in tables.filings}
    assert places == {"F-SC": (2, "第0份.xlsx《检查计划》"), "F-YJ": (2, "第1份.xlsx《检查计划》")}
    (missing,) = [f for f in prepared.findings if f.code == "law.plan-uncoded"]
    assert missing.params["place"] == "第1份.xlsx《检查计划》"
    assert "第1份.xlsx" in render(missing)[1]
    read = [f for f in tables.findings if f.table == "filings" and f.row == 2]
    assert [f for f in announced(tables).findings if f.table == "filings" and f.row == 2] == [
        f for f in read if "第0份" not in f.params["place"]
    ]
    assert any("第1份" in f.params["place"] for f in read)


def test_csv_by_semicolons_and_under_another_name(tmp_path: Path) -> None:
    write_folder(district(), tmp_path / "csv")
    filings = tmp_path / "csv" / "filings.csv"
    text = filings.read_text("utf-8-sig").replace(";", "、").replace(",", ";")
    (tmp_path / "csv" / "六月计划.csv").write_text(text, "gb18030")
    filings.unlink()
    same_as_the_district(tmp_path / "csv")


def test_a_web_page_and_an_ods_are_read_too(tmp_path: Path) -> None:
    write_folder(district(), tmp_path / "csv")
    lines = (tmp_path / "csv" / "filings.csv").read_text("utf-8-sig").splitlines()
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line.split(",")) + "</tr>" for line in lines)
    (tmp_path / "csv" / "计划.xls").write_text(f"<html><body><table>{rows}</table></body></html>", "utf-8")
    (tmp_path / "csv" / "filings.csv").unlink()
    same_as_the_district(tmp_path / "csv")
    (tmp_path / "csv" / "计划.xls").unlink()
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
            for cell in line.split(",")
        )
        + "</table:table-row>"
        for line in lines
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    with zipfile.ZipFile(tmp_path / "csv" / "计划.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
            '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
            "</manifest:manifest>",
        )
        archive.writestr(
            "content.xml",
            f'<office:document-content {spaces} office:version="1.2"><office:body><office:spreadsheet>'
            f'<table:table table:name="表1">{cells}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        )
    same_as_the_district(tmp_path / "csv")


def test_no_file_is_cut_off_unread(tmp_path: Path) -> None:
    """Of 501 files the last would be a duty lost in silence: the whole is refused, as folder and as archive."""
    (tmp_path / "many").mkdir()
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(501):
            (tmp_path / "many" / f"{number}.csv").write_text("a", encoding="utf-8")
            archive.writestr(f"{number}.csv", "a")
    for name in ("many", "many.zip"):
        with pytest.raises(InputError, match="501 个文件"):
            read_tables(tmp_path / name)


def test_an_archive_may_name_its_files_as_it_likes(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("../" * 3 + "up.csv", "长" * 200 + ".csv", "..", "a/b.csv", "c/b.csv"):
            archive.writestr(name, "x")
    read_tables(tmp_path / "a.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_a_damaged_archive_is_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "x" * 5000)
    whole = bytearray((tmp_path / "a.zip").read_bytes())
    whole[36:44] = b"\xff" * 8
    (tmp_path / "a.zip").write_bytes(bytes(whole))
    with pytest.raises(InputError, match=r"file\.not-a-workbook"):
        read_tables(tmp_path / "a.zip")


def test_an_archive_of_nothing_is_no_input(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("readme.md", "x")
    with pytest.raises(InputError, match=r"file\.no-tables"):
        read_tables(tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026.06.01-2026.06.30", "06-01", "06-30"),
        ("6月", "06-01", "06-30"),
        ("6月 - 8月", "06-01", "08-31"),
        ("6-8月", "06-01", "08-31"),
        ("二季度", "04-01", "06-30"),
        ("全年", "01-01", "12-31"),
        ("上半年", "01-01", "06-30"),
        ("2026年3月上旬", "03-01", "03-10"),
        ("2026年6月1日-30日", "06-01", "06-30"),
        ("6月上旬至7月中旬", "06-01", "07-20"),
        ("2026年6月1日 星期一", "06-01", "06-01"),
        ("2026Q2", "04-01", "06-30"),
        ("202606", "06-01", "06-30"),
        ("2026.6.1～6.30", "06-01", "06-30"),
        ("6/1", "06-01", "06-01"),
        ("6月30日前", "06-30", "06-30"),
    ],
)
def test_periods_in_words(text: str, first: str, last: str) -> None:
    assert read_span(text, 2026) == (date.fromisoformat(f"2026-{first}"), date.fromisoformat(f"2026-{last}"))


@pytest.mark.parametrize("text", ["6月", "不定期", "3", "", "6月至", "第五季度", "2026年13月"])
def test_no_period_without_a_year_or_sense(text: str) -> None:
    with pytest.raises(GrammarError):
        read_span(text)


@pytest.mark.parametrize(
    ("cells", "june"),
    [
        ({"window_from": "2026.06.01-2026.06.30", "window_to": ""}, True),
        ({"window_from": "6月", "window_to": "6月"}, True),
        ({"window_from": "二季度", "window_to": "二季度"}, False),
        ({"window_from": "2026-05-31T16:00:00.000Z", "window_to": "2026-06-29T16:00:00.000Z"}, True),
        ({"window_from": "二〇二六年六月一日", "window_to": "2026年06月30日止"}, True),
        ({"window_from": datetime(2026, 5, 31, 23, 59, 17), "window_to": datetime(2026, 6, 30, 23, 59, 59)}, True),
    ],
)
def test_windows_as_forms_write_them(cells: dict[str, Any], june: bool, tmp_path: Path) -> None:
    def edit(raw: Raw) -> None:
        raw["filings"][1] |= cells

    tables, _ = screened(written(tmp_path, edit))
    assert errors(tables) == []
    row = tables.filings[1]
    first = date(2026, 6, 1) if june else date(2026, 4, 1)
    assert (row.window_from, row.window_to) == (first, date(2026, 6, 30))


def test_ratio_and_frequency_in_one_cell(tmp_path: Path) -> None:
    def edit(raw: Raw) -> None:
        raw["filings"][1]["ratio"] = "5%;1次/年"

    tables, _ = screened(written(tmp_path, edit))
    assert (tables.filings[1].ratio, tables.filings[1].frequency) == ((("*", 500),), (("*", (1, 1)),))


@pytest.mark.parametrize(
    ("text", "near"),
    [("不低于5%", "5%"), ("5%左右", "5%"), ("50", "50%"), ("全覆盖", "100%"), ("A级50%，D级100%", "A=50%;D=100%")],
)
def test_a_doubtful_ratio_is_an_error_with_the_proposed_value(text: str, near: str) -> None:
    (problem,) = cell_reader(FILINGS.column("ratio"))(text).problems
    assert problem.code == "cell.ratio"
    assert near in dict(problem.params)["hint"]


@pytest.mark.parametrize(("text", "near"), [("90天", "每90天一次"), ("0.5", "1/2"), ("年均1-2次", "1次/年")])
def test_a_doubtful_frequency_is_an_error_with_the_proposed_value(text: str, near: str) -> None:
    (problem,) = cell_reader(FILINGS.column("frequency"))(text).problems
    assert (problem.code, near in dict(problem.params)["hint"]) == ("cell.frequency", True)


@pytest.mark.parametrize(
    ("column", "text"),
    [("ratio", "0%"), ("ratio", "120%"), ("scope", "行业=餐饮，街镇=朱泾镇"), ("scope", "行业=餐饮 街镇=朱泾镇")],
)
def test_a_cell_that_asks_for_nothing_or_for_too_much_is_refused(column: str, text: str) -> None:
    assert [one.code for one in cell_reader(FILINGS.column(column))(text).problems] == [f"cell.{column}"]


@pytest.mark.parametrize(
    ("column", "word", "code"),
    [
        ("kind", "双随机、一公开", "random"),
        ("kind", "专项检查", "special"),
        ("mode", "现场检查", "on_site"),
        ("source", "本单位", "own"),
        ("strength", "必查", "mandatory"),
    ],
)
def test_words_of_the_regulation_and_of_forms(column: str, word: str, code: str) -> None:
    found = cell_reader(FILINGS.column(column))(word)
    assert (found.value, [one.code for one in found.problems]) == (code, ["cell.read-as"])


@pytest.mark.parametrize(("text", "day"), [("6月20日", (6, 20)), ("2026年6月", (6, 30)), ("5月", (5, 31))])
def test_a_filing_date_bars_as_far_as_it_can_be_read(text: str, day: tuple[int, int]) -> None:
    assert cell_reader(FILINGS.column("filed_on"), 2026)(text).value == date(2026, *day)


@pytest.mark.parametrize("word", ["无", "/", "-", "待定", "申请中", "N/A", "nan"])
def test_a_word_for_nothing_is_no_ground(word: str) -> None:
    for column in (FILINGS.column("upper_plan_code"), FILINGS.column("necessity"), WAIVERS.column("signed_by")):
        found = cell_reader(column)(word)
        assert (found.value, found.empty, [p.code for p in found.problems]) == ("", True, ["cell.read-as"])


@pytest.mark.parametrize(("text", "minutes"), [("60分钟", 60), ("1.5小时", 90), ("1小时30分", 90), ("半小时", 30)])
def test_durations(text: str, minutes: int) -> None:
    found = cell_reader(ITEMS.column("minutes"))(text)
    assert (found.value, [p.code for p in found.problems]) == (minutes, ["cell.read-as"])


def test_dates_of_a_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book.epoch = CALENDAR_MAC_1904

    tables, _ = screened(changed(tmp_path, edit))
    assert (tables.filings[0].window_from, tables.filings[0].window_to) == (date(2026, 6, 1), date(2026, 6, 30))


def test_sites_by_their_unique_names(tmp_path: Path) -> None:
    def edit(raw: Raw) -> None:
        raw["filings"][1]["sites"] = "；".join(row["name"] for row in raw["sites"])

    tables, prepared = screened(written(tmp_path, edit))
    assert tables.filings[1].sites == SITES
    assert len(visits_due(prepared)) == 10


def test_a_form_comes_back_as_a_filled_template_that_reads_the_same(tmp_path: Path) -> None:
    path = changed(tmp_path, _form, lambda raw: raw["filings"][1].update(window_from="6月", window_to="6月"))
    out = tmp_path / "tidy.xlsx"
    tables = tidy(path, out)
    again = read_tables(out)
    assert errors(again) == []
    assert [f.code for f in again.findings if f.code != "sheet.hidden"] == []
    for name in ("sites", "filings", "history", "lists", "inspectors"):
        mine, theirs = getattr(tables, name), getattr(again, name)
        assert [replace(row, ref=ANYWHERE) for row in mine] == [replace(row, ref=ANYWHERE) for row in theirs]
    book = openpyxl.load_workbook(out)
    sheet = book["检查计划"]
    titles = [cell.value for cell in sheet[1]]
    cell = sheet.cell(3, titles.index("开始日期") + 1)
    assert cell.comment is not None
    assert "读作“2026-06-01”" in cell.comment.text
    assert cell.fill.start_color.rgb == "FFFFF2CC"
    assert any("读作" in str(row[5]) for row in book["说明"].iter_rows(values_only=True))


ANYWHERE = RowRef("", 0)
