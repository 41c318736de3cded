"""What the look-ahead's sums say: counted by hand, and held against every way to fill the half-days."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest

from planner.domain.ahead.look_ahead import Known, LookAhead, needs_of, overflow_of, unavoidable
from planner.domain.ahead.shares import SHARES, Share
from planner.domain.case import CapacityRow, Strength
from planner.intake.month.outcome import Prepared
from planner.intake.tables.records import AbsenceRow
from tests.ahead.district import OPEN, asked, calendar, district, june
from tests.intake_law.build import inspector, item, prepare, row, setting, site

LATER = [day for day in OPEN if day.month == 7]


@pytest.mark.parametrize("share", SHARES, ids=lambda share: share.name)
def test_no_filling_of_a_crews_day_outweighs_it(share: Share) -> None:
    best = [0] * 13
    for room in range(1, 13):
        best[room] = max(best[room - stay] + share.weight[stay] for stay in range(1, room + 1))
    assert best[12] <= share.room
    for stay in range(13, 25):
        beside = max(best[before] + best[24 - stay - before] for before in range(25 - stay) if before <= 12)
        assert share.weight[stay] + beside <= 2 * share.room


def _least(prepared: Prepared) -> list[tuple[str, int, int]]:
    assert prepared.look_ahead is not None
    ahead = prepared.look_ahead
    return [(ahead.rows[n.row].skill, n.waiting, n.tasks) for n in needs_of(ahead)]


def _taken(prepared: Prepared) -> int:
    assert prepared.look_ahead is not None
    assert prepared.case is not None
    assert {task.id for task in prepared.case.tasks if task.taken} == prepared.look_ahead.taken
    return len(prepared.look_ahead.taken)


def test_june_does_what_july_cannot_hold() -> None:
    prepared = june(20)  # July has 3 days of 2 crews: 12 half-days
    assert _least(prepared) == [("", 20, 8)]
    assert _taken(prepared) == 8
    assert prepared.look_ahead is not None
    assert prepared.look_ahead.filed_by == date(2026, 5, 22)


def test_two_stays_of_more_than_half_a_half_day_share_none() -> None:
    assert _least(june(20, minutes=90)) == [("", 20, 8)]  # 105 minutes: by hours alone July would hold 20


def test_nothing_is_taken_where_later_crews_suffice() -> None:
    prepared = june(12)
    assert (_least(prepared), _taken(prepared), len(prepared.deferred)) == ([("", 12, 0)], 0, 12)
    assert prepared.case is not None
    assert prepared.case.n_tasks == 0


def test_a_later_holiday_is_no_room() -> None:
    prepared = june(14, calendar=calendar([*OPEN[:3], LATER[0]]))
    assert (_least(prepared), _taken(prepared)) == ([("", 14, 10)], 10)


def test_half_absences_of_july_count_by_halves() -> None:
    away = [row(AbsenceRow, "absences", inspector_id=f"P{n}", from_=LATER[0], to=LATER[-1], half="am") for n in (0, 1)]
    assert _least(june(20, absences=away)) == [("", 20, 11)]


def test_a_skill_has_only_the_crews_that_have_it() -> None:
    people = [inspector(f"P{n}", "SCJG", skills=("医疗",) if n < 2 else ()) for n in range(4)]
    prepared = june(10, inspectors=people, items=[item(minutes=165, skill="医疗")])
    assert _least(prepared) == [("医疗", 10, 4), ("", 10, 0)]
    assert _taken(prepared) == 4


def test_filings_that_open_later_compete() -> None:
    more = asked("F2", range(20, 26), first=date(2026, 7, 1))
    prepared = june(12, filings=[asked("F1", range(12)), more])
    assert (_least(prepared), _taken(prepared)) == ([("", 12, 6)], 6)


def test_what_is_lost_anyway_asks_nothing_of_june() -> None:
    more = asked("F2", range(20, 36), first=date(2026, 7, 1))
    prepared = june(3, filings=[asked("F1", range(3)), more])
    assert prepared.look_ahead is not None
    (need,) = needs_of(prepared.look_ahead)
    assert (need.tasks, need.lost // need.share.room) == (3, 4)


def test_spare_room_is_kept_by_the_choice_and_never_proof() -> None:
    spare = [setting("later_spare_percent", "50")]
    prepared = june(12, settings=spare)
    assert (_least(prepared), _taken(prepared)) == ([("", 12, 0)], 6)


def test_ways_between_towns_are_guessed_by_the_choice_and_never_proof() -> None:
    towns = [site(f"S{n:02}", town=f"镇{n % 9}") for n in range(36)]
    here = [site(f"S{n:02}") for n in range(36)]
    many, one = (june(36, items=[item(minutes=45)], sites=sites) for sites in (towns, here))
    assert _least(many) == _least(one) == [("", 36, 0)]  # July has room for 36 hours of stay
    assert (_taken(many), _taken(one)) == (5, 0)  # not for the ways, half an hour each, half of it a stay's


def test_the_strongest_are_taken_where_not_all_can_be() -> None:
    weak = asked("F2", range(20, 30), strength="optional")
    prepared = june(0, filings=[asked("F1", range(20)), weak])
    assert prepared.look_ahead is not None
    taken = prepared.look_ahead.taken
    assert len(taken) == 12
    assert prepared.case is not None
    assert {task.strength for task in prepared.case.tasks if task.id in taken} == {Strength.MANDATORY}


def test_a_month_in_which_nothing_waits_has_nothing_to_share_out() -> None:
    prepared = june(4, filings=[asked("F1", range(4), last=date(2026, 6, 30))])
    assert prepared.look_ahead is not None
    assert (prepared.look_ahead.waiting, needs_of(prepared.look_ahead)) == ((), [])


def test_the_order_of_rows_does_not_matter() -> None:
    first, second = june(20), prepare("2026-06", **{k: list(v)[::-1] for k, v in _shuffled(20).items()})
    assert first.look_ahead is not None
    assert second.look_ahead is not None
    assert first.look_ahead.taken == second.look_ahead.taken


def _shuffled(count: int) -> dict[str, Sequence[object]]:
    source = district(count)
    names = ("agencies", "inspectors", "sites", "items", "filings", "calendar", "settings")
    return {name: getattr(source, name) for name in names}


def _random_ahead(seed: int) -> LookAhead:
    """Return two days of the month and two after it, one crew on half-days at random, and up to six tasks."""
    rng = random.Random(seed)
    days = tuple(date(2026, 6, 29) + timedelta(days=n) for n in range(4))
    tasks = []
    for n in range(rng.randint(3, 6)):
        first = rng.choice((0, 0, 0, 1, 2))
        last = rng.randint(max(first, 1), 3)
        strength, setup = Strength(rng.choice((0, 0, 1, 2))), rng.choice((0, 1))
        quarters, waits = rng.randint(3, 12) - setup, first < 2 <= last
        tasks.append(
            Known(f"T{n}", f"S{n}", "A", "", quarters, setup, True, first, last, strength, rng.randint(1, 3), waits)
        )
    halves = np.array([[rng.randint(0, 2) for _ in days]], dtype=np.int64)
    return LookAhead(days, 2, (CapacityRow("A"),), halves, tuple(tasks))


def _best(ahead: LookAhead, tasks: Sequence[Known], begin: int) -> tuple[int, int, int]:
    """Return the least points left out from day `begin` on, by trying every half-day of every task."""
    bins = [day for day in range(begin, len(ahead.days)) for _ in range(int(ahead.halves[0, day]))]

    @cache
    def best(place: int, room: tuple[int, ...]) -> tuple[int, int, int]:
        if place == len(tasks):
            return 0, 0, 0
        task = tasks[place]
        left = list(best(place + 1, room))
        left[task.strength] += task.priority
        found = [(left[0], left[1], left[2])]
        stay = task.quarters + task.setup
        for n, (day, free) in enumerate(zip(bins, room, strict=True)):
            if task.first <= day <= task.last and stay <= free:
                found.append(best(place + 1, (*room[:n], free - stay, *room[n + 1 :])))
        return min(found)

    return best(0, (12,) * len(bins))


@pytest.mark.parametrize("seed", range(60))
def test_no_way_to_fill_the_half_days_beats_the_sums(seed: int) -> None:
    ahead = _random_ahead(seed)
    later = [task for task in ahead.tasks if task.last >= 2]
    truth = _best(ahead, later, 2)
    assert unavoidable(ahead, later, 2) <= truth
    whole = _best(ahead, ahead.tasks, 0)
    assert unavoidable(ahead, ahead.tasks, 0, whole) <= whole
    filed = [task for task in later if not task.waits]
    waiting = [task for task in later if task.waits]
    for need in needs_of(ahead):
        # Whichever tasks stay, when fewer go than it asks for, more is left out than later filings alone lose.
        if need.tasks == 0 or any(_best(ahead, filed, 2)):
            continue
        for chosen in range(1 << len(waiting)):
            stay = [task for n, task in enumerate(waiting) if not chosen >> n & 1]
            if len(waiting) - len(stay) < need.tasks:
                assert any(_best(ahead, [*filed, *stay], 2))


def test_a_plan_that_lets_july_overflow_is_not_proven() -> None:
    ahead = june(20).look_ahead
    assert ahead is not None
    idle = overflow_of(ahead, (task.id for task in ahead.waiting), (0, 0, 0), (0, 0, 0))
    assert (idle.later, idle.least, idle.tasks, idle.proven) == ((40, 0, 0), (0, 0, 0), 8, False)
    shared = overflow_of(ahead, (t.id for t in ahead.waiting if t.id not in ahead.taken), (0, 0, 0), (0, 0, 0))
    assert (shared.later, shared.proven) == ((0, 0, 0), True)
