"""A month's letters: what each says, whose it is, which template, and that none tells of an unannounced check."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from typer.testing import CliRunner

from planner.cli.app import app
from planner.domain.errors import InputError
from planner.letters.templates import KINDS, write_letter, write_templates
from planner.rulebook.offices import cited, cited_by_domain
from planner.service import Planned, Revealed, name_month, plan_tables, write_outputs
from planner.service.files.letters import LETTERS, month_letters, write_letters
from tests.cli.district import MONTH, district, workbook
from tests.intake_law.build import agency, filing, inspector, item, rulebook, site, tables

SECRET = "突击事项"
BODIES = {"SCJG": "A01", "XF": "A03", "YJ": "A12"}


def planned(hidden: bool) -> Planned:
    """Return a month of three bodies at the same three sites; market supervision comes unannounced to a fourth."""
    items = [item(f"I-{body}", body, domain=domain, fire=body == "XF") for body, domain in BODIES.items()]
    filings = [
        filing(f"F-{body}", body, items=(f"I-{body}",), sites=("S1", "S2", "S3"), plan_code=f"JH-{body}")
        for body in BODIES
    ]
    if hidden:
        filings.append(filing("ZZ-1", "SCJG", items=("I-X",), sites=("S4",), unannounced=True))
    rows: dict[str, Any] = {
        "agencies": tuple(agency(body, domain, name=f"{body}<局>&") for body, domain in BODIES.items()),
        "inspectors": tuple(inspector(f"{body}{n}", body, name=f"{body}员{n}") for body in BODIES for n in range(4)),
        "sites": tuple(
            site(f"S{n}", industry="化工", tags=("消防重点单位",), address=f"示例路{n}号") for n in range(1, 5)
        ),
        "items": (*items, item("I-X", name=SECRET)),
        "filings": tuple(filings),
    }
    return name_month(plan_tables(tables(**rows), "2026-06", seed=1), Revealed(date(2026, 5, 25)))


@pytest.fixture(scope="module")
def month() -> Planned:
    found = planned(hidden=True)
    assert found.result.visits
    assert found.hidden is not None
    assert found.hidden.months
    return found


def texts(path: Path) -> str:
    """Return all that a document says."""

    def parts() -> Iterator[str]:
        document = Document(str(path))
        yield from (one.text for one in document.paragraphs)
        for table in document.tables:
            yield from (cell.text for row in table.rows for cell in row.cells)

    return "\n".join(parts())


def test_each_body_gets_the_letters_that_its_annex_asks_of_it(month: Planned) -> None:
    """A03-4.2a, A03-4.2b, A03-3.3.2, A12-3.2.5: nobody else's annex has a notice sent ahead."""
    found = month_letters(month)
    kinds = {kind: [one for one in found if one.kind == kind] for kind in KINDS}
    assert {one.agency for one in kinds["notice"]} == {"XF", "YJ"}
    assert {one.agency for one in kinds["fire_month"]} == {"XF"}
    assert {one.about["to"] for one in kinds["fire_month"]} == {"SCJG<局>&", "YJ<局>&"}
    assert {one.about["clauses"] for one in kinds["fire_month"]} == {"A03-4.2a、A03-4.2b"}
    assert str(kinds["fire_month"][0].about["reply_by"]) == "2026-06-12"  # 7 June is a Sunday: due on the 5th
    assert {one.agency for one in kinds["filing_form"]} == set(BODIES)
    joint = sum(row.joint for row in month.result.visits)
    assert sum(len(one.about["visits"]) for one in kinds["joint_plan"]) == joint > 0


def test_no_letter_tells_of_an_unannounced_check(month: Planned, tmp_path: Path) -> None:
    """Every letter is the same to the byte as if there were no unannounced check, and names none."""
    with_it, without = tmp_path / "with", tmp_path / "without"
    files = write_letters(month, with_it)
    assert files == write_letters(planned(hidden=False), without)
    for name in files:
        assert (with_it / name).read_bytes() == (without / name).read_bytes()
        assert SECRET not in texts(with_it / name)
        assert "ZZ-1" not in texts(with_it / name)
    assert SECRET in {row.name for row in month.tables.items}


