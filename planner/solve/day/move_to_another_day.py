"""Moves a visit whose day has no crew for it to a time or day with room, so that no entry is lost.

This is tried before the match has to give anything up, in this order: a gap on its own day, then on other days; a gap
that another visit makes by moving into a gap itself; a day that is timed again; and a day that is timed again after
another visit left it. Gaps are chosen by (quiet hours, town changes, load of the day), in order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.checks import is_lawful
from planner.domain.case import Case, IntArray
from planner.domain.duty import Stay
from planner.domain.plan import LEFT_OUT, Plan, Visit, loads_of, visit_id
from planner.solve.day.arrays import lawful_starts, quiet_cost
from planner.solve.day.month_times import MonthTimes, Place
from planner.solve.day.timetable import DayWork
from planner.solve.exact.subcase import one_site
from planner.solve.site.arrays import SiteArrays

OTHERS_TRIED = 40
"""Visits that are asked to make room for one, at most, a day."""
SENT_AWAY = 6
"""The same where the day is timed anew each time."""
AMPLE = 1 << 30
"""Crew quarter-hours that no site needs: capacity is looked at apart."""


def move_visits_without_crew(
    board: MonthTimes, arrays: SiteArrays, plan: Plan, limit: IntArray, work: DayWork, seed: int = 0
) -> Plan:
    """Put the visits of `board` that have no crew where there is room; return the plan with the days they got.

    A visit for which nothing is found stays without a crew at some of its stays. `limit` [R, D] is what plans may load.
    Pinned visits keep their day.
    """
    month = _Month(board, arrays, plan.day.copy(), limit, loads_of(board.case, plan), work.repair, seed)
    homeless = [(found, board.lacking(entry)) for entry, found in board.visits.items() if board.lacking(entry)]
    for (visit, stays), _ in homeless:
        board.take_out(visit, stays)
    for (visit, stays), lacking in sorted(homeless, key=lambda one: (-one[0][0].quarters, one[0][0].id)):
        month.count_out(visit, stays)
        if not month.settle(visit, stays, lacking):
            month.count_in(visit, stays)
    for (visit, stays), _ in homeless:
        if (visit.site, visit.day) not in board.visits and month.day[visit.tasks[0]] == visit.day:
            board.put(visit, stays, board.nearly(visit, stays))
    return Plan(month.day)


def calm(board: MonthTimes, arrays: SiteArrays, plan: Plan, limit: IntArray, work: DayWork) -> Plan:
    """Move visits that cost more in quiet hours than they must to a gap where they cost less; return the plan.

    Every visit has its crews before and after and keeps its tasks, none goes to a day on which its site is disturbed
    more: no level before quiet hours gets worse.
    """
    month = _Month(board, arrays, plan.day.copy(), limit, loads_of(board.case, plan), work, 0)
    for entry, (visit, stays) in sorted(board.visits.items()):
        costs = [quiet_cost(board.roster, visit, start) for start in lawful_starts(board.roster, visit)]
        now = quiet_cost(board.roster, visit, board.start[entry])
        if now > min(costs):
            month.calm(visit, stays, now)
    return Plan(month.day)


@dataclass(eq=False)
class _Month:
    """The board, and the plan and loads that go with it."""

    board: MonthTimes
    arrays: SiteArrays
    day: IntArray
    limit: IntArray
    load: IntArray
    work: DayWork
    seed: int

    def settle(self, visit: Visit, stays: tuple[Stay, ...], lacking: Sequence[int]) -> bool:
        """Find a place for `visit`, which is out; False where there is none. `lacking` are units that had no crew."""
        return (
            self._enter(visit, stays)
            or self._enter_for_another(visit, stays)
            or self._enter_anew(visit, stays)
            or self._enter_anew_for_another(visit, stays, lacking)
        )

    def calm(self, visit: Visit, stays: tuple[Stay, ...], quiet: int) -> None:
        """Move `visit` where it costs less than `quiet`, if there is such a gap."""
        was, sensitivity = self.board.place_of((visit.site, visit.day)), self.board.case.sensitivity[visit.site]
        closed = self.board.times.get(visit.day)
        self.leave(visit, stays)
        best = (quiet, 0), was, visit, stays
        for moved, its_stays in self._days(visit, stays):
            found = self.board.best_place(moved, its_stays)
            if found and found[0] < best[0] and sensitivity[moved.day] <= sensitivity[visit.day]:
                best = *found, moved, its_stays
        self.join(best[2], best[3], best[1])
        if best[2] is visit and closed is not None:
            self.board.times[visit.day] = closed

    def leave(self, visit: Visit, stays: Sequence[Stay]) -> None:
        """Take a visit out of its day."""
        self.board.take_out(visit, stays)
        self.count_out(visit, stays)

    def join(self, visit: Visit, stays: Sequence[Stay], place: Place) -> None:
        """Enter a visit that is out."""
        self.board.put(visit, stays, place)
        self.count_in(visit, stays)

    def count_out(self, visit: Visit, stays: Sequence[Stay]) -> None:
        """Take a visit out of the plan and the loads."""
        self.day[list(visit.tasks)] = LEFT_OUT
        for row, quarters in _load_of(self.board.case, stays).items():
            self.load[row, visit.day] -= quarters

    def count_in(self, visit: Visit, stays: Sequence[Stay]) -> None:
        """Enter a visit into the plan and the loads."""
        self.day[list(visit.tasks)] = visit.day
        for row, quarters in _load_of(self.board.case, stays).items():
            self.load[row, visit.day] += quarters

    def _enter(self, visit: Visit, stays: Sequence[Stay], own_day: bool = True) -> bool:
        """Put a visit that is out into the gap where it costs least (quiet hours, town changes, load of the day)."""
        best = None
        for moved, its_stays in self._days(visit, stays, own_day=own_day, lawful=False):
            there = moved.day
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
        self.join(moved, its_stays, place)
        return True

    def _enter_for_another(self, visit: Visit, stays: Sequence[Stay]) -> bool:
        """Put a visit that is out into a gap on one of its days that another visit leaves for a gap elsewhere."""
        for moved, its_stays in self._days(visit, stays, room=False):
            there = moved.day
            for other, its in self.board.on_day(there, visit.units)[:OTHERS_TRIED]:
                was = self.board.place_of((other.site, there))
                self.leave(other, its)
                if self._has_room(moved, its_stays):
                    found = self.board.best_place(moved, its_stays)
                    if found is not None:
                        self.join(moved, its_stays, found[1])
                        if self._enter(other, its, own_day=False):
                            return True
                        self.leave(moved, its_stays)
                self.join(other, its, was)
        return False

    def _enter_anew(self, visit: Visit, stays: tuple[Stay, ...]) -> bool:
        """Put a visit that is out into one of its days, all of which is timed anew."""
        for moved, its_stays in self._days(visit, stays):
            if self.board.timed_anew(moved, its_stays, self.work, self.seed):
                self.count_in(moved, its_stays)
                return True
        return False

    def _enter_anew_for_another(self, visit: Visit, stays: tuple[Stay, ...], lacking: Sequence[int]) -> bool:
        """The same, with one other visit of the units that are short, of time or of crews, gone to another day."""
        for moved, its_stays in self._days(visit, stays, room=False):
            there, sent = moved.day, 0
            for other, its in self.board.on_day(there, self._full(moved, its_stays) or lacking)[:OTHERS_TRIED]:
                if sent == SENT_AWAY:
                    break
                was = self.board.place_of((other.site, there))
                self.leave(other, its)
                if self._has_room(moved, its_stays) and self._enter(other, its, own_day=False):
                    sent += 1
                    if self.board.timed_anew(moved, its_stays, self.work, self.seed):
                        self.count_in(moved, its_stays)
                        return True
                    self.leave(*self._moved(other, its, int(self.day[other.tasks[0]])))
                self.join(other, its, was)
        return False

    def _days(
        self, visit: Visit, stays: Sequence[Stay], *, own_day: bool = True, lawful: bool = True, room: bool = True
    ) -> Iterator[tuple[Visit, tuple[Stay, ...]]]:
        """Yield a visit that is out on its own day, then on the others that each of its tasks may have.

        Days with another entry of the site are left out; with `room` those on which it would load too much, with
        `lawful` those on which its site's plan would break a rule.
        """
        case, tasks = self.board.case, list(visit.tasks)
        days = [visit.day] if own_day else []
        if not any(case.tasks[t].pinned for t in tasks):
            free = np.asarray(self.arrays.allowed[tasks].all(axis=0))
            here = self.day[int(case.start[visit.site]) : int(case.start[visit.site + 1])]
            free[here[here >= 0]] = False
            free[visit.day] = False
            days += np.flatnonzero(free).tolist()
        for there in days:
            moved, its_stays = self._moved(visit, stays, there)
            if room and not self._has_room(moved, its_stays):
                continue
            if not lawful or there == visit.day or self._lawful(visit, there):
                yield moved, its_stays

    def _moved(self, visit: Visit, stays: Sequence[Stay], there: int) -> tuple[Visit, tuple[Stay, ...]]:
        case = self.board.case
        name = visit_id(case.sites[visit.site].id, case.days[there])
        return replace(visit, id=name, day=there), tuple(replace(stay, day=there) for stay in stays)

    def _has_room(self, visit: Visit, stays: Sequence[Stay]) -> bool:
        return not self._full(visit, stays)

    def _full(self, visit: Visit, stays: Sequence[Stay]) -> tuple[int, ...]:
        """Return the units of a visit that is out which have no room for it left in what plans may load."""
        case, day = self.board.case, visit.day
        rows = [row for row, q in _load_of(case, stays).items() if self.load[row, day] + q > self.limit[row, day]]
        return tuple(stay.unit for stay in stays if case.units[stay.unit].id in {case.rows[row].unit for row in rows})

    def _lawful(self, visit: Visit, there: int) -> bool:
        """Return whether the site's plan with the visit, which is out, on day `there` breaks no rule but capacity."""
        case = self.board.case
        part = slice(int(case.start[visit.site]), int(case.start[visit.site + 1]))
        trial = self.day[part].copy()
        trial[[t - part.start for t in visit.tasks]] = there
        site = one_site(case, visit.site, np.full_like(case.plan_capacity, AMPLE))
        return is_lawful(site, Plan(trial))


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
