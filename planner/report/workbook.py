"""The month as a workbook that offices pass on: Excel and WPS open it, no cell can be a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from planner.domain.finding import Finding
from planner.domain.result import MonthResult
from planner.report.cells import Book, Cell, Head, Sheet
from planner.report.figures import figure_rows, grade_label, row_name, rule_label
from planner.report.findings import ExplainFinding, by_severity, plain_explanation
from planner.report.kpis import Kpis
from planner.report.names import Names, column_name, day_text, month_text, table_name, window_text
from planner.report.overview import write_overview
from planner.report.texts import text
from planner.report.view import OpenTask, View, VisitRow, view_of

_FINDINGS_LIMIT = 100_000
_BUREAU, _AGENCY = "#0072B2", "#009E73"
_HEAT = {"type": "3_color_scale", "min_type": "num", "mid_type": "num", "max_type": "num"} | {
    "min_value": 0,
    "mid_value": 0.6,
    "max_value": 1,
    "min_color": "#FFFFFF",
    "mid_color": "#9ECAE1",
    "max_color": "#F0A35E",
}


def write_workbook(
    result: MonthResult,
    kpis: Kpis,
    path: Path | str,
    explain_finding: ExplainFinding = plain_explanation,
    *,
    names: Names | None = None,
) -> None:
    """Write the month to `path` (.xlsx), as `kpis.audience` may see it.

    Unannounced visits stand only on the bureau's sheets and on their own agency's. `explain_finding` gives what is
    wrong and what to do, in Chinese.
    """
    view = view_of(result, kpis.audience, names)
    inside = kpis.audience == "bureau"
    all_rows = view.rows()
    title = text("title", month=month_text(result.case.period[0]))
    if result.case.synthetic:
        title = text("with_aside", name=title, aside=text("synthetic"))
    with Book(Path(path), title) as book:
        write_overview(book.sheet(text("sheet_overview"), tab=_BUREAU), result, kpis)
        _visits(book.sheet(text("sheet_visits"), tab=_BUREAU), all_rows, inside)
        for agency in kpis.agencies:
            if inside:
                rows = view_of(result, "agency", names, agency.id).rows()
            else:
                rows = [row for row in all_rows if any(party.id == agency.id for party in row.parties)]
            sheet = book.sheet(text("sheet_agency", name=agency.name), tab=_AGENCY)
            _agency_visits(sheet, agency.id, rows, inside)
        open_tasks = list(view.open_tasks())
        _left_out(book.sheet(text("sheet_left_out"), tab=_BUREAU), view, open_tasks)
        _deferred(book.sheet(text("sheet_deferred"), tab=_BUREAU), view, open_tasks)
        if inside:
            _findings(book.sheet(text("sheet_findings"), tab=_BUREAU), result.findings, explain_finding)
        _kpis(book.sheet(text("sheet_kpis"), tab=_BUREAU), kpis, view)
        _load(book.sheet(text("sheet_load"), tab=_BUREAU), kpis)


def joined(values: Iterable[str]) -> str:
    """Return values as one cell."""
    return "、".join(values)


def visit_kind(row: VisitRow) -> str:
    """Return what kind of visit it is, in one word."""
    if row.joint:
        return text("kind_joint")
    if row.cross_domain:
        return text("kind_cross_domain")
    return text("kind_merged" if row.merged else "kind_single")


def _visits(sheet: Sheet, rows: Sequence[VisitRow], inside: bool) -> None:
    heads = [
        Head(text("date"), 16),
        Head(text("site"), 28, "wrap"),
        Head(text("town"), 11),
        Head(text("agencies"), 30, "wrap"),
        Head(text("visit_kind"), 10),
        *_unannounced_head(inside),
        Head(text("items"), 36, "wrap"),
        Head(text("tasks"), 7, "int"),
        Head(text("minutes"), 9, "int"),
        Head(text("plan_codes"), 18, "wrap"),
        Head(text("clauses"), 24, "wrap", printed=False),
        Head(text("site_id"), 24, printed=False),
        Head(text("task_ids"), 26, "wrap", printed=False),
        Head(text("visit_id"), 15, printed=False),
    ]

    def cells(row: VisitRow) -> list[Cell]:
        return [
            *(day_text(row.day), row.site.name, row.site.town, joined(party.name for party in row.parties)),
            *(visit_kind(row), *_unannounced_cell(row, inside), joined(row.items), len(row.tasks), row.minutes),
            *(joined(row.plan_codes), joined(row.clauses), row.site.id, joined(t.id for t in row.tasks), row.id),
        ]

    _table_or_note(sheet, heads, map(cells, rows), text("visits_empty"))


def _agency_visits(sheet: Sheet, agency: str, rows: Sequence[VisitRow], inside: bool) -> None:
    """Write an agency's own visits: its own items in full, of the others only who comes along."""
    heads = [
        Head(text("date"), 16),
        Head(text("site"), 28, "wrap"),
        Head(text("town"), 11),
        Head(text("own_units"), 18, "wrap"),
        Head(text("own_items"), 34, "wrap"),
        Head(text("with_whom"), 28, "wrap"),
        *_unannounced_head(inside),
        Head(text("minutes"), 9, "int"),
        Head(text("plan_codes"), 18, "wrap"),
        Head(text("clauses"), 24, "wrap", printed=False),
        Head(text("site_id"), 24, printed=False),
        Head(text("visit_id"), 15, printed=False),
    ]

    def cells(row: VisitRow) -> list[Cell]:
        own = next(party for party in row.parties if party.id == agency)
        tasks = [task for task in row.tasks if task.id in own.tasks]
        return [
            *(day_text(row.day), row.site.name, row.site.town, joined(own.units), joined(own.items)),
            joined(party.name for party in row.parties if party.id != agency),
            *(*_unannounced_cell(row, inside), row.minutes),
            joined(sorted({code for task in tasks for code in task.plan_codes})),
            joined(sorted({clause for task in tasks for clause in task.clauses})),
            *(row.site.id, row.id),
        ]

    _table_or_note(sheet, heads, map(cells, rows), text("visits_empty"))


