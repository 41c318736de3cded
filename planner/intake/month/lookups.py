"""The month's tables by id and by place: every later step looks things up here instead of searching rows."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rapidfuzz import fuzz, process

from planner.intake.month.alike import same_towns, same_trades
from planner.intake.tables.records import AgencyRow, HistoryRow, ListRow, SiteRow, Tables
from planner.intake.words.held import held_rows
from planner.law.register import closed_by
from planner.rulebook.offices import DOMAINS
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
    row: int = 0
    """Row of the table of history."""

    @property
    def counts(self) -> bool:
        """Uses up gap and cap: planned, on-site, and really done."""
        return self.planned and self.mode == "on_site" and self.result in REAL_RESULTS


class Lookups:
    """Rows by id, grades by date, lists in force in the month, history by site. `first` to `last` is the month."""

    def __init__(
        self, tables: Tables, first: date, last: date, registers: Mapping[str, Sequence[SiteRow]] | None = None
    ) -> None:
        self.sites = {row.site_id: row for row in sorted(tables.sites, key=lambda s: s.site_id)}
        self.agencies = {row.agency_id: row for row in tables.agencies}
        self.parents, self.loops = parents_of(self.agencies)
        self.items = {row.item_id: row for row in tables.items}
        self.agency_domain = {agency: self._domain_of_agency(agency) for agency in self.agencies}
        self.item_domain = {
            item.item_id: item.domain or self.agency_domain.get(item.agency_id, NO_ANNEX) for item in tables.items
        }
        self._grades: dict[tuple[str, str], list[tuple[date, str]]] = defaultdict(list)
        self.held = held_rows(tables.findings)
        self.ungraded: dict[str, dict[str, int]] = defaultdict(dict)
        """Row of a grade that cannot be read, by site and domain ("" for all)."""
        for grade in tables.grades:
            if grade.valid_from is None or not grade.grade or not grade.domain:
                self.ungraded[grade.site_id][grade.domain] = grade.ref.row
            else:
                self._grades[grade.site_id, grade.domain].append((grade.valid_from, grade.grade))
        for steps in self._grades.values():
            steps.sort()
        self._quiet: dict[tuple[str, str], list[ListRow]] = defaultdict(list)
        self.key_sites: dict[str, set[str]] = defaultdict(set)
        self.quiet_items: set[str] = {item.item_id for item in tables.items if item.list_ == "quiet"}
        self._listed: dict[str, list[ListRow]] = defaultdict(list)
        for row in tables.lists:
            if row.kind in ("quiet_site", "quiet_item"):
                self._listed[row.site_id or row.item_id].append(row)
            if row.kind == "quiet_site":
                self._quiet[row.domain, row.site_id].append(row)
            elif _in_force(row, first, last):
                if row.kind == "key_site":
                    self.key_sites[row.domain].add(row.site_id)
                elif row.kind == "quiet_item":
                    self.quiet_items.add(row.item_id)
        self.undated: dict[str, list[tuple[frozenset[str], int]]] = defaultdict(list)
        """(domains, row) of earlier checks of which nobody can tell the day, by site."""
        self.history: dict[str, tuple[Past, ...]] = self._history(tables.history)
        towns = (*(s.town for s in tables.sites), *(a.town for a in tables.agencies))
        asked = [(key, value) for filing in tables.filings for key, values in filing.scope.terms for value in values]
        self.same = {
            "town": same_towns((*towns, *(value for key, value in asked if key == "town"))),
            "industry": same_trades(
                (*(s.industry for s in tables.sites), *(value for key, value in asked if key == "industry"))
            ),
        }
        """The name that stands for each town and industry that is written in several ways."""
        self.answers = {
            (row.site_id, self.parents.get(row.agency_id, row.agency_id), row.date, row.filing_id): row.answer
            for row in tables.absorptions
        }
        """What bodies answered on what a triggered check covers, by site, body, its day and filing or none."""
        self._by: dict[tuple[str, str], set[str]] = defaultdict(set)
        for site in tables.sites:
            self._by["industry", self.name("industry", site.industry)].add(site.site_id)
            self._by["town", self.name("town", site.town)].add(site.site_id)
            for tag in site.tags:
                self._by["tag", tag].add(site.site_id)
            for also in (registers or {}).get(site.site_id, ()):  # each register's words count in scopes
                self._by["industry", self.name("industry", also.industry)].add(site.site_id)
                self._by["town", self.name("town", also.town)].add(site.site_id)

    def with_value(self, key: str, value: str) -> set[str]:
        """Return ids of the sites whose `key` ("industry", "town" or "tag") has `value`."""
        return self._by.get((key, self.name(key, value)), set())

    def name(self, key: str, value: str) -> str:
        """Return the name that stands for a town or industry."""
        return self.same.get(key, {}).get(value, value)

    def nearest_value(self, key: str, value: str) -> str:
        """Return the value of `key` among the sites that is nearest to one that no site has, "" without one."""
        known = [name for kind, name in self._by if kind == key and name]
        near = process.extractOne(value, known, scorer=fuzz.WRatio, score_cutoff=50)
        return str(near[0]) if near else ""

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

    def listed_at(self, site: str, items: Iterable[str]) -> list[ListRow]:
        """Return the rows of the quiet lists about the site or one of the items."""
        return [row for name in (site, *items) for row in self._listed.get(name, ())]

    def is_key(self, site: str, domain: str) -> bool:
        """Return whether the site is on the domain's list of key sites."""
        return site in self.key_sites.get(domain, ()) or site in self.key_sites.get("", ())

    def at(self, site: str) -> tuple[Past, ...]:
        """Return the site's earlier checks by date."""
        return self.history.get(site, ())

    def planned_dates(self, site: str, domain: str) -> list[date]:
        """Return the distinct dates of planned on-site checks of `domain` at the site, whoever did them, ascending."""
        return sorted({past.date for past in self.at(site) if past.counts and domain in past.domains})

    def own_dates(self, site: str, domain: str, body: str = "") -> list[date]:
        """Return those that use up the district's gap and cap: a city body is another department, whose results are
        recognised for a month and no longer. `body` is the parent agency whose checks alone are asked for, "" all.
        """
        there = (p for p in self.at(site) if p.counts and domain in p.domains and p.level != "city")
        return sorted({p.date for p in there if body in ("", p.parent)})

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
            own = frozenset({self.agency_domain.get(row.agency_id, NO_ANNEX)})
            if agency is None:  # nobody can tell whose check it was: it counts for all
                domains = frozenset(code for code, _ in DOMAINS) | own
            if row.date is None:
                self.undated[row.site_id].append((domains or own, row.ref.row))
                continue
            by_site[row.site_id].append(
                Past(
                    date=row.date,
                    unit=row.agency_id,
                    parent=self.parents.get(row.agency_id, row.agency_id),
                    level=agency.level if agency else "",
                    domains=domains or own,
                    items=frozenset(row.items),
                    planned=row.trigger == "planned",
                    mode=row.mode,
                    result=row.result,
                    row=row.ref.row,
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


def is_closed(site: SiteRow, day: date) -> bool:
    """Return whether the site is closed on `day`: by itself, or by a rule."""
    return any(first <= day <= last for first, last in site.blackout_days) or closed_by(site, day) != ""
