"""Large cases in which more is asked for than crews can do: what matters least gives way, and that is proven."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.families import make_case, plant
from planner.checks import check_plan
from planner.checks.certificate import verify_certificate
from planner.checks.objective import objective_of
from planner.domain.plan import LEFT_OUT, Plan
from planner.domain.result import LEVELS
from planner.service.files.plan_file import price_list_from, price_list_json
from planner.solve.horizon import solve_horizon
from planner.solve.match import solve_match
from planner.solve.prices import bound
from planner.solve.prices.bound import ascend, certify, level_values
from planner.solve.search.least_gives_way import give_way, opening_prices, worth
from planner.solve.search.push_out import ruin
from planner.solve.site.arrays import site_arrays
from planner.solve.site.sweeps import LAST_RESORT, Sweeper, free_sites, plan_weights
from tests.operations.test_gate import DAYS, small
from tests.tiny import task
from tests.walk.test_replan import month


def never() -> bool:
    return False


def test_a_unit_that_can_do_all_opens_at_nothing_and_one_that_cannot_does_not() -> None:
    planted = plant("overfull", "year", 3_000, 1)
    opening = opening_prices(site_arrays(planted.case))
    assert (opening == opening[:, :1]).all()
    assert not opening_prices(site_arrays(make_case("slack", "year", 3_000, 1))).any()
    # Among units with much more to do than they can, some have their price; none that has ample time.
    priced = {row.unit for row, price in zip(planted.case.rows, opening[:, 0].tolist(), strict=True) if price}
    assert priced
    assert all(planted.demand[unit] > 0.9 for unit in priced)


def test_a_published_visit_is_dearer_than_any_overbooking() -> None:
    case = small(task("t0", "s0", "a", pinned=DAYS[0]), task("t1", "s1", "a"))
    assert worth(case).drop.tolist()[0] > 100 * LAST_RESORT > worth(case).drop.tolist()[1]


def test_a_run_stopped_at_once_has_a_lawful_plan() -> None:
    case = make_case("overfull", "year", 1_200, 2)
    match = solve_horizon(case, cancel=lambda: True)
    assert match.plan is not None
    assert not check_plan(case, match.plan)
    assert not match.repeatable


@pytest.mark.parametrize("seed", [0, 3])
def test_what_matters_least_gives_way(seed: int) -> None:
    planted = plant("overfull", "year", 2_000, seed)
    arrays = site_arrays(planted.case)
    sweeper, sites = Sweeper(arrays, plan_weights(planted.case)), free_sites(arrays)
    board = sweeper.empty_board()
    prices = give_way(arrays, board, sites, opening_prices(arrays), np.random.default_rng(seed), 50, never)
    assert not check_plan(planted.case, Plan(board.day))
    assert board.use.tolist() == sweeper.load_of(sites, board.day).tolist()
    assert prices.min() >= 0
    ours, known = objective_of(planted.case, Plan(board.day)), objective_of(planted.case, planted.plan)
    assert ours.left_out[0] < known.left_out[0]
    assert ours.left_out[1] < known.left_out[1]


def test_sites_make_room_for_what_is_left_out_and_keep_the_law() -> None:
    planted = plant("overfull", "year", 2_000, 3)
    arrays = site_arrays(planted.case)
    sweeper, sites, rng = Sweeper(arrays, worth(planted.case)), free_sites(arrays), np.random.default_rng(0)
    board = sweeper.empty_board()
    prices = give_way(arrays, board, sites, opening_prices(arrays), rng, 50, never)
    before = objective_of(planted.case, Plan(board.day))
    ruin(sweeper, board, sites, prices, rng, 5_000)
    assert not check_plan(planted.case, Plan(board.day))
    assert board.use.tolist() == sweeper.load_of(sites, board.day).tolist()
    assert objective_of(planted.case, Plan(board.day)).left_out < before.left_out


def test_certificates_of_an_overfull_year_recompute() -> None:
    planted = plant("overfull", "year", 1_500, 0)
    match = solve_horizon(planted.case, 0)
    assert match.plan is not None
    values = tuple(level.value for level in match.levels[: len(LEVELS)])
    for certificate in match.certificates:
        verify_certificate(planted.case, certificate, values)


def test_the_ascent_proves_more_than_free_crews_and_anybody_can_recompute_it() -> None:
    """Twelve stays of seven quarters, two days of 24: hours hold six of them; each alone has a free day."""
    case, _ = month([(f"s{n}", "a", 7) for n in range(12)])
    arrays, start, values = site_arrays(case), np.zeros_like(case.capacity), (30,)
    assert ascend(arrays, 0, values, start, 0, never).bound == 0
    found = ascend(arrays, 0, values, start, 60, never)
    assert 0 < found.bound <= 30
    verify_certificate(case, found, values)


def test_a_run_that_is_stopped_has_bounds_from_plain_arithmetic_and_says_so() -> None:
    """Twelve stays of seven quarters, two days of 24, each task five points: hours hold 48 / 7 of them, so that
    (12 − 48 / 7) · 5 = 25.7 points stay out; entries are as many as are served at most."""
    case, _ = month([(f"s{n}", "a", 7) for n in range(12)])
    arrays, day = site_arrays(case), np.array([0] * 3 + [1] * 3 + [LEFT_OUT] * 6)
    objective = objective_of(case, Plan(day))
    values = level_values(objective)
    assert values[0] == 30
    stopped = certify(arrays, objective, LEVELS[0], day, 25, cancel=lambda: True)
    assert (stopped.bound, stopped.stopped) == (26, "clock")
    assert price_list_from(price_list_json(stopped), case.n_days).stopped == "clock"
    assert certify(arrays, objective, "entries", day, 25, cancel=lambda: True).bound == 6
    for level in LEVELS:
        verify_certificate(case, certify(arrays, objective, level, day, 0), values)


def test_no_level_goes_on_beyond_its_work(monkeypatch: pytest.MonkeyPatch) -> None:
    planted = plant("overfull", "month", 300, 0)
    arrays, objective = site_arrays(planted.case), objective_of(planted.case, planted.plan)
    levels = [level for level, value in zip(LEVELS, level_values(objective), strict=True) if value]
    assert len(levels) >= 4
    monkeypatch.setattr(bound, "LEVEL_WORK", 3)
    monkeypatch.setattr(bound, "DISTURBANCE_WORK", 3)
    told = {level: certify(arrays, objective, level, planted.plan.day, 25).stopped for level in levels}
    assert set(told.values()) <= {"", "work"}
    assert (told["entries"], told["disturbance"]) == ("work", "work")


def test_a_long_case_takes_the_way_of_large_ones_and_repeats_itself() -> None:
    case = make_case("overfull", "year", 1_200, 2)
    first, second = solve_match(case, 5), solve_match(case, 5)
    assert first.plan is not None
    assert second.plan is not None
    assert first.plan.day.tolist() == second.plan.day.tolist()
    assert first.repeatable
