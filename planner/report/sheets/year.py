"""The year's calendar: what each month holds, each agency's visits by month, and how full the crews are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner.report.figures.headline import row_name
from planner.report.figures.kpis import Kpis, LoadRow
from planner.report.sheets.cells import Cell, Head, Sheet
from planner.report.sheets.load import HEAT
from planner.report.visits.months import MonthOfYear
from planner.report.words.texts import text

_WIDTH = 9


def write_year(sheet: Sheet, months: Sequence[MonthOfYear], kpis: Kpis) -> None:
    """Write the months with their state, entries by agency and month, and load by unit and month."""
    names = [month.month for month in months]
    sheet.widths([28, *[_WIDTH] * (len(names) + 1)])
    sheet.line(text("year_months"), look="section")
    figures: list[tuple[str, list[Cell], Cell]] = [
        ("month_state", [text("month_published" if m.published else "month_draft") for m in months], None)
    ]
    for key, field in (
        ("work_days", "days"),
        ("year_entries", "entries"),
        ("joint_visits", "joint_visits"),
        ("tasks", "tasks"),
        ("left_out_ending", "left_out"),
    ):
        values = [int(getattr(month, field)) for month in months]
        figures.append((key, list(values), sum(values)))
    heads = [Head("", 28), *(Head(name, _WIDTH, "int") for name in names), Head(text("year_total"), _WIDTH, "int")]
    sheet.table(heads, [[text(key), *values, total] for key, values, total in figures])
    sheet.row += 1
    sheet.wide(text("year_note"), len(heads), height=18)
    sheet.row += 1
    sheet.line(text("year_agencies"), look="section")
    rows: list[list[Cell]] = []
    for agency in kpis.agencies:
        counts = [month.by_agency.get(agency.id, 0) for month in months]
        rows.append([agency.name, *(count or None for count in counts), sum(counts)])
    sheet.table([Head(text("agency"), 28), *heads[1:]], rows)
    sheet.row += 1
    sheet.line(text("year_load"), look="section")
    first = sheet.row + 1
    of_month = [[n for n, day in enumerate(kpis.days) if day.startswith(name)] for name in names]
    sheet.table(
        [Head(text("agency"), 28), *(Head(head.title, _WIDTH, "heat") for head in heads[1:])],
        (
            [row_name(row), *(_share(row, days) for days in of_month), _share(row, range(len(kpis.days)))]
            for row in kpis.loads
        ),
    )
    if kpis.loads:
        sheet.raw.conditional_format(first, 1, first + len(kpis.loads) - 1, len(names), HEAT)


def _share(row: LoadRow, days: Iterable[int]) -> float | None:
    """Return the share of the crews' time on `days` that is used, None where there is none."""
    chosen = list(days)
    used, there = (sum(part[d] for d in chosen) for part in (row.load, row.capacity))
    return used / there if there else None
