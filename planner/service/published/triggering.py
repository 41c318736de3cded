"""Triggered checks as plain values: read, brought into a book, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from planner.domain.case import AgencyInfo, Case, SiteInfo
from planner.domain.errors import InputError
from planner.intake.month.lookups import NO_ANNEX, chain, parents_of
from planner.intake.month.working_days import make_calendar
from planner.intake.tables.records import AgencyRow, HistoryRow, SiteRow
from planner.operations.book import Book
from planner.operations.triggered import Triggered, alone, register, unit_that_goes, warned_site, with_check
from planner.rulebook.offices import EMERGENCY
from planner.service.month.planning import Planned
from planner.service.published.operating import book_of


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


def unit_to_json(row: AgencyRow, agencies: Mapping[str, AgencyRow]) -> dict[str, Any]:
    """Return what a case needs to know of a unit; `agencies` by id give the body in whose name it acts."""
    info = AgencyInfo(
        row.agency_id, row.name, parents_of(dict(agencies))[0][row.agency_id], row.level, row.town, row.domain
    )
    return {**asdict(info), "setup_minutes": row.setup_minutes}


def beside_from(case: Case, check: Triggered, detail: Mapping[str, Any]) -> Case | None:
    """Return the case of the check alone that `detail` (`site`, `unit`) tells of; None where it tells nothing that
    `case` does not know.
    """
    known = next((site for site in case.sites if site.id == check.site), None)
    sender = next((unit for unit in case.units if unit.id == check.unit), None)
    site = known or (site_from(detail["site"]) if detail.get("site") else None)
    told = dict(detail.get("unit") or {})
    setup = int(told.pop("setup_minutes", 0))
    unit = sender or (AgencyInfo(**told) if told else None)
    if site is None or unit is None or (known is not None and sender is not None):
        return None
    return alone(case, check, site, unit, setup)


def with_triggered(book: Book, detail: Mapping[str, Any]) -> Book:
    """Return `book` with the check that `detail` tells of: `check`, and `site` and `unit` where the month has none."""
    check = triggered_from(detail["check"])
    return with_check(book, check, beside_from(book.case, check, detail))


def sent(book: Book, check: Triggered, town: str) -> Triggered:
    """Return `check` with the unit that goes for it: a bureau without crews of its own sends a section."""
    return replace(check, unit=unit_that_goes(book, check.unit, check.day, town))


def domain_of(items: Iterable[str], item_domains: Mapping[str, str], agency_domain: str) -> str:
    """Return the annex that a check's items are done under: that of the first item that names one."""
    return next((item_domains[i] for i in items if item_domains.get(i)), agency_domain) or NO_ANNEX


def agency_domain(agencies: Mapping[str, AgencyRow], unit: str) -> str:
    """Return the domain of a unit: its own, else that of the body it belongs to; "" where none has one."""
    return next((step.domain for step in chain(dict(agencies), unit) if step.domain), "")


def visits_of(agencies: Mapping[str, AgencyRow], unit: str, history: Iterable[HistoryRow]) -> list[date]:
    """Return the dates of on-site checks by the body that `unit` is or belongs to, whichever section did them."""
    parents = parents_of(dict(agencies))[0]
    body = parents.get(unit, unit)
    own = (row for row in history if parents.get(row.agency_id, row.agency_id) == body and row.mode == "on_site")
    return [row.date for row in own if row.date is not None]


def register_triggered(planned: Planned, value: Mapping[str, Any], today: date | None = None) -> dict[str, Any]:
    """Return what follows from a triggered check on a month's plan: riders, absorbed tasks, its code's deadline.

    `value`: id, site, unit, items, day, source, and optionally minutes, urgent, coded; `today` None is its day.
    The site need not be in the library. A warned site of the emergency office is told where it goes. Raises InputError
    where something is missing.
    """
    items = {row.item_id: row for row in planned.tables.items}
    registers = planned.prepared.registers
    rows = {row.site_id: row for row in (registers.tables if registers else planned.tables).sites}
    aliases = registers.aliases if registers else {}
    known = {row.agency_id: row for row in planned.tables.agencies}
    try:
        asked = tuple(map(str, value["items"]))
        unknown = [item for item in asked if item not in items]
        if unknown or not asked:
            raise InputError(f"事项库没有 {'、'.join(unknown) or '（空）'}：请核对 / unknown items")
        unit = str(value["unit"])
        if unit not in known:
            raise InputError(f"名录没有检查主体“{unit}”：请核对编号 / there is no agency {unit!r}")
        place = aliases.get(str(value["site"]), str(value["site"]))
        row = rows.get(place)
        bodies = {unit, parents_of(known)[0][unit]}
        check = triggered_from(
            {
                "id": str(value.get("id", "TR-1")),
                "site": place,
                "unit": str(value["unit"]),
                "domain": domain_of(asked, {i: items[i].domain for i in asked}, agency_domain(known, unit)),
                "items": asked,
                "day": str(value["day"]),
                "source": str(value["source"]),
                "minutes": int(value.get("minutes", sum(items[i].minutes for i in asked))),
                "urgent": bool(value.get("urgent", False)),
                "coded": value.get("coded"),
                "opted_in": row is not None and bool(bodies & set(row.opted_in)),
            }
        )
    except KeyError as error:
        raise InputError(f"触发式检查缺少 {error.args[0]}：请补上 / missing {error.args[0]}") from error
    except (TypeError, ValueError) as error:
        raise InputError(f"触发式检查填写有误（{error}）：请改正 / not a triggered check") from error
    today = today or check.day
    book = book_of(planned)
    site = site_to_json(row) if row is not None else _unlisted(check.site)
    going = sent(book, check, str(site["town"]))
    detail = {"site": site, "unit": unit_to_json(known[going.unit], known)}
    beside = beside_from(book.case, going, detail)
    year = check.day.year
    calendar = make_calendar((year - 1, year, year + 1), planned.tables.calendar)
    answer = asdict(register(book, planned.rulebook, calendar, going, today, beside))
    warned = None
    if check.source == "warning" and check.domain == EMERGENCY:
        here = [row for row in planned.tables.history if aliases.get(row.site_id, row.site_id) == check.site]
        visits = visits_of(known, check.unit, here)
        warned = asdict(warned_site(book, check.site, today, max((d for d in visits if d <= today), default=None)))
    return {"month": planned.month, "check": triggered_to_json(check), "sent": going.unit, **answer, "warned": warned}


def _unlisted(site: str) -> dict[str, Any]:
    """Return what is known of a site that is in no library yet: its name is its id."""
    return {"id": site, "name": site, "town": "", "industry": "", "lon": None, "lat": None, "tags": []}
