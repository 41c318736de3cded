"""A month's or year's plan as frames, through the eyes of whom they are for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from planner.domain.case import QUARTER_MINUTES, SiteInfo
from planner.domain.plan import LATER, Plan, loads_of
from planner.domain.result import Level, MonthResult, PriceList
from planner.intake.tables.records import FilingRow
from planner.report.figures.kpis import Kpis
from planner.report.frames.schema import GROUP_UNITS, MONTH_UNITS, frame, joined
from planner.report.visits.view import View

Rows = Iterator[dict[str, Any]]


def frames_of_view(view: View) -> dict[str, pd.DataFrame]:
    """Return tasks, visits, stays, left-out tasks and their days as the view's audience may see them.

    An agency sees of tasks its own alone: of others it is told that they come, not how they were filed. The public is
    told of no crews.
    """
    outcomes = {item.task.id: item for item in view.open_tasks()}
    rows = view.rows()
    return {
        "tasks": frame("tasks", _tasks(view, {item.task.id: item.outcome for item in outcomes.values()})),
        "visits": frame(
            "visits",
            (
                {
                    "visit_id": row.id,
                    "day": row.day,
                    "start": row.start,
                    "end": row.end,
                    "half": row.half,
                    **_site(row.site),
                    "agencies": len(row.parties),
                    "units": len({unit for party in row.parties for unit in party.units}),
                    "tasks": len(row.tasks),
                    "minutes": row.minutes,
                    "joint": row.joint,
                    "merged": row.merged,
                }
                for row in rows
            ),
        ),
        "stays": frame(
            "stays",
            (
                {
                    "visit_id": row.id,
                    "day": row.day,
                    "agency_id": party.id,
                    "unit": crew.unit,
                    "crew": crew.number,
                    "minutes": crew.quarters * QUARTER_MINUTES,
                    "end": crew.end,
                    "tasks": sum(task.unit == crew.unit for task in row.tasks),
                    "inspectors": joined(person.id for person in crew.people),
                }
                for row in rows
                for party in row.parties
                for crew in party.crews
            ),
        ),
        "left_out": frame("left_out", _left_out(view)),
        "left_out_days": frame(
            "left_out_days",
            (
                {"task_id": item.task.id, "day": view.result.case.days[day], "rule": rule, "subject": subject}
                for item in outcomes.values()
                if item.outcome == "left_out" and item.reason is not None
                for day, rule, subject in item.reason.blocked
            ),
        ),
    }


def frames_of_month(result: MonthResult, kpis: Kpis, filings: Iterable[FilingRow]) -> dict[str, pd.DataFrame]:
    """Return what stands in the bureau's plan alone: filings, levels, figures and prices."""
    return {
        "filings": frame("filings", _filings(result, filings)),
        "levels": frame("levels", [*_levels(result.levels, "match"), *_levels(result.day_levels, "day")]),
        "kpis": frame("kpis", _kpis(kpis)),
        "prices": frame("prices", (row for one in result.certificates for row in _prices(result, one))),
    }


def _site(site: SiteInfo) -> dict[str, str]:
    return {"site_id": site.id, "site": site.name, "town": site.town, "industry": site.industry}


def _tasks(view: View, outcomes: dict[str, str]) -> Rows:
    case = view.result.case
    visit_of = {t: visit.id for visit in view.visits for t in visit.tasks}
    for t, task in enumerate(case.tasks):
        agency = case.parents[int(case.parent_of[t])]
        if not view.visible[t] or (view.audience == "agency" and agency != view.agency):
            continue
        done = view.plan is not None and view.plan.day[t] >= 0
        yield {
            "task_id": task.id,
            **_site(case.sites[int(case.site_of[t])]),
            "agency_id": agency,
            "unit": task.unit,
            "domain": task.domain,
            "items": joined(task.items),
            "filings": joined(task.filings),
            "window_from": task.window[0],
            "window_to": task.window[1],
            "minutes": task.minutes,
            "strength": task.strength.name.lower(),
            "priority": task.priority,
            "skill": task.skill,
            "drawn": task.drawn,
            "joint_group": task.joint_group,
            "outcome": "done" if done else outcomes.get(task.id, ""),
            "day": case.days[int(view.plan.day[t])] if done and view.plan is not None else None,
            "visit_id": visit_of.get(t, ""),
            "clauses": joined(task.clauses),
        }


