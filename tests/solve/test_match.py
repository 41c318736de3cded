"""Stage 1 against every plan of tiny cases, against an exact model of larger ones, and at pins that contradict."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from ortools.sat.python import cp_model

from planner.checks import check_plan
from planner.checks.certificate import verify_certificate
from planner.checks.objective import objective_of
from planner.domain.case import Case, GroupInfo
from planner.domain.result import LEVELS, Status
from planner.model import build_model
from planner.model.objective import level_expression
from planner.solve.match import solve_match
from planner.solve.matched import Match
from planner.solve.prices.bound import level_values
from planner.solve.run import Work
from tests.checks.tried import june, small_case
from tests.tiny import agency, lawful_plans, random_case, task

WORK = Work(
    negotiation_sweeps=20,
    descent_sweeps=5,
    chase_rounds=20,
    bound_rounds=10,
    exchange_rounds=6,
    exchange_work=0.05,
    proof_work=0.5,
)
"""Little: these cases are small."""
SEEDS = range(40)


@cache
def solved(seed: int) -> tuple[Case, Match]:
    case = random_case(seed)
    return case, solve_match(case, seed, work=WORK)


@cache
def lawful_objectives(seed: int) -> list[tuple[int, ...]]:
    """Return level values and worst site of every lawful plan."""
    case = random_case(seed)
    found = (objective_of(case, plan) for plan in lawful_plans(case))
    return [(*level_values(objective), objective.worst_site) for objective in found]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_called_optimal_is_the_best_of_all_lawful_plans(seed: int) -> None:
    case, match = solved(seed)
    every = lawful_objectives(seed)
    assert (match.status is Status.INFEASIBLE) == (not every)
    if match.plan is None:
        assert match.violations
        return
    assert not check_plan(case, match.plan)
    assert match.objective == objective_of(case, match.plan)
    best = min(values[:4] for values in every)
    assert level_values(match.objective)[:4] >= best
    if match.status is Status.OPTIMAL:
        assert level_values(match.objective)[:4] == best


@pytest.mark.parametrize("seed", SEEDS)
def test_every_levels_bound_holds(seed: int) -> None:
    """Among lawful plans no worse on the levels before, none is below a level's bounds."""
    case, match = solved(seed)
    if match.plan is None or match.objective is None:
        return
    values = (*level_values(match.objective), match.objective.worst_site)
    assert [level.name for level in match.levels] == [*LEVELS, "worst_site"]
    for n, level in enumerate(match.levels):
        assert level.value == values[n]
        no_worse = [
            other for other in lawful_objectives(seed) if all(o <= v for o, v in zip(other, values[:n], strict=False))
        ]
        least = min(other[n] for other in no_worse)
        for bound in (level.bound_certified, level.bound_solver):
            assert bound is None or bound <= least
    for certificate in match.certificates:
        if certificate.achieved == values[: LEVELS.index(certificate.level)]:
            verify_certificate(case, certificate, values[:5])


def test_most_tiny_cases_are_proven() -> None:
    """Else the tests above would show little."""
    statuses = [solved(seed)[1].status for seed in SEEDS]
    assert statuses.count(Status.OPTIMAL) >= len(SEEDS) // 2
    assert statuses.count(Status.INFEASIBLE) >= 3


def test_a_pin_needs_room_that_others_took() -> None:
    """A published visit whose crew another site holds already must push it out, not be given up as infeasible."""
    case = random_case(177)
    match = solve_match(case, 177, work=WORK)
    assert match.status is not Status.INFEASIBLE
    assert match.plan is not None
    assert not check_plan(case, match.plan)


SIX_DAYS = tuple(june(d) for d in (1, 2, 3, 9, 10, 12))


def exact_optimum(case: Case) -> tuple[int, ...] | None:
    """Return the values of the first four levels at the optimum, by CP-SAT level by level; None where infeasible."""
    model = build_model(case)
    values = []
    for level in LEVELS[:4]:
        expression = level_expression(model, level)
        model.cp.minimize(expression)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        status = solver.solve(model.cp)
        if status == cp_model.INFEASIBLE:
            return None
        assert status == cp_model.OPTIMAL
        values.append(round(solver.objective_value))
        model.cp.add(expression <= values[-1])
    return tuple(values)


@pytest.mark.parametrize("seed", range(30))
def test_larger_cases_agree_with_the_exact_model(seed: int) -> None:
    case = random_case(seed, days=SIX_DAYS, n_sites=6, n_tasks=16)
    match, best = solve_match(case, seed, work=WORK), exact_optimum(case)
    assert (match.status is Status.INFEASIBLE) == (best is None)
    if match.plan is None or best is None or match.objective is None:
        return
    assert not check_plan(case, match.plan)
    values = level_values(match.objective)[:4]
    assert values >= best
    if match.status is Status.OPTIMAL:
        assert values == best


def infeasible_by(case: Case) -> set[str]:
    match = solve_match(case, 0, work=WORK)
    assert match.status is Status.INFEASIBLE
    assert match.plan is None
    assert match.objective is None
    return {violation.rule for violation in match.violations}


