"""Steps of the demo district's filings, each coded on the day on which it was filed; answers on triggered checks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from planner.rulebook.recording import absorbing
from planner.rulebook.routes import route_of
from scenarios.filings import Filing

Row = dict[str, object]

DAYS_BETWEEN = 2
"""Days from one leg to the next."""
ACCEPTED: Row = {
    "filing_id": "X-16",
    "version": 1,
    "step": "accept",
    "date": date(2026, 5, 25),
    "outcome": "pass",
    "note": "(示例)纸质备案件已核对",
}
"""The one faulty filing that makes tasks and that nothing proves: the bureau has accepted it, so June is published."""


def step_rows(filings: Iterable[Filing], agencies: Iterable[Row]) -> list[Row]:
    """Return the steps of all filings that the desk does not turn back, the last leg and the code on the filing date.

    A plan that has no code by its annex has its legs alone.
    """
    towns = {row["agency_id"] for row in agencies if row["level"] in ("town", "街镇")}
    rows: list[Row] = []
    for filing in filings:
        filed = filing.row["filed_on"]
        if filing.refused or not isinstance(filed, date):
            continue
        route = route_of(filing.domain, str(filing.row["period"]), filing.row["agency_id"] in towns)
        for place, leg in enumerate(reversed(route.steps)):
            day = filed - timedelta(days=DAYS_BETWEEN * place)
            rows.append({"filing_id": filing.id, "version": 1, "step": leg, "date": day, "outcome": "pass"})
        if route.code != "none":
            code = str(filing.row.get("plan_code") or f"JH-{filing.id}")
            rows.append({"filing_id": filing.id, "version": 1, "step": "code", "date": filed, "code": code})
    return rows


ANSWERED_SINCE = date(2026, 5, 1)
"""Triggered checks from then on may stand for planned ones of June."""


def answer_rows(history: Iterable[Row], agencies: Iterable[Row]) -> list[Row]:
    """Return the answers of the bodies whose annex lets a triggered check stand for a planned one: all have agreed."""
    rows = {row["agency_id"]: row for row in agencies}

    def annex(agency: object) -> object:
        row = rows.get(agency, {})
        return row.get("domain") or (annex(row["parent_id"]) if row.get("parent_id") else "")

    found = {
        (row["site_id"], row["agency_id"], row["date"]): None
        for row in history
        if row["trigger"] == "triggered"
        and isinstance(row["date"], date)
        and row["date"] >= ANSWERED_SINCE
        and annex(row["agency_id"]) in absorbing()
    }
    return [
        {"site_id": site, "agency_id": agency, "date": day, "answer": "accept", "by": "(示例)"}
        for site, agency, day in found
    ]
