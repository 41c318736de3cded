"""The month as plain values for JSON files, scripts and the API."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

from planner.checks.objective import crowding, crowding_bound
from planner.domain.duty import NO_START
from planner.domain.hashing import sha256_hex
from planner.domain.result import DAY_LEVELS, MonthResult, PriceList
from planner.explain.trace import Tracer
from planner.report.figures.ahead import ahead_json
from planner.report.figures.before_after import before_after
from planner.report.figures.kpis import Avoided, Kpis
from planner.report.figures.levels import ENTRIES_LEVEL, level_named
from planner.report.figures.wording import comparison_notes, day_tests_text, given_back_text, proof_text, status_text
from planner.report.visits.view import Audience, OpenTask, View, VisitRow, view_of
from planner.report.words.names import Names, day_text


def price_list_hash(certificate: PriceList) -> str:
    """Return the hash by which a price list is known."""
    return sha256_hex(
        {
            "level": certificate.level,
            "scale": certificate.scale,
            "prices": certificate.prices,
            "multipliers": certificate.multipliers,
            "achieved": certificate.achieved,
            "bound": certificate.bound,
            **({"half_rows": [asdict(row) for row in certificate.half_rows]} if certificate.half_rows else {}),
        }
    )


def _counterfactual(avoided: Avoided) -> dict[str, Any]:
    values = asdict(avoided)
    values.pop("name")
    return values


def summary_json(result: MonthResult, kpis: Kpis, names: Names | None = None) -> dict[str, Any]:
    """Return the month's headline values.

    `entries` and what follows from a plan are None where there is none. For the public, bounds, levels and findings are
    left out: they are proven and found over all tasks, unannounced ones too.
    """
    entries = level_named(result, ENTRIES_LEVEL)
    inside = kpis.audience == "bureau"
    timed, crewed = _timed_and_crewed(view_of(result, kpis.audience))
    values: dict[str, Any] = {
        "status": result.status.value,
        "month": result.case.period[0].isoformat()[:7],
        "tasks": kpis.tasks,
        "scheduled": kpis.scheduled,
        "deferred": kpis.deferred,
        "left_out": kpis.left_out,
        "left_out_by": [asdict(part) for part in kpis.left_out_by],
        "recognised": kpis.recognised,
        # Bounds speak of the whole pattern, so the headline does too: this month's entries and those needed later.
        "entries": kpis.entries + kpis.later_entries if kpis.planned else None,
        "entries_in_month": kpis.entries if kpis.planned else None,
        "later_entries": kpis.later_entries if kpis.planned else None,
        "entries_avoided": {a.name: a.avoided for a in kpis.avoided},
        "timed": timed if kpis.planned else None,
        "crewed": crewed if kpis.planned else None,
        "joint_visits": kpis.joint_visits,
        "joint_share": kpis.joint_share,
        "joint_share_tasks": kpis.joint_share_tasks,
        "cross_domain_visits": kpis.cross_domain_visits,
        "disturbance": kpis.disturbance if kpis.planned else None,
        "worst_site": asdict(kpis.worst_site) if kpis.worst_site else None,
        "violations": result.violations,
        "counterfactuals": {a.name: _counterfactual(a) for a in kpis.avoided},
        "steps": [asdict(row) for row in before_after(result, kpis).rows],
        "acceptance_sweep": [_counterfactual(a) for a in kpis.sweep],
        "seconds": {"intake": None, "match": None, "total": None, **result.seconds},
        "seed": result.seed,
        "settings": dict(result.settings),
        "plan_hash": result.plan_hash,
        "rulebook_version": result.case.rulebook_version,
        "repeatable": result.repeatable,
        "synthetic": result.case.synthetic,
        "audience": kpis.audience,
    }
    if inside:
        values |= {
            "bound_certified": entries.bound_certified if entries else None,
            "bound_solver": entries.bound_solver if entries else None,
            "gap": entries.gap if entries else None,
            "common_limit": result.common_limit.bound if result.common_limit else None,
            "matched": asdict(result.matched) if result.matched else None,
            "day_tests": asdict(result.day_tests) if result.day_tests else None,
            "levels": [{**asdict(level), "proof": proof_text(level)} for level in result.levels],
            "told": _told(result, kpis),
            "certificates": [
                {"level": c.level, "bound": c.bound, "sha256": price_list_hash(c)} for c in result.certificates
            ],
            "findings": {
                "error": 0,
                "warning": 0,
                "info": 0,
                **Counter(finding.severity.value for finding in result.findings),
            },
            "level_load": _level_load(result),
            **_day_values(result),
            "draws_file": result.draws_file,
            "look_ahead": ahead_json(result, view_of(result, kpis.audience, names).names),
            "notes": list(result.notes),
        }
    return values


def _told(result: MonthResult, kpis: Kpis) -> dict[str, Any]:
    """Return the sentences, in Chinese, that the page shows beside the figures, as the report has them."""
    return {
        "status": status_text(result),
        "given_back": given_back_text(result),
        "day_tests": day_tests_text(result),
        "comparison": comparison_notes(before_after(result, kpis)),
    }


def _level_load(result: MonthResult) -> dict[str, int] | None:
    """Return how unevenly the units' days are filled, and the least it can be for the same loads of the month."""
    if result.plan is None:
        return None
    return {"value": crowding(result.case, result.plan), "bound": crowding_bound(result.case, result.plan)}


