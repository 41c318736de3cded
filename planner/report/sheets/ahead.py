"""The sheet of the look-ahead: what waits, what the month has to do of it, and the sums that say so."""

from __future__ import annotations

from planner.domain.ahead.shares import SHARES
from planner.domain.result import MonthResult
from planner.report.figures.ahead import ahead_lines, ahead_rows, ahead_weeks
from planner.report.sheets.cells import Head, Sheet
from planner.report.words.names import Names
from planner.report.words.texts import text

_COLUMNS = 10


def write_ahead(sheet: Sheet, result: MonthResult, names: Names) -> None:
    """Write the sentences, a row for each unit with waiting tasks, its weeks, and what a stay counts for."""
    sheet.widths([30, 16, 10, 10, 10, 14, 20, 14, 18, 14])
    sheet.line(text("ahead_title"), look="title")
    for line in ahead_lines(result, names):
        sheet.wide(line, _COLUMNS, height=18)
    ahead, rows = result.look_ahead, ahead_rows(result, names)
    if ahead is None or not rows:
        return
    if ahead.spare_percent:
        sheet.wide(text("ahead_spare", percent=ahead.spare_percent), _COLUMNS, height=18)
    sheet.row += 1
    keys = ("waiting", "least", "done", "load", "filed_load", "room", "lost_load", "parts")
    heads = [Head(text("ahead_crew"), 30), Head(text("ahead_until"), 16)]
    sheet.table(
        [*heads, *(Head(text(f"ahead_{key}"), 12, "int") for key in keys)],
        [
            [
                *(row.name, row.need.until.isoformat(), row.need.waiting, row.need.tasks, row.done),
                *(row.need.load, row.need.filed, row.need.room, row.need.lost, row.need.share.room),
            ]
            for row in rows
        ],
    )
    sheet.row += 1
    sheet.wide(text("ahead_note"), _COLUMNS, height=32)
    sheet.row += 1
    sheet.line(text("ahead_weeks"), look="section")
    weekly = ("load", "filed_load", "room")
    sheet.table(
        [
            Head(text("ahead_crew"), 30),
            Head(text("ahead_week"), 16),
            *(Head(text(f"ahead_{k}"), 12, "int") for k in weekly),
        ],
        [
            [row.name, week.until.isoformat(), week.waiting, week.filed, week.room]
            for row in rows
            for week in ahead_weeks(ahead, row.need.row, row.need.share)
        ],
    )
    sheet.row += 1
    sheet.line(text("ahead_stays"), look="section")
    used = [share for share in SHARES if any(row.need.share is share for row in rows)]
    sheet.table(
        [Head(text("ahead_quarters"), 30), *(Head(text(f"ahead_share_{share.name}"), 16, "int") for share in used)],
        [[str(q), *(share.weight[q] for share in used)] for q in range(1, len(SHARES[0].weight))],
    )
