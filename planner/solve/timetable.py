"""Stage 2, timetable: every visit of a day gets its start, every stay its crew; a day that does not fit gives cuts.

A compiled search (`day_kernel`) over starts hands each unit's work to the crews it can form. CP-SAT is asked for the
bound, and for another beginning, only where quiet hours were not all kept. Work is counted in moves and deterministic
time, days do not know each other: the same days give the same times, on any number of threads.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import pairwise
from time import perf_counter

import numpy as np

from planner.domain.case import Case, IntArray
from planner.domain.duty import NO_START, Cut, Stay
from planner.domain.plan import Visit
from planner.domain.roster import HALF_QUARTERS, Roster
from planner.solve.day_arrays import PINNED_WEIGHT, Day, day_of
from planner.solve.day_bounds import least_changes, least_quiet, relaxed_quiet
from planner.solve.day_kernel import anneal, hand_out_all

TIMETABLE = "timetable"
COOL, WARM, HOT = 1.5, 8.0, 40.0
"""Heat of a search among the towns of days that fit, of one for quiet hours, and of one for a day that does not fit."""
PROVEN_PEOPLE = 12
"""Inspectors of a unit that can be looked at one by one."""
NEARLY = 12
"""Quarter-hours of work without a crew that further searches may still place; more than that has to go anyway."""


@dataclass(frozen=True, slots=True)
class DayWork:
    """How much is done for one day at most; never seconds, so that a run can be repeated."""

    moves: int = 60_000
    """Moves of the search, about 2 µs each."""
    first_moves: int = 20_000
    """The same for a day of a month that is timed for the first time, where what finds no crew may still move."""
    repair_moves: int = 8_000
    """The same for a day that is timed anew to take one visit more."""
    hot_moves: int = 100_000
    """Then hotter, where a little does not fit, and once more with `moves`, as where quiet hours are not all kept;"""
    tries: int = 4
    """so often at most."""
    bound_work: float = 0.5
    """CP-SAT deterministic time for the bound of quiet hours."""
    proof_work: float = 8.0
    """The same for raising it by looking at one unit's people, where it is not met."""

    @property
    def first(self) -> DayWork:
        """Return what is done for a day of a month that is timed for the first time."""
        return replace(self, moves=self.first_moves, tries=0)

    @property
    def repair(self) -> DayWork:
        """Return what is done for a day that is timed anew to take one visit more."""
        return replace(self, moves=self.repair_moves, tries=0)


@dataclass(frozen=True, eq=False)
class DayTimes:
    """The times of one day. `start` [visits of the day], `crew` [stays of the day], both in the plan's order.

    `quiet` and `changes` are (value, bound). With `cuts`, something has no crew: its crew is NO_START, and the visits
    beside it have starts all the same.
    """

    day: int
    start: IntArray = field(repr=False)
    crew: IntArray = field(repr=False)
    quiet: tuple[int, int]
    changes: tuple[int, int]
    cuts: tuple[Cut, ...]
    seconds: float


def timetable(
    case: Case,
    roster: Roster,
    visits: Sequence[Visit],
    work: DayWork | None = None,
    seed: int = 0,
    days: Iterable[int] | None = None,
    progress: Callable[[DayTimes], None] | None = None,
    threads: int | None = None,
) -> tuple[DayTimes, ...]:
    """Return the times of `days` (default: all days with visits), in order; `visits` are those of the whole plan.

    `progress` is told each day, in order. The number of `threads` (default: one per processor) changes
    nothing but time.
    """
    chosen = sorted({v.day for v in visits} if days is None else set(days))
    by_day: dict[int, list[Visit]] = defaultdict(list)
    for visit in visits:
        by_day[visit.day].append(visit)
    done = []
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        for times in pool.map(lambda d: time_day(case, roster, by_day[d], d, work, seed), chosen):
            done.append(times)
            if progress:
                progress(times)
    return tuple(done)


def time_day(
    case: Case,
    roster: Roster,
    visits: Sequence[Visit],
    day: int,
    work: DayWork | None = None,
    seed: int = 0,
    fixed_start: Mapping[str, int] | None = None,
) -> DayTimes:
    """Return the times of day `day`. `fixed_start` are starts by visit id that must stay.

    Where not everything fits, as little as was found possible is left without a crew and named in cuts.
    """
    return search(day_of(case, roster, visits, day, fixed_start), work or DayWork(), seed)