def _left_out(view: View) -> Rows:
    for item in view.open_tasks():
        if item.outcome != "left_out":
            continue
        reason = item.reason
        yield {
            "task_id": item.task.id,
            "agency_id": item.agency_id,
            "strength": item.task.strength.name.lower(),
            "priority": item.task.priority,
            "stage": reason.stage if reason else "",
            "rule": reason.rule if reason else "",
            "clauses": joined(reason.clauses) if reason else "",
            "days": len(reason.blocked) if reason else 0,
            "reserved": item.reserved,
            "reason": reason.text_zh if reason else "",
        }


def _filings(result: MonthResult, filings: Iterable[FilingRow]) -> Rows:
    """Count by filing what became of the month's tasks; filings that no task comes from count nothing."""
    case, fates = result.case, defaultdict[str, Counter[str]](Counter)
    day = result.plan.day.tolist() if result.plan is not None else []
    for t, task in enumerate(case.tasks):
        for filing in task.filings:
            fates[filing]["tasks"] += 1
            if day and not (day[t] < 0 and task.follows_fire):
                fates[filing]["done" if day[t] >= 0 else "waiting" if day[t] == LATER else "left_out"] += 1
    for row in filings:
        yield {
            "filing_id": row.filing_id,
            "agency_id": row.agency_id,
            "kind": row.kind,
            "plan_code": row.plan_code,
            "window_from": row.window_from,
            "window_to": row.window_to,
            **{key: fates[row.filing_id][key] for key in ("tasks", "done", "waiting", "left_out")},
        }


def _levels(levels: Iterable[Level], stage: str) -> Rows:
    for level in levels:
        # A day level has no name of its own stage, so the column tells which bounds hold only given the days.
        yield {"level": level.name, "stage": stage, **{k: v for k, v in asdict(level).items() if k != "name"}}


def _kpis(kpis: Kpis) -> Rows:
    if not kpis.planned:
        return
    for figure, unit in MONTH_UNITS.items():
        yield _figure("month", "", figure, getattr(kpis, figure), unit)
    for cut, groups in (
        ("agency", [(one.id, one) for one in kpis.agencies]),
        ("town", [(one.key, one) for one in kpis.towns]),
        ("industry", [(one.key, one) for one in kpis.industries]),
        ("grade", [(one.key, one) for one in kpis.grades]),
    ):
        for key, group in groups:
            for figure, unit in GROUP_UNITS.items():
                if hasattr(group, figure):
                    yield _figure(cut, key, figure, getattr(group, figure), unit)


def _figure(cut: str, key: str, figure: str, value: float, unit: str) -> dict[str, Any]:
    return {"cut": cut, "key": key, "figure": figure, "value": value, "counted_in": unit}


def _prices(result: MonthResult, prices: PriceList) -> Rows:
    """Yield each row and day of a price list; capacity and load are those of crews, as half-days count otherwise."""
    case = result.case
    load = loads_of(case, result.plan or Plan(np.full(case.n_tasks, LATER, dtype=np.int64)))
    rows = [(row.unit, row.skill, False) for row in case.rows]
    rows += [(row.unit, row.skill, True) for row in prices.half_rows]
    for n, (unit, skill, half) in enumerate(rows):
        for d, day in enumerate(case.days):
            yield {
                "level": prices.level,
                "unit": unit,
                "skill": skill,
                "half_days": half,
                "day": day,
                "price": prices.prices[n, d] / prices.scale,
                "capacity": None if half else int(case.capacity[n, d]),
                "load": None if half or result.plan is None else int(load[n, d]),
            }
