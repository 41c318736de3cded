"""Visits without a crew, by hand: one crew, half-days of twelve quarters, two days."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from planner.domain.case import Case
from planner.domain.duty import NO_START
from planner.domain.plan import Plan
from planner.domain.roster import Roster
from planner.solve.day.month_times import MonthTimes, closed, opened
from planner.solve.day.move_to_another_day import calm, move_visits_without_crew
from planner.solve.day.timetable import DayTimes, DayWork
from planner.solve.site.arrays import site_arrays
from tests.duty.build import DAYS, person, small_day
from tests.tiny import task

WORK = DayWork(repair_moves=2_000)
FIRST, BOTH = (DAYS[0], DAYS[0]), DAYS


def one_crew(quarters: Mapping[str, int], movable: str = "") -> tuple[Case, Roster]:
    """Return a case with a visit of one task at each site, all on the first day; those of `movable` may go on both."""
    tasks = [task(s, s, "a", minutes=15 * q, window=BOTH if s in movable else FIRST) for s, q in quarters.items()]
    case, roster, _ = small_day(tasks, [person("p"), person("q")])
    return case, roster


def board_of(case: Case, roster: Roster, start: Mapping[str, int]) -> tuple[MonthTimes, Plan]:
    """Return the first day's timetable with starts by site; who has none has no crew."""
    starts = np.array([start.get(site.id, NO_START) for site in case.sites], dtype=np.int64)
    crews = np.where(starts == NO_START, NO_START, 0)
    plan = Plan(np.zeros(case.n_tasks, dtype=np.int64))
    return opened(case, roster, plan, [DayTimes(0, starts, crews, (0, 0), (0, 0), (), 0.0)]), plan


def rehoused(case: Case, roster: Roster, start: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int], int]:
    """Return day and start by site, and how many cuts are left."""
    board, plan = board_of(case, roster, start)
    room = np.full_like(case.plan_capacity, 99)
    plan = move_visits_without_crew(board, site_arrays(case), plan, room, WORK)
    days = dict(zip((t.site for t in case.tasks), plan.day.tolist(), strict=True))
    starts = {case.sites[site].id: begin for (site, _), begin in board.start.items()}
    return days, starts, sum(len(one.cuts) for one in closed(board).values())


def test_a_gap_of_the_own_day_is_taken() -> None:
    case, roster = one_crew({"u": 5, "w": 12, "z": 7})
    days, starts, cuts = rehoused(case, roster, {"u": 0, "w": 12})
    assert (days["z"], starts["z"], cuts) == (0, 5, 0)


def test_a_day_without_a_gap_is_timed_anew() -> None:
    """The five quarters begin in the middle of the morning; beside seven they have to begin or to end a half-day."""
    case, roster = one_crew({"u": 5, "w": 12, "z": 7})
    days, starts, cuts = rehoused(case, roster, {"u": 4, "w": 12})
    assert set(days.values()) == {0}
    assert cuts == 0
    assert sorted(starts.values()) in ([0, 5, 12], [0, 7, 12], [0, 12, 17], [0, 12, 19])


def test_another_visit_that_may_go_makes_room() -> None:
    case, roster = one_crew({"u": 12, "w": 12, "z": 12}, movable="w")
    days, _, cuts = rehoused(case, roster, {"u": 0, "w": 12})
    assert days == {"u": 0, "w": 1, "z": 0}
    assert cuts == 0


def test_a_day_is_timed_anew_once_another_visit_has_gone() -> None:
    """What the five leave is six quarters between the two and the three; seven need these to move closer, too."""
    case, roster = one_crew({"s": 2, "t": 5, "u": 3, "w": 12, "z": 7}, movable="t")
    days, _, cuts = rehoused(case, roster, {"s": 0, "t": 2, "u": 8, "w": 12})
    assert days == {"s": 0, "t": 1, "u": 0, "w": 0, "z": 0}
    assert cuts == 0


def test_what_fits_nowhere_stays_and_is_cut() -> None:
    case, roster = one_crew({"u": 12, "w": 12, "z": 12})
    days, starts, cuts = rehoused(case, roster, {"u": 0, "w": 12})
    assert days == {"u": 0, "w": 0, "z": 0}
    assert (starts["u"], starts["w"], cuts) == (0, 12, 1)


def test_a_visit_in_quiet_hours_goes_to_the_day_that_has_better_ones_free() -> None:
    case, roster = one_crew({"u": 12, "z": 8}, movable="z")
    roster.quiet[1, 12:] = 1
    roster.minds_quiet[:] = True
    board, plan = board_of(case, roster, {"u": 0, "z": 12})
    closed(board)
    plan = calm(board, site_arrays(case), plan, np.full_like(case.plan_capacity, 99), WORK)
    assert plan.day.tolist() == [0, 1]
    assert board.start[1, 1] == 0
    roster.quiet[:] = 0
    assert calm(board, site_arrays(case), plan, np.full_like(case.plan_capacity, 99), WORK).day.tolist() == [0, 1]
