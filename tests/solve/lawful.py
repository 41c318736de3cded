"""Random cases in which something lawful exists: pins may contradict a rule, and then there is nothing to compare."""

from __future__ import annotations

from itertools import count

from planner.domain.case import Case
from planner.domain.result import Status
from planner.solve.match import solve_match
from planner.solve.run import Work
from tests.tiny import random_case

QUICK = Work(exchange_rounds=0, proof_work=0, bound_rounds=0)


def lawful_case(seed: int, n_tasks: int) -> Case:
    """Return the first of the random cases `seed`, `seed` + 1000, … that is not infeasible."""
    for n in count():
        case = random_case(seed + 1000 * n, n_tasks=n_tasks)
        if solve_match(case, 0, QUICK).status is not Status.INFEASIBLE:
            return case
    raise AssertionError("unreachable")
