"""The consultation draft (征求意见稿): what each agency is asked, as workbooks with drop-downs to mark.

`planner.intake.read.consultation` reads them back. The draft that goes round among agencies holds no unannounced check;
an agency's own draft holds its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import numpy as np

from planner.domain.result import MonthResult
from planner.intake.read.consultation import ANSWERS, FORM, REASONS, Asked
from planner.report.sheets.cells import Book, Cell, Head, Sheet, file_name, joined
from planner.report.visits.view import Party, VisitRow, view_of
from planner.report.words.names import Names, month_text, window_text
from planner.report.words.texts import text

_WIDTHS = {"day": 12, "start": 12, "site": 26, "town": 10, "items": 30, "others": 22, "window": 25, "unannounced": 6}
_TO_FILL = {"answer": 8, "proposed": 12, "reason": 22, "note": 26}
_GUIDE = "说明"

_Windows = dict[tuple[str, str], tuple[date, date]]
"""(visit, agency) → days that the windows of all its tasks hold."""


def asked_of(result: MonthResult) -> list[Asked]:
    """Return each agency's part in each visit of the plan, unannounced ones too."""
    return _asked(result, view_of(result).rows())


def _asked(result: MonthResult, rows: Iterable[VisitRow]) -> list[Asked]:
    case = result.case
    site_index = {site.id: number for number, site in enumerate(case.sites)}
    asked = []
    for row in rows:
        closed = case.blackout[site_index[row.site.id]]
        open_days = frozenset(case.days[d] for d in np.flatnonzero(~closed).tolist())
        for party in row.parties:
            tasks = tuple(task for task in row.tasks if task.id in party.tasks)
            asked.append(Asked(row.id, party.id, row.day, tasks, open_days))
    return asked


def write_consultation(result: MonthResult, names: Names, path: Path) -> None:
    """Write one workbook with a sheet per agency, without unannounced checks: it goes round among agencies."""
    windows = _windows(asked_of(result))
    with _book(result, path) as book:
        _guide(book.sheet(_GUIDE), result, text("consult_shared"))
        for agency in result.case.parents:
            view = view_of(result, "agency", names, agency)
            rows = [row for row in view.rows() if not row.unannounced]
            if rows:
                _form(book.sheet(text("sheet_consult", name=view.names.agency(agency))), agency, rows, result, windows)


def write_own_consultations(result: MonthResult, names: Names, folder: Path) -> list[Path]:
    """Write a workbook per agency with a visit into `folder`, made if needed; return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths, taken, known = [], set[str](), names.with_case(result.case)
    for agency in result.case.parents:
        path = folder / file_name(text("sheet_consult", name=known.agency(agency)), ".xlsx", taken)
        if write_own_consultation(result, names, agency, path):
            paths.append(path)
    return paths


def write_own_consultation(result: MonthResult, names: Names, agency: str, path: Path) -> bool:
    """Write one agency's workbook with its own unannounced checks; return False, and write none, without a visit."""
    view = view_of(result, "agency", names, agency)
    rows, name = view.rows(), view.names.agency(agency)
    if not rows:
        return False
    with _book(result, path) as book:
        _guide(book.sheet(_GUIDE), result, text("consult_own", name=name))
        _form(book.sheet(text("sheet_consult", name=name)), agency, rows, result, _windows(_asked(result, rows)))
    return True


def _windows(asked: Iterable[Asked]) -> _Windows:
    return {(one.visit, one.agency): one.window for one in asked}


def _book(result: MonthResult, path: Path) -> Book:
    title = text("consult_title", month=month_text(result.case.period[0]))
    if result.case.synthetic:
        title = text("with_aside", name=title, aside=text("synthetic"))
    return Book(path, title)


def _guide(sheet: Sheet, result: MonthResult, who: str) -> None:
    sheet.widths([24, 24, 24, 24])
    sheet.wide(text("consult_title", month=month_text(result.case.period[0])), 4, "title", 30)
    if result.case.synthetic:
        sheet.wide(text("synthetic_note"), 4, "warn", 22)
    sheet.wide(who, 4, "warn", 36)
    for line in ("consult_guide_1", "consult_guide_2", "consult_guide_3"):
        sheet.wide(text(line), 4, height=34)
    sheet.wide(text("consult_guide_4", hash=result.plan_hash), 4, height=34)


def _form(sheet: Sheet, agency: str, rows: list[VisitRow], result: MonthResult, windows: _Windows) -> None:
    """Write one agency's form. The sheet is protected without a password: only the answer columns take marks."""
    order = ("day", *(key for key in _WIDTHS if key != "day"), *_TO_FILL, "visit_id", "agency_id", "task_ids")
    heads = []
    for key in order:
        look = "input" if key in _TO_FILL else "wrap"
        width = _WIDTHS.get(key) or _TO_FILL.get(key) or 15
        heads.append(Head(FORM.column(key).title, width, look, printed=key in _WIDTHS or key in _TO_FILL))

    def cells(row: VisitRow) -> list[Cell]:
        own = next(party for party in row.parties if party.id == agency)
        first = _told(row, own, window_text(windows[row.id, agency]))
        return [*first, *("" for _ in _TO_FILL), row.id, agency, ";".join(own.tasks)]

    length = sheet.table(heads, map(cells, rows), main=True)
    last = max(length, 1)
    column = order.index
    days = {
        "validate": "date",
        "criteria": "between",
        "minimum": result.case.period[0],
        "maximum": result.case.period[1],
    }
    days |= {"input_title": FORM.column("proposed").title, "input_message": text("consult_days")}
    for key, choices in (("answer", ANSWERS), ("reason", REASONS)):
        shown = {"validate": "list", "source": [title for _, title in choices], "error_title": text("consult_choose")}
        sheet.raw.data_validation(1, column(key), last, column(key), shown)
    sheet.raw.data_validation(1, column("proposed"), last, column("proposed"), days)
    sheet.raw.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})


def _told(row: VisitRow, own: Party, window: str) -> list[Cell]:
    others = joined(party.name for party in row.parties if party.id != own.id)
    secret = text("yes") if row.unannounced else ""
    return [row.day.isoformat(), row.time, row.site.name, row.site.town, joined(own.items), others, window, secret]
