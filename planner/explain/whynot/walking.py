"""Whether a day can be walked and manned with some tasks more, for questions about one task at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.checks import check_plan
from planner.domain.case import NONE, Case, IntArray
from planner.domain.errors import MismatchError
from planner.domain.plan import Plan
from planner.domain.roster import Roster
from planner.explain.why_visit import OneSite, Worth
from planner.explain.whynot.conflict import Conflict, Verdict, Walks, conflict_among, conflict_of, prove
from planner.explain.whynot.ways import Carries
from planner.solve.site.arrays import allowed_days
from planner.solve.walk.blocks import entries_on
from planner.solve.walk.day_test import Answer, Judge


@dataclass(frozen=True, eq=False)
class Possibility:
    """Whether tasks could come together on one of some days: `day` is the possible one that costs least, and `more`
    what the plan would have more then, level by level. NONE and None: none is known to be possible.
    """

    conflict: Conflict
    day: int
    more: Worth | None


Begin = Mapping[tuple[int, int], int]
"""(site, day) → start of a visit in the plan's timetable: where a search for starts begins, to be quick."""


def proven_conflict(case: Case, roster: Roster | None, plan: Plan, task: int, begin: Begin | None = None) -> Conflict:
    """Return why a left-out task has no day, proven by checks of the whole case and by days that are asked afresh.

    Raises ValueError where the task is not left out, MismatchError where the proof fails.
    """
    found = conflict_of(case, plan, task, walker(case, roster, plan.day, begin))
    if found.verdict is Verdict.BLOCKED:
        prove(case, plan, found, walker(case, roster, plan.day, begin))
    return found


def could_come(
    case: Case, roster: Roster | None, plan: Plan, tasks: Sequence[int], days: Sequence[int], begin: Begin | None = None
) -> Possibility:
    """Return whether `tasks` of one site, with those that they must come with, could come together on one of `days`,
    wherever the plan has them: the day that costs least, or a proven smallest set of facts that bars all of them.

    Raises MismatchError where the proof fails.
    """
    found = conflict_among(case, plan, tasks, days, walker(case, roster, plan.day, begin))
    if found.verdict is Verdict.BLOCKED:
        prove(case, plan, found, walker(case, roster, plan.day, begin))
    if found.verdict is not Verdict.FREE:
        return Possibility(found, NONE, None)
    carries = carrier(case, roster, begin)
    site = OneSite(case, plan, int(case.site_of[tasks[0]]), carries)
    open_days = [(site.more_with(found.moving, d), d) for d in days if not found.blocked[d]]
    for more, d in sorted(open_days, key=lambda one: (one[0].key, one[1])):
        day = plan.day.copy()
        day[list(found.moving)] = d
        if carries(day, d):
            wrong = check_plan(case, Plan(day))
            if wrong:
                raise MismatchError(f"a day that is said to be possible breaks {wrong[0].rule} {wrong[0].subjects}")
            return Possibility(found, d, more)
    return Possibility(replace(found, verdict=Verdict.UNKNOWN), NONE, None)


def walker(case: Case, roster: Roster | None, day: IntArray, begin: Begin | None = None) -> Walks:
    """Return who says whether a day can carry tasks beside what `day` [T] puts there.

    A day that cannot be walked as it stands says nothing of what is added: unknown. Without people (a plan by days
    alone) no day is asked, and all can.
    """
    if roster is None:
        return lambda tasks, d: True
    judge = Judge(case, roster, allowed_days(case), teaches=False, begin=begin or {})

    def walks(tasks: Sequence[int], d: int) -> bool | None:
        then = day.copy()
        then[list(tasks)] = d
        answer = judge.ask(d, entries_on(case, np.asarray(then), d)).answer
        if answer is Answer.NO and judge.ask(d, entries_on(case, day, d)).answer is not Answer.YES:
            return None
        return None if answer is Answer.UNKNOWN else answer is Answer.YES

    return walks


def carrier(case: Case, roster: Roster | None, begin: Begin | None = None) -> Carries:
    """Return who says whether a day can be walked and manned as days [T] put it. Without people no day is asked."""
    if roster is None:
        return lambda day, d: True
    judge = Judge(case, roster, allowed_days(case), teaches=False, begin=begin or {})

    def carries(day: IntArray, d: int) -> bool | None:
        answer = judge.ask(d, entries_on(case, day, d)).answer
        return None if answer is Answer.UNKNOWN else answer is Answer.YES

    return carries
