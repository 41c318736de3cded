"""The engine of long horizons: lawful, and the same on any number of cores."""

from __future__ import annotations

import os

import numpy as np
import pytest

from benchmarks.families import plant
from planner.checks import check_plan
from planner.domain.plan import Plan
from planner.solve.horizon import solve_horizon


def test_same_plan_on_any_number_of_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    case = plant("slack", "year", 1_500, 3).case
    plans = []
    for cores in (1, 3):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        match = solve_horizon(case, seed=7)
        assert match.plan is not None
        plans.append(match.plan.day)
    assert np.array_equal(*plans)
    assert check_plan(case, Plan(plans[0])) == ()
