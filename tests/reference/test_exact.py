"""The exact model against going through all plans, the checker being the judge of each."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, product

import pytest

from planner.reference.check import faults, value_of
from planner.reference.exact import INFEASIBLE, OPTIMAL, solve
from planner.reference.later import candidate_dates, fewest_later
from planner.reference.world import DAY, HALF, Answer, Limit, Person, Site, Task, Unit, World

DAYS = (date(2026, 12, 30), date(2026, 12, 31))
LATER = (date(2027, 1, 4), date(2027, 1, 29), date(2027, 2, 2))


def tiny_world(seed: int) -> World:
    """Return a world of three tasks, two days and coarse starts, in which any rule may bind."""
    rng = random.Random(f"tiny world {seed}")
    crews, step = rng.choice([(2, 4), (2, 6), (3, 12)])
    units = (Unit("U", "U", 2, rng.choice([0, 1])), Unit("V", rng.choice("UV"), 2, 1))
    people = [
        Person(
            f"{unit.id}{n}",
            unit.id,
            frozenset(s for s in "a" if rng.random() < 0.7),
            frozenset((d, h) for d in DAYS for h in (0, 1) if rng.random() < 0.12),
            frozenset(("S", d) for d in DAYS if rng.random() < 0.1),
        )
        for unit in units
        for n in range(crews if unit.id == "U" else 2)
    ]
    venue = frozenset(range(rng.choice([0, 4]), 10)) if rng.random() < 0.5 else frozenset[int]()
    sites = (Site("S", "東", rng.random() < 0.3, venue), Site("T", rng.choice("東西")))
    joint = rng.random() < 0.3
    tasks = tuple(
        Task(
            f"t{n}",
            "S" if n < 2 else rng.choice("ST"),
            rng.choice(["U", "U", "V"]),
            rng.choice("AB"),
            rng.choice([3, 5, 7, 11, 14]),
            tuple(d for d in DAYS if rng.random() < 0.8),
            tuple(d for d in LATER if rng.random() < 0.5) if rng.random() < 0.4 else (),
            fixed=rng.choice(DAYS) if rng.random() < 0.1 else None,
            strength=rng.randrange(3),
            weight=rng.randint(1, 3),
            skill=rng.choice(["", "", "a"]),
            joint="j" if joint and n < 2 else "",
            unannounced=rng.random() < 0.15,
            opted_in=rng.random() < 0.5,
            outside_hours=rng.random() < 0.3,
            needed=rng.random() < 0.2,
            fire=n == 0 and rng.random() < 0.3,
            rides=n == 1 and rng.random() < 0.15,
        )
        for n in range(3)
    )
    tasks = tuple(replace(t, later=()) if t.fixed or t.rides else t for t in tasks)
    quota = {2026: rng.randint(0, 2), 2027: rng.randint(0, 2)} if rng.random() < 0.5 else {}
    history = (date(2026, 12, 3),) if rng.random() < 0.3 else ()
    limit = Limit("S", "A", rng.choice([0, 0, 1]), quota, history)
    return World(
        DAYS,
        units,
        tuple(people),
        sites,
        tasks,
        (limit,),
        travel=rng.choice([0, 2, 4]),
        step=step,
        max_bodies=rng.choice([0, 0, 0, 1]),
        entry_cap=rng.choice([0, 0, 0, 1]),
        entry_gap=rng.choice([0, 0, 0, 2]),
    )


def plans(world: World) -> Iterator[Answer]:
    """Yield every plan: all dates, starts on the grid, crews of two."""
    grid = [q for q in range(DAY) if q % HALF % world.step == 0]
    choices = [[t.fixed] if t.fixed else [*t.days, None, *(["waits"] if t.later else [])] for t in world.tasks]
    for chosen in product(*choices):
        day = {t.id: d for t, d in zip(world.tasks, chosen, strict=True) if isinstance(d, date)}
        waits = frozenset(t.id for t, d in zip(world.tasks, chosen, strict=True) if d == "waits")
        stops = sorted({(t.site, day[t.id]) for t in world.tasks if t.id in day})
        stays = sorted({(t.site, day[t.id], t.unit) for t in world.tasks if t.id in day})
        crews = [list(combinations([p.id for p in world.people if p.unit == unit], 2)) for _, _, unit in stays]
        for starts in product(grid, repeat=len(stops)):
            for teams in product(*crews):
                named = {key: frozenset(team) for key, team in zip(stays, teams, strict=True)}
                yield Answer(day, waits, dict(zip(stops, starts, strict=True)), named)


@pytest.mark.parametrize("seed", range(12))
def test_nothing_better_is_found_by_going_through_all_plans(seed: int) -> None:
    world = tiny_world(seed)
    lawful = [value_of(world, answer) for answer in plans(world) if not faults(world, answer)]
    outcome = solve(world)
    if not lawful:
        assert outcome.status == INFEASIBLE
        return
    assert outcome.status == OPTIMAL
    assert outcome.value == outcome.bound == min(lawful)
    assert outcome.answer is not None
    assert faults(world, outcome.answer) == []
    assert value_of(world, outcome.answer) == outcome.value


@pytest.mark.parametrize("seed", range(60))
def test_few_dates_are_enough_for_what_waits(seed: int) -> None:
    rng = random.Random(f"waiting {seed}")
    open_days = [date(2026, 12, 1) + timedelta(days=n) for n in range(70)]
    closed = {d for d in open_days if rng.random() < 0.4}
    tasks = []
    for n in range(3):
        first = rng.randrange(60)
        window = open_days[first : first + rng.randint(1, 45)]
        later = tuple(d for d in window if d not in closed)
        tasks.append(Task(f"t{n}", "S", "U", rng.choice("AB"), 3, (), later, needed=rng.random() < 0.2))
    history = (open_days[rng.randrange(70)],) if rng.random() < 0.4 else ()
    quota: dict[int, int] = rng.choice([{}, {2026: 1, 2027: 1}, {2026: 0, 2027: 1}])
    limits = tuple(Limit("S", domain, rng.choice([0, 1, 1]), quota, history) for domain in "AB")
    site, gap = Site("S", "東"), rng.choice([0, 9])
    world = World((date(2026, 11, 30),), (Unit("U", "U"),), (), (site,), tuple(tasks), limits, entry_gap=gap)
    few = set(candidate_dates(world, site, tasks))
    fewer = [replace(t, later=tuple(d for d in t.later if d in few)) for t in tasks]
    assert fewest_later(world, site, fewer, ()) == fewest_later(world, site, tasks, ())
