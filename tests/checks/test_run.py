"""Whether a plan is lawful is asked sooner than what is wrong with it, and answered alike."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from planner.checks import check_plan, is_lawful
from planner.domain.plan import Plan
from planner.law.register import RULES
from tests.tiny import random_case, tied_case


@pytest.mark.parametrize("seed", range(12))
def test_lawful_is_what_no_check_finds_fault_with(seed: int) -> None:
    found = set()
    for case in (random_case(seed, n_tasks=3), tied_case(seed, n_tasks=3)):
        for days in product(range(-3, case.n_days + 1), repeat=case.n_tasks):
            plan = Plan(np.array(days, dtype=np.int64))
            broken = {violation.rule for violation in check_plan(case, plan)}
            assert is_lawful(case, plan) == (not broken), days
            found.add(not broken)
            if len(broken) == 1:  # with its rule left out nothing is found, with any other left out it still is
                (rule,) = broken
                assert is_lawful(case, plan, without=rule) == (not check_plan(case, plan, without=rule)), days
                assert all(not is_lawful(case, plan, without=other) for other in RULES if other != rule)
        assert not is_lawful(case, Plan(np.zeros(case.n_tasks + 1, dtype=np.int64)))
    assert found == {True, False}
