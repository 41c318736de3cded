"""The merged cells of workbooks whose library tells only their cells: .ods and .xlsb."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from xml.etree import ElementTree
from zipfile import ZipFile

Area = tuple[int, int, int, int]
"""First row (from 1), first column (from 0), last row, last column."""

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_SHEET, _MERGED = 156, 176
"""Numbers of the records of an .xlsb that name a sheet and a merged area."""


def merged_in_ods(archive: ZipFile) -> dict[str, list[Area]]:
    """Return the merged areas of each sheet; nothing for an archive of another kind. Raises ParseError, ValueError."""
    if "content.xml" not in archive.namelist():
        return {}
    found: dict[str, list[Area]] = {}
    with archive.open("content.xml") as content:
        for _, element in ElementTree.iterparse(content):
            if element.tag == f"{_TABLE}table":
                found[element.get(f"{_TABLE}name", "")] = list(_spans(element))
                element.clear()
    return found


def _spans(table: ElementTree.Element) -> Iterator[Area]:
    row = 1
    for line in table.iter(f"{_TABLE}table-row"):
        column = 0
        for cell in line:
            down, right = (int(cell.get(f"{_TABLE}number-{what}-spanned", "1")) for what in ("rows", "columns"))
            if down > 1 or right > 1:
                yield row, column, row + down - 1, column + right - 1
            column += int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        row += int(line.get(f"{_TABLE}number-rows-repeated", "1"))


def merged_in_xlsb(archive: ZipFile) -> dict[str, list[Area]]:
    """Return the merged areas of each sheet; nothing for an archive of another kind.

    Raises ParseError, LookupError, struct.error or ValueError where the archive is damaged.
    """
    if "xl/workbook.bin" not in archive.namelist():
        return {}
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.bin.rels"))
    parts = {one.get("Id"): one.get("Target", "") for one in relations.iter(_RELATION)}
    found: dict[str, list[Area]] = {}
    for number, data in _records(archive.read("xl/workbook.bin")):
        if number == _SHEET:
            relation, after = _text(data, 8)
            name, _ = _text(data, after)
            target = parts[relation]
            part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
            areas = (
                struct.unpack_from("<4I", inside) for kind, inside in _records(archive.read(part)) if kind == _MERGED
            )
            found[name] = [(top + 1, left, bottom + 1, right) for top, bottom, left, right in areas]
    return found


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield number and contents of each record: both number and length come in groups of seven bits."""
    at = 0
    while at < len(data):
        number, at = data[at], at + 1
        if number >= 0x80:
            number, at = number & 0x7F | (data[at] & 0x7F) << 7, at + 1
        length = shift = 0
        while True:
            byte, at = data[at], at + 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        yield number, data[at : at + length]
        at += length


def _text(data: bytes, at: int) -> tuple[str, int]:
    """Return the text that begins at `at` (a count of 16-bit characters, then these) and where it ends."""
    (count,) = struct.unpack_from("<I", data, at)
    return data[at + 4 : at + 4 + 2 * count].decode("utf-16-le"), at + 4 + 2 * count
