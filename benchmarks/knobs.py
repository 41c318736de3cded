"""What a family of made-up cases is made of, and on which days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from types import MappingProxyType

CREW_QUARTERS = 24
SCARCE_USE = 0.97
"""A unit whose planted checks use this much of its crews over the horizon is called scarce."""


@dataclass(frozen=True, slots=True)
class Knobs:
    """What a family is made of. Shares are of all tasks unless another whole is named."""

    narrow: tuple[int, int] = (3, 8)
    """Least and greatest width of a window, in working days."""
    whole: float = 0.0
    """Share of windows that are as wide as the horizon."""
    scarce_units: float = 0.6
    """Share of the units that are filled to `scarce_use`."""
    scarce_use: float = 0.99
    loose_use: float = 0.8
    per_visit: float = 1.5
    """Checks at a planted visit, on average, counting those places that nobody took."""
    visits: tuple[float, ...] = (0.65, 0.27, 0.08)
    """Shares of sites with 1, 2, 3, … planted visits."""
    twice: float = 0.06
    """Share of checks that are a second task of the same unit at the same visit: one set-up, two tasks."""
    waiting: float = 0.0
    """Share of tasks that may wait past the horizon, and do so in the planted plan."""
    surplus: float = 0.0
    """Share of tasks that the planted plan leaves out: more of the scarce units' work than their crews can do."""
    grouped: float = 0.8
    """Share of (site, domain) with gap and cap, among those where the planted dates keep them."""
    history: float = 0.3
    """Share of those groups with a check before the horizon that narrows what is lawful."""
    listed: float = 0.1
    """Share of the sites on the not-to-join list."""
    districts: int = 1
    units: int = 25
    """Units of a district."""
    city_bodies: int = 0
    coupling: float = 0.0
    """Share of checks that city bodies do, in every district alike."""


FAMILIES: Mapping[str, Knobs] = MappingProxyType(
    {
        "slack": Knobs(whole=0.5, narrow=(3, 12), scarce_units=0.0, waiting=0.08),
        "tight": Knobs(),
        "overfull": Knobs(surplus=0.08),
    }
)
HORIZONS = ("month", "year", "city")
YEAR_VISITS = (0.45, 0.3, 0.17, 0.08)
YEAR_NARROW: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"slack": (15, 100), "tight": (10, 30), "overfull": (10, 30)}
)
YEAR_HOLIDAYS = frozenset(
    date(2026, month, day)
    for month, day in [(1, 1), (1, 2), (2, 16), (2, 17), (2, 18), (2, 19), (2, 20), (5, 1), (10, 1), (10, 2), (10, 5)]
)


def horizon_days(horizon: str) -> tuple[date, ...]:
    """Return the working days: 22 of June 2026, or 250 of 2026."""
    first, last = (
        (date(2026, 6, 1), date(2026, 6, 30)) if horizon == "month" else (date(2026, 1, 1), date(2026, 12, 31))
    )
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(day for day in days if day.weekday() < 5 and day not in YEAR_HOLIDAYS)


def knobs_of(family: str, horizon: str, **changed: object) -> Knobs:
    """Return the knobs of a family at a horizon. Raises ValueError for a name that does not exist."""
    if family not in FAMILIES or horizon not in HORIZONS:
        raise ValueError(f"no such family or horizon: {family}, {horizon}")
    unknown = changed.keys() - {field.name for field in fields(Knobs)}
    if unknown:
        raise ValueError(f"no such knobs: {', '.join(sorted(unknown))}")
    knobs = FAMILIES[family]
    if horizon != "month":
        knobs = replace(knobs, narrow=YEAR_NARROW[family], whole=0.0, visits=YEAR_VISITS, waiting=0.0)
    if horizon == "city":
        knobs = replace(knobs, districts=16, units=22, city_bodies=3, coupling=0.05)
    return replace(knobs, **changed)  # type: ignore[arg-type]
