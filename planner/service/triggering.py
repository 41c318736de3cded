"""Triggered checks as plain values: read, brought into a book, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np

from planner.domain.case import SiteInfo
from planner.domain.errors import InputError
from planner.domain.plan import Plan
from planner.intake.lookups import NO_ANNEX
from planner.intake.records import SiteRow
from planner.intake.working_days import make_calendar
from planner.operations.book import Book
from planner.operations.recase import with_task
from planner.operations.triggered import Triggered, as_task, register, warned_site
from planner.service.operating import book_of
from planner.service.planning import Planned

WARNED_DOMAIN = "A12"
"""The annex that says where a warned site goes."""


def triggered_to_json(check: Triggered) -> dict[str, Any]:
    """Return a check as plain values, dates in ISO."""
    return {
        **asdict(check),
        "items": list(check.items),
        "day": check.day.isoformat(),
        "coded": check.coded.isoformat() if check.coded else None,
    }


def triggered_from(value: Mapping[str, Any]) -> Triggered:
    """Return the check that `triggered_to_json` wrote. Raises KeyError, TypeError or ValueError where it is none."""
    coded = value.get("coded")
    return Triggered(
        **{
            **value,
            "items": tuple(value["items"]),
            "day": date.fromisoformat(value["day"]),
            "coded": date.fromisoformat(coded) if coded else None,
        }
    )


def site_to_json(row: SiteRow) -> dict[str, Any]:
    """Return what a case needs to know of a site of the library."""
    return {
        "id": row.site_id,
        "name": row.name,
        "town": row.town,
        "industry": row.industry,
        "lon": row.lon,
        "lat": row.lat,
        "tags": list(row.tags),
    }


def site_from(value: Mapping[str, Any]) -> SiteInfo:
    """Return the site of `site_to_json`."""
    lon, lat = (float("nan") if value[name] is None else float(value[name]) for name in ("lon", "lat"))
    return SiteInfo(value["id"], value["name"], value["town"], value["industry"], lon, lat, tuple(value["tags"]))


def with_triggered(book: Book, detail: Mapping[str, Any]) -> Book:
    """Return `book` with the check that `detail` tells of (`check`, and `site` where the month has none there)."""
    check = triggered_from(detail["check"])
    site = site_from(detail["site"]) if detail.get("site") else None
    case, day = with_task(book.case, book.day, as_task(check), site)
    told = {book.case.tasks[n].id for n in np.flatnonzero(book.published).tolist()} | {check.id}
    published = np.array([task.id in told for task in case.tasks])
    then = Book(case, Plan(day), published, book.first_day, book.least_left_out)
    then.triggered, then.settled = book.triggered | {check.id}, book.settled
    return then


def domain_of(items: Iterable[str], item_domains: Mapping[str, str], agency_domain: str) -> str:
    """Return the annex that a check's items are done under: that of the first item that names one."""
    return next((item_domains[i] for i in items if item_domains.get(i)), agency_domain) or NO_ANNEX


def register_triggered(planned: Planned, value: Mapping[str, Any], today: date | None = None) -> dict[str, Any]:
    """Return what follows from a triggered check on a month's plan: riders, absorbed tasks, its code's deadline.

    `value`: id, site, unit, items, day, source, and optionally minutes, urgent, coded; `today` None is its day.
    A warned site of the emergency office is told where it goes. Raises InputError where something is missing.
    """
    items = {row.item_id: row for row in planned.tables.items}
    try:
        asked = tuple(map(str, value["items"]))
        unknown = [item for item in asked if item not in items]
        if unknown or not asked:
            raise InputError(f"事项库没有 {'、'.join(unknown) or '（空）'}：请核对 / unknown items")
        agencies = {row.agency_id: row.domain for row in planned.tables.agencies}
        check = triggered_from(
            {
                "id": str(value.get("id", "TR-1")),
                "site": str(value["site"]),
                "unit": str(value["unit"]),
                "domain": domain_of(asked, {i: items[i].domain for i in asked}, agencies.get(str(value["unit"]), "")),
                "items": asked,
                "day": str(value["day"]),
                "source": str(value["source"]),
                "minutes": int(value.get("minutes", sum(items[i].minutes for i in asked))),
                "urgent": bool(value.get("urgent", False)),
                "coded": value.get("coded"),
            }
        )
    except KeyError as error:
        raise InputError(f"触发式检查缺少 {error.args[0]}：请补上 / missing {error.args[0]}") from error
    except (TypeError, ValueError) as error:
        raise InputError(f"触发式检查填写有误（{error}）：请改正 / not a triggered check") from error
    today = today or check.day
    book = book_of(planned)
    rows = {row.site_id: row for row in planned.tables.sites}
    there = check.site in {site.id for site in book.case.sites}
    site = None if there or check.site not in rows else site_from(site_to_json(rows[check.site]))
    year = check.day.year
    calendar = make_calendar((year - 1, year, year + 1), planned.tables.calendar)
    answer = asdict(register(book, planned.rulebook, calendar, check, today, site))
    warned = None
    if check.source == "warning" and check.domain == WARNED_DOMAIN:
        visits = [
            row.date
            for row in planned.tables.history
            if row.site_id == check.site and row.agency_id == check.unit and row.mode == "on_site"
        ]
        warned = asdict(warned_site(book, check.site, today, max((d for d in visits if d <= today), default=None)))
    return {"month": planned.month, "check": triggered_to_json(check), **answer, "warned": warned}
