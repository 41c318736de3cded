"""What sweeps look up instead of going through all sites is what going through all sites finds."""

from __future__ import annotations

import numpy as np
import pytest

from planner.domain.plan import LEFT_OUT
from planner.solve.site.arrays import site_arrays
from planner.solve.site.sweeps import Sweeper, plan_weights
from tests.tiny import random_case


@pytest.mark.parametrize("seed", range(30))
def test_looked_up_is_what_going_through_all_finds(seed: int) -> None:
    case = random_case(seed, n_sites=6, n_tasks=14)
    sweeper = Sweeper(site_arrays(case), plan_weights(case))
    rng = np.random.default_rng(seed)
    days = [rng.integers(LEFT_OUT, case.n_days, size=case.n_tasks) for _ in range(2)]
    stays = rng.random(case.n_tasks) < 0.6
    days[1][stays] = days[0][stays]
    board = sweeper.board_of(days[0])
    above = {
        int(case.site_of[t])
        for t, d in enumerate(days[0].tolist())
        for r in sweeper.arrays.row_of[t].tolist()
        if d >= 0 and r >= 0 and board.use[r, d] > case.plan_capacity[r, d]
    }
    assert sweeper.overbooked(board).tolist() == sorted(above)
    before = sweeper.measure(days[0])
    assert sweeper.remeasure(before, days[0], days[1]).tolist() == sweeper.measure(days[1]).tolist()


def test_the_cases_have_overbooked_sites() -> None:
    counts = []
    for seed in range(30):
        case = random_case(seed, n_sites=6, n_tasks=14)
        sweeper = Sweeper(site_arrays(case), plan_weights(case))
        days = np.random.default_rng(seed).integers(LEFT_OUT, case.n_days, size=case.n_tasks)
        counts.append(len(sweeper.overbooked(sweeper.board_of(days))))
    assert sum(n > 0 for n in counts) > 10
