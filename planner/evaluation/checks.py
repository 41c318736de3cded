"""Results as what is counted: checks (agency × site × date × code), each with what the indicators ask of it."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from planner.intake.month.lookups import parents_of
from planner.intake.recorded.effects import REAL, domains_of, further_visits, items_of
from planner.intake.recorded.moments import is_before_arrival, read_clock, read_moment
from planner.intake.tables.records import ResultRow, Tables

OWN_CLUES = frozenset({"remote", "warning", "passing"})
CUTS = ("agency", "domain", "town", "industry", "grade")


@dataclass(slots=True)
class Check:
    """One check: all results of one agency at one site on one date under one code.

    `minutes` is None where a result lacks a time. `code`: "before" arrival, "late" or "none".
    """

    agency: str
    site: str
    day: date
    planned: bool
    mode: str
    problem: bool
    drawn: bool
    own_clue: bool
    measured: bool
    guided: bool
    code: str
    minutes: int | None
    items: frozenset[str]
    cut: tuple[str, ...]
    """Values of `CUTS`, "" where unknown."""


def is_counted(row: ResultRow, again: frozenset[str]) -> bool:
    """Return whether a result is one of those that are evaluated: in scope, real, no further visit on its code."""
    return row.evaluated and row.result in REAL and row.result_id not in again


def checks_of(tables: Tables, first: date, last: date) -> list[Check]:
    """Return the checks from `first` to `last`, in the order of their first results.

    A further visit that no earlier one bears out counts as a check of its own: to number it does not lower the count.
    """
    again = further_visits(tables)
    domains = domains_of(tables.agencies)
    parents, _ = parents_of({row.agency_id: row for row in tables.agencies})
    items = items_of(tables.result_items)
    drawn = {row.filing_id for row in tables.filings if row.kind == "random"}
    measured = {line.result_id for line in tables.result_items if line.measure}
    sites = {row.site_id: (row.town, row.industry) for row in tables.sites}
    grades: dict[tuple[str, str], list[tuple[date, str]]] = defaultdict(list)
    for grade in tables.grades:
        if grade.valid_from is not None and grade.grade:
            grades[grade.site_id, grade.domain].append((grade.valid_from, grade.grade))
    for steps in grades.values():
        steps.sort()

    def grade_on(site: str, domain: str, day: date) -> str:
        steps = grades.get((site, domain), [])
        place = bisect_right(steps, (day, "\U0010ffff"))
        return steps[place - 1][1] if place else ""

    found: dict[tuple[str, str, date, str], Check] = {}
    for row in tables.results:
        if not first <= row.date <= last or not is_counted(row, again):
            continue
        parent = parents.get(row.agency_id, row.agency_id)
        one = Check(
            agency=parent,
            site=row.site_id,
            day=row.date,
            planned=row.trigger == "planned",
            mode=row.mode,
            problem=row.result == "problem",
            drawn=row.filing_id in drawn,
            own_clue=row.source in OWN_CLUES,
            measured=bool(row.measure) or row.result_id in measured,
            guided=row.guidance,
            code=_code(row),
            minutes=_minutes(row),
            items=frozenset(items.get(row.result_id, ())),
            cut=(),
        )
        key = (parent, row.site_id, row.date, row.check_code)
        if key in found:
            _join(found[key], one)
        else:
            domain = domains.get(parent, "")
            town, industry = sites.get(row.site_id, ("", ""))
            one.cut = (parent, domain, town, industry, grade_on(row.site_id, domain, row.date))
            found[key] = one
    return list(found.values())


def _join(one: Check, other: Check) -> None:
    """Add another result of the same check: what restricts or burdens more counts."""
    one.planned |= other.planned
    one.mode = "on_site" if "on_site" in (one.mode, other.mode) else one.mode
    one.problem |= other.problem
    one.drawn |= other.drawn
    one.own_clue |= other.own_clue
    one.measured |= other.measured
    one.guided |= other.guided
    one.code = max(one.code, other.code, key=("before", "late", "none").index)
    one.minutes = None if one.minutes is None or other.minutes is None else one.minutes + other.minutes
    one.items |= other.items


def _code(row: ResultRow) -> str:
    if not row.check_code:
        return "none"
    applied = read_moment(row.code_applied_at) if row.code_applied_at else None
    return "before" if applied is None or is_before_arrival(applied, row.date, read_clock(row.start)) else "late"


def _minutes(row: ResultRow) -> int | None:
    start, end = read_clock(row.start), read_clock(row.end)
    if start is None or end is None or (row.ended_on or row.date) != row.date or end < start:
        return None
    return end - start
