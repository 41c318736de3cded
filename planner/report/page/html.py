"""The month as one HTML file in Chinese: no script from elsewhere, no request, prints on A4."""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from planner.domain.finding import Finding, Severity
from planner.domain.result import MonthResult
from planner.explain.trace import Tracer
from planner.report.figures.ahead import ahead_lines, ahead_rows
from planner.report.figures.before_after import BeforeAfter, before_after
from planner.report.figures.headline import row_name
from planner.report.figures.kpis import Kpis, LoadRow, share
from planner.report.figures.levels import ENTRIES_LEVEL
from planner.report.figures.not_visited import not_visited_rows
from planner.report.figures.wording import (
    comparison_notes,
    day_tests_text,
    given_back_text,
    left_out_short,
    left_out_text,
    proof_text,
)
from planner.report.page import charts
from planner.report.page.timeline import busiest_day, day_charts, most_at_once
from planner.report.sheets.overview import identity_rows
from planner.report.sheets.visits import visit_kind
from planner.report.visits.slots import SlotRow, crew_slots
from planner.report.visits.view import OpenTask, View, VisitRow, view_of
from planner.report.words.findings import ExplainFinding, counts_by_code, plain_explanation
from planner.report.words.names import Names, day_text, month_text, window_text
from planner.report.words.texts import gap_text, level_name, percent, text

VISITS_SHOWN = 300
OPEN_SHOWN = 100
_DOTS = 3_000
_HEAT_STEPS = (0, 20, 40, 60, 80, 95, 100)


def write_html(
    result: MonthResult,
    kpis: Kpis,
    path: Path | str,
    *,
    names: Names | None = None,
    explain_finding: ExplainFinding = plain_explanation,
    credits: str = "",
) -> None:
    """Write the report to `path`, as `kpis.audience` may see it; `credits` names the source of the map's places."""
    page = render_html(result, kpis, names=names, explain_finding=explain_finding, credits=credits)
    target = Path(path)
    draft = target.with_name(f".{target.name}.draft")
    draft.write_text(page, encoding="utf-8", errors="replace")
    draft.replace(target)


