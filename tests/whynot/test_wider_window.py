"""The least widening of a window works when applied, and no narrower one does, by CP-SAT."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.checks import check_plan
from planner.domain.case import Case
from planner.explain.whynot.conflict import Conflict, Verdict
from planner.explain.whynot.wider_window import wider_window
from tests.whynot.relaxed import has_a_day, lifted, widened
from tests.whynot.test_conflict import conflicts


def windows_lifted(case: Case, conflict: Conflict) -> Case:
    """Return the case in which the tasks may come on any day of the month."""
    keys = [("window", case.tasks[t].domain, (case.tasks[t].id,)) for t in conflict.moving]
    return lifted(case, keys, conflict.moving)


def test_every_widening_works_where_it_is_applied_and_none_is_missed() -> None:
    found = missing = 0
    for case, plan, conflict in conflicts(range(160)):
        if conflict.verdict is not Verdict.BLOCKED:
            continue
        wider = wider_window(case, plan, conflict, lambda changed: lambda tasks, d: True)
        assert (wider is not None) == has_a_day(windows_lifted(case, conflict), plan, conflict.moving), case.name
        if wider is None:
            missing += 1
            continue
        found += 1
        assert not check_plan(wider.case, wider.plan)
        same = np.delete(np.arange(case.n_tasks), list(conflict.moving))
        assert (wider.plan.day[same] == plan.day[same]).all()
        assert (wider.plan.day[list(conflict.moving)] == wider.day).all()
        for days, enough in ((wider.days, True), (wider.days - 1, False)):
            assert has_a_day(widened(case, conflict.moving, days), plan, conflict.moving) is enough, case.name
        tasks = {case.tasks[t].id for t in wider.tasks}
        for old, new in zip(case.tasks, wider.case.tasks, strict=True):
            assert replace(new, window=old.window) == old
            assert (old.window != new.window) == (old.id in tasks)
    assert found >= 20
    assert missing >= 60


def test_a_day_that_cannot_be_walked_or_is_not_settled_is_not_offered() -> None:
    for case, plan, conflict in conflicts(range(40)):
        assert wider_window(case, plan, conflict, lambda changed: lambda tasks, d: False) is None
        assert wider_window(case, plan, conflict, lambda changed: lambda tasks, d: None) is None
