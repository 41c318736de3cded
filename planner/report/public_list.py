"""The list that is published ahead: sites, agencies, date, half-day, items. No people, nothing unannounced.

Fire publishes the units drawn each month (A03-4.1c), emergency management next month's sites and items (A12-3.2.4b);
the list serves all agencies alike.
"""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from planner.domain.result import MonthResult
from planner.intake.tables.layout import FORMULA_STARTS, TEXT_QUOTE
from planner.intake.write.writer import write_csv
from planner.report.sheets.cells import clean, joined
from planner.report.visits.view import VisitRow, view_of
from planner.report.words.names import Names, day_text, month_text
from planner.report.words.texts import text

_COLUMNS = ("date", "half", "site", "town", "agencies", "items")


def write_public_csv(result: MonthResult, names: Names, path: Path) -> None:
    """Write the list as CSV (UTF-8 with mark). No cell begins like a formula."""
    rows = [[_plain(cell) for cell in _cells(row)] for row in view_of(result, "public", names).rows()]
    write_csv(path, [[text(key) for key in _COLUMNS], *rows])


def write_public_html(result: MonthResult, names: Names, path: Path) -> None:
    """Write the list as one page without script or request, fit for print."""
    environment = Environment(
        loader=PackageLoader("planner.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["t"] = text
    rows = view_of(result, "public", names).rows()
    page = environment.get_template("public.html.j2").render(
        month=month_text(result.case.period[0]),
        synthetic=result.case.synthetic,
        columns=_COLUMNS,
        rows=[_cells(row) for row in rows],
        joint=sum(row.joint for row in rows),
    )
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(page, encoding="utf-8", errors="replace")
    draft.replace(path)


def _cells(row: VisitRow) -> list[str]:
    agencies = joined(party.name for party in row.parties)
    return [day_text(row.day), text(f"half_{row.half}"), row.site.name, row.site.town, agencies, joined(row.items)]


def _plain(cell: str) -> str:
    cell = clean(cell)
    return TEXT_QUOTE + cell if cell.startswith(FORMULA_STARTS) else cell
