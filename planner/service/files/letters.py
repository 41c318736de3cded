"""A published month's letters as Word files, each for the body that keeps and sends it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from planner.domain.calendar import month_bounds
from planner.domain.errors import InputError
from planner.intake.month.working_days import make_calendar
from planner.letters.contents import Letter, letters_of
from planner.letters.templates import write_letter
from planner.report.sheets.cells import file_name
from planner.service.files.outputs import names_with_places
from planner.service.files.own_outputs import agency_audience
from planner.service.month.planning import Planned
from planner.service.month.recorded import filings_of_month

LETTERS = "函件"
"""Folder of the letters."""
FIRE_DAY, REPLY_DAYS = 7, 5
"""The day of the month by which the fire service's letter is due (A03-4.2a), and the working days for an answer."""


def month_letters(planned: Planned) -> list[Letter]:
    """Return the drafts of a month; nothing in them depends on its unannounced checks."""
    first, _ = month_bounds(planned.month)
    calendar = make_calendar(range(first.year - 1, first.year + 2), planned.tables.calendar)
    due = calendar.last_working(first + timedelta(days=FIRE_DAY - 1))
    names = names_with_places(planned)
    month = set(filings_of_month(planned.tables, planned.month))
    filings = [row for row in planned.tables.filings if row.filing_id in month]
    return letters_of(planned.result, planned.tables, names, filings, calendar.working_after(due, REPLY_DAYS))


def write_letters(planned: Planned, folder: Path, templates: Path | None = None) -> dict[str, str]:
    """Write the month's letters below `folder`; return the audience by path within it.

    `templates` is a folder of the bureau's own templates. Raises InputError where one of them cannot be used, or where
    the folder cannot be written to.
    """
    taken: set[str] = set()
    found: dict[str, str] = {}
    try:
        (folder / LETTERS).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"无法写入 {folder}：{error.strerror} / cannot write there") from error
    for letter in month_letters(planned):
        wanted = f"{planned.names.agency(letter.agency)}-{letter.title}-{planned.month}"
        path = folder / LETTERS / file_name(wanted, ".docx", taken)
        write_letter(letter.kind, letter.about, path, templates)
        found[f"{LETTERS}/{path.name}"] = agency_audience(letter.agency)
    return found
