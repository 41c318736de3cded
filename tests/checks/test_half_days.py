"""Half-day tables: valid ones never weigh more than a walkable day has room for, tampered ones are refused."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from planner.checks.half_days import require_valid, with_half_rows
from planner.domain.case import HalfRow
from planner.domain.errors import CertificateError
from planner.domain.plan import Plan, loads_of
from planner.solve.day.half_rows import half_row
from tests.duty.build import DAYS, person, small_day
from tests.tiny import task

STAYS = ([7], [7, 8, 4], [13, 5], [5], [3, 10, 20, 8], [9, 9, 2, 15], [7, 7, 5, 11], [6, 7, 18])
SEVENS = HalfRow("a", 1, (*[0] * 7, *[1] * 11, *[2] * 7))
"""A stay of more than half of a half-day takes it; one of 18 quarters or more leaves no room for such a stay."""


def tables() -> list[HalfRow]:
    made = [half_row("a", np.array(stays * 20)) for stays in STAYS]
    return [row for row in made if row is not None]


def walkable_day(r: random.Random, sizes: list[int]) -> list[int]:
    """Return the stays of one crew's day, one after the other with some idle time, none of up to 12 over noon."""
    at, stays = 0, []
    while at < 24:
        stay, at = r.choice(sizes), at + r.choice([0, 0, 0, 1])
        if at < 12 < at + stay and stay <= 12:
            at = 12
        if at + stay > 24:
            break
        stays.append(stay)
        at += stay
    return stays


@pytest.mark.parametrize("row", tables())
def test_no_walkable_day_of_a_crew_weighs_more_than_its_two_halves(row: HalfRow) -> None:
    r, full = random.Random(7), 0
    require_valid(row)
    steps = [q for q in range(1, 25) if row.weights[q] != row.weights[q - 1]]
    for _ in range(3_000):
        weight = sum(row.weights[stay] for stay in walkable_day(r, steps + list(range(1, 25))))
        assert weight <= 2 * row.share
        full += weight == 2 * row.share
    assert full  # the room is used up by days that can be walked: no smaller one would do


def test_stays_of_seven_take_a_half_day_each() -> None:
    assert half_row("a", np.array([7] * 60)) == SEVENS


def test_stays_that_fill_half_days_need_no_table() -> None:
    assert half_row("a", np.array([7, 5] * 10)) is None


@pytest.mark.parametrize(
    "bad",
    [
        replace(SEVENS, weights=(*SEVENS.weights[:6], 1, *SEVENS.weights[7:])),  # two of 6 fit a half-day
        replace(SEVENS, weights=(*SEVENS.weights[:17], 2, *SEVENS.weights[18:])),  # 7 and 17 fit a day
        replace(SEVENS, weights=SEVENS.weights[:-1]),
        replace(SEVENS, weights=(1, *SEVENS.weights[1:])),
        replace(SEVENS, weights=(0, -1, *SEVENS.weights[2:])),
        replace(SEVENS, share=0),
    ],
)
def test_tampered_table_is_refused(bad: HalfRow) -> None:
    with pytest.raises(CertificateError):
        require_valid(bad)


def test_rooms_are_the_half_days_of_crews_that_people_make() -> None:
    """Five people, crews of two: two crews a half, one where two are away. The published stays are never too many."""
    people = [person(f"p{n}") for n in range(5)]
    away = [("p0", DAYS[1], 0), ("p1", DAYS[1], 0)]
    pins = [task(f"pin{n}", f"pin{n}", "a", minutes=105, pinned=DAYS[1]) for n in range(4)]
    case, roster, _ = small_day([task("t", "s", "a", minutes=105), *pins], people, away=away)
    grown = with_half_rows(case, roster, [SEVENS])
    assert grown.capacity[-1].tolist() == [4, 4]
    unpinned = replace(case, tasks=tuple(replace(t, pinned=None) for t in case.tasks))
    assert with_half_rows(unpinned, roster, [SEVENS]).capacity[-1].tolist() == [4, 3]
    assert grown.content_hash() == case.content_hash()
    for rows in ([SEVENS, SEVENS], [replace(SEVENS, unit="nobody")]):
        with pytest.raises(CertificateError):
            with_half_rows(case, roster, rows)


def test_a_short_stay_that_a_long_partner_may_take_over_noon_is_not_counted() -> None:
    tasks = [
        task("short", "s", "a", minutes=105),
        task("long", "s", "b", minutes=240, domain="A02"),
        task("lone", "u", "a", minutes=105),
        task("own", "v", "a", minutes=240),
        task("more", "v", "a", minutes=15),
    ]
    case, roster, _ = small_day(tasks, [person(f"{u}{n}", u) for u in "ab" for n in range(2)])
    grown = with_half_rows(case, roster, [SEVENS])
    row = len(case.rows)
    counted = dict(zip((t.id for t in case.tasks), grown.half_row_of.tolist(), strict=True))
    assert counted == {"short": -1, "long": -1, "lone": row, "own": row, "more": row}
    load = loads_of(grown, Plan(np.zeros(case.n_tasks, dtype=np.int64)))
    assert load[row, 0] == SEVENS.weights[7] + SEVENS.weights[17]  # one stay of 16 + 1 quarters