def test_pins_that_contradict_the_law_or_each_other_are_infeasible() -> None:
    first, second = task("t", "s", "a", pinned=june(1)), task("u", "s", "b", pinned=june(12))
    gap = [GroupInfo("s", "A01", 1, 9)]
    assert infeasible_by(small_case([first, second], groups=gap)) == {"gap.domain"}
    assert infeasible_by(small_case([first, second], groups=[GroupInfo("s", "A01", 0, 1)])) == {"cap.domain"}
    assert infeasible_by(small_case([first], groups=[GroupInfo("s", "A01", 1, 9, (date(2026, 5, 12),))])) == {
        "gap.domain"
    }
    assert infeasible_by(small_case([task("t", "s", "a", pinned=june(7))])) == {"pin.fixed"}
    assert infeasible_by(small_case([first], crews={"a": 4})) == {"capacity.crew"}
    same_day = task("u", "s", "b", pinned=june(1), unannounced=True)
    assert infeasible_by(small_case([first, same_day])) == {"unannounced.alone"}
    assert infeasible_by(small_case([first, task("u", "s", "b", pinned=june(1))], listed=["s"])) == {"join.not"}


def test_pins_that_lack_their_company_are_infeasible() -> None:
    """What a pinned task needs beside it cannot come: a joint partner elsewhere, a fire service that files nothing."""
    apart = [
        task("t", "s", "a", pinned=june(1), joint_group="theme"),
        task("u", "s", "b", pinned=june(2), joint_group="theme"),
    ]
    assert infeasible_by(small_case(apart))
    too_late = [apart[0], task("u", "s", "b", window=(june(2), june(12)), joint_group="theme")]
    assert infeasible_by(small_case(too_late))
    assert infeasible_by(small_case([task("t", "s", "a", pinned=june(1), follows_fire=True)]))


def test_a_pinned_task_brings_its_company_along() -> None:
    """The joint partner and the fire service are placed with the pinned task, and that is the optimum."""
    joint = small_case(
        [task("t", "s", "a", pinned=june(2), joint_group="theme"), task("u", "s", "b", joint_group="theme")]
    )
    fire = small_case(
        [task("t", "s", "a", pinned=june(2), follows_fire=True), task("f", "s", "f", domain="A03", fire=True)],
        units=[agency("f", domain="A03")],
    )
    for case in (joint, fire):
        match = solve_match(case, 0, work=WORK)
        assert match.status is Status.OPTIMAL
        assert match.plan is not None
        assert match.plan.day.tolist() == [1, 1]


def test_a_case_with_no_lawful_day_at_all_is_no_contradiction() -> None:
    """Nothing is pinned: every task is left out, and that is proven."""
    match = solve_match(small_case([task("t", "s", "a", priority=3)], crews={"a": 0}), 0, work=WORK)
    assert match.objective is not None
    assert match.objective.left_out == (0, 3, 0)
    assert match.status is Status.OPTIMAL


HASHES = """
from tests.tiny import random_case
from tests.solve.test_match import SIX_DAYS, WORK
from planner.solve.match import solve_match
for seed in range({seeds}):
    case = random_case(seed, days=SIX_DAYS, n_sites=6, n_tasks=16)
    match = solve_match(case, 7, work=WORK)
    print(match.plan.hash(case) if match.plan else match.status)
"""


def test_the_same_input_and_seed_give_the_same_plan_in_two_processes() -> None:
    """Also with another order of hashes, which decides the order of sets."""
    printed = [
        subprocess.run(
            [sys.executable, "-c", HASHES.format(seeds=12)],
            env={**os.environ, "PYTHONHASHSEED": order},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for order in ("1", "2")
    ]
    assert printed[0] == printed[1]
    plans = [line for line in printed[0].splitlines() if len(line) == 64]
    assert len(plans) >= 5


def test_fire_comes_in_company_where_that_costs_no_entry() -> None:
    """Both plans enter twice. Fire alone would disturb less, for the two long checks would be one visit."""
    fire = agency("f", domain="A03")
    case = small_case(
        [
            task("f", "s", "f", domain="A03", fire=True, window=(june(1), june(1)), minutes=30),
            task("t", "s", "a", minutes=120),
            task("u", "s", "b", window=(june(12), june(12)), minutes=120),
        ],
        units=[fire],
    )
    match = solve_match(case, 0, work=WORK)
    assert match.plan is not None
    assert match.plan.day.tolist() == [0, 0, 2]
    level = next(level for level in match.levels if level.name == "fire_alone")
    assert (level.value, level.bound_certified) == (0, 0)


def test_fire_alone_is_proven_where_crews_keep_company_away() -> None:
    """At three sites alike the partner has time for one visit on fire's day, so fire is alone at two: proven."""
    tasks = []
    for s in ("r", "s", "v"):
        tasks += [
            task(f"f-{s}", s, "f", domain="A03", fire=True, window=(june(1), june(1)), minutes=30),
            task(f"t-{s}", s, "a", minutes=120),
            task(f"u-{s}", s, "b", window=(june(12), june(12)), minutes=120),
        ]
    case = small_case(tasks, units=[agency("f", domain="A03")], crews={"a": 9, "b": 1000, "f": 1000})
    match = solve_match(case, 0, work=WORK)
    level = next(level for level in match.levels if level.name == "fire_alone")
    assert match.objective is not None
    assert match.objective.all_entries == 7
    assert (level.value, level.bound_certified) == (2, 2)
