"""The lived year's filings: those of the demo month, each filed for other months of the year, with their routes.

Draws are filed for two months, joint checks for three, campaigns and named sites for one, and daily checks with every
fourth draw for the year, by frequency. Some routes are opposed, late or never done: the months must live with that.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from scenarios.agencies import agency_rows, inspector_rows, item_rows
from scenarios.desk import calendar_rows, list_rows, nonce_rows, setting_rows
from scenarios.filed import step_rows
from scenarios.filings import Filing, FilingMaker
from scenarios.history import HistoryMaker
from scenarios.parameters import DemoParameters
from scenarios.scope import OpenSites
from scenarios.sites import SiteMaker, grade_rows
from scenarios.year import YEAR, for_the_year

Row = dict[str, object]

SITES = 4_000
"""Enterprises of the lived district: so small that twelve months are planned in some minutes."""
JOINT_MONTHS = (3, 6, 9)
OPPOSED, LATE, TOO_LATE, REFUSED = 11, 17, 53, 19
"""Every so many filings one whose first version met with an opinion, whose code came within its window, whose code came
after it, and which was refused.
"""
FILED_DAY = 22
OPINION = "(演示)请补充抽查比例依据"
BY_FREQUENCY = 4
"""Of so many filings one is filed for the year with a frequency by grade instead."""


def district_of(parameters: DemoParameters | None = None, sites: int = SITES) -> DemoParameters:
    """Return the parameters of the lived district: fewer sites, two years of past, numbers promised each month."""
    base = parameters or DemoParameters.read()
    months = [date(YEAR, month, 1) for month in range(1, 13)]
    promised = {f"{first:%Y-%m}": f"{first - timedelta(days=17)}" for first in months}
    sections = base.sections | {
        "district": base["district"] | {"site_count": sites},
        "history": base["history"] | {"first": f"{YEAR - 2}-01-02", "last": f"{YEAR - 1}-12-31"},
        "nonces": base["nonces"] | {"committed_on": promised},
    }
    return replace(base, source=Path(base.source), sections=sections)


def district_tables(parameters: DemoParameters, seed: int) -> dict[str, list[Row]]:
    """Return the year's input tables but results: all filings of the year with their steps, and the base year."""
    streams = [np.random.default_rng([seed, 26, number]) for number in range(5)]
    agencies, items, people = agency_rows(parameters), item_rows(parameters), inspector_rows(parameters)
    sites = SiteMaker(parameters, streams[0]).make()
    open_sites = OpenSites(sites)
    month = FilingMaker(parameters, open_sites, items, streams[1]).make()
    history = HistoryMaker(parameters, open_sites, month, streams[2]).make()
    filings = year_filings(month)
    return {
        "agencies": agencies,
        "inspectors": people,
        "sites": [site.row for site in sites],
        "grades": grade_rows(parameters, sites, streams[3]),
        "items": items,
        "filings": [filing.row for filing in filings],
        "history": history,
        "lists": list_rows(parameters, sites, items, people, streams[4]),
        "calendar": calendar_rows(parameters),
        "settings": setting_rows(parameters, seed),
        "nonces": nonce_rows(parameters, agencies, seed),
        "filing_steps": routes_of(filings, agencies),
        "baseline": base_rows(history, agencies),
    }


def year_filings(month: Iterable[Filing]) -> list[Filing]:
    """Return the demo month's filings as those of the year, in the order of months and of the parameter file."""
    found: list[tuple[int, int, Filing]] = []
    for n, filing in enumerate(month):
        row = filing.row
        whole = for_the_year(row) if row["kind"] == "daily" or n % BY_FREQUENCY == 0 else row
        if whole["period"] == "year":
            dates = {
                "window_from": date(YEAR, 1, 1),
                "window_to": date(YEAR, 12, 31),
                "filed_on": date(YEAR - 1, 12, 15),
            }
            found.append((0, n, Filing({**whole, **dates}, filing.scope, filing.domain)))
            continue
        months = JOINT_MONTHS if row["kind"] == "joint" else (n % 6 + 1, n % 6 + 7) if row["kind"] == "random" else ()
        found += [(m, n, _moved(filing, m)) for m in months or (n % 12 + 1,)]
    return [filing for _, _, filing in sorted(found, key=lambda one: one[:2])]