def search(day: Day, work: DayWork, seed: int = 0, start: Sequence[int] | None = None) -> DayTimes:
    """Return times for a day laid out. `start` by visit is where the search begins; NO_START: the visit's best start.

    Times that are handed back are never worse than what `start` comes to.
    """
    began = perf_counter()
    hopeless = tuple(v for v, options in enumerate(day.options) if not options)
    if hopeless:
        return _hopeless(day, hopeless, perf_counter() - began)
    arrays, number = day.arrays, _seed(seed, day.number)
    bound, fewest = least_quiet(day), least_changes(day)
    choice = _best_each(day) if start is None else _choice_of(day, start)
    found = anneal(choice, arrays, work.moves, number, COOL, bound, fewest)

    again = _best_each(day)
    asked = False
    for n in range(1, work.tries + 1):
        if found[0] == 0 and found[1] > bound and not asked:
            asked, relaxed = True, relaxed_quiet(day, work.bound_work, seed)
            bound = relaxed.bound
            again = _choice_of(day, relaxed.start) if relaxed.start else again
        if found[:2] == (0, bound) or NEARLY < found[0] < PINNED_WEIGHT:
            break
        other = again.copy()
        if found[0]:
            anneal(other, arrays, work.hot_moves, number + n, HOT, bound, 0)
        worth = anneal(other, arrays, work.moves, number + n, COOL if found[0] else WARM, bound, fewest)
        if worth < found:
            found, choice = worth, other
    if asked and found[0] == 0:
        bound = _proven(day, choice, found[1], bound, work, seed)
    at = arrays.option[choice]
    handed = np.empty(len(day.stays), dtype=np.int64)
    hand_out_all(at, np.arange(len(day.stays)), arrays, handed)
    crew = np.empty_like(handed)
    crew[day.stay_order] = handed
    clock = np.where(at > HALF_QUARTERS, at - day.roster.travel_quarters, at)
    unplaced, quiet, changes = (int(n) for n in found)
    cuts = cuts_of(day, [s for s, k in zip(day.stays, crew.tolist(), strict=True) if k < 0]) if unplaced else ()
    return DayTimes(day.number, clock, crew, (quiet, bound), (changes, fewest), cuts, perf_counter() - began)


def _proven(day: Day, choice: IntArray, quiet: int, bound: int, work: DayWork, seed: int) -> int:
    """Return a bound of quiet hours, raised as long as it is below `quiet`, by looking at one unit's people at a time.

    The units are those of visits that pay more than they had to, first those with the fewest people.
    """
    best, cost = _best_each(day), day.arrays.quiet
    paying = [visit for visit, dear in zip(day.visits, cost[choice] > cost[best], strict=True) if dear]
    for unit in sorted({u for visit in paying for u in visit.units}, key=lambda u: (len(day.roster.of_unit(u)), u)):
        if bound < quiet and len(day.roster.of_unit(unit)) <= PROVEN_PEOPLE:
            bound = max(bound, relaxed_quiet(day, work.proof_work, seed, unit).bound)
    return bound


def _seed(seed: int, day: int) -> int:
    return (seed * 1_000_003 + day * 101) % 2**31


def _best_each(day: Day) -> IntArray:
    """Return each visit's first start of least cost, as an index into the options."""
    a = day.arrays
    at = a.option_of_visit.tolist()
    best = [low + int(np.argmin(a.quiet[low:high])) for low, high in pairwise(at)]
    return np.array(best, dtype=np.int64)


def _choice_of(day: Day, start: Sequence[int]) -> IntArray:
    at, best = day.arrays.option_of_visit.tolist(), _best_each(day).tolist()
    chosen = [best[v] if s == NO_START else at[v] + day.options[v].index(s) for v, s in enumerate(start)]
    return np.array(chosen, dtype=np.int64)


def _hopeless(day: Day, visits: Sequence[int], seconds: float) -> DayTimes:
    """Return a day on which some visits have no lawful start whatever the rest does: each of their units gives way."""
    starts = np.full(len(day.visits), NO_START, dtype=np.int64)
    crews = np.full(len(day.stays), NO_START, dtype=np.int64)
    barred = any(day.roster.outside_hours[t] for v in visits for t in day.visits[v].tasks)
    rule = "hours.business" if barred else "visit.hours"
    cuts = cuts_of(day, [s for s in day.stays if s.visit in visits], rule)
    return DayTimes(day.number, starts, crews, (0, 0), (0, 0), cuts, seconds)


def cuts_of(day: Day, unplaced: Sequence[Stay], rule: str = "") -> tuple[Cut, ...]:
    """Return for each capacity row with unplaced stays: its load less theirs, which did fit beside all others."""
    case = day.case
    by_row: dict[int, list[Stay]] = defaultdict(list)
    for stay in unplaced:
        by_row[_blamed_row(day, stay)].append(stay)
    cuts = []
    for row, stays in sorted(by_row.items()):
        load = sum(_load(day, row, stay) for stay in day.stays if stay.unit == stays[0].unit)
        less = sum(_load(day, row, stay) for stay in stays)
        ids = tuple(sorted({day.visits[s.visit].id for s in stays}))
        why = rule or ("crew.enough" if row >= len(case.units) or not day.crews[stays[0].unit] else "crew.free")
        cuts.append(Cut(row, day.number, load - less, TIMETABLE, ids, why))
    return tuple(cuts)


def _blamed_row(day: Day, stay: Stay) -> int:
    """Return the row that is short: the skill that fewest crews have, the unit itself where all its crews have it."""
    crews = day.crews[stay.unit]

    def able(skill: str) -> int:
        return sum(half is not None and skill in half for crew in crews for half in crew.skills)

    rows = {
        case_row.skill: n for n, case_row in enumerate(day.case.rows) if case_row.unit == day.case.units[stay.unit].id
    }
    everyone = sum(half is not None for crew in crews for half in crew.skills)
    scarce = min(stay.skills, key=lambda skill: (able(skill), skill), default="")
    return rows[scarce] if scarce and able(scarce) < everyone else stay.unit


def _load(day: Day, row: int, stay: Stay) -> int:
    """Return what a stay loads a capacity row with, as `planner.domain.plan.loads_of` counts."""
    case = day.case
    if row == stay.unit:
        return stay.quarters
    items = sum(int(case.quarters[t]) for t in stay.tasks if case.skill_row_of[t] == row)
    return int(case.setup[stay.unit]) + items if items else 0
