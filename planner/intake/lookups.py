"""The month's tables by id and by place: every later step looks things up here instead of searching rows."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from planner.intake.records import AgencyRow, HistoryRow, ListRow, SiteRow, Tables
from planner.rulebook.registry import Role, implements

NO_ANNEX = "D"
"""Domain of an item that no annex binds: the district document alone does."""

REAL_RESULTS = frozenset({"clear", "problem"})
"""Results of a check that took place; nobody met and closed premises are none (our reading)."""


@dataclass(frozen=True, slots=True)
class Past:
    """One earlier check, resolved: whose, under which domains, of which items (none given: unknown)."""

    date: date
    unit: str
    parent: str
    level: str
    domains: frozenset[str]
    items: frozenset[str]
    planned: bool
    mode: str
    result: str

    @property
    def counts(self) -> bool:
        """Uses up gap and cap: planned, on-site, and really done."""
        return self.planned and self.mode == "on_site" and self.result in REAL_RESULTS


class Lookups:
    """Rows by id, grades by date, lists in force in the month, history by site. `first` to `last` is the month."""

    def __init__(self, tables: Tables, first: date, last: date) -> None:
        self.sites = {row.site_id: row for row in sorted(tables.sites, key=lambda s: s.site_id)}
        self.agencies = {row.agency_id: row for row in tables.agencies}
        self.parents, self.loops = parents_of(self.agencies)
        self.items = {row.item_id: row for row in tables.items}
        self.agency_domain = {agency: self._domain_of_agency(agency) for agency in self.agencies}
        self.item_domain = {
            item.item_id: item.domain or self.agency_domain.get(item.agency_id, NO_ANNEX) for item in tables.items
        }
        self._grades: dict[tuple[str, str], list[tuple[date, str]]] = defaultdict(list)
        for grade in tables.grades:
            self._grades[grade.site_id, grade.domain].append((grade.valid_from, grade.grade))
        for steps in self._grades.values():
            steps.sort()
        self._quiet: dict[tuple[str, str], list[ListRow]] = defaultdict(list)
        self.key_sites: dict[str, set[str]] = defaultdict(set)
        self.quiet_items: set[str] = {item.item_id for item in tables.items if item.list_ == "quiet"}
        for row in tables.lists:
            if row.kind == "quiet_site":
                self._quiet[row.domain, row.site_id].append(row)
            elif _in_force(row, first, last):
                if row.kind == "key_site":
                    self.key_sites[row.domain].add(row.site_id)
                elif row.kind == "quiet_item":
                    self.quiet_items.add(row.item_id)
        self.history: dict[str, tuple[Past, ...]] = self._history(tables.history)
        self._by: dict[tuple[str, str], set[str]] = defaultdict(set)
        for site in tables.sites:
            self._by["industry", site.industry].add(site.site_id)
            self._by["town", site.town].add(site.site_id)
            for tag in site.tags:
                self._by["tag", tag].add(site.site_id)

    def with_value(self, key: str, value: str) -> set[str]:
        """Return ids of the sites whose `key` ("industry", "town" or "tag") has `value`."""
        return self._by.get((key, value), set())

    def grade(self, site: str, domain: str, day: date) -> str:
        """Return the site's grade of `domain` in force on `day`, "" where it has none."""
        steps = self._grades.get((site, domain), [])
        place = bisect_right(steps, (day, "\U0010ffff"))
        return steps[place - 1][1] if place else ""

    def grades_on(self, site: str, day: date) -> tuple[tuple[str, str], ...]:
        """Return the site's (domain, grade) pairs in force on `day`, sorted."""
        found = ((domain, self.grade(site, domain, day)) for domain in self._graded_domains.get(site, ()))
        return tuple((domain, grade) for domain, grade in found if grade)

    @property
    def _graded_domains(self) -> dict[str, list[str]]:
        if not hasattr(self, "_graded"):
            self._graded: dict[str, list[str]] = defaultdict(list)
            for site, domain in sorted(self._grades):
                self._graded[site].append(domain)
        return self._graded

    def is_quiet(self, site: str, domain: str, first: date, last: date) -> bool:
        """Return whether the site is on the domain's quiet list on a day from `first` to `last`.

        A row without a domain counts for all.
        """
        rows = (*self._quiet.get((domain, site), ()), *self._quiet.get(("", site), ()))
        return any(_in_force(row, first, last) for row in rows)

    def is_key(self, site: str, domain: str) -> bool:
        """Return whether the site is on the domain's list of key sites."""
        return site in self.key_sites.get(domain, ()) or site in self.key_sites.get("", ())

    def at(self, site: str) -> tuple[Past, ...]:
        """Return the site's earlier checks by date."""
        return self.history.get(site, ())

    def planned_dates(self, site: str, domain: str) -> list[date]:
        """Return the distinct dates of checks that count for gap and cap of `domain` at the site, ascending."""
        return sorted({past.date for past in self.at(site) if past.counts and domain in past.domains})

    def _domain_of_agency(self, agency: str) -> str:
        for step in chain(self.agencies, agency):
            if step.domain:
                return step.domain
        return NO_ANNEX

    def _history(self, rows: Iterable[HistoryRow]) -> dict[str, tuple[Past, ...]]:
        by_site: dict[str, list[Past]] = defaultdict(list)
        for row in rows:
            domains = frozenset(self.item_domain[i] for i in row.items if i in self.item_domain)
            agency = self.agencies.get(row.agency_id)
            by_site[row.site_id].append(
                Past(
                    date=row.date,
                    unit=row.agency_id,
                    parent=self.parents.get(row.agency_id, row.agency_id),
                    level=agency.level if agency else "",
                    domains=domains or frozenset({self.agency_domain.get(row.agency_id, NO_ANNEX)}),
                    items=frozenset(row.items),
                    planned=row.trigger == "planned",
                    mode=row.mode,
                    result=row.result,
                )
            )
        return {site: tuple(sorted(found, key=_past_order)) for site, found in by_site.items()}


