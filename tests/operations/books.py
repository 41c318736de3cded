"""Books of small months: tiny cases with a lawful plan, part of it published."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from itertools import count

import numpy as np

from planner.checks import check_plan
from planner.domain.case import Case
from planner.domain.plan import Plan
from planner.operations.book import Book
from planner.solve.match import solve_match
from planner.solve.run import Work
from tests.tiny import random_case

QUICK = Work(exchange_rounds=0, proof_work=0, bound_rounds=0, hard_work=0)


@cache
def planned(seed: int, n_tasks: int, n_sites: int) -> tuple[Case, Plan]:
    """Return the first of the random cases `seed`, `seed` + 1000, … that has a lawful plan, and one."""
    for n in count():
        case = random_case(seed + 1000 * n, n_sites=n_sites, n_tasks=n_tasks)
        plan = solve_match(case, 0, QUICK).plan
        if plan is not None:
            assert not check_plan(case, plan)
            return case, plan
    raise AssertionError("unreachable")


def book_of(seed: int, n_tasks: int = 8, n_sites: int = 3, share: float = 0.5) -> Book:
    """Return a book in which about `share` of the visits are published, the others drafts or open."""
    case, plan = planned(seed, n_tasks, n_sites)
    rng = random.Random(f"published {seed}")
    kept = {
        key: rng.random() < share for key in sorted(set(zip(case.site_of.tolist(), plan.day.tolist(), strict=True)))
    }
    published = np.array([kept[key] for key in zip(case.site_of.tolist(), plan.day.tolist(), strict=True)], dtype=bool)
    return Book(case, plan, published)


def books(n: int, n_tasks: int = 8, n_sites: int = 3) -> Iterator[Book]:
    """Give `n` books."""
    return (book_of(seed, n_tasks, n_sites) for seed in range(n))
