"""The kernel is exact on one site, and the certificate recomputes without it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.checks import check_plan
from planner.checks.certificate import (
    _Calendar,
    gentlest_patterns,
    recompute_bound,
    verify_certificate,
    worst_site_bound,
)
from planner.checks.objective import objective_of
from planner.domain.case import CapacityRow, Case
from planner.domain.case_builder import CaseParts, build_case
from planner.domain.errors import CertificateError
from planner.domain.plan import LEFT_OUT, Plan, loads_of
from planner.domain.result import LEVELS, PriceList
from planner.solve.prices.bound import certify, gentlest_costs, lagrange_value, level_values
from planner.solve.prices.master import SCALE
from planner.solve.site.arrays import site_arrays
from planner.solve.site.sweeps import Sweeper, plan_weights
from tests.tiny import (
    BESIDE_NOVEMBER,
    DAYS,
    NOVEMBER,
    NOVEMBER_DAYS,
    PERIOD,
    SEASON,
    SEASON_DAYS,
    agency,
    lawful_plans,
    random_case,
    site,
    task,
    tied_case,
)


def with_free_crews(case: Case) -> Case:
    plenty = np.full_like(case.capacity, 1000)
    return replace(case, capacity=plenty, plan_capacity=plenty)


def seasonal(seed: int, n_sites: int = 1, n_tasks: int = 4) -> Case:
    """Return a case in which a domain may come on several dates, most tasks of a site being of one domain."""
    return random_case(seed, SEASON_DAYS, n_sites, n_tasks, SEASON, domains=1 + seed % 2)


def over_new_year(seed: int) -> Case:
    """Return a case of November, of a domain or two, from which tasks may wait for December or for January."""
    return random_case(seed, NOVEMBER_DAYS, 1, 4, NOVEMBER, domains=1 + seed % 2, beside=BESIDE_NOVEMBER)


@pytest.mark.parametrize("seed", range(80))
def test_quote_is_the_cheapest_lawful_pattern(seed: int) -> None:
    """Without scarce crews, the sum of the sites' quotes at random prices is the true minimum over all lawful plans."""
    assert_quotes_are_exact(with_free_crews(random_case(seed)), seed)


@pytest.mark.parametrize("seed", range(120))
def test_quote_is_exact_where_a_domain_comes_on_several_dates(seed: int) -> None:
    assert_quotes_are_exact(with_free_crews(seasonal(seed)), seed)


@pytest.mark.parametrize("seed", range(120))
def test_quote_is_exact_where_what_waits_reaches_the_next_year(seed: int) -> None:
    assert_quotes_are_exact(with_free_crews(over_new_year(seed)), seed)


@pytest.mark.parametrize("seed", range(40))
def test_quote_is_exact_where_the_month_pushes_what_waits(seed: int) -> None:
    assert_quotes_are_exact(tied_case(seed), seed)


@pytest.mark.parametrize("seed", range(40))
def test_a_sites_days_cost_what_the_objective_says_where_the_month_pushes_what_waits(seed: int) -> None:
    case = tied_case(seed)
    sweeper = Sweeper(site_arrays(case), plan_weights(case))
    for plan in lawful_plans(case):
        worth, cost = objective_of(case, plan), int(sweeper.measure(plan.day).sum())
        dropped = int(sweeper.weights.drop[plan.day == LEFT_OUT].sum())
        weights = sweeper.weights
        told = worth.all_entries * weights.entry + worth.fire_alone * weights.fire_alone
        assert cost == dropped + told + worth.disturbance * weights.disturbance


def test_seasons_have_groups_with_several_dates() -> None:
    counts = [len(site_arrays(seasonal(seed)).gaps.mask) for seed in range(120)]
    assert sum(n > 0 for n in counts) > 40