def _moved(filing: Filing, month: int) -> Filing:
    """Return the filing with its window in another month: the same days of the month, filed the month before."""
    row = filing.row
    last = monthrange(YEAR, month)[1]
    first, end = _date(row, "window_from"), _date(row, "window_to")
    begin = 1 if (first.year, first.month) != (YEAR, 6) else first.day
    until = last if end.month != 6 or end.day == 30 else end.day
    before = date(YEAR, month, 1) - timedelta(days=1)
    moved: Row = {
        "filing_id": str(row["filing_id"]).replace("-2606-", f"-26{month:02d}-").replace("-26-", f"-26{month:02d}Y-"),
        "window_from": date(YEAR, month, min(begin, last)),
        "window_to": date(YEAR, month, min(until, last)),
        "filed_on": before.replace(day=FILED_DAY),
    }
    return Filing({**row, **moved}, filing.scope, filing.domain)


def routes_of(filings: list[Filing], agencies: list[Row]) -> list[Row]:
    """Return the steps of all filings: most went through, some with an opinion first, some late, some not at all."""
    by_id = {filing.id: filing for filing in filings}
    places = {name: n for n, name in enumerate(by_id, 1)}
    rows: list[Row] = []
    for step in step_rows(filings, agencies):
        name = str(step["filing_id"])
        n, row = places[name], by_id[name].row
        first, last = _date(row, "window_from"), _date(row, "window_to")
        yearly = row["period"] == "year"
        if n % REFUSED == 0 and not yearly:
            if step["step"] != "code":
                rows.append({**step, "outcome": "refuse", "note": "(演示)检查必要性不足，不予备案"})
        elif n % OPPOSED == 0:
            if step["step"] != "code" and not any(one["filing_id"] == name for one in rows):
                early = _date(step, "date") - timedelta(days=5)
                rows.append({**step, "date": early, "outcome": "opinion", "note": OPINION})
            rows.append({**step, "version": 2})
        elif step["step"] == "code" and n % TOO_LATE == 0 and not yearly:
            rows.append({**step, "date": last + timedelta(days=3)})
        elif step["step"] == "code" and n % LATE == 0 and not yearly:
            rows.append({**step, "date": first + (last - first) // 3})
        else:
            rows.append(step)
    return rows


def _date(row: Row, column: str) -> date:
    day = row[column]
    assert isinstance(day, date)
    return day


def base_rows(history: list[Row], agencies: list[Row]) -> list[Row]:
    """Return the base year, counted from the district's made-up past: the district, and each body."""
    parent = {str(row["agency_id"]): str(row["parent_id"] or row["agency_id"]) for row in agencies}
    on_site = {
        (parent[str(row["agency_id"])], str(row["site_id"]), str(row["date"]), str(row["trigger"]))
        for row in history
        if row["mode"] == "on_site" and row["result"] in ("clear", "problem") and str(row["date"])[:4] == str(YEAR - 2)
    }
    count = Counter((body, trigger) for body, _, _, trigger in on_site)
    bodies = sorted({body for body, _ in count})
    rows: list[Row] = []
    for body in ("", *bodies):
        planned, triggered = (
            sum(number for (one, how), number in count.items() if how == trigger and body in ("", one))
            for trigger in ("planned", "triggered")
        )
        rows.append(
            {
                "year": YEAR - 2,
                "unit": "check",
                "month": 0,
                "agency_id": body,
                "planned_on": planned,
                "triggered_on": triggered,
                "document": "(演示)2024年检查记录汇总",
            }
        )
    return rows
