"""Stage 2, timetable: gives each visit of a day its start and each stay its crew; a day that does not fit gives cuts.

A compiled search over starts (`planner.solve.day.kernel`) gives each unit's work to the crews that it can form. CP-SAT
is asked for the bound, and for quieter starts, only where quiet hours were not all kept. Work is counted in moves and
deterministic time, and days are independent, so the same days give the same times on any number of threads.
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
from planner.law.rules.hours import BUSINESS_HOURS, WORKING_DAY
from planner.law.rules.people import CREW, ONE_PLACE
from planner.solve.day.arrays import Day, day_of
from planner.solve.day.bounds import least_changes, least_quiet, relaxed_quiet
from planner.solve.day.kernel import RANK, DayArrays, anneal, hand_out_all

TIMETABLE = "timetable"
COOL, HOT = 1.5, 40.0
"""Heat of a search among the towns of days that fit, and of one for a day that does not fit."""
NEARLY = 12
"""Quarter-hours of work without a crew that further searches may still place; more than that has to go anyway."""


CALM_ROUNDS = 4
"""Sets of calmer starts that are asked for at most."""

Worth = tuple[int, int, int]
"""(work without a crew, quiet hours, town changes), compared in this order."""


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
    """Then hotter, where a little does not fit, and once more with `moves`;"""
    tries: int = 4
    """so often at most."""
    calm_tries: int = 8
    """How often the same is done with each set of calmer starts, where quiet hours are above their bound."""
    proof_work: float = 4.0
    """CP-SAT deterministic time for each such set."""
    any_times: bool = False
    """Set where the question is only whether there are times: a search then ends as soon as every stay has a crew."""

    @property
    def first(self) -> DayWork:
        """Return what is done for a day of a month that is timed for the first time."""
        return replace(self, moves=self.first_moves, tries=0, calm_tries=0)

    @property
    def repair(self) -> DayWork:
        """Return what is done for a day that is timed anew to take one visit more."""
        return replace(self, moves=self.repair_moves, tries=0, calm_tries=0)


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
    enough = (RANK - 1, RANK - 1) if work.any_times else (bound, fewest)
    choice = _best_each(day) if start is None else _choice_of(day, start)
    found = anneal(choice, arrays, work.moves, number, COOL, *enough)

    for n in range(1, work.tries + 1):
        if not 0 < found[0] <= NEARLY:
            break
        other = _best_each(day)
        anneal(other, arrays, work.hot_moves, number + n, HOT, bound, 0)
        worth = anneal(other, arrays, work.moves, number + n, COOL, *enough)
        if worth < found:
            found, choice = worth, other
    if work.calm_tries and found[0] == 0 and found[1] > bound:
        found, choice, bound = _calmer(day, choice, found, (bound, fewest), work, number)
    at = arrays.option[choice]
    handed = np.empty(len(day.stays), dtype=np.int64)
    hand_out_all(at, np.arange(len(day.stays)), arrays, handed)
    crew = np.empty_like(handed)
    crew[day.stay_order] = handed
    clock = np.where(at > HALF_QUARTERS, at - day.roster.travel_quarters, at)
    unplaced, quiet, changes = (int(n) for n in found)
    cuts = cuts_of(day, [s for s, k in zip(day.stays, crew.tolist(), strict=True) if k < 0]) if unplaced else ()
    return DayTimes(day.number, clock, crew, (quiet, bound), (changes, fewest), cuts, perf_counter() - began)


def _calmer(
    day: Day, choice: IntArray, found: Worth, enough: tuple[int, int], work: DayWork, seed: int
) -> tuple[Worth, IntArray, int]:
    """Return (worth, choice, bound of quiet hours) of a day whose quiet hours are above their bound.

    CP-SAT finds the calmest starts as far as the people of few units go, at first of those at visits that pay more than
    they had to. The search then keeps each visit as calm as there; which units it leaves short is asked about next.
    """
    a, (bound, fewest) = day.arrays, enough
    paying = np.flatnonzero(a.quiet[choice] > a.quiet[_best_each(day)])
    units = {unit for v in paying.tolist() for unit in day.visits[v].units}
    for n in range(1, CALM_ROUNDS + 1):
        start = [options[c] for options, c in zip(day.options, choice - a.option_of_visit[:-1], strict=True)]
        relaxed = relaxed_quiet(day, units, start, bound, work.proof_work, seed + n)
        bound = relaxed.bound
        if found[1] <= bound or relaxed.start is None:
            break
        calm = _choice_of(day, relaxed.start)
        arena = _as_calm(day, a.quiet[calm])
        short = set[int]()
        for m in range(work.calm_tries):
            other = arena.inside(np.where((m % 2 == 0) & (a.quiet[choice] <= a.quiet[calm]), choice, calm))
            anneal(other, arena.arrays, work.hot_moves, seed + 100 * n + m, HOT, bound, RANK - 1)
            worth = anneal(other, arena.arrays, work.moves, seed + 100 * n + m, COOL, bound, fewest)
            if worth < found:
                found, choice = worth, arena.kept[other]
            if found[1] <= max(bound, int(a.quiet[calm].sum())):
                break
            short |= _short(day, arena.kept[other])
        if found[1] <= bound:
            break
        units |= short
    return found, choice, bound


def _short(day: Day, choice: IntArray) -> set[int]:
    """Return the units whose crews are too few for these starts."""
    crew = np.empty(len(day.stays), dtype=np.int64)
    hand_out_all(day.arrays.option[choice], np.arange(len(day.stays)), day.arrays, crew)
    return {day.stays[y].unit for y in day.stay_order[crew == NO_START].tolist()}


@dataclass(frozen=True, eq=False)
class _Arena:
    """A day for the search with some of its starts: `kept` [options] are their indices among all."""

    arrays: DayArrays = field(repr=False)
    kept: IntArray

    def inside(self, choice: IntArray) -> IntArray:
        """Return a choice among all starts, which are kept, as one among those kept."""
        return np.searchsorted(self.kept, choice)


def _as_calm(day: Day, most: IntArray) -> _Arena:
    """Return the day with those starts alone that cost a visit no more quiet hours than `most` [visits]."""
    a = day.arrays
    kept = np.flatnonzero(a.quiet <= np.repeat(most, np.diff(a.option_of_visit)))
    of_visit = np.searchsorted(kept, a.option_of_visit)
    return _Arena(a._replace(option=a.option[kept], quiet=a.quiet[kept], option_of_visit=of_visit), kept)


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
    rule = BUSINESS_HOURS.id if barred else WORKING_DAY.id
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
        why = rule or (CREW.id if row >= len(case.units) or not day.crews[stays[0].unit] else ONE_PLACE.id)
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
