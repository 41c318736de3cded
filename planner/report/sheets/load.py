"""The load calendar: capacity used by unit and day, and crews by half-day."""

from __future__ import annotations

from collections.abc import Sequence

from planner.report.figures.headline import row_name
from planner.report.figures.kpis import Kpis
from planner.report.sheets.cells import Cell, Head, Sheet
from planner.report.visits.slots import SlotRow
from planner.report.words.texts import text

HEAT = {"type": "3_color_scale", "min_type": "num", "mid_type": "num", "max_type": "num"} | {
    "min_value": 0,
    "mid_value": 0.6,
    "max_value": 1,
    "min_color": "#FFFFFF",
    "mid_color": "#9ECAE1",
    "max_color": "#F0A35E",
}


def write_load(sheet: Sheet, kpis: Kpis, slots: Sequence[SlotRow]) -> None:
    """Write the heat map: share of capacity used, by unit (or skill of it) and day; the same in quarter-hours; and,
    where there are `slots`, crews out of crews there in each half-day.
    """
    days = [Head(day[5:], 7, "heat") for day in kpis.days]
    who = [row_name(row) for row in kpis.loads]
    heads = [Head(text("agency"), 28), *days, Head(text("month_total"), 9, "heat")]
    sheet.table(
        heads,
        (
            [name, *(None if p is None else p / 100 for p in row.percent), _fraction(row.total_percent)]
            for name, row in zip(who, kpis.loads, strict=True)
        ),
    )
    sheet.widths([head.width for head in heads])
    sheet.raw.freeze_panes(1, 1)
    sheet.raw.repeat_rows(0)
    if kpis.loads and kpis.days:
        sheet.raw.conditional_format(1, 1, len(kpis.loads), len(kpis.days), HEAT)
    sheet.row += 1
    sheet.wide(text("load_note"), len(heads), height=30)
    sheet.row += 1
    sheet.line(text("load_quarters"), look="section")
    sheet.table(
        [Head(text("agency"), 28), *(Head(head.title, 7) for head in days), Head(text("month_total"), 9)],
        (
            [
                name,
                *(f"{u}/{c}" if c else "" for u, c in zip(row.load, row.capacity, strict=True)),
                f"{sum(row.load)}/{sum(row.capacity)}",
            ]
            for name, row in zip(who, kpis.loads, strict=True)
        ),
    )
    if slots:
        sheet.row += 1
        sheet.line(text("slots"), look="section")
        halves = (("slots_am", 0), ("slots_pm", 1))
        rows: list[list[Cell]] = []
        for row in slots:
            for key, half in halves:
                pairs = zip(row.used, row.there, strict=True)
                crews = [f"{used[half]}/{there[half]}" if there[half] or used[half] else "" for used, there in pairs]
                rows.append([text(key, name=row.name), *crews])
        sheet.table([Head(text("unit"), 28), *(Head(head.title, 7) for head in days)], rows)
        sheet.row += 1
        sheet.wide(text("slots_note"), len(heads), height=18)


def _fraction(percent: int | None) -> float | None:
    return None if percent is None else percent / 100
