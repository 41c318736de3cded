"""The families of cases: their planted plans are lawful, and they are what they are called."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.families import make_case, plant
from benchmarks.knobs import FAMILIES, SCARCE_USE, knobs_of
from planner.checks import check_plan
from planner.checks.objective import objective_of
from planner.domain.plan import LATER, LEFT_OUT, loads_of
from planner.law.later import entangled


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(
    ("family", "horizon", "tasks"),
    [
        *((family, "month", tasks) for family in FAMILIES for tasks in (50, 500)),
        *((family, "year", 2000) for family in FAMILIES),
        ("slack", "city", 4000),
    ],
)
def test_the_planted_plan_is_lawful(family: str, horizon: str, tasks: int, seed: int) -> None:
    planted = plant(family, horizon, tasks, seed)
    assert planted.case.n_tasks == tasks
    assert check_plan(planted.case, planted.plan) == ()
    left_out = objective_of(planted.case, planted.plan).left_out
    assert any(left_out) == (family == "overfull")


def test_the_same_arguments_give_the_same_case_and_another_seed_another() -> None:
    first, again, other = (make_case("slack", "month", 300, seed) for seed in (4, 4, 5))
    assert first.content_hash() == again.content_hash() != other.content_hash()


def test_a_tight_month_is_tight() -> None:
    planted = plant("tight", "month", 2000, 3)
    case = planted.case
    assert (case.window_hi - case.window_lo).max() < 8
    assert len(planted.scarce) >= 12
    assert all(planted.use[unit] >= SCARCE_USE for unit in planted.scarce)
    scarce = [unit.id in planted.scarce for unit in case.units]
    assert np.mean([scarce[u] for u in case.unit_of]) > 0.5


def test_a_tight_year_has_windows_of_thirty_days_and_gaps_that_bind() -> None:
    case = make_case("tight", "year", 3000, 0)
    assert case.n_days == 250
    assert (case.window_hi - case.window_lo).max() < 30
    assert sum(group.gap_months == 1 and bool(group.history) for group in case.groups) > 20
    several = np.bincount(case.group_of[case.group_of >= 0])
    assert (several > 1).sum() > 50


@pytest.mark.parametrize("horizon", ["month", "year"])
def test_no_stretch_of_days_asks_for_more_than_its_crews(horizon: str) -> None:
    """Checks whose whole window lies in a stretch have to be done there, with at least their own time."""
    case = make_case("tight", horizon, 1500, 2)
    for unit in range(len(case.units)):
        own = np.flatnonzero(case.unit_of == unit)
        due = np.zeros((case.n_days, case.n_days), dtype=np.int64)
        np.add.at(due, (case.window_lo[own], case.window_hi[own]), case.quarters[own])
        # [a, b]: windows that begin at a or later and end at b or earlier.
        inside = np.cumsum(np.cumsum(due[::-1], axis=0)[::-1], axis=1)
        crews = np.concatenate([[0], np.cumsum(case.capacity[unit])])
        room = crews[None, 1:] - crews[:-1, None]
        assert (inside <= room)[np.triu_indices(case.n_days)].all()


def test_an_overfull_month_asks_scarce_units_for_more_than_they_have() -> None:
    planted = plant("overfull", "month", 2000, 0)
    assert sum(planted.demand[unit] > 1 for unit in planted.scarce) > len(planted.scarce) / 2
    surplus = np.flatnonzero(planted.plan.day == LEFT_OUT)
    assert len(surplus) == 160


def test_slack_checks_may_wait_and_not_to_join_marks_are_kept() -> None:
    planted = plant("slack", "month", 1000, 0)
    case = planted.case
    waiting = np.flatnonzero(planted.plan.day == LATER)
    assert len(waiting) == 80
    assert (case.later_to[waiting] > 0).all()
    assert 0.05 < case.listed.mean() < 0.11
    assert max(planted.use.values()) < 0.9


def test_windows_alone_tell_the_later_visits_of_every_family() -> None:
    """So the peers' models, which know no other dates of what waits, are asked the same as the engine."""
    for family in FAMILIES:
        assert entangled(make_case(family, "month", 1000, 0)) == {}


def test_city_bodies_do_the_stated_share_in_many_districts() -> None:
    case = make_case("slack", "city", 20_000, 0)
    city = np.array([unit.level == "city" for unit in case.units])
    assert city.sum() == 3
    assert city[case.unit_of].mean() == pytest.approx(knobs_of("slack", "city").coupling, rel=0.1)
    towns = {case.sites[s].town for s in case.site_of[city[case.unit_of]].tolist()}
    assert len(towns) == 16


def test_a_visit_of_two_tasks_of_one_unit_is_charged_one_set_up() -> None:
    planted = plant("tight", "month", 500, 0)
    case, plan = planted.case, planted.plan
    cells = [(s, u, d) for s, u, d in zip(case.site_of, case.unit_of, plan.day, strict=True) if d >= 0]
    assert len(cells) - len(set(cells)) >= 25
    asked = case.quarters.sum() + sum(case.setup[u] for _, u, _ in set(cells))
    assert loads_of(case, plan).sum() == asked


def test_unknown_names_and_knobs_are_refused() -> None:
    with pytest.raises(ValueError, match="no such family"):
        plant("loose", "month", 100)
    with pytest.raises(ValueError, match="no such knobs: width"):
        plant("tight", "month", 100, width=3)


def test_knobs_turn() -> None:
    wide = make_case("tight", "month", 500, 0, narrow=(15, 15), listed=0.0, grouped=0.0)
    assert set((wide.window_hi - wide.window_lo).tolist()) == {14}
    assert not wide.listed.any()
    assert not wide.groups
