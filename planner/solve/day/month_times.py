"""The month's timetable while it is changed: visits are added, removed, put into a gap, or timed with their day."""

from __future__ import annotations

import os
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from planner.domain.case import Case
from planner.domain.duty import NO_START, Stay, stays_of
from planner.domain.plan import Plan, Visit, visits_of
from planner.domain.roster import HALF_QUARTERS, Roster
from planner.solve.day.arrays import Day, crews_on, day_of, lawful_starts, quiet_cost
from planner.solve.day.bounds import least_changes, least_quiet
from planner.solve.day.crews import DayCrew, crews_of
from planner.solve.day.timetable import DayTimes, DayWork, cuts_of, search

Entry = tuple[int, int]
"""(site, day)"""
Housed = tuple[Visit, tuple[Stay, ...]]
"""A visit with its stays."""
Cost = tuple[int, int]
"""(quiet hours, town changes)"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a visit can go on its day: a start, and a crew for each of its stays, NO_START for none."""

    start: int
    crews: tuple[int, ...]


@dataclass(eq=False)
class MonthTimes:
    """Starts and crews by entry, and what each crew does when. A visit has a crew at all of its stays, or at some."""

    case: Case
    roster: Roster
    visits: dict[Entry, Housed] = field(default_factory=dict)
    start: dict[Entry, int] = field(default_factory=dict)
    crew: dict[tuple[int, int, int], int] = field(default_factory=dict)
    """(site, day, unit) → number."""
    crews: dict[tuple[int, int], tuple[DayCrew, ...]] = field(default_factory=dict)
    """(day, unit) → the crews it can form."""
    walk: dict[tuple[int, int, int], list[tuple[int, int, str]]] = field(default_factory=lambda: defaultdict(list))
    """(day, unit, crew) → its stays in order, as (begin, end, town) on a clock whose break is as long as the travel."""
    times: dict[int, DayTimes] = field(default_factory=dict)
    """What `closed` made of each day; days that have changed since are not there."""
    failed: set[tuple[str, ...]] = field(default_factory=set)
    """Sets of visits of one day that could not be timed anew."""
    polished: set[tuple[str, ...]] = field(default_factory=set)
    """Sets of visits of one day whose times have been searched on."""

    def _clock(self, quarter: int, *, end: bool = False) -> int:
        late = quarter > HALF_QUARTERS if end else quarter >= HALF_QUARTERS
        return quarter + (self.roster.travel_quarters if late else 0)

    def _span(self, stay: Stay, start: int) -> tuple[int, int, str]:
        town = self.case.sites[stay.site].town
        return self._clock(start), self._clock(start + stay.quarters, end=True), town

    def lacking(self, entry: Entry) -> tuple[int, ...]:
        """Return the units that have no crew at the entry."""
        return tuple(s.unit for s in self.visits[entry][1] if self.crew[(*entry, s.unit)] == NO_START)

    def place_of(self, entry: Entry) -> Place:
        """Return where a visit stands."""
        return Place(self.start[entry], tuple(self.crew[(*entry, s.unit)] for s in self.visits[entry][1]))

    def on_day(self, day: int, units: Sequence[int]) -> list[Housed]:
        """Return the day's visits of any of `units`, those that are easiest to move elsewhere first."""
        found = [f for (_, d), f in self.visits.items() if d == day and not {*units}.isdisjoint(f[0].units)]
        return sorted(found, key=lambda f: (len(f[1]), f[0].quarters, f[0].id))

    def put(self, visit: Visit, stays: Sequence[Stay], place: Place) -> None:
        """Enter a visit."""
        self.times.pop(visit.day, None)
        self.visits[visit.site, visit.day] = visit, tuple(stays)
        self.start[visit.site, visit.day] = place.start
        for stay, number in zip(stays, place.crews, strict=True):
            self.crew[visit.site, visit.day, stay.unit] = number
            if number != NO_START:
                insort(self.walk[visit.day, stay.unit, number], self._span(stay, place.start))

    def take_out(self, visit: Visit, stays: Sequence[Stay]) -> None:
        """Remove a visit."""
        self.times.pop(visit.day, None)
        del self.visits[visit.site, visit.day]
        start = self.start.pop((visit.site, visit.day))
        for stay in stays:
            number = self.crew.pop((visit.site, visit.day, stay.unit))
            if number != NO_START:
                self.walk[visit.day, stay.unit, number].remove(self._span(stay, start))

    def best_place(self, visit: Visit, stays: Sequence[Stay]) -> tuple[Cost, Place] | None:
        """Return the cheapest gap for a visit on its day with its cost; None where there is none.

        A day on which a skill is asked for the first time is passed over: its crews were formed without that.
        """
        best: tuple[Cost, Place] | None = None
        for start in lawful_starts(self.roster, visit):
            quiet = quiet_cost(self.roster, visit, start)
            if best is not None and quiet > best[0][0]:
                continue
            chosen, changes = [], 0
            for stay in stays:
                found = self._crew_for(stay, start)
                if found is None:
                    break
                changes += found[0]
                chosen.append(found[1])
            else:
                if best is None or (quiet, changes) < best[0]:
                    best = (quiet, changes), Place(start, tuple(chosen))
        return best

    def place_near(self, visit: Visit, stays: Sequence[Stay], was: Place) -> Place | None:
        """Return a place at the start of `was`, with its crews where they are free; None where there is none."""
        if was.start not in lawful_starts(self.roster, visit):
            return None
        crews = []
        for stay, number in zip(stays, was.crews, strict=True):
            found = (0, number) if self._added(stay, was.start, number) is not None else self._crew_for(stay, was.start)
            if found is None:
                return None
            crews.append(found[1])
        return Place(was.start, tuple(crews))

    def nearly(self, visit: Visit, stays: Sequence[Stay]) -> Place:
        """Return a place for a visit that has no gap, with as little work as can be left without a crew."""
        best, least = Place(NO_START, (NO_START,) * len(stays)), 1 << 30
        for start in lawful_starts(self.roster, visit):
            crews = [self._crew_for(stay, start) for stay in stays]
            short = sum(stay.quarters for stay, found in zip(stays, crews, strict=True) if found is None)
            if short < least:
                best, least = Place(start, tuple(NO_START if c is None else c[1] for c in crews)), short
        return best

    def _crew_for(self, stay: Stay, start: int) -> tuple[int, int] | None:
        """Return (town changes added, crew) of the crew that takes the stay with fewest; None where none can."""
        best: tuple[int, int] | None = None
        for number in range(len(self._crews(stay))):
            added = self._added(stay, start, number)
            if added is not None and (best is None or (added, number) < best):
                best = added, number
        return best

    def _added(self, stay: Stay, start: int, number: int) -> int | None:
        """Return the town changes that a crew gets with the stay; None where it cannot take it."""
        if not self.able(stay, start, number):
            return None
        begin, end, town = span = self._span(stay, start)
        walk = self.walk[stay.day, stay.unit, number]
        at = bisect_left(walk, span)
        before = walk[at - 1] if at else None
        after = walk[at] if at < len(walk) else None
        way = self.roster.travel_quarters
        if before and before[1] + (way if before[2] != town else 0) > begin:
            return None
        if after and end + (way if after[2] != town else 0) > after[0]:
            return None
        added = (before is not None and before[2] != town) + (after is not None and after[2] != town)
        return added - (before is not None and after is not None and before[2] != after[2])

    def able(self, stay: Stay, start: int, number: int) -> bool:
        """Return whether the unit has such a crew then, who can do the stay if nothing else is in the way."""
        crews = self._crews(stay)
        if not 0 <= number < len(crews):
            return False
        skills = crews[number].skills[0 if start < HALF_QUARTERS else 1]
        across = start < HALF_QUARTERS < start + stay.quarters
        return skills is not None and skills.issuperset(stay.skills) and (crews[number].through or not across)

    def _crews(self, stay: Stay) -> tuple[DayCrew, ...]:
        key = stay.day, stay.unit
        if key not in self.crews:
            self.crews[key] = crews_of(self.roster, stay.unit, stay.day, {frozenset(stay.skills): stay.quarters})
        return self.crews[key]

    def timed_anew(self, visit: Visit, stays: tuple[Stay, ...], work: DayWork, seed: int) -> bool:
        """Enter a visit by searching new times for all of its day; False where none are found: nothing has changed.

        Every visit of the day has its crews before and after.
        """
        day, there = visit.day, [f for (_, d), f in self.visits.items() if d == visit.day]
        held = sorted([*there, (visit, stays)], key=lambda found: found[0].site)
        names = tuple(v.id for v, _ in held)
        if names in self.failed:
            return False
        whole = day_of(self.case, self.roster, [v for v, _ in held], day)
        start = [self.start.get((v.site, day), NO_START) for v, _ in held]
        times = search(whole, work, seed, start)
        if times.cuts:
            self.failed.add(names)
            return False
        for one in there:
            self.take_out(*one)
        self.enter_day(held, whole.crews, times)
        return True

    def enter_day(self, held: Sequence[Housed], crews: Mapping[int, tuple[DayCrew, ...]], times: DayTimes) -> None:
        """Enter all visits of an empty day, in the plan's order, with the crews that its times speak of.

        A unit with teams beside those crews has nobody to spare whom the crews would show: nothing more is put there.
        """
        every = [s for _, stays in held for s in stays]
        beside = {s.unit for s, number in zip(every, times.crew.tolist(), strict=True) if number >= len(crews[s.unit])}
        self.crews |= {(times.day, unit): () if unit in beside else formed for unit, formed in crews.items()}
        numbers = iter(times.crew.tolist())
        for (visit, stays), start in zip(held, times.start.tolist(), strict=True):
            self.put(visit, stays, Place(start, tuple(next(numbers) for _ in stays)))
        self.times[times.day] = times


