"""Starts, crews and teams as they stand in the plan file: by the ids of visits, units and people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from planner.domain.case import Case
from planner.domain.duty import Duty, stays_of
from planner.domain.plan import Visit
from planner.domain.result import MonthResult
from planner.domain.roster import Roster
from planner.draw.sites import Commitment
from planner.solve.day.crew_names import Revealed


def duty_json(result: MonthResult) -> list[dict[str, Any]]:
    """Return start, crews and, once they are drawn, teams of each visit, by ids; [] where nothing was timed."""
    if result.duty is None or result.roster is None:
        return []
    case, people = result.case, result.roster.inspectors
    rows: list[dict[str, Any]] = [
        {"visit": visit.id, "start": int(start), "stays": []}
        for visit, start in zip(result.visits, result.duty.start.tolist(), strict=True)
    ]
    stays = stays_of(case, result.visits)
    for stay, crew, team in zip(stays, result.duty.crew.tolist(), result.duty.team, strict=True):
        unit = case.units[stay.unit].id
        named = {"team": [people[i].id for i in team]} if result.named else {}
        rows[stay.visit]["stays"].append({"unit": unit, "crew": crew, **named})
    return rows


def names_json(revealed: Revealed | None) -> dict[str, Any] | None:
    """Return what the inspectors were drawn with, None for a draft, in which nobody is named."""
    if revealed is None:
        return None
    return {
        "sealed_on": revealed.sealed_on.isoformat(),
        "nonces": [
            {
                "holder": holder,
                "nonce": nonce,
                "commitment": promise.commitment,
                "committed_on": promise.committed_on.isoformat(),
            }
            for holder, (nonce, promise) in sorted(revealed.nonces.items())
        ],
        "withheld": list(revealed.withheld),
    }


def revealed_from(part: Mapping[str, Any] | None) -> Revealed | None:
    """Return what `names_json` wrote. Raises KeyError, TypeError or ValueError where it is not in form."""
    if part is None:
        return None
    nonces = {
        row["holder"]: (
            row["nonce"],
            Commitment(row["holder"], row["commitment"], date.fromisoformat(row["committed_on"])),
        )
        for row in part["nonces"]
    }
    return Revealed(date.fromisoformat(part["sealed_on"]), nonces, tuple(part["withheld"]))


def duty_from(rows: Sequence[Mapping[str, Any]], case: Case, visits: Sequence[Visit], roster: Roster) -> Duty:
    """Return the duty that `duty_json` wrote; a draft's has no teams.

    Raises KeyError or ValueError where it does not fit the visits.
    """
    index = {person.id: n for n, person in enumerate(roster.inspectors)}
    if [row["visit"] for row in rows] != [visit.id for visit in visits]:
        raise ValueError("the duty is not of these visits")
    written = [(stay["unit"], int(stay["crew"]), stay.get("team", ())) for row in rows for stay in row["stays"]]
    if [unit for unit, _, _ in written] != [case.units[stay.unit].id for stay in stays_of(case, visits)]:
        raise ValueError("the duty is not of these stays")
    return Duty(
        np.array([row["start"] for row in rows], dtype=np.int64),
        np.array([crew for _, crew, _ in written], dtype=np.int64),
        tuple(tuple(sorted(index[name] for name in team)) for _, _, team in written),
    )
