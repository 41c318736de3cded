"""A month's unannounced checks as they stand in the plan file: a part of their own, that no other part depends on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from planner.draw.record import record_to_json
from planner.report.figures.summary import left_out_json, visits_json
from planner.service.month.planning import Planned


def hidden_json(planned: Planned) -> dict[str, Any] | None:
    """Return the part as plain values, None where the month has no unannounced check.

    `stood_back` are the announced checks that gave up their domain's date: their bodies may infer that one is there.
    """
    hidden, names = planned.hidden, planned.names
    if hidden is None:
        return None
    months = hidden.months.items()
    visits = [row for agency, result in months for row in visits_json(result, "agency", names=names, agency=agency)]
    left_out = [one for agency, result in months for one in left_out_json(result, "agency", names=names, agency=agency)]
    return {
        "days": {task: day.isoformat() if day else "out" for task, day in sorted(hidden.days.items())},
        "visits": sorted(
            (row for row in visits if row["unannounced"]), key=lambda row: (row["day"], row["site"]["id"])
        ),
        "left_out": [one for one in left_out if one["task"] in hidden.tasks],
        "stood_back": [
            {
                "unit": row.unit,
                "site": {"id": row.site, "name": row.site_name},
                "domain": row.domain,
                "filings": list(row.filings),
                "rule": row.rule,
                "clauses": list(row.clauses),
                "text_zh": row.zh,
                "text_en": row.en,
            }
            for row in planned.result.not_visited
            if row.unannounced
        ],
        "draws": [record_to_json(record) for record in hidden.draws],
    }


def hidden_days(part: Mapping[str, Any] | None) -> dict[str, date | None]:
    """Return the date of each task of the part. Raises KeyError, TypeError or ValueError where it is not in form."""
    days = {} if part is None else part["days"]
    return {task: None if day == "out" else date.fromisoformat(day) for task, day in days.items()}
