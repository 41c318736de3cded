"""A folder of CSV files → raw sheets of known tables."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from planner.intake.catalogue import input_error
from planner.intake.findings import Findings, as_shown
from planner.intake.layout import FORMULA_STARTS, GUIDE_NAME, TABLE_BY_NAME, TEXT_QUOTE, normal
from planner.intake.schema import TABLES, Table
from planner.intake.sheets import RawRow, RawSheet, numbered

MAX_BYTES = 300 * 2**20
"""Largest CSV file that is read."""

KNOWN_FILES = ", ".join(f"{table.key}.csv" for table in TABLES[:4])

_QUOTED = tuple(TEXT_QUOTE + start for start in FORMULA_STARTS)


def read_folder(path: Path, findings: Findings) -> Iterator[tuple[Table, RawSheet]]:
    """Yield each table's file in order of file name. Raises InputError where the folder holds no CSV file."""
    files = sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith((".", "~$")))
    if not any(file.suffix.lower() == ".csv" for file in files):
        raise input_error("file.no-tables", as_shown(path.name))
    taken: set[str] = set()
    for file in files:
        name = as_shown(file.name)
        table = TABLE_BY_NAME.get(normal(file.stem)) if file.suffix.lower() == ".csv" else None
        if table is None:
            if normal(file.stem) != GUIDE_NAME:
                findings.add("file.unknown", name, value=name, known=KNOWN_FILES)
        elif table.key in taken:
            findings.add("table.twice", table.key, value=name)
        else:
            taken.add(table.key)
            raw = _read_file(file, name, table.key, findings)
            if raw is not None:
                yield table, raw


def _read_file(file: Path, name: str, table: str, findings: Findings) -> RawSheet | None:
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
    start = text[:10_000]
    delimiter = "\t" if start.count("\t") > start.count(",") else ","
    records: list[list[str]] = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            records.append([cell[1:] if cell.startswith(_QUOTED) else cell for cell in record])  # noqa: PERF401
    except csv.Error:  # what was read before stays
        findings.add("file.csv-broken", table, len(records) + 1, value=name)
    return numbered(records)
