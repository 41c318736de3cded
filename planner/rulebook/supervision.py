"""What the bureau steps in for, with the clauses that bind the body concerned: read from `supervision.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from planner.rulebook.book import DATA, JURISDICTION

_READ = tomllib.loads((DATA / JURISDICTION / "supervision.toml").read_text(encoding="utf-8"))

HEAR_DAYS: int = _READ["hear_days"]
"""Working days that a body has to give its reasons."""
REPLY_DAYS: int = _READ["reply_days"]
"""Working days that it has to answer a letter that names no day."""
LATE_IN_QUARTER: int = _READ["late_in_quarter"]
LETTER: tuple[str, ...] = tuple(_READ["letter"])
"""Clauses of letter and request."""


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground. `hard`: a mandatory clause is broken, so a letter may follow without hearing the body first."""

    key: str
    hard: bool
    zh: str
    en: str
    clauses: Mapping[str, tuple[str, ...]]

    def cited(self, domain: str) -> tuple[str, ...]:
        """Return the clauses that bind `domain`: its annex's, else the district's; () where neither says it."""
        return self.clauses.get(domain) or self.clauses.get("D", ())


GROUNDS: Mapping[str, Ground] = {
    key: Ground(
        key,
        raw["hard"],
        raw["zh"],
        raw["en"],
        {domain: tuple(clauses) for domain, clauses in raw["clauses"].items()},
    )
    for key, raw in _READ["ground"].items()
}
