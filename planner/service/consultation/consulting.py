"""The month's consultation: drafts for agencies to mark, marked ones read back as pins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from planner.domain.errors import InputError
from planner.domain.finding import Finding, Severity
from planner.intake.read.consultation import FORM, Asked, Consulted, fault_of, read_answers
from planner.intake.words.catalogue import render
from planner.intake.write.writer import Rows, write_folder, write_workbook
from planner.report.sheets.consultation import (
    asked_of,
    write_consultation,
    write_own_consultation,
    write_own_consultations,
)
from planner.service.files.outputs import names_with_places
from planner.service.month.planning import Planned


def draft_consultation(planned: Planned, out: Path) -> list[Path]:
    """Write the draft to `out` and return the paths.

    A name that ends in `.xlsx` gives one workbook for all agencies, without unannounced checks; any other name a folder
    with a workbook per agency, each with its own. Raises InputError where there is no plan or `out` cannot be written.
    """
    if planned.result.plan is None:
        raise InputError("没有方案，无从征求意见 / there is no plan to consult on")
    names = names_with_places(planned)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.suffix.lower() != ".xlsx":
            return write_own_consultations(planned.result, names, out)
        write_consultation(planned.result, names, out)
    except OSError as error:
        raise InputError(f"无法写入 {out}：{error.strerror} / cannot write {out}") from error
    return [out]


def draft_own_form(planned: Planned, agency: str, out: Path) -> bool:
    """Write one agency's workbook to mark, its own unannounced checks in it; return False where it has no visit."""
    return write_own_consultation(planned.result, names_with_places(planned), agency, out)


def asked_in(planned: Planned) -> dict[tuple[str, str], Asked]:
    """Return each agency's part in each visit of the plan by (visit, agency)."""
    return {(one.visit, one.agency): one for one in asked_of(planned.result)}


def fault_in(planned: Planned, one: Asked, verdict: str, proposed: date | None, reason: str, note: str) -> str | None:
    """Return in Chinese what is wrong with an answer, and what to do; None where nothing is."""
    fixed = {(pin.site_id, pin.date) for pin in planned.tables.pins if pin.state == "published"}
    public = (one.tasks[0].site, one.day) in fixed and any(task.pinned == one.day for task in one.tasks)
    fault = fault_of(one, verdict, proposed, reason, note, public)
    if fault is None:
        return None
    params = {key: str(value) for key, value in fault.params.items()}
    title = FORM.column(fault.column).title
    _, message, action = render(Finding(fault.code, Severity.ERROR, FORM.title, 0, title, params=params))
    return f"{message}。{action}。"


def read_consultation(planned: Planned, files: Sequence[Path]) -> Consulted:
    """Return the answers of marked workbooks to the plan. Raises InputError where a file is no workbook."""
    for file in files:
        if not file.is_file():
            raise InputError(f"{file}：没有这个文件 / no such file")
    return read_answers(files, asked_of(planned.result), planned.tables.pins)


def write_pins(consulted: Consulted, out: Path) -> None:
    """Write the table `pins` of the month's source as the answers leave it, earlier pins included.

    `out` is a `.csv` file, which takes the place of the folder's `pins.csv`, or an `.xlsx` workbook with the one sheet,
    whose rows take the place of those in the source. Raises InputError where it cannot be written.
    """
    tables: dict[str, Rows] = {"pins": list(consulted.pins)}
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.suffix.lower() == ".xlsx":
            write_workbook(tables, out)
            return
        aside = out.parent / f".{out.name}.unfinished"
        write_folder(tables, aside)
        (aside / "pins.csv").replace(out)
        aside.rmdir()
    except OSError as error:
        raise InputError(f"无法写入 {out}：{error.strerror} / cannot write {out}") from error
