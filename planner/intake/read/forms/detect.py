"""Which table a sheet holds, by its header alone."""

from __future__ import annotations

from planner.intake.read.sheets import RawSheet, header_at
from planner.intake.tables.layout import column_names, normal
from planner.intake.tables.schema import TABLES, Table

LEAST = 3
"""So many columns have to be named."""


def table_of(sheet: RawSheet) -> Table | None:
    """Return the table whose columns the sheet's header names best, None where none or two fit alike."""
    scores: list[tuple[tuple[int, int], Table]] = []
    for table in TABLES:
        found = header_at(table, sheet)
        if found is None:
            continue
        names = column_names(table)
        hit = {names[normal(cell)] for cell in found[1] if normal(cell) in names}
        required = {column.key for column in table.columns if column.required}
        if len(hit) >= LEAST and len(hit & required) * 2 > len(required):
            scores.append(((len(hit & required) * 2 + len(hit) - len(required - hit), len(hit)), table))
    scores.sort(key=lambda one: one[0], reverse=True)
    if not scores or (len(scores) > 1 and scores[0][0] == scores[1][0]):
        return None
    return scores[0][1]
