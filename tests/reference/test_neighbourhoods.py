"""Neighbourhoods of a plan, solved again: they agree with a good plan and name what is better than a bad one."""

from __future__ import annotations

import numpy as np
import pytest

from planner.domain.duty import Duty
from planner.domain.plan import LEFT_OUT, Plan
from planner.intake.write.writer import write_folder
from planner.reference.check import faults, value_of
from planner.reference.from_case import Month, answer_of, world_of
from planner.reference.neighbourhoods import AGREED, BETTER, Neighbourhood, contested, rule
from planner.service.month.planning import plan_month
from tests.reference.compare import law_with
from tests.reference.months import small_month

SEEDS = (3, 12, 17)


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> list[Month]:
    found = []
    for seed in SEEDS:
        folder = tmp_path_factory.mktemp(f"small{seed}")
        small = small_month(seed)
        write_folder(small.raw, folder)
        with law_with(small.per_crew):
            result = plan_month(folder, small.month).result
        assert result.plan is not None
        assert result.roster is not None
        assert result.duty is not None
        found.append(Month.of(result.case, result.roster, result.plan, result.duty))
    return found


def without_visit(month: Month, number: int) -> Month:
    """Return the month with the tasks of one visit left out."""
    day = month.plan.day.copy()
    day[list(month.visits[number].tasks)] = LEFT_OUT
    stays = [n for n, stay in enumerate(month.stays) if stay.visit != number]
    duty = Duty(np.delete(month.duty.start, number), month.duty.crew[stays], tuple(month.duty.team[n] for n in stays))
    return Month.of(month.case, month.roster, Plan(day), duty)


def test_a_plan_is_lawful_and_worth_the_same_in_both_worlds(months: list[Month]) -> None:
    for month in months:
        world, answer = world_of(month.case, month.roster), answer_of(month)
        assert faults(world, answer) == []
        assert value_of(world, answer).entries >= len(month.visits)


def test_neighbourhoods_of_good_plans_agree(months: list[Month]) -> None:
    rulings = [rule(month, where) for month in months for where in contested(month, 4)]
    assert len(rulings) >= len(months)
    assert {ruling.status for ruling in rulings} == {AGREED}


def test_what_is_left_out_needlessly_is_named(months: list[Month]) -> None:
    for month in months:
        number = next(n for n, v in enumerate(month.visits) if not any(month.case.tasks[t].pinned for t in v.tasks))
        worse = without_visit(month, number)
        rulings = [rule(worse, where) for where in contested(worse, 12)]
        better = [ruling for ruling in rulings if ruling.status == BETTER]
        assert better
        assert all(r.best is not None and r.best < r.ours for r in better)
        gone = {month.case.tasks[t].id for t in month.visits[number].tasks}
        assert any(gone & {task for task, _ in r.moves} for r in better)


def test_what_is_outside_stays(months: list[Month]) -> None:
    """With one day in question a left-out task may come back on that day only."""
    month = months[0]
    number = next(n for n, v in enumerate(month.visits) if len(v.tasks) == 1)
    visit = month.visits[number]
    worse = without_visit(month, number)
    here = rule(worse, Neighbourhood("left_out", "", (visit.site,), (visit.day,)))
    assert here.status == BETTER
    assert {day for task, day in here.moves if task == month.case.tasks[visit.tasks[0]].id} <= {
        month.case.days[visit.day].isoformat(),
        "later",
    }
