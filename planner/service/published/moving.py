"""What moving or dropping one visit of a plan would do, by the plan's own checks; nothing is changed or solved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from planner.checks import check_plan
from planner.checks.objective import objective_of
from planner.domain.case import Case, IntArray
from planner.domain.errors import InputError
from planner.domain.plan import LATER, LEFT_OUT, Plan
from planner.law.rules.people import ONE_PLACE
from planner.law.violation import Violation
from planner.operations.book import JUDGE_WORK, starts_in
from planner.operations.room import Room, day_carries
from planner.service.month.planning import Planned
from planner.service.published.operating import starts_of
from planner.solve.site.arrays import allowed_days
from planner.solve.walk.day_test import Judge

UNWALKABLE = ONE_PLACE.id
"""The rule that a day breaks whose visits cannot all be walked and manned."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that the change would break where it is kept now."""

    rule: str
    title: str
    clauses: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What comes of having the visit on `day`, None: not at all. Entries and left-out tasks are changes to the plan's.

    Starts and crews are set anew for a plan once its days stand; of one day alone it is asked whether that can be done.
    `sure` is False where the work given did not settle it.
    """

    day: date | None
    breaches: tuple[Breach, ...]
    entries: int
    left_out: int
    sure: bool = True

    @property
    def lawful(self) -> bool:
        """Return whether nothing stands against it."""
        return not self.breaches


def verdicts(planned: Planned, visit_id: str) -> tuple[date, list[Verdict]]:
    """Return the day of a visit, and the verdict on each other open day of the month and, last, on dropping it.

    Raises InputError where the plan has no such visit.
    """
    result = planned.result
    case, plan = result.case, result.plan
    visit = next((one for one in result.visits if one.id == visit_id), None)
    if plan is None or visit is None:
        raise InputError(f"方案中没有入企 {visit_id} / the plan has no visit {visit_id}")
    weigh, found = Weighing(planned), list[Verdict]()
    begin, roster = starts_in(case, starts_of(result)), result.roster
    judge = None if roster is None else Judge(case, roster, allowed_days(case), JUDGE_WORK, begin=begin)
    for index in (*range(case.n_days), LEFT_OUT):
        if index == visit.day:
            continue
        days = plan.day.copy()
        days[np.array(visit.tasks)] = dropped(case, visit.tasks) if index == LEFT_OUT else index
        verdict = weigh(days, None if index == LEFT_OUT else case.days[index])
        if judge is not None and index != LEFT_OUT and verdict.lawful:
            room, _ = day_carries(judge, frozenset(), plan.day, days, index)
            verdict = replace(verdict, sure=room is not Room.UNKNOWN)
            if room is Room.NO:
                unwalkable = Violation(UNWALKABLE, (visit.id,), "no starts and crews were left for it that day")
                verdict = replace(verdict, breaches=breaches_of(planned, [unwalkable]))
        found.append(verdict)
    return case.days[visit.day], found


class Weighing:
    """Weighs other days [T] for a plan's tasks against the plan; what the plan comes to is counted once."""

    def __init__(self, planned: Planned) -> None:
        assert planned.result.plan is not None
        self._planned, self._plan = planned, planned.result.plan
        self._before = objective_of(planned.result.case, self._plan)
        self._there = frozenset(map(_key, check_plan(planned.result.case, self._plan)))

    def __call__(self, days: IntArray, day: date | None = None) -> Verdict:
        """Return what comes of `days`; `day` is what the verdict is to be labelled with."""
        case, before, plan = self._planned.result.case, self._before, Plan(days)
        after = objective_of(case, plan)
        found = check_plan(case, plan, self._planned.rulebook)
        return Verdict(
            day=day,
            breaches=breaches_of(self._planned, [one for one in found if _key(one) not in self._there]),
            entries=after.all_entries - before.all_entries,
            left_out=int((days == LEFT_OUT).sum() - (self._plan.day == LEFT_OUT).sum()),
        )


def dropped(case: Case, tasks: Iterable[int]) -> list[int]:
    """Return what becomes of each task without the visit: it waits for a later month where it may."""
    columns, last = case.columns, case.period[1].toordinal()
    waits = (columns.waits_until > last) & (columns.pinned == 0) & ~columns.follows_fire
    return [LATER if waits[task] else LEFT_OUT for task in tasks]


def _key(violation: Violation) -> tuple[str, tuple[str, ...], tuple[int, ...]]:
    return violation.rule, violation.subjects, violation.numbers


def breaches_of(planned: Planned, violations: Iterable[Violation]) -> tuple[Breach, ...]:
    """Return the rules that are broken, by id, with the clauses that the violations name."""
    titles = {rule.id: rule.title_zh for rule in planned.rulebook.rules}
    by_rule: dict[str, list[Violation]] = {}
    for one in violations:
        by_rule.setdefault(one.rule, []).append(one)
    return tuple(
        Breach(rule, titles.get(rule, rule), tuple(sorted({c for one in some for c in one.clauses})), len(some))
        for rule, some in sorted(by_rule.items())
    )
