"""Scope of a filing: which sites it is about."""

from __future__ import annotations

from collections import Counter
from datetime import date

from planner.intake.month.context import Context
from planner.intake.month.lookups import Lookups
from planner.intake.month.outcome import Notes
from planner.intake.tables.records import FilingRow, Scope, Tables


def sites_of(filing: FilingRow, lookups: Lookups, domain: str, day: date) -> list[str]:
    """Return the ids of the filing's sites, sorted: those listed, else those that its scope takes in.

    A grade in the scope is the grade of `domain` in force on `day`.
    """
    if filing.sites:
        return sorted({site for site in filing.sites if site in lookups.sites})
    return sites_in(filing.scope, lookups, domain, day) if filing.scope.terms else []


def tell_values_without_site(context: Context, filing: FilingRow) -> None:
    """Tell each value of the filing's scope that no site has, with the nearest one that some have: a duty is lost."""
    if filing.sites:
        return
    for key, values in filing.scope.terms:
        for value in values:
            if key == "grade" or context.lookups.with_value(key, value):
                continue
            near = context.lookups.nearest_value(key, value)
            hint = f"，最接近的是“{near}”" if near else ""
            about = {"filing": filing.filing_id, "key_zh": KEYS_ZH[key], "hint": hint}
            context.notes.find("law.scope-value", filing.ref, column="scope", value=value, **about)


def tell_alike(lookups: Lookups, tables: Tables, notes: Notes) -> None:
    """Tell towns and industries that are written in several ways, and what they count as."""
    for key in ("town", "industry"):
        named = [(getattr(row, key), row) for row in tables.sites]
        counts = Counter(value for value, _ in named)
        first = {value: row.ref for value, row in reversed(named)}
        for value, meant in sorted(lookups.same[key].items()):
            if value == meant:
                continue
            ref, column = first.get(value), key
            if ref is None:
                column = "scope"
                asks = (f.ref for f in tables.filings if any(value in values for _, values in f.scope.terms))
                ref = next(asks, None)
            about = {"meant": meant, "key_zh": KEYS_ZH[key], "count": str(counts[value])}
            notes.find("law.value-alike", ref, column=column, value=value, **about)


KEYS_ZH = {"town": "街镇", "industry": "行业", "tag": "标签"}


def sites_in(scope: Scope, lookups: Lookups, domain: str, day: date) -> list[str]:
    """Return the ids of the sites in `scope`, sorted: for each key one of its values fits."""
    found: set[str] | None = None
    for key, values in scope.terms:
        if key == "grade":
            continue
        fits = set().union(*(lookups.with_value(key, value) for value in values))
        found = fits if found is None else found & fits
    sites = sorted(lookups.sites if found is None else found)
    for key, values in scope.terms:
        if key == "grade":
            sites = [site for site in sites if lookups.grade(site, domain, day) in values]
    return sites
