"""Tiny random days: few visits, units and people, with every rule of starts and teams able to bite."""

from __future__ import annotations

import random

import numpy as np

from planner.domain.case import Case
from planner.domain.plan import Visit
from planner.domain.roster import Roster
from tests.duty.build import DAYS, person, place, small_day
from tests.tiny import task

SKILL, OTHER_SKILL = "高空", "危化"


def random_day(
    seed: int,
    n_visits: int = 2,
    n_stays: int = 3,
    n_people: int = 3,
    n_units: int = 2,
    step: int = 6,
    recusals: bool = True,
) -> tuple[Case, Roster, tuple[Visit, ...]]:
    """Return case, roster and the visits of one day, drawn by `seed`."""
    r = random.Random(seed)
    units = [chr(ord("a") + n) for n in range(n_units)]
    towns = ["朱泾镇", "枫泾镇"]
    sites = [place(f"s{n}", r.choice(towns)) for n in range(n_visits)]
    pairs = [(s.id, u) for s in sites for u in units]
    chosen = [(s.id, r.choice(units)) for s in sites]
    others = [pair for pair in pairs if pair not in chosen]
    chosen += r.sample(others, min(len(others), max(0, n_stays - len(chosen))))
    tasks = []
    for site_id, unit in chosen:
        tasks += [
            task(
                f"t-{site_id}-{unit}-{part}",
                site_id,
                unit,
                minutes=15 * r.choice([2, 3, 4, 4, 6, 14]) // (part + 1),
                skill=r.choice(["", "", "", "", "", SKILL, OTHER_SKILL]),
                outside_hours=r.random() < 0.25,
            )
            for part in range(r.choice([1, 1, 2]))
        ]
    used = sorted({unit for _, unit in chosen})
    people = [
        person(
            f"p{n}",
            r.choice(used) if n >= len(used) else used[n],
            *(s for s in (SKILL, OTHER_SKILL) if r.random() < 0.8),
        )
        for n in range(n_people)
    ]
    away = [(p.id, DAYS[0], half) for p in people for half in (0, 1) if r.random() < 0.07]
    recused = [(p.id, r.choice(sites).id, DAYS[0]) for p in people if recusals and r.random() < 0.1]
    case, roster, visits = small_day(
        tasks,
        people,
        sites=sites,
        away=away,
        recused=recused,
        per_crew=r.choice([1, 1, 1, 2]),
        start_step=step,
        travel_quarters=r.choice([0, 2, 3]),
    )
    rng = np.random.default_rng(seed)
    roster.quiet[:] = rng.integers(0, 4, roster.quiet.shape) * (rng.random(roster.quiet.shape) < 0.4)
    roster.minds_quiet[:] = rng.random(roster.minds_quiet.shape) < 0.6
    roster.business[:, 3:9] = rng.random((len(case.sites), 1)) < 0.7
    return case, roster, visits