def opened(case: Case, roster: Roster, plan: Plan, times: Iterable[DayTimes]) -> MonthTimes:
    """Return the month's timetable, open to changes. `times` are those of all days with visits."""
    board, by_day = MonthTimes(case, roster), housed_by_day(case, plan)
    for one in times:
        held = by_day[one.day]
        board.enter_day(held, crews_on(roster, [s for _, stays in held for s in stays], one.day), one)
    return board


def follow(board: MonthTimes, plan: Plan) -> None:
    """Let `board` follow a plan that has changed: visits that stayed keep their times, new ones have no crew yet."""
    wanted = {(v.site, v.day): (v, stays) for held in housed_by_day(board.case, plan).values() for v, stays in held}
    for entry, (visit, stays) in list(board.visits.items()):
        if entry not in wanted or wanted[entry][0].tasks != visit.tasks:
            board.take_out(visit, stays)
    for entry, (visit, stays) in wanted.items():
        if entry not in board.visits:
            board.put(visit, stays, Place(NO_START, (NO_START,) * len(stays)))


def closed(board: MonthTimes) -> dict[int, DayTimes]:
    """Return all days with visits as the timetable would, with cuts for what has no crew."""
    by_day: dict[int, list[Housed]] = defaultdict(list)
    for (_, day), held in sorted(board.visits.items()):
        if day not in board.times:
            by_day[day].append(held)
    board.times |= {day: _closed_day(board, day, held) for day, held in by_day.items()}
    days = {day for _, day in board.visits}
    return {day: board.times[day] for day in sorted(days)}


