"""Sub-cases solved exactly: never worse, always lawful, repeatable, and the optimum where one holds the whole case."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from benchmarks.families import plant
from planner.checks import check_plan
from planner.checks.objective import objective_of
from planner.domain.case import Case, IntArray
from planner.domain.plan import Plan
from planner.domain.result import LEVELS
from planner.solve.exact.cpsat import LevelWork, run_level
from planner.solve.prices.bound import level_values
from planner.solve.run import Run
from planner.solve.search.exact_subcases import BEGIN, PATIENCE, refine
from planner.solve.site.arrays import site_arrays
from planner.solve.site.sweeps import Board, Sweeper, free_sites, improve, legalise, negotiate, plan_weights


@cache
def started(family: str, tasks: int, seed: int) -> tuple[Case, Sweeper, IntArray]:
    """A case and the days [T] of a first lawful plan."""
    case = plant(family, "month", tasks, seed, units=5).case
    sweeper, rng = Sweeper(site_arrays(case), plan_weights(case)), np.random.default_rng(seed)
    board, sites = sweeper.empty_board(), free_sites(sweeper.arrays)
    negotiate(sweeper, board, sites, rng, 40)
    legalise(sweeper, board, rng, sites)
    improve(sweeper, board, sites, rng, 2)
    return case, sweeper, board.day


def refined(family: str, tasks: int, seed: int, rounds: int) -> Board:
    case, sweeper, day = started(family, tasks, seed)
    board = sweeper.board_of(day)
    refine(Run(case), sweeper, board, free_sites(sweeper.arrays), np.random.default_rng(1), rounds)
    return board


@pytest.mark.parametrize(("family", "seed"), [("overfull", 0), ("overfull", 1), ("tight", 2), ("tight", 3)])
def test_the_plan_gets_better_and_stays_lawful(family: str, seed: int) -> None:
    case, sweeper, day = started(family, 160, seed)
    board = refined(family, 160, seed, 30)
    assert not check_plan(case, Plan(board.day))
    assert level_values(objective_of(case, Plan(board.day)))[:4] < level_values(objective_of(case, Plan(day)))[:4]
    assert board.use.tolist() == sweeper.board_of(board.day).use.tolist()


def test_the_same_seed_refines_alike_though_two_threads_work() -> None:
    assert refined("overfull", 160, 0, 10).day.tolist() == refined("overfull", 160, 0, 10).day.tolist()


@pytest.mark.parametrize("seed", range(4))
def test_where_a_sub_case_holds_all_sites_the_result_is_the_optimum(seed: int) -> None:
    case, sweeper, day = started("overfull", 24, seed)
    assert len(case.sites) <= BEGIN
    board = refined("overfull", 24, seed, PATIENCE)
    values: tuple[int, ...] = ()
    for level in LEVELS[:4]:
        found = run_level(sweeper.arrays, level, values, day, LevelWork(20.0))
        assert found.proven
        values += (found.bound,)
    assert level_values(objective_of(case, Plan(board.day)))[:4] == values


def test_a_run_that_is_cancelled_keeps_what_stands() -> None:
    case, sweeper, day = started("overfull", 160, 0)
    board, run = sweeper.board_of(day), Run(case, cancel=lambda: True)
    refine(run, sweeper, board, free_sites(sweeper.arrays), np.random.default_rng(1), 30)
    assert board.day.tolist() == day.tolist()
    assert run.best is not None
