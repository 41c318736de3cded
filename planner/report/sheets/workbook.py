"""The month as a workbook that offices pass on: Excel and WPS open it, no cell can be a formula."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from planner.domain.calendar import is_one_month
from planner.domain.finding import Finding
from planner.domain.result import MonthResult
from planner.explain.fire_alone import fire_alone
from planner.explain.trace import Tracer
from planner.report.figures.headline import figure_rows, grade_label, rule_label
from planner.report.figures.kpis import AgencyFigures, Kpis
from planner.report.sheets.ahead import write_ahead
from planner.report.sheets.cells import Book, Cell, Head, Sheet
from planner.report.sheets.duty import write_duty_sheet, write_joint_sheet
from planner.report.sheets.fire_alone import write_fire_alone
from planner.report.sheets.load import write_load
from planner.report.sheets.not_visited import write_not_visited
from planner.report.sheets.overview import write_overview
from planner.report.sheets.tasks import write_deferred, write_left_out
from planner.report.sheets.visits import write_agency_visits, write_visits
from planner.report.sheets.year import write_year
from planner.report.visits.months import months_of
from planner.report.visits.slots import crew_slots
from planner.report.visits.view import View, VisitRow, view_of
from planner.report.words.findings import ExplainFinding, by_severity, plain_explanation
from planner.report.words.names import Names, column_name, period_text, table_name
from planner.report.words.texts import text

_FINDINGS_LIMIT = 100_000
_BUREAU, _AGENCY, _DUTY = "#0072B2", "#009E73", "#CC79A7"


def write_workbook(
    result: MonthResult,
    kpis: Kpis,
    path: Path | str,
    explain_finding: ExplainFinding = plain_explanation,
    *,
    names: Names | None = None,
) -> None:
    """Write the month to `path` (.xlsx), as `kpis.audience` may see it.

    Unannounced visits stand only on the bureau's sheets and on their own agency's. Duty and joint-visit sheets, which
    name people, are written for the bureau alone, where the month has a duty. `explain_finding` gives what is wrong and
    what to do, in Chinese.
    """
    view = view_of(result, kpis.audience, names)
    inside, timed = kpis.audience == "bureau", result.duty is not None
    all_rows = view.rows()
    title = text("title", month=period_text(result.case.period))
    if result.case.synthetic:
        title = text("with_aside", name=title, aside=text("synthetic"))
    with Book(Path(path), title) as book:
        write_overview(book.sheet(text("sheet_overview"), tab=_BUREAU), result, kpis)
        if not is_one_month(*result.case.period):
            write_year(book.sheet(text("sheet_year"), tab=_BUREAU), months_of(view), kpis)
        write_visits(book.sheet(text("sheet_visits"), tab=_BUREAU), all_rows, inside, timed)
        own_rows: list[tuple[AgencyFigures, list[VisitRow]]] = []
        for agency in kpis.agencies:
            if inside:
                rows = view_of(result, "agency", names, agency.id).rows()
            else:
                rows = [row for row in all_rows if any(party.id == agency.id for party in row.parties)]
            own_rows.append((agency, rows))
            sheet = book.sheet(text("sheet_agency", name=agency.name), tab=_AGENCY)
            write_agency_visits(sheet, agency.id, rows, inside, timed)
        if inside and timed:
            write_joint_sheet(book.sheet(text("sheet_joint"), tab=_DUTY), all_rows, view.names)
            for agency, rows in own_rows:
                sheet = book.sheet(text("sheet_duty", name=agency.name), tab=_DUTY)
                write_duty_sheet(sheet, agency.id, rows, view.names)
        open_tasks = list(view.open_tasks())
        write_left_out(book.sheet(text("sheet_left_out"), tab=_BUREAU), view, open_tasks)
        write_deferred(book.sheet(text("sheet_deferred"), tab=_BUREAU), view, open_tasks)
        if inside:
            write_not_visited(book.sheet(text("sheet_not_visited"), tab=_BUREAU), result.not_visited, view.names)
        month, fires = is_one_month(*result.case.period), any(task.fire for task in result.case.tasks)
        if inside and month and fires and result.plan is not None:
            alone = fire_alone(result.case, result.plan)
            write_fire_alone(book.sheet(text("sheet_fire_alone"), tab=_BUREAU), alone, result.case, view.names)
        if inside and result.look_ahead is not None:
            write_ahead(book.sheet(text("sheet_ahead"), tab=_BUREAU), result, view.names)
        if inside:
            tracer = Tracer.of(result.case)
            _findings(book.sheet(text("sheet_findings"), tab=_BUREAU), result.findings, explain_finding, tracer)
        _kpis(book.sheet(text("sheet_kpis"), tab=_BUREAU), kpis, view)
        write_load(book.sheet(text("sheet_load"), tab=_BUREAU), kpis, crew_slots(view))


def _findings(sheet: Sheet, findings: Sequence[Finding], explain: ExplainFinding, tracer: Tracer) -> None:
    heads = [
        Head(text("severity"), 8),
        Head(text("sheet"), 12),
        Head(text("row"), 7, "int"),
        Head(text("column"), 15),
        Head(text("cell_value"), 20, "wrap"),
        Head(text("message"), 50, "wrap"),
        Head(text("action"), 44, "wrap"),
        Head(text("clauses"), 44, "wrap"),
        Head(text("findings_code"), 26, printed=False),
    ]

    def cells(finding: Finding) -> list[Cell]:
        message, action = explain(finding)
        return [
            *(text(finding.severity.value), table_name(finding.table), finding.row or None),
            *(column_name(finding.table, finding.column), finding.value, message, action),
            *(tracer.opened(finding.clauses), finding.code),
        ]

    ordered = by_severity(findings)
    sheet.table_or_note(heads, map(cells, ordered[:_FINDINGS_LIMIT]), text("findings_empty"))
    if len(ordered) > _FINDINGS_LIMIT:
        sheet.line(text("more_rows", count=len(ordered) - _FINDINGS_LIMIT), look="note")


def _kpis(sheet: Sheet, kpis: Kpis, view: View) -> None:
    tracer = Tracer.of(view.result.case)
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
        [[tracer.opened([c.clause]), c.tasks, c.scheduled, c.left_out] for c in kpis.clauses],
    )
    section("by_rule", ("rule", "left_out"), [[rule_label(rule, view.names), n] for rule, n in kpis.left_out_rules])
