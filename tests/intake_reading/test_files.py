"""Whole files: workbooks and folders that are missing, damaged, huge, hostile, or written in another encoding."""

from __future__ import annotations

import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.domain.errors import InputError
from planner.intake.read import csv_file as csv_module
from planner.intake.read import workbook_file, xlsx_parts
from planner.intake.read.reader import read_tables
from planner.intake.tables.records import Tables
from planner.intake.tables.schema import TABLE_BY_KEY
from planner.intake.write.writer import new_workbook, write_folder, write_workbook
from tests.intake_reading.cases import changed, codes, csv_folder, good, read_raw, site, workbook

SITES_PART = "xl/worksheets/sheet4.xml"


def _patch(path: Path, change: Callable[[bytes], bytes], part: str = SITES_PART) -> Path:
    """Change the XML of one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return path


def _add_rows(rows: bytes) -> Callable[[bytes], bytes]:
    return lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>")


def _site_ids(tables: Tables) -> list[str]:
    return [row.site_id for row in tables.sites]


def test_a_million_empty_rows(tmp_path: Path) -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d" s="1"/></row>' % (n, n) for n in range(4, 1_048_577))
    found = read_tables(_patch(workbook(tmp_path, good()), _add_rows(rows)))
    assert codes(found) == ["sheet.empty-rows"]
    assert found.findings[0].params["count"] == str(1_048_576 - 3)
    assert _site_ids(found) == ["S1", "S2"]


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="XFD1048576"><v>1</v></c>',
        b"<c s='1' r = 'XFD1048576' ><v>1</v></c>",
        b'<x:c r="XFD1048576"><x:v>1</x:v></x:c>',
    ],
)
def test_one_far_cell_is_cut_off(cell: bytes, tmp_path: Path) -> None:
    """Read as it stands, the rectangle up to that cell would take hundreds of GiB."""
    row = b'<row r="1048576">' + cell + b"</row>"
    found = read_tables(_patch(workbook(tmp_path, good()), _add_rows(row)))
    assert codes(found) == ["sheet.cut"]
    assert _site_ids(found) == ["S1", "S2"]


def test_far_columns_go_before_far_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_file, "MAX_CELLS", 2000)
    monkeypatch.setattr(xlsx_parts, "MAX_CELLS", 2000)
    cells = b'<row r="9"><c r="A9" t="str"><v>S9</v></c><c r="ZZ9" s="1"/><c r="ZY9"><v>1</v></c></row>'
    found = read_tables(_patch(workbook(tmp_path, good()), _add_rows(cells)))
    assert sorted(codes(found)) == ["row.half-empty", "sheet.cut"]
    assert _site_ids(found) == ["S1", "S2"]


@pytest.mark.parametrize(
    "hostile",
    [
        lambda xml: b'<!DOCTYPE a [<!ENTITY b "x">]>' + xml,
        _add_rows(b'<row r="9"><c r="&#88;FD9"><v>1</v></c></row>'),
        lambda xml: xml.decode().encode("utf-16"),
    ],
)
def test_xml_that_could_mislead_is_not_read(hostile: Callable[[bytes], bytes], tmp_path: Path) -> None:
    found = read_tables(_patch(workbook(tmp_path, good()), hostile))
    assert "sheet.unreadable" in codes(found)
    assert found.sites == ()
    assert len(found.agencies) == 2


def test_references_where_they_mislead_nobody_are_read(tmp_path: Path) -> None:
    """openpyxl with lxml writes each sign of a Chinese title as a reference."""
    titled = b'<row r="9" title="&#33267;"><c r="A9" s="1"/></row>'
    found = read_tables(_patch(workbook(tmp_path, good()), _add_rows(titled)))
    assert "sheet.unreadable" not in codes(found)
    assert _site_ids(found) == ["S1", "S2"]


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path, good())
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.bin", bytes(2_000_000))
    assert path.stat().st_size < 100_000
    assert codes(read_tables(path)) == []
    monkeypatch.setattr(xlsx_parts, "MAX_UNPACKED", 1_000_000)
    with pytest.raises(InputError, match=r"\[file.too-large\]"):
        read_tables(path)


def _with_part(path: Path, name: str, content: bytes) -> Path:
    """Return a copy of a workbook in which one part is another."""
    copy = path.with_name(f"with {path.name}")
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as other:
        for part in archive.namelist():
            if part != name:
                other.writestr(part, archive.read(part))
        other.writestr(name, content)
    return copy


@pytest.mark.parametrize(
    ("part", "content", "code"),
    [
        ("xl/sharedStrings.xml", b"<sst>" + b"<si><t>a</t></si>" * 8_000_000 + b"</sst>", "file.too-many-texts"),
        ("xl/sharedStrings.xml", b"<sst><si><t>" + bytes(210 * 2**20) + b"</t></si></sst>", "file.too-large"),
        ("xl/styles.xml", b"<styleSheet>" + b"<xf/>" * 4_000_000 + b"</styleSheet>", "file.too-large"),
        ("xl/workbook.xml", b"<workbook>" + b"<sheet/>" * 3_000_000 + b"</workbook>", "file.too-large"),
    ],
)
def test_a_small_file_that_would_be_built_into_gigabytes_is_refused(
    tmp_path: Path, part: str, content: bytes, code: str
) -> None:
    path = _with_part(workbook(tmp_path, good()), part, content)
    assert path.stat().st_size < 2**20
    command = "import resource, sys; from pathlib import Path; from planner.domain.errors import InputError\n"
    command += "from planner.intake.read.reader import read_tables\n"
    command += "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
    command += "try: read_tables(Path(sys.argv[1]))\n"
    command += "except InputError as error: print(error)\n"
    command += "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)"
    done = subprocess.run([sys.executable, "-c", command, path], capture_output=True, text=True, check=True)
    assert f"[{code}]" in done.stdout
    assert int(done.stdout.splitlines()[-1]) < 64  # MiB on top of the program itself


@pytest.mark.parametrize("cut", [2**20 - 3, 2**20 - 1, 2**20, 2**20 + 1])
def test_shared_texts_are_counted_across_pieces(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "counted.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(xlsx_parts.SHARED_STRINGS, b" " * cut + b"<x:si/>" * 3 + b" " * 2**20 + b"<si>")
    with zipfile.ZipFile(path) as archive:
        assert xlsx_parts._count_items(archive, archive.getinfo(xlsx_parts.SHARED_STRINGS)) == 4


def test_a_directory_that_understates_sizes_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, good())
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo(SITES_PART).file_size
    content = path.read_bytes()
    assert content.count(size.to_bytes(4, "little")) >= 2
    path.write_bytes(content.replace(size.to_bytes(4, "little"), (size // 2).to_bytes(4, "little")))
    with pytest.raises(InputError, match=r"\[file.not-a-workbook\]"):
        read_tables(path)


def test_one_long_text_in_very_many_cells_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each cell gets its own copy: a small file would fill the memory. Long texts used once are fine."""
    plain = _with_shared_strings(tmp_path / "plain.xlsx")
    monkeypatch.setattr(workbook_file, "MAX_SHARED_TEXT", 2_000)
    monkeypatch.setattr(xlsx_parts, "MAX_SHARED_TEXT", 2_000)
    assert codes(read_tables(plain)) == []
    cells = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(4, 300))
    found = read_tables(_patch(plain, _add_rows(cells)))
    assert [(f.code, f.table) for f in found.findings if f.code.startswith("sheet")] == [("sheet.too-large", "sites")]
    assert found.sites == ()


