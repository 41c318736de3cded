"""Answers, windows, closed days and what is pinned."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from planner.checks import check_plan
from planner.domain.plan import Plan
from planner.rulebook.book import load_rulebook
from tests.checks.tried import broken_rules, june, small_case
from tests.pairs import lawful, unlawful
from tests.tiny import task

JULY = date(2026, 7, 31)


@lawful("task.once")
def test_a_task_is_done_or_left_out_or_waits_while_its_window_goes_on() -> None:
    case = small_case([task("t", "s", "a", window=(june(1), JULY), waits_until=JULY)])
    for answer in (june(1), "out", "later"):
        assert broken_rules(case, t=answer) == set()


@unlawful("task.once")
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"waits_until": june(30)},
        {"waits_until": JULY, "window": (june(1), JULY), "follows_fire": True},
    ],
    ids=["window ends in the month", "last day of the month", "rides with fire"],
)
def test_what_has_no_later_month_cannot_wait(more: dict[str, object]) -> None:
    assert broken_rules(small_case([task("t", "s", "a", **more)]), t="later") == {"task.once"}


@unlawful("task.once")
def test_a_pinned_task_cannot_wait_either() -> None:
    case = small_case([task("t", "s", "a", window=(june(1), JULY), waits_until=JULY, pinned=june(2))])
    assert broken_rules(case, t="later") == {"task.once", "pin.fixed"}


@unlawful("task.once")
@pytest.mark.parametrize("day", [-3, 3])
def test_a_day_that_the_month_has_not_is_no_answer(day: int) -> None:
    """Checks that look things up by day must not meet it."""
    case = small_case([task("t", "s", "a"), task("u", "s", "a")])
    found = check_plan(case, Plan(np.array([day, 0])), load_rulebook().at(june(1)))
    assert [(v.rule, v.subjects) for v in found] == [("task.once", ("t",))]
    assert found[0].clauses


@unlawful("task.once")
def test_a_plan_answers_every_task_once() -> None:
    case = small_case([task("t", "s", "a"), task("u", "s", "a")])
    for days in ([0], [0, 0, 0], [[0, 0]]):
        assert [v.rule for v in check_plan(case, Plan(np.array(days)))] == ["task.once"]


@lawful("window")
def test_first_and_last_day_of_the_window_are_inside() -> None:
    case = small_case([task("t", "s", "a", window=(june(2), june(12)))])
    assert broken_rules(case, t=june(2)) == set()
    assert broken_rules(case, t=june(12)) == set()


@unlawful("window")
def test_a_day_before_and_a_day_after_the_window_are_outside() -> None:
    case = small_case([task("t", "s", "a", window=(june(2), june(11)))])
    assert broken_rules(case, t=june(1)) == {"window"}
    assert broken_rules(case, t=june(12)) == {"window"}


@lawful("window")
def test_a_published_date_outside_the_window_stays() -> None:
    case = small_case([task("t", "s", "a", window=(june(2), june(2)), pinned=june(12))])
    assert broken_rules(case, t=june(12)) == set()


@lawful("blackout")
def test_a_site_is_entered_on_any_day_that_is_not_closed_there() -> None:
    case = small_case([task("t", "s", "a"), task("u", "r", "a")], blackout={"s": [june(2)]})
    assert broken_rules(case, t=june(1), u=june(2)) == set()


@unlawful("blackout")
def test_a_site_is_not_entered_on_its_closed_day() -> None:
    case = small_case([task("t", "s", "a"), task("u", "r", "a")], blackout={"s": [june(1), june(2)]})
    assert broken_rules(case, t=june(2), u=june(2)) == {"blackout"}
    assert broken_rules(case, t=june(1), u=june(1)) == {"blackout"}


@lawful("blackout")
def test_a_published_date_stands_though_the_site_closes_that_day() -> None:
    case = small_case([task("t", "s", "a", pinned=june(2))], blackout={"s": [june(2)]})
    assert broken_rules(case, t=june(2)) == set()


@unlawful("blackout")
def test_nobody_joins_a_published_visit_on_a_closed_day() -> None:
    """The exception is the published task's alone; another's task has days on which the site is open."""
    case = small_case([task("t", "s", "a", pinned=june(2)), task("u", "s", "b")], blackout={"s": [june(2)]})
    assert broken_rules(case, t=june(2), u=june(2)) == {"blackout"}


@lawful("pin.fixed")
def test_a_pinned_task_is_done_on_its_date() -> None:
    case = small_case([task("t", "s", "a", pinned=june(2))])
    assert broken_rules(case, t=june(2)) == set()


@unlawful("pin.fixed")
@pytest.mark.parametrize("answer", [june(1), june(12), "out"])
def test_a_pinned_task_is_neither_moved_nor_left_out(answer: date | str) -> None:
    case = small_case([task("t", "s", "a", pinned=june(2))])
    assert broken_rules(case, t=answer) == {"pin.fixed"}


@unlawful("pin.fixed")
def test_a_pin_on_a_day_that_is_not_open_leaves_no_lawful_plan() -> None:
    case = small_case([task("t", "s", "a", pinned=june(7))])
    for answer in (june(1), june(2), june(12), "out"):
        assert "pin.fixed" in broken_rules(case, t=answer)
