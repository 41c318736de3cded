"""A published month with the plans accepted since: what stands stays on its day, the new comes into what is left.

The month is planned anew from the data as they are now, with every standing visit pinned: where that is lawful no visit
changes, and fewer than none there cannot be. It is a plan of another case, so its document says what was given.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from planner.domain.errors import InputError
from planner.domain.plan import LATER, LEFT_OUT
from planner.intake.given import Given, PublishedVisit
from planner.operations.book import Book
from planner.operations.events import Accepted
from planner.operations.replan import Replanned
from planner.service.operating import replanned_json
from planner.service.planning import Planned
from planner.service.revising import Held


def standing(planned: Planned, book: Book, held: Held) -> Given:
    """Return what stands of a published month as `book` has it; `held` is what changes by hand keep out of it.

    Raises InputError where no day is open any more.
    """
    if book.first_day >= book.case.n_days:
        raise InputError("本月已无可安排的日期，新受理的计划请统筹下月 / no day of the month is open any more")
    case, own = book.case, {task.id for task in planned.result.case.tasks}
    visits: dict[tuple[str, date], list[int]] = defaultdict(list)
    for t in np.flatnonzero(book.published & (book.day >= 0)).tolist():
        if case.tasks[t].id in own:  # a triggered check is no task of a plan
            visits[case.tasks[t].site, case.days[int(book.day[t])]].append(t)
    frozen = case.days[book.first_day - 1] if book.first_day else None
    return replace(
        planned.given,
        published=tuple(
            PublishedVisit(
                site,
                day,
                tuple(case.tasks[t].id for t in tasks),
                tuple(sorted({item for t in tasks for item in case.tasks[t].items})),
            )
            for (site, day), tasks in sorted(visits.items())
        ),
        through=frozen if frozen is not None else case.period[0] - timedelta(days=1),
        out=frozenset({*held.excluded, *book.settled}),
    )


def admitted_json(planned: Planned, book: Book, after: Planned) -> dict[str, Any]:
    """Return what the accepted plans come to, as `planner.service.operating.replanned_json`, for the bureau."""
    case, plan = after.result.case, after.result.plan
    assert plan is not None
    assert after.result.objective is not None
    was = {task.id: int(day) for task, day in zip(book.case.tasks, book.day.tolist(), strict=True)}
    index = {day: n for n, day in enumerate(case.days)}
    before = np.full(case.n_tasks, LEFT_OUT, dtype=np.int64)
    for t, task in enumerate(case.tasks):
        day = was.get(task.id, LEFT_OUT)
        before[t] = index[book.case.days[day]] if day >= 0 else day
    changed = np.flatnonzero((before >= 0) & (before != plan.day))
    visits = tuple(sorted({(int(case.site_of[t]), int(before[t])) for t in changed.tolist()}))
    done = Replanned(
        case=case,
        before=np.where((before == LATER) & (plan.day == LEFT_OUT), LEFT_OUT, before),
        after=plan.day,
        objective=after.result.objective,
        changed=visits,
        proven=not visits,
        entries_proven=False,
        sites=(),
        rounds=0,
        parent=(book.case, book.plan),
    )
    return replanned_json(planned, done, Accepted())