def _unannounced_head(inside: bool) -> list[Head]:
    return [Head(text("unannounced"), 6)] if inside else []


def _unannounced_cell(row: VisitRow, inside: bool) -> list[Cell]:
    return [text("yes") if row.unannounced else ""] if inside else []


def _table_or_note(sheet: Sheet, heads: Sequence[Head], rows: Iterable[Sequence[Cell]], note: str) -> None:
    if sheet.table(heads, rows, main=True) == 0:
        sheet.line(note, look="note")


def _task_heads() -> list[Head]:
    return [
        Head(text("site"), 26, "wrap"),
        Head(text("town"), 11),
        Head(text("agency"), 18, "wrap"),
        Head(text("items"), 28, "wrap"),
        Head(text("window"), 26),
        Head(text("strength"), 9),
    ]


def _task_cells(item: OpenTask, names: Names) -> list[Cell]:
    task = item.task
    return [
        *(item.site.name, item.site.town, item.agency, joined(map(names.item, task.items))),
        *(window_text(task.window), text(f"strength_{int(task.strength)}")),
    ]


def _task_id_heads() -> list[Head]:
    return [
        Head(text("priority"), 8, "int", printed=False),
        Head(text("filings"), 22, "wrap", printed=False),
        Head(text("site_id"), 24, printed=False),
        Head(text("task_id"), 20, printed=False),
        Head(text("source_rows"), 22, "wrap", printed=False),
    ]


def _task_ids(item: OpenTask) -> list[Cell]:
    task = item.task
    rows = joined(text("source_row", table=table_name(ref.table), row=ref.row) for ref in task.rows)
    return [task.priority, joined(task.filings), item.site.id, task.id, rows]


def _left_out(sheet: Sheet, view: View, items: Iterable[OpenTask]) -> None:
    heads = [
        *_task_heads(),
        Head(text("reason"), 36, "wrap"),
        Head(text("clauses"), 18, "wrap"),
        Head(text("rule"), 20, "wrap", printed=False),
        Head(text("blocked_days"), 60, "wrap", printed=False),
        *_task_id_heads(),
    ]
    days = view.result.case.days

    def why(item: OpenTask) -> list[Cell]:
        reason = item.reason
        if reason is None:
            return [text("reason_reserved" if item.reserved else "reason_none"), "", "", ""]
        blocked = "\n".join(
            text("blocked_day", day=day_text(days[d]), rule=view.names.rule(rule), subject=subject).rstrip()
            for d, rule, subject in reason.blocked
        )
        return [reason.text_zh, joined(reason.clauses), view.names.rule(reason.rule), blocked]

    chosen = [
        [*_task_cells(item, view.names), *why(item), *_task_ids(item)] for item in items if item.outcome == "left_out"
    ]
    _table_or_note(sheet, heads, chosen, text("left_out_empty"))


