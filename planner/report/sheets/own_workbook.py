"""What one agency or town takes along from the month, as a workbook: nothing of anyone else's.

An agency's holds its visits, duty sheet, joint visits, and its tasks that are not done, its own unannounced checks
among them. A town's holds the announced visits in it, by half-day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from planner.domain.result import MonthResult
from planner.report.sheets.cells import Book
from planner.report.sheets.duty import write_duty_sheet, write_joint_sheet
from planner.report.sheets.not_visited import write_not_visited
from planner.report.sheets.tasks import write_deferred, write_left_out
from planner.report.sheets.visits import write_agency_visits, write_visits
from planner.report.visits.view import VisitRow, view_of
from planner.report.words.names import Names, month_text
from planner.report.words.texts import text


def write_own_workbook(result: MonthResult, names: Names, agency: str, path: Path) -> None:
    """Write a parent agency's workbook to `path`. Of joint visits partners and their people are named, not items."""
    view, timed = view_of(result, "agency", names, agency), result.duty is not None
    rows, name = view.rows(), view.names.agency(agency)
    with Book(path, _title(result)) as book:
        write_agency_visits(book.sheet(text("sheet_agency", name=name)), agency, rows, True, timed)
        if timed:
            write_duty_sheet(book.sheet(text("sheet_duty", name=name)), agency, rows, view.names)
            write_joint_sheet(book.sheet(text("sheet_joint")), [_own_items(row, agency) for row in rows], view.names)
        open_tasks = list(view.open_tasks())
        write_left_out(book.sheet(text("sheet_left_out")), view, open_tasks)
        write_deferred(book.sheet(text("sheet_deferred")), view, open_tasks)
        own = [row for row in result.not_visited if row.parent == agency]
        write_not_visited(book.sheet(text("sheet_not_visited")), own, view.names)


def write_hidden_workbook(months: Mapping[str, MonthResult], names: Names, path: Path) -> None:
    """Write the unannounced checks of `months`, by agency, with those that have no day: for the bureau alone."""
    views = [view_of(result, "agency", names, agency) for agency, result in months.items()]
    rows = sorted((row for view in views for row in view.rows() if row.unannounced), key=lambda row: (row.day, row.id))
    with Book(path, _title(next(iter(months.values())))) as book:
        write_visits(book.sheet(text("unannounced")), rows, True, True)
        for view in views:
            open_tasks = [one for one in view.open_tasks() if one.task.unannounced]
            if open_tasks:
                write_left_out(book.sheet(f"{text('sheet_left_out')}-{open_tasks[0].agency}"), view, open_tasks)


def write_town_workbook(result: MonthResult, names: Names, town: str, path: Path) -> None:
    """Write the list of a town's announced visits to `path`."""
    rows = [row for row in view_of(result, "public", names).rows() if row.site.town == town]
    with Book(path, _title(result)) as book:
        write_visits(book.sheet(text("sheet_visits")), rows, False, result.duty is not None)


def _own_items(row: VisitRow, agency: str) -> VisitRow:
    return replace(row, items=tuple(item for party in row.parties if party.id == agency for item in party.items))


def _title(result: MonthResult) -> str:
    title = text("title", month=month_text(result.case.period[0]))
    return text("with_aside", name=title, aside=text("synthetic")) if result.case.synthetic else title
