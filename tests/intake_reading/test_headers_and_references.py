"""Where headers may stand and how they may be written; what becomes of references."""

from __future__ import annotations

import random
from pathlib import Path

import openpyxl
import pytest

from planner.intake.read.reader import read_tables
from planner.intake.read.sheets import HEADER_WITHIN
from planner.intake.tables.schema import TABLE_BY_KEY, TABLES
from tests.intake_reading.cases import changed, codes, csv_folder, filing, good, read_raw, site, waiver, workbook


@pytest.mark.parametrize("seed", range(5))
def test_columns_and_sheets_in_any_order(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    raw = good()
    plain = read_raw(tmp_path, raw)

    def shuffle(book: openpyxl.Workbook) -> None:
        rng.shuffle(book._sheets)
        for sheet in book:
            columns = [list(column) for column in zip(*sheet.iter_rows(values_only=True), strict=True)]
            rng.shuffle(columns)
            for at, column in enumerate(columns, 1):
                for row, value in enumerate(column, 1):
                    sheet.cell(row, at).value = value

    found = read_tables(workbook(tmp_path, raw, shuffle))
    assert codes(found) == []
    for table in TABLES:
        assert getattr(found, table.key) == getattr(plain, table.key)


@pytest.mark.parametrize(
    "write",
    [
        lambda column: column.key,
        lambda column: column.title,
        lambda column: f" {column.title} *",
        lambda column: f"{column.title}（必填）",
        lambda column: column.key.upper(),
        lambda column: "\n".join(column.title),
    ],
)
def test_ways_to_write_a_header(write, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    def rename(book: openpyxl.Workbook) -> None:
        for position, column in enumerate(TABLE_BY_KEY["sites"].columns, 1):
            book["检查对象"].cell(1, position).value = write(column)
        book["检查对象"].title = "Sites"

    found = read_tables(workbook(tmp_path, good(), rename))
    assert codes(found) == []
    assert found.sites == read_raw(tmp_path, good()).sites


def test_the_header_stands_within_the_first_ten_rows(tmp_path: Path) -> None:
    def lower(rows: int):  # type: ignore[no-untyped-def]
        return lambda book: book["检查对象"].insert_rows(1, rows)

    within = read_tables(workbook(tmp_path, good(), lower(HEADER_WITHIN - 1)))
    assert (codes(within), [row.ref.row for row in within.sites]) == ([], [11, 12])
    beyond = read_tables(workbook(tmp_path, good(), lower(HEADER_WITHIN)))
    assert ("header.not-found", "sites") in {(f.code, f.table) for f in beyond.findings}


def test_an_unknown_column_is_named_with_what_it_may_mean(tmp_path: Path) -> None:
    found = read_tables(workbook(tmp_path, good(), lambda book: book["检查对象"].cell(1, 5, "街镇名")))
    hints = {f.code: f.params.get("hint_zh", "") for f in found.findings}
    assert "街镇" in hints["header.unknown"]
    assert "header.missing" in hints, "the column itself is now missing"


def test_a_value_merged_downwards_counts_for_each_row(tmp_path: Path) -> None:
    raw = changed("sites", site("S3", town=""), site("S4", town=""), site("S5"))
    found = read_tables(workbook(tmp_path, raw, lambda book: book["检查对象"].merge_cells("E3:E5")))
    assert codes(found) == ["sheet.merged"]
    assert {row.town for row in found.sites} == {"朱泾镇"}


def test_a_broken_first_row_does_not_shadow_a_good_second(tmp_path: Path) -> None:
    found = read_raw(tmp_path, changed("sites", site("S3", town=""), site("S3")))
    assert codes(found) == ["cell.missing"]
    assert [row.ref.row for row in found.sites if row.site_id == "S3"] == [5]


def test_the_first_of_two_wins(tmp_path: Path) -> None:
    found = read_raw(tmp_path, changed("sites", site("S3", name="甲"), site("S3", name="乙")))
    assert [row.name for row in found.sites if row.site_id == "S3"] == ["甲"]
    (finding,) = found.findings
    assert (finding.code, finding.row, finding.params["first"]) == ("row.duplicate", 5, "4")


def test_a_reference_that_narrows_is_never_taken_for_empty(tmp_path: Path) -> None:
    """A waiver for an unknown site must not become a waiver for all sites, nor a filing's unknown sites all sites."""
    raw = good()
    raw["waivers"] = [waiver("W", site_id="S9")]
    raw["filings"], raw["filing_steps"] = [filing("F1", sites="S8;S9", scope="")], []
    raw["pins"][0]["filing_id"] = "F9"
    raw["lists"][0]["site_id"] = "S9"
    found = read_raw(tmp_path, raw)
    assert found.waivers == found.filings == found.pins == found.lists == ()
    assert set(codes(found)) == {"ref.unknown", "held.row"}
    assert [f.table for f in found.findings if f.code == "held.row"] == ["lists"]


def test_a_list_keeps_what_is_known(tmp_path: Path) -> None:
    raw = good()
    raw["filings"] = [filing("F1", sites="S1;S9;S2", scope="")]
    raw["history"][0]["items"] = "I9"
    found = read_raw(tmp_path, raw)
    assert found.filings[0].sites == ("S1", "S2")
    assert found.history[0].items == ()
    assert codes(found) == ["ref.lost", "held.cell"]


def test_parents(tmp_path: Path) -> None:
    names = {"A": "", "B": "A", "C": "C", "D": "E", "E": "F", "F": "D", "G": "NOBODY"}
    rows = [{"agency_id": a, "name": a, "level": "区级", "parent_id": parent} for a, parent in names.items()]
    found = read_raw(tmp_path, good() | {"agencies": good()["agencies"] + rows})
    parents = {row.agency_id: row.parent_id for row in found.agencies}
    assert parents["B"] == "A"
    assert parents["C"] == "", "one's own parent is none"
    assert parents["G"] == ""
    assert codes(found) == ["ref.cycle", "ref.blanked"], "one cut opens the circle"
    assert [parents[a] for a in "DEF"].count("") == 1


def test_progress_names_every_table(tmp_path: Path) -> None:
    seen: dict[str, int] = {}
    read_tables(csv_folder(tmp_path, good()), lambda table, rows: seen.update({table: rows}))
    assert seen == {key: len(rows) for key, rows in good().items()}


def test_synthetic_input_says_so(tmp_path: Path) -> None:
    raw = good()
    raw["settings"] = [{"key": "synthetic", "value": True}]
    assert read_raw(tmp_path, raw).synthetic
    assert not read_raw(tmp_path, good()).synthetic
