"""The comparison as rows that anyone can count again: each task's agency, site and date in every step.

`planner/report/recount_standalone.py` counts them without importing any of it.
"""

from __future__ import annotations

from typing import Any

from planner.domain.case import IntArray
from planner.domain.plan import LATER
from planner.domain.result import MonthResult
from planner.report.figures.before_after import before_after
from planner.report.figures.kpis import Kpis

COLUMNS = ("task", "agency", "site", "together", "fire", "alone", "filed", "first_come", "ours")
"""`agency` is the parent agency; `together` the joint group, `fire` "leads" for fire's own checks and "follows" for
items of others that only ride along; then the date in each step, "later" or "out"."""


def comparison_json(result: MonthResult, kpis: Kpis) -> dict[str, Any] | None:
    """Return rows and steps with what they come to; None where there is nothing to compare with."""
    schemes = {one.name: one.day for one in result.counterfactuals if one.acceptance_percent == 100}
    if result.plan is None or not schemes:
        return None
    case, compared = result.case, before_after(result, kpis)
    dates = {**schemes, "ours": result.plan.day}
    names = [name for name in COLUMNS[5:] if name in dates]
    texts = [_dates(result, dates[name]) for name in names]
    rows = [
        [
            *(task.id, case.parents[int(case.parent_of[t])], task.site, task.joint_group),
            "leads" if task.fire else "follows" if task.follows_fire else "",
            *(column[t] for column in texts),
        ]
        for t, task in enumerate(case.tasks)
    ]
    return {
        "columns": [*COLUMNS[:5], *names],
        "rows": rows,
        "tasks": {"compared": compared.common_tasks, "others": compared.other_tasks},
        "steps": [
            {"step": row.scheme, "entries": row.entries_common, "saved": row.saved, "unit": "次"}
            for row in compared.rows
            if row.entries_common is not None
        ],
        "not_in_month": {
            row.scheme: {"left_out": row.left_out, "later": row.later} for row in compared.rows if row.scheme in names
        },
    }


def _dates(result: MonthResult, day: IntArray) -> list[str]:
    days = result.case.days
    return [days[d].isoformat() if d >= 0 else "later" if d == LATER else "out" for d in day.tolist()]
