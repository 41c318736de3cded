"""The crews that a unit can form on a day, by halves and skills. The timetable gives work to these crews.

Inspectors are named later, by the draw; this module counts the crews of each half-day and skill. Each crew listed can
be formed of different people, so a day that these crews can walk lacks nobody (recusal at single sites apart).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from planner.domain.roster import Roster

Skills = frozenset[str]


@dataclass(frozen=True, slots=True)
class DayCrew:
    """One crew of a unit on a day. A half in which there is no such crew is None."""

    skills: tuple[Skills | None, Skills | None]
    """Of the skills that the day asks for, those that a lawful team of it has, by half."""
    through: bool
    """The same people in both halves: it may work across the break."""


def crews_of(roster: Roster, unit: int, day: int, wanted: Mapping[Skills, int]) -> tuple[DayCrew, ...]:
    """Return the crews of `unit` on `day`; `wanted` is how much work asks for each set of skills, in quarter-hours.

    People who are there all day make crews for the whole day; who is left joins those of one half.
    """
    size = int(roster.per_crew[unit])
    asked = frozenset().union(*wanted)
    all_day: list[Skills] = []
    half_day: tuple[list[Skills], list[Skills]] = ([], [])
    for i in roster.of_unit(unit):
        own = asked & frozenset(roster.inspectors[i].skills)
        morning, afternoon = roster.present[i, day].tolist()
        if morning and afternoon:
            all_day.append(own)
        elif morning or afternoon:
            half_day[0 if morning else 1].append(own)
    load = Counter({need: 2 * quarters for need, quarters in wanted.items()})
    through, left = _teams(all_day, size, load)
    parts = [_teams([*left, *half_day[half]], size, load)[0] for half in (0, 1)]
    crews = [DayCrew((skills, skills), True) for skills in through]
    crews += [DayCrew((morning, afternoon), False) for morning, afternoon in zip_longest(parts[0], parts[1])]
    return tuple(crews)


def _teams(people: Sequence[Skills], size: int, load: Mapping[Skills, int]) -> tuple[list[Skills], list[Skills]]:
    """Return what teams of `people` can do, and who is left.

    Each team is made for the work that has most for each team so far (as seats are given after d'Hondt), out of people
    who can do little beside it.
    """
    left = sorted(people, key=lambda s: (len(s), sorted(s)))
    made: list[Skills] = []
    open_needs = {frozenset[str](), *load}
    while len(left) >= size and open_needs:
        need = max(
            open_needs,
            key=lambda n: (load.get(n, 0) / (1 + sum(n <= t for t in made)), len(n), sorted(n, reverse=True)),
        )
        team = _team(left, size, need)
        if team is None:
            open_needs.discard(need)
            continue
        for one in team:
            left.remove(one)
        made.append(frozenset(s for s in frozenset().union(*team) if sum(s in one for one in team) >= size))
    return made, left


def _team(people: Sequence[Skills], size: int, need: Skills) -> list[Skills] | None:
    """Return a small team in which `size` people have each skill of `need`, None where there is none."""
    left, team = list(people), list[Skills]()
    while len(team) < size or any(sum(s in one for one in team) < size for s in need):
        short = frozenset(s for s in need if sum(s in one for one in team) < size)
        best = max(left, key=lambda one: (len(one & short), -len(one - need)), default=None)
        if best is None or (short and len(team) >= size and not best & short):
            return None
        left.remove(best)
        team.append(best)
    return team
