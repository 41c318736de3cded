"""One day as arrays for the compiled search: lawful starts of each visit, stays by unit, crews by unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np

from planner.domain.case import DAY_QUARTERS, Case, IntArray
from planner.domain.duty import Stay, stays_of
from planner.domain.plan import Visit
from planner.domain.roster import HALF_QUARTERS, Roster
from planner.solve.day.crews import DayCrew, Skills, crews_of
from planner.solve.day.kernel import DayArrays

PINNED_WEIGHT = 100
"""What is published or fixed gives way to nothing else."""


@dataclass(frozen=True, eq=False)
class Day:
    """The visits of one day and what the search makes of them. `visits` and `stays` keep the plan's order."""

    case: Case
    roster: Roster
    number: int
    visits: tuple[Visit, ...]
    stays: tuple[Stay, ...]
    """Of `visits`; `Stay.visit` counts within the day."""
    options: tuple[tuple[int, ...], ...]
    """Lawful starts of each visit, in quarters of the day: rules `visit.hours` and `hours.business`."""
    crews: Mapping[int, tuple[DayCrew, ...]]
    """By unit."""
    arrays: DayArrays = field(repr=False)
    stay_order: IntArray = field(repr=False)
    """[Y] index into `stays` of each stay of `arrays`."""
    units: tuple[int, ...]
    """Units of the case, in the order of `arrays`."""

    def stretched(self, quarter: int) -> int:
        return quarter + (self.roster.travel_quarters if quarter >= HALF_QUARTERS else 0)

    def quiet_cost(self, visit: int, start: int) -> int:
        """Return what a start costs in quiet hours (rule `objective.quiet-hours`)."""
        return quiet_cost(self.roster, self.visits[visit], start)


def quiet_cost(roster: Roster, visit: Visit, start: int) -> int:
    """Return what the visit costs in quiet hours if it begins at `start`."""
    if not any(roster.minds_quiet[t] for t in visit.tasks):
        return 0
    return int(roster.quiet[visit.site, start : start + visit.quarters].sum())


def lawful_starts(roster: Roster, visit: Visit) -> tuple[int, ...]:
    """Return the starts that rules `visit.hours` and `hours.business` leave to a visit."""
    keeps_out = any(roster.outside_hours[t] for t in visit.tasks)
    starts = []
    for start in range(DAY_QUARTERS - visit.quarters + 1):
        cut = visit.quarters <= HALF_QUARTERS and start < HALF_QUARTERS < start + visit.quarters
        barred = keeps_out and roster.business[visit.site, start : start + visit.quarters].any()
        if not cut and not barred and start % HALF_QUARTERS % roster.start_step == 0:
            starts.append(start)
    return tuple(starts)


def day_of(
    case: Case, roster: Roster, visits: Sequence[Visit], day: int, fixed_start: Mapping[str, int] | None = None
) -> Day:
    """Return the day `day` of the plan's `visits`. `fixed_start` are starts by visit id that leave no choice.

    A visit that has no lawful start keeps an empty tuple of options; the search must not be run on such a day.
    """
    own = tuple(v for v in visits if v.day == day)
    stays = stays_of(case, own)
    fixed = fixed_start or {}
    options = tuple(tuple(s for s in lawful_starts(roster, v) if v.id not in fixed or s == fixed[v.id]) for v in own)
    crews = crews_on(roster, stays, day)
    units = tuple(crews)
    order = np.array(sorted(range(len(stays)), key=lambda y: (stays[y].unit, y)), dtype=np.int64)
    return Day(
        case,
        roster,
        day,
        own,
        stays,
        options,
        crews,
        _arrays(case, roster, own, stays, options, crews, order),
        order,
        units,
    )


def crews_on(roster: Roster, stays: Sequence[Stay], day: int) -> dict[int, tuple[DayCrew, ...]]:
    """Return the crews of each unit that has one of `stays`, which are those of the day, formed for its work."""
    work: dict[int, dict[Skills, int]] = defaultdict(lambda: defaultdict(int))
    for stay in stays:
        work[stay.unit][frozenset(stay.skills)] += stay.quarters
    return {unit: crews_of(roster, unit, day, wanted) for unit, wanted in sorted(work.items())}


def _pinned(case: Case, stay: Stay) -> bool:
    return all(case.tasks[t].pinned for t in stay.tasks)


def _ints(values: Sequence[int]) -> IntArray:
    return np.array(values, dtype=np.int64)


def _arrays(
    case: Case,
    roster: Roster,
    visits: Sequence[Visit],
    stays: Sequence[Stay],
    options: Sequence[Sequence[int]],
    crews: Mapping[int, Sequence[DayCrew]],
    order: IntArray,
) -> DayArrays:
    travel = roster.travel_quarters
    units = {unit: n for n, unit in enumerate(crews)}
    towns = {town: n for n, town in enumerate(sorted({case.sites[v.site].town for v in visits}))}
    skills = {skill: 1 << n for n, skill in enumerate(sorted({s for stay in stays for s in stay.skills}))}
    ordered = [stays[y] for y in order.tolist()]
    at: list[list[int]] = [[] for _ in visits]
    for y, stay in enumerate(ordered):
        at[stay.visit].append(y)
    all_crews = [crew for own in crews.values() for crew in own]

    def bits(names: Skills | None) -> int:
        return -1 if names is None else sum(skills[s] for s in names)

    def offsets(sizes: Sequence[int]) -> IntArray:
        return _ints([0, *accumulate(sizes)])

    return DayArrays(
        option_of_visit=offsets([len(o) for o in options]),
        option=_ints([s + (travel if s >= HALF_QUARTERS else 0) for o in options for s in o]),
        quiet=_ints([quiet_cost(roster, v, s) for v, o in zip(visits, options, strict=True) for s in o]),
        stays_of_visit=offsets([len(own) for own in at]),
        stay_at=_ints([y for own in at for y in own]),
        visit=_ints([s.visit for s in ordered]),
        unit=_ints([units[s.unit] for s in ordered]),
        length=_ints([s.quarters for s in ordered]),
        town=_ints([towns[case.sites[s.site].town] for s in ordered]),
        need=_ints([bits(frozenset(s.skills)) for s in ordered]),
        weight=_ints([s.quarters * (PINNED_WEIGHT if _pinned(case, s) else 1) for s in ordered]),
        stays_of_unit=offsets([sum(s.unit == unit for s in ordered) for unit in crews]),
        crews_of_unit=offsets([len(own) for own in crews.values()]),
        skills=np.array([[bits(half) for half in crew.skills] for crew in all_crews], dtype=np.int64).reshape(-1, 2),
        through=_ints([int(crew.through) for crew in all_crews]),
        noon=HALF_QUARTERS,
        travel=travel,
    )
