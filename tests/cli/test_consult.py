"""`consult`: the draft goes out, answers come back as pins of the month's source, and the next plan keeps them."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl

from planner.intake.read.reader import read_tables
from planner.intake.write.writer import write_folder
from tests.cli.conftest import Month
from tests.cli.district import MONTH, district, run


def _answer(path: Path, answer: str) -> str:
    """Answer the first row of the first form and return its visit id."""
    book = openpyxl.load_workbook(path)
    sheet = next(s for s in book if "答复" in [c.value for c in s[1]])
    head = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, head["答复"]).value = answer
    visit = sheet.cell(2, head["入企编号"]).value
    book.save(path)
    book.close()
    return str(visit)


def test_agreed_visits_become_pins_that_the_source_reads(tmp_path: Path) -> None:
    source, out, marked = tmp_path / "source", tmp_path / "out", tmp_path / "draft.xlsx"
    write_folder(district(), source)
    assert run("plan", source, "--month", MONTH, "--out", out).exit_code == 0
    done = run("consult", "draft", out / "plan.json", "--case", source, "--out", marked)
    assert done.exit_code == 0, done.output
    visit = _answer(marked, "同意")
    pins = source / "pins.csv"
    done = run("consult", "read", out / "plan.json", marked, "--case", source, "--out", pins, "--json", "-")
    assert done.exit_code == 0, done.output
    values = json.loads(done.stdout)
    assert (values["agree"], values["pins"], values["errors"], values["file"]) == (1, 1, 0, str(pins))
    (agreed,) = [told for entry in values["agencies"].values() for told in entry["agree"]]
    assert agreed["visit"] == visit
    (pin,) = read_tables(source).pins
    assert (pin.site_id, pin.date.isoformat(), pin.state) == (agreed["site"], agreed["day"], "fixed")
    again = run("plan", source, "--month", MONTH, "--out", tmp_path / "again", "--json", "-")
    assert again.exit_code == 0, again.output
    visits = json.loads((tmp_path / "again" / "plan.json").read_text("utf-8"))["visits"]
    assert visit in {v["id"] for v in visits}
    assert not list(source.glob(".*"))


def test_a_folder_holds_a_workbook_per_agency(month: Month, tmp_path: Path) -> None:
    done = run("consult", "draft", month.plan, "--out", tmp_path / "稿", "--json", "-")
    assert done.exit_code == 0, done.output
    assert sorted(json.loads(done.stdout)["files"]) == sorted(str(path) for path in (tmp_path / "稿").iterdir())
    assert len(list((tmp_path / "稿").iterdir())) == 3


def test_an_unlawful_answer_ends_with_1_and_no_pin(month: Month, tmp_path: Path) -> None:
    marked, pins = tmp_path / "d.xlsx", tmp_path / "pins.xlsx"
    assert run("consult", "draft", month.plan, "--out", marked).exit_code == 0
    _answer(marked, "不能")
    done = run("consult", "read", month.plan, marked, "--out", pins)
    assert done.exit_code == 1
    assert "没有选理由" in done.stdout
    assert openpyxl.load_workbook(pins)["锁定"].max_row == 1


def test_a_missing_file_is_named(month: Month, tmp_path: Path) -> None:
    done = run("consult", "read", month.plan, tmp_path / "none.xlsx")
    assert done.exit_code == 2
    assert "none.xlsx" in done.stderr
