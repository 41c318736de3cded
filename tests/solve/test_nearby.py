"""Times near those that were told: room is made by as few as can be, and who is not concerned keeps start and crew."""

from __future__ import annotations

import numpy as np

from planner.domain.duty import NO_START
from planner.domain.plan import Plan
from planner.solve.day.month_times import MonthTimes, Place, closed, opened
from planner.solve.day.near_told_times import enter_near, settle, timed_near
from planner.solve.day.timetable import DayTimes
from tests.duty.build import person, small_day
from tests.tiny import task


def board_of(stays: dict[str, tuple[str, int, int, int]], people: dict[str, int]) -> MonthTimes:
    """Return the board of one day; by site: unit, minutes, start and crew. `people` are the inspectors of each unit."""
    tasks = [task(f"t-{site}", site, unit, minutes=minutes) for site, (unit, minutes, _, _) in stays.items()]
    inspectors = [person(f"{unit}{n}", unit) for unit, count in people.items() for n in range(count)]
    case, roster, visits = small_day(tasks, inspectors)
    told = [stays[case.sites[visit.site].id] for visit in visits]
    start, crew = (np.array([one[n] for one in told], dtype=np.int64) for n in (2, 3))
    times = DayTimes(0, start, crew, (0, 0), (0, 0), (), 0.0)
    board = opened(case, roster, Plan(np.zeros(case.n_tasks, dtype=np.int64)), [times])
    board.times.clear()
    return board


def places(board: MonthTimes) -> dict[str, Place]:
    return {board.case.sites[site].id: board.place_of((site, day)) for site, day in board.visits}


def test_a_free_crew_at_the_same_start_comes_before_every_gap() -> None:
    board = board_of({"r": ("a", 60, 8, NO_START), "s": ("a", 60, 8, 1)}, {"a": 4})
    settle(board)
    assert places(board) == {"r": Place(8, (0,)), "s": Place(8, (1,))}


def test_one_visit_makes_room_where_there_is_no_gap_and_the_others_stay() -> None:
    # One crew is left. Two hours fit into the morning only if the hour in its middle goes to the end of it.
    stays = {"hour": ("a", 60, 4, 0), "long": ("a", 180, 12, 0), "lost": ("a", 120, 0, NO_START)}
    board = board_of(stays, {"a": 2})
    settle(board)
    assert places(board) == {"hour": Place(8, (0,)), "long": Place(12, (0,)), "lost": Place(0, (0,))}
    assert not any(one.cuts for one in closed(board).values())


def test_where_nobody_can_make_room_everything_is_as_it_was() -> None:
    stays = {"am": ("a", 180, 0, 0), "pm": ("a", 120, 12, 0), "lost": ("a", 120, 0, NO_START)}
    board = board_of(stays, {"a": 2})
    before = places(board)
    settle(board)
    assert places(board) == before
    assert [cut.visits for one in closed(board).values() for cut in one.cuts]


def test_a_day_timed_anew_leaves_units_that_are_not_short_where_they_were() -> None:
    # The unit that is not short starts late, its crews numbered against the order.
    short = {f"s{n}": ("a", 60, 4 * n, 0) for n in range(3)} | {"lost": ("a", 60, 20, NO_START)}
    board = board_of({**short, "x": ("b", 60, 20, 1), "y": ("b", 60, 20, 0)}, {"a": 2, "b": 4})
    before = places(board)
    times = timed_near(board, 0, seed=1)
    assert not times.cuts
    enter_near(board, times)
    after = places(board)
    assert {site: after[site] for site in ("x", "y")} == {site: before[site] for site in ("x", "y")}
    assert all(after[site].crews == (0,) for site in short)
    assert not any(one.cuts for one in closed(board).values())
