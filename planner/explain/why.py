"""Reasons of left-out tasks that know what a day can carry."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.domain.case import Case
from planner.domain.plan import Plan
from planner.domain.result import Reason
from planner.domain.roster import Roster
from planner.explain.reasons import reasons_for
from planner.rulebook.nouns import RulebookVersion
from planner.solve.site.arrays import allowed_days
from planner.solve.walk.blocks import entries_on
from planner.solve.walk.day_test import Answer, Judge, JudgeWork

WORK = JudgeWork(unit=0.2, day=0.2)
QUESTIONS = 60
"""Days that are asked at most: of an overfull month the rest is left unsettled, and says so."""


def reasons_walked(case: Case, roster: Roster, plan: Plan, rulebook: RulebookVersion) -> tuple[Reason, ...]:
    """Return why each left-out task is not in the plan, a day that cannot be walked with it being a reason too."""
    judge, day = Judge(case, roster, allowed_days(case), WORK, teaches=False), plan.day

    def walks(tasks: Sequence[int], d: int) -> bool | None:
        if sum(judge.asked.values()) >= QUESTIONS:
            return None
        then = day.copy()
        then[list(tasks)] = d
        answer = judge.ask(d, entries_on(case, np.asarray(then), d)).answer
        return None if answer is Answer.UNKNOWN else answer is Answer.YES

    return reasons_for(case, plan, rulebook, walks)
