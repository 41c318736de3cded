"""When codes and results are due by annex, and what a result does: read from `results.toml`."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from planner.rulebook.book import DATA, JURISDICTION
from planner.rulebook.offices import cited_by_domain

_READ = tomllib.loads((DATA / JURISDICTION / "results.toml").read_text(encoding="utf-8"))

CODE_DAYS: int = _READ["late_code"]["days"]
"""Working days after an urgent visit within which its code is applied for."""
ABSORBED_MONTHS: int = _READ["absorbed"]["months"]
NO_CODE: tuple[str, ...] = tuple(_READ["code"]["clauses"])
FOREIGN_CODE: tuple[str, ...] = tuple(_READ["code"]["foreign_clauses"])
FORBIDDEN: tuple[str, ...] = tuple(_READ["forbidden"]["clauses"])
"""Clauses that forbid figures of penalties, cases and fines."""


@dataclass(frozen=True, slots=True)
class Recording:
    """By when an annex has results recorded: `days` working days after the end. `own`: it sets a limit per item.

    `hard`: a late one is a warning, elsewhere it is told only.
    """

    days: int
    clauses: tuple[str, ...]
    own: bool
    hard: bool


@cache
def recording_of(domain: str) -> Recording:
    """Return by when results of `domain` are recorded."""
    raw: dict[str, Any] = _READ["recorded"] | _READ["recorded"]["by_domain"].get(domain, {})
    return Recording(raw["days"], tuple(raw["clauses"]), bool(raw.get("own")), bool(raw.get("hard")))


def late_code(domain: str) -> tuple[str, ...]:
    """Return the clauses that let an urgent check's code follow within `CODE_DAYS`, () where there are none."""
    return tuple(cited_by_domain("late-code").get(domain, ()))


def late_code_open(domain: str) -> tuple[str, ...]:
    """Return the clauses that let a code follow and set no time, () where there are none."""
    return tuple(cited_by_domain("late-code-open").get(domain, ()))


def no_code(domain: str) -> tuple[bool, tuple[str, ...]]:
    """Return whether a missing code is an error in `domain`, and its clauses."""
    soft = domain in _READ["code"]["soft"]
    return not soft, (*NO_CODE, *(_READ["code"]["soft_clauses"] if soft else ()))


def reasons_listed(domain: str) -> tuple[str, ...]:
    """Return the clauses that have the annex keep a list of urgent cases, () where it keeps none."""
    return tuple(_READ["reasons"].get(domain, ()))


def recheck(domain: str) -> tuple[str, ...]:
    """Return the clauses that take a further visit on the same code out of cap, gap and count, () where none does."""
    return tuple(_READ["recheck"].get(domain, ()))


def absorbing() -> Mapping[str, tuple[str, ...]]:
    """Return, by annex, the clauses that let a triggered check stand for a planned one."""
    return MappingProxyType({key: tuple(clauses) for key, clauses in _READ["absorbed"]["clauses"].items()})


def effect(what: str, domain: str) -> tuple[str, ...]:
    """Return what a result's effect cites: "remote-problem", "closed", "survey" or "unwilling"; the annex's first."""
    own = _READ["effects"].get(f"{what}-by-domain", {}).get(domain, ())
    return (*own, *_READ["effects"].get(what, ()))


@cache
def _latin(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z]){re.escape(word)}(?![a-z])")


def is_forbidden(heading: object) -> bool:
    """Return whether a heading or name asks for a figure that must not exist."""
    text = "".join(unicodedata.normalize("NFKC", str(heading)).split()).casefold()
    words: list[str] = _READ["forbidden"]["words"]
    return any(_latin(word).search(text) if word.isascii() else word in text for word in words)


def clauses_of_results() -> Iterator[tuple[str, str]]:
    """Yield (annex, or "" where it is the district's own, clause) of everything that the data cites."""
    yield from (("", clause) for clause in (*NO_CODE, *FOREIGN_CODE, *_READ["recorded"]["clauses"]))
    yield from ((clause.partition("-")[0], clause) for clause in FORBIDDEN)
    tables = [_READ["reasons"], _READ["recheck"], _READ["absorbed"]["clauses"]]
    tables += [value for key, value in _READ["effects"].items() if key.endswith("-by-domain")]
    tables += [{key: raw["clauses"] for key, raw in _READ["recorded"]["by_domain"].items()}]
    for table in tables:
        yield from ((domain, clause) for domain, clauses in table.items() for clause in clauses)
