"""Tables for the command line, in Chinese and English. All data goes in as plain text, never as markup."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from planner.domain.finding import Finding, Severity
from planner.domain.result import MonthResult
from planner.report.figures.before_after import before_after
from planner.report.figures.kpis import Kpis
from planner.report.figures.wording import comparison_notes, left_out_short, proof_text
from planner.report.words.findings import ExplainFinding, by_severity
from planner.report.words.names import column_name, table_name
from planner.report.words.texts import Lang, gap_text, level_name, percent, text

_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "dim"}


def _number(value: int | None, missing: str = "—") -> str:
    return missing if value is None else f"{value:,}"


def _table(title: str, columns: Sequence[tuple[str, bool]], lang: Lang) -> Table:
    table = Table(title=title, title_justify="left", caption_justify="left")
    for key, right in columns:
        table.add_column(text(key, lang), justify="right" if right else "left", overflow="fold")
    return table


def before_after_table(result: MonthResult, kpis: Kpis, lang: Lang = "zh") -> Table:
    """Return the steps from agencies alone to ours and the limit, one row each; the units stand in the heads."""
    compared = before_after(result, kpis)
    title = text("before_after", lang)
    if result.case.synthetic:
        title += f" ({text('synthetic', lang)})"
    columns = ("entries_common", "saved", "avoided", "entries_all", "left_out_weighed", "later", "joint_visits")
    table = _table(title, [("scheme", False), *((key, True) for key in columns)], lang)
    for row in (*compared.rows, *compared.sweep):
        name = text(row.scheme, lang)
        if row.acceptance_percent < 100:
            name = text("sweep", lang, percent=row.acceptance_percent)
        left_out = "" if row.left_out is None else left_out_short(row.left_out_by, lang)
        fewer = "" if row.avoided is None else f"{row.avoided:,} ({percent(row.avoided_share or 0.0)})"
        cells = (_number(row.entries_common), _number(row.saved, ""), fewer, _number(row.entries_all, ""), left_out)
        table.add_row(
            *map(Text, (name, *cells, _number(row.later, ""), _number(row.joint_visits, ""))),
            style={"ours": "bold", "limit": "dim"}.get(row.scheme),
        )
    table.caption = Text("\n".join(comparison_notes(compared, lang)))
    return table


def levels_table(result: MonthResult, lang: Lang = "zh") -> Table:
    """Return the objective's levels with value, bounds, gap and who proved it; the unit stands beside the level."""
    numbers = [("value", True), ("bound_certified", True), ("bound_solver", True), ("gap", True)]
    table = _table(text("levels", lang), [("level", False), *numbers, ("proven_by", False)], lang)
    for level in (*result.levels, *result.day_levels):
        table.add_row(
            Text(level_name(level.name, lang)),
            *map(Text, map(_number, (level.value, level.bound_certified, level.bound_solver))),
            Text(gap_text(level.gap)),
            Text(proof_text(level, lang)),
        )
    return table


def findings_table(
    findings: Sequence[Finding], explain: ExplainFinding, lang: Lang = "zh", *, limit: int = 30
) -> Table:
    """Return the findings, errors first, at most `limit` rows; the caption says how many more there are."""
    columns = ("severity", "sheet", "row", "column", "cell_value", "message", "action")
    table = _table(text("findings", lang), [(key, key == "row") for key in columns], lang)
    for finding in by_severity(findings)[:limit]:
        message, action = explain(finding)
        sheet, column = finding.table, finding.column
        if lang == "zh":
            sheet, column = table_name(sheet), column_name(finding.table, column)
        table.add_row(
            Text(text(finding.severity.value, lang), style=_STYLES[finding.severity]),
            *map(Text, (sheet, str(finding.row or ""), column, finding.value, message, action)),
        )
    if len(findings) > limit:
        table.caption = Text(text("more_rows", lang, count=len(findings) - limit))
    elif not findings:
        table.caption = Text(text("none", lang))
    return table
