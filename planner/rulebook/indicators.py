"""What is counted over a period, and by which clauses: read from `indicators.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from planner.rulebook.book import DATA, JURISDICTION

_READ = tomllib.loads((DATA / JURISDICTION / "indicators.toml").read_text(encoding="utf-8"))

VERSION: str = _READ["version"]
"""Of the formulas."""
BASE_CLAUSES: tuple[str, ...] = tuple(_READ["base_clauses"])
"""Clauses of the comparison with the base year."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure. `numerator` and `denominator` are in words, "" where it is a count. `cuts`: also by agency, domain,
    town, industry and grade.
    """

    key: str
    zh: str
    en: str
    numerator: str
    denominator: str
    clauses: tuple[str, ...]
    cuts: bool


INDICATORS: tuple[Indicator, ...] = tuple(
    Indicator(
        raw["key"],
        raw["zh"],
        raw["en"],
        raw["numerator"],
        raw["denominator"],
        tuple(raw["clauses"]),
        bool(raw.get("cuts", True)),
    )
    for raw in _READ["figure"]
)
