"""The result of a match, and the refusal of pinned visits that contradict each other."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from planner.checks import Violation, check_plan
from planner.domain.case import Case
from planner.domain.plan import LEFT_OUT, Objective, Plan
from planner.domain.result import Level, PriceList, Progress, Status
from planner.law.register import RULES


@dataclass(frozen=True, eq=False)
class Match:
    """What stage 1 hands on."""

    status: Status
    plan: Plan | None
    objective: Objective | None
    levels: tuple[Level, ...]
    certificates: tuple[PriceList, ...]
    progress: tuple[Progress, ...]
    violations: tuple[Violation, ...] = ()
    """Why nothing lawful exists, where the status is infeasible."""
    seconds: dict[str, float] = field(default_factory=dict)
    repeatable: bool = True


def pins_alone(case: Case) -> tuple[Violation, ...]:
    """Return what the pinned tasks violate by themselves: published visits that contradict the law or each other."""
    pinned = case.columns.pinned
    at = np.searchsorted(case.ordinals, pinned)
    day = np.where((pinned > 0) & (np.append(case.ordinals, 0)[at] == pinned), at, LEFT_OUT)
    # Tasks that must come along with a pinned one are not placed yet, so what wants company is judged later.
    return tuple(v for v in check_plan(case, Plan(day)) if not RULES[v.rule].wants_company)
