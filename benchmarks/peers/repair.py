"""Makes a peer's plan lawful by leaving tasks out, the least important first, so that it can be measured."""

from __future__ import annotations

from collections import defaultdict

from planner.checks import check_plan
from planner.domain.case import Case, IntArray
from planner.domain.plan import LEFT_OUT, Plan, loads_of


def repair(case: Case, day: IntArray) -> tuple[IntArray, int]:
    """Return a lawful plan [T] that keeps what it can of `day`, and how many tasks were left out for it.

    Raises ValueError where a violation names nothing that can be left out.
    """
    day = day.copy()
    dropped = 0
    index = {task.id: n for n, task in enumerate(case.tasks)}
    site = {info.id: n for n, info in enumerate(case.sites)}
    while found := check_plan(case, Plan(day)):
        before = dropped
        dropped += _relieve(case, day)
        for violation in found:
            if violation.rule.startswith("capacity."):
                continue
            named = [index[s] for s in violation.subjects if s in index]
            for s in violation.subjects:
                named += case.tasks_at(site[s]) if s in site else ()
            named = [t for t in named if day[t] != LEFT_OUT]
            named = [t for t in named if case.tasks[t].domain == violation.domain] or named
            if not named:
                continue  # left out already, for another violation
            day[max(named, key=lambda t: _rank(case, t))] = LEFT_OUT
            dropped += 1
        if dropped == before:
            raise ValueError(f"nothing to leave out for {found[0].rule} {found[0].subjects}")
    return day, dropped


def _rank(case: Case, task: int) -> tuple[int, int, int]:
    """Return how readily a task is given up; the largest goes first."""
    info = case.tasks[task]
    return int(info.strength), -info.priority, task


def _relieve(case: Case, day: IntArray) -> int:
    """Leave tasks out until all crews fit their days; return how many."""
    load = loads_of(case, Plan(day))
    over = load > case.plan_capacity
    here: dict[tuple[int, int], list[int]] = defaultdict(list)
    for t, d in enumerate(day.tolist()):
        for row in (int(case.unit_of[t]), int(case.skill_row_of[t])):
            if d >= 0 and row >= 0 and over[row, d]:
                here[row, d].append(t)
    dropped = 0
    for (row, d), tasks in here.items():
        left = int(load[row, d] - case.plan_capacity[row, d])
        tasks = [t for t in tasks if day[t] == d]
        for t in sorted(tasks, key=lambda t: _rank(case, t), reverse=True):
            if left <= 0:
                break
            day[t] = LEFT_OUT
            dropped += 1
            shared = any(day[o] == d and case.site_of[o] == case.site_of[t] for o in tasks)
            left -= int(case.quarters[t]) + (0 if shared else int(case.setup[case.unit_of[t]]))
    return dropped
