"""A CSV file → a raw sheet."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

from planner.intake.read.sheets import RawRow, RawSheet, numbered
from planner.intake.tables.layout import FORMULA_STARTS, TEXT_QUOTE, column_names, normal
from planner.intake.tables.schema import TABLES
from planner.intake.words.findings import Findings

MAX_BYTES = 300 * 2**20
"""Largest CSV file that is read."""

KNOWN_FILES = ", ".join(f"{table.key}.csv" for table in TABLES[:4])

HEADERS = frozenset(name for table in TABLES for name in column_names(table))

_QUOTED = tuple(TEXT_QUOTE + start for start in FORMULA_STARTS)


def csv_sheet(file: Path, name: str, table: str, findings: Findings) -> RawSheet | None:
    """Return the rows of a CSV file, None (with a finding on `table`) where it cannot be read."""
    try:
        if file.stat().st_size > MAX_BYTES:
            findings.add("file.too-large", table, value=name, limit=str(MAX_BYTES // 2**20))
            return None
        content = file.read_bytes()
    except OSError:
        findings.add("file.missing", table, value=name)
        return None
    if not content:
        findings.add("file.empty", table, value=name)
        return None
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        findings.add("file.not-csv", table, value=name)
        return None
    text = decode(content, name, table, findings)
    rows = _parse(text, name, table, findings)
    return RawSheet(name, rows, last_row=rows[-1][0] if rows else 0, from_csv=True)


def decode(content: bytes, name: str, table: str, findings: Findings) -> str:
    """Return the text of a file in UTF-8, GB18030, or (Excel's "Unicode text") UTF-16 with mark."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    elif content.startswith(codecs.BOM_UTF8):
        encodings = ("utf-8-sig",)
    else:
        encodings = ("utf-8", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    findings.add("file.encoding", table, value=name)
    return content.decode(encodings[0], "replace")


def _parse(text: str, name: str, table: str, findings: Findings) -> list[RawRow]:
    """Return the rows that hold anything; a spreadsheet shows each record, blank ones too, as one row."""
    delimiter = _delimiter(text[:10_000])
    records: list[list[str]] = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            records.append([cell[1:] if cell.startswith(_QUOTED) else cell for cell in record])  # noqa: PERF401
    except csv.Error:  # what was read before stays
        findings.add("file.csv-broken", table, len(records) + 1, value=name)
    return numbered(records)


def _delimiter(start: str) -> str:
    """Return what separates cells: that by which the first lines name most columns, a comma where none does."""

    def named(delimiter: str) -> int:
        lines = start.splitlines()[:10]
        return max(
            (sum(normal(cell.strip('"')) in HEADERS for cell in line.split(delimiter)) for line in lines), default=0
        )

    return max((",", "\t", ";"), key=named)
