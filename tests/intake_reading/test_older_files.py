"""Files of before the column 确需: a stated necessity lifts the yearly cap only where it says so itself."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from planner.intake.read.reader import read_tables
from tests.intake_reading.cases import changed, codes, filing, read_raw, workbook


def without_the_column(book: openpyxl.Workbook) -> None:
    sheet = book["检查计划"]
    sheet.delete_cols([cell.value for cell in sheet[1]].index("确需") + 1)


@pytest.mark.parametrize(
    ("reason", "needed"),
    [("(例)确需", True), ("同一年内确需再次到场", True), ("按年度计划安排", False), ("非确需", False), ("", False)],
)
def test_a_file_without_the_column_is_read_by_its_words_and_told(tmp_path: Path, reason: str, needed: bool) -> None:
    found = read_tables(workbook(tmp_path, changed("filings", filing("F2", necessity=reason)), without_the_column))
    assert [row.needed for row in found.filings] == [False, needed]
    assert ("header.needed" in codes(found)) == bool(reason)


def test_where_the_column_is_there_it_decides(tmp_path: Path) -> None:
    rows = filing("F2", necessity="确需"), filing("F3", necessity="群众关切", needed="是")
    found = read_raw(tmp_path, changed("filings", *rows))
    assert [row.needed for row in found.filings] == [False, False, True]
    assert not codes(found)
