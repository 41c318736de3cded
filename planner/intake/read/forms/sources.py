"""Whatever a department hands in: a workbook of any kind, a CSV file, a web page, a folder or an archive of them."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from planner.domain.errors import InputError
from planner.intake.read.csv_file import KNOWN_FILES, MAX_BYTES, csv_sheet, decode
from planner.intake.read.forms.detect import table_of
from planner.intake.read.forms.other_workbooks import other_workbook
from planner.intake.read.forms.tables_in_html import html_sheets
from planner.intake.read.sheets import RawSheet
from planner.intake.read.workbook_file import KNOWN_NAMES, read_sheets, read_workbook
from planner.intake.read.xlsx_parts import MAX_UNPACKED
from planner.intake.tables.layout import GUIDE_NAME, TABLE_BY_NAME, normal
from planner.intake.tables.schema import Table
from planner.intake.words.catalogue import input_error
from planner.intake.words.findings import Findings, as_shown

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".et", ".ods", ".xlsb", ".html", ".htm"})
CSV = frozenset({".csv", ".tsv", ".txt"})
MAX_FILES = 500
"""Files of one folder or archive. More are refused as a whole: what is cut off unread would be a duty lost."""
LONGEST_NAME = 60
"""Characters kept of a member's name: file systems take 255 bytes, an archive may say anything."""
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class Part(NamedTuple):
    """A sheet with rows of one table; `file` is the name of the file that it stands in, "" where there is but one."""

    table: Table
    sheet: RawSheet
    file: str


def parts_of(path: Path, findings: Findings) -> Iterator[Part]:
    """Yield every sheet that holds a table. Raises InputError where nothing can be read from `path` at all."""
    if path.is_dir():
        yield from _folder(path, findings)
    elif path.suffix.lower() == ".zip" or _is_archive(path):
        with tempfile.TemporaryDirectory() as aside:
            _unpack(path, Path(aside))
            yield from _folder(Path(aside), findings, path.name)
    elif path.suffix.lower() in CSV and path.stat().st_size:
        yield from (Part(table, sheet, "") for table, sheet in _csv(path, findings))
    else:
        yield from (Part(table, sheet, "") for table, sheet in _workbook(path, findings))


def sheets_of(path: Path, findings: Findings) -> Iterator[RawSheet]:
    """Yield every sheet of one file under its own name, whatever it holds. Raises InputError where it is no table."""
    if path.suffix.lower() in CSV and path.stat().st_size:
        name = as_shown(path.name)
        sheet = csv_sheet(path, name, name, findings)
        sheets = iter([] if sheet is None else [sheet])
    else:
        others = _other_sheets(path, findings)
        sheets = read_sheets(path, findings) if others is None else iter(others)
    yield from (one for one in sheets if normal(one.name) != GUIDE_NAME)


def _folder(path: Path, findings: Findings, name: str = "") -> Iterator[Part]:
    files = [
        file
        for file in sorted(path.rglob("*"))
        if file.is_file() and not any(part.startswith((".", "~$", "__MACOSX")) for part in file.relative_to(path).parts)
    ]
    if not any(file.suffix.lower() in WORKBOOKS | CSV for file in files):
        raise input_error("file.no-tables", as_shown(name or path.name))
    _require_few(len(files), name or path.name)
    several = sum(file.suffix.lower() in WORKBOOKS for file in files) > 0
    for file in files:
        shown = as_shown(file.relative_to(path).as_posix())
        findings.place = shown if several else ""
        try:
            if file.suffix.lower() in CSV:
                found = _csv(file, findings)
            elif file.suffix.lower() in WORKBOOKS:
                found = _workbook(file, findings)
            else:
                if normal(file.stem) != GUIDE_NAME:
                    findings.add("file.unknown", shown, value=shown, known=KNOWN_FILES)
                continue
            for table, sheet in found:
                yield Part(table, sheet, shown if several else "")
        except InputError:  # one bad file does not keep the others out
            findings.add("file.not-a-workbook", shown, value=shown)
    findings.place = ""


