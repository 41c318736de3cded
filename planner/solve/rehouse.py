"""A visit that its day has no crew for goes, whole, where the month's timetable has a gap for it.

Before the match is asked to give way: the same day at another hour, else another lawful day of the site, so that no
entry is lost and no other visit moves. Everything is chosen by (quiet hours, town changes, load of the day), in order.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from planner.checks import check_plan
from planner.domain.case import Case, IntArray
from planner.domain.duty import NO_START, Stay, stays_of
from planner.domain.plan import LEFT_OUT, Plan, Visit, loads_of, visits_of
from planner.domain.roster import HALF_QUARTERS, Roster
from planner.solve.arrays import SiteArrays
from planner.solve.day_arrays import Day, day_of, lawful_starts, quiet_cost
from planner.solve.day_bounds import least_changes, least_quiet
from planner.solve.day_crews import DayCrew, crews_of
from planner.solve.subcase import one_site
from planner.solve.timetable import DayTimes, cuts_of

OTHERS_TRIED = 40
"""Visits that are asked to make room for one, at most, a day."""
AMPLE = 1 << 30
"""Crew quarter-hours that no site needs: capacity is looked at apart."""

Entry = tuple[int, int]
"""(site, day)"""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a visit can go: a start, and a crew for each of its stays."""

    day: int
    start: int
    crews: tuple[int, ...]


@dataclass(eq=False)
class MonthTimes:
    """The month's timetable, open to changes: starts and crews by entry, and what each crew does when."""

    case: Case
    roster: Roster
    visits: dict[Entry, tuple[Visit, tuple[Stay, ...]]] = field(default_factory=dict)
    start: dict[Entry, int] = field(default_factory=dict)
    crew: dict[tuple[int, int, int], int] = field(default_factory=dict)
    """(site, day, unit) → number."""
    crews: dict[tuple[int, int], tuple[DayCrew, ...]] = field(default_factory=dict)
    """(day, unit) → the crews it can form."""
    walk: dict[tuple[int, int, int], list[tuple[int, int, str]]] = field(default_factory=lambda: defaultdict(list))
    """(day, unit, crew) → its stays in order, as (begin, end, town) on a clock whose break is as long as the travel."""

    def _clock(self, quarter: int, *, end: bool = False) -> int:
        late = quarter > HALF_QUARTERS if end else quarter >= HALF_QUARTERS
        return quarter + (self.roster.travel_quarters if late else 0)

    def _span(self, stay: Stay, start: int) -> tuple[int, int, str]:
        town = self.case.sites[stay.site].town
        return self._clock(start), self._clock(start + stay.quarters, end=True), town

    def lacks_crew(self, entry: Entry) -> bool:
        """Return whether some stay of the entry has no crew."""
        return any(self.crew[(*entry, stay.unit)] == NO_START for stay in self.visits[entry][1])

    def on_day(self, day: int, units: Sequence[int]) -> list[tuple[Visit, tuple[Stay, ...]]]:
        """Return the day's visits of any of `units`, those that are easiest to move elsewhere first."""
        found = [f for (_, d), f in self.visits.items() if d == day and not {*units}.isdisjoint(f[0].units)]
        return sorted(found, key=lambda f: (len(f[1]), f[0].quarters, f[0].id))

    def put(self, visit: Visit, stays: Sequence[Stay], start: int, crews: Sequence[int]) -> None:
        """Enter a visit with a crew for each of its stays; NO_START stands for none."""
        self.visits[visit.site, visit.day] = visit, tuple(stays)
        self.start[visit.site, visit.day] = start
        for stay, number in zip(stays, crews, strict=True):
            self.crew[visit.site, visit.day, stay.unit] = number
            if number != NO_START:
                insort(self.walk[visit.day, stay.unit, number], self._span(stay, start))

    def take_out(self, visit: Visit, stays: Sequence[Stay]) -> None:
        """Remove a visit."""
        del self.visits[visit.site, visit.day]
        start = self.start.pop((visit.site, visit.day))
        for stay in stays:
            number = self.crew.pop((visit.site, visit.day, stay.unit))
            if number != NO_START:
                self.walk[visit.day, stay.unit, number].remove(self._span(stay, start))

    def best_place(self, visit: Visit, stays: Sequence[Stay]) -> tuple[tuple[int, int], _Place] | None:
        """Return the cheapest gap for a visit on its day with its cost (quiet, town changes); None where there is none.

        A day on which a skill is asked for the first time is passed over: its crews were formed without that.
        """
        best: tuple[tuple[int, int], _Place] | None = None
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
                    best = (quiet, changes), _Place(visit.day, start, tuple(chosen))
        return best

    def _crew_for(self, stay: Stay, start: int) -> tuple[int, int] | None:
        """Return (town changes added, crew) of the crew that takes the stay with fewest; None where none can."""
        begin, end, town = span = self._span(stay, start)
        across = start < HALF_QUARTERS < start + stay.quarters
        half = 0 if start < HALF_QUARTERS else 1
        needed = frozenset(stay.skills)
        best: tuple[int, int] | None = None
        for number, crew in enumerate(self._crews(stay)):
            skills = crew.skills[half]
            if skills is None or not needed <= skills or (across and not crew.through):
                continue
            walk = self.walk[stay.day, stay.unit, number]
            at = bisect_left(walk, span)
            before = walk[at - 1] if at else None
            after = walk[at] if at < len(walk) else None
            way = self.roster.travel_quarters
            if before and before[1] + (way if before[2] != town else 0) > begin:
                continue
            if after and end + (way if after[2] != town else 0) > after[0]:
                continue
            added = (before is not None and before[2] != town) + (after is not None and after[2] != town)
            added -= before is not None and after is not None and before[2] != after[2]
            if best is None or (added, number) < best:
                best = added, number
        return best

    def _crews(self, stay: Stay) -> tuple[DayCrew, ...]:
        key = stay.day, stay.unit
        if key not in self.crews:
            self.crews[key] = crews_of(self.roster, stay.unit, stay.day, {frozenset(stay.skills): stay.quarters})
        return self.crews[key]


