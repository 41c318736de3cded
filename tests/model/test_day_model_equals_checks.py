"""The model of a day and the checks of starts and teams accept exactly the same duties, and each rule matters."""

from __future__ import annotations

from itertools import chain, combinations, product

import numpy as np
import pytest
from ortools.sat.python import cp_model

from planner.checks.duty import check_duty
from planner.checks.duty_objective import quiet_hours as quiet_of
from planner.domain.case import Case
from planner.domain.duty import Duty
from planner.domain.plan import Visit
from planner.domain.roster import Roster
from planner.law.register import RULES
from planner.model.day import DayModel, build_day_model
from planner.model.day.objective import quiet_hours
from tests.tiny_day import random_day

TRIED = (-1, 0, 3, 6, 18)
"""Starts that are tried: none, on the grid of 6 and off it; stays of 2 to 14 quarters meet, overlap, pass the break."""
SEEDS = range(24)
Key = tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]


def every_duty(roster: Roster, visits: tuple[Visit, ...]) -> list[Duty]:
    people = range(len(roster.inspectors))
    teams = list(chain.from_iterable(combinations(people, n) for n in range(len(people) + 1)))
    n_stays = sum(len(v.units) for v in visits)
    return [
        Duty(np.array(start, dtype=np.int64), np.zeros(n_stays, dtype=np.int64), team)
        for start in product(TRIED, repeat=len(visits))
        for team in product(teams, repeat=n_stays)
    ]


def key_of(duty: Duty) -> Key:
    return tuple(duty.start.tolist()), duty.team


class _Collect(cp_model.CpSolverSolutionCallback):
    def __init__(self, model: DayModel) -> None:
        super().__init__()
        self._model, self.found = model, set[Key]()

    def on_solution_callback(self) -> None:
        m = self._model
        start = {v: q for (v, q), literal in m.at.items() if self.boolean_value(literal)}
        team = tuple(
            tuple(i for i in range(len(m.roster.inspectors)) if self.boolean_value(m.x[i, y]))
            for y in range(len(m.stays))
        )
        self.found.add((tuple(start[v] for v in range(len(m.visits))), team))


def accepted_by_model(case: Case, roster: Roster, visits: tuple[Visit, ...], without: str = "") -> set[Key]:
    model = build_day_model(case, roster, visits, 0, without)
    for (_, q), literal in model.at.items():
        if q not in TRIED:
            model.cp.add(literal == 0)
    solver = cp_model.CpSolver()
    solver.parameters.enumerate_all_solutions = True
    solver.parameters.num_workers = 1
    collect = _Collect(model)
    solver.solve(model.cp, collect)
    return collect.found


def accepted_by_checks(case: Case, roster: Roster, visits: tuple[Visit, ...]) -> set[Key]:
    return {key_of(duty) for duty in every_duty(roster, visits) if not check_duty(case, roster, visits, duty)}


@pytest.mark.parametrize("seed", SEEDS)
def test_model_and_checks_accept_the_same_duties(seed: int) -> None:
    day = random_day(seed)
    assert accepted_by_model(*day) == accepted_by_checks(*day)


def test_the_days_tried_have_lawful_duties_and_others() -> None:
    """The comparison above would say nothing if hardly any day could be manned at all."""
    lawful = [bool(accepted_by_model(*random_day(seed))) for seed in SEEDS]
    assert 8 <= sum(lawful) <= 22


@pytest.mark.parametrize("rule", sorted(rule.id for rule in RULES.values() if rule.day_constraint))
def test_every_rule_matters(rule: str) -> None:
    """With one constraint dropped, the model lets duties through that the checks refuse by this rule alone."""
    for seed in range(100):
        case, roster, visits = random_day(seed)
        model = build_day_model(case, roster, visits, 0, without=rule)
        lawful = accepted_by_model(case, roster, visits)
        extra = accepted_by_model(case, roster, visits, rule) - lawful
        if extra:
            for start, team in sorted(extra)[:50]:
                duty = Duty(np.array(start, dtype=np.int64), np.zeros(len(team), dtype=np.int64), team)
                assert {v.rule for v in check_duty(case, roster, visits, duty)} == {rule}
                assert not check_duty(case, roster, visits, duty, without=rule)
            model.fix(duty)
            assert cp_model.CpSolver().solve(model.cp) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
            return
    pytest.fail(f"no day shows that {rule} matters")


@pytest.mark.parametrize("seed", range(12))
def test_quiet_hours_of_model_and_checks_agree(seed: int) -> None:
    """The least quiet-hour cost over all lawful duties is the model's optimum."""
    case, roster, visits = random_day(seed)
    model = build_day_model(case, roster, visits, 0)
    for (_, q), literal in model.at.items():
        if q not in TRIED:
            model.cp.add(literal == 0)
    model.cp.minimize(quiet_hours(model))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(model.cp)
    lawful = [d for d in every_duty(roster, visits) if not check_duty(case, roster, visits, d)]
    if not lawful:
        assert status == cp_model.INFEASIBLE
        return
    assert status == cp_model.OPTIMAL
    assert round(solver.objective_value) == min(quiet_of(case, roster, visits, d) for d in lawful)