@pytest.mark.parametrize("encoding", [b"U-1", b"UTF-32", b"utf-7"])
def test_an_unknown_encoding_of_the_workbook(encoding: bytes, tmp_path: Path) -> None:
    path = _patch(workbook(tmp_path, good()), lambda xml: xml.replace(b"UTF-8", encoding), "xl/workbook.xml")
    with pytest.raises(InputError, match=r"\[file.not-a-workbook\]"):
        read_tables(path)


def test_other_archives_are_no_workbooks(tmp_path: Path) -> None:
    path = tmp_path / "letter.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    with pytest.raises(InputError, match=r"\[file.not-a-workbook\]"):
        read_tables(path)


def test_a_damaged_workbook_never_ends_in_a_traceback(tmp_path: Path) -> None:
    """Bytes flipped, lost or doubled anywhere: refused, or read with findings."""
    whole = workbook(tmp_path, good()).read_bytes()
    rng = random.Random(2)
    refused = 0
    for number in range(150):
        content = bytearray(whole)
        for _ in range(rng.randrange(1, 6)):
            at = rng.randrange(len(content))
            if number % 3 == 0:
                content[at] ^= 1 << rng.randrange(8)
            elif number % 3 == 1:
                del content[at : at + rng.randrange(1, 200)]
            else:
                content[at:at] = content[at : at + 50]
        path = tmp_path / "damaged.xlsx"
        path.write_bytes(content)
        try:
            read_tables(path)
        except InputError:
            refused += 1
    assert refused > 75


def _with_shared_strings(path: Path) -> Path:
    """Write the good case the way Excel does, texts in a part of their own."""
    with new_workbook(path) as book:
        for key, rows in good().items():
            sheet = book.add_worksheet(key)
            names = [column.key for column in TABLE_BY_KEY[key].columns]
            sheet.write_row(0, 0, names)
            for number, row in enumerate(rows, 1):
                sheet.write_row(number, 0, [str(row.get(name, "")) for name in names])
    return path


