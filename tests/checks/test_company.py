"""Who may come with whom."""

from __future__ import annotations

from datetime import date

import pytest

from planner.domain.case import Levers, TaskInfo
from tests.checks.tried import Answer, broken_rules, june, small_case
from tests.pairs import lawful, unlawful
from tests.tiny import agency, task

JULY = date(2026, 7, 31)


def joined_at_listed(t: bool, u: bool) -> set[str]:
    """Return what two agencies break by coming together to a not-to-join site, by who has decided to join."""
    tasks = [task("t", "s", "a", opted_in=t), task("u", "s", "b", domain="A02", opted_in=u)]
    return broken_rules(small_case(tasks, listed=["s"]), t=june(1), u=june(1))


@lawful("join.not")
def test_agencies_that_have_decided_to_join_come_together() -> None:
    assert joined_at_listed(True, True) == set()


@unlawful("join.not")
@pytest.mark.parametrize(("t", "u"), [(True, False), (False, True), (False, False)])
def test_one_that_has_not_decided_is_enough_to_keep_apart(t: bool, u: bool) -> None:
    assert joined_at_listed(t, u) == {"join.not"}


@lawful("join.not")
def test_at_a_listed_site_on_different_days_and_elsewhere_together() -> None:
    tasks = [task("t", "s", "a"), task("u", "s", "b"), task("v", "r", "a"), task("w", "r", "b")]
    case = small_case(tasks, listed=["s"])
    assert broken_rules(case, t=june(1), u=june(2), v=june(1), w=june(1)) == set()


SECTIONS = (agency("a1", "a"), agency("a2", "a"))


@lawful("join.not")
def test_two_sections_of_one_agency_merge_at_a_listed_site() -> None:
    case = small_case([task("t", "s", "a1"), task("u", "s", "a2")], units=SECTIONS, listed=["s"])
    assert broken_rules(case, t=june(1), u=june(1)) == set()


@unlawful("join.not")
def test_a_third_agency_with_the_two_sections_is_too_much() -> None:
    tasks = [task("t", "s", "a1"), task("u", "s", "a2"), task("v", "s", "b", opted_in=True)]
    case = small_case(tasks, units=SECTIONS, listed=["s"])
    assert broken_rules(case, t=june(1), u=june(1), v=june(1)) == {"join.not"}


def themed(t: Answer, u: Answer, **more: object) -> set[str]:
    """Return what the answers of two agencies' tasks of one required joint theme break."""
    both = {"window": (june(1), JULY), "waits_until": JULY, "joint_group": "theme", **more}
    tasks = [task("t", "s", "a", **both), task("u", "s", "b", domain="A02", **both)]
    return broken_rules(small_case(tasks), t=t, u=u)


@lawful("join.required")
@pytest.mark.parametrize("answer", [june(2), "later", "out"])
def test_a_required_theme_is_together_waiting_or_not_done_at_all(answer: Answer) -> None:
    assert themed(answer, answer) == set()


@unlawful("join.required")
@pytest.mark.parametrize(("t", "u"), [(june(1), june(2)), (june(1), "later"), (june(1), "out"), ("later", "out")])
def test_a_required_theme_is_not_split(t: Answer, u: Answer) -> None:
    assert themed(t, u) == {"join.required"}


@lawful("join.required")
def test_the_same_theme_at_another_site_goes_its_own_way() -> None:
    tasks = [task("t", "s", "a", joint_group="theme"), task("u", "r", "b", joint_group="theme")]
    assert broken_rules(small_case(tasks), t=june(1), u=june(2)) == set()


@unlawful("join.required")
def test_a_theme_whose_windows_do_not_meet_is_not_done_by_one_alone() -> None:
    """Where the model has no common day at all it must still refuse the one-sided visit."""
    tasks = [
        task("t", "s", "a", joint_group="theme", window=(june(1), june(1))),
        task("u", "s", "b", joint_group="theme", window=(june(2), june(2))),
    ]
    assert broken_rules(small_case(tasks), t=june(1), u="out") == {"join.required"}
    assert broken_rules(small_case(tasks), t="out", u="out") == set()


FIRE = (task("f", "s", "fire", domain="A03", fire=True), task("t", "s", "a", follows_fire=True))


@lawful("fire.exclusivity")
def test_others_fire_items_ride_on_the_fire_services_visit() -> None:
    assert broken_rules(small_case(FIRE), f=june(2), t=june(2)) == set()
    assert broken_rules(small_case(FIRE), f=june(2), t="out") == set()


@unlawful("fire.exclusivity")
@pytest.mark.parametrize("fire", [june(1), "out"])
def test_others_fire_items_are_not_checked_without_the_fire_service(fire: Answer) -> None:
    assert broken_rules(small_case(FIRE), f=fire, t=june(2)) == {"fire.exclusivity"}


@unlawful("fire.exclusivity")
def test_the_fire_services_visit_next_door_is_no_company() -> None:
    tasks = [task("f", "r", "fire", domain="A03", fire=True), FIRE[1]]
    assert broken_rules(small_case(tasks), f=june(2), t=june(2)) == {"fire.exclusivity"}


@lawful("unannounced.alone")
def test_an_unannounced_check_comes_alone_or_with_its_own_agency() -> None:
    tasks = [
        task("t", "s", "a1", unannounced=True),
        task("u", "s", "a2"),
        task("v", "s", "b", domain="A02"),
    ]
    case = small_case(tasks, units=SECTIONS)
    assert broken_rules(case, t=june(1), u=june(1), v=june(2)) == set()


@unlawful("unannounced.alone")
@pytest.mark.parametrize("both", [False, True])
def test_an_unannounced_check_is_shared_with_no_other_agency(both: bool) -> None:
    tasks = [task("t", "s", "a", unannounced=True), task("u", "s", "b", domain="A02", unannounced=both)]
    assert broken_rules(small_case(tasks), t=june(1), u=june(1)) == {"unannounced.alone"}


def crowd(most: int, tasks: list[TaskInfo]) -> set[str]:
    case = small_case(tasks, units=SECTIONS, levers=Levers(max_agencies_per_visit=most))
    return broken_rules(case, **{t.id: june(1) for t in tasks})


@lawful("visit.max-agencies")
def test_as_many_agencies_as_allowed_and_sections_count_as_one() -> None:
    three = [task("t", "s", "a1"), task("u", "s", "a2"), task("v", "s", "b")]
    assert crowd(2, three) == set()
    assert crowd(0, [*three, task("w", "s", "c")]) == set()


@unlawful("visit.max-agencies")
def test_one_agency_more_is_too_many() -> None:
    three = [task("t", "s", "a1"), task("u", "s", "b"), task("v", "s", "c")]
    assert crowd(2, three) == {"visit.max-agencies"}
    assert crowd(1, three[:2]) == {"visit.max-agencies"}
