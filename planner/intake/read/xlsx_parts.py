"""Looks at the parts of an .xlsx before it is read: size, hidden and merged areas, formulas, error values.

calamine, which reads the values, gives cached results of formulas, "" for error values, and allocates the whole
rectangle up to the last cell; so what it cannot tell, and what would make it run out of memory, is found here, by
searching the XML without building it.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from posixpath import join, normpath
from xml.etree import ElementTree

from planner.intake.read.cells import SpoiledCell
from planner.intake.words.catalogue import input_error

MAX_UNPACKED = 600 * 2**20
"""Bytes that a workbook may unpack to."""

MAX_SHARED_ITEMS = 1_500_000
"""Texts that the sheets of a workbook may share: the reader builds all of them before it reads a cell, each with some
sixty bytes beside its text, so that a file of a megabyte could take gigabytes."""

MAX_SHARED_PART = 200 * 2**20
MAX_SMALL_PART = 16 * 2**20
"""Bytes that the shared texts, and any other part that is built as a whole (styles, relations), may unpack to."""

MAX_SHARED_TEXT = 2**30
"""Bytes of text that a sheet's cells may take: each cell that shares a text gets a copy of its own."""

SHARED_STRINGS = "xl/sharedStrings.xml"

MAX_CELLS = 30_000_000
"""Cells of the rectangle that a sheet spans; beyond, far columns and then far rows are cut off."""

SHEET_ROWS, SHEET_COLUMNS = 2**20, 2**14
"""What the format allows."""

MAX_COLUMNS = 100
MAX_ROWS = 300_000

_OLE = b"\xd0\xcf\x11\xe0"
"""Start of an old .xls file and of every encrypted workbook."""

_ROW = re.compile(rb"<(?:\w+:)?row\b")
_ROW_NUMBER = re.compile(rb"""[^>]*?\sr\s*=\s*["']([^"']*)["']""")
_HIDDEN = re.compile(rb"""[^>]*?\bhidden\s*=\s*["'](?:1|true)["']""")
_WHOLE_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*?(?:/>|>.*?</(?:\w+:)?c>)", re.DOTALL)
_FILLED_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)(?<!/)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]+)(\d+)["']""")
_ANY_ROW = re.compile(rb"""=\s*["'][A-Za-z]+(\d+)["']""")
_FAR_COLUMN = re.compile(rb"""=\s*["']([A-Za-z]{2,})\d+["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?f>)", re.DOTALL)
_ERROR_TYPE = re.compile(rb"""\bt\s*=\s*["']e["']""")
_TEXT_TYPE = re.compile(rb"""\bt\s*=\s*["']str["']""")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)\b[^>]*>([^<]+)<")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b[^>]*>")
_DATA_END = re.compile(rb"</(?:\w+:)?sheetData")
_SHARED_ITEM = re.compile(rb"<(?:\w+:)?si\b")
_WHOLE_VALUE = re.compile(rb">\+?(\d{1,9})<")
_COLUMN_SPAN = re.compile(rb"""\b(min|max)\s*=\s*["'](\d+)["']""")
_ENTITY_IN_ATTRIBUTE = re.compile(rb"""\b(?:r|s|t|ref|spans|min|max|hidden)\s*=\s*["'][A-Za-z0-9]*&""")
"""In an attribute that says where a cell stands or what it is. Writers may put other attributes so: openpyxl with lxml
writes every Chinese title of a validation as character references."""


@dataclass(slots=True)
class SheetFacts:
    """What the XML of one sheet says besides its values. Rows from 1, columns from 0."""

    last_row: int = 0
    deepest: int = 0
    """Largest row that a cell says it stands in; larger than `last_row` only in a file that no spreadsheet wrote."""
    columns: int = 0
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    formulas: int = 0
    first_formula: str = ""
    spoiled: dict[tuple[int, int], SpoiledCell] = field(default_factory=dict)
    cut_rows: bool = False
    cut_columns: bool = False