def test_shared_strings_are_read(tmp_path: Path) -> None:
    found = read_tables(_with_shared_strings(tmp_path / "shared.xlsx"))
    assert codes(found) == []
    assert found.sites == read_raw(tmp_path, good()).sites


@pytest.mark.parametrize("part", [SITES_PART, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"])
def test_damaged_xml_in_a_sound_archive(part: str, tmp_path: Path) -> None:
    rng = random.Random(part)

    def damage(xml: bytes) -> bytes:
        at = rng.randrange(len(xml))
        return xml[:at] + rng.choice([b"", b"<", b">", b'"', b"\xff", b"&x;", b"9" * 30]) + xml[at + rng.randrange(5) :]

    hurt = 0
    for _ in range(25):
        path = _patch(_with_shared_strings(tmp_path / "shared.xlsx"), damage, part)
        try:
            hurt += bool(read_tables(path).findings)
        except InputError:
            hurt += 1
    assert hurt or part == "xl/styles.xml", "styles matter only to cells that have one"


def test_a_folder_reads_like_a_workbook(tmp_path: Path) -> None:
    by_book, by_folder = read_raw(tmp_path, good()), read_tables(csv_folder(tmp_path, good()))
    for key in TABLE_BY_KEY:
        assert getattr(by_book, key) == getattr(by_folder, key)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("name", ["sites.csv", "检查对象.csv", " Sites.CSV"])
def test_encodings_and_names_of_csv_files(encoding: str, name: str, tmp_path: Path) -> None:
    path = csv_folder(tmp_path, good())
    text = (path / "sites.csv").read_text(encoding="utf-8-sig")
    (path / "sites.csv").unlink()
    header, _, rest = text.partition("\n")
    titles = ",".join(TABLE_BY_KEY["sites"].column(key).title for key in header.split(","))
    (path / name).write_text(titles + "\n" + rest + "S3,,𠮷野家,路S3号,朱泾镇,,,餐饮\n", encoding=encoding)
    found = read_tables(path)
    assert codes(found) == []
    assert [row.name for row in found.sites] == ["店铺S1", "店铺S2", "𠮷野家"]


def test_tabs_and_quoted_line_breaks(tmp_path: Path) -> None:
    body = 'date\tkind\tnote\n2026-06-19\toff\t"端午,\n节"\n\n2026-06-20\twork\t\n'.encode()
    found = read_tables(csv_folder(tmp_path, good(), {"calendar.csv": body}))
    assert codes(found) == []
    assert [(row.note, row.ref.row) for row in found.calendar] == [("端午,\n节", 2), ("", 4)]


def test_a_bad_file_in_a_folder_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = csv_folder(tmp_path, good(), {"pins.csv": b"", "lists.csv": b"PK\x03\x04", "notes.docx": b"x"})
    (path / "subfolder.csv").mkdir()
    found = read_tables(path)
    assert codes(found) == ["file.not-csv", "held.table", "file.empty", "file.unknown"]
    assert len(found.filings) == 1
    monkeypatch.setattr(csv_module, "MAX_BYTES", 200)
    assert "file.too-large" in codes(read_tables(path))


def test_random_bytes_in_a_csv_never_raise(tmp_path: Path) -> None:
    rng = random.Random(3)
    path = csv_folder(tmp_path, good())
    for _ in range(60):
        (path / "calendar.csv").write_bytes(b"date,kind,note\n" + rng.randbytes(rng.randrange(400)))
        read_tables(path)


def test_text_like_a_formula_survives_both_ways(tmp_path: Path) -> None:
    raw = changed("sites", site("S3", name="=1+1"), site("S4", name="-甲", lon=-181.5))
    write_folder(raw, tmp_path / "folder")
    assert "'=1+1" in (tmp_path / "folder" / "sites.csv").read_text(encoding="utf-8-sig")
    write_workbook(raw, tmp_path / "book.xlsx")
    for path in (tmp_path / "folder", tmp_path / "book.xlsx"):
        found = read_tables(path)
        assert [row.name for row in found.sites[2:]] == ["=1+1", "-甲"]
        assert codes(found) == ["cell.formula-like", "cell.formula-like", "cell.ignored"]


def test_written_bytes_are_the_same_every_time(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_workbook(good(), tmp_path / f"{name}.xlsx")
        write_folder(good(), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


def test_a_failed_writing_leaves_nothing(tmp_path: Path) -> None:
    for bad in ({"sites": [site("S1", colour="red")]}, {"planets": []}):
        with pytest.raises(KeyError):
            write_workbook(bad, tmp_path / "bad.xlsx")
        with pytest.raises(KeyError):
            write_folder(bad, tmp_path / "folder")
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]
