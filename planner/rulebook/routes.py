"""How plans are filed, by annex, period and level: legs in order, whether a code is needed, and clauses.

Read from `filing_routes.toml`, so that another jurisdiction is another file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from planner.rulebook.book import DATA, JURISDICTION

_READ = tomllib.loads((DATA / JURISDICTION / "filing_routes.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Route:
    """One route. `steps` are its legs in order; the other fields are explained where the data stands."""

    steps: tuple[str, ...]
    clauses: tuple[str, ...]
    code: str
    """"barred", "told" or "none"."""
    code_clauses: tuple[str, ...]
    ground: str
    """"code", "source" or "month-code"."""
    ground_clauses: tuple[str, ...]
    amended: tuple[str, ...]
    """Clauses that have a changed plan go the whole route again."""
    assumed: bool


@cache
def route_of(domain: str, period: str, town: bool) -> Route:
    """Return the route of a plan of `domain` and `period` ("year", "month", "special"); `town`: of a town's body."""
    own: dict[str, Any] = next(
        (raw for raw in _READ["route"] if raw["domain"] == domain and period in raw.get("periods", (period,))), {}
    )
    found = _route({**_READ["default"], "assumed": not own, **own})
    if not town:
        return found
    cited = cited_of_filing("towns")
    return Route(
        tuple(_READ["towns"]["steps"]),
        cited,
        found.code,
        found.code_clauses,
        found.ground,
        found.ground_clauses,
        found.amended,
        False,
    )


def state_of_step(step: str) -> str:
    """Return the state in which a plan is while `step` is open. Raises KeyError for a step that no route has."""
    for state, steps in _READ["states"].items():
        if step in steps:
            return str(state)
    raise KeyError(step)


def cited_of_filing(what: str) -> tuple[str, ...]:
    """Return the district's clauses on `what`: "open", "late", "towns" or "amended"."""
    return tuple(_READ["clauses"][what])


def every_route() -> Iterator[tuple[str, Route]]:
    """Yield each annex's routes, and the default one under ""."""
    yield "", _route(_READ["default"])
    for raw in _READ["route"]:
        yield raw["domain"], _route({**_READ["default"], "assumed": False, **raw})


def _route(raw: dict[str, Any]) -> Route:
    return Route(
        steps=tuple(raw["steps"]),
        clauses=tuple(raw["clauses"]),
        code=raw["code"],
        code_clauses=tuple(raw["code_clauses"]),
        ground=raw["ground"],
        ground_clauses=tuple(raw["ground_clauses"]),
        amended=tuple(raw.get("amended", cited_of_filing("amended"))),
        assumed=bool(raw["assumed"]),
    )
