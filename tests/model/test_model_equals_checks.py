"""The model and the checks accept exactly the same plans, and each rule matters."""

from __future__ import annotations

import numpy as np
import pytest
from ortools.sat.python import cp_model

from planner.checks import check_plan
from planner.checks.objective import objective_of
from planner.domain.plan import Plan
from planner.domain.result import LEVELS
from planner.law.register import RULES
from planner.model import build_model
from planner.model.objective import level_expression
from planner.solve.prices.bound import level_values
from tests.law.agree import accepted_by_checks, accepted_by_model
from tests.tiny import (
    BESIDE_NOVEMBER,
    NOVEMBER,
    NOVEMBER_DAYS,
    SEASON,
    SEASON_DAYS,
    lawful_plans,
    random_case,
    tied_case,
)

SEEDS = range(60)


@pytest.mark.parametrize("seed", SEEDS)
def test_model_and_checks_accept_the_same_plans(seed: int) -> None:
    case = random_case(seed)
    assert accepted_by_model(case) == accepted_by_checks(case)


@pytest.mark.parametrize("seed", range(40))
def test_model_and_checks_agree_where_a_domain_comes_on_several_dates(seed: int) -> None:
    case = random_case(seed, SEASON_DAYS, 1, 4, SEASON, domains=1 + seed % 2)
    assert accepted_by_model(case) == accepted_by_checks(case)


@pytest.mark.parametrize("seed", range(40))
def test_model_and_checks_agree_on_what_waits_over_new_year(seed: int) -> None:
    case = random_case(seed, NOVEMBER_DAYS, 1, 4, NOVEMBER, domains=1, beside=BESIDE_NOVEMBER)
    assert accepted_by_model(case) == accepted_by_checks(case)


@pytest.mark.parametrize("seed", range(30))
def test_model_and_checks_agree_where_the_month_pushes_what_waits(seed: int) -> None:
    case = tied_case(seed)
    plans = lawful_plans(case)
    assert accepted_by_model(case) == {tuple(p.day.tolist()) for p in plans}
    model = build_model(case)
    model.cp.minimize(level_expression(model, "entries") - sum(100 * m for m in model.later.values()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model.cp) == (cp_model.OPTIMAL if plans else cp_model.INFEASIBLE)
    worth = [level_values(objective_of(case, p))[3] - 100 * int((p.day == -2).sum()) for p in plans]
    assert not plans or round(solver.objective_value) == min(worth)


@pytest.mark.parametrize("rule", sorted({rule.id for rule in RULES.values() if rule.constraint} - {"task.once"}))
def test_every_rule_matters(rule: str) -> None:
    """With one constraint dropped, the model lets plans through that the checks refuse, on some case."""
    for seed in range(400):
        case = random_case(seed, n_tasks=3)
        extra = accepted_by_model(case, without=rule) - accepted_by_checks(case)
        if extra:
            refused = {v.rule for days in extra for v in check_plan(case, Plan(np.array(days, dtype=np.int64)))}
            assert refused == {rule}
            return
    pytest.fail(f"no case shows that {rule} matters")


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("level", LEVELS)
def test_levels_of_model_and_checks_agree(seed: int, level: str) -> None:
    """The least value of each level over all lawful plans is the model's optimum."""
    case = random_case(seed)
    lawful = lawful_plans(case)
    model = build_model(case)
    model.cp.minimize(level_expression(model, level))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(model.cp)
    if not lawful:
        assert status == cp_model.INFEASIBLE
        return
    assert status == cp_model.OPTIMAL
    n = LEVELS.index(level)
    assert round(solver.objective_value) == min(level_values(objective_of(case, p))[n] for p in lawful)
