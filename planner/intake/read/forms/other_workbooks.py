"""Workbooks of other kinds than .xlsx: .xls and .et (WPS), .xlsb, .ods. A library reads the cells.

Merged cells it tells of .xls alone. In the other kinds they are looked up in `merged_cells.py`, since a merged mark
that counted for its first row only would free the others.
"""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path
from xml.etree.ElementTree import ParseError

from python_calamine import CalamineError, CalamineWorkbook

from planner.intake.read.csv_file import MAX_BYTES
from planner.intake.read.forms.merged_cells import Area, merged_in_ods, merged_in_xlsb
from planner.intake.read.sheets import RawSheet, numbered
from planner.intake.read.xlsx_parts import MAX_UNPACKED


def other_workbook(file: Path) -> list[RawSheet] | None:
    """Return the sheets of an .xls, .et, .xlsb or .ods; None where it is none, locked, or too large."""
    if file.stat().st_size > MAX_BYTES:
        return None
    try:
        merged: dict[str, list[Area]] = {}
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                    return None
                merged = merged_in_ods(archive) or merged_in_xlsb(archive)
        book = CalamineWorkbook.from_filelike(io.BytesIO(file.read_bytes()))
        sheets = []
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            told = [(top + 1, left, low + 1, right) for (top, left), (low, right) in sheet.merged_cell_ranges or ()]
            if rows := numbered(sheet.to_python(skip_empty_area=False)):
                areas = tuple(told or merged.get(name, ()))
                sheets.append(RawSheet(name, rows, last_row=rows[-1][0], merged=areas))
    except (CalamineError, ParseError, struct.error, zipfile.BadZipFile, LookupError, ValueError, OSError):
        return None
    return sheets
