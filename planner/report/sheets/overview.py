"""The workbook's first sheet: before and after, proof, identity."""

from __future__ import annotations

from planner.domain.result import MonthResult
from planner.report.figures.before_after import before_after
from planner.report.figures.kpis import Kpis
from planner.report.figures.summary import price_list_hash
from planner.report.figures.wording import (
    comparison_notes,
    day_tests_text,
    given_back_text,
    left_out_short,
    left_out_text,
    proof_text,
    status_text,
)
from planner.report.sheets.cells import Cell, Sheet
from planner.report.words.names import period_text
from planner.report.words.texts import gap_text, level_name, percent, text

_COLUMNS = 8


def write_overview(sheet: Sheet, result: MonthResult, kpis: Kpis) -> None:
    """Write title, before/after table, levels with their bounds, and what identifies the plan."""
    sheet.widths([34, 16, 16, 20, 20, 24, 12, 14])
    sheet.wide(text("title", month=period_text(result.case.period)), _COLUMNS, "title", 30)
    if result.case.synthetic:
        sheet.wide(text("synthetic_note"), _COLUMNS, "warn", 22)
    if kpis.audience != "bureau":
        sheet.wide(text("public_note"), _COLUMNS, "warn", 22)
    elif kpis.unannounced_visits:
        sheet.wide(text("reserved_note"), _COLUMNS, "warn", 22)
    sheet.row += 1
    _comparison(sheet, result, kpis)
    if kpis.audience == "bureau":
        _levels(sheet, result)
    _identity(sheet, result, kpis)


def _comparison(sheet: Sheet, result: MonthResult, kpis: Kpis) -> None:
    compared = before_after(result, kpis)
    sheet.line(text("before_after"), look="section")
    if not compared.rows:
        sheet.wide(text("visits_empty"), _COLUMNS)
        return
    heads = ("scheme", "entries_common", "saved", "avoided", "entries_all", "left_out_weighed", "later", "joint_visits")
    for column, key in enumerate(heads):
        sheet.put(sheet.row, column, text(key), "head")
    sheet.row += 1
    for row in (*compared.rows, *compared.sweep):
        name = text(row.scheme)
        if row.acceptance_percent < 100:
            name = text("sweep", percent=row.acceptance_percent)
        fewer = None if row.avoided is None else f"{row.avoided:,}（{percent(row.avoided_share or 0.0)}）"
        left_out = None if row.left_out is None else left_out_short(row.left_out_by)
        cells: list[Cell] = [
            *(name, row.entries_common, row.saved, fewer),
            *(row.entries_all, left_out, row.later, row.joint_visits),
        ]
        look = "strong" if row.scheme == "ours" else "text"
        for column, value in enumerate(cells):
            numbers = "strong_int" if look == "strong" else "int"
            sheet.put(sheet.row, column, value, look if isinstance(value, str) else numbers)
        sheet.row += 1
    notes = comparison_notes(compared)
    if compared.common_tasks is not None:
        notes += [text("alone_note"), text("first_come_note")]
        notes += [text("sweep_note")] if compared.sweep else []
        notes += [text("recount_how")] if kpis.audience == "bureau" else []
    for note in notes if kpis.audience == "bureau" else [n for n in notes if n != text("limit_none")]:
        sheet.wide(note, _COLUMNS, height=32)


def _levels(sheet: Sheet, result: MonthResult) -> None:
    sheet.row += 1
    sheet.line(text("levels"), look="section")
    for column, key in enumerate(("level", "value", "bound_certified", "bound_solver", "gap", "proven_by")):
        sheet.put(sheet.row, column, text(key), "head")
    sheet.row += 1
    for level in (*result.levels, *result.day_levels):
        cells: tuple[Cell, ...] = (
            *(level_name(level.name), level.value, level.bound_certified, level.bound_solver),
            *(gap_text(level.gap), proof_text(level)),
        )
        for column, value in enumerate(cells):
            sheet.put(sheet.row, column, value, "text" if isinstance(value, str) else "int")
        sheet.row += 1
    sheet.wide(text("levels_note"), _COLUMNS, height=32)
    if result.day_levels:
        sheet.wide(text("day_levels_note"), _COLUMNS, height=18)


def identity_rows(result: MonthResult, kpis: Kpis) -> list[tuple[str, str]]:
    """Return (label, value) of what the plan is, which rules it obeys, and how to get it again."""
    rows = [
        (text("month"), period_text(result.case.period)),
        (text("case"), result.case.name),
        (text("status"), status_text(result) if kpis.audience == "bureau" else text(f"status_{result.status.value}")),
        (text("violations"), str(result.violations)),
        (text("rulebook_version"), result.case.rulebook_version or "—"),
        (text("plan_hash"), result.plan_hash or "—"),
        (text("seed"), str(result.seed)),
        (text("repeatable"), text("yes" if result.repeatable else "repeatable_no")),
    ]
    if kpis.planned:
        rows.insert(3, (text("sheet_left_out"), left_out_text(kpis.left_out_by)))
    if kpis.audience == "bureau":
        told = (("given_back", given_back_text(result)), ("day_tests", day_tests_text(result)))
        rows += [(text(label), value) for label, value in told if value]
        hashes = "、".join(f"{level_name(c.level)} {price_list_hash(c)}" for c in result.certificates)
        rows.append((text("price_list_hash"), hashes or "—"))
        rows.append((text("draws_file"), result.draws_file or "—"))
        if "total" in result.seconds:
            rows.append((text("seconds"), text("seconds_value", seconds=f"{result.seconds['total']:.1f}")))
    if result.case.synthetic:
        rows.append((text("synthetic"), text("yes")))
    return rows


def _identity(sheet: Sheet, result: MonthResult, kpis: Kpis) -> None:
    sheet.row += 1
    for label, value in identity_rows(result, kpis):
        sheet.put(sheet.row, 0, label, "text")
        sheet.raw.merge_range(sheet.row, 1, sheet.row, _COLUMNS - 1, "", None)
        sheet.put(sheet.row, 1, value, "wrap")
        sheet.row += 1
    for note in result.notes if kpis.audience == "bureau" else ():
        sheet.wide(note, _COLUMNS)
