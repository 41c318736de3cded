"""The sheet of fire's visits without another body, with what keeps the others away."""

from __future__ import annotations

from collections.abc import Sequence

from planner.domain.case import Case
from planner.explain.fire_alone import FireAlone
from planner.report.sheets.cells import Head, Sheet, joined
from planner.report.words.names import Names, day_text
from planner.report.words.texts import text
from planner.rulebook.offices import cited


def write_fire_alone(sheet: Sheet, rows: Sequence[FireAlone], case: Case, names: Names) -> None:
    """Write fire's visits alone: day, site, who could be thought to come along, and why nobody does."""
    heads = [
        Head(text("date"), 15),
        Head(text("site"), 26, "wrap"),
        Head(text("town"), 11),
        Head(text("fire_alone_partners"), 28, "wrap"),
        Head(text("fire_alone_entries"), 12, "int"),
        Head(text("fire_alone_together"), 14, "int"),
        Head(text("reason"), 60, "wrap"),
        Head(text("clauses"), 14, "wrap"),
        Head(text("site_id"), 24, printed=False),
    ]
    sheet.table_or_note(
        heads,
        (
            [
                *(day_text(case.days[row.day]), case.sites[row.site].name, case.sites[row.site].town),
                *(joined(map(names.agency, row.partners)), row.entries, row.together, row.zh),
                *(joined(cited("fire-leads")), case.sites[row.site].id),
            ]
            for row in rows
        ),
        text("fire_alone_empty"),
    )