def _day_values(result: MonthResult) -> dict[str, Any]:
    """Return what the levels of timetable and crews come to (None where there are none), and the days that gave way."""
    worth = {level.name: level.value for level in result.day_levels}
    case = result.case
    return {
        **{name: worth.get(name) for name in DAY_LEVELS},
        "day_levels": [{**asdict(level), "proof": proof_text(level)} for level in result.day_levels],
        "cuts": [
            {
                "unit": case.rows[cut.row].unit,
                "skill": case.rows[cut.row].skill,
                "day": case.days[cut.day].isoformat(),
                "limit": cut.limit,
                "stage": cut.stage,
                "visits": list(cut.visits),
                "rule": cut.rule,
            }
            for cut in result.cuts
        ],
    }


def _timed_and_crewed(view: View) -> tuple[int, int]:
    """Return how many of the visits that are shown have a start, and how many have a crew of every unit."""
    crews = view.attendance.crews(view.visits)
    timed = sum(view.attendance.start(visit.id) != NO_START for visit in view.visits)
    return timed, sum(all(crew.number for crew in crews[visit.id]) for visit in view.visits)


def visit_json(row: VisitRow) -> dict[str, Any]:
    """Return one visit."""
    return {
        "id": row.id,
        "day": row.day.isoformat(),
        "day_text": day_text(row.day),
        "slot": {"start": row.start, "end": row.end} if row.start else None,
        "half": row.half,
        "site": {
            "id": row.site.id,
            "name": row.site.name,
            "town": row.site.town,
            "industry": row.site.industry,
        },
        "agencies": [{"id": p.id, "name": p.name, "units": list(p.units), "items": list(p.items)} for p in row.parties],
        "inspectors": [
            {
                "agency": party.id,
                "unit": crew.unit,
                "crew": crew.number,
                "end": crew.end,
                "people": [asdict(person) for person in crew.people],
            }
            for party in row.parties
            for crew in party.crews
            if crew.number
        ],
        "tasks": [task.id for task in row.tasks],
        "items": sorted({item for task in row.tasks for item in task.items}),
        "plan_codes": list(row.plan_codes),
        "clauses": list(row.clauses),
        "why": [
            {"question": w.question, "agency": w.agency, "text": w.zh, "clauses": list(w.clauses)} for w in row.why
        ],
        "minutes": row.minutes,
        "joint": row.joint,
        "cross_domain": row.cross_domain,
        "unannounced": row.unannounced,
    }


def visits_json(
    result: MonthResult, audience: Audience = "bureau", *, names: Names | None = None, agency: str = ""
) -> list[dict[str, Any]]:
    """Return the visits that `audience` may see, by day and site; for "agency" only those it takes part in."""
    return [visit_json(row) for row in view_of(result, audience, names, agency).rows()]


def _open_json(result: MonthResult, item: OpenTask, tracer: Tracer) -> dict[str, Any]:
    task, reason = item.task, item.reason
    return {
        "task": task.id,
        "site": {"id": item.site.id, "name": item.site.name, "town": item.site.town},
        "agency": {"id": item.agency_id, "name": item.agency},
        "unit": task.unit,
        "items": list(task.items),
        "filings": list(task.filings),
        "plan_codes": list(task.plan_codes),
        "window": [day.isoformat() for day in task.window],
        "strength": task.strength.name.lower(),
        "priority": task.priority,
        "clauses": list(task.clauses),
        "why_due": tracer.due(task).zh,
        "reason": None
        if reason is None
        else {
            "stage": reason.stage,
            "rule": reason.rule,
            "clauses": list(reason.clauses),
            "text_zh": reason.text_zh,
            "text_en": reason.text_en,
            "blocked": [
                {"day": result.case.days[day].isoformat(), "rule": rule, "subject": subject}
                for day, rule, subject in reason.blocked
            ],
        },
        "reserved": item.reserved,
        "rows": [asdict(row) for row in task.rows],
    }


def left_out_json(
    result: MonthResult, audience: Audience = "bureau", *, names: Names | None = None, agency: str = ""
) -> list[dict[str, Any]]:
    """Return the tasks left out that `audience` may see, each with its reason or `reserved`."""
    view = view_of(result, audience, names, agency)
    tracer = Tracer.of(result.case)
    return [_open_json(result, item, tracer) for item in view.open_tasks() if item.outcome == "left_out"]
