"""Rows of half-days say the same to checks, model, kernel and certificate, and cost no plan that can be walked."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from planner.checks import is_lawful
from planner.checks.certificate import recompute_bound, verify_certificate
from planner.checks.half_days import with_half_rows
from planner.checks.objective import objective_of
from planner.domain.case import Case, HalfRow
from planner.domain.errors import CertificateError
from planner.domain.hashing import canonical_json
from planner.domain.plan import LEFT_OUT, Plan, loads_of
from planner.domain.result import LEVELS, PriceList
from planner.domain.roster import Roster
from planner.service.files.plan_file import price_list_from, price_list_json
from planner.solve.day.half_rows import strengthened
from planner.solve.match import solve_match
from planner.solve.prices.bound import certify, level_values
from planner.solve.run import Work
from planner.solve.site.arrays import site_arrays
from planner.solve.walk.blocks import entries_on
from planner.solve.walk.day_test import Answer, Judge
from tests.checks.test_half_days import tables
from tests.duty.build import DAYS, person, small_day
from tests.law.agree import accepted_by_checks, accepted_by_model
from tests.solve.test_kernel import assert_quotes_are_exact, lawful_plans, with_free_crews
from tests.tiny import random_case, task
from tests.walk.test_replan import month

TABLES = tables()


def with_some_rows(seed: int) -> Case:
    """Return a random case with half-day rows of two units, of any room: what follows from rows asks for no people."""
    r, case = random.Random(f"half {seed}"), random_case(seed, n_sites=1, n_tasks=3)
    rows = tuple(replace(r.choice(TABLES), unit=unit.id) for unit in case.units[:2])
    room = np.array([[r.choice([0, 1, 2, 3]) * row.share for _ in case.days] for row in rows])
    capacity = np.concatenate((np.maximum(case.capacity, 24), room))
    return replace(case, half_rows=rows, capacity=capacity, plan_capacity=capacity.copy())


def test_model_checks_and_kernel_read_the_rows_alike() -> None:
    bites = 0
    for seed in range(16):
        case = with_some_rows(seed)
        lawful = accepted_by_checks(case)
        assert accepted_by_model(case) == lawful
        assert_quotes_are_exact(with_free_crews(case), seed)
        plain = slice(len(case.rows))
        without = replace(case, half_rows=(), capacity=case.capacity[plain], plan_capacity=case.plan_capacity[plain])
        bites += lawful < accepted_by_checks(without)
    assert bites >= 3


@pytest.mark.parametrize("seed", range(12))
def test_certificate_with_rows_recomputes_and_holds(seed: int) -> None:
    case = with_some_rows(seed)
    plans = lawful_plans(case)
    if not plans:
        return
    best = min(plans, key=lambda plan: objective_of(case, plan).key())
    for level, value in zip(LEVELS, level_values(objective_of(case, best)), strict=True):
        certificate = certify(site_arrays(case), objective_of(case, best), level, best.day, 10)
        assert recompute_bound(case, certificate) == certificate.bound <= value


def refused_by_rows(seed: int) -> int:
    """Return how many plans of five stays rows alone refuse, after asking the judge of starts and people of each.

    At one site another unit comes along, for so long at times that the short stay beside it may cross the break.
    """
    r = random.Random(seed)
    stays = [*((f"s{n}", "a", r.choice([7, 7, 8, 9, 14])) for n in range(4)), ("s0", "b", r.choice([3, 14]))]
    case, roster = month(stays, people=r.choice([2, 3]))
    grown, refused = strengthened(case, roster), 0
    judge = Judge(case, roster, site_arrays(case).allowed)
    for days in product((LEFT_OUT, *range(case.n_days)), repeat=case.n_tasks):
        plan = Plan(np.array(days, dtype=np.int64))
        if not is_lawful(grown, plan) and is_lawful(case, plan):
            refused += 1
            answers = [judge.ask(d, entries_on(case, plan.day, d)).answer for d in range(case.n_days)]
            assert Answer.NO in answers, days
    return refused


def test_no_plan_that_can_be_walked_is_lost() -> None:
    assert sum(refused_by_rows(seed) > 0 for seed in range(5)) >= 3


def confined(seed: int) -> tuple[Case, Roster]:
    """Two days of a unit of four, one or two of them able, and stays that keep off business hours in the afternoon."""
    r = random.Random(f"confined {seed}")
    tasks = [
        task(
            f"t{n}", f"s{n}", "a", minutes=15 * r.choice([4, 6, 8, 12]), skill=r.choice(["", "b"]), outside_hours=n < 4
        )
        for n in range(5)
    ]
    tasks.append(task("p", "s0", "b", minutes=15 * r.choice([3, 9, 13])))
    people = [person(f"p{n}", "a", *(["b"] if n < 2 else [])) for n in range(4)]
    people += [person(f"q{n}", "b") for n in range(2)]
    away = [(f"p{n}", day, half) for n in range(4) for day in DAYS for half in (0, 1) if r.random() < 0.2]
    case, roster, _ = small_day(tasks, people, away=away, per_crew=r.choice([1, 2]))
    roster.business[:, r.choice([11, 12, 14]) :] = True
    return case, roster


def test_no_plan_that_can_be_walked_is_lost_to_rows_of_one_half() -> None:
    """Every set of tasks on one day that rows refuse: the judge of starts and people refuses it, too."""
    refused = skills = 0
    for seed in range(60):
        case, roster = confined(seed)
        grown = strengthened(case, roster)
        skills += any(row.skill for row in grown.half_rows)
        judge = Judge(case, roster, site_arrays(case).allowed)
        for chosen in product((LEFT_OUT, 0), repeat=case.n_tasks):
            plan = Plan(np.array(chosen, dtype=np.int64))
            load = loads_of(grown, plan)[len(case.rows) :]
            if (load > grown.capacity[len(case.rows) :]).any():
                refused += 1
                assert judge.ask(0, entries_on(case, plan.day, 0)).answer is Answer.NO, (seed, chosen)
    assert refused > 100
    assert skills > 10


def test_rows_of_one_half_that_count_what_is_not_confined_are_refused() -> None:
    tasks = [task(f"t{n}", f"s{n}", "a", minutes=120, skill="b" * (n > 0), outside_hours=n < 5) for n in range(6)]
    case, roster, _ = small_day(tasks, [person(f"p{n}", "a", *(["b"] if n < 2 else [])) for n in range(4)])
    roster.business[:, 14:] = True
    roster.business[4] = False
    grown = strengthened(case, roster)
    (row,) = grown.half_rows
    assert (row.skill, row.half, row.tasks) == ("b", 0, ("t1", "t2", "t3"))
    assert grown.capacity[-1].tolist() == [row.share] * 2
    price_list = PriceList(LEVELS[0], 1, grown.capacity * 0, (), (), 0, grown.half_rows)
    read = price_list_from(json.loads(canonical_json(price_list_json(price_list))), case.n_days)
    assert read.half_rows == grown.half_rows
    bad = [
        replace(row, tasks=(*row.tasks, "t0")),  # another skill
        replace(row, tasks=(*row.tasks, "t4")),  # no business hours there
        replace(row, tasks=(*row.tasks, "t5")),  # may come in business hours
        replace(row, tasks=(*row.tasks, "t1")),  # twice
        replace(row, tasks=(*row.tasks, "nobody")),
        replace(row, half=1),
        replace(row, half=None),
        replace(row, tasks=()),
    ]
    for one in bad:
        with pytest.raises(CertificateError):
            with_half_rows(case, roster, [one])


def sevens(n: int) -> tuple[Case, Roster, Case]:
    case, roster = month([(f"s{i}", "a", 7) for i in range(n)])
    return case, roster, strengthened(case, roster)


def test_two_stays_of_seven_a_day_are_certified() -> None:
    """Two days of one crew hold four stays of seven quarters; hours alone would say six."""
    case, roster, grown = sevens(12)
    match = solve_match(grown, work=Work(proof_work=0.0, refine_rounds=2))
    assert match.plan is not None
    assert match.objective is not None
    assert (match.plan.day == LEFT_OUT).sum() == 8
    first = match.certificates[0]
    assert first.bound == match.objective.left_out[0]
    values = level_values(match.objective)
    verify_certificate(case, first, values, roster)
    assert certify(site_arrays(case), match.objective, LEVELS[0], match.plan.day, 10).bound < first.bound

    read = price_list_from(json.loads(canonical_json(price_list_json(first))), case.n_days)
    assert (read.half_rows, read.bound, read.prices.tolist()) == (first.half_rows, first.bound, first.prices.tolist())
    verify_certificate(case, read, values, roster)
    tampered = HalfRow("a", 1, (*[0] * 6, *[1] * 12, *[2] * 7))
    for bad in (
        replace(first, half_rows=()),
        replace(first, half_rows=(tampered,)),
        replace(first, half_rows=first.half_rows * 2),
        replace(first, bound=first.bound + 1),
    ):
        with pytest.raises(CertificateError):
            verify_certificate(case, bad, values, roster)
    with pytest.raises(CertificateError):
        verify_certificate(case, first, values)


def test_units_with_time_enough_get_no_rows() -> None:
    case, _, grown = sevens(2)
    assert grown is case
