"""Sheets of visits: all of them, and each agency's own."""

from __future__ import annotations

from collections.abc import Sequence

from planner.report.sheets.cells import Cell, Head, Sheet, joined
from planner.report.visits.view import VisitRow
from planner.report.words.names import day_text
from planner.report.words.texts import text


def visit_kind(row: VisitRow) -> str:
    """Return what kind of visit it is, in one word."""
    if row.joint:
        return text("kind_joint")
    if row.cross_domain:
        return text("kind_cross_domain")
    return text("kind_merged" if row.merged else "kind_single")


QUESTIONS = ("due", "together", "day")
"""Why a visit is as it is: the trace's questions, each a column."""


def write_visits(sheet: Sheet, rows: Sequence[VisitRow], inside: bool, timed: bool) -> None:
    """Write all visits; `inside` adds what only the bureau sees, `timed` start and inspectors where there are any."""
    heads = [
        Head(text("date"), 16),
        *_time_head(inside, timed),
        Head(text("site"), 28, "wrap"),
        Head(text("town"), 11),
        Head(text("agencies"), 30, "wrap"),
        Head(text("visit_kind"), 10),
        *_unannounced_head(inside),
        Head(text("items"), 36, "wrap"),
        *([Head(text("inspectors"), 30, "wrap")] if inside and timed else []),
        Head(text("tasks"), 7, "int"),
        Head(text("minutes"), 9, "int"),
        Head(text("plan_codes"), 18, "wrap"),
        *_why_heads(inside),
        Head(text("clauses"), 24, "wrap", printed=False),
        Head(text("site_id"), 24, printed=False),
        Head(text("task_ids"), 26, "wrap", printed=False),
        Head(text("visit_id"), 15, printed=False),
    ]

    def cells(row: VisitRow) -> list[Cell]:
        return [
            *(day_text(row.day), *_time_cell(row, inside, timed), row.site.name, row.site.town),
            *(joined(party.name for party in row.parties), visit_kind(row), *_unannounced_cell(row, inside)),
            joined(row.items),
            *_people_cell(people_of(row), inside, timed),
            *(len(row.tasks), row.minutes),
            joined(row.plan_codes),
            *_why_cells(row, inside),
            *(joined(row.clauses), row.site.id, joined(t.id for t in row.tasks), row.id),
        ]

    sheet.table_or_note(heads, map(cells, rows), text("visits_empty"))


def write_agency_visits(sheet: Sheet, agency: str, rows: Sequence[VisitRow], inside: bool, timed: bool) -> None:
    """Write an agency's own visits: its own items and inspectors in full, of the others only who comes along."""
    heads = [
        Head(text("date"), 16),
        *_time_head(inside, timed),
        Head(text("site"), 28, "wrap"),
        Head(text("town"), 11),
        Head(text("own_units"), 18, "wrap"),
        Head(text("own_items"), 34, "wrap"),
        *([Head(text("inspectors"), 18, "wrap")] if inside and timed else []),
        Head(text("with_whom"), 28, "wrap"),
        *_unannounced_head(inside),
        Head(text("minutes"), 9, "int"),
        Head(text("plan_codes"), 18, "wrap"),
        *_why_heads(inside),
        Head(text("site_id"), 24, printed=False),
        Head(text("visit_id"), 15, printed=False),
    ]

    def cells(row: VisitRow) -> list[Cell]:
        own = next(party for party in row.parties if party.id == agency)
        tasks = [task for task in row.tasks if task.id in own.tasks]
        return [
            *(day_text(row.day), *_time_cell(row, inside, timed), row.site.name, row.site.town),
            *(joined(own.units), joined(own.items)),
            *_people_cell(joined(own.people), inside, timed),
            joined(party.name for party in row.parties if party.id != agency),
            *(*_unannounced_cell(row, inside), row.minutes),
            joined(sorted({code for task in tasks for code in task.plan_codes})),
            *_why_cells(row, inside),
            *(row.site.id, row.id),
        ]

    sheet.table_or_note(heads, map(cells, rows), text("visits_empty"))


def _why_heads(inside: bool) -> list[Head]:
    return [Head(text(f"why_{question}"), 44, "wrap", printed=False) for question in QUESTIONS] if inside else []


def _why_cells(row: VisitRow, inside: bool) -> list[Cell]:
    """Return the sentences of each question, a line to each; each opens its clauses."""
    told = ["\n".join(one.zh for one in row.why if one.question == question) for question in QUESTIONS]
    return [*told] if inside else []


def people_of(row: VisitRow) -> str:
    """Return a visit's inspectors, a line to each agency."""
    parties = [party for party in row.parties if party.people]
    return "\n".join(text("people_of", name=party.name, people=joined(party.people)) for party in parties)


def _time_head(inside: bool, timed: bool) -> list[Head]:
    if not timed:
        return []
    return [Head(text("start"), 12) if inside else Head(text("half"), 7)]


def _time_cell(row: VisitRow, inside: bool, timed: bool) -> list[Cell]:
    if not timed:
        return []
    return [row.time if inside else text(f"half_{row.half}")]


def _people_cell(people: str, inside: bool, timed: bool) -> list[Cell]:
    return [people or text("names_later")] if inside and timed else []


def _unannounced_head(inside: bool) -> list[Head]:
    return [Head(text("unannounced"), 6)] if inside else []


def _unannounced_cell(row: VisitRow, inside: bool) -> list[Cell]:
    return [text("yes") if row.unannounced else ""] if inside else []
