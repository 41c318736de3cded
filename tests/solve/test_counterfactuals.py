"""Alone and first-come, by hand and on random cases."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from planner.checks import check_plan
from planner.checks.objective import entry_counts, objective_of
from planner.domain.case import Case, GroupInfo, Levers, Strength
from planner.domain.plan import LATER, LEFT_OUT, Plan
from planner.explain.counterfactuals import alone, counterfactuals, left_out_count
from planner.explain.first_come import first_come
from planner.solve.exact.subcase import by_agency
from planner.solve.run import Work
from tests.solve.hand import day_range, days_of, month
from tests.solve.lawful import lawful_case
from tests.tiny import task

QUICK = Work(exchange_rounds=0, proof_work=0, bound_rounds=0)


def three_sites() -> Case:
    """Three sites, three agencies; b has crews for one visit only on the first day (a quarter of set-up, an hour)."""
    return month(
        [
            task("1a", "s1", "a", window=day_range(0)),
            task("1b", "s1", "b", domain="A02"),
            task("1c", "s1", "c", domain="A04", window=day_range(1, 2)),
            task("2a", "s2", "a", window=day_range(0)),
            task("2b", "s2", "b", domain="A02"),
            task("3c", "s3", "c", domain="A04"),
            task("3d", "s3", "c", domain="A04"),
        ],
        crews={"b": [5, 24, 24]},
    )


OWN = {"1a": 0, "1b": 2, "1c": 1, "2a": 0, "2b": 1, "3c": 2, "3d": 2}


def test_alone_counts_each_agency_at_each_site() -> None:
    """s1: a, b, c; s2: a, b; s3: c, which merges its two tasks. Six, and fewer is impossible."""
    case = three_sites()
    day, entries, bound, left_out = alone(case)
    assert (entries, bound, left_out) == (6, 6, 0)
    by_id = dict(zip((t.id for t in case.tasks), day.tolist(), strict=True))
    assert by_id["1a"] == by_id["2a"] == 0
    assert by_id["1c"] in (1, 2)
    assert by_id["3c"] == by_id["3d"]
    assert by_id["1b"] != 0 or by_id["2b"] != 0


@pytest.mark.parametrize("seed", range(5))
def test_alone_keeps_published_dates(seed: int) -> None:
    """Three sites want the only visit that a's crews can make; the published one has it. So does a follower of fire
    whose date is published, though nobody else's plan is known to it.
    """
    case = month(
        [
            task("p", "s1", "a", pinned=day_range(0)[0]),
            task("q", "s2", "a", window=day_range(0), strength=Strength.MANDATORY, priority=9),
            task("r", "s3", "a", window=day_range(0)),
            task("v", "s3", "b", domain="A02", pinned=day_range(1)[0], follows_fire=True),
        ],
        crews={"a": [5, 5, 5]},
    )
    day, entries, _, left_out = alone(case, seed)
    assert day.tolist() == days_of(case, {"p": 0, "q": LEFT_OUT, "r": LEFT_OUT, "v": 1}).tolist()
    assert (entries, left_out) == (2, 2)


def test_first_come_takes_the_first_match_and_misses_the_better_one() -> None:
    """1a asks first and takes b's only slot of that day; 2a, which can only come then, stays alone. Five entries;
    with a look ahead (1b with 1c on the second day, 2b with 2a on the first) four would do.
    """
    case = three_sites()
    day = first_come(case, days_of(case, OWN))
    assert day.tolist() == days_of(case, OWN | {"1b": 0}).tolist()
    assert entry_counts(case, Plan(day)) == (5, 0)
    assert not check_plan(case, Plan(day))


def test_first_come_with_crews_for_all_matches_both() -> None:
    case = month(three_sites().tasks)
    day = first_come(case, days_of(case, OWN))
    assert day.tolist() == days_of(case, OWN | {"1b": 0, "2b": 0}).tolist()
    assert entry_counts(case, Plan(day)) == (4, 0)


def test_nobody_joins_who_does_not_accept() -> None:
    case = three_sites()
    own = days_of(case, OWN)
    assert first_come(case, own, acceptance_percent=0).tolist() == own.tolist()


def test_asker_goes_where_most_can_join() -> None:
    """a could stay with b on the first day, but on the second b and c can come as well."""
    case = month(
        [
            task("a", "s1", "a"),
            task("b", "s1", "b", domain="A02", window=day_range(0, 1)),
            task("c", "s1", "c", domain="A04", window=day_range(1)),
        ]
    )
    day = first_come(case, days_of(case, {"a": 0, "b": 0, "c": 1}))
    assert day.tolist() == [1, 1, 1]


def test_waiting_tasks_are_pulled_in() -> None:
    late = {"window": (day_range(0)[0], date(2026, 7, 20)), "waits_until": date(2026, 7, 20)}
    case = month([task("a", "s1", "a", window=day_range(1)), task("b", "s1", "b", domain="A02", **late)])
    day = first_come(case, days_of(case, {"a": 1, "b": LATER}))
    assert day.tolist() == [1, 1]


def test_one_date_of_a_domain_is_taken_once() -> None:
    """Bureau and town team check one domain with a month between: the later one is left out unless it can join."""
    groups = [GroupInfo("s1", "A01", 1, 99)]
    apart = month([task("a", "s1", "a", window=day_range(0)), task("t", "s1", "t", window=day_range(1))], groups=groups)
    day = first_come(apart, days_of(apart, {"a": 0, "t": 1}))
    assert day.tolist() == [0, LEFT_OUT]
    assert left_out_count(apart, day) == 1
    near = month([task("a", "s1", "a", window=day_range(0)), task("t", "s1", "t")], groups=groups)
    assert first_come(near, days_of(near, {"a": 0, "t": 1})).tolist() == [0, 0]


def test_blind_bookings_that_clash_book_again() -> None:
    """At a not-to-join site two agencies picked one date: the second takes the next day."""
    case = month([task("a", "s1", "a"), task("b", "s1", "b", domain="A02")], listed=["s1"])
    day = first_come(case, days_of(case, {"a": 0, "b": 0}))
    assert day.tolist() == [0, 1]
    assert not check_plan(case, Plan(day))


def test_theme_that_ends_apart_is_left_out() -> None:
    theme = {"joint_group": "theme"}
    case = month(
        [
            task("a", "s1", "a", window=day_range(0), **theme),
            task("b", "s1", "b", domain="A02", window=day_range(1), **theme),
            task("c", "s1", "c", domain="A04", window=day_range(1)),
        ]
    )
    day = first_come(case, days_of(case, {"a": 0, "b": 1, "c": 1}))
    assert day.tolist() == [LEFT_OUT, LEFT_OUT, 1]
    assert left_out_count(case, day) == 2


def test_theme_that_can_meet_meets() -> None:
    theme = {"joint_group": "theme"}
    case = month([task("a", "s1", "a", **theme), task("b", "s1", "b", domain="A02", window=day_range(1), **theme)])
    assert first_come(case, days_of(case, {"a": 0, "b": 1})).tolist() == [1, 1]


def test_unannounced_checks_and_big_parties_are_not_joined() -> None:
    hidden = month([task("a", "s1", "a", unannounced=True), task("b", "s1", "b", domain="A02")])
    assert first_come(hidden, days_of(hidden, {"a": 0, "b": 1})).tolist() == [0, 1]
    small = month(
        [task("a", "s1", "a"), task("b", "s1", "b", domain="A02"), task("c", "s1", "c", domain="A04")],
        levers=Levers(max_agencies_per_visit=2),
    )
    assert first_come(small, days_of(small, {"a": 0, "b": 1, "c": 2})).tolist() == [0, 0, 2]


def test_the_table_of_counterfactuals() -> None:
    case = three_sites()
    ours = Plan(days_of(case, {"1a": 0, "1b": 1, "1c": 1, "2a": 0, "2b": 0, "3c": 2, "3d": 2}))
    assert not check_plan(case, ours)
    own, filed, best, half = counterfactuals(case, ours, seed=3, acceptances=(100, 50))
    assert (own.name, own.entries, own.bound, own.left_out, own.joint_visits) == ("alone", 6, 6, 0, 0)
    assert (own.entries_common, own.ours_common) == (6, 4)
    assert (best.name, best.acceptance_percent, half.acceptance_percent) == ("first_come", 100, 50)
    assert (filed.name, filed.joint_visits, filed.entries_common) == ("filed", 0, 4)
    for row in (best, half):
        assert row.ours_common == 4
        assert row.entries == row.entries_common == objective_of(case, Plan(row.day)).entries
        assert 4 <= row.entries <= 6
        assert row.bound is None


def test_common_tasks_are_those_that_everybody_does() -> None:
    """Our plan leaves 2b out: nobody's visit for it counts in the comparison."""
    case = three_sites()
    ours = Plan(days_of(case, {"1a": 0, "1b": 1, "1c": 1, "2a": 0, "2b": LEFT_OUT, "3c": 2, "3d": 2}))
    own = counterfactuals(case, ours, acceptances=())[0]
    assert (own.entries, own.entries_common, own.ours_common) == (6, 5, 4)


@pytest.mark.parametrize("seed", range(60))
def test_counterfactuals_keep_the_law(seed: int) -> None:
    """Wherever a lawful plan exists, both are lawful; first-come never needs more entries than alone, at any rate:
    it only brings dates together, and what books again or drops out adds none.
    """
    case = lawful_case(seed, n_tasks=6)
    own, entries, bound, _ = alone(case, seed)
    split, order = by_agency(case)
    assert not check_plan(split, Plan(own[order]))
    assert bound <= entries == objective_of(split, Plan(own[order])).all_entries
    before = own.copy()
    for rate in (100, 60, 0):
        day = first_come(case, own, rate, seed)
        assert not check_plan(case, Plan(day))
        assert sum(entry_counts(case, Plan(day))) <= entries
        assert np.array_equal(day, first_come(case, own, rate, seed))
    assert np.array_equal(before, own)
    assert np.array_equal(own, alone(case, seed)[0])