def render_html(
    result: MonthResult,
    kpis: Kpis,
    *,
    names: Names | None = None,
    explain_finding: ExplainFinding = plain_explanation,
    credits: str = "",
) -> str:
    """Return the report as one HTML document."""
    environment = Environment(
        loader=PackageLoader("planner.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"day": day_text, "window": window_text, "percent": percent, "gap": gap_text}
    environment.filters |= {"level": level_name, "grouped": lambda number: f"{number:,}", "kind": visit_kind}
    environment.filters |= {"proof": proof_text, "left_out": left_out_short}
    environment.globals["t"] = text
    script, style = (_asset(environment, name) for name in ("report.js", "report.css"))
    view = view_of(result, kpis.audience, names)
    inside = kpis.audience == "bureau"
    rows = view.rows()
    open_tasks = [item for item in view.open_tasks() if item.outcome == "left_out"]
    compared = before_after(result, kpis)
    findings = counts_by_code(result.findings) if inside else []
    return environment.get_template("report.html.j2").render(
        result=result,
        case=result.case,
        kpis=kpis,
        names=view.names,
        inside=inside,
        month=month_text(result.case.period[0]),
        script=Markup(script),
        style=Markup(style),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        compared=compared,
        headline=_headline(compared, kpis),
        ahead_lines=ahead_lines(result, view.names) if inside else [],
        ahead=ahead_rows(result, view.names) if inside else [],
        notes=comparison_notes(compared) if inside or compared.limit else [],
        left_out_told=left_out_text(kpis.left_out_by),
        given_back=given_back_text(result) if inside else "",
        day_tests=day_tests_text(result) if inside else "",
        chart=charts.before_after_chart(compared, kpis) if kpis.planned else None,
        donut=charts.joint_donut(kpis),
        progress=charts.progress_chart(result.progress, ENTRIES_LEVEL) if inside else None,
        map=_map(view, kpis),
        credits=credits,
        days=_day_heads(result.case.days),
        loads=_heat_rows(kpis.loads),
        timeline=busiest_day(view) if inside else None,
        day_charts=day_charts(view) if inside else [],
        most_at_once=most_at_once(view),
        slots=_slot_rows(crew_slots(view)) if inside else [],
        agencies=sorted(kpis.agencies, key=lambda a: (-a.entries, a.id)),
        share=share,
        visits=rows[:VISITS_SHOWN],
        n_visits=len(rows),
        takes=view.what_it_takes(),
        left_out=open_tasks[:OPEN_SHOWN],
        n_left_out=len(open_tasks),
        not_visited=not_visited_rows(result, view.names) if inside else [],
        n_not_visited=len(result.not_visited),
        findings=[(finding, count, explain_finding(finding)[0]) for finding, count in findings],
        severities=[(s.value, sum(f.severity is s for f in result.findings)) for s in Severity],
        clause_texts=_clause_texts(result, rows[:VISITS_SHOWN], open_tasks[:OPEN_SHOWN], findings),
        identity=identity_rows(result, kpis),
    )


def _clause_texts(
    result: MonthResult, rows: Iterable[VisitRow], items: Iterable[OpenTask], findings: Iterable[tuple[Finding, int]]
) -> list[tuple[str, str]]:
    """Return what each clause that the page cites says, with its place, in the order of the document."""
    cited = {clause for row in rows for clause in row.clauses}
    cited |= {clause for item in items if item.reason is not None for clause in item.reason.clauses}
    cited |= {clause for finding, _ in findings for clause in finding.clauses}
    tracer = Tracer.of(result.case)
    order = {clause.id: n for n, clause in enumerate(tracer.law.clauses)}
    return [(c, tracer.opened([c])) for c in sorted(cited, key=lambda c: (order.get(c, len(order)), c))]


def _asset(environment: Environment, name: str) -> str:
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def _headline(compared: BeforeAfter, kpis: Kpis) -> dict[str, Any]:
    """Return the number to lead with, entries avoided against first-come, and the sentences under it."""
    alone, first = kpis.against("alone"), kpis.against("first_come")
    lead = first or alone
    if lead is None:
        return {"number": None, "lines": [text("headline_no_base", entries=f"{kpis.entries:,}")]}
    lines = [
        text(
            "headline_sub",
            scheme=text(lead.name),
            common=f"{lead.common_tasks:,}",
            before=f"{lead.entries_common:,}",
            after=f"{lead.ours_common:,}",
            percent=percent(lead.avoided_share),
        )
    ]
    if first is not None and alone is not None:
        met = [row.saved for row in compared.rows if row.scheme in ("chance", "filed") and row.saved is not None]
        rest = text("headline_rest", chance=f"{met[0]:,}", filed=f"{met[1]:,}") if len(met) == 2 else ""
        lines.append(
            text("headline_second", avoided=f"{alone.avoided:,}", percent=percent(alone.avoided_share), rest=rest)
        )
    return {"number": lead.avoided, "scheme": text(lead.name), "lines": lines}


@dataclass(frozen=True, slots=True)
class _Map:
    picture: Markup | None
    missing: tuple[str, ...]
    """Towns without a place."""


def _map(view: View, kpis: Kpis) -> _Map:
    """Return the map of towns, each at the average place of its sites; at most `_DOTS` sites are drawn."""
    case = view.result.case
    seen = sorted({int(case.site_of[t]) for t, visible in enumerate(view.visible.tolist()) if visible})
    places: dict[str, list[tuple[float, float]]] = {}
    for site in (case.sites[s] for s in seen):
        if not (math.isnan(site.lon) or math.isnan(site.lat)):
            places.setdefault(site.town, []).append((site.lon, site.lat))
    points = [
        charts.TownPoint(
            name=town.key or text("unknown"),
            lon=sum(lon for lon, _ in places[town.key]) / len(places[town.key]),
            lat=sum(lat for _, lat in places[town.key]) / len(places[town.key]),
            entries=town.entries,
            joint_visits=town.joint_visits,
        )
        for town in kpis.towns
        if town.key in places
    ]
    dots = [place for town in sorted(places) for place in places[town]]
    missing = tuple(town.key or text("unknown") for town in kpis.towns if town.key not in places)
    return _Map(charts.town_map(points, dots[:: max(1, math.ceil(len(dots) / _DOTS))]), missing)


def _day_heads(days: Sequence[date]) -> list[tuple[str, str, str, bool]]:
    """Return (whole date, day of month, weekday, whether a new week begins) per day."""
    heads = []
    for before, day in zip((None, *days), days, strict=False):
        new_week = before is not None and before.isocalendar()[:2] != day.isocalendar()[:2]
        heads.append((day_text(day), str(day.day), day_text(day)[-1], new_week))
    return heads


@dataclass(frozen=True, slots=True)
class _HeatRow:
    name: str
    cells: tuple[tuple[int | None, str, int, int], ...]
    """(percent, colour class, load, capacity) per day."""
    total: int | None


def _heat_rows(loads: Sequence[LoadRow]) -> list[_HeatRow]:
    """Return the load calendar, the busiest first."""
    return [
        _HeatRow(
            name=row_name(row),
            cells=tuple((p, _heat(p), u, c) for p, u, c in zip(row.percent, row.load, row.capacity, strict=True)),
            total=row.total_percent,
        )
        for row in sorted(loads, key=lambda r: (-(r.total_percent or 0), r.unit, r.skill))
    ]


def _slot_rows(rows: Sequence[SlotRow]) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Return (unit, (colour class, forenoon, afternoon) per day) with crews as "used/there", "" where there is none."""
    shown = []
    for row in rows:
        cells = []
        for used, there in zip(row.used, row.there, strict=True):
            heat = _heat(round(100 * sum(used) / sum(there)) if sum(there) else None)
            texts = [f"{u}/{t}" if t or u else "" for u, t in zip(used, there, strict=True)]
            cells.append((heat, texts[0], texts[1]))
        shown.append((row.name, cells))
    return shown


def _heat(value: int | None) -> str:
    """Return the colour class of a percentage: h0 (nothing) to h6 (full), over, off (no crew)."""
    if value is None:
        return "off"
    if value > 100:
        return "over"
    return f"h{next(n for n, step in enumerate(_HEAT_STEPS) if value <= step)}"