def _past_order(past: Past) -> tuple[date, str, tuple[str, ...], bool, str, str]:
    return (past.date, past.unit, tuple(sorted(past.items)), past.planned, past.mode, past.result)


def _in_force(row: ListRow, first: date, last: date) -> bool:
    return (row.from_ is None or row.from_ <= last) and (row.to is None or first <= row.to)


def chain(agencies: dict[str, AgencyRow], agency: str) -> Iterator[AgencyRow]:
    """Yield the agency, its parent, its parent's parent and so on; stops at an unknown id or a circle."""
    seen: set[str] = set()
    while agency in agencies and agency not in seen:
        seen.add(agency)
        yield agencies[agency]
        agency = agencies[agency].parent_id


@implements("unit.parent", Role.INTAKE)
def parents_of(agencies: dict[str, AgencyRow]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the body in whose name each agency acts, and the agencies whose parents form a circle.

    A station, section or squad acts in the name of the body at the top of its chain (A11-3.1b); one in a circle acts
    in its own.
    """
    parents, loops = {}, []
    for agency in sorted(agencies):
        top = list(chain(agencies, agency))[-1]
        looped = bool(top.parent_id) and top.parent_id in agencies
        parents[agency] = agency if looped else top.agency_id
        if looped:
            loops.append(agency)
    return parents, tuple(loops)


def days_in(ranges: Iterable[tuple[date, date]], first: date, last: date) -> Iterator[date]:
    """Yield the dates of closed ranges that lie from `first` to `last`."""
    for start, end in ranges:
        day, stop = max(start, first), min(end, last)
        while day <= stop:
            yield day
            day += timedelta(days=1)


def blackout_of(site: SiteRow, first: date, last: date) -> frozenset[date]:
    """Return the site's own closed days from `first` to `last`."""
    return frozenset(days_in(site.blackout_days, first, last))
