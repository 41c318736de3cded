"""Scope of a filing: which sites it is about."""

from __future__ import annotations

from datetime import date

from planner.intake.lookups import Lookups
from planner.intake.records import FilingRow, Scope


def sites_of(filing: FilingRow, lookups: Lookups, domain: str, day: date) -> list[str]:
    """Return the ids of the filing's sites, sorted: those listed, else those that its scope takes in.

    A grade in the scope is the grade of `domain` in force on `day`.
    """
    if filing.sites:
        return sorted({site for site in filing.sites if site in lookups.sites})
    return sites_in(filing.scope, lookups, domain, day) if filing.scope.terms else []


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
