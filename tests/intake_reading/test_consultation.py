"""Answers of a consultation: what binds becomes a pin, what does not is told; nobody can change what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from planner.domain.case import RowRef
from planner.domain.errors import InputError
from planner.domain.result import MonthResult
from planner.intake.read.consultation import Consulted, diff_of, read_answers
from planner.intake.read.reader import read_tables
from planner.intake.tables.records import PinRow
from planner.intake.words.catalogue import finding_types, render
from planner.intake.words.consultation import CONSULT_FINDING_TYPES
from planner.intake.write.writer import write_folder
from planner.report.sheets.consultation import asked_of, write_consultation, write_own_consultations
from tests.report.month import DAYS, ENVIRONMENT, FIRE, MARKET, NAMES, case_of, result_of, timed

Marks = Mapping[tuple[str, str], Mapping[str, Any]]
"""(site, agency) → header → cell."""
V = {result_of().case.sites[v.site].id: v.id for v in result_of().visits}


def _mark(path: Path, marks: Marks) -> Path:
    book = openpyxl.load_workbook(path)
    ids = {(V[site], agency): cells for (site, agency), cells in marks.items()}
    for sheet in book:
        head = {cell.value: cell.column for cell in sheet[1]}
        if "入企编号" not in head:
            continue
        for row in range(2, sheet.max_row + 1):
            key = (sheet.cell(row, head["入企编号"]).value, sheet.cell(row, head["主体编号"]).value)
            for title, value in ids.get(key, {}).items():
                sheet.cell(row, head[title]).value = value
    book.save(path)
    book.close()
    return path


def _read(folder: Path, marks: Marks, result: MonthResult | None = None, pins: tuple[PinRow, ...] = ()) -> Consulted:
    result = result or timed(result_of())
    write_consultation(result, NAMES, folder / "draft.xlsx")
    return read_answers([_mark(folder / "draft.xlsx", marks)], asked_of(result), pins)


def _codes(consulted: Consulted) -> list[str]:
    return [finding.code for finding in consulted.findings]


def test_agree_move_object_and_silence(tmp_path: Path) -> None:
    consulted = _read(
        tmp_path,
        {
            ("S1", MARKET): {"答复": "同意"},
            ("S1", ENVIRONMENT): {"答复": "调整", "建议日期": date(2026, 6, 12)},
            ("S2", MARKET): {"答复": "同意", "说明": "两科室同去"},
            ("S6", ENVIRONMENT): {"答复": "不能", "理由": "人员不足"},
        },
    )
    assert _codes(consulted) == []
    pins = [(p["site_id"], p["agency_id"], p["date"], p["filing_id"], p["state"]) for p in consulted.pins]
    assert sorted(pins) == [
        ("S1", "HJ", date(2026, 6, 12), "HJ-2026-06", "fixed"),
        ("S1", "SCJG", date(2026, 6, 8), "SCJG-2026-06", "fixed"),
        ("S2", "SCJG", date(2026, 6, 9), "SCJG-2026-06", "fixed"),
        ("S2", "SCJG-YP", date(2026, 6, 9), "SCJG-YP-2026-06", "fixed"),
    ]
    diff = diff_of(consulted)
    assert {key: diff[key] for key in ("agree", "move", "object", "unanswered", "invalid", "pins", "errors")} == {
        "agree": 2,
        "move": 1,
        "object": 1,
        "unanswered": 3,
        "invalid": 0,
        "pins": 4,
        "errors": 0,
    }
    (moved,) = diff["agencies"][ENVIRONMENT]["move"]
    assert (moved["day"], moved["proposed"], moved["tasks"]) == ("2026-06-08", "2026-06-12", ["E1"])
    (objected,) = diff["agencies"][ENVIRONMENT]["object"]
    assert (objected["site"], objected["reason"]) == ("S6", "staff")


def test_the_draft_as_it_was_sent_is_no_answer(tmp_path: Path) -> None:
    consulted = _read(tmp_path, {})
    assert _codes(consulted) == []
    assert {answer.verdict for answer in consulted.answers} == {"unanswered"}
    assert consulted.pins == ()


MISTAKES: dict[str, Mapping[str, Any]] = {
    "consult.unknown": {"入企编号": "V-none"},
    "consult.no-answer": {"建议日期": date(2026, 6, 9)},
    "consult.no-reason": {"答复": "不能"},
    "consult.no-note": {"答复": "不能", "理由": "其他"},
    "consult.contradiction": {"答复": "同意", "建议日期": date(2026, 6, 9)},
    "consult.no-date": {"答复": "调整"},
    "consult.not-open": {"答复": "调整", "建议日期": date(2026, 6, 20)},
    "cell.choice": {"答复": "也许"},
}


@pytest.mark.parametrize("code", MISTAKES)
def test_an_answer_that_does_not_say_what_it_must_is_none(code: str, tmp_path: Path) -> None:
    consulted = _read(tmp_path, {("S1", MARKET): MISTAKES[code]})
    assert _codes(consulted) == [code]
    assert consulted.pins == ()
    for lang in ("zh", "en"):
        assert all(render(consulted.findings[0], lang))
    assert consulted.findings[0].row == 2
    assert consulted.findings[0].table.startswith("draft.xlsx ")


@pytest.mark.parametrize("cells", [{"日期": "2026-06-09"}, {"任务编号": "M2"}])
def test_what_was_asked_cannot_be_changed(cells: Mapping[str, Any], tmp_path: Path) -> None:
    consulted = _read(tmp_path, {("S1", MARKET): {"答复": "同意", **cells}})
    assert _codes(consulted) == ["consult.changed"]
    assert consulted.pins == ()


def test_a_date_outside_the_window_or_on_a_closed_day_is_refused(tmp_path: Path) -> None:
    tasks = [replace(t, window=(DAYS[0], DAYS[2])) if t.id == "M1" else t for t in case_of().tasks]
    narrow = timed(result_of(case_of(tasks=tasks)))
    marks = {("S1", MARKET): {"答复": "调整", "建议日期": date(2026, 6, 12)}}
    assert _codes(_read(tmp_path, marks, narrow)) == ["consult.outside-window"]
    closed = timed(result_of(case_of(blackout={"S1": [date(2026, 6, 12)]})))
    assert _codes(_read(tmp_path, marks, closed)) == ["consult.not-open"]


def test_a_published_visit_cannot_be_moved_and_a_fixed_pin_is_replaced(tmp_path: Path) -> None:
    tasks = [replace(t, pinned=DAYS[0]) if t.id == "M1" else t for t in case_of().tasks]
    result = timed(result_of(case_of(tasks=tasks)))
    pin = PinRow("P-1", "S1", MARKET, DAYS[0], "", "published", RowRef("pins", 2))
    other = PinRow("P-2", "S2", FIRE, DAYS[0], "", "fixed", RowRef("pins", 3))
    marks = {("S1", MARKET): {"答复": "调整", "建议日期": date(2026, 6, 9)}}
    kept = _read(tmp_path, marks, result, (pin, other))
    assert _codes(kept) == ["consult.published"]
    assert [p["pin_id"] for p in kept.pins] == ["P-1", "P-2"]
    moved = _read(tmp_path, marks, result, (replace(pin, state="fixed"), other))
    assert _codes(moved) == []
    assert [(p["site_id"], p["date"]) for p in moved.pins] == [("S2", DAYS[0]), ("S1", DAYS[1])]


def test_those_who_must_be_together_answer_alike(tmp_path: Path) -> None:
    tasks = [replace(t, joint_group="J-1") if t.id in ("M1", "E1") else t for t in case_of().tasks]
    result = timed(result_of(case_of(tasks=tasks)))
    apart = {
        ("S1", MARKET): {"答复": "同意"},
        ("S1", ENVIRONMENT): {"答复": "调整", "建议日期": date(2026, 6, 10)},
    }
    consulted = _read(tmp_path, apart, result)
    assert _codes(consulted) == ["consult.split"]
    assert consulted.pins == ()
    assert _codes(_read(tmp_path, {("S1", MARKET): {"答复": "同意"}}, result)) == []
    together = {key: {"答复": "调整", "建议日期": date(2026, 6, 10)} for key in apart}
    assert {p["date"] for p in _read(tmp_path, together, result).pins} == {date(2026, 6, 10)}


def test_two_files_that_differ_are_an_error_and_two_alike_are_not(tmp_path: Path) -> None:
    result = timed(result_of())
    for name in ("a.xlsx", "b.xlsx"):
        write_consultation(result, NAMES, tmp_path / name)
    paths = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    _mark(paths[0], {("S1", MARKET): {"答复": "同意"}})
    assert len(read_answers(paths, asked_of(result), ()).pins) == 1
    _mark(paths[1], {("S1", MARKET): {"答复": "不能", "理由": "人员不足"}})
    consulted = read_answers(paths, asked_of(result), ())
    assert _codes(consulted) == ["consult.twice"]
    assert consulted.pins == ()


def test_files_that_are_no_form(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "x.xlsx")
    assert _codes(read_answers([tmp_path / "x.xlsx"], asked_of(result_of()), ())) == ["consult.no-form"]
    (tmp_path / "y.xlsx").write_bytes(b"no workbook")
    with pytest.raises(InputError):
        read_answers([tmp_path / "y.xlsx"], asked_of(result_of()), ())


def test_pins_can_be_read_as_the_months_table(tmp_path: Path) -> None:
    consulted = _read(tmp_path, {("S1", MARKET): {"答复": "同意"}})
    sources: dict[str, Any] = {"sites": [{"site_id": "S1", "name": "店", "town": "镇", "industry": "餐饮"}]}
    sources["agencies"] = [{"agency_id": MARKET, "name": "局", "level": "区级"}]
    sources["filings"] = []
    write_folder({**sources, "pins": [{**p, "filing_id": ""} for p in consulted.pins]}, tmp_path / "source")
    (pin,) = read_tables(tmp_path / "source").pins
    assert (pin.site_id, pin.agency_id, pin.date, pin.state) == ("S1", MARKET, date(2026, 6, 8), "fixed")


def _texts(path: Path) -> str:
    return str([[[c.value for c in row] for row in sheet.iter_rows()] for sheet in openpyxl.load_workbook(path)])


def test_unannounced_checks_are_asked_of_their_own_agency_alone(tmp_path: Path) -> None:
    write_consultation(timed(result_of()), NAMES, tmp_path / "round.xlsx")
    assert "化工厂" not in _texts(tmp_path / "round.xlsx")
    paths = write_own_consultations(timed(result_of()), NAMES, tmp_path / "own")
    assert [path.name for path in paths if "化工厂" in _texts(path)] == ["征求意见-区生态环境局.xlsx"]


def test_answer_columns_have_lists_and_are_the_only_open_ones(tmp_path: Path) -> None:
    write_consultation(timed(result_of()), NAMES, tmp_path / "d.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "d.xlsx")["征求意见-区市场监管局"]
    lists = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation if v.type == "list"}
    assert lists["I2:I3"] == '"同意,调整,不能"'
    assert sheet.protection.sheet
    assert [cell.value for cell in sheet[1] if not sheet.cell(2, cell.column).protection.locked] == [
        *("答复", "建议日期", "理由", "说明"),
    ]


def test_every_finding_has_a_test_here() -> None:
    source = Path(__file__).read_text("utf-8")
    assert [kind.code for kind in CONSULT_FINDING_TYPES if f'"{kind.code}"' not in source] == []
    assert {kind.code for kind in CONSULT_FINDING_TYPES} <= finding_types().keys()
