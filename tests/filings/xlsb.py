"""Writes a small .xlsb, record by record, as no library at hand does: texts, whole numbers and merged areas."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

Area = tuple[int, int, int, int]

TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def write_xlsb(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]], merged: Mapping[str, Area]) -> None:
    """Write rows of `sheets`; `merged` are areas as first row, last row, first column, last column, from 0."""
    named = [
        _record(156, struct.pack("<II", 0, n) + _text(f"rId{n}") + _text(name)) for n, name in enumerate(sheets, 1)
    ]
    book = _record(131) + _record(143) + b"".join(named) + _record(144) + _record(132)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", _relations({"rId1": ("officeDocument", "xl/workbook.bin")}))
        archive.writestr("xl/workbook.bin", book)
        parts = {f"rId{n}": ("worksheet", f"worksheets/sheet{n}.bin") for n in range(1, len(sheets) + 1)}
        archive.writestr("xl/_rels/workbook.bin.rels", _relations(parts))
        for n, (name, rows) in enumerate(sheets.items(), 1):
            archive.writestr(f"xl/worksheets/sheet{n}.bin", _sheet(rows, merged.get(name)))


def _sheet(rows: Sequence[Sequence[object]], merged: Area | None) -> bytes:
    size = struct.pack("<4I", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)
    out = [_record(129), _record(148, size), _record(145)]
    for number, row in enumerate(rows):
        out.append(_record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0)))
        for column, value in enumerate(row):
            if value not in (None, ""):
                place = struct.pack("<II", column, 0)
                number_cell = isinstance(value, int)
                cell = struct.pack("<d", value) if number_cell else _text(str(value))
                out.append(_record(5 if number_cell else 6, place + cell))
    out.append(_record(146))
    if merged:
        out += [_record(177, struct.pack("<I", 1)), _record(176, struct.pack("<4I", *merged)), _record(178)]
    return b"".join([*out, _record(130)])


def _record(number: int, data: bytes = b"") -> bytes:
    head = bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80, number >> 7])
    length, size = len(data), b""
    while True:
        size += bytes([length & 0x7F | (0x80 if length > 0x7F else 0)])
        length >>= 7
        if not length:
            return head + size + data


def _text(text: str) -> bytes:
    coded = text.encode("utf-16-le")
    return struct.pack("<I", len(coded) // 2) + coded


def _relations(parts: Mapping[str, tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target={quoteattr(target)}/>'
        for key, (kind, target) in parts.items()
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{rows}</Relationships>'
