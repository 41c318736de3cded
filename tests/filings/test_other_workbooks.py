"""Workbooks of other programs: .xls and .ods as LibreOffice writes them, .et (a WPS table is an .xls inside), .xlsb.

In each the six sites' town stands in one merged cell. A merged mark must count for every row that it covers.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from planner.domain.errors import InputError
from planner.domain.finding import Severity
from planner.intake.read.reader import read_tables
from tests.filings.district import screened, visits_due, written
from tests.filings.xlsb import write_xlsb

FILES = Path(__file__).parent / "files"


def as_xlsb(folder: Path) -> Path:
    """Write the district as an .xlsb, the six sites' town merged, dates as texts."""
    book = openpyxl.load_workbook(written(folder))
    sheets = {sheet.title: _rows(sheet.iter_rows(values_only=True)) for sheet in book if sheet.max_row > 1}
    sites = sheets["检查对象"]
    town = sites[0].index("街镇")
    for row in sites[2:]:
        row[town] = ""
    write_xlsb(folder / "区.xlsb", sheets, {"检查对象": (1, len(sites) - 1, town, town)})
    return folder / "区.xlsb"


def _rows(rows: Iterable[tuple[Any, ...]]) -> list[list[object]]:
    filled = [list(row) for row in rows if any(cell is not None for cell in row)]
    return [
        [cell.date().isoformat() if hasattr(cell, "date") else "" if cell is None else cell for cell in row]
        for row in filled
        if not str(row[0]).startswith("#")
    ]


@pytest.mark.parametrize("kind", ["xls", "et", "ods", "xlsb"])
def test_a_workbook_of_another_program_is_read_whole(kind: str, tmp_path: Path) -> None:
    file = tmp_path / f"区.{kind}"
    if kind == "xlsb":
        file = as_xlsb(tmp_path)
    else:
        shutil.copy(FILES / f"merged.{'xls' if kind == 'et' else kind}", file)
    tables, prepared = screened(file)
    assert [f.code for f in tables.findings if f.severity is Severity.ERROR] == []
    area = "E2:E7" if kind == "xlsb" else "D2:D7"
    assert [f.value for f in tables.findings if f.code == "sheet.merged"] == [area]
    assert {site.town for site in tables.sites} == {"朱泾镇"}
    assert len(visits_due(prepared)) == 10
    assert prepared.account.balances


@pytest.mark.parametrize("kind", ["xls", "et", "ods", "xlsb"])
def test_what_is_cut_short_is_refused_with_a_clear_word(kind: str, tmp_path: Path) -> None:
    whole = as_xlsb(tmp_path) if kind == "xlsb" else FILES / f"merged.{'xls' if kind == 'et' else kind}"
    file = tmp_path / f"坏.{kind}"
    for share in (3, 2):
        file.write_bytes(whole.read_bytes()[: whole.stat().st_size // share])
        with pytest.raises(InputError, match=r"\[file\.[a-z-]+\].*\.xlsx"):
            read_tables(file)