def opened(case: Case, roster: Roster, plan: Plan, times: Mapping[int, DayTimes]) -> MonthTimes:
    """Return the month's timetable, open to changes. `times` are those of all days with visits."""
    board = MonthTimes(case, roster)
    for day, (visits, whole) in _by_day(case, roster, plan).items():
        board.crews |= {(day, unit): crews for unit, crews in whole.crews.items()}
        for n, (visit, stays) in enumerate(visits):
            numbers = [int(times[day].crew[y]) for y, stay in enumerate(whole.stays) if stay.visit == n]
            board.put(visit, stays, int(times[day].start[n]), numbers)
    return board


def follow(board: MonthTimes, plan: Plan) -> None:
    """Let `board` follow a plan that has changed: visits that stayed keep their times, new ones have no crew yet."""
    wanted = {(v.site, v.day): (v, stays) for v, stays in _visits(board.case, plan)}
    for entry, (visit, stays) in list(board.visits.items()):
        if entry not in wanted or wanted[entry][0].tasks != visit.tasks:
            board.take_out(visit, stays)
    for entry, (visit, stays) in wanted.items():
        if entry not in board.visits:
            board.put(visit, stays, NO_START, [NO_START] * len(stays))


def rehouse(board: MonthTimes, arrays: SiteArrays, plan: Plan, limit: IntArray) -> Plan:
    """Put the visits of `board` that have no crew where there is a gap; return the plan with the days they got.

    Where there is none, another visit of the unit makes room if it finds a gap elsewhere itself. A visit for which
    nothing is found stays without a crew. `limit` [R, D] is what plans may load. Pinned visits keep their day.
    """
    month = _Month(board, arrays, plan.day.copy(), limit, loads_of(board.case, plan))
    homeless = [found for entry, found in board.visits.items() if board.lacks_crew(entry)]
    for visit, stays in sorted(homeless, key=lambda found: (-found[0].quarters, found[0].id)):
        month.settle(visit, stays)
    return Plan(month.day)


@dataclass(eq=False)
class _Month:
    """The board, and the plan and loads that go with it."""

    board: MonthTimes
    arrays: SiteArrays
    day: IntArray
    limit: IntArray
    load: IntArray

    def settle(self, visit: Visit, stays: tuple[Stay, ...]) -> None:
        """Find `visit` a place, its own day first, with another one making room where it must."""
        was = self.board.start[visit.site, visit.day], [self.board.crew[s.site, s.day, s.unit] for s in stays]
        self._leave(visit, stays)
        if not self._enter(visit, stays) and not self._enter_for_another(visit, stays):
            self._join(visit, stays, *was)

    def _leave(self, visit: Visit, stays: Sequence[Stay]) -> None:
        self.board.take_out(visit, stays)
        self.day[list(visit.tasks)] = LEFT_OUT
        for row, quarters in _load_of(self.board.case, stays).items():
            self.load[row, visit.day] -= quarters

    def _join(self, visit: Visit, stays: Sequence[Stay], start: int, crews: Sequence[int]) -> None:
        self.board.put(visit, stays, start, crews)
        self.day[list(visit.tasks)] = visit.day
        for row, quarters in _load_of(self.board.case, stays).items():
            self.load[row, visit.day] += quarters

    def _enter(self, visit: Visit, stays: Sequence[Stay], own_day: bool = True) -> bool:
        """Put a visit that is out where it costs least (quiet hours, town changes, load of the day); False: nowhere."""
        own, best = _load_of(self.board.case, stays), None
        for there in _days(self.arrays, visit, self.day):
            if there == visit.day and not own_day:
                continue
            if any(self.load[row, there] + quarters > self.limit[row, there] for row, quarters in own.items()):
                continue
            moved, its_stays = _moved(visit, stays, there)
            found = self.board.best_place(moved, its_stays)
            if found is None:
                continue
            full = int(self.load[list(visit.units), there].sum())
            key = found[0][0], int(there != visit.day) + found[0][1], full
            if (best is None or key < best[0]) and (there == visit.day or self._lawful(visit, there)):
                best = key, found[1], moved, its_stays
        if best is None:
            return False
        _, place, moved, its_stays = best
        self._join(moved, its_stays, place.start, place.crews)
        return True

    def _enter_for_another(self, visit: Visit, stays: Sequence[Stay]) -> bool:
        """Put a visit that is out on one of its days where one other visit makes room and finds another day."""
        board, own = self.board, _load_of(self.board.case, stays)
        for there in _days(self.arrays, visit, self.day):
            moved, its_stays = _moved(visit, stays, there)
            if there != visit.day and not self._lawful(visit, there):
                continue
            for other, its in board.on_day(there, visit.units)[:OTHERS_TRIED]:
                was = board.start[other.site, there], [board.crew[s.site, there, s.unit] for s in its]
                if NO_START in was[1]:
                    continue
                self._leave(other, its)
                room = all(self.load[row, there] + quarters <= self.limit[row, there] for row, quarters in own.items())
                found = board.best_place(moved, its_stays) if room else None
                if found is not None:
                    self._join(moved, its_stays, found[1].start, found[1].crews)
                    if self._enter(other, its, own_day=False):
                        return True
                    self._leave(moved, its_stays)
                self._join(other, its, *was)
        return False

    def _lawful(self, visit: Visit, there: int) -> bool:
        """Return whether the site's plan with the visit, which is out, on day `there` breaks no rule but capacity."""
        case = self.board.case
        part = slice(int(case.start[visit.site]), int(case.start[visit.site + 1]))
        trial = self.day[part].copy()
        trial[[t - part.start for t in visit.tasks]] = there
        site = one_site(case, visit.site, np.full_like(case.plan_capacity, AMPLE))
        return not check_plan(site, Plan(trial))


