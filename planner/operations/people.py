"""The roster of a case that has got more tasks: people are matched by id, because their indexes change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.domain.case import Case
from planner.domain.roster import Roster

PER_CREW = 2
"""Inspectors that a unit sends of which no roster tells (A07-8.2a)."""


def grown_roster(case: Case, known: Sequence[tuple[Case, Roster]]) -> Roster:
    """Return the roster of `case` from those of cases of the same days; the first that knows something is right.

    A unit that none of them knows has nobody; a site that none knows has no quiet or business hours; a task that none
    knows minds none but what it says of itself.
    """
    first = known[0][1]
    units = {unit.id: n for n, unit in enumerate(case.units)}
    found = {}
    for other, roster in reversed(known):
        for i, person in enumerate(roster.inspectors):
            if other.units[int(roster.unit_of[i])].id in units:
                found[person.id] = (units[other.units[int(roster.unit_of[i])].id], person, roster.present[i])
    people = sorted(found.values(), key=lambda one: (one[0], one[1].id))
    index = {person.id: n for n, (_, person, _) in enumerate(people)}
    sites = {site.id: n for n, site in enumerate(case.sites)}
    tasks = {task.id: n for n, task in enumerate(case.tasks)}
    recused = set[tuple[int, int, int]]()
    per_crew = np.full(len(case.units), PER_CREW, dtype=np.int64)
    quiet = np.zeros((len(case.sites), first.quiet.shape[1]), dtype=np.int64)
    business = np.zeros((len(case.sites), first.business.shape[1]), dtype=np.bool_)
    minds, balanced = np.zeros(case.n_tasks, dtype=np.bool_), np.ones(case.n_tasks, dtype=np.bool_)
    outside = np.array([task.outside_hours for task in case.tasks], dtype=np.bool_)
    for other, roster in reversed(known):
        _put(per_crew, [units.get(unit.id) for unit in other.units], roster.per_crew)
        places = [sites.get(site.id) for site in other.sites]
        _put(quiet, places, roster.quiet)
        _put(business, places, roster.business)
        named = [tasks.get(task.id) for task in other.tasks]
        for mine, theirs in ((minds, roster.minds_quiet), (balanced, roster.balanced), (outside, roster.outside_hours)):
            _put(mine, named, theirs)
        for i, s, d in roster.recused:
            who, where = roster.inspectors[i].id, other.sites[s].id
            if who in index and where in sites:
                recused.add((index[who], sites[where], d))
    return replace(
        first,
        inspectors=tuple(person for _, person, _ in people),
        unit_of=np.array([unit for unit, _, _ in people], dtype=np.int64),
        present=np.array([there for _, _, there in people], dtype=np.bool_).reshape(len(people), case.n_days, 2),
        recused=frozenset(recused),
        per_crew=per_crew,
        quiet=quiet,
        minds_quiet=minds,
        business=business,
        outside_hours=outside,
        balanced=balanced,
    )


def _put(mine: NDArray[Any], places: Sequence[int | None], theirs: NDArray[Any]) -> None:
    """Write the rows of `theirs` where they belong in `mine`."""
    for n, place in enumerate(places):
        if place is not None:
            mine[place] = theirs[n]
