"""Where the filings of the month stand, by the tables: whose annex and level each is, then its steps."""

from __future__ import annotations

from datetime import date

from planner.intake.month.lookups import NO_ANNEX, Lookups
from planner.intake.routes.standing import Standing, standings
from planner.intake.tables.records import FilingRow, Tables


def filing_standings(tables: Tables, lookups: Lookups, first: date, last: date) -> dict[str, Standing]:
    """Return where each filing stands in the period `first` to `last`, by id.

    Steps up to its last day count; a filing has lapsed where its window ended before its first day.
    """
    domain_of = {row.filing_id: domain_of_filing(row, lookups) for row in tables.filings}
    towns = frozenset(name for name in lookups.agencies if is_of_town(lookups, name))
    return standings(tables.filings, tables.filing_steps, domain_of, towns, (first, last))


def domain_of_filing(filing: FilingRow, lookups: Lookups) -> str:
    """Return the annex that the filing goes by: its agency's where one of its items is under it, else its items'."""
    found = {lookups.item_domain[item] for item in filing.items if item in lookups.item_domain}
    own = lookups.agency_domain.get(filing.agency_id, NO_ANNEX)
    return own if own in found or not found else min(found)


def is_of_town(lookups: Lookups, agency: str) -> bool:
    """Return whether the agency, or the body in whose name it acts, is a town's."""
    parent = lookups.parents.get(agency, agency)
    return any(lookups.agencies[name].level == "town" for name in (agency, parent) if name in lookups.agencies)
