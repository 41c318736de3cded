"""Unannounced checks of small months, held against the second model: placed ones are lawful, lost ones have no day."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from planner.domain.duty import NO_START
from planner.intake.write.writer import write_folder
from planner.reference.world import Answer, Task
from planner.service.month.planning import Planned, plan_month
from tests.reference.compare import answer_of, law_with
from tests.reference.months import small_month
from tests.reference.tables import Filed, filed, read_folder, task_id, with_unannounced
from tests.reference.unannounced import days_left, unlawful

SEEDS = range(24)


def seen(seed: int, folder: Path) -> tuple[Counter[str], list[str]]:
    """Return how many unannounced checks of a small month got a day and how many none, and what is wrong with that."""
    month = small_month(seed)
    write_folder(month.raw, folder)
    tables = read_folder(folder)
    shown, everything = (
        filed(tables, month.month, month.per_crew),
        with_unannounced(tables, month.month, month.per_crew),
    )
    with law_with(month.per_crew):
        planned = plan_month(folder, month.month)
    count: Counter[str] = Counter()
    wrong: list[str] = []
    if planned.hidden is None or planned.result.plan is None:
        return count, wrong
    announced = answer_of(planned)
    for agency in planned.hidden.months:
        own, answer = _own(planned, agency)
        tasks = (*shown.world.tasks, *(t for t in everything.world.tasks if t.id in own))
        beside = Filed(replace(everything.world, tasks=tasks), everything.removed)
        wrong += [f"{seed} {agency} {fault}" for fault in unlawful(beside.world, answer, announced)]
        elsewhere = _others_days(planned, agency)
        for task in (t for t in tasks if t.id in own):
            count["placed" if task.id in answer.day else "lost"] += 1
            wrong += [f"{seed} {agency} {fault}" for fault in _lost(beside, answer, task, elsewhere)]
    return count, wrong


def _own(planned: Planned, agency: str) -> tuple[set[str], Answer]:
    """Return the agency's unannounced tasks and the month as it may see it, in the second model's names."""
    assert planned.hidden is not None
    result = planned.hidden.months[agency]
    answer = answer_of(replace(planned, result=result))
    own = {task_id(t.filings[0], t.site) for t in result.case.tasks if t.unannounced}
    return own, replace(answer, start={stop: s for stop, s in answer.start.items() if s != NO_START})


def _others_days(planned: Planned, agency: str) -> set[tuple[str, date]]:
    """Return where and when other agencies come unannounced: nobody else does then."""
    assert planned.hidden is not None
    found = set()
    for other, result in planned.hidden.months.items():
        assert result.plan is not None
        rows = zip(result.case.tasks, result.plan.day.tolist(), strict=True)
        found |= {(t.site, result.case.days[d]) for t, d in rows if other != agency and t.unannounced and d >= 0}
    return found


def _lost(month: Filed, answer: Answer, task: Task, elsewhere: set[tuple[str, date]]) -> list[str]:
    """Return what is wrong where a check has no day, or shares one with what its own agency has announced."""
    site = [t for t in month.world.tasks if t.site == task.site and not t.unannounced]
    shares = task.id in answer.day and any(answer.day.get(t.id) == answer.day[task.id] for t in site)
    if task.id in answer.day and not shares:
        return []
    others = {name: day for name, day in answer.day.items() if name != task.id}
    left = [d for d in days_left(month.world, replace(answer, day=others), task) if (task.site, d) not in elsewhere]
    return [f"{task.id} could come alone on {left}"] if left else []


@pytest.mark.soak
def test_two_hundred_months(tmp_path: Path) -> None:
    found = [seen(seed, tmp_path / str(seed)) for seed in range(200)]
    assert [fault for _, wrong in found for fault in wrong] == []


@pytest.mark.parametrize("first", range(SEEDS.start, SEEDS.stop, 6))
def test_placed_ones_are_lawful_and_lost_ones_have_no_day(first: int, tmp_path: Path) -> None:
    found = [seen(seed, tmp_path / str(seed)) for seed in range(first, first + 6)]
    assert [fault for _, wrong in found for fault in wrong] == []
    assert sum((count for count, _ in found), Counter())["placed"] > 0
