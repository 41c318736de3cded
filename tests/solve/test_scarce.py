"""Months in which crews are scarce: grown around a lawful plan, so what can be served is known."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from benchmarks.families import plant
from benchmarks.planted_case import PlantedCase
from planner.checks import check_plan
from planner.checks.certificate import verify_certificate
from planner.checks.objective import objective_of
from planner.domain.case import IntArray
from planner.domain.plan import LEFT_OUT, Plan, loads_of
from planner.solve.exact.cpsat import serve_all
from planner.solve.match import solve_match
from planner.solve.matched import Match
from planner.solve.prices.bound import level_values
from planner.solve.prices.patterns import loads_by_site
from planner.solve.run import Work
from planner.solve.search.dive import Relaxation
from planner.solve.search.exchange import Exchange
from planner.solve.site.arrays import site_arrays
from planner.solve.site.sweeps import Board, Sweeper, free_sites, plan_weights

WORK = Work(exchange_rounds=24, exchange_work=0.1, proof_work=0, hard_work=0, many=5)
SEEDS = (0, 1, 7)
"""Of seeds 0 to 7 each leaves nothing out and has fewer entries than what was planted."""


@cache
def planted(seed: int) -> PlantedCase:
    return plant("tight", "month", 160, seed, units=5)


@cache
def solved(seed: int) -> Match:
    return solve_match(planted(seed).case, seed, work=WORK)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_worse_than_what_was_planted(seed: int) -> None:
    case, match = planted(seed).case, solved(seed)
    assert match.plan is not None
    assert match.objective is not None
    assert not check_plan(case, match.plan)
    assert level_values(match.objective)[:4] <= level_values(objective_of(case, planted(seed).plan))[:4]


def test_a_run_stopped_early_leaves_out_little_that_must_be_done() -> None:
    """What matters least gives way from the first plan on: whoever stops then is not left with the worst of it."""
    made = plant("overfull", "month", 300, 0, units=8)
    kept: list[IntArray] = []
    match = solve_match(made.case, 0, work=WORK, keep=kept.append, cancel=lambda: bool(kept))
    assert match.objective is not None
    assert not match.repeatable
    assert match.objective.left_out[:2] < objective_of(made.case, made.plan).left_out[:2]
    assert level_values(match.objective) <= level_values(objective_of(made.case, Plan(kept[0])))


def test_cpsat_finds_what_serves_everything_and_never_leaves_out() -> None:
    case = planted(0).case
    nothing = np.full(case.n_tasks, LEFT_OUT)
    found = serve_all(site_arrays(case), nothing, 5.0, 0, None)
    assert found.day is not None
    assert objective_of(case, Plan(found.day)).left_out == (0, 0, 0)
    assert not check_plan(case, Plan(found.day))


@pytest.mark.parametrize("seed", SEEDS)
def test_certificates_hold_without_a_solver(seed: int) -> None:
    match = solved(seed)
    assert match.objective is not None
    for certificate in match.certificates:
        verify_certificate(planted(seed).case, certificate, level_values(match.objective))


def test_the_same_seed_gives_the_same_plan_though_two_threads_work() -> None:
    case = planted(0).case
    again, first = solve_match(case, 0, work=WORK).plan, solved(0).plan
    assert again is not None
    assert first is not None
    assert again.hash(case) == first.hash(case)


def test_loads_by_site_are_those_of_the_plan() -> None:
    case, plan = planted(1).case, planted(1).plan
    sweeper = Sweeper(site_arrays(case), plan_weights(case))
    _, cell, amount = loads_by_site(sweeper, plan.day, np.arange(len(case.sites)))
    assert np.bincount(cell, amount, case.capacity.size).tolist() == loads_of(case, plan).ravel().tolist()


def test_relaxation_bounds_the_planted_plan_and_exchanges_never_worsen() -> None:
    case, plan = planted(0).case, planted(0).plan
    arrays = site_arrays(case)
    sweeper, sites = Sweeper(arrays, plan_weights(case)), free_sites(arrays)
    everything_out = Board(np.full(case.n_tasks, LEFT_OUT), np.zeros_like(case.capacity))
    relaxation = Relaxation(sweeper, everything_out, sites)
    relaxation.generate(40, lambda: False)
    assert relaxation.value == pytest.approx(relaxation.proven, abs=1e-2)
    assert relaxation.proven <= objective_of(case, plan).all_entries
    start = Board(plan.day, loads_of(case, plan))
    exchange = Exchange(sweeper, start, sites, relaxation.prices, np.random.default_rng(0))
    before = exchange.worth(start)
    exchange.run(4, 0.1, 0, lambda: False)
    assert exchange.worth(exchange.board) <= before
    assert exchange.over == 0
