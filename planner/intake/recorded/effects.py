"""What results do to later months: their short form in the history, checks that they open, and what is left to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from planner.intake.tables.records import AgencyRow, HistoryRow, ResultItemRow, ResultRow, SiteRow, Tables
from planner.rulebook.recording import effect, recheck

REAL = frozenset({"clear", "problem"})
"""Results of a check that took place."""


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that a result leaves to do: `kind` is "remove", "add", "not-to-join" or "on-site".

    "on-site" is a triggered check that an off-site problem opens: quiet lists do not bar it.
    """

    kind: str
    site: str
    agency: str
    day: date
    items: tuple[str, ...]
    result: str
    clauses: tuple[str, ...]
    zh: str
    en: str


def with_results(tables: Tables) -> Tables:
    """Return the tables with the short form of their results among the history; the same without results."""
    return replace(tables, history=(*tables.history, *history_of(tables))) if tables.results else tables


def history_of(tables: Tables) -> tuple[HistoryRow, ...]:
    """Return the short form of the results that are not in the history yet, in their order.

    A further visit on the same code makes none where the annex takes it out of cap, gap and count; nor does a survey,
    or a site that no row of sites names. Lines "not touched" leave their items open.
    """
    domains = domains_of(tables.agencies)
    again = further_visits(tables)
    items = items_of(tables.result_items)
    filed = {row.filing_id: row.items for row in tables.filings}
    sites = {row.site_id for row in tables.sites}
    known = {(row.site_id, row.agency_id, row.date, row.trigger, row.mode) for row in tables.history}
    rows = []
    for row in tables.results:
        agency = row.unit_id or row.agency_id
        outside = row.result_id in again and bool(recheck(domains.get(row.agency_id, "")))
        key = (row.site_id, agency, row.date, row.trigger, row.mode)
        if outside or row.survey or row.site_id not in sites or key in known:
            continue
        lines = items.get(row.result_id)
        done = filed.get(row.filing_id, ()) if lines is None else lines
        if lines == ():
            continue
        rows.append(
            HistoryRow(
                entry_id=row.entry_id,
                site_id=row.site_id,
                agency_id=agency,
                items=done,
                date=row.date,
                trigger=row.trigger,
                mode=row.mode,
                result=row.result,
                ref=row.ref,
            )
        )
    return tuple(rows)


def items_of(lines: Iterable[ResultItemRow]) -> dict[str, tuple[str, ...]]:
    """Return, by result, the items that were looked at; () where each line says "not touched"."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for line in lines:
        found[line.result_id]
        if line.finding != "untouched":
            found[line.result_id][line.item_id] = None
    return {name: tuple(items) for name, items in found.items()}


def domains_of(agencies: Iterable[AgencyRow]) -> dict[str, str]:
    """Return the annex of each agency, its parent's where it names none."""
    rows = {row.agency_id: row for row in agencies}
    found = {}
    for name, row in rows.items():
        seen: set[str] = set()
        while not row.domain and row.parent_id in rows and row.parent_id not in seen:
            seen.add(row.parent_id)
            row = rows[row.parent_id]
        found[name] = row.domain
    return found


def further_visits(tables: Tables) -> frozenset[str]:
    """Return the results of a further visit on one code: an earlier one of the same agency and site has the code, and
    found a problem or left an item untouched.
    """
    left_open = {line.result_id for line in tables.result_items if line.finding == "untouched"}
    first: dict[tuple[str, str, str], date] = {}
    for row in tables.results:
        if row.check_code and row.visit_no == 1 and (row.result == "problem" or row.result_id in left_open):
            key = (row.check_code, row.site_id, row.agency_id)
            first[key] = min(row.date, first.get(key, row.date))
    return frozenset(
        row.result_id
        for row in tables.results
        if row.visit_no > 1
        and (row.check_code, row.site_id, row.agency_id) in first
        and row.date >= first[row.check_code, row.site_id, row.agency_id]
    )


def todos_of(tables: Tables, first: date, last: date) -> tuple[Todo, ...]:
    """Return what the results from `first` to `last` leave to do, by date and site."""
    domains, items = domains_of(tables.agencies), items_of(tables.result_items)
    sites = {row.site_id: row for row in tables.sites}
    found = []
    for row in tables.results:
        if not first <= row.date <= last:
            continue
        domain = domains.get(row.agency_id, "")
        for kind, cause, holds, zh, en in _causes(row, sites):
            if holds:
                clauses = effect(cause, domain)
                looked = items.get(row.result_id, ())
                found.append(Todo(kind, row.site_id, row.agency_id, row.date, looked, row.result_id, clauses, zh, en))
    return tuple(sorted(found, key=lambda one: (one.day, one.site, one.kind, one.result)))


def _causes(row: ResultRow, sites: Mapping[str, SiteRow]) -> tuple[tuple[str, str, bool, str, str], ...]:
    """Return (kind, its cause in the rulebook, whether it holds, text in Chinese and English).

    What the library says by now is done.
    """
    site = sites.get(row.site_id)
    return (
        (
            "remove",
            "closed",
            row.result == "closed" and site is not None and site.status == "open",
            f"{row.date} 到场时已停业，请核实后作出移出对象库的决定；抽中的由候补递补",
            f"closed on {row.date}: decide whether it leaves the library; a drawn site yields to its reserve",
        ),
        (
            "add",
            "survey",
            site is None and row.result != "closed",
            f"{row.date} 摸底的库外对象，请补入对象库",
            f"surveyed on {row.date} and not listed: add it to the library",
        ),
        (
            "not-to-join",
            "unwilling",
            row.unwilling_joint and site is not None and site.join != "discouraged",
            f"{row.date} 企业表示不愿联合，请标注来源和日期",
            f"unwilling to be joined on {row.date}: mark it with source and date",
        ),
        (
            "on-site",
            "remote-problem",
            row.mode == "off_site" and row.result == "problem",
            f"{row.date} 非现场检查发现问题，按触发式到场核查，清单不限制",
            f"an off-site problem of {row.date} opens an on-site check, quiet lists or not",
        ),
    )


def closed_on(results: Iterable[ResultRow]) -> Mapping[str, date]:
    """Return the last day on which each site was found closed with no check of it since."""
    closed: dict[str, date] = {}
    seen: dict[str, date] = {}
    for row in results:
        where = closed if row.result == "closed" else seen if row.result in REAL else None
        if where is not None:
            where[row.site_id] = max(row.date, where.get(row.site_id, row.date))
    return {site: day for site, day in closed.items() if seen.get(site, date.min) <= day}
