"""Crews: the set-up once per unit and visit, and skills. One hour is four quarter-hours."""

from __future__ import annotations

import pytest

from planner.domain.plan import loads_of
from tests.checks.tried import broken_rules, june, plan_of, small_case
from tests.pairs import lawful, unlawful
from tests.tiny import agency, task

SAME_SITE = (task("t", "s", "a"), task("u", "s", "a"))
TWO_SITES = (task("t", "s", "a"), task("u", "r", "a"))


@lawful("capacity.crew")
def test_a_visits_set_up_is_paid_once() -> None:
    """1 set-up + 4 + 4 = 9."""
    assert broken_rules(small_case(SAME_SITE, crews={"a": 9}), t=june(1), u=june(1)) == set()


@unlawful("capacity.crew")
def test_a_visit_one_quarter_hour_too_long_does_not_fit() -> None:
    assert broken_rules(small_case(SAME_SITE, crews={"a": 8}), t=june(1), u=june(1)) == {"capacity.crew"}
    assert broken_rules(small_case(SAME_SITE, crews={"a": 8}), t=june(1), u=june(2)) == set()


@unlawful("capacity.crew")
def test_two_sites_pay_two_set_ups() -> None:
    """(1 + 4) + (1 + 4) = 10."""
    assert broken_rules(small_case(TWO_SITES, crews={"a": 9}), t=june(1), u=june(1)) == {"capacity.crew"}
    assert broken_rules(small_case(TWO_SITES, crews={"a": 10}), t=june(1), u=june(1)) == set()


@lawful("capacity.crew")
def test_sections_of_one_agency_have_crews_of_their_own() -> None:
    """Each section pays its own set-up and its own hour: 5 and 5, though they merge into one visit."""
    sections = [agency("a1", "a"), agency("a2", "a")]
    case = small_case([task("t", "s", "a1"), task("u", "s", "a2")], units=sections, crews={"a1": 5, "a2": 5})
    assert broken_rules(case, t=june(1), u=june(1)) == set()


@unlawful("capacity.crew")
def test_a_unit_without_crews_does_nothing() -> None:
    case = small_case([task("t", "s", "a")], crews={"a": 0})
    assert broken_rules(case, t=june(1)) == {"capacity.crew"}
    assert broken_rules(case, t="out") == set()


@pytest.mark.parametrize(("minutes", "quarters"), [(1, 1), (15, 1), (16, 2), (60, 4)])
def test_a_started_quarter_hour_counts_whole(minutes: int, quarters: int) -> None:
    case = small_case([task("t", "s", "a", minutes=minutes)])
    assert loads_of(case, plan_of(case, {"t": june(1)}))[0].tolist() == [1 + quarters, 0, 0]


CLIMB = {"skill": "高空"}


@lawful("capacity.skill")
def test_skilled_crews_are_charged_what_needs_the_skill_alone() -> None:
    """At one visit the skilled item costs 1 + 4 of the skilled crews; the plain one beside it costs them nothing."""
    case = small_case([task("t", "s", "a", **CLIMB), task("u", "s", "a")], skilled={("a", "高空"): 5})
    plan = plan_of(case, {"t": june(1), "u": june(1)})
    assert loads_of(case, plan)[:, 0].tolist() == [9, 5]
    assert broken_rules(case, t=june(1), u=june(1)) == set()


@unlawful("capacity.skill")
def test_skilled_crews_are_not_in_two_places() -> None:
    case = small_case([task("t", "s", "a", **CLIMB), task("u", "r", "a", **CLIMB)], skilled={("a", "高空"): 9})
    assert broken_rules(case, t=june(1), u=june(1)) == {"capacity.skill"}
    assert broken_rules(case, t=june(1), u=june(2)) == set()


@unlawful("capacity.skill")
def test_another_units_skilled_crews_are_no_help() -> None:
    case = small_case(
        [task("t", "s", "a", **CLIMB), task("u", "s", "b", **CLIMB)],
        skilled={("a", "高空"): 0, ("b", "高空"): 24},
    )
    assert broken_rules(case, t=june(1), u=june(1)) == {"capacity.skill"}


@lawful("capacity.crew")
def test_what_is_published_may_fill_the_day() -> None:
    pinned = [task("t", "s", "a", pinned=june(1)), task("u", "s", "a", pinned=june(1))]
    assert broken_rules(small_case(pinned, crews={"a": 9}), t=june(1), u=june(1)) == set()


@unlawful("capacity.crew")
def test_what_is_published_beyond_all_crews_is_a_contradiction() -> None:
    pinned = [task("t", "s", "a", pinned=june(1)), task("u", "s", "a", pinned=june(1))]
    case = small_case(pinned, crews={"a": 8})
    assert broken_rules(case, t=june(1), u=june(1)) == {"capacity.crew"}
