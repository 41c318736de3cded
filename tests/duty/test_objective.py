"""What starts and teams are worth, and that nothing lawful has less workload than the bound."""

from __future__ import annotations

from datetime import date
from itertools import combinations, product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.checks.duty import check_duty
from planner.checks.duty_objective import DutyObjective, duty_objective, workload_bound
from planner.domain.duty import Duty, empty_duty, stays_of
from tests.duty.build import DAYS, duty_of, person, place, small_day
from tests.pairs import lawful, unlawful
from tests.tiny import task


def quiet_cost(start: int, *, minds: bool) -> int:
    day = small_day(
        [task("t", "s", "a", minutes=60), task("u", "s", "b", minutes=90)], [], minds_quiet=np.array([minds, False])
    )
    day[1].quiet[0, 4:8] = 1
    day[1].quiet[0, 8:10] = 3
    return duty_objective(*day, duty_of(*day, {"s": start}, {})).quiet_hours


@lawful("objective.quiet-hours")
def test_quiet_hours_cost_nothing_where_no_annex_asks_or_the_visit_keeps_clear() -> None:
    assert quiet_cost(4, minds=False) == quiet_cost(10, minds=True) == quiet_cost(-1, minds=True) == 0


@unlawful("objective.quiet-hours")
def test_each_quarter_hour_of_the_longest_stay_costs_its_price() -> None:
    assert [quiet_cost(q, minds=True) for q in (0, 3, 4, 6, 8)] == [2, 1 * 4 + 3, 4 + 6, 2 + 6, 6]


def changes(crews: dict[tuple[str, str], int]) -> int:
    sites = [place("r", "A"), place("s", "B"), place("v", "A"), place("w", "B")]
    on = {"z": DAYS[1]}
    day = small_day([*(task(s, s, "a") for s in "rsv"), task("z", "w", "a")], [], sites=sites, on=on)
    return duty_objective(*day, duty_of(*day, {"r": 0, "s": 6, "v": 12, "w": 0}, {}, crews)).town_changes


@lawful("objective.travel")
def test_a_crew_that_stays_in_one_town_changes_none() -> None:
    assert changes({("a", "s"): 1}) == 0
    assert changes({("a", "r"): 0, ("a", "s"): 1, ("a", "v"): 2}) == 0


@unlawful("objective.travel")
def test_each_change_of_town_counts_over_the_break_too_but_not_over_the_night() -> None:
    assert changes({}) == 2
    assert changes({("a", "v"): 1}) == 1


@lawful("objective.workload")
def test_level_work_costs_the_mean_of_each_unit() -> None:
    people = [person(f"p{n}") for n in range(4)] + [person("q1", "b"), person("q2", "b")]
    day = small_day([task("t", "r", "a"), task("u", "s", "a"), task("v", "s", "b", minutes=90)], people)
    starts = {"r": 0, "s": 0}
    level = duty_of(*day, starts, {("a", "r"): "p0 p1", ("a", "s"): "p2 p3", ("b", "s"): "q1 q2"})
    assert duty_objective(*day, level) == DutyObjective(0, 0, 4 + 6)
    assert workload_bound(*day) == 10


@unlawful("objective.workload")
def test_work_on_the_same_two_shoulders_costs_more() -> None:
    people = [person(f"p{n}") for n in range(4)]
    day = small_day([task("t", "r", "a"), task("u", "s", "a")], people)
    duty = duty_of(*day, {"r": 0, "s": 4}, {("a", "r"): "p0 p1", ("a", "s"): "p1 p2"})
    assert duty_objective(*day, duty).workload == 8 > workload_bound(*day) == 4


def test_the_bound_knows_single_stays_days_and_skills() -> None:
    people = [person(f"p{n}", "a", *(["电梯"] if n < 2 else [])) for n in range(6)]
    long = small_day([task("t", "s", "a", minutes=300)], people)
    assert workload_bound(*long) == 20
    lifts = small_day([task(s, s, "a", skill="电梯") for s in "rs"], people, on={"s": DAYS[1]})
    assert workload_bound(*lifts) == 8
    absent = [(f"p{n}", DAYS[0], half) for n in range(3, 6) for half in (0, 1)]
    short = small_day([task(s, s, "a") for s in "rs"], people, away=absent)
    assert workload_bound(*short) == 6
    assert workload_bound(*small_day([task("t", "s", "a")], [])) == 4


def test_an_empty_duty_is_worth_nothing() -> None:
    day = small_day([task("t", "s", "a")], [person("p1")], minds_quiet=np.array([True]))
    assert duty_objective(*day, empty_duty(1, 1)).key() == (0, 0, 0)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_lawful_manning_has_less_workload_than_the_bound(data: st.DataObject) -> None:
    """All teams of all stays, enumerated: the least workload among the lawful ones is never below the bound."""
    skilled = data.draw(st.lists(st.booleans(), min_size=3, max_size=4))
    people = [person(f"p{n}", "a", *(["电梯"] if s else [])) for n, s in enumerate(skilled)]
    tasks = [
        task(
            s, s, "a", minutes=data.draw(st.sampled_from([15, 60, 120])), skill=data.draw(st.sampled_from(["", "电梯"]))
        )
        for s in "rsv"
    ]
    on: dict[str, date] = {t.id: data.draw(st.sampled_from(DAYS)) for t in tasks}
    away = [(p.id, d, h) for p in people for d in DAYS for h in (0, 1) if data.draw(st.integers(0, 5)) == 0]
    case, roster, visits = small_day(tasks, people, on=on, away=away)
    n = len(stays_of(case, visits))
    start = np.array([0, 8, 12][: len(visits)], dtype=np.int64)
    pairs = list(combinations(range(len(people)), 2))
    duties = [Duty(start, np.zeros(n, dtype=np.int64), team) for team in product(pairs, repeat=n)]
    lawful_ones = [d for d in duties if not check_duty(case, roster, visits, d)]
    for duty in lawful_ones:
        assert duty_objective(case, roster, visits, duty).workload >= workload_bound(case, roster, visits)