def test_letters_are_complete_and_of_their_agency(month: Planned, tmp_path: Path) -> None:
    files = write_letters(month, tmp_path)
    assert set(files.values()) == {f"agency:{body}" for body in BODIES}
    for name in files:
        text = texts(tmp_path / name)
        assert "{{" not in text
        assert "{%" not in text
    notice = next(name for name in files if name.startswith(f"{LETTERS}/YJ") and "告知书" in name)
    text = texts(tmp_path / notice)
    assert "YJ<局>&" in text  # a name with signs of markup stays a name
    for wanted in ("示例路1号", "I-YJ", "某法第一条", "YJ员", "A12-3.2.5"):
        assert wanted in text
    assert "SCJG员" not in text
    form = next(name for name in files if name.startswith(f"{LETTERS}/SCJG") and "备案表" in name)
    assert "JH-SCJG" in texts(tmp_path / form)


def test_the_bureau_changes_a_template(month: Planned, tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    assert len(write_templates(folder)) == len(KINDS)
    own = Document()
    own.add_paragraph("本局格式 {{ agency }} {{ visits|length }}")
    own.save(str(folder / "告知书.docx"))
    assert write_templates(folder) == []  # what is there stays as it is
    files = write_letters(month, tmp_path / "out", folder)
    text = [texts(tmp_path / "out" / name) for name in files if "告知书" in name]
    assert sorted(text) == ["本局格式 XF<局>& 3", "本局格式 YJ<局>& 3"]


@pytest.mark.parametrize(
    "line", ["{{ nothing }}", "{{ agency", "{% for x in %}", "{{ agency.__class__.__mro__[1].__subclasses__() }}"]
)
def test_a_template_that_is_wrong_or_reaches_out_is_refused(tmp_path: Path, line: str) -> None:
    own = Document()
    own.add_paragraph(line)
    own.save(str(tmp_path / "告知书.docx"))
    with pytest.raises(InputError, match=r"告知书\.docx"):
        write_letter("notice", {"agency": "A"}, tmp_path / "x.docx", tmp_path)


def test_a_template_that_is_no_document_is_refused(tmp_path: Path) -> None:
    (tmp_path / "告知书.docx").write_bytes(b"no document")
    with pytest.raises(InputError, match=r"告知书\.docx"):
        write_letter("notice", {"agency": "A"}, tmp_path / "x.docx", tmp_path)


def test_clauses_of_letters_stand_in_the_annex_that_they_are_told_to() -> None:
    for step in ("fire-letter", "notice-ahead", "filing-contents"):
        for domain, clauses in cited_by_domain(step).items():
            assert {rulebook().clause(clause).doc for clause in clauses} == {domain}
    assert {rulebook().clause(one).doc for step in ("joint-plan", "supervision-letter") for one in cited(step)} == {"D"}


def test_the_command_writes_letters_and_templates(tmp_path: Path) -> None:
    source = workbook(tmp_path / "district.xlsx", district())
    write_outputs(plan_tables(_read(source), MONTH, source=source), tmp_path / "plan")
    done = CliRunner().invoke(app, ["letters", str(tmp_path / "plan/plan.json"), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert list((tmp_path / "out" / LETTERS).glob("*.docx"))
    done = CliRunner().invoke(app, ["letters", "--templates", str(tmp_path / "templates")])
    assert done.exit_code == 0
    assert {path.stem for path in (tmp_path / "templates").iterdir()} == set(KINDS.values())
    assert CliRunner().invoke(app, ["letters"]).exit_code == 2


def _read(source: Path) -> Any:
    from planner.service import read_source

    return read_source(source)
