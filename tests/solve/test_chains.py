"""Ejection chains: what the compiled search keeps count of is what its patterns say, and it never hands back worse."""

from __future__ import annotations

import numpy as np

from benchmarks.families import plant
from planner.checks import check_plan
from planner.domain.plan import Plan
from planner.solve.search.chains import Columns, Effort, Standing, search, stand
from planner.solve.search.exchange import Exchange
from planner.solve.site.arrays import Weights, site_arrays
from planner.solve.site.sweeps import Sweeper, free_sites, negotiate, plan_weights

SITES, CELLS = 30, 12


def some_columns(rng: np.random.Generator) -> Columns:
    """Return four patterns a site, each of up to three cells."""
    count = 4 * SITES
    sizes = rng.integers(1, 4, size=count)
    return Columns(
        np.arange(0, count + 1, 4),
        rng.integers(1, 4, size=count) * 1_000_000,
        np.concatenate(([0], np.cumsum(sizes))),
        np.concatenate([rng.permutation(CELLS)[:n] for n in sizes]),
        rng.integers(1, 6, size=int(sizes.sum())),
    )


def use_of(columns: Columns, now: np.ndarray) -> np.ndarray:
    use = np.zeros(CELLS, dtype=np.int64)
    for p in now:
        part = slice(columns.first[p], columns.first[p + 1])
        np.add.at(use, columns.cell[part], columns.amount[part])
    return use


def searched(seed: int) -> tuple[Columns, Standing, np.ndarray, np.ndarray, np.ndarray]:
    """Return columns, standing after a search, its best patterns, the start and the limits."""
    rng = np.random.default_rng(seed)
    columns = some_columns(rng)
    start = columns.start[:-1] + rng.integers(0, 4, size=SITES)
    limit = use_of(columns, start) - rng.integers(0, 4, size=CELLS)
    base = np.full(CELLS, 300_000.0)
    standing, best = stand(columns, start, CELLS, base.copy()), start.copy()
    floor = columns.cost.reshape(SITES, 4).min(axis=1)
    effort = Effort(200, seed % 2 * 3, 1.0, 3.0, 0)
    search(columns, standing, limit, base, floor, effort, seed, np.zeros(1, dtype=np.bool_), best)
    return columns, standing, best, start, limit


def test_loads_and_places_stay_those_of_the_patterns() -> None:
    for seed in range(10):
        columns, standing, _, _, _ = searched(seed)
        assert standing.use.tolist() == use_of(columns, standing.now).tolist()
        for cell in range(CELLS):
            here = sorted(standing.there[cell, : standing.filled[cell]].tolist())
            loading = [
                s for s, p in enumerate(standing.now) if cell in columns.cell[columns.first[p] : columns.first[p + 1]]
            ]
            assert here == loading


def test_the_best_is_no_worse_than_the_start_and_mostly_far_better() -> None:
    def worth(columns: Columns, now: np.ndarray, limit: np.ndarray) -> float:
        over = np.maximum(use_of(columns, now) - limit, 0).sum()
        return float(columns.cost[now].sum() + 2.0 * 3.0 * 300_000 * over)

    better = 0
    for seed in range(10):
        columns, _, best, start, limit = searched(seed)
        assert worth(columns, best, limit) <= worth(columns, start, limit)
        better += worth(columns, best, limit) < 0.8 * worth(columns, start, limit)
    assert better >= 8


def test_a_search_is_repeatable() -> None:
    first, again = searched(3), searched(3)
    assert first[2].tolist() == again[2].tolist()
    assert first[1].now.tolist() == again[1].now.tolist()


def test_chains_clear_what_is_overbooked_and_keep_the_law() -> None:
    case = plant("tight", "month", 160, 0, units=5).case
    sweeper = Sweeper(site_arrays(case), Weights(1_000_000, 0, 0, plan_weights(case).drop))
    sites, board, rng = free_sites(sweeper.arrays), sweeper.empty_board(), np.random.default_rng(0)
    negotiate(sweeper, board, sites, rng, 2)
    exchange = Exchange(sweeper, board, sites, np.zeros_like(case.capacity), rng)
    before = exchange.over
    assert before > 0
    exchange.chains(2_000, (1.0, 4.0), 0, lambda: False)
    assert exchange.over < before / 2
    assert exchange.board.use.tolist() == sweeper.load_of(sites, exchange.board.day).tolist()
    unlawful = {violation.rule for violation in check_plan(case, Plan(exchange.board.day))}
    assert unlawful <= {"capacity.crew"}
