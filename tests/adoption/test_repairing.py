"""The repair of a hand-made month beside enumeration: lawful, and proven to change fewest only where that is so."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product

import numpy as np

from planner.checks import check_plan
from planner.checks.objective import left_out_weights
from planner.domain.case import Case, IntArray
from planner.domain.plan import LEFT_OUT, Plan
from planner.service.adoption.repairing import changes, made_lawful
from planner.solve.repair.search import touched_sites
from planner.solve.site.arrays import site_arrays
from tests.tiny import random_case

SEEDS = range(24)


def all_days(case: Case) -> Iterator[IntArray]:
    return (np.array(days, dtype=np.int64) for days in product(range(-2, case.n_days), repeat=case.n_tasks))


def test_the_fewest_changes_are_those_of_enumeration() -> None:
    proven = broken = 0
    for seed in SEEDS:
        case, r = random_case(seed), random.Random(f"hand {seed}")
        day = np.array([r.choice([LEFT_OUT, *range(case.n_days)]) for _ in case.tasks], dtype=np.int64)
        found = made_lawful(case, day, seed)
        if found is None:
            assert all(check_plan(case, Plan(other)) for other in all_days(case)), seed
            continue
        assert not check_plan(case, Plan(found.day))
        if not check_plan(case, Plan(day)):
            assert (found.day == day).all()
            assert found.least == 0
            continue
        broken += 1
        if found.least is None:
            continue
        proven += 1
        assert changes(case, day, found.day) == found.least
        asked = (day >= 0) | np.isin(case.site_of, touched_sites(site_arrays(case), day))
        left = left_out_weights(case, Plan(found.day))
        for other in all_days(case):
            if (other[~asked] >= 0).any() or changes(case, day, other) >= found.least:
                continue
            assert check_plan(case, Plan(other)) or left_out_weights(case, Plan(other)) > left, seed
    assert broken > len(SEEDS) // 3
    assert proven > broken // 2
