"""Later entries where the month pushes what waits: as many as the reference counts by itself, on lawful dates."""

from __future__ import annotations

from datetime import date
from itertools import product

import numpy as np
import pytest

from planner.checks import is_lawful
from planner.domain.case import Case
from planner.domain.plan import LATER, LEFT_OUT, Plan
from planner.law.later import entangled, held_at, late_dates_of, later_entries_of, later_visits_of
from planner.reference.later import fewest_later
from planner.reference.world import Limit, Site, Task, Unit, World
from tests.tiny import tied_case

SEEDS = range(60)


def world_of(case: Case) -> World:
    """Return the one site of `case` in the reference's words; every date of a window is open."""
    tasks = []
    for t, info in enumerate(case.tasks):
        later = range(int(case.later_from[t]), int(case.later_to[t]) + 1) if case.later_to[t] else ()
        tasks.append(
            Task(
                info.id,
                "s",
                info.unit,
                info.domain,
                1,
                (),
                tuple(date.fromordinal(day) for day in later),
                joint=info.joint_group,
                unannounced=info.unannounced,
                needed=info.needed,
            )
        )
    year = case.period[0].year
    limits = (
        Limit("s", g.domain, g.gap_months, {year: g.quota, year + 1: g.next_quota}, g.history) for g in case.groups
    )
    units = (Unit(unit.id, unit.parent) for unit in case.units)
    most = case.levers.max_agencies_per_visit
    return World(case.days, tuple(units), (), (Site("s", "town"),), tuple(tasks), tuple(limits), max_bodies=most)


@pytest.mark.parametrize("seed", SEEDS)
def test_later_entries_are_those_of_the_reference_whatever_the_month_does(seed: int) -> None:
    """Whatever is lawfully done on which day and whatever waits, count and lawfulness are the reference's."""
    case = tied_case(seed)
    world = world_of(case)
    for days in product(range(-2, case.n_days), repeat=case.n_tasks):
        day = np.array(days, dtype=np.int64)
        waiting = [t for t in range(case.n_tasks) if day[t] == LATER]
        joint = {(int(case.joint_of[t]), days[t]) for t in range(case.n_tasks) if case.joint_of[t] >= 0}
        if not waiting or not case.later_to[waiting].all() or len(joint) > 1:
            continue
        month = Plan(np.where(day == LATER, LEFT_OUT, day))
        if not is_lawful(case, month):
            continue
        done = [(world.tasks[t], case.days[d]) for t, d in enumerate(days) if d >= 0]
        told = fewest_later(world, world.sites[0], [world.tasks[t] for t in waiting], done)
        assert is_lawful(case, Plan(day)) == (told is not None), days
        assert told is None or later_entries_of(case, waiting, held_at(case, day, 0)) == told


@pytest.mark.parametrize("seed", SEEDS)
def test_visits_moved_late_stay_on_lawful_dates(seed: int) -> None:
    """What the model stands later visits on: never before the first lawful dates, never on the same one, in windows."""
    case = tied_case(seed)
    waiting = [t for t in range(case.n_tasks) if case.later_to[t]]
    visits = later_visits_of(case, waiting, {}) if waiting else None
    moved = late_dates_of(case, visits or [])
    assert [tasks for _, tasks in moved] == [tasks for _, tasks in sorted(visits or [])]
    for (day, tasks), (late, _) in zip(sorted(visits or []), moved, strict=True):
        assert day <= late <= min(int(case.later_to[t]) for t in tasks)


def test_the_month_pushes_in_many_of_these() -> None:
    tangles = [tangle for seed in SEEDS for tangle in entangled(tied_case(seed)).values()]
    assert len(tangles) > 20
    assert sum(bool(tangle.ends) for tangle in tangles) > 20


def test_a_check_of_the_month_pushes_another_past_the_window_of_a_third() -> None:
    """What waits then needs an entry more; it never needs fewer."""
    more = 0
    for seed in SEEDS:
        case = tied_case(seed)
        waiting = [t for t in range(case.n_tasks) if case.later_to[t]]
        for t in waiting:
            day = np.full(case.n_tasks, LATER)
            day[t] = 0
            rest = [u for u in waiting if u != t]
            plain, pushed = later_entries_of(case, rest, {}), later_entries_of(case, rest, held_at(case, day, 0))
            more += plain is not None and pushed is not None and pushed > plain
            assert plain is None or pushed is None or pushed >= plain
    assert more > 5
