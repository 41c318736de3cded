"""Whose annex is whose, and the clauses that answers cite of the offices' own work, read from `offices.toml`.

Code asks by name, so that another jurisdiction is another file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from types import MappingProxyType

from planner.rulebook.book import DATA, JURISDICTION

_READ = tomllib.loads((DATA / JURISDICTION / "offices.toml").read_text(encoding="utf-8"))

DOMAINS: tuple[tuple[str, str], ...] = tuple(_READ["domains"].items())
"""(number, name) of the annexes, in their order."""
FIRE: str = _READ["offices"]["fire"]
"""The annex of the fire service."""
EMERGENCY: str = _READ["offices"]["emergency"]
"""The annex that says where a site goes of which its office was warned."""


def working_days(step: str) -> int:
    """Return how many working days a step of the offices' work may take. Raises KeyError for an unknown step."""
    return int(_READ["working_days"][step])


def cited(step: str) -> tuple[str, ...]:
    """Return the clauses that say how a step of the offices' work is done. Raises KeyError for an unknown step."""
    return tuple(_READ["cited"][step])


def cited_by_domain(step: str) -> Mapping[str, tuple[str, ...]]:
    """Return the same where annexes differ, by annex. Raises KeyError for an unknown step."""
    return MappingProxyType({domain: tuple(clauses) for domain, clauses in _READ["cited_by_domain"][step].items()})


def joined_with() -> Mapping[str, tuple[str, ...]]:
    """Return the clauses on going together that name the other bodies, each with the annexes of these."""
    return MappingProxyType({clause: tuple(domains) for clause, domains in _READ["joined_with"].items()})


def every_clause() -> frozenset[str]:
    """Return every clause that the offices' data names."""
    by_step = (clauses for steps in _READ["cited_by_domain"].values() for clauses in steps.values())
    named = {clause for clauses in (*_READ["cited"].values(), *by_step) for clause in clauses}
    return frozenset(named | _READ["joined_with"].keys())
