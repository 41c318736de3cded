"""The templates: read as empty; with the example rows un-marked, as a small case without a fault."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

from planner.domain.finding import Severity
from planner.intake.read.reader import read_tables
from planner.intake.tables.layout import EXAMPLE_MARK, GUIDE_NAME, HINT_MARK
from planner.intake.tables.schema import TABLE_BY_KEY, TABLES
from planner.intake.write.template import write_template, write_template_folder
from tests.intake_reading.cases import codes


@pytest.fixture
def book(tmp_path: Path) -> Path:
    write_template(tmp_path / "template.xlsx")
    return tmp_path / "template.xlsx"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_template_folder(tmp_path / "template")
    return tmp_path / "template"


@pytest.mark.parametrize("which", ["book", "folder"])
def test_an_untouched_template_has_no_rows_and_no_errors(which: str, request: pytest.FixtureRequest) -> None:
    found = read_tables(request.getfixturevalue(which))
    assert all(getattr(found, key) == () for key in TABLE_BY_KEY)
    assert {finding.severity for finding in found.findings} == {Severity.WARNING}
    assert sorted(f.table for f in found.findings if f.code == "table.empty") == sorted(
        table.key for table in TABLES if table.required
    )
    assert set(codes(found)) == {"table.empty"}


def test_the_examples_of_the_workbook_are_a_faultless_case(book: Path) -> None:
    opened = openpyxl.load_workbook(book)
    for table in TABLES:
        first = opened[table.title]["A2"]
        assert first.value.startswith(EXAMPLE_MARK)
        first.value = first.value.removeprefix(EXAMPLE_MARK)
    opened.save(book)
    found = read_tables(book)
    assert codes(found) == []
    assert all(len(getattr(found, key)) == 1 for key in TABLE_BY_KEY)


def test_the_examples_of_the_folder_are_a_faultless_case(folder: Path) -> None:
    for table in TABLES:
        file = folder / f"{table.key}.csv"
        text = file.read_text(encoding="utf-8-sig")
        assert EXAMPLE_MARK in text
        file.write_text(text.replace(EXAMPLE_MARK, ""), encoding="utf-8")
    found = read_tables(folder)
    assert codes(found) == []
    assert all(len(getattr(found, key)) == 1 for key in TABLE_BY_KEY)


def test_every_column_has_its_note_choices_and_mark(book: Path) -> None:
    opened = openpyxl.load_workbook(book)
    assert opened.sheetnames == [GUIDE_NAME, *(table.title for table in TABLES)]
    for table in TABLES:
        sheet = opened[table.title]
        assert sheet.freeze_panes == "B2"
        lists = {
            str(area): rule.formula1
            for rule in sheet.data_validations.dataValidation
            if rule.type == "list"
            for area in rule.sqref.ranges
        }
        for position, column in enumerate(table.columns, 1):
            head = sheet.cell(1, position)
            assert head.value == column.title + "*" * column.required
            assert column.note in head.comment.text
            assert all(title in head.comment.text for _, title in column.choices)
            areas = [formula for area, formula in lists.items() if area.startswith(f"{head.column_letter}3:")]
            if column.choices:
                assert areas == ['"' + ",".join(title for _, title in column.choices) + '"']


def test_hints_of_the_folder_stand_under_english_headers(folder: Path) -> None:
    for table in TABLES:
        with (folder / f"{table.key}.csv").open(encoding="utf-8-sig", newline="") as file:
            header, hints, example = csv.reader(file)
        assert [name.rstrip("*") for name in header] == [column.key for column in table.columns]
        assert hints[0].startswith(HINT_MARK + table.columns[0].title)
        assert example[0] == EXAMPLE_MARK + table.columns[0].example
    assert (folder / f"{GUIDE_NAME}.txt").exists()