def open_archive(path: Path) -> zipfile.ZipFile:
    """Return the workbook's archive, checked for size and soundness. Raises InputError where it is no .xlsx."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError:
        raise input_error("file.missing", path.name) from None
    if not start:
        raise input_error("file.empty", path.name)
    if start == _OLE:
        raise input_error("file.encrypted", path.name)
    try:
        archive = zipfile.ZipFile(path)
        if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
            raise input_error("file.too-large", path.name, limit=str(MAX_UNPACKED // 2**20))
        _refuse_heavy_parts(archive, path.name)
        # Reading every part also catches sizes that the directory understates: the checksum then fails.
        if archive.testzip() is not None or "xl/workbook.xml" not in archive.namelist():
            raise input_error("file.not-a-workbook", path.name)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError, zlib.error):
        raise input_error("file.not-a-workbook", path.name) from None
    return archive


def _refuse_heavy_parts(archive: zipfile.ZipFile, name: str) -> None:
    """Raise InputError where a part that is built as a whole is too large, or holds too many shared texts."""
    for part in archive.infolist():
        shared = part.filename == SHARED_STRINGS
        small = part.filename.endswith((".xml", ".rels")) and not part.filename.startswith("xl/worksheets/")
        limit = MAX_SHARED_PART if shared else MAX_SMALL_PART if small else MAX_UNPACKED
        if part.file_size > limit:
            raise input_error("file.too-large", name, limit=str(limit // 2**20))
        if shared and _count_items(archive, part) > MAX_SHARED_ITEMS:
            raise input_error("file.too-many-texts", name, limit=f"{MAX_SHARED_ITEMS:,}")


def _count_items(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """Return the number of shared texts, without unpacking more than a piece at a time."""
    found, rest = 0, b""
    with archive.open(part) as file:
        while piece := file.read(2**20):
            piece = rest + piece
            found += sum(1 for _ in _SHARED_ITEM.finditer(piece, 0, len(piece) - 40))
            rest = piece[-40:]
            if found > MAX_SHARED_ITEMS:
                break
    return found + sum(1 for _ in _SHARED_ITEM.finditer(rest))


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the archive's part by sheet name. Raises ElementTree.ParseError on broken XML, KeyError on a lost part."""
    relations = {
        node.get("Id", ""): node.get("Target", "")
        for node in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    parts: dict[str, str] = {}
    for node in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if node.tag.rpartition("}")[2] == "sheet":
            identity = next((value for key, value in node.attrib.items() if key.rpartition("}")[2] == "id"), "")
            target = relations.get(identity, "")
            part = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
            parts[node.get("name", "")] = part
    return parts


def column_index(letters: bytes) -> int:
    """Return the number of a column from 0; `A` is 0."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + letter - 64
    return index - 1


def _number(digits: bytes) -> int:
    if not digits.isdigit() or len(digits) > 9:
        raise ValueError(f"no row number: {digits[:20]!r}")
    return int(digits)


def _row_number(row: bytes, position: int) -> int:
    """Return the number of a row given its XML from the tag's name on; rows without one are counted."""
    found = _ROW_NUMBER.match(row[: row.find(b">") + 1])
    return _number(found[1]) if found else position


def look_at(xml: bytes) -> SheetFacts:
    """Return what the XML of a sheet says besides its values. Raises ValueError on XML that could mislead."""
    if b"<!DOCTYPE" in xml or b"\0" in xml or (b"&" in xml and _ENTITY_IN_ATTRIBUTE.search(xml)):
        raise ValueError("XML that no spreadsheet writes")
    facts = SheetFacts()
    head, *rows = _ROW.split(xml)
    widest = 0
    for position, row in enumerate(rows, 1):
        number = _row_number(row, position)
        facts.last_row = max(facts.last_row, number)
        if b"hidden" in row[:400] and _HIDDEN.match(row):
            facts.hidden_rows.append(number)
        widest = max(widest, row.count(b"<c ") + row.count(b"<c>") + row.count(b":c ") + row.count(b":c>"))
    facts.deepest = max(map(_number, set(_ANY_ROW.findall(xml))), default=0)
    far = max(map(column_index, set(_FAR_COLUMN.findall(xml))), default=0)
    facts.columns = max(widest, far + 1, 26)
    if max(facts.last_row, facts.deepest) > SHEET_ROWS or facts.columns > SHEET_COLUMNS:
        raise ValueError("a cell outside of what a sheet can hold")
    for column in _COLUMN.findall(head):
        if _HIDDEN.match(column):
            span = {key: int(number) for key, number in _COLUMN_SPAN.findall(column)}
            facts.hidden_columns.append((span.get(b"min", 1) - 1, span.get(b"max", 1) - 1))
    if any(sign in xml for sign in (b"<f>", b"<f ", b"<f/>", b":f>", b":f ", b":f/>", b'"e"', b"'e'")):
        for row in rows:
            _look_for_formulas(row, facts)
    return facts


def _look_for_formulas(row: bytes, facts: SheetFacts) -> None:
    for attributes, body in _FILLED_CELL.findall(row):
        place = _REFERENCE.search(attributes)
        if place is None:
            continue
        at = int(place[2]), column_index(place[1])
        formula = _FORMULA.search(body)
        value = _VALUE.search(body, formula.end() if formula else 0)
        if formula is not None:
            facts.formulas += 1
            facts.first_formula = facts.first_formula or (place[1] + place[2]).decode()
        if _ERROR_TYPE.search(attributes):
            facts.spoiled[at] = SpoiledCell("cell.error-value", _text(value[1] if value else b"#VALUE!"))
        elif formula is not None and value is None and not _TEXT_TYPE.search(attributes):
            facts.spoiled[at] = SpoiledCell("cell.formula-empty", "=" + _text(formula[1] or b""))


def _text(raw: bytes) -> str:
    return unescape(raw.decode("utf-8", "replace"))


def shared_text(archive: zipfile.ZipFile, xml: bytes) -> int:
    """Return an upper bound of the bytes that the shared texts of a sheet take once each cell has its copy.

    The bound is exact only where it matters: short of `MAX_SHARED_TEXT`, longest text × cells is good enough.
    """
    if SHARED_STRINGS not in archive.namelist():
        return 0
    lengths = [len(text) for text in _SHARED_ITEM.split(archive.read(SHARED_STRINGS))[1:]]
    bound = max(lengths, default=0) * xml.count(b"</")
    if bound <= MAX_SHARED_TEXT:
        return bound
    uses = Counter(map(int, _WHOLE_VALUE.findall(xml)))
    return sum(lengths[index] * count for index, count in uses.items() if index < len(lengths))


def trim(xml: bytes, facts: SheetFacts) -> bytes:
    """Return the sheet's XML without the cells that lie too far out to be read; `facts` say what was lost."""
    head, *rows = _ROW.split(xml)
    row_tag = next(iter(_ROW.findall(xml)), b"<row")
    end = _DATA_END.search(rows[-1]) if rows else None
    tail = rows[-1][end.start() :] if end else b""
    if end:
        rows[-1] = rows[-1][: end.start()]
    facts.columns = min(facts.columns, MAX_COLUMNS)
    limit = facts.last_row if facts.last_row * facts.columns <= MAX_CELLS else MAX_ROWS
    kept: list[bytes] = []
    for position, row in enumerate(rows, 1):
        number = _row_number(row, position)
        if number > limit:
            facts.cut_rows = facts.cut_rows or _VALUE.search(row) is not None
            continue
        kept.append(_near_cells(row, number, facts))
    return head + b"".join(row_tag + row for row in kept) + tail


def _near_cells(row: bytes, number: int, facts: SheetFacts) -> bytes:
    """Return a row's XML without the cells beyond the last column that is read, or said to stand in another row."""
    position = -1

    def keep(found: re.Match[bytes]) -> bytes:
        nonlocal position
        position += 1
        place = _REFERENCE.search(found[0][: found[0].find(b">")])
        column, stands_in = (column_index(place[1]), int(place[2])) if place else (position, number)
        if column < MAX_COLUMNS and stands_in == number:
            return found[0]
        facts.cut_columns = facts.cut_columns or _VALUE.search(found[0]) is not None
        return b""

    return _WHOLE_CELL.sub(keep, row)


def repacked(archive: zipfile.ZipFile, changed: dict[str, bytes]) -> io.BytesIO:
    """Return the workbook with some parts replaced."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as copy:
        for name in dict.fromkeys(archive.namelist()):
            copy.writestr(name, changed.get(name) or archive.read(name))
    packed.seek(0)
    return packed