def polished(board: MonthTimes, work: DayWork, seed: int) -> dict[int, DayTimes]:
    """Search each day on from where it stands, if quiet hours or town changes are above their bound; return all days.

    Nothing of the board lacks a crew. A day that was searched on before, with the same visits, is as it is.
    """
    again: dict[int, tuple[Day, list[Housed]]] = {}
    for day, one in closed(board).items():
        held = [found for (_, d), found in sorted(board.visits.items()) if d == day]
        names = tuple(visit.id for visit, _ in held)
        if (one.quiet[0] > one.quiet[1] or one.changes[0] > one.changes[1]) and names not in board.polished:
            again[day] = day_of(board.case, board.roster, [visit for visit, _ in held], day), held
        board.polished.add(names)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        found = pool.map(lambda d: search(again[d][0], work, seed, board.times[d].start.tolist()), again)
        for day, one in zip(list(again), list(found), strict=True):
            before, (whole, held) = board.times[day], again[day]
            if one.cuts or (one.quiet[0], one.changes[0]) >= (before.quiet[0], before.changes[0]):
                board.times[day] = replace(before, quiet=(before.quiet[0], max(before.quiet[1], one.quiet[1])))
                continue
            for housed in held:
                board.take_out(*housed)
            board.enter_day(held, whole.crews, one)
    return closed(board)


def _closed_day(board: MonthTimes, day: int, held: Sequence[Housed]) -> DayTimes:
    whole = day_of(board.case, board.roster, [visit for visit, _ in held], day)
    places = [board.place_of((visit.site, day)) for visit, _ in held]
    start = np.array([place.start for place in places], dtype=np.int64)
    crew = np.array([number for place in places for number in place.crews], dtype=np.int64)
    without = [s for s, number in zip(whole.stays, crew.tolist(), strict=True) if number == NO_START]
    quiet = sum(quiet_cost(board.roster, v, s) for (v, _), s in zip(held, start.tolist(), strict=True) if s >= 0)
    changes = sum(
        one[2] != other[2] for (d, _, _), walk in board.walk.items() if d == day for one, other in pairwise(walk)
    )
    cuts = cuts_of(whole, without) if without else ()
    # The bound of town changes counts the crews that people make; teams that change between stays may be more.
    teams = any(not board.crews[day, stay.unit] for stay in whole.stays if (day, stay.unit) in board.crews)
    fewest = 0 if teams else least_changes(whole)
    return DayTimes(day, start, crew, (quiet, least_quiet(whole)), (changes, fewest), cuts, 0.0)


def housed_by_day(case: Case, plan: Plan) -> dict[int, list[Housed]]:
    """Return each day's visits with their stays, in the plan's order."""
    visits = visits_of(case, plan)
    of_visit: dict[int, list[Stay]] = defaultdict(list)
    for stay in stays_of(case, visits):
        of_visit[stay.visit].append(stay)
    by_day: dict[int, list[Housed]] = defaultdict(list)
    for n, visit in enumerate(visits):
        by_day[visit.day].append((visit, tuple(of_visit[n])))
    return by_day
