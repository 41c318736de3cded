"""The level that people follow, and what is proven of it."""

from __future__ import annotations

from planner.domain.result import Level, MonthResult

ENTRIES_LEVEL = "entries"


def level_named(result: MonthResult, name: str) -> Level | None:
    """Return the result's level `name`, None where the run never came to it."""
    return next((level for level in result.levels if level.name == name), None)


def best_bound(level: Level | None) -> int | None:
    """Return the larger of a level's two bounds, None where it has none."""
    if level is None:
        return None
    bounds = [b for b in (level.bound_certified, level.bound_solver) if b is not None]
    return max(bounds, default=None)