def assert_quotes_are_exact(case: Case, seed: int) -> None:
    arrays = site_arrays(case)
    rng = np.random.default_rng(seed)
    prices = rng.integers(0, SCALE // 2, size=case.capacity.shape)
    plans = lawful_plans(case)
    values = [level_values(objective_of(case, plan)) for plan in plans]
    paid = [int((prices * loads_of(case, plan)).sum()) for plan in plans]
    for level in range(len(LEVELS)):
        factors = rng.integers(0, 3 * SCALE, size=level)
        sweeper = Sweeper(arrays, plan_weights(case))
        achieved = (0,) * level
        proven, _, day = lagrange_value(sweeper, level, prices, factors, achieved)
        proven += int((prices * case.capacity).sum())
        if not plans:
            continue  # pins contradict a rule: every pattern leaves a pinned task out
        weighed = [*factors.tolist(), SCALE]
        least = min(
            sum(f * v for f, v in zip(weighed, of_plan, strict=False)) + more
            for of_plan, more in zip(values, paid, strict=True)
        )
        assert proven <= least
        if not arrays.outside.any():
            assert proven == least
            assert not check_plan(case, Plan(day))


@pytest.mark.parametrize("season", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_certificate_recomputes_and_holds(seed: int, season: bool) -> None:
    assert_certificates_hold(seasonal(seed, n_sites=2) if season else random_case(seed, n_tasks=4))


@pytest.mark.parametrize("seed", range(40))
def test_certificate_holds_where_the_month_pushes_what_waits(seed: int) -> None:
    assert_certificates_hold(tied_case(seed))


def assert_certificates_hold(case: Case) -> None:
    plans = lawful_plans(case)
    if not plans:
        return
    objectives = [objective_of(case, plan) for plan in plans]
    of_plans = [level_values(objective) for objective in objectives]
    best = min(range(len(plans)), key=lambda n: objectives[n].key())
    arrays = site_arrays(case)
    # Plain arithmetic alone, of a plan that is not the best: what it leaves out is given back for at some multiplier.
    for which, rounds in ((best, 10), (best, 0), (len(plans) // 3, 0)):
        objective, day, values = objectives[which], plans[which].day, of_plans[which]
        for n, level in enumerate(LEVELS):
            certificate = certify(arrays, objective, level, day, rounds)
            assert recompute_bound(case, certificate) == certificate.bound
            verify_certificate(case, certificate, values)
            no_worse = [told for told in of_plans if all(v <= a for v, a in zip(told[:n], values, strict=False))]
            assert certificate.bound <= min(told[n] for told in no_worse)
            assert bool(certificate.stopped) <= (certificate.bound < values[n])


@pytest.mark.parametrize("seed", range(60))
def test_days_are_those_on_which_the_checks_allow_the_task_alone(seed: int) -> None:
    """Kernel and certificate look at no day that a lone task may not have, crews too few for it included."""
    case = random_case(seed, n_tasks=1)
    allowed = site_arrays(case).allowed[0]
    assert np.array_equal(allowed, _Calendar(case).lawful_alone(0))
    whole_visit = {"fire.exclusivity", "hours.business", "visit.hours"}  # asked of a visit, not of a day
    for d in range(case.n_days if not case.tasks[0].pinned else 0):
        broken = {v.rule for v in check_plan(case, Plan(np.array([d])))} - whole_visit
        assert allowed[d] == (not broken), broken


def test_crews_on_different_days_prove_two_entries_at_no_price() -> None:
    """Two agencies with the same window whose crews never work on the same day: no prices are needed to see it."""
    case = build_case(
        CaseParts(
            name="apart",
            period=PERIOD,
            days=DAYS,
            tasks=[task("t", "s", "a"), task("u", "s", "b", domain="A02")],
            sites=[site("s")],
            units=[agency("a"), agency("b", domain="A02")],
            capacity={CapacityRow("a"): [24, 0, 0], CapacityRow("b"): [0, 24, 3]},
            setup_minutes={},
        )
    )
    free = PriceList("entries", SCALE, np.zeros_like(case.capacity), (800 * SCALE,) * 3, (0, 0, 0), 2)
    assert recompute_bound(case, free) == 2
    day = np.array([0, 1])
    assert certify(site_arrays(case), objective_of(case, Plan(day)), "entries", day, 0).bound == 2


def test_tampered_certificate_is_refused() -> None:
    case = with_free_crews(random_case(3))
    plan = min(lawful_plans(case), key=lambda p: objective_of(case, p).key())
    objective = objective_of(case, plan)
    good = certify(site_arrays(case), objective, "entries", plan.day, 5)
    values = level_values(objective)
    verify_certificate(case, good, values)

    def tampered(**change: object) -> PriceList:
        return replace(good, **change)  # type: ignore[arg-type]

    for bad in (
        tampered(bound=good.bound + 1),
        tampered(prices=good.prices - 1),
        tampered(prices=good.prices[:, :-1]),
        tampered(achieved=(9, *good.achieved[1:])),
        tampered(multipliers=good.multipliers[:-1]),
        tampered(level="happiness"),
        tampered(scale=0),
    ):
        with pytest.raises(CertificateError):
            verify_certificate(case, bad, values)


@pytest.mark.parametrize("season", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_worst_site_bound_holds_and_recomputes(seed: int, season: bool) -> None:
    case = seasonal(seed) if season else random_case(seed)
    plans = lawful_plans(case)
    gentlest = gentlest_patterns(case)
    assert gentlest_costs(site_arrays(case)).tolist() == gentlest
    for plan in plans:
        objective = objective_of(case, plan)
        assert worst_site_bound(gentlest, level_values(objective)) <= objective.worst_site