def _moved(visit: Visit, stays: Sequence[Stay], there: int) -> tuple[Visit, tuple[Stay, ...]]:
    return replace(visit, day=there), tuple(replace(stay, day=there) for stay in stays)


def _visits(case: Case, plan: Plan) -> list[tuple[Visit, tuple[Stay, ...]]]:
    """Return the plan's visits, each with its stays."""
    visits = visits_of(case, plan)
    of_visit: dict[int, list[Stay]] = defaultdict(list)
    for stay in stays_of(case, visits):
        of_visit[stay.visit].append(stay)
    return [(visit, tuple(of_visit[n])) for n, visit in enumerate(visits)]


def _by_day(case: Case, roster: Roster, plan: Plan) -> dict[int, tuple[list[tuple[Visit, tuple[Stay, ...]]], Day]]:
    """Return each day's visits with their stays, and the day laid out."""
    by_day: dict[int, list[tuple[Visit, tuple[Stay, ...]]]] = defaultdict(list)
    for visit, stays in _visits(case, plan):
        by_day[visit.day].append((visit, stays))
    return {day: (found, day_of(case, roster, [v for v, _ in found], day)) for day, found in sorted(by_day.items())}


def _days(arrays: SiteArrays, visit: Visit, day_of_task: IntArray) -> list[int]:
    """Return the visit's own day, then the other days of the site that each of its tasks may have, free of an entry."""
    case, tasks = arrays.case, list(visit.tasks)
    if any(case.tasks[t].pinned for t in tasks):
        return [visit.day]
    free = np.asarray(arrays.allowed[tasks].all(axis=0))
    here = day_of_task[int(case.start[visit.site]) : int(case.start[visit.site + 1])]
    free[here[here >= 0]] = False
    return [visit.day, *np.flatnonzero(free).tolist()]


def _load_of(case: Case, stays: Sequence[Stay]) -> dict[int, int]:
    """Return what a visit loads, by capacity row, in quarter-hours."""
    load: dict[int, int] = defaultdict(int)
    for stay in stays:
        load[stay.unit] += stay.quarters
        rows = {int(case.skill_row_of[t]) for t in stay.tasks} - {-1}
        for row in rows:
            items = sum(int(case.quarters[t]) for t in stay.tasks if case.skill_row_of[t] == row)
            load[row] += int(case.setup[stay.unit]) + items
    return load


def closed(board: MonthTimes, plan: Plan) -> dict[int, DayTimes]:
    """Return all days with visits as the timetable would, with cuts for what has no crew."""
    found = {}
    for day, (visits, whole) in _by_day(board.case, board.roster, plan).items():
        start = np.array([board.start[v.site, day] for v, _ in visits], dtype=np.int64)
        crew = np.array([board.crew[s.site, day, s.unit] for s in whole.stays], dtype=np.int64)
        without = [s for s, number in zip(whole.stays, crew.tolist(), strict=True) if number == NO_START]
        quiet = sum(quiet_cost(board.roster, v, s) for (v, _), s in zip(visits, start.tolist(), strict=True) if s >= 0)
        changes = sum(
            one[2] != other[2] for (d, _, _), walk in board.walk.items() if d == day for one, other in pairwise(walk)
        )
        cuts = cuts_of(whole, without) if without else ()
        bounds = least_quiet(whole), least_changes(whole)
        found[day] = DayTimes(day, start, crew, (quiet, bounds[0]), (changes, bounds[1]), cuts, 0.0)
    return found
