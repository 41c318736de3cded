"""What other plans settled for this one, as it stands in the plan file, so that anyone can work the case out again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from planner.intake.make.given import NOTHING, AwayDay, DrawnTeam, Given, PublishedVisit
from planner.intake.people.capacity import HALVES


def given_json(given: Given) -> dict[str, Any] | None:
    """Return the part as plain values, None where nothing was settled."""
    if given == NOTHING:
        return None
    return {
        "published": [[v.site, v.day.isoformat(), list(v.tasks), list(v.items)] for v in given.published],
        "through": given.through.isoformat() if given.through else None,
        "due": sorted(given.due),
        "out": sorted(given.out),
        "away": [[one.inspector, one.day.isoformat(), one.half] for one in given.away],
        "teams": [[one.unit, one.visit, list(one.inspectors)] for one in given.teams],
    }


def given_from(part: Mapping[str, Any] | None) -> Given:
    """Return what `given_json` wrote. Raises KeyError, TypeError or ValueError where it is not in form."""
    if part is None:
        return NOTHING
    return Given(
        tuple(
            PublishedVisit(site, date.fromisoformat(day), tuple(tasks), tuple(items))
            for site, day, tasks, items in part["published"]
        ),
        date.fromisoformat(part["through"]) if part["through"] else None,
        frozenset(part["due"]),
        frozenset(part.get("out", ())),
        tuple(AwayDay(who, date.fromisoformat(day), _half(half)) for who, day, half in part.get("away", ())),
        tuple(DrawnTeam(unit, visit, tuple(who)) for unit, visit, who in part.get("teams", ())),
    )


def _half(name: str) -> str:
    if name not in ("day", *HALVES):
        raise ValueError(f"{name!r} is no part of a day")
    return name
