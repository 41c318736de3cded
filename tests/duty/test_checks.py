"""Each rule of starts and teams: what it lets pass and what it stops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.checks.duty import check_duty, touched_halves
from planner.domain.case import Case
from planner.domain.duty import empty_duty
from planner.domain.plan import Visit
from planner.domain.roster import Roster
from planner.law.register import RULES
from tests.duty.build import DAYS, duty_of, person, place, small_day
from tests.pairs import lawful, unlawful
from tests.tiny import task

PEOPLE = [person("p1"), person("p2", "a", "电梯"), person("p3", "a", "电梯"), person("q1", "b"), person("q2", "b")]
Day = tuple[Case, Roster, tuple[Visit, ...]]


def one_visit(minutes: int = 60, **more: object) -> Day:
    return small_day([task("t", "s", "a", minutes=minutes)], PEOPLE, **more)  # type: ignore[arg-type]


def broken(day: Day, start: dict[str, int], teams: dict[tuple[str, str], str]) -> list[str]:
    """Return the rules broken, and make sure that leaving out the only broken one leaves none."""
    duty = duty_of(*day, start, teams)
    rules = sorted({v.rule for v in check_duty(*day, duty)})
    if len(rules) == 1:
        assert not check_duty(*day, duty, without=rules[0])
    return rules


def alone(start: int, team: str = "p1 p2", **more: object) -> list[str]:
    return broken(one_visit(**more), {"s": start}, {("a", "s"): team})  # type: ignore[arg-type]


def test_every_rule_of_the_day_has_a_check() -> None:
    assert {rule.id for rule in RULES.values() if rule.duty_check} == {
        "visit.hours",
        "hours.business",
        "crew.enough",
        "crew.free",
    }


@pytest.mark.parametrize(
    ("start", "quarters", "halves"),
    [(0, 12, (0,)), (0, 13, (0, 1)), (11, 1, (0,)), (11, 2, (0, 1)), (12, 12, (1,)), (12, 0, (1,)), (3, 0, (0,))],
)
def test_halves_that_a_stay_touches(start: int, quarters: int, halves: tuple[int, ...]) -> None:
    assert touched_halves(start, quarters) == halves


@lawful("visit.hours")
@pytest.mark.parametrize(
    ("start", "minutes"), [(0, 60), (8, 60), (12, 60), (20, 60), (0, 180), (12, 180), (0, 360), (6, 195), (11, 195)]
)
def test_a_visit_may_fill_a_half_to_its_end_and_a_long_one_run_across_the_break(start: int, minutes: int) -> None:
    assert alone(start, minutes=minutes) == []


@unlawful("visit.hours")
@pytest.mark.parametrize(
    ("start", "minutes"), [(-1, 60), (-2, 60), (24, 60), (9, 60), (21, 60), (1, 180), (1, 360), (12, 195), (10, 45)]
)
def test_a_visit_needs_a_start_an_end_within_the_day_and_no_break_in_a_short_one(start: int, minutes: int) -> None:
    assert alone(start, minutes=minutes) == ["visit.hours"]


@unlawful("visit.hours")
def test_starts_lie_on_the_grid_of_their_half() -> None:
    assert [alone(q, start_step=5) for q in (0, 5, 12, 17)] == [[]] * 4
    assert [alone(q, start_step=5) for q in (1, 4, 15, 20)] == [["visit.hours"]] * 4


def gathering_place(start: int, *, asks: bool = True) -> list[str]:
    day = small_day([task("t", "s", "a", outside_hours=asks)], PEOPLE)
    day[1].business[0, 6:18] = True
    return broken(day, {"s": start}, {("a", "s"): "p1 p2"})


@lawful("hours.business")
def test_outside_business_hours_a_visit_may_touch_their_ends() -> None:
    assert gathering_place(2) == gathering_place(18) == []
    assert gathering_place(7, asks=False) == []


@unlawful("hours.business")
@pytest.mark.parametrize("start", [3, 6, 8, 14, 17])
def test_a_visit_in_business_hours_is_refused_where_its_task_asks(start: int) -> None:
    assert gathering_place(start) == ["hours.business"]


@unlawful("hours.business")
def test_the_whole_joint_visit_keeps_clear_of_business_hours() -> None:
    short_and_long = [task("t1", "s", "a", minutes=30, outside_hours=True), task("t2", "s", "b", minutes=90)]
    day = small_day(short_and_long, PEOPLE)
    day[1].business[0, 4:8] = True
    teams = {("a", "s"): "p1 p2", ("b", "s"): "q1 q2"}
    assert broken(day, {"s": 0}, teams) == ["hours.business"]
    assert broken(day, {"s": 8}, teams) == ["visit.hours"]
    assert broken(day, {"s": 12}, teams) == []


@lawful("crew.enough")
def test_two_lawful_inspectors_are_enough() -> None:
    morning_off = [("p1", DAYS[0], 0), ("p2", DAYS[1], 1)]
    elsewhere = [("p1", "s", DAYS[1])]
    assert alone(12, away=morning_off, recused=elsewhere) == []
    assert alone(12, "p1 p2 p3") == []


@unlawful("crew.enough")
def test_a_stay_needs_enough_inspectors_of_its_own_unit() -> None:
    assert alone(0, "") == alone(0, "p1") == ["crew.enough"]
    assert alone(0, "p1 p2", per_crew=np.array([3])) == ["crew.enough"]
    teams = {("a", "s"): "p1 p2 q1", ("b", "r"): "q2 q1"}
    day = small_day([task("t", "s", "a"), task("u", "r", "b")], PEOPLE)
    assert broken(day, {"s": 0, "r": 4}, teams) == ["crew.enough"]


@unlawful("crew.enough")
@pytest.mark.parametrize("half", [0, 1])
def test_an_absent_inspector_is_no_inspector_in_any_half_the_stay_touches(half: int) -> None:
    away = [("p1", DAYS[0], half)]
    assert alone(half * 12, away=away) == ["crew.enough"]
    assert alone(12 - half * 12, away=away) == []
    assert alone(0, "p1 p2 p3", minutes=195, away=away) == ["crew.enough"]


@unlawful("crew.enough")
def test_a_recused_inspector_must_not_be_there_even_as_a_third() -> None:
    recused = [("p1", "s", DAYS[0])]
    assert alone(0, "p1 p2 p3", recused=recused) == ["crew.enough"]
    assert alone(0, "p2 p3", recused=recused) == []


@unlawful("crew.enough")
def test_each_skill_needs_a_whole_crew() -> None:
    lift = [task("t", "s", "a", skill="电梯")]
    assert broken(small_day(lift, PEOPLE), {"s": 0}, {("a", "s"): "p1 p2"}) == ["crew.enough"]
    assert broken(small_day(lift, PEOPLE), {"s": 0}, {("a", "s"): "p2 p3"}) == []
    both = [*lift, task("u", "s", "a", skill="锅炉")]
    people = [person("x1", "a", "锅炉", "电梯"), person("x2", "a", "锅炉"), person("x3", "a", "电梯")]
    assert broken(small_day(both, people), {"s": 0}, {("a", "s"): "x1 x2"}) == ["crew.enough"]
    assert broken(small_day(both, people), {"s": 0}, {("a", "s"): "x1 x2 x3"}) == []


@unlawful("crew.enough")
def test_a_stay_belongs_to_a_crew() -> None:
    day = one_visit()
    duty = duty_of(*day, {"s": 0}, {("a", "s"): "p1 p2"}, {("a", "s"): -1})
    assert [v.rule for v in check_duty(*day, duty)] == ["crew.enough"]


def two_visits(start: tuple[int, int], teams: tuple[str, str], towns: str = "AB", minutes: int = 60) -> list[str]:
    sites = [place("r", towns[0]), place("s", towns[1])]
    tasks = [task("t", "r", "a", minutes=60), task("u", "s", "a", minutes=minutes)]
    people = [*PEOPLE, person("p4")]
    day = small_day(tasks, people, sites=sites)
    return broken(day, {"r": start[0], "s": start[1]}, {("a", "r"): teams[0], ("a", "s"): teams[1]})


@lawful("crew.free")
def test_stays_follow_each_other_with_time_to_travel() -> None:
    same = ("p1 p2", "p1 p2")
    assert two_visits((0, 4), same, "AA") == two_visits((0, 6), same) == two_visits((6, 0), same) == []
    assert two_visits((8, 12), same) == two_visits((12, 8), same) == []
    assert two_visits((0, 0), ("p1 p2", "p3 p4")) == []


@unlawful("crew.free")
def test_nobody_is_at_two_stays_or_travels_in_no_time() -> None:
    assert two_visits((0, 0), ("p1 p2", "p2 p3")) == ["crew.free"]
    assert two_visits((0, 3), ("p1 p2", "p2 p3"), "AA") == ["crew.free"]
    assert two_visits((0, 4), ("p1 p2", "p2 p3")) == two_visits((5, 0), ("p1 p2", "p2 p3")) == ["crew.free"]


@unlawful("crew.free")
def test_a_stay_across_the_break_belongs_to_both_halves() -> None:
    same = ("p1 p2", "p1 p2")
    assert two_visits((0, 5), same, minutes=240) == ["crew.free"]
    assert two_visits((0, 6), same, minutes=240) == []
    assert two_visits((18, 0), same, minutes=240) == []
    assert two_visits((17, 0), same, minutes=240) == ["crew.free"]
    assert two_visits((17, 0), same, "AA", minutes=240) == []


def test_a_duty_that_cannot_be_read_gives_one_violation() -> None:
    day = one_visit()
    good = duty_of(*day, {"s": 0}, {("a", "s"): "p1 p2"})
    bad = [
        replace(good, start=np.zeros(2, dtype=np.int64)),
        replace(good, crew=np.zeros(2, dtype=np.int64)),
        replace(good, team=()),
        *(replace(good, team=(team,)) for team in ((1, 0), (0, 0), (0, 5), (-1, 0))),
    ]
    assert check_duty(*day, good) == ()
    assert [[v.rule for v in check_duty(*day, duty)] for duty in bad] == [["visit.hours"]] * len(bad)


def test_an_empty_duty_breaks_hours_and_crews_of_every_visit() -> None:
    day = one_visit()
    assert [v.rule for v in check_duty(*day, empty_duty(1, 1))] == ["crew.enough", "crew.enough", "visit.hours"]
