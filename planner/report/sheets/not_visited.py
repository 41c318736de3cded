"""The sheet of what is not visited: every finding that speaks of tasks not scheduled points to it."""

from __future__ import annotations

from collections.abc import Iterable

from planner.domain.not_visited import NotVisited
from planner.report.sheets.cells import Cell, Head, Sheet, joined
from planner.report.words.names import Names, window_text
from planner.report.words.texts import text


def write_not_visited(sheet: Sheet, rows: Iterable[NotVisited], names: Names) -> None:
    """Write what is not visited: what becomes of it, where, why, by which clause, and the date that it rests on."""
    heads = [
        Head(text("outcome"), 16, "wrap"),
        Head(text("site"), 26, "wrap"),
        Head(text("town"), 11),
        Head(text("agency"), 18, "wrap"),
        Head(text("items"), 28, "wrap"),
        Head(text("window"), 26),
        Head(text("reason"), 40, "wrap"),
        Head(text("not_visited_on"), 12),
        Head(text("clauses"), 18, "wrap"),
        Head(text("filings"), 22, "wrap"),
        Head(text("rule"), 20, "wrap", printed=False),
        Head(text("site_id"), 24, printed=False),
        Head(text("task_id"), 20, printed=False),
    ]

    def cells(row: NotVisited) -> list[Cell]:
        return [
            *(text(f"not_visited_{row.kind}"), row.site_name or text("whole_filing"), row.town),
            *(names.agency(row.parent), joined(map(names.item, row.items))),
            *(
                window_text(row.window) if row.window else "",
                row.zh,
                row.on.isoformat() if row.on else "",
                joined(row.clauses),
            ),
            *(joined(row.filings), names.rule(row.rule), row.site, row.task),
        ]

    sheet.table_or_note(heads, map(cells, rows), text("not_visited_empty"))
