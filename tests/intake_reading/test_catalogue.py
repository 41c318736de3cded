"""Catalogue and reader name the same findings; each can be brought about and told in both languages."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import api.desk.filings
import planner.intake
from planner.domain.errors import InputError
from planner.domain.finding import Finding, Severity
from planner.intake.read.reader import read_tables
from planner.intake.tables.schema import TABLE_BY_KEY
from planner.intake.words.catalogue import finding_types, render
from planner.intake.words.held import HELD_FINDING_TYPES
from planner.intake.words.reading import READING_FINDING_TYPES
from tests.intake_reading.cases import codes, csv_folder, good, workbook
from tests.intake_reading.defects import DEFECTS

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r'"((?:held|file|sheet|table|header|row|cell|ref|register)\.[a-z-]+)"')
ELSEWHERE = {
    "file.too-large": "tests/intake_reading/test_files.py",
    "sheet.too-large": "tests/intake_reading/test_files.py",
    "file.too-many-texts": "tests/intake_reading/test_files.py",
    "cell.learned": "tests/http/test_words.py",
    "register.read": "tests/http/test_words.py",
    "register.same": "tests/http/test_words.py",
}
"""Findings that need more than one small file to come about, and the tests that bring them about."""
UNUSABLE = {"file.missing", "file.empty", "file.not-a-workbook", "file.encrypted", "file.no-tables"}
"""Inputs of which nothing can be read."""

PROVIDED = {"table", "row", "column", "value"}


def test_the_good_case_has_no_finding(tmp_path: Path) -> None:
    for path in (workbook(tmp_path, good()), csv_folder(tmp_path, good())):
        found = read_tables(path)
        assert codes(found) == []
        assert {key: len(getattr(found, key)) for key in TABLE_BY_KEY} == {k: len(v) for k, v in good().items()}


def test_every_code_in_the_source_is_in_the_catalogue() -> None:
    folders = (Path(planner.intake.__path__[0]), Path(api.desk.filings.__path__[0]))
    files = (file for folder in folders for file in folder.rglob("*.py"))
    used = {code for file in files for code in CODE.findall(file.read_text(encoding="utf-8"))}
    told = {kind.code for kind in (*READING_FINDING_TYPES, *HELD_FINDING_TYPES)}
    assert used == told


def test_every_entry_has_a_defect_that_brings_it_about() -> None:
    by_law = {"held.lost", "held.setting"}
    told = {kind.code for kind in (*READING_FINDING_TYPES, *HELD_FINDING_TYPES)}
    assert set(DEFECTS) | set(ELSEWHERE) | by_law == told
    for code, file in ELSEWHERE.items():
        assert f'"{code}"' in (ROOT / file).read_text(encoding="utf-8"), code


@pytest.mark.parametrize("code", DEFECTS)
def test_defect_is_found_and_told(code: str, tmp_path: Path) -> None:
    path = DEFECTS[code](tmp_path)
    if code in UNUSABLE:
        with pytest.raises(InputError, match=rf"\[{code}\]"):
            read_tables(path)
        return
    found = read_tables(path)
    matching = [finding for finding in found.findings if finding.code == code]
    assert matching, codes(found)
    for finding in matching[:3]:
        _assert_told_in_full(finding)
    if not path.is_dir() and code not in {"table.missing", "header.missing", "sheet.unreadable"}:
        assert {"S1", "S2"} <= {site.site_id for site in found.sites}, "good rows survive"


def _assert_told_in_full(finding: Finding) -> None:
    kind = finding_types()[finding.code]
    assert finding.severity is kind.severity
    for template in (kind.message_zh, kind.message_en, kind.action_zh, kind.action_en):
        named = {name for _, name, _, _ in string.Formatter().parse(template) if name}
        assert named <= PROVIDED | set(finding.params), template
        assert all(getattr(finding, name) for name in named & {"column", "value"}), template
    for lang in ("zh", "en"):
        assert all(render(finding, lang))


def test_every_entry_speaks_both_languages() -> None:
    for kind in finding_types().values():
        assert re.search(r"[\u4e00-\u9fff]", kind.title_zh + kind.message_zh), kind.code
        assert not re.search(r"[\u4e00-\u9fff]", kind.title_en), kind.code
        assert kind.action_zh, kind.code
        assert kind.action_en, kind.code


def test_errors_drop_and_warnings_keep(tmp_path: Path) -> None:
    """Severity means what it says, for every defect of a single row of sites or filings."""
    for code in ("cell.scope", "cell.too-long", "cell.control", "cell.yes-no", "cell.ignored", "row.lookalike"):
        folder = tmp_path / code
        folder.mkdir()
        found = read_tables(DEFECTS[code](folder))
        (finding,) = found.findings
        kept = {row.ref.row for row in getattr(found, finding.table)}
        assert (finding.row in kept) == (finding.severity is not Severity.ERROR), code
