"""One way to bring about each finding of the reader: code → what is done to the good case."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl

from planner.intake.words.findings import MAX_OF_A_KIND
from tests.intake_reading.cases import Raw, changed, csv_folder, filing, good, site, waiver, workbook

Make = Callable[[Path], Path]


def _rows(table: str, *rows: dict[str, object]) -> Make:
    return lambda folder: workbook(folder, changed(table, *rows))


def _book(edit: Callable[[openpyxl.Workbook], object]) -> Make:
    return lambda folder: workbook(folder, changed("sites", site("S3")), edit)


def _files(**extra: bytes) -> Make:
    return lambda folder: csv_folder(folder, good(), {name.replace("_", "."): body for name, body in extra.items()})


def _file(name: str, content: bytes) -> Make:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def _without(table: str) -> Raw:
    raw = good()
    del raw[table]
    return raw


def _empty_folder(folder: Path) -> Path:
    (folder / "empty").mkdir()
    return folder / "empty"


def _put(sheet: str, cell: str, value: object) -> Make:
    def edit(book: openpyxl.Workbook) -> None:
        book[sheet][cell] = value

    return _book(edit)


def _error_value(book: openpyxl.Workbook) -> None:
    book["检查对象"]["E4"] = "#REF!"
    book["检查对象"]["E4"].data_type = "e"


def _before_needed(book: openpyxl.Workbook) -> None:
    """A workbook of before the column 确需, with a reason that says it."""
    sheet = book["检查计划"]
    titles = [cell.value for cell in sheet[1]]
    sheet.cell(2, titles.index("必要性说明") + 1, "群众关切，确需再次到场")
    sheet.delete_cols(titles.index("确需") + 1)


def _damaged_sheet(folder: Path) -> Path:
    """Swap the XML of the sites for something that is no sheet; the archive itself stays sound."""
    path = workbook(folder, good())
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet4.xml"] = b"<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet/>"
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return path


def _far_cells(book: openpyxl.Workbook) -> None:
    book["检查对象"]["XFD1048576"] = "x"


DEFECTS: dict[str, Make] = {
    "file.missing": lambda folder: folder / "nowhere.xlsx",
    "file.empty": _file("zero.xlsx", b""),
    "file.not-a-workbook": _file("letter.xlsx", "这不是工作簿".encode()),
    "file.encrypted": _file("locked.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    "file.no-tables": _empty_folder,
    "file.unknown": _files(surprise_csv=b"a,b\n1,2\n"),
    "file.not-csv": _files(pins_csv=b"PK\x03\x04 rest"),
    "file.encoding": _files(calendar_csv=b"\xef\xbb\xbfdate,kind\n2026-06-19,\xff\xfe\n"),
    "file.csv-broken": _files(calendar_csv=b'date,kind,note\n2026-06-19,off,"' + b"x" * 200_000 + b'"\n'),
    "sheet.unknown": _book(lambda book: book.create_sheet("草稿")),
    "sheet.unreadable": _damaged_sheet,
    "sheet.hidden": _book(lambda book: setattr(book["检查对象"], "sheet_state", "hidden")),
    "sheet.hidden-rows": _book(lambda book: setattr(book["检查对象"].row_dimensions[3], "hidden", True)),
    "sheet.hidden-columns": _book(lambda book: setattr(book["检查对象"].column_dimensions["C"], "hidden", True)),
    "sheet.merged": _book(lambda book: book["检查对象"].merge_cells("E2:E3")),
    "sheet.formulas": _put("检查对象", "E4", "=1+1"),
    "sheet.empty-rows": _put("检查对象", "A1000000", " "),
    "sheet.cut": _book(_far_cells),
    "table.missing": lambda folder: workbook(folder, _without("sites")),
    "table.empty": lambda folder: workbook(folder, good() | {"filings": []}),
    "table.twice": _book(lambda book: book.create_sheet("sites")),
    "table.more": _rows("sites", *(site(f"T{n}", quiet_hours="中午") for n in range(MAX_OF_A_KIND + 2))),
    "header.not-found": _book(lambda book: book["锁定"].delete_rows(1)),
    "header.unknown": _put("检查对象", "Q1", "备注栏"),
    "header.read-as": _put("检查对象", "C1", "企业名称"),
    "header.derived": _put("检查计划", "A1", None),
    "row.footer": _rows("sites", site("合计")),
    "sheet.by-header": _book(lambda book: setattr(book["检查对象"], "title", "Sheet1")),
    "header.missing": _put("检查对象", "E1", None),
    "header.needed": _book(_before_needed),
    "header.duplicate": _put("检查对象", "Q1", "街镇"),
    "header.blank": _put("检查对象", "R2", "旁注"),
    "row.note": _rows("sites", site("# S9 待核实")),
    "row.half-empty": _rows("sites", {"site_id": "S9"}),
    "row.too-many-cells": _files(calendar_csv=b"date,kind,note\n2026-06-19,off,a,b\n"),
    "row.duplicate": _rows("sites", site("S1")),
    "row.repeated": _rows("absences", good()["absences"][0]),
    "row.lookalike": _rows("sites", site("S9", name="店铺S1", address="路S1号")),
    "row.dates-reversed": _rows("filings", filing("F9", window_to=date(2026, 5, 1))),
    "cell.missing": _rows("sites", site("S9", town="")),
    "cell.date": _rows("filings", filing("F9", window_to="2026-02-30")),
    "cell.date-range": _rows("filings", filing("F9", window_from=date(1900, 1, 5))),
    "cell.date-serial": _rows("filings", filing("F9", window_to=46_174)),
    "cell.hours": _rows("sites", site("S9", quiet_hours="11:00-13:00;中午")),
    "cell.number": _rows("items", {"item_id": "I9", "name": "x", "agency_id": "SCJG", "minutes": "一小时"}),
    "cell.whole-number": _rows("items", {"item_id": "I9", "name": "x", "agency_id": "SCJG", "minutes": 45.5}),
    "cell.range": _rows("items", {"item_id": "I9", "name": "x", "agency_id": "SCJG", "minutes": 9999}),
    "cell.choice": _rows("agencies", {"agency_id": "X", "name": "x", "level": "省级"}),
    "cell.read-as": _rows("sites", site("S9", join="不同意")),
    "cell.yes-no": _rows("filings", filing("F9", secret="不清楚")),
    "cell.scope": _rows("filings", filing("F9", scope="餐饮行业")),
    "cell.ratio": _rows("filings", filing("F9", ratio="两成")),
    "cell.frequency": _rows("filings", filing("F9", frequency=date(2026, 1, 2))),
    "cell.month": _rows("nonces", good()["nonces"][0] | {"month": "六月"}),
    "cell.id": _rows("sites", site(date(2026, 3, 1))),
    "cell.number-as-code": _rows("sites", site(9.13101161234568e17)),
    "cell.number-as-text": _rows("sites", site("S9", credit_code=9.13101161234568e17)),
    "cell.credit-code": _rows("sites", site("S9", credit_code="12345")),
    "cell.ignored": _rows("sites", site("S9", lon="东经121度")),
    "cell.too-long": _rows("sites", site("S9", name="长" * 1001)),
    "cell.control": _rows("sites", site("S9", name="店\u200b铺")),
    "cell.garbled": _rows("sites", site("S9", name="店\ufffd\ufffd")),
    "cell.formula-like": _rows("sites", site("S9", name="=HYPERLINK(0)")),
    "cell.error-value": _book(_error_value),
    "cell.formula-empty": _put("检查对象", "E4", "=A1&B1"),
    "ref.unknown": _rows("filings", filing("F9", agency_id="NOBODY")),
    "ref.dropped": lambda folder: workbook(
        folder, changed("sites", site("S9", town="")) | {"waivers": [waiver("W-1", site_id="S9")]}
    ),
    "ref.blanked": _rows("agencies", {"agency_id": "X", "name": "x", "level": "区级", "parent_id": "NOBODY"}),
    "ref.removed": _rows("sites", site("S9", opted_in="ZJT;NOBODY")),
    "ref.lost": _rows("filings", filing("F9", partners="ZJT;NOBODY")),
    "held.cell": _rows("sites", site("S9", join="也许")),
    "held.range": _rows("absences", {"inspector_id": "P2", "from": date(2026, 6, 5), "to": date(2026, 6, 1)}),
    "held.row": _rows("calendar", {"date": "端午", "kind": "休息"}),
    "held.table": _put("日历", "A1", "哪天"),
    "ref.cycle": _rows(
        "agencies",
        {"agency_id": "X", "name": "x", "level": "区级", "parent_id": "Y"},
        {"agency_id": "Y", "name": "y", "level": "区级", "parent_id": "X"},
    ),
}
"""`file.too-large` and `sheet.too-large` are not here: their tests lower the limit instead of writing a GiB."""
