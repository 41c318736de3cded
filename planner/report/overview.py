"""The workbook's first sheet: before and after, proof, identity."""

from __future__ import annotations

from planner.domain.result import MonthResult
from planner.report.before_after import before_after
from planner.report.cells import Cell, Sheet
from planner.report.kpis import Kpis
from planner.report.names import period_text
from planner.report.summary import price_list_hash
from planner.report.texts import gap_text, level_name, text

_COLUMNS = 7


def write_overview(sheet: Sheet, result: MonthResult, kpis: Kpis) -> None:
    """Write title, before/after table, levels with their bounds, and what identifies the plan."""
    sheet.widths([34, 20, 16, 20, 14, 14, 16])
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
    heads = ("scheme", "entries_common", "avoided", "entries_all", "left_out", "joint_visits")
    for column, key in enumerate(heads):
        sheet.put(sheet.row, column, text(key), "head")
    sheet.row += 1
    for row in compared.rows:
        name = text(row.scheme)
        if row.acceptance_percent < 100:
            name = text("sweep", percent=row.acceptance_percent)
        cells: list[Cell] = [
            *(name, row.entries_common, row.avoided),
            *(row.entries_all, row.left_out, row.joint_visits),
        ]
        look = "strong" if row.scheme == "ours" else "text"
        for column, value in enumerate(cells):
            numbers = "strong_int" if look == "strong" else "int"
            sheet.put(sheet.row, column, value, look if isinstance(value, str) else numbers)
        sheet.row += 1
    if compared.limit is not None:
        shown = compared.limit.bound if compared.same_basis else None
        for column, value in enumerate((text("limit"), shown, None, compared.limit.bound, None, None)):
            sheet.put(sheet.row, column, value, "text" if isinstance(value, str) else "int")
        sheet.row += 1
    if compared.common_tasks is not None:
        sheet.wide(text("common_note", tasks=compared.common_tasks), _COLUMNS, height=18)
        sheet.wide(text("alone_note"), _COLUMNS, height=18)
        sheet.wide(text("first_come_note"), _COLUMNS, height=18)
    if compared.limit is not None:
        note = text("limit_note", bound=compared.limit.bound, value=compared.limit.value)
        sheet.wide(note, _COLUMNS, height=18)
    elif kpis.audience == "bureau":
        sheet.wide(text("limit_none"), _COLUMNS, height=18)


def _levels(sheet: Sheet, result: MonthResult) -> None:
    sheet.row += 1
    sheet.line(text("levels"), look="section")
    for column, key in enumerate(("level", "value", "bound_certified", "bound_solver", "gap", "proven_by")):
        sheet.put(sheet.row, column, text(key), "head")
    sheet.row += 1
    for level in (*result.levels, *result.day_levels):
        proven = text(f"proven_{level.proven_by}") if level.proven_by else "—"
        cells: tuple[Cell, ...] = (
            *(level_name(level.name), level.value, level.bound_certified, level.bound_solver),
            *(gap_text(level.gap), proven),
        )
        for column, value in enumerate(cells):
            sheet.put(sheet.row, column, value, "text" if isinstance(value, str) else "int")
        sheet.row += 1
    if result.day_levels:
        sheet.wide(text("day_levels_note"), _COLUMNS, height=18)


def identity_rows(result: MonthResult, kpis: Kpis) -> list[tuple[str, str]]:
    """Return (label, value) of what the plan is, which rules it obeys, and how to get it again."""
    rows = [
        (text("month"), period_text(result.case.period)),
        (text("case"), result.case.name),
        (text("status"), text(f"status_{result.status.value}")),
        (text("violations"), str(result.violations)),
        (text("rulebook_version"), result.case.rulebook_version or "—"),
        (text("plan_hash"), result.plan_hash or "—"),
        (text("seed"), str(result.seed)),
        (text("repeatable"), text("yes" if result.repeatable else "repeatable_no")),
    ]
    if kpis.audience == "bureau":
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