def _csv(file: Path, findings: Findings) -> Iterator[tuple[Table, RawSheet]]:
    name = as_shown(file.name)
    table = TABLE_BY_NAME.get(normal(file.stem))
    if table is None and normal(file.stem) == GUIDE_NAME:
        return
    if table is None:
        aside = Findings()
        sheet = csv_sheet(file, name, name, aside)
        table = table_of(sheet) if sheet else None
        if table is None:
            findings.add("file.unknown", name, value=name, known=KNOWN_FILES)
            return
        findings.add("sheet.by-header", table.key, value=name)
    sheet = csv_sheet(file, name, table.key, findings)
    if sheet is not None:
        yield table, sheet


def _workbook(file: Path, findings: Findings) -> Iterator[tuple[Table, RawSheet]]:
    sheets = _other_sheets(file, findings)
    if sheets is None:
        yield from read_workbook(file, findings)
    else:
        yield from _named(sheets, file, findings)


def _other_sheets(file: Path, findings: Findings) -> Sequence[RawSheet] | None:
    """Return the sheets of a web page or another kind of workbook; None for what the reader of .xlsx has to judge."""
    with file.open("rb") as opened:
        start = opened.read(2048)
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        if file.stat().st_size > MAX_BYTES:
            raise input_error("file.too-large", file.name, limit=str(MAX_BYTES // 2**20))
        text = decode(file.read_bytes(), as_shown(file.name), "", findings)
        return html_sheets(text, file.stem)
    if start.startswith(_OLE) or (start.startswith(_ZIP) and not _is_xlsx(file)):
        return other_workbook(file)
    return None


def _named(sheets: Sequence[RawSheet], file: Path, findings: Findings) -> Iterator[tuple[Table, RawSheet]]:
    found = 0
    for sheet in sheets:
        if normal(sheet.name) == GUIDE_NAME:
            continue
        table = TABLE_BY_NAME.get(normal(sheet.name))
        if table is None and (table := table_of(sheet)) is not None:
            findings.add("sheet.by-header", table.key, value=sheet.name)
        if table is None:
            findings.add("sheet.unknown", sheet.name, value=sheet.name, known=KNOWN_NAMES)
        else:
            found += 1
            yield table, sheet
    if not found and not sheets:
        raise input_error("file.not-a-workbook", file.name)


def _is_xlsx(file: Path) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, NotImplementedError):
        return True  # read_workbook says what is wrong


def _is_archive(file: Path) -> bool:
    with file.open("rb") as opened:
        if opened.read(4) != _ZIP:
            return False
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, NotImplementedError):
        return False
    inside = any(Path(name).suffix.lower() in WORKBOOKS | CSV for name in names)
    return inside and "[Content_Types].xml" not in names and "mimetype" not in names


def _require_few(files: int, name: str) -> None:
    """Raise InputError where a folder or archive holds more than MAX_FILES files."""
    if files > MAX_FILES:
        raise InputError(
            f"“{as_shown(name)}”里有 {files} 个文件，超过 {MAX_FILES} 个，全部未读取：请拆分后分别报送 / "
            f"more than {MAX_FILES} files: nothing was read, split them"
        )


def _unpack(path: Path, folder: Path) -> None:
    """Unpack an archive of files. Raises InputError where it is damaged, locked with a password, or too large."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            _require_few(len(members), path.name)
            if sum(one.file_size for one in members) > MAX_UNPACKED:
                raise input_error("file.too-large", path.name, limit=str(MAX_UNPACKED // 2**20))
            for number, one in enumerate(members):
                place = folder / _name_of(one)
                if place.exists():
                    place = place.with_stem(f"{place.stem}~{number}")
                place.write_bytes(_member(archive, one, path.name))
    except (zipfile.BadZipFile, NotImplementedError):
        raise input_error("file.not-a-workbook", path.name) from None


def _member(archive: zipfile.ZipFile, one: zipfile.ZipInfo, name: str) -> bytes:
    """Return a member's bytes. A password is a RuntimeError of the library, an unknown packing NotImplementedError."""
    try:
        return archive.read(one)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError):
        raise input_error("file.not-a-workbook", name) from None


def _name_of(member: zipfile.ZipInfo) -> str:
    """Return a member's bare name; Chinese systems write it in GBK without saying so."""
    name = member.filename
    if not member.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("gb18030")
        except (UnicodeEncodeError, UnicodeDecodeError):
            name = member.filename
    bare = Path(Path(name.replace("\\", "/")).name or "_")
    return bare.stem[:LONGEST_NAME] + bare.suffix[:LONGEST_NAME]
