"""Where units are small, whole visits are above the limits: pressing moves them, and keeps the load's account."""

from __future__ import annotations

import numpy as np

from benchmarks.families import make_case
from planner.checks import check_plan
from planner.domain.plan import LEFT_OUT, Plan
from planner.solve.horizon import CRUMBS, SWEEPS
from planner.solve.search.place_many import overload, press, spread
from planner.solve.site.arrays import site_arrays
from planner.solve.site.sweeps import Board, Sweeper, free_sites, legalise, plan_weights


def never() -> bool:
    return False


def spread_city() -> tuple[Sweeper, Board, np.ndarray, np.ndarray]:
    """Return a small city after spreading: its sweeper, board, sites and prices."""
    case = make_case("slack", "city", 4_000, 0)
    sweeper = Sweeper(site_arrays(case), plan_weights(case))
    board, sites = sweeper.empty_board(), free_sites(sweeper.arrays)
    prices = spread(sweeper, board, sites, np.random.default_rng(0), SWEEPS, never)
    return sweeper, board, sites, prices


def left_out(sweeper: Sweeper, board: Board, sites: np.ndarray) -> int:
    """Return how many tasks keeping to the limits costs."""
    lawful = board.copy()
    legalise(sweeper, lawful, np.random.default_rng(1), sites)
    assert not check_plan(sweeper.case, Plan(lawful.day))
    return int((lawful.day == LEFT_OUT).sum())


def test_pressing_clears_what_is_overbooked() -> None:
    sweeper, board, sites, prices = spread_city()
    before, cost = overload(sweeper, board), left_out(sweeper, board, sites)
    assert before > CRUMBS / 2, "a sample that has something to press"
    press(sweeper, board, sites, prices, np.random.default_rng(0), 60, never)
    assert overload(sweeper, board) < before / 20
    assert board.use.tolist() == sweeper.load_of(sites, board.day).tolist()
    assert left_out(sweeper, board, sites) <= cost


def test_pressing_ends_where_it_is_told_to_and_repeats_itself() -> None:
    days = []
    for _ in range(2):
        sweeper, board, sites, prices = spread_city()
        start = board.day.copy()
        press(sweeper, board, sites, prices, np.random.default_rng(0), 60, lambda: True)
        assert board.day.tolist() == start.tolist()
        press(sweeper, board, sites, prices, np.random.default_rng(0), 3, never)
        days.append(board.day.tolist())
    assert days[0] == days[1]
    assert days[0] != start.tolist()