def _deferred(sheet: Sheet, view: View, items: Iterable[OpenTask]) -> None:
    def outcome(item: OpenTask) -> str:
        if item.outcome == "recognised":
            return text("outcome_recognised")
        until = item.task.waits_until
        return text("outcome_deferred", day=day_text(until) if until else "—")

    chosen = [
        [*_task_cells(item, view.names), outcome(item), joined(item.task.clauses), *_task_ids(item)]
        for item in items
        if item.outcome != "left_out"
    ]
    heads = [*_task_heads(), Head(text("outcome"), 36, "wrap"), Head(text("clauses"), 18, "wrap"), *_task_id_heads()]
    _table_or_note(sheet, heads, chosen, text("none"))


def _findings(sheet: Sheet, findings: Sequence[Finding], explain: ExplainFinding) -> None:
    heads = [
        Head(text("severity"), 8),
        Head(text("sheet"), 12),
        Head(text("row"), 7, "int"),
        Head(text("column"), 15),
        Head(text("cell_value"), 20, "wrap"),
        Head(text("message"), 50, "wrap"),
        Head(text("action"), 44, "wrap"),
        Head(text("clauses"), 16, "wrap"),
        Head(text("findings_code"), 26, printed=False),
    ]

    def cells(finding: Finding) -> list[Cell]:
        message, action = explain(finding)
        return [
            *(text(finding.severity.value), table_name(finding.table), finding.row or None),
            *(column_name(finding.table, finding.column), finding.value, message, action),
            *(joined(finding.clauses), finding.code),
        ]

    ordered = by_severity(findings)
    _table_or_note(sheet, heads, map(cells, ordered[:_FINDINGS_LIMIT]), text("findings_empty"))
    if len(ordered) > _FINDINGS_LIMIT:
        sheet.line(text("more_rows", count=len(ordered) - _FINDINGS_LIMIT), look="note")


def _kpis(sheet: Sheet, kpis: Kpis, view: View) -> None:
    sheet.widths([34, 14, 12, 12, 12, 12, 12, 12, 12])
    sheet.line(text("sheet_kpis"), look="title")
    for label, value in figure_rows(kpis):
        sheet.put(sheet.row, 0, label, "text")
        look = "percent" if isinstance(value, float) else "int"
        sheet.put(sheet.row, 1, value, "text" if isinstance(value, str) else look)
        sheet.row += 1

    def section(title: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
        sheet.row += 1
        sheet.line(text(title), look="section")
        sheet.table([Head(text(key), 12, "text" if n == 0 else "int") for n, key in enumerate(heads)], rows)

    columns = ("tasks", "scheduled", "deferred", "left_out", "entries", "joint_visits")
    section(
        "by_agency",
        ("agency", *columns, "minutes"),
        [[a.name, *(getattr(a, key) for key in columns), a.minutes] for a in kpis.agencies],
    )
    for title, groups in (("by_town", kpis.towns), ("by_industry", kpis.industries), ("by_grade", kpis.grades)):
        rows: list[list[Cell]] = []
        for group in groups:
            name = grade_label(group.key) if title == "by_grade" else group.key or text("unknown")
            rows.append([name, *(getattr(group, key) for key in columns), group.sites])
        section(title, ("group", *columns, "sites"), rows)
    section(
        "by_clause",
        ("clauses", "tasks", "scheduled", "left_out"),
        [[c.clause, c.tasks, c.scheduled, c.left_out] for c in kpis.clauses],
    )
    section("by_rule", ("rule", "left_out"), [[rule_label(rule, view.names), n] for rule, n in kpis.left_out_rules])


def _load(sheet: Sheet, kpis: Kpis) -> None:
    """Write the heat map: share of capacity used, by unit (or skill of it) and day; then the same in quarter-hours."""
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
        sheet.raw.conditional_format(1, 1, len(kpis.loads), len(kpis.days), _HEAT)
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


def _fraction(percent: int | None) -> float | None:
    return None if percent is None else percent / 100
